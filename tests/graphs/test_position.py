"""Positions, their seeds and the direct way, against Dijkstra on a network cut at every position."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from graphs.assemble import assemble
from graphs.network import RoadNetwork
from graphs.position import INF, Positions, destination_seeds, direct_ms, origin_seeds
from graphs.search.hierarchy import Hierarchy
from graphs.speeds import SpeedProfile, load_profile
from graphs.travel import travel_matrix
from tests.graphs.towns import town


def slow_profile() -> SpeedProfile:
    """The default speeds with junction delays."""
    default = load_profile()
    return SpeedProfile("slow", default.kph, {"residential": 3.0, "secondary": 7.5, "tertiary": 0.4})


def random_positions(network: RoadNetwork, count: int, seed: int) -> Positions:
    """Positions on few arcs, so that many share a street; some exactly at its ends."""
    rng = np.random.default_rng(seed)
    arc = rng.choice(rng.choice(network.arc_count, 12), count).astype(np.int32)
    fraction = rng.choice([0.0, 1.0, 0.25, *rng.uniform(0, 1, 12)], count)
    nothing = np.zeros(count)
    return Positions(arc, fraction, nothing, nothing, nothing)


def reference_ms(network: RoadNetwork, weights: np.ndarray, origins: Positions, targets: Positions) -> np.ndarray:
    """Dijkstra on the plain graph plus one source node per origin and one sink per target.

    Written from the words of `graphs.position`: who stands on an arc has paid its junction delay; a two-way street may
    be left either way.
    """
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.node_count))
    for arc in range(network.arc_count):
        if weights[arc] < INF:
            graph.add_edge(int(network.arc_tail[arc]), int(network.arc_head[arc]), w=int(weights[arc]))

    def ways(positions: Positions, i: int) -> list[tuple[int, float]]:
        arc, fraction = int(positions.arc[i]), float(positions.fraction[i])
        twin = int(network.arc_twin[arc])
        return [(arc, fraction)] + ([(twin, 1.0 - fraction)] if twin >= 0 else [])

    def part(arc: int, share: float) -> int:
        return int(np.rint(share * (int(weights[arc]) - int(network.arc_delay_ms[arc]))))

    for i in range(len(origins)):
        for arc, fraction in ways(origins, i):
            if weights[arc] < INF:
                graph.add_edge(("from", i), int(network.arc_head[arc]), w=part(arc, 1.0 - fraction))
    for j in range(len(targets)):
        for arc, fraction in ways(targets, j):
            if weights[arc] < INF:
                delay = int(network.arc_delay_ms[arc])
                graph.add_edge(int(network.arc_tail[arc]), ("to", j), w=delay + part(arc, fraction))
    for i in range(len(origins)):
        for j in range(len(targets)):
            for arc, start in ways(origins, i):
                for other, end in ways(targets, j):
                    if arc == other and end >= start and weights[arc] < INF:
                        graph.add_edge(("from", i), ("to", j), w=part(arc, end - start))
    times = np.full((len(origins), len(targets)), INF, np.int64)
    for i in range(len(origins)):
        if ("from", i) in graph:
            reached = nx.single_source_dijkstra_path_length(graph, ("from", i), weight="w")
            for j in range(len(targets)):
                times[i, j] = reached.get(("to", j), INF)
    return times


@pytest.mark.parametrize("seed", range(6))
def test_times_between_positions_equal_dijkstra_with_positions_as_nodes(seed: int) -> None:
    """Seeds, labels and the direct way together give Dijkstra's integers, with delays, one-ways, loops, closures."""
    network, _ = assemble(town(seed), slow_profile())
    assert (network.arc_delay_ms > 0).any()
    weights = network.free_flow_ms.copy()
    if seed % 2:
        weights[np.random.default_rng(seed).choice(network.arc_count, 8)] = INF
    origins, targets = random_positions(network, 40, seed), random_positions(network, 40, seed + 1000)
    targets = Positions.concatenate([targets, origins.take(np.arange(10))])
    hierarchy = Hierarchy.build(network.arc_tail, network.arc_head, network.node_count)
    found = travel_matrix(network, hierarchy.customise(weights), origins, targets)
    expected = reference_ms(network, weights, origins, targets)
    wrong = np.argwhere(found != expected)
    assert wrong.size == 0, f"seed {seed}: {wrong[:3]}, {found[tuple(wrong[0])]} for {expected[tuple(wrong[0])]}"


def test_whoever_stands_on_an_arc_has_paid_its_delay() -> None:
    """The junction delay counts for destinations entered from the tail and never for origins."""
    network, _ = assemble(town(0), slow_profile())
    weights = network.free_flow_ms
    arc = np.flatnonzero((network.arc_delay_ms > 0) & (network.arc_tail != network.arc_head))[:1].astype(np.int32)
    place = Positions(arc, np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1))
    delay = int(network.arc_delay_ms[arc[0]])
    assert origin_seeds(network, weights, place).cost_a[0] == weights[arc[0]] - delay
    assert destination_seeds(network, weights, place).cost_a[0] == delay


def test_a_one_way_street_has_one_seed_and_no_direct_way_back() -> None:
    """On a one-way street a unit cannot turn round, and what lies behind it is not directly reachable."""
    network, _ = assemble(town(1), load_profile())
    alone = (network.arc_twin < 0) & (network.arc_tail != network.arc_head)
    arc = np.flatnonzero(alone)[:1].astype(np.int32)
    zero = np.zeros(1)
    ahead, behind = (Positions(arc, np.array([f]), zero, zero, zero) for f in (0.7, 0.2))
    assert origin_seeds(network, network.free_flow_ms, ahead).node_b[0] == -1
    assert direct_ms(network, network.free_flow_ms, ahead, behind)[0] == INF
    assert direct_ms(network, network.free_flow_ms, behind, ahead)[0] < INF


def test_a_refused_position_reaches_nothing() -> None:
    """A location that was not snapped (arc -1) costs INF instead of standing on the last arc."""
    network, _ = assemble(town(1), load_profile())
    nowhere = Positions(np.array([-1], np.int32), np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1))
    seeds = origin_seeds(network, network.free_flow_ms, nowhere)
    assert (seeds.cost_a[0], seeds.node_b[0]) == (INF, -1)
    assert direct_ms(network, network.free_flow_ms, nowhere, nowhere)[0] == INF
