"""Expected coverage of crews that stay where their last work ended; see docs/expected-coverage.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.coverage.allowed import unrestricted
from engine.coverage.busy import inside_of
from engine.coverage.busy_roaming import BIN_MS, BINS, TRAVEL_BINS, roam_once, roam_tally
from engine.coverage.coverage import Coverage
from engine.coverage.expected import ENDLESS, ExpectedFigures, WhenBusy
from engine.coverage.expected_kernels import prior_means
from engine.coverage.expected_streams import CallStream, Streams
from engine.coverage.places import CLASSES
from engine.decision import PromiseClass
from engine.errors import OptionError
from engine.policy import Policy
from graphs.network import Float64, Int64
from graphs.position import Positions
from graphs.travel import travel_matrix

#: Places that stand for all demand of a stream.
SAMPLE, MOST_SAMPLE = 400, 5_000
#: Of the ratio of crews that become free to those that are taken, by which free crews are renewed.
POWER = 0.8
#: Mobilisation is told apart by this.
READY_MS = 60_000


@dataclass(frozen=True, eq=False)
class RoamingCoverage:
    """``k`` streams, ``i`` calls that stand for each one's demand, ``t`` types of crews."""

    streams: Streams
    when_busy: WhenBusy
    per_minute: Float64  # [k, i] calls
    kind: np.ndarray  # [k, i] index of promise class
    chance: Float64  # [k, i] that the promise is kept
    arrival_minutes: Float64  # [k, i]
    nobody_free: Float64  # [k, i]
    crews: Int64  # [t]
    work: Float64  # [t] crews at work
    iterations: int
    change: float
    converged: bool

    @cached_property
    def figures(self) -> ExpectedFigures:
        """Over all streams."""
        return self._of(np.ones(self.chance.shape, np.bool_))

    def of_stream(self, stream: int) -> ExpectedFigures:
        """Of one stream, by its place among those given."""
        return self._of((np.arange(len(self.chance)) == stream)[:, None] & np.ones(self.chance.shape, np.bool_))

    @cached_property
    def classes(self) -> dict[PromiseClass, ExpectedFigures]:
        """By promise class, over all streams."""
        return {each: self._of(self.kind == index) for index, each in enumerate(CLASSES)}

    @property
    def share(self) -> float:
        """Of all calls within promise."""
        return self.figures.share

    @property
    def mean_busy(self) -> float:
        """Share of all crews that are at work."""
        return float(self.work.sum() / self.crews.sum()) if self.crews.sum() else 0.0

    def _of(self, which: np.ndarray) -> ExpectedFigures:
        calls = 60 * self.per_minute[which]
        total = float(calls.sum())
        if not total:
            return ExpectedFigures(0.0, 0.0, None, 0.0, 0.0)
        nobody, arrival = self.nobody_free[which], self.arrival_minutes[which]
        come = np.where(np.isfinite(arrival), calls * (1 - nobody) if self.when_busy == "lost" else calls, 0.0)
        mean = float((come * np.where(come > 0, arrival, 0.0)).sum() / come.sum()) if come.sum() else ENDLESS
        kept, none = (float((calls * each).sum()) for each in (self.chance[which], nobody))
        return ExpectedFigures(total, kept, mean if mean < ENDLESS else None, none / total, 0.0)


