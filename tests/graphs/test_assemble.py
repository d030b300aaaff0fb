"""From raw to drivable: the strongly connected part, speeds, delays, shapes, the report."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from graphs.assemble import assemble
from graphs.classes import ROAD_CLASSES
from graphs.errors import NetworkError
from graphs.sources.edges_table import edges_to_raw
from graphs.sources.osm_file import read_osm
from graphs.speeds import SpeedProfile, load_profile
from tests.graphs.sources.osm_xml import write_osm
from tests.graphs.towns import town


@pytest.mark.parametrize("seed", range(5))
def test_the_largest_strongly_connected_part_is_kept(seed: int) -> None:
    """Kept nodes equal networkx's largest component; the report accounts for every arc and kilometre."""
    raw = town(seed, side=7)
    network, report = assemble(raw, load_profile())
    graph = nx.DiGraph(zip(raw.arc_tail.tolist(), raw.arc_head.tolist(), strict=True))
    largest: set[int] = max(map(set, nx.strongly_connected_components(graph)), key=len)
    assert set(network.node_id.tolist()) == {int(raw.node_id[node]) for node in largest}, seed
    assert report.arcs_kept + sum(report.dropped_arcs_by_class.values()) == report.arcs_read == raw.arc_count
    lost = sum(report.dropped_km_by_class.values())
    assert report.km_dropped == pytest.approx(lost, abs=0.02)
    assert report.speeds_from_tags + report.speeds_from_class == network.arc_count
    assert report.nodes_dropped == raw.node_count - len(largest)


@pytest.mark.parametrize("seed", range(5))
def test_shapes_run_from_tail_to_head_and_twins_mirror_each_other(seed: int) -> None:
    """After dropping and packing, each arc's shape joins its nodes, its length fits, and a twin is its reverse."""
    network, _ = assemble(town(seed), load_profile())
    for arc in range(network.arc_count):
        shape, tail, head = network.shape(arc), network.arc_tail[arc], network.arc_head[arc]
        assert shape[0] == pytest.approx([network.node_lon[tail], network.node_lat[tail]], abs=1e-6), (seed, arc)
        assert shape[-1] == pytest.approx([network.node_lon[head], network.node_lat[head]], abs=1e-6), (seed, arc)
        twin = network.arc_twin[arc]
        if twin >= 0:
            assert network.arc_twin[twin] == arc
            assert np.array_equal(network.shape(twin), shape[::-1])
        else:
            assert network.arc_shape[arc] >= 0
    assert (np.diff(network.arc_tail) >= 0).all()


def test_names_follow_their_arcs() -> None:
    """Unused strings go, and each arc still has the name of its row."""
    raw = town(2)
    network, _ = assemble(raw, load_profile())
    by_way = {int(w): raw.strings[n] for w, n in zip(raw.arc_way, raw.arc_name, strict=True)}
    assert all(network.road(arc) == by_way[int(network.arc_way[arc])] for arc in range(network.arc_count))
    assert len(network.strings) == 1 + len(set(network.arc_name.tolist()))


def test_tagged_speeds_win_over_class_speeds_and_delays_need_three_streets() -> None:
    """A tag counts as it is, other roads get their class's speed; the delay is charged only at real junctions."""
    rows = [
        (1, 2, "primary", "80", "LINESTRING(0 0, 0.01 0)"),
        (2, 3, "primary", "", "LINESTRING(0.01 0, 0.02 0)"),
        (2, 4, "service", "", "LINESTRING(0.01 0, 0.01 0.01)"),
    ]
    table = pd.DataFrame(rows, columns=["u", "v", "highway", "maxspeed", "geometry"])
    default = load_profile()
    profile = SpeedProfile("delays", default.kph, {"primary": 4.0})
    network, report = assemble(edges_to_raw(table, directed=False), profile)
    primary, tail = network.arc_class == ROAD_CLASSES.index("primary"), network.node_id[network.arc_tail]
    speeds = {
        (int(a), int(b)): float(s)
        for a, b, s in zip(tail, network.node_id[network.arc_head], network.arc_speed_kph, strict=True)
    }
    assert speeds[1, 2] == speeds[2, 1] == 80
    assert speeds[2, 3] == default.kph["primary"]
    assert network.arc_delay_ms.tolist() == np.where(primary & (tail == 2), 4000, 0).tolist()
    assert (report.speeds_from_tags, report.speeds_from_class) == (2, 4)


def test_a_network_that_cannot_be_driven_back_is_refused() -> None:
    """One-way rows that form no circle say that nothing is strongly connected, and how to import two-way rows."""
    table = pd.DataFrame(
        {"u": [1, 2], "v": [2, 3], "highway": "primary", "geometry": ["LINESTRING(0 0, 1 0)", "LINESTRING(1 0, 2 0)"]}
    )
    with pytest.raises(NetworkError, match="undirected"):
        assemble(edges_to_raw(table), load_profile())


def test_the_advice_about_two_way_rows_is_for_tables_only(tmp_path: Path) -> None:
    """An OpenStreetMap file says itself which roads are one-way; nothing can be imported as undirected there."""
    ways = [(1, [1, 2], {"highway": "primary", "oneway": "yes"})]
    raw = read_osm(write_osm(tmp_path / "one.osm", {1: (0.0, 0.0), 2: (0.01, 0.0)}, ways))
    with pytest.raises(NetworkError, match="every road is one-way") as caught:
        assemble(raw, load_profile())
    assert "undirected" not in caught.value.message
