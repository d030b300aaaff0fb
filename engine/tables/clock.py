"""Times of day that cannot be misread: with the day when it is not today, with the offset when clocks changed."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

MINUTE, SECOND, TENTH = timedelta(minutes=1), timedelta(seconds=1), timedelta(seconds=6)
#: A weekday alone says which day it is within this many days.
SAME_WEEK = 6


class Clock:
    """The clock on a region's wall, read at ``now``."""

    def __init__(self, zone: tzinfo, now: datetime) -> None:
        self._zone = zone
        self._now = now.astimezone(zone)

    def at(self, value: datetime, *, seconds: bool = False) -> str:
        """``18:55``; ``Sat 23:50`` on another day; ``02:30+01`` where the clocks have changed since now or will."""
        local = value.astimezone(self._zone)
        text = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
        if local.utcoffset() != self._now.utcoffset():
            text += f"{local:%z}".removesuffix("00")
        days = (local.date() - self._now.date()).days
        if days == 0:
            return text
        return f"{local:%a} {text}" if abs(days) <= SAME_WEEK else f"{local:%d %b} {text}"

    def due_and_arrival(self, due: datetime, arrives: datetime) -> tuple[str, str]:
        """Both, with seconds where a late arrival would look like one in time."""
        pair = self.at(due), self.at(arrives)
        if arrives <= due or pair[0] != pair[1]:
            return pair
        whole = arrives if arrives.microsecond == 0 else arrives.replace(microsecond=0) + SECOND
        return self.at(due, seconds=True), self.at(whole, seconds=True)


def spare_minutes(slack: timedelta) -> float:
    """Minutes to spare to the tenth, rounded down: what is late never looks as if it were not."""
    return (slack // TENTH) / 10


def late_minutes(seconds: float) -> float:
    """Minutes late to the tenth, rounded up."""
    return -spare_minutes(timedelta(seconds=-seconds)) + 0.0
