"""Coverage as it is to be expected: crews may be busy, drives take longer or shorter; see docs/expected-coverage.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from math import ceil, inf, sqrt
from typing import Literal

import numpy as np
from scipy.stats import t as student

from engine.coverage.coverage import Coverage
from engine.coverage.expected_calls import HOUR_MS, Calls, Course
from engine.coverage.expected_queue import play
from engine.coverage.expected_streams import CallStream, Streams
from engine.coverage.expected_world import World
from engine.coverage.places import CLASSES
from engine.decision import PromiseClass
from engine.errors import OptionError
from engine.policy import Policy
from graphs.network import Float64, Int64

#: Where a crew is free again: where its last work ended, as dispatch and the simulated day have it; or at its base.
AfterWork = Literal["stay", "return"]
#: What becomes of who finds nobody free: "wait", as dispatch has it, in order of call; "lost": somebody else comes.
WhenBusy = Literal["wait", "lost"]
#: Days are played until the 95 % interval of the share is at most this to either side.
PRECISION = 0.005
CONFIDENCE = 0.95
#: Days that are played at once: at least so many, or as many as it takes for so many calls.
LEAST_DAYS, MOST_DAYS_AT_ONCE, CALLS_AT_ONCE = 10, 1_000, 10_000
#: No more are begun after so many days, or calls.
MOST_DAYS, MOST_CALLS = 20_000, 1_000_000
#: Crews that are at work for so much of the time have more to do than they can.
DROWNED = 0.98


@dataclass(frozen=True, slots=True)
class ExpectedFigures:
    """What becomes of some calls."""

    calls_per_hour: float
    share: float  # of them within promise; 1 where there are none
    plus_minus: float  # half of the 95 % interval of the share
    mean_minutes: float | None  # from the call to the arrival, of those who are reached
    nobody_free: float  # share for whom nobody who may serve them is free

    @property
    def kept(self) -> float:
        """Calls an hour within promise."""
        return self.calls_per_hour * self.share


@dataclass(frozen=True, eq=False)
class ExpectedCells:
    """Cells that calls came from."""

    cell: Int64  # [c] H3 ids, ascending
    calls: Int64  # [c] that were played: how much the share can be trusted
    share: Float64  # [c] of them within promise


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums by day, stream and promise class, [d, k, 3]; by place, [i]; by provider and by crew; of counted calls."""

    calls: Float64
    kept: Float64
    later: Float64  # found nobody free
    reached: Float64
    minutes: Float64  # of those
    held_ms: Float64  # that they kept crews
    calls_at: Float64  # [i]
    kept_at: Float64  # [i]
    spared: Float64  # [r] calls within promise thanks to the provider, beyond what the next free crew would have kept
    busy_ms: Float64  # [u]

    def __add__(self, other: Tally) -> Tally:
        pairs = [(getattr(self, each.name), getattr(other, each.name)) for each in fields(self)]
        return Tally(*(np.concatenate([a, b]) if a.ndim == 3 else a + b for a, b in pairs))


