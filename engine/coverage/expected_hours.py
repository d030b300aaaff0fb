"""Expected coverage of one hour of the day: as many calls as it brings, and what the hours before have left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.coverage.expected import PRECISION, ExpectedCoverage, WhenBusy, expected_coverage
from engine.coverage.expected_calls import Course
from engine.coverage.expected_streams import CallStream
from engine.generate.curves import SHAPE
from engine.policy import Policy

#: Hours for which all crews have been on duty when an hour begins.
HOURS_BEFORE = 8
#: Streams whose coverage holds the crews on duty at an hour, their calls being the mean of the whole day.
StreamsAt = Callable[[int], Sequence[CallStream]]


@dataclass(frozen=True, eq=False)
class ExpectedDay:
    """Each hour with its own crews, as if they had been on duty for `HOURS_BEFORE`."""

    hours: tuple[int, ...]
    found: tuple[ExpectedCoverage, ...]

    @property
    def calls(self) -> float:
        """In all those hours."""
        return sum(each.figures.calls_per_hour for each in self.found)

    @property
    def share(self) -> float:
        """Of all calls within promise; 1 where there are none."""
        return sum(each.figures.kept for each in self.found) / self.calls if self.calls else 1.0

    @property
    def worst_hour(self) -> int:
        """With the least share within promise; of equal ones the first."""
        return min(zip(self.found, self.hours, strict=True), key=lambda each: each[0].share)[1]


def course_to(streams: Sequence[CallStream], hour: int, crews: npt.ArrayLike | None = None) -> Course:
    """The hours before one and that one, by the curves of the streams' services; only the last counts.

    ``crews`` [k, hours before and that one]: on duty for each stream. Where more were on duty before, those who have
    left took their part of the calls.
    """
    hours = (hour - HOURS_BEFORE + np.arange(HOURS_BEFORE + 1)) % 24
    factor = np.array([24 * SHAPE[stream.coverage.service][hours] for stream in streams])
    if crews is not None:
        duty = np.asarray(crews, np.float64)
        factor = factor * np.minimum(1.0, duty[:, -1:] / np.maximum(duty, 1.0))
        factor[:, -1] = [24 * SHAPE[stream.coverage.service][hour % 24] for stream in streams]
    return Course(factor, HOURS_BEFORE)


def expected_hour(
    streams: Sequence[CallStream],
    hour: int,
    *,
    policy: Policy | None = None,
    when_busy: WhenBusy = "wait",
    precision: float = PRECISION,
    crews: npt.ArrayLike | None = None,
) -> ExpectedCoverage:
    """`expected_coverage` of an hour, 0 to 23 local time; the streams' calls are the mean of the whole day.

    ``crews``: as of `course_to`.
    """
    return expected_coverage(
        streams, policy=policy, course=course_to(streams, hour, crews), when_busy=when_busy, precision=precision
    )


def expected_day(
    streams_at: StreamsAt,
    hours: Iterable[int] = range(24),
    *,
    policy: Policy | None = None,
    when_busy: WhenBusy = "wait",
    precision: float = PRECISION,
) -> ExpectedDay:
    """`expected_hour` of each hour."""
    which = tuple(hours)
    found = tuple(
        expected_hour(streams_at(hour), hour, policy=policy, when_busy=when_busy, precision=precision) for hour in which
    )
    return ExpectedDay(which, found)
