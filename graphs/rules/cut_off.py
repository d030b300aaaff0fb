"""Arcs that rules cut off: no way leads there, or none away from there."""

from __future__ import annotations

import numpy as np

from graphs.network import RoadNetwork
from graphs.rules.zones import Bools
from graphs.search.arrays import INF
from graphs.search_graph import SearchGraph


def reached_and_left(graph: SearchGraph) -> tuple[Bools, Bools]:
    """([m] whether the main part of the search graph reaches each road arc, [m] whether it is reached from it).

    The main part is the largest strongly connected one; O(m').
    """
    everything = np.ones(graph.road_arc_count, bool)
    if graph.is_identity:  # the network itself, which is strongly connected
        return everything, everything
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    driven = graph.weights(np.zeros(graph.road_arc_count, np.int32)) < INF
    tail, head, nodes = graph.tail[driven], graph.head[driven], graph.node_count
    matrix = coo_array((np.ones(tail.size, np.int8), (tail, head)), shape=(nodes, nodes)).tocsr()
    _, part = connected_components(matrix, directed=True, connection="strong")
    seed = int(np.flatnonzero(part == np.bincount(part).argmax())[0])
    ahead, behind = np.zeros(nodes, bool), np.zeros(nodes, bool)
    ahead[breadth_first_order(matrix, seed, return_predecessors=False)] = True
    behind[breadth_first_order(matrix.T.tocsr(), seed, return_predecessors=False)] = True
    return ahead[graph.tail[graph.end_arc]], behind[graph.head[graph.start_arc]]


def cut_off_streets(network: RoadNetwork, reached: Bools, left: Bools) -> Bools:
    """[m] arcs on which nobody may stop: neither they nor their twins are reached, or neither are left.

    A trip may turn on a two-way street, so one direction that is reached and the other that is left are enough.
    """
    twin = network.arc_twin
    paired = twin >= 0
    return ~((reached | (paired & reached[twin])) & (left | (paired & left[twin])))
