"""Coverage as it is to be expected: crews may be busy, drives take longer or shorter; see docs/expected-coverage.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from engine.coverage.busy import Busy, Lists, solve_busy
from engine.coverage.coverage import Coverage, grouped_sums
from engine.coverage.expected_kernels import SLIGHT, tally
from engine.coverage.expected_streams import CallStream, Streams
from engine.coverage.places import CLASSES
from engine.decision import PromiseClass
from engine.errors import OptionError
from engine.policy import Policy
from graphs.network import Float64, Int64
from graphs.search.nearest_few import MOST

#: What becomes of who finds nobody free: "wait", as dispatch has it, in order of call; "lost": somebody else comes.
WhenBusy = Literal["wait", "lost"]
#: Share of the calls for whom the lists may end before somebody free is found.
TOLERANCE = 1e-3
#: Stands listed at first; twice as many until few enough calls are cut off.
BEGIN = 8
#: So many are listed all at once.
ALL = 32
#: Minutes of waiting that stand for ever.
ENDLESS = 1e6


@dataclass(frozen=True, slots=True)
class ExpectedFigures:
    """What becomes of some calls."""

    calls_per_hour: float
    kept: float  # of them, the mean number within promise
    mean_minutes: float | None  # from the call to the arrival, of those who are reached
    nobody_free: float  # share for whom nobody who may serve them is free
    cut_off: float  # share that finds nobody free on its list, which is not whole; counted as late

    @property
    def share(self) -> float:
        """Of the calls within promise; 1 where there are none."""
        return self.kept / self.calls_per_hour if self.calls_per_hour else 1.0


@dataclass(frozen=True, eq=False)
class ExpectedCells:
    """Cells with demand."""

    cell: Int64  # [c] H3 ids, ascending
    calls_per_hour: Float64  # [c]
    kept: Float64  # [c] of those


@dataclass(frozen=True, eq=False)
class ExpectedCoverage:
    """``p`` places of ``k`` streams, a stream's places together; ``s`` stands of ``r`` providers."""

    streams: Streams
    when_busy: WhenBusy
    lists: Lists
    busy: Busy
    chance: Float64  # [p] that the promise is kept
    arrival_minutes: Float64  # [p] mean; inf where nobody comes
    nobody_free: Float64  # [p] chance
    cut_off: Float64  # [p] chance that nobody listed is free, though others are beyond the list
    work: Float64  # [s] crews at work, mean; at most all
    excess: Float64  # [s] work that is asked of a stand beyond what its crews can do, in crews
    mean_wait: Float64  # [k] minutes of those who find nobody free

    @property
    def converged(self) -> bool:
        """Whether the busy fractions came to rest."""
        return self.busy.converged

    @property
    def overloaded(self) -> tuple[bool, ...]:
        """[k] whether more is asked of those who serve a stream than they can do: waits grow without end."""
        wait = self.when_busy == "wait"
        return tuple(bool(wait and queued >= 1) for queued in self.busy.queued)

    @cached_property
    def figures(self) -> ExpectedFigures:
        """Over all streams."""
        return self._of(slice(None))

    @cached_property
    def share(self) -> float:
        """Of all calls within promise."""
        return self.figures.share

    def of_stream(self, stream: int) -> ExpectedFigures:
        """Of one stream, by its place among those given."""
        return self._of(self.streams.rows(stream))

    @cached_property
    def classes(self) -> dict[PromiseClass, ExpectedFigures]:
        """By promise class, over all streams."""
        kind = np.concatenate([stream.coverage.demand.places.kind for stream in self.streams.streams])
        return {each: self._of(np.flatnonzero(kind == index)) for index, each in enumerate(CLASSES)}

    @cached_property
    def cells(self) -> ExpectedCells:
        """By H3 cell of the road pieces' resolution, over all streams."""
        resolution = self.streams.streams[0].coverage.pieces.resolution
        of = np.concatenate([each.coverage.demand.places.cells_at(resolution) for each in self.streams.streams])
        cell, at = np.unique(of, return_inverse=True)
        calls = 60 * self.streams.per_minute
        return ExpectedCells(cell, grouped_sums(at, calls, cell.size), grouped_sums(at, calls * self.chance, cell.size))

    @cached_property
    def busy_fraction(self) -> Float64:
        """[r] mean share of each provider's crews that are at work; NaN where none serves."""
        count = len(self.streams.providers)
        crews = np.bincount(self.streams.provider, weights=self.streams.crews, minlength=count)
        work = np.bincount(self.streams.provider, weights=self.work, minlength=count)
        return np.divide(work, crews, out=np.full(count, np.nan), where=crews > 0)

    @property
    def mean_busy(self) -> float:
        """Share of all crews that are at work; 0 without crews."""
        crews = self.streams.crews.sum()
        return float(self.work.sum() / crews) if crews else 0.0

    def _of(self, rows: slice | Int64) -> ExpectedFigures:
        calls = 60 * self.streams.per_minute[rows]
        total = float(calls.sum())
        if not total:
            return ExpectedFigures(0.0, 0.0, None, 0.0, 0.0)
        arrival = self.arrival_minutes[rows]
        reached = np.isfinite(arrival) & (calls > 0)
        come = calls * (1 - self.cut_off[rows] - (self.nobody_free[rows] if self.when_busy == "lost" else 0.0))
        come = np.where(reached, come, 0.0)
        mean = float((come[reached] * arrival[reached]).sum() / come.sum()) if come.sum() > 0 else None
        return ExpectedFigures(
            total,
            float((calls * self.chance[rows]).sum()),
            mean if mean is None or mean < ENDLESS else None,
            float((calls * self.nobody_free[rows]).sum()) / total,
            float((calls * self.cut_off[rows]).sum()) / total,
        )


