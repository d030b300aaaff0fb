"""What a ``maxspeed`` tag says, in km/h.

Read are numbers (``50``, ``50 mph``, ``10 knots``), lists (the lowest counts), walking pace, ``none``, and zones, with
their country (``RO:urban``, ``DE:zone:30``) or in the region's own (``urban``). What is not understood, not above 0 or
not below 300 gives None, is counted in the build report, and the road gets its class's speed.

Source: https://wiki.openstreetmap.org/wiki/Key:maxspeed
"""

from __future__ import annotations

import math
import re

from graphs.countries import Country, country, known_country

KPH = {"mph": 1.609344, "knots": 1.852, "knot": 1.852, "kn": 1.852}
#: No vehicle of a speed profile is driven faster.
HIGHEST_KPH = 200.0
#: A limit from here on is a mistake.
IMPOSSIBLE_KPH = 300.0

_NOTATION = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(mph|km/?h|kph|kmph|knots?|kn)?$", re.IGNORECASE)
_ZONE = re.compile(r"^(?:([A-Za-z]{2}):)?(?:zone:?)?(\d+|[a-z_]+)$")
_SYNONYMS = {
    "walking_pace": "walk",
    "foot": "walk",
    "unlimited": "none",
    "pedestrian_zone": "walk",
    "living": "living_street",
    "play_street": "living_street",
    "expressway": "trunk",
    "motorroad": "trunk",
    "city": "urban",
    "town": "urban",
    "built-up": "urban",
    "nsl": "nsl_single",
}
#: Known words that state no number: a sign or a signal does.
SILENT = frozenset({"signals", "variable", "sign", "signs", "signage", "implied", "markings", "zone", "default"})


def parse_maxspeed(tag: str, of: Country | None = None) -> float | None:
    """The speed in km/h that one tag value states, or None when it states none that can be driven.

    Words without a country code are those of the country ``of``.
    """
    speeds = [speed for part in re.split(r"[;|]", tag) if (speed := _one(part.strip(), of or country())) is not None]
    return min(speeds) if speeds else None


def states_nothing(tag: str) -> bool:
    """Whether the value is understood to state no number (``signals``, ``sign``), which is no mistake."""
    return all(part.strip().lower() in SILENT for part in tag.split(";"))


def _one(text: str, of: Country) -> float | None:
    match = _NOTATION.match(text)
    if match is not None:
        return _possible(float(match[1].replace(",", ".")) * KPH.get((match[2] or "").lower(), 1.0))
    match = _ZONE.match(text[:3] + text[3:].lower() if text[2:3] == ":" else text.lower())
    if match is None:
        return None
    code, word = match[1], match[2]
    where = known_country(code) if code else of
    if word.isdigit():
        return _possible(float(word))
    if where is None:
        where = country()  # an unknown country: what most say
    speed = where.zone(_SYNONYMS.get(word, word))
    return None if speed is None else _possible(speed)


def _possible(kph: float) -> float | None:
    return kph if math.isfinite(kph) and 0.0 < kph < IMPOSSIBLE_KPH else None
