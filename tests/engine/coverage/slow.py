"""Coverage reckoned the long way: Dijkstra from every crew, every place looked at by itself."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from engine.coverage.places import Places
from engine.coverage.stands import Stands
from engine.model import Location
from graphs.position import direct_ms
from graphs.region import Region
from graphs.search import INF, Metric, Seeds
from graphs.search_graph import SearchGraph


def csr(graph: SearchGraph, weights: np.ndarray) -> sparse.csr_matrix:
    """scipy's graph; of parallel arcs the fastest, closed ones left out, nothing lost that takes no time."""
    open_ = weights < INF
    tail, head, ms = graph.tail[open_], graph.head[open_], weights[open_].astype(np.float64)
    order = np.lexsort((ms, head, tail))
    first = np.append(True, (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0))
    kept = order[first]
    shape = (graph.node_count, graph.node_count)
    return sparse.csr_matrix((np.maximum(ms[kept], 1e-9), (tail[kept], head[kept])), shape=shape)


def all_arrivals(region: Region, metric: Metric, stands: Stands, places: Places) -> np.ndarray:
    """[s, p] ms from the call until a crew of each stand is at each place; INF where it may not, or cannot, go."""
    from graphs.position import destination_seeds, origin_seeds

    network, graph = region.network, region.search_graph
    out = origin_seeds(network, metric.weights, stands.positions, graph)
    into = destination_seeds(network, metric.weights, places.positions, graph)
    nodes, index = np.unique(np.append(out.node_a, out.node_b[out.node_b >= 0]), return_inverse=True)
    times = dijkstra(csr(graph, np.asarray(metric.weights)), indices=nodes)
    found = np.full((len(stands), len(places)), float(INF))
    row = dict(zip(nodes.tolist(), range(nodes.size), strict=True))
    assert index.size
    for s in range(len(stands)):
        for node, cost in _ends(out, s):
            start = times[row[node]] + cost
            for to, more in ((into.node_a, into.cost_a), (into.node_b, into.cost_b)):
                ms = np.where((to >= 0) & (more < INF), start[np.maximum(to, 0)] + more, INF)
                found[s] = np.minimum(found[s], ms)
        here = stands.positions.take(np.full(len(places), s))
        found[s] = np.minimum(found[s], direct_ms(network, metric.weights, here, places.positions))
        for p in range(len(places)):
            place = Location(float(places.positions.lon[p]), float(places.positions.lat[p]))
            way = int(network.arc_way[places.positions.arc[p]])
            if stands.territories.count > 1 and stands.territory[s] not in stands.territories.holding(place, way):
                found[s, p] = INF
    ready = found + stands.mobilisation_ms[:, None]
    return np.where(found >= INF, INF, np.round(ready)).astype(np.int64)


def _ends(seeds: Seeds, row: int) -> list[tuple[int, int]]:
    ends = [(int(seeds.node_a[row]), int(seeds.cost_a[row])), (int(seeds.node_b[row]), int(seeds.cost_b[row]))]
    return [(node, cost) for node, cost in ends if node >= 0 and cost < INF]


def first_few(arrivals: np.ndarray, need: int) -> tuple[np.ndarray, np.ndarray]:
    """([p, need] ms, [p, need] stand), INF and -1 beyond."""
    order = np.argsort(arrivals, axis=0, kind="stable")[:need].T
    ms = np.take_along_axis(arrivals.T, order, axis=1)
    pad = need - order.shape[1]
    ms = np.pad(ms, ((0, 0), (0, pad)), constant_values=INF)
    who = np.pad(order, ((0, 0), (0, pad)), constant_values=-1)
    return ms, np.where(ms < INF, who, -1)
