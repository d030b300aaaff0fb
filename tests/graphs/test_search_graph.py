"""The search graph: translation between road arcs and search arcs."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.assemble import assemble
from graphs.network import RoadNetwork
from graphs.search.arrays import INF
from graphs.search_graph import TURN, SearchGraph
from graphs.speeds import load_profile
from tests.graphs.towns import town


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return assemble(town(1), load_profile())[0]


def test_without_rules_every_road_arc_is_one_search_arc(network: RoadNetwork) -> None:
    """The identity translates arcs, weights, starts and ends to themselves."""
    graph = SearchGraph.identity(network)
    arcs = np.arange(network.arc_count)
    assert graph.is_identity
    assert graph.forbidden == []
    assert (graph.node_count, graph.arc_count) == (network.node_count, network.arc_count)
    for same in (graph.road_arc, graph.start_arc, graph.end_arc, graph.road_arcs(arcs)):
        assert np.array_equal(same, arcs)
    assert np.array_equal(graph.weights(network.free_flow_ms), network.free_flow_ms)
    assert np.array_equal(graph.road_weights(network.free_flow_ms), network.free_flow_ms)


def test_copies_have_the_weight_of_their_road_and_turns_their_own(network: RoadNetwork) -> None:
    """Copies, turn arcs and ties get their weights; changes find all copies of a road; paths lose turn arcs."""
    m, n = network.arc_count, network.node_count
    graph = SearchGraph(
        tail=np.concatenate((network.arc_tail, [n, 0, 1, n])),
        head=np.concatenate((network.arc_head, [0, n, n, 2])),
        extra_node=np.array([5]),
        extra_arc=np.array([7, TURN, TURN, 7]),
        turn_ms=np.array([0, 3, INF, 0]),
        special=np.array([7]),
        special_start=np.array([7]),
        special_end=np.array([m + 3]),
        forbidden_offset=np.array([0, 2, 5]),
        forbidden_arc=np.array([3, 4, 7, 8, 9]),
    )
    weights = graph.weights(network.free_flow_ms)
    assert weights[m:].tolist() == [network.free_flow_ms[7], 3, INF, network.free_flow_ms[7]]
    assert graph.road_arcs([4, m + 1, m, m + 2]).tolist() == [4, 7]
    assert (graph.end_arc[7], graph.start_arc[7], graph.end_arc[6]) == (m + 3, 7, 6)
    assert graph.road_node[n] == 5
    assert graph.forbidden == [(3, 4), (7, 8, 9)]
    arcs, which = graph.search_arcs([3, 7, 6])
    assert sorted(zip(arcs.tolist(), which.tolist(), strict=True)) == [(3, 0), (6, 2), (7, 1), (m, 1), (m + 3, 1)]
