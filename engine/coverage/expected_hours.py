"""Expected coverage hour by hour: as many calls as the hour brings, the crews that are on duty then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.coverage.expected import TOLERANCE, ExpectedCoverage, WhenBusy, expected_coverage
from engine.coverage.expected_streams import CallStream
from engine.generate.curves import SHAPE
from engine.policy import Policy

#: Streams whose coverage holds the crews on duty at an hour, their calls being the mean of the whole day.
StreamsAt = Callable[[int], Sequence[CallStream]]


@dataclass(frozen=True, eq=False)
class ExpectedDay:
    """Each hour by itself, as if it had always been so: what an hour leaves behind for the next is not in it."""

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


def at_hour(stream: CallStream, hour: int) -> CallStream:
    """A stream with the calls of one hour, by the curve of its service, instead of the day's mean."""
    factor = 24 * float(SHAPE[stream.coverage.service][hour % 24])
    return replace(stream, calls_per_hour=stream.calls_per_hour * factor)


def expected_day(
    streams_at: StreamsAt,
    hours: Iterable[int] = range(24),
    *,
    policy: Policy | None = None,
    when_busy: WhenBusy = "wait",
    tolerance: float = TOLERANCE,
) -> ExpectedDay:
    """`expected_coverage` of each hour, 0 to 23 local time."""
    which = tuple(hours)
    found = tuple(
        expected_coverage(
            [at_hour(stream, hour) for stream in streams_at(hour)],
            policy=policy,
            when_busy=when_busy,
            tolerance=tolerance,
        )
        for hour in which
    )
    return ExpectedDay(which, found)
