"""Search graphs under random rules, against a driver who remembers every arc driven."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from graphs.assemble import assemble
from graphs.network import RoadNetwork
from graphs.position import Positions, destination_seeds, origin_seeds
from graphs.rules.building import build_search_graph
from graphs.rules.turning import TurnTable
from graphs.search.arrays import INF
from graphs.search.hierarchy import Hierarchy
from graphs.speeds import load_profile
from graphs.travel import travel_matrix
from tests.graphs.rules.slow_driver import SlowDriver
from tests.graphs.test_position import slow_profile
from tests.graphs.towns import town


def random_sequences(network: RoadNetwork, count: int, longest: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Walks of 2 to ``longest`` arcs; many share arcs or run over each other; U-turns among them."""
    found = []
    first = rng.choice(network.arc_count, max(2, count // 3))
    for _ in range(count):
        walk = [int(rng.choice(first))]
        for _ in range(int(rng.integers(1, longest))):
            node = int(network.arc_head[walk[-1]])
            walk.append(int(rng.integers(network.first_arc[node], network.first_arc[node + 1])))
        found.append(tuple(walk))
        if len(walk) > 2 and rng.random() < 0.3:
            found.append(tuple(walk[1:]))
    return found


def somewhere(arcs: np.ndarray, count: int, rng: np.random.Generator) -> Positions:
    arc = rng.choice(arcs, count).astype(np.int32)
    nothing = np.zeros(count)
    return Positions(arc, rng.choice([0.0, 1.0, *rng.uniform(0, 1, 9)], count), nothing, nothing, nothing)


@pytest.mark.parametrize("seed", range(24))
def test_times_under_random_rules_equal_the_slow_drivers(seed: int) -> None:
    """Turns, via ways, overlapping sequences, zones, delays, closures, all at once: every integer agrees."""
    rng = np.random.default_rng([seed, 7])
    network, _ = assemble(town(seed, side=5), slow_profile() if seed % 2 else load_profile())
    sequences = random_sequences(network, int(rng.integers(0, 40)), 5 if seed % 3 else 2, rng)
    layered = np.zeros(network.arc_count, bool)
    if seed % 4:
        layered[rng.choice(network.arc_count, network.arc_count // 5)] = True
        twin = np.flatnonzero(layered & (network.arc_twin >= 0) & (rng.random(network.arc_count) < 0.8))
        layered[network.arc_twin[twin]] = True
    weights = network.free_flow_ms.copy()
    if seed % 5 == 0:
        weights[rng.choice(network.arc_count, 5)] = INF
    graph = build_search_graph(network, layered, sequences)
    metric = Hierarchy.build(graph.tail, graph.head, graph.node_count).customise(graph.weights(weights))
    concerned = np.unique(
        [*rng.choice(network.arc_count, 8), *(a for s in sequences for a in s[:2]), *np.flatnonzero(layered)[:5]]
    )
    origins, targets = somewhere(concerned, 30, rng), somewhere(concerned, 40, rng)
    found = travel_matrix(network, metric, origins, targets, graph=graph)
    expected = SlowDriver(network, weights, sequences, layered).times(origins, targets)
    wrong = np.argwhere(found != expected)
    assert wrong.size == 0, (
        f"seed {seed}: {len(wrong)} wrong, {wrong[:3]}, {found[tuple(wrong[0])]} for {expected[tuple(wrong[0])]}"
    )


def random_turns(network: RoadNetwork, restricted: set[int], rng: np.random.Generator) -> TurnTable:
    """Every turn with a cost, often none; some turns are not offered, but at restricted junctions."""
    rows = []
    for node in range(network.node_count):
        plain = rng.random() < 0.3
        for before in np.flatnonzero(network.arc_head == node).tolist():
            for after in range(int(network.first_arc[node]), int(network.first_arc[node + 1])):
                ms = 0 if plain or rng.random() < 0.4 else int(rng.integers(1, 30_000))
                if node in restricted or rng.random() < 0.9:
                    rows.append((node, before, after, ms))
    node, before, after, ms = np.array(rows, np.int32).T
    return TurnTable(node, before, after, ms, 20_000)


@pytest.mark.parametrize("seed", range(24))
def test_times_with_random_turn_costs_equal_the_slow_drivers(seed: int) -> None:
    """Turns that cost or are not offered, with sequences, zones, delays and closures: every integer agrees."""
    rng = np.random.default_rng([seed, 9])
    network, _ = assemble(town(seed, side=5), slow_profile() if seed % 2 else load_profile())
    sequences = random_sequences(network, int(rng.integers(1, 12)), 4, rng) if seed % 3 else []
    layered = np.zeros(network.arc_count, bool)
    if seed % 4 == 1:
        layered[rng.choice(network.arc_count, network.arc_count // 8)] = True
    restricted = {int(network.arc_head[arc]) for walk in sequences for arc in walk[:-1]}
    restricted |= {*network.arc_tail[layered].tolist(), *network.arc_head[layered].tolist()}
    turns = random_turns(network, restricted, rng)
    costs = {(int(a), int(b)): int(c) for a, b, c in zip(turns.before, turns.after, turns.ms, strict=True)}
    weights = network.free_flow_ms.copy()
    if seed % 5 == 0:
        weights[rng.choice(network.arc_count, 5)] = INF
    graph = build_search_graph(network, layered, sequences, turns)
    metric = Hierarchy.build(graph.tail, graph.head, graph.node_count).customise(graph.weights(weights))
    origins, targets = (somewhere(np.arange(network.arc_count), count, rng) for count in (30, 40))
    found = travel_matrix(network, metric, origins, targets, graph=graph)
    driver = SlowDriver(network, weights, sequences, layered, lambda before, after: costs.get((before, after)))
    expected = driver.times(origins, targets)
    wrong = np.argwhere(found != expected)
    assert wrong.size == 0, (
        f"seed {seed}: {len(wrong)} wrong, {wrong[:3]}, {found[tuple(wrong[0])]} for {expected[tuple(wrong[0])]}"
    )


@pytest.mark.parametrize("seed", range(8))
def test_routes_break_no_rule_and_take_the_time_they_say(seed: int) -> None:
    """Unpacked paths are drivable chains of road arcs without a forbidden sequence or a zone in between."""
    rng = np.random.default_rng([seed, 8])
    network, _ = assemble(town(seed, side=6), load_profile())
    sequences = random_sequences(network, 30, 4, rng)
    layered = np.zeros(network.arc_count, bool)
    layered[rng.choice(network.arc_count, network.arc_count // 8)] = True
    graph = build_search_graph(network, layered, sequences)
    weights = graph.weights(network.free_flow_ms)
    metric = Hierarchy.build(graph.tail, graph.head, graph.node_count).customise(weights)
    places = somewhere(np.arange(network.arc_count), 80, rng)
    one_way = network.arc_twin[places.arc] < 0
    places = places.take(one_way)  # so that it is known on which arc a trip starts
    for i, j in pairwise(range(len(places))):
        origin, target = places.take([i]), places.take([j])
        out = origin_seeds(network, weights, origin, graph)
        into = destination_seeds(network, weights, target, graph)
        path, time = metric.path(out, into)
        if time >= INF:
            continue
        arcs = graph.road_arcs(path).tolist()
        assert time == out.cost_a[0] + into.cost_a[0] + network.free_flow_ms[arcs].sum(), (seed, i)
        driven = [int(origin.arc[0]), *arcs, int(target.arc[0])]
        assert all(network.arc_head[a] == network.arc_tail[b] for a, b in pairwise(driven)), (seed, i)
        parts = {tuple(driven[a:b]) for a in range(len(driven)) for b in range(a + 2, len(driven) + 1)}
        assert not parts & set(sequences), (seed, i)
        public = [k for k, arc in enumerate(driven) if not layered[arc]]
        assert not public or not layered[driven[public[0] : public[-1] + 1]].any(), (seed, i)


def test_a_single_restriction_costs_one_node_and_one_turn_arc() -> None:
    """Only the junction concerned grows, and hardly."""
    network, _ = assemble(town(3), load_profile())
    arc = int(np.flatnonzero(np.bincount(network.arc_head)[network.arc_head] >= 3)[0])
    node = int(network.arc_head[arc])
    graph = build_search_graph(network, None, [(arc, int(network.first_arc[node]))])
    driven = graph.weights(network.free_flow_ms) < INF
    assert graph.node_count == network.node_count + 1
    assert np.count_nonzero(driven) == network.arc_count + 1


def test_rules_survive_when_nothing_may_follow() -> None:
    """A junction where every turn is forbidden still makes a graph in one piece, with nothing reachable through it."""
    network, _ = assemble(town(2), load_profile())
    node = 7
    into = np.flatnonzero(network.arc_head == node)
    out = range(network.first_arc[node], network.first_arc[node + 1])
    sequences = [(int(a), int(b)) for a in into for b in out]
    graph = build_search_graph(network, None, sequences)
    weights = graph.weights(network.free_flow_ms)
    metric = Hierarchy.build(graph.tail, graph.head, graph.node_count).customise(weights)
    place = Positions(into[:1].astype(np.int32), np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1))
    expected = SlowDriver(network, network.free_flow_ms, sequences, np.zeros(network.arc_count, bool))
    everywhere = Positions(np.arange(network.arc_count, dtype=np.int32), *(np.zeros(network.arc_count),) * 4)
    found = travel_matrix(network, metric, place, everywhere, graph=graph)
    assert np.array_equal(found, expected.times(place, everywhere))
