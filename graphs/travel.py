"""Travel times between positions: the hierarchy's labels, and the direct way where both stand on one street."""

from __future__ import annotations

import numpy as np

from graphs.network import Int32, Int64, RoadNetwork
from graphs.position import Positions, destination_seeds, direct_ms, origin_seeds
from graphs.search import Metric, matrix
from graphs.search_graph import SearchGraph


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
    row, column = same_street(network, origins, targets)
    if row.size:
        direct = direct_ms(network, metric.weights, origins.take(row), targets.take(column))
        times[row, column] = np.minimum(times[row, column], direct)
    return times


def same_street(network: RoadNetwork, origins: Positions, targets: Positions) -> tuple[Int64, Int64]:
    """Pairs (origin index, target index) that stand on the same arc or its twin."""
    here, there = _street(network, origins), _street(network, targets)
    order = np.argsort(there, kind="stable")
    begin = np.searchsorted(there[order], here, side="left")
    count = np.searchsorted(there[order], here, side="right") - begin
    row = np.repeat(np.arange(here.size), count)
    offset = np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)
    return row, order[np.repeat(begin, count) + offset]


def _street(network: RoadNetwork, positions: Positions) -> Int64:
    """[k] one number per street: the lesser of an arc and its twin."""
    twin = network.arc_twin[positions.arc]
    return np.where(twin >= 0, np.minimum(positions.arc, twin), positions.arc).astype(np.int64)