def expected_coverage(
    streams: Sequence[CallStream] | Coverage,
    calls_per_hour: float | None = None,
    *,
    policy: Policy | None = None,
    when_busy: WhenBusy = "wait",
    tolerance: float = TOLERANCE,
    iterations: int = 200,
) -> ExpectedCoverage:
    """How many calls are reached within promise on average, crews being busy with others and drives uncertain.

    One ``coverage`` with its ``calls_per_hour``, or several streams whose crews are shared. The policy gives the prior
    of arrivals and how long work takes. Lists are as long as it takes to cut off at most ``tolerance`` of the calls, up
    to `MOST` stands. Raises OptionError.
    """
    if isinstance(streams, Coverage):
        if calls_per_hour is None:
            raise OptionError("a coverage needs its calls_per_hour", option="calls_per_hour")
        streams = [CallStream(streams, calls_per_hour)]
    if not 0 < tolerance < 1:
        raise OptionError(f"tolerance must lie between 0 and 1, not {tolerance}", option="tolerance")
    if when_busy not in ("wait", "lost"):
        raise OptionError(f"when_busy must be wait or lost, not {when_busy}", option="when_busy")
    found = Streams(streams, policy or Policy.default())
    most = min(MOST, max(1, *(numbers.size for numbers in found.number)) if found.number else 1)
    few, busy = (most if most <= ALL else BEGIN), None
    while True:
        lists = found.lists(few)
        busy = solve_busy(
            lists,
            iterations=iterations,
            begin=None if busy is None else busy.offered,
            waits=when_busy == "wait",
        )
        result = evaluated(found, lists, busy, when_busy)
        if few == most or result.figures.cut_off <= tolerance:
            return result
        few = min(most, 2 * few)


def evaluated(streams: Streams, lists: Lists, busy: Busy, when_busy: WhenBusy) -> ExpectedCoverage:
    """What comes of the calls once it is known how busy all are."""
    few = lists.stand.shape[1]
    places, stands = int(streams.first[-1]), streams.crews.size
    kept, arrival, nobody, cut = (np.zeros(places) for _ in range(4))
    mean_wait = np.full(len(streams.streams), ENDLESS)  # until it is known how busy all are
    asked, calls, second = (np.zeros(stands) for _ in range(3))
    for again in (False, True):
        asked[:], calls[:], second[:] = 0.0, 0.0, 0.0
        tally(
            *(lists.stand, lists.minutes, streams.work, streams.per_minute, streams.within_ms),
            *(streams.mobilisation_ms, streams.first, streams.whole(few), streams.crews),
            *(busy.seen, busy.odds, busy.queued, when_busy == "wait", mean_wait, streams.prior),
            *(kept, arrival, nobody, cut, asked, calls, second),
        )
        if not again:
            mean_wait[:] = _mean_waits(streams, busy, asked, calls, second)
        if when_busy == "lost" or not nobody.max(initial=0.0) > SLIGHT:
            break
    work = np.minimum(asked, streams.crews)
    return ExpectedCoverage(
        streams, when_busy, lists, busy, kept, arrival, nobody, cut, work, np.maximum(asked - work, 0), mean_wait
    )


def _mean_waits(streams: Streams, busy: Busy, asked: Float64, calls: Float64, second: Float64) -> Float64:
    """[k] minutes that who finds nobody free waits on average: M/G/n by Lee and Longton (1959), from M/M/n's."""
    out = np.full(len(streams.streams), ENDLESS)
    variance = float(streams.work_variance.mean())
    for k, serves in enumerate(streams.serves):
        flow = float(calls[serves].sum())
        if busy.queued[k] >= 1:
            continue
        if not flow:
            out[k] = 0.0
            continue
        mean, square = float(asked[serves].sum()) / flow, float(second[serves].sum()) / flow + variance
        each = 0.5 * (mean + (square - mean * mean) / mean)  # mean (1 + c^2) / 2
        out[k] = min(ENDLESS, each / (float(streams.crews[serves].sum()) * (1 - busy.queued[k])))
    return out