@dataclass(frozen=True, eq=False)
class ExpectedCoverage:
    """What came of the days that were played."""

    world: World
    course: Course
    after_work: AfterWork
    when_busy: WhenBusy
    seed: int
    tally: Tally

    @property
    def streams(self) -> Streams:
        return self.world.streams

    @property
    def days(self) -> int:
        """That were played."""
        return len(self.tally.calls)

    @property
    def hours(self) -> float:
        """Of a day that are counted."""
        return float(self.course.hours - self.course.warm)

    @cached_property
    def figures(self) -> ExpectedFigures:
        """Over all streams."""
        return self._of(np.ones(self.tally.calls.shape[1:], np.bool_))

    @property
    def share(self) -> float:
        """Of all calls within promise."""
        return self.figures.share

    def of_stream(self, stream: int) -> ExpectedFigures:
        """Of one stream, by its place among those given."""
        return self._of(np.broadcast_to((np.arange(len(self._rates)) == stream)[:, None], self._rates.shape))

    @cached_property
    def classes(self) -> dict[PromiseClass, ExpectedFigures]:
        """By promise class, over all streams."""
        each = np.arange(len(CLASSES))
        return {name: self._of(np.broadcast_to(each == index, self._rates.shape)) for index, name in enumerate(CLASSES)}

    def cells(self, resolution: int = 6) -> ExpectedCells:
        """By H3 cell of demand; the smaller the cells, the fewer of the played calls are in each."""
        found = []
        for first, stream in {int(f): s for f, s in zip(self.world.first, self.streams.streams, strict=True)}.items():
            rows = self.world.rows[first : first + self.world.sample]
            found.append((first, stream.coverage.demand.places.part(rows).cells_at(resolution)))
        of = np.concatenate([cells for _, cells in sorted(found, key=lambda each: each[0])])
        cell, at = np.unique(of, return_inverse=True)
        calls = np.bincount(at, weights=self.tally.calls_at, minlength=cell.size)
        kept = np.bincount(at, weights=self.tally.kept_at, minlength=cell.size)
        some = calls > 0
        return ExpectedCells(cell[some], calls[some].astype(np.int64), kept[some] / calls[some])

    @cached_property
    def busy_fraction(self) -> Float64:
        """[r] mean share of each provider's crews that are at work; NaN where none serves."""
        owner, count = self.streams.provider[self.world.stand], len(self.streams.providers)
        crews = np.bincount(owner, minlength=count)
        work = np.bincount(owner, weights=self._busy, minlength=count)
        return np.divide(work, crews, out=np.full(count, np.nan), where=crews > 0)

    @property
    def mean_busy(self) -> float:
        """Share of all crews that are at work; 0 without crews."""
        return float(self._busy.mean()) if self._busy.size else 0.0

    @cached_property
    def overloaded(self) -> tuple[bool, ...]:
        """[k] whether more is asked of those who serve a stream than they can do: waits grow as long as it lasts.

        Counted is the work of the stream, and of streams that only the same crews serve; or that these crews were at
        work nearly all the time, drowned by calls that others serve, too.
        """
        if self.when_busy == "lost":
            return (False,) * len(self._rates)
        serves, crews = self.streams.serves, self.streams.crews
        number, reached = serves @ crews, self.tally.reached.sum(axis=(0, 2))
        each = np.divide(self.tally.held_ms.sum(axis=(0, 2)), reached, out=np.zeros(reached.size), where=reached > 0)
        work = self._rates.sum(axis=1) * each / HOUR_MS  # crews
        inside = np.array([[not (other & ~mine).any() for other in serves] for mine in serves])
        drowned = [self._at_work(mine) >= DROWNED for mine in serves]
        return tuple(bool(too_much) or full for too_much, full in zip(inside @ work >= number, drowned, strict=True))

    def _at_work(self, stands: np.ndarray) -> float:
        """Share of the time that the crews of some stands are at work; 0 without crews."""
        crews = stands[self.world.stand]
        return float(self._busy[crews].mean()) if crews.any() else 0.0

    @property
    def _busy(self) -> Float64:
        """[u] share of the counted time."""
        return self.tally.busy_ms / (self.days * self.hours * HOUR_MS)

    @cached_property
    def _rates(self) -> Float64:
        """[k, 3] calls an hour, on average over the hours counted."""
        by_hour = self.course.factor[:, self.course.warm :].mean(axis=1)
        out = np.zeros(self.tally.calls.shape[1:])
        for k, stream in enumerate(self.streams.streams):
            kinds = self.world.kind[self.world.first[k] :][: self.world.sample]
            out[k] = stream.calls_per_hour * by_hour[k] * np.bincount(kinds, minlength=len(CLASSES)) / self.world.sample
        return out

    def _of(self, which: np.ndarray) -> ExpectedFigures:
        tally, rate = self.tally, float(self._rates[which].sum())
        calls, kept = tally.calls[:, which].sum(axis=1), tally.kept[:, which].sum(axis=1)
        total = calls.sum()
        if not total:
            return ExpectedFigures(rate, 1.0 if not rate else 0.0, 0.0 if not rate else 1.0, None, 0.0)
        share = float(kept.sum() / total)
        reached = tally.reached[:, which].sum()
        mean = float(tally.minutes[:, which].sum() / reached) if reached else None
        later = float(tally.later[:, which].sum() / total)
        return ExpectedFigures(rate, share, interval_of(kept - share * calls, calls), mean, later)


def interval_of(rest: Float64, calls: Float64) -> float:
    """Half of the 95 % interval of a ratio of daily sums, of what each day has beyond it: Student's, linearised."""
    days = rest.size
    if days < 2:
        return inf
    error = sqrt(float((rest * rest).sum()) / (days - 1) / days) / float(calls.mean())
    return float(student.ppf(0.5 + CONFIDENCE / 2, days - 1)) * error