def roaming_coverage(
    streams: Sequence[CallStream],
    *,
    policy: Policy | None = None,
    when_busy: WhenBusy = "wait",
    sample: int = SAMPLE,
    iterations: int = 400,
    tolerance: float = 1e-3,
) -> RoamingCoverage:
    """As `expected_coverage`, for crews that wait where their last work ended; stands only tell who is able.

    Every stream's demand is stood for by ``sample`` places. In the steady state as many crews become free at a location
    as are sent from it; that fixed point is iterated. Raises OptionError where territories restrict who may go where.
    """
    found = Streams(streams, policy or Policy.default())
    if not 1 <= sample <= MOST_SAMPLE:
        raise OptionError(f"sample must be 1 to {MOST_SAMPLE:,}, not {sample}", option="sample", value=sample)
    if not all(unrestricted(stream.coverage.stands.territories) for stream in streams):
        raise OptionError("crews that roam are only reckoned without territories", option="territories")
    world = _World(found, sample)
    able, ready, crews = _types(found)
    factor, top = prior_means(found.prior)
    locations = world.travel.shape[1]
    free = np.repeat((crews / locations)[:, None], locations, axis=1).astype(np.float64)
    taken, served = np.zeros(free.shape), np.zeros((len(streams), crews.size, world.travel.shape[0]))
    work, change, done = np.zeros((len(streams), crews.size)), np.inf, 0
    while done < iterations and change > tolerance:
        done += 1
        before = free.sum()
        roam_once(
            *(world.travel, world.bins, world.per_minute, world.hold, able, ready, _bins(ready), crews, free),
            *(factor, top),
            *(taken, served, work),
        )
        new = _renewed(free, taken, world.freed(served), work.sum(axis=0), crews)
        change = float(np.abs(new - free).sum() / max(before, 1e-12))
        free = new
    return _result(found, world, when_busy, (able, ready, crews, free), (served, work), (done, change, tolerance))


def _renewed(free: Float64, taken: Float64, freed: Float64, work: Float64, crews: Int64) -> Float64:
    """Free crews anew: fewer where more are taken than become free, and all as many as their work leaves."""
    ratio = ((freed + 1e-12) / (taken + 1e-12)) ** POWER
    new = free * np.clip(ratio, 0.25, 4.0)
    idle = free.sum(axis=1)
    per_idle = np.divide(work, idle, out=np.zeros(crews.size), where=idle > 0)
    wanted = 0.5 * idle + 0.5 * crews / (1 + per_idle)  # as many are taken as become free
    return new * (wanted / np.maximum(new.sum(axis=1), 1e-300))[:, None]


