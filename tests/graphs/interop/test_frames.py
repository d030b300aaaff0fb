"""Networks out to geopandas and networkx."""

from __future__ import annotations

import numpy as np

from graphs.assemble import assemble
from graphs.interop.frames import to_geodataframes
from graphs.interop.multigraph import to_networkx
from graphs.sources.networkx_graph import graph_to_raw
from graphs.speeds import load_profile
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