def expected_coverage(
    streams: Sequence[CallStream] | Coverage,
    calls_per_hour: float | None = None,
    *,
    policy: Policy | None = None,
    course: Course | None = None,
    after_work: AfterWork = "stay",
    when_busy: WhenBusy = "wait",
    precision: float = PRECISION,
    days: int | None = None,
    seed: int = 1,
) -> ExpectedCoverage:
    """How many calls are reached within promise on average, crews being busy with others and drives uncertain.

    One ``coverage`` with its ``calls_per_hour``, or several streams whose crews are shared. The policy gives the prior
    of arrivals and how long work takes. Days are played until the interval of the share is ``precision`` to either
    side, or just ``days`` of them; the same seed draws the same calls, work and traffic whoever is there to serve, so
    that two fleets are compared on the same days. Raises OptionError.
    """
    if isinstance(streams, Coverage):
        if calls_per_hour is None:
            raise OptionError("a coverage needs its calls_per_hour", option="calls_per_hour")
        streams = [CallStream(streams, calls_per_hour)]
    if not 0 < precision < 1:
        raise OptionError(f"precision must lie between 0 and 1, not {precision}", option="precision")
    if days is not None and not 2 <= days <= MOST_DAYS:
        raise OptionError(f"days must be 2 to {MOST_DAYS:,}, not {days}", option="days", value=days)
    if when_busy not in ("wait", "lost"):
        raise OptionError(f"when_busy must be wait or lost, not {when_busy}", option="when_busy")
    if after_work not in ("stay", "return"):
        raise OptionError(f"after_work must be stay or return, not {after_work}", option="after_work")
    found = Streams(streams, policy or Policy.default())
    course = course or Course.steady(len(streams))
    if len(course.factor) != len(streams):
        raise OptionError(f"the course is of {len(course.factor)} streams, not {len(streams)}", option="course")
    return played(World.of(found), course, after_work, when_busy, precision=precision, days=days, seed=seed)


def played(
    world: World,
    course: Course,
    after_work: AfterWork,
    when_busy: WhenBusy,
    *,
    precision: float,
    days: int | None,
    seed: int,
) -> ExpectedCoverage:
    """Days in equal parts, each with random numbers of its own."""
    rates = np.array([stream.calls_per_hour for stream in world.streams.streams])
    a_day = float((rates[:, None] * course.factor).sum())
    at_once = min(MOST_DAYS_AT_ONCE, max(LEAST_DAYS, ceil(CALLS_AT_ONCE / max(a_day, 1e-9))))
    tally, part = None, 0
    while True:
        now = at_once if days is None else min(at_once, days - part * at_once)
        calls = Calls.draw(world, course, now, np.random.default_rng([seed, part]))
        more = tallied(world, course, calls, after_work, when_busy)
        tally = more if tally is None else tally + more
        part += 1
        result = ExpectedCoverage(world, course, after_work, when_busy, seed, tally)
        if days is not None:
            if result.days == days:
                return result
        elif (
            not a_day
            or result.figures.plus_minus <= precision
            or result.days >= MOST_DAYS
            or result.days * a_day >= MOST_CALLS
        ):
            return result


def tallied(world: World, course: Course, calls: Calls, after_work: AfterWork, when_busy: WhenBusy) -> Tally:
    """What comes of the calls of some days."""
    streams, stand = world.streams, world.stand
    territory, size, crews = streams.territory[stand], calls.called.size, stand.size
    crew_of, busy = np.full(size, -1), np.zeros(crews)
    wait, minutes, chance, spare, held = (np.zeros(size) for _ in range(5))
    begin, until = course.counted_ms
    play(
        *(calls.first, calls.called, calls.stream, calls.place, calls.within, calls.work, calls.factor, calls.delay),
        *(calls.end, after_work == "return", when_busy == "wait", begin, until),
        *(world.travel, world.near, world.allowed, stand, np.ascontiguousarray(streams.serves.T[stand])),
        *(streams.mobilisation_ms[stand], territory >> 6, np.uint64(1) << (territory & 63).astype(np.uint64)),
        *(streams.provider[stand], streams.prior, crew_of, wait, minutes, chance, spare, busy, held),
    )
    shape = calls.first.size - 1, len(streams.streams), len(CLASSES)
    some = np.flatnonzero((calls.called >= begin) & (calls.called < until))
    crew_of, wait, minutes, chance, spare, held = (each[some] for each in (crew_of, wait, minutes, chance, spare, held))
    place = calls.place[some]
    of = np.ravel_multi_index((calls.day[some], calls.stream[some], world.kind[place]), shape)
    reached = crew_of >= 0

    def summed(values: np.ndarray) -> Float64:
        return _summed(of, values, int(np.prod(shape))).reshape(shape)

    at_once = np.flatnonzero(reached & (wait == 0))
    owner = streams.provider[stand[crew_of[at_once].astype(np.int64)]]
    return Tally(
        calls=summed(np.ones(some.size)),
        kept=summed(chance),
        later=summed(~reached | (wait > 0)),
        reached=summed(reached),
        minutes=summed(np.where(reached, minutes, 0.0)),
        held_ms=summed(held),
        calls_at=np.bincount(place, minlength=world.rows.size).astype(np.float64),
        kept_at=_summed(place, chance, world.rows.size),
        spared=_summed(owner, chance[at_once] - spare[at_once], len(streams.providers)),
        busy_ms=busy,
    )


def _summed(of: np.ndarray, values: np.ndarray, size: int) -> Float64:
    """[size] sums of values by what they are of."""
    return np.bincount(of, weights=values, minlength=size).astype(np.float64)
