"""Regions from exported graphs and tables."""

from __future__ import annotations

import networkx as nx
import numpy as np
import osmnx as ox
import pytest

from graphs.errors import InputError, MissingColumnError, RestrictionsError, SourceError, TimeZoneError
from graphs.interop.frames import to_geodataframes
from graphs.interop.multigraph import CARRIED, to_networkx
from graphs.interop.regions import region_from_geodataframes, region_from_networkx
from graphs.interop.restrictions import restrictions_frame
from graphs.network import ACCESS_ZONE
from graphs.search.seeds import Seeds
from graphs.speeds import load_profile
from tests.graphs.interop.regions import ZONE, assert_same_times, edges_of, plain_region, ruled_region

PER_ARC = ("arc_speed_kph", "arc_delay_ms", "arc_length_m", "arc_class", "arc_way", "arc_access", "free_flow_ms")


@pytest.mark.parametrize("seed", range(4))
def test_there_and_back_everything_is_as_it_was(seed: int) -> None:
    """Arcs, names, shapes, zones, forbidden turns and what the region says about itself; times are equal integers."""
    region = ruled_region(seed)
    back = region_from_networkx(to_networkx(region))
    here, there = edges_of(region), edges_of(back)
    assert here.keys() == there.keys()
    order = [np.array([arcs[edge] for edge in sorted(arcs)]) for arcs in (here, there)]
    for name in PER_ARC:
        found, expected = getattr(back.network, name)[order[1]], getattr(region.network, name)[order[0]]
        assert np.array_equal(found, expected), (seed, name)
    for edge in sorted(here)[::7]:
        assert back.network.road(there[edge]) == region.network.road(here[edge])
        assert np.array_equal(back.network.shape(there[edge]), region.network.shape(here[edge]))
        assert (back.network.arc_shape[there[edge]] >= 0) == (region.network.arc_shape[here[edge]] >= 0)
    assert len(back.search_graph.forbidden) == len(region.search_graph.forbidden) > 0
    assert back.search_graph.arc_count >= region.search_graph.arc_count - 2
    about = region.metadata
    assert (back.name, back.metadata.title, back.metadata.timezone) == (about.name, about.title, ZONE)
    assert (back.metadata.credits, back.metadata.vehicle_name) == (about.credits, about.vehicle_name)
    assert_same_times(region, back, seed)


@pytest.mark.parametrize("seed", [0, 1])
def test_projected_and_cut_graphs_keep_their_times(seed: int) -> None:
    """A graph projected by OSMnx, and one of which OSMnx kept a part: restrictions count where their edges are left."""
    region = ruled_region(seed)
    graph = to_networkx(region)
    projected = region_from_networkx(ox.project_graph(graph))
    assert_same_times(region, projected, seed)
    west, south, east, north = region.bounds
    part = ox.truncate.truncate_graph_bbox(graph, (west, south, (west + 2 * east) / 3, north))
    found = region_from_networkx(part)
    assert 0 < found.network.node_count < region.network.node_count
    lost = found.metadata.report.ignored.get("restriction: on edges that are not there", 0)
    assert lost + len(found.search_graph.forbidden) == len(region.search_graph.forbidden)
    arcs = edges_of(found)
    assert all(edge in edges_of(region) for edge in arcs)


def test_without_what_is_carried_turns_are_free_and_zones_stay() -> None:
    """Deleting the attribute loses forbidden turns, name and time zone; times of single edges and zones stay."""
    region = ruled_region(2)
    graph = to_networkx(region)
    del graph.graph[CARRIED]
    with pytest.raises(InputError, match="give a name"):
        region_from_networkx(graph)
    with pytest.raises(TimeZoneError):
        region_from_networkx(graph, name="town")
    back = region_from_networkx(graph, name="town", timezone=ZONE)
    assert back.search_graph.forbidden == []
    zones = [np.count_nonzero(part.network.arc_access & ACCESS_ZONE) for part in (region, back)]
    assert zones[0] == zones[1] > 0
    assert np.sort(back.network.free_flow_ms).tolist() == np.sort(region.network.free_flow_ms).tolist()


@pytest.mark.parametrize("seed", [3, 4])
def test_tables_and_restrictions_make_the_same_region(seed: int) -> None:
    """Nodes, edges and restrictions as GeoDataFrames, also after OSMnx turned them into a graph and back, projected."""
    region = ruled_region(seed)
    nodes, edges = to_geodataframes(region)
    walks = restrictions_frame(region)
    assert set(walks["kind"]) <= {"turn", "u-turn", "via"}
    turning = region.metadata.turning
    back = region_from_geodataframes(nodes, edges, walks, turning=turning, name="a", timezone=ZONE)
    assert_same_times(region, back, seed)
    tables = ox.graph_to_gdfs(ox.graph_from_gdfs(nodes, edges))
    projected = [table.to_crs(3857) for table in tables]
    again = region_from_geodataframes(*projected, walks, turning=turning, name="a", timezone=ZONE)
    assert_same_times(region, again, seed)
    free = region_from_geodataframes(nodes, edges, name="a", timezone=ZONE)
    assert free.search_graph.forbidden == []


def test_other_graphs_and_wishes_get_their_speeds_anew() -> None:
    """A graph that OSMnx made, and an export for which a profile is given, are driven by profile and maxspeed."""
    region = ruled_region(5)
    graph = to_networkx(region)
    anew = region_from_networkx(graph, profile=load_profile())
    assert anew.metadata.report.speeds_from_tags == anew.network.arc_count
    assert anew.search_graph.forbidden == []
    for _, _, data in graph.edges(data=True):
        del data["junction_delay"]
    assert region_from_networkx(graph).metadata.report.speeds_from_times == 0


def test_what_cannot_be_taken_back_says_why() -> None:
    """Undirected exports, restrictions without times, tables that are none, an unreadable attribute."""
    region = ruled_region(6)
    graph = to_networkx(region)
    with pytest.raises(SourceError, match="undirected"):
        region_from_networkx(ox.convert.to_undirected(graph))
    nodes, edges = to_geodataframes(region)
    walks = restrictions_frame(region)
    with pytest.raises(SourceError, match="Restrictions and turning go with"):
        region_from_geodataframes(nodes, edges.drop(columns="travel_time"), walks, name="a", timezone=ZONE)
    with pytest.raises(MissingColumnError, match="edges"):
        region_from_geodataframes(nodes, edges, walks.drop(columns="edges"), name="a", timezone=ZONE)
    with pytest.raises(RestrictionsError, match=r"\[\[u, v, key\]"):
        region_from_geodataframes(nodes, edges, walks.assign(edges="[[1, 2]]"), name="a", timezone=ZONE)
    graph.graph[CARRIED] = "{}"
    with pytest.raises(InputError, match="towline"):
        region_from_networkx(graph)


def test_a_plain_graph_equals_dijkstra_over_the_export() -> None:
    """Without rules networkx finds Towline's travel times on the exported graph, to the millisecond."""
    region = plain_region(8, side=8)
    graph = to_networkx(region)
    back = region_from_networkx(graph)
    assert_same_times(region, back, 8)
    ids = region.network.node_id.tolist()
    for source in range(0, region.network.node_count, 9):
        expected = nx.single_source_dijkstra_path_length(graph, ids[source], weight="travel_time")
        found = region.metric.one_to_all(Seeds.at_nodes([source]))
        assert {node: round(1000 * s) for node, s in expected.items()} == dict(zip(ids, found.tolist(), strict=True))