def _types(streams: Streams) -> tuple[np.ndarray, Int64, Int64]:
    """([k, t] able, [t] mobilisation in ms, [t] crews): crews that are told apart."""
    ready = READY_MS * ((streams.mobilisation_ms + READY_MS // 2) // READY_MS)
    keys = np.column_stack([streams.serves.T.astype(np.int64), ready])
    kinds, of = np.unique(keys, axis=0, return_inverse=True)
    crews = np.bincount(of.reshape(-1), weights=streams.crews, minlength=len(kinds)).astype(np.int64)
    real = np.bincount(of.reshape(-1), weights=streams.crews * streams.mobilisation_ms, minlength=len(kinds))
    mean = np.rint(real / np.maximum(crews, 1)).astype(np.int64)
    return np.ascontiguousarray(kinds[:, :-1].T.astype(np.bool_)), mean, crews


class _World:
    """Places that stand for all: where crews become free, where calls come from, how far it is.

    Streams of one demand share their places. A part of the demand, all parts being equal, is stood for by one place
    where crews become free and another one where calls come from, so that nobody is at a call already.
    """

    def __init__(self, streams: Streams, sample: int) -> None:
        reach = streams.streams[0].coverage.reach
        demands = list({id(each.coverage.demand): each.coverage for each in streams.streams}.values())
        starts, calls = ([_sample(each, sample, part) for each in demands] for part in (0.25, 0.75))
        at = [each.demand.places.positions for each in demands]
        where = [each.take(rows) for each, rows in zip(at, starts, strict=True)]
        to = [each.take(rows) for each, rows in zip(at, calls, strict=True)]
        where += [each.ends for each in streams.streams if each.ends is not None]
        network, graph, metric = reach.region.network, reach.region.search_graph, reach.metric
        times = travel_matrix(network, metric, Positions.concatenate(where), Positions.concatenate(to), graph=graph)
        self.travel = np.ascontiguousarray(np.minimum(times.T, TRAVEL_BINS * BIN_MS - 1).astype(np.int64))
        self.bins = self.travel // BIN_MS
        shape = len(streams.streams), len(demands) * sample
        self.per_minute, self.hold, self.within_ms = np.zeros(shape), np.zeros(shape), np.ones(shape)
        self.kind, self.end = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        begin = shape[1]
        for s, stream in enumerate(streams.streams):
            number = next(n for n, each in enumerate(demands) if each.demand is stream.coverage.demand)
            mine = slice(number * sample, (number + 1) * sample)
            rows = streams.first[s] + calls[number]
            self.per_minute[s, mine] = stream.calls_per_hour / 60 / sample
            self.hold[s, mine] = streams.work[rows]
            self.within_ms[s, mine] = streams.within_ms[rows]
            self.kind[s, mine] = stream.coverage.demand.places.kind[calls[number]]
            self.end[s, mine] = np.arange(mine.start, mine.stop)
            if stream.ends is not None:
                far = travel_matrix(network, metric, to[number], stream.ends, graph=graph)
                self.end[s, mine] = begin + np.argmin(far, axis=1)
                begin += len(stream.ends)

    def freed(self, served: Float64) -> Float64:
        """[t, l] crews that become free a minute, of [k, t, i] that serve."""
        out = np.zeros((served.shape[1], self.travel.shape[1]))
        for s in range(len(served)):
            for t in range(served.shape[1]):
                out[t] += np.bincount(self.end[s], weights=served[s, t], minlength=out.shape[1])
        return out


def _sample(coverage: Coverage, sample: int, part: float) -> Int64:
    """[sample] rows of the demand: of each of as many equal parts, cells in order, the one at that share of it."""
    places, weight = coverage.demand.places, coverage.demand.weight
    order = np.argsort(places.cells_at(coverage.pieces.resolution), kind="stable")
    total = np.cumsum(weight[order])
    at = np.searchsorted(total, (np.arange(sample) + part) / sample * total[-1])
    return order[np.minimum(at, order.size - 1)]


def _bins(ready_ms: Int64) -> Int64:
    """[t] mobilisation in bins."""
    return np.minimum(ready_ms // BIN_MS, BINS - TRAVEL_BINS)


def _result(
    streams: Streams,
    world: _World,
    when_busy: WhenBusy,
    fleet: tuple[np.ndarray, Int64, Int64, Float64],
    flows: tuple[Float64, Float64],
    end: tuple[int, float, float],
) -> RoamingCoverage:
    able, ready, crews, free = fleet
    served, work = flows
    number = able @ crews
    come = served.sum(axis=(1, 2))
    asked = world.per_minute.sum(axis=1)
    each = np.divide(work.sum(axis=1), come, out=np.zeros(come.size), where=come > 0)  # minutes of one call
    queued = np.where(number > 0, inside_of(able) @ (asked * each) / np.maximum(number, 1), np.inf)
    over = (inside_of(able) & (queued >= 1)[:, None]).any(axis=0)
    queued = np.where(over, np.maximum(queued, 1), queued)
    freed = world.freed(served)
    ends = able.astype(np.float64) @ freed
    ends /= np.maximum(ends.sum(axis=1, keepdims=True), 1e-300)
    variance = streams.work_variance + np.array(
        [np.var(world.hold[s, world.per_minute[s] > 0]) for s in range(come.size)]
    )
    flow = able @ served.sum(axis=2).T  # [k, streams]
    mean = (flow @ each) / np.maximum(flow.sum(axis=1), 1e-300)
    square = (flow @ (each**2 + variance)) / np.maximum(flow.sum(axis=1), 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        wait = np.where(queued < 1, 0.5 * square / mean / (number * (1 - queued)), ENDLESS)
    wait = np.nan_to_num(np.minimum(wait, ENDLESS), nan=ENDLESS)
    kept, arrival, nobody = (np.zeros(world.per_minute.shape) for _ in range(3))
    roam_tally(
        *(
            world.travel,
            world.bins,
            world.per_minute,
            world.within_ms,
            able,
            ready,
            _bins(ready),
            crews,
            free,
            ends,
            queued,
        ),
        *(when_busy == "wait", wait, streams.prior, kept, arrival, nobody),
    )
    busy = work.sum(axis=0)
    if when_busy == "wait":  # nobody is lost: those who wait are served by whoever is able, as are all
        missing = np.maximum(asked * each - work.sum(axis=1), 0.0)
        share = able * crews / np.maximum(number, 1)[:, None]
        busy = np.minimum(busy + missing @ share, crews)
    done, change, tolerance = end
    return RoamingCoverage(
        *(streams, when_busy, world.per_minute, world.kind, kept, arrival, nobody, crews, busy),
        *(done, change, change <= tolerance),
    )
