"""How long a ferry takes, as OpenStreetMap writes it.

Source: https://wiki.openstreetmap.org/wiki/Key:duration (ISO 8601 durations, ``H:MM[:SS]``, minutes)
"""

from __future__ import annotations

import re

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_ISO = re.compile(rf"P(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d+):([0-5]?\d)(?::([0-5]?\d))?")
_UNITS = re.compile(
    rf"(?:{_NUMBER}\s*(?:h|hrs?|hours?))?\s*(?:{_NUMBER}\s*(?:m|mins?|minutes?)?)?\s*(?:{_NUMBER}\s*(?:s|secs?|seconds?))?",
    re.IGNORECASE,
)
_DAY, _HOUR, _MINUTE, _SECOND = 1440.0, 60.0, 1.0, 1 / 60


def minutes_of(duration: str) -> float | None:
    """Minutes of ``PT1H30M``, ``00:15``, ``1:30:00``, ``15``, ``15 min`` or ``1 h 30``; None for anything else."""
    text = duration.strip()
    for pattern, units in (
        (_ISO, (_DAY, _HOUR, _MINUTE, _SECOND)),
        (_CLOCK, (_HOUR, _MINUTE, _SECOND)),
        (_UNITS, (_HOUR, _MINUTE, _SECOND)),
    ):
        match = pattern.fullmatch(text)
        if match is not None:
            minutes = sum(
                float(part.replace(",", ".")) * unit for part, unit in zip(match.groups(), units, strict=True) if part
            )
            return minutes if minutes > 0 else None
    return None
