"""Networks out to geopandas and networkx."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from graphs.assemble import assemble
from graphs.interop.frames import edge_keys, node_ids, street_counts, to_geodataframes
from graphs.interop.multigraph import to_networkx
from graphs.sources.networkx_graph import graph_to_raw
from graphs.sources.osm_file import read_osm
from graphs.speeds import load_profile
from tests.graphs.sources.osm_xml import write_osm
from tests.graphs.towns import town


def test_frames_hold_one_row_per_node_and_arc() -> None:
    """Rows are in the order of nodes and arcs; geometries run in driving order."""
    network, _ = assemble(town(6), load_profile())
    nodes, edges = to_geodataframes(network)
    assert (len(nodes), len(edges)) == (network.node_count, network.arc_count)
    assert edges.index.is_unique
    assert edges.crs == nodes.crs == "EPSG:4326"
    for arc in range(0, network.arc_count, 5):
        assert np.allclose(np.asarray(edges.geometry.iloc[arc].coords), network.shape(arc))
        assert edges["oneway"].iloc[arc] == (network.arc_twin[arc] < 0)


def test_there_and_back_through_networkx_is_the_same_network() -> None:
    """A network exported and imported again has the same arcs, times and two-way streets."""
    network, report = assemble(town(6), load_profile())
    again, second = assemble(graph_to_raw(to_networkx(network)), load_profile())
    assert np.array_equal(again.node_id, network.node_id)
    assert second.two_way_arcs == report.two_way_arcs
    order = [np.lexsort((n.free_flow_ms, n.arc_head, n.arc_tail)) for n in (network, again)]
    for name in ("arc_tail", "arc_head", "free_flow_ms", "arc_class"):
        assert np.array_equal(getattr(network, name)[order[0]], getattr(again, name)[order[1]]), name


def test_nodes_of_one_id_are_told_apart_the_same_way_every_time() -> None:
    """The first keeps the id, further ones get numbers above all, in order, also in a network sorted by them."""
    network, _ = assemble(town(3), load_profile())
    ids = network.node_id.copy()
    ids[[4, 9]] = ids[2]
    twice = replace(network, node_id=ids)
    found = node_ids(twice)
    assert np.unique(found).size == twice.node_count
    assert (found[2], found[4], found[9]) == (ids[2], ids.max() + 1, ids.max() + 2)
    order = np.argsort(found)
    assert np.array_equal(node_ids(replace(twice, node_id=ids[order])), found[order])


def test_keys_number_parallel_arcs(tmp_path: Path) -> None:
    """Two streets between the same junctions have keys 0 and 1 in each direction."""
    places = {1: (8.0, 49.0), 2: (8.01, 49.0), 3: (8.005, 49.001)}
    tags = {"highway": "residential"}
    raw = read_osm(write_osm(tmp_path / "lens.osm", places, [(10, [1, 2], tags), (11, [1, 3, 2], tags)]))
    network, _ = assemble(raw, load_profile())
    assert sorted(edge_keys(network).tolist()) == [0, 0, 1, 1]
    assert street_counts(network).tolist() == [2, 2]
