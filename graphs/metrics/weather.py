"""The weather over a region, from when to when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from graphs.errors import TrafficError
from graphs.metrics.hours import to_ms


class Weather(StrEnum):
    """Kinds of weather that change how fast roads are driven."""

    DRY = "dry"
    RAIN = "rain"
    HEAVY_RAIN = "heavy_rain"
    SNOW = "snow"
    FOG = "fog"
    ICE = "ice"


WEATHERS: tuple[Weather, ...] = tuple(Weather)


@dataclass(frozen=True, slots=True)
class WeatherSpell:
    """One weather over the whole region from `start` (None: always was) until before `end` (None: until told)."""

    weather: Weather
    start: datetime | None = None
    end: datetime | None = None


def weather_at(spells: Sequence[WeatherSpell], ms: int) -> Weather:
    """The weather at a time in ms since 1970: the last spell listed that holds it, dry when none does."""
    for spell in reversed(spells):
        begun = spell.start is None or to_ms(spell.start) <= ms
        if begun and (spell.end is None or ms < to_ms(spell.end)):
            return spell.weather
    return Weather.DRY


def check_spells(spells: Sequence[WeatherSpell]) -> tuple[WeatherSpell, ...]:
    """The same spells; TrafficError when one has no zone or ends before it starts."""
    for number, spell in enumerate(spells):
        for name in ("start", "end"):
            value: datetime | None = getattr(spell, name)
            if value is not None and value.utcoffset() is None:
                raise TrafficError(
                    f"weather spell {number}: {name} {value.isoformat()} has no time zone; add one.", spell=number
                )
        if spell.start is not None and spell.end is not None and spell.end <= spell.start:
            raise TrafficError(
                f"weather spell {number} ends at {spell.end.isoformat()}, not after its start; exchange them.",
                spell=number,
            )
    return tuple(spells)
