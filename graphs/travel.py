"""Travel times between positions: the hierarchy's labels, and the direct way where both stand on one street."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graphs.network import Int32, Int64, RoadNetwork
from graphs.position import Positions, destination_seeds, direct_ms, origin_seeds
from graphs.search import Metric, matrix
from graphs.search_graph import SearchGraph

#: Pairs on one street looked at together (about 300 bytes each), should a whole matrix stand on one.
PAIRS_AT_ONCE = 1 << 18


def travel_matrix(
    network: RoadNetwork,
    metric: Metric,
    origins: Positions,
    targets: Positions,
    threads: int = 1,
    graph: SearchGraph | None = None,
) -> Int32:
    """[k, l] ms from each of k origins to each of l targets, INF where there is no way.

    O(k + l) labels and k x l label scans; exact, integers equal to Dijkstra's with the positions as extra nodes.
    ``graph`` is the search graph that the metric is over; without one, the network itself.
    """
    times = matrix(
        metric.labels_from(origin_seeds(network, metric.weights, origins, graph)),
        metric.labels_to(destination_seeds(network, metric.weights, targets, graph)),
        threads=threads,
    )
    for row, column in same_street(network, origins, targets):
        direct = direct_ms(network, metric.weights, origins.take(row), targets.take(column))
        times[row, column] = np.minimum(times[row, column], direct)
    return times


def same_street(
    network: RoadNetwork, origins: Positions, targets: Positions, most: int = PAIRS_AT_ONCE
) -> Iterator[tuple[Int64, Int64]]:
    """Pairs (origin indices, target indices) that stand on the same arc or its twin, about `most` of them at a time."""
    here, there = _street(network, origins), _street(network, targets)
    order = np.argsort(there, kind="stable")
    begin = np.searchsorted(there[order], here, side="left")
    count = np.searchsorted(there[order], here, side="right") - begin
    pairs = np.cumsum(count)
    start = 0
    while start < here.size:
        done = int(pairs[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(pairs, done + most, side="right")))
        part = count[start:stop]
        row = np.repeat(np.arange(start, stop), part)
        offset = np.arange(row.size) - np.repeat(np.cumsum(part) - part, part)
        if row.size:
            yield row, order[np.repeat(begin[start:stop], part) + offset]
        start = stop


def _street(network: RoadNetwork, positions: Positions) -> Int64:
    """[k] one number per street: the lesser of an arc and its twin."""
    twin = network.arc_twin[positions.arc]
    return np.where(twin >= 0, np.minimum(positions.arc, twin), positions.arc).astype(np.int64)
