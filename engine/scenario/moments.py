"""The moments a scenario looks at, on the region's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from engine.scenario.hours import DAY_HOURS
from engine.scenario.model import When
from graphs.metrics.hours import DAYS, slot_at, slot_name, to_ms

#: What is meant where a scenario says no day, or no hour: noon of an ordinary working day.
DEFAULT_DAY, DEFAULT_HOUR = "tue", 12


@dataclass(frozen=True, slots=True)
class Moment:
    """An hour of the week, and the time itself where the scenario says a date."""

    slot: int  # 0 .. 167, Monday 0:00 first
    at: datetime | None = None  # with the region's zone

    @property
    def at_ms(self) -> int | None:
        """Milliseconds since 1970."""
        return None if self.at is None else to_ms(self.at)

    def __str__(self) -> str:
        return slot_name(self.slot) if self.at is None else self.at.isoformat(timespec="minutes")


def moments_of(when: When, zone: tzinfo) -> tuple[Moment, ...]:
    """One moment, or one for each of the hours listed."""
    if when.at is not None:
        at = when.at.replace(tzinfo=zone)
        return (Moment(slot_at(to_ms(at), zone), at),)
    day = DAY_HOURS * DAYS.index(when.weekday or DEFAULT_DAY)
    hours = when.hours or (DEFAULT_HOUR if when.hour is None else when.hour,)
    return tuple(Moment(day + hour) for hour in hours)


def is_skipped(at: datetime, zone: tzinfo) -> bool:
    """Whether clocks never show a time: they went forward over it."""
    return at.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at
