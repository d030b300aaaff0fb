"""Levels: which of two roads that cross or lie over each other is the upper one, as OpenStreetMap's ``layer`` has it.

Ground is 0, bridges are above it and tunnels below. The numbers order what lies over each other at one place; they
are no floors, so 1 and 2 may be the same height in different places.

Source: https://wiki.openstreetmap.org/wiki/Key:layer
"""

from __future__ import annotations

import re

#: The level nobody knows or asks for (read by kernels).
NO_LEVEL = -128
#: OpenStreetMap uses -5 to 5; anything farther out is a slip of the keyboard.
FARTHEST = 10
_INTEGER = re.compile(r"^[+-]?\d+(?:\.0+)?$")
#: Values of ``bridge`` and ``tunnel`` that leave the road on the ground.
_ON_GROUND = {"", "no", "low_water_crossing", "boardwalk", "building_passage", "avalanche_protector", "abandoned"}


def level_of(layer: str | None, bridge: str | None = None, tunnel: str | None = None) -> tuple[int, bool]:
    """(level of a road with these tags, whether ``layer`` could be read).

    Without a readable ``layer`` a bridge is 1 and a tunnel -1, what editors draw them at.
    """
    stated = (layer or "").strip()
    if _INTEGER.match(stated) and abs(float(stated)) <= FARTHEST:
        return int(float(stated)), True
    above = (bridge or "").strip().lower() not in _ON_GROUND
    below = (tunnel or "").strip().lower() not in _ON_GROUND
    return int(above) - int(below), not stated
