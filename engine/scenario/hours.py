"""Hours on the region's clock, from one to another, across midnight or not, on some days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.scenario.kinds import MISSING, whole
from engine.scenario.lines import Path
from engine.scenario.problems import Problems
from graphs.metrics.hours import DAYS, SLOTS

DAY_HOURS = 24
_UP_TO = whole(0, DAY_HOURS)


def clock(value: Any, path: Path, problems: Problems) -> Any:
    """The hour before which something ends, 1 to 24; 0 is midnight, too."""
    found = _UP_TO(value, path, problems)
    return DAY_HOURS if found is not MISSING and found == 0 else found


@dataclass(frozen=True, slots=True)
class ClockHours:
    """What holds at some hours of the week; the night from 22 to 6 belongs to the day on which it begins."""

    if TYPE_CHECKING:

        @property
        def from_hour(self) -> int: ...

        @property
        def to_hour(self) -> int: ...

        @property
        def days(self) -> Collection[str] | None: ...

    @property
    def always(self) -> bool:
        return bool(self.slots().all())

    def slots(self) -> npt.NDArray[np.bool_]:
        """[168] whether it holds in each hour of the week, Monday 0:00 first."""
        held = np.zeros(SLOTS, bool)
        long = (self.to_hour - self.from_hour) % DAY_HOURS or DAY_HOURS
        for day in self.days or DAYS:
            begin = DAY_HOURS * DAYS.index(day) + self.from_hour
            held[np.arange(begin, begin + long) % SLOTS] = True
        return held
