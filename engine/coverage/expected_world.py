"""What the queue of expected coverage is played on: places that stand for all demand, crews, drives between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.coverage.coverage import Coverage
from engine.coverage.expected_streams import Streams
from graphs.network import Float64, Int32, Int64
from graphs.position import Positions
from graphs.search import INF
from graphs.travel import travel_matrix

#: Places that stand for all demand of a layer.
SAMPLE = 2_000
#: With more crews than this, so many of the nearest locations of each place are looked at before all crews.
MANY_CREWS, NEAR = 200, 128


@dataclass(frozen=True, eq=False)
class World:
    """``i`` places that calls come from, ``l`` locations that crews set off from, ``k`` streams, ``u`` crews.

    A part of the demand, all parts being equal, is stood for by one place where calls come from, and by another one
    where who was there becomes free: so that nobody is at a call already.
    """

    streams: Streams
    rows: Int64  # [i] of the demand of each place
    first: Int64  # [k] first of the places of a stream; it has `sample` of them
    sample: int
    travel: Int32  # [i, l] ms from locations to places
    near: Int32  # [i, few] the locations nearest to each place in order; few is 0 where looking at all crews is quicker
    allowed: np.ndarray  # [i, words] bits of the territories from which each may be served
    within_ms: Float64  # [k, i] promise
    kind: Int64  # [i] index of the promise class
    end: Int64  # [k, i] location where who served a call is free
    carry_ms: Float64  # [k, i] computed drive there
    stand: Int64  # [u] among those of the streams; also the location of its base

    @staticmethod
    def of(streams: Streams, sample: int = SAMPLE) -> World:
        """O(sample x (sample + stands)) scans of labels."""
        coverages = [stream.coverage for stream in streams.streams]
        demands = list({id(each.demand): each for each in coverages}.values())
        number = [next(n for n, each in enumerate(demands) if each.demand is own.demand) for own in coverages]
        starts = [_sample(each, sample, 0.25) for each in demands]
        calls = [_sample(each, sample, 0.75) for each in demands]
        places = Positions.concatenate(_at(demands, calls))
        ends = [stream.ends for stream in streams.streams if stream.ends is not None]
        locations = Positions.concatenate([streams.positions, *_at(demands, starts), *ends])
        reach = coverages[0].reach
        network, metric, graph = reach.region.network, reach.metric, reach.region.search_graph
        travel = travel_matrix(network, metric, locations, places, graph=graph)
        bits = [each.demand.places.allowed(streams.territories)[own] for each, own in zip(demands, calls, strict=True)]
        shape = len(coverages), len(places)
        within, carry, end = np.ones(shape), np.zeros(shape), np.zeros(shape, np.int64)
        begin = streams.crews.size + len(demands) * sample
        for k, stream in enumerate(streams.streams):
            mine, rows = slice(number[k] * sample, (number[k] + 1) * sample), calls[number[k]]
            within[k, mine] = stream.coverage.demand_within_ms[rows]
            end[k, mine] = streams.crews.size + np.arange(mine.start, mine.stop)
            carry[k, mine] = (
                60_000 * np.broadcast_to(np.asarray(stream.carry_minutes, float), _size(stream.coverage))[rows]
            )
            if stream.ends is None:
                continue
            far = travel_matrix(
                network, metric, places.take(np.arange(mine.start, mine.stop)), stream.ends, graph=graph
            )
            best, least = far.argmin(axis=1), far.min(axis=1)
            end[k, mine] = np.where(least < INF, begin + best, end[k, mine])
            carry[k, mine] = np.where(least < INF, least, 0)
            begin += len(stream.ends)
        travel = np.ascontiguousarray(travel.T)
        stand = np.repeat(np.arange(streams.crews.size), streams.crews)
        return World(
            streams=streams,
            rows=np.concatenate(calls),
            first=np.array(number, np.int64) * sample,
            sample=sample,
            travel=travel,
            near=nearest(travel, min(NEAR, len(locations)) if stand.size > MANY_CREWS else 0),
            allowed=np.ascontiguousarray(np.concatenate(bits)),
            within_ms=within,
            kind=np.concatenate(
                [each.demand.places.kind[own] for each, own in zip(demands, calls, strict=True)]
            ).astype(np.int64),
            end=end,
            carry_ms=carry,
            stand=stand,
        )


def nearest(travel: Int32, few: int) -> Int32:
    """[i, few] the least of each row in order, of equal ones any. O(i x l)."""
    part = np.argpartition(travel, few - 1, axis=1)[:, :few] if few else np.empty((len(travel), 0), np.int64)
    order = np.argsort(np.take_along_axis(travel, part, axis=1), axis=1)
    return np.ascontiguousarray(np.take_along_axis(part, order, axis=1).astype(np.int32))


def _at(coverages: list[Coverage], rows: list[Int64]) -> list[Positions]:
    return [each.demand.places.positions.take(own) for each, own in zip(coverages, rows, strict=True)]


def _size(coverage: Coverage) -> int:
    return len(coverage.demand.places)


def _sample(coverage: Coverage, sample: int, part: float) -> Int64:
    """[sample] rows of the demand: of each of as many equal parts, cells in order, the one at that share of it."""
    places, weight = coverage.demand.places, coverage.demand.weight
    order = np.argsort(places.cells_at(coverage.pieces.resolution), kind="stable")
    total = np.cumsum(weight[order])
    at = np.searchsorted(total, (np.arange(sample) + part) / sample * total[-1])
    return order[np.minimum(at, order.size - 1)]
