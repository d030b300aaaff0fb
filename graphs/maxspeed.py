"""What a ``maxspeed`` tag says, in km/h.

Read here: a plain number, ``50 mph``, ``50 km/h``. Every other notation (``RO:urban``, ``walk``, ``none``,
conditions) gives None, is counted in the build report, and the road gets its class's speed.

Source: https://wiki.openstreetmap.org/wiki/Key:maxspeed
"""

from __future__ import annotations

import math
import re

KPH_PER_MPH = 1.609344
#: Faster than this is a mistake, not a speed limit.
HIGHEST_KPH = 200.0

_NOTATION = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(mph|km/?h|kph)?\s*$", re.IGNORECASE)


def parse_maxspeed(tag: str) -> float | None:
    """The speed in km/h that one tag value states, or None when it states none that can be driven."""
    match = _NOTATION.match(tag)
    if match is None:
        return None
    kph = float(match[1]) * (KPH_PER_MPH if (match[2] or "").lower() == "mph" else 1.0)
    return kph if math.isfinite(kph) and 0.0 < kph <= HIGHEST_KPH else None
