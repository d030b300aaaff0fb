"""Regions to export, and how their travel times are compared."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np

from graphs.interop.frames import edge_keys, node_ids
from graphs.network import ACCESS_CUT_OFF, ACCESS_ZONE, Int32
from graphs.position import Positions
from graphs.region import Region, build_region
from graphs.rules.building import build_search_graph, with_turn_times
from graphs.rules.cut_off import cut_off_streets, reached_and_left
from graphs.rules.zones import find_zones
from graphs.search.hierarchy import Hierarchy
from graphs.speeds import TurnTimes
from graphs.travel import travel_matrix
from tests.graphs.rules.test_building import random_sequences
from tests.graphs.towns import town

ZONE = "Europe/Berlin"


def plain_region(seed: int, side: int = 6) -> Region:
    """A town without any rule."""
    return build_region(town(seed, side), name=f"town-{seed}", timezone=ZONE, title="Made-up Town")


def ruled_region(seed: int, side: int = 7) -> Region:
    """A town with forbidden turns, also over via ways, and zones; some speeds and delays that no profile has.

    With an odd seed turning costs time, too, on the left with every other.
    """
    rng = np.random.default_rng([seed, 31])
    plain = plain_region(seed, side)
    network = plain.network
    delay = rng.integers(0, 9_000, network.arc_count).astype(np.int32)
    network = replace(
        network, arc_speed_kph=rng.uniform(5, 90, network.arc_count).astype(np.float32), arc_delay_ms=delay
    )
    sequences = sorted(set(random_sequences(network, 25, 5, rng)))
    special = np.zeros(network.node_count, bool)
    special[[int(network.arc_head[arc]) for walk in sequences for arc in walk[:-1]]] = True
    private = rng.random(network.arc_count) < 0.08
    zones = find_zones(network, private, np.zeros(network.node_count, bool), special)
    graph = build_search_graph(network, zones.layered, sequences)
    reached, left = reached_and_left(graph)
    metadata = plain.metadata
    if seed % 2:
        times = TurnTimes(sharp_s=7.5, oncoming_s=2.0, u_turn_s=20.0, bias=1.075)
        graph = with_turn_times(network, zones.layered, sequences, times, reached, left, drives_left=seed % 4 == 1)
        metadata = replace(metadata, turning={**asdict(times), "drives_left": seed % 4 == 1})
    cut_off = cut_off_streets(network, reached, left)
    access = np.where(zones.arc, ACCESS_ZONE, 0) | np.where(cut_off, ACCESS_CUT_OFF, 0)
    network = replace(network, arc_access=access.astype(np.uint8))
    return Region(network, graph, Hierarchy.build(graph.tail, graph.head, graph.node_count), metadata)


def edges_of(region: Region) -> dict[tuple[int, int, int], int]:
    """Arcs by (u, v, key) of the export."""
    network, ids = region.network, node_ids(region.network)
    u, v = ids[network.arc_tail].tolist(), ids[network.arc_head].tolist()
    return {edge: arc for arc, edge in enumerate(zip(u, v, edge_keys(network).tolist(), strict=True))}


def times(region: Region, edges: list[tuple[int, int, int]], fractions: np.ndarray) -> Int32:
    """[k, k] ms between places on edges."""
    arcs = edges_of(region)
    arc, nothing = np.array([arcs[edge] for edge in edges], np.int32), np.zeros(len(edges))
    places = Positions(arc, fractions, nothing, nothing, nothing)
    return travel_matrix(region.network, region.metric, places, places, graph=region.search_graph)


def assert_same_times(first: Region, second: Region, seed: int, count: int = 60) -> None:
    """Travel times between random places on edges that both regions have are the same integers."""
    rng = np.random.default_rng([seed, 5])
    edges = sorted(edges_of(first).keys() & edges_of(second).keys())
    chosen = [edges[i] for i in rng.integers(0, len(edges), count)]
    fractions = rng.choice([0.0, 1.0, *rng.uniform(0, 1, 9)], count)
    found, expected = times(second, chosen, fractions), times(first, chosen, fractions)
    wrong = np.argwhere(found != expected)
    assert wrong.size == 0, (seed, len(wrong), wrong[:3].tolist())
