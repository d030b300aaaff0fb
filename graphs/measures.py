"""Lengths and weights on signs, in metres and tonnes.

Source: https://wiki.openstreetmap.org/wiki/Map_features/Units
"""

from __future__ import annotations

import math
import re

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_FEET = re.compile(rf"^{_NUMBER}\s*(?:'|ft|feet)\s*(?:{_NUMBER}\s*(?:\"|''|in|inch|inches))?$", re.IGNORECASE)
_INCHES = re.compile(rf"^{_NUMBER}\s*(?:\"|in|inch|inches)$", re.IGNORECASE)
_METRES = re.compile(rf"^{_NUMBER}\s*(m|cm|metres?|meters?)?$", re.IGNORECASE)
_WEIGHT = re.compile(rf"^{_NUMBER}\s*(t|tonnes?|kg|lbs?|st|cwt|ton)?$", re.IGNORECASE)
#: Values that state no limit.
NO_LIMIT = frozenset({"none", "no", "default", "below_default", "unsigned", "no_sign", "no_indications", "unspecified"})
_TONNES = {"kg": 1e-3, "lb": 0.45359237e-3, "lbs": 0.45359237e-3, "st": 0.90718474, "ton": 0.90718474, "cwt": 0.0508023}


def metres(text: str) -> float | None:
    """``3.5``, ``3,5 m``, ``350 cm``, ``11'6"``, ``11 ft 6 in`` in metres; None where it is no length."""
    text = text.strip()
    if match := _FEET.match(text):
        return _positive(_value(match[1]) * 0.3048 + (_value(match[2]) * 0.0254 if match[2] else 0.0))
    if match := _INCHES.match(text):
        return _positive(_value(match[1]) * 0.0254)
    if match := _METRES.match(text):
        return _positive(_value(match[1]) * (0.01 if (match[2] or "").lower() == "cm" else 1.0))
    return None


def tonnes(text: str) -> float | None:
    """``7.5``, ``7.5 t``, ``3500 kg``, ``8000 lbs``, ``5 st`` (short tons) in tonnes; None where it is no weight."""
    match = _WEIGHT.match(text.strip())
    return None if match is None else _positive(_value(match[1]) * _TONNES.get((match[2] or "t").lower(), 1.0))


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def _positive(value: float) -> float | None:
    return value if math.isfinite(value) and value > 0 else None
