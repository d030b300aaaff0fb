"""OSMnx's own functions on exported graphs."""

from __future__ import annotations

import warnings
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx as ox
import pytest
import shapely

from graphs.interop.multigraph import to_networkx
from graphs.interop.regions import region_from_networkx
from graphs.position import INF
from graphs.region import Region, build_region
from graphs.search.seeds import Seeds
from graphs.sources.osm_file import read_osm
from tests.graphs.interop.regions import assert_same_times, plain_region, ruled_region
from tests.graphs.sources.osm_xml import write_osm


@pytest.fixture(scope="module")
def region() -> Region:
    return plain_region(11, side=8)


@pytest.fixture(scope="module")
def graph(region: Region) -> nx.MultiDiGraph:
    return to_networkx(region)


def test_osmnx_finds_nothing_to_complain_about(graph: nx.MultiDiGraph) -> None:
    """Strict validation of graphs and tables of a town with rules and one without, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for each in (graph, to_networkx(ruled_region(1))):
            ox.convert.validate_graph(each, strict=True)
            ox.convert.validate_node_edge_gdfs(*ox.graph_to_gdfs(each), strict=True)
    for _, _, data in graph.edges(data=True):
        assert {"osmid", "highway", "oneway", "reversed", "length", "maxspeed", "geometry"} <= data.keys()
        assert {"speed_kph", "junction_delay", "travel_time"} <= data.keys()
        assert None not in data.values()
    assert nx.get_node_attributes(graph, "street_count") == ox.stats.count_streets_per_node(graph)


def test_graph_to_tables_and_back_is_the_same_graph(graph: nx.MultiDiGraph) -> None:
    """`graph_to_gdfs` and `graph_from_gdfs` keep every node, edge, key and attribute."""
    again = ox.graph_from_gdfs(*ox.graph_to_gdfs(graph), graph_attrs=graph.graph)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    assert {(u, v, k): d for u, v, k, d in again.edges(keys=True, data=True)} == {
        (u, v, k): d for u, v, k, d in graph.edges(keys=True, data=True)
    }


def test_shortest_paths_take_what_towline_says(region: Region, graph: nx.MultiDiGraph) -> None:
    """`ox.shortest_path` by travel_time over random pairs of a network without rules."""
    rng = np.random.default_rng(4)
    ids = region.network.node_id
    start, end = rng.integers(0, region.network.node_count, (2, 60))
    paths = ox.routing.shortest_path(graph, ids[start].tolist(), ids[end].tolist(), weight="travel_time")
    for a, b, path in zip(start, end, paths, strict=True):
        found = int(region.metric.one_to_all(Seeds.at_nodes([a]))[b])
        assert (path is None) == (found >= INF), (a, b)
        assert path is not None
        seconds = ox.routing.route_to_gdf(graph, path, weight="travel_time")["travel_time"].sum() if a != b else 0
        assert round(1000 * seconds) == found, (a, b)


def test_statistics_and_bearings(region: Region, graph: nx.MultiDiGraph) -> None:
    """`basic_stats` counts the region's nodes, arcs and streets; bearings are those along the arcs."""
    network = region.network
    stats = ox.stats.basic_stats(graph, area=1e6)
    assert (stats["n"], stats["m"]) == (network.node_count, network.arc_count)
    assert stats["edge_length_total"] == pytest.approx(float(network.arc_length_m.sum(dtype=np.float64)))
    streets = int(((network.arc_twin < 0) | (network.arc_shape >= 0)).sum())
    assert stats["street_segment_count"] == streets
    assert sum(stats["streets_per_node_counts"].values()) == network.node_count
    bearings = ox.bearing.add_edge_bearings(graph.copy())
    known = [data["bearing"] for u, v, data in bearings.edges(data=True) if u != v]
    assert all(0 <= bearing < 360 for bearing in known)
    timed = ox.routing.add_edge_travel_times(ox.routing.add_edge_speeds(graph.copy()))
    for (_, _, old), (_, _, new) in zip(graph.edges(data=True), timed.edges(data=True), strict=True):
        assert new["speed_kph"] == pytest.approx(old["speed_kph"])
        assert new["travel_time"] == pytest.approx(old["travel_time"] - old["junction_delay"], abs=1e-3)


def test_nearest_nodes_and_edges(region: Region, graph: nx.MultiDiGraph) -> None:
    """In degrees and projected, OSMnx finds what stands at a node and what lies along an edge."""
    network = region.network
    lon, lat, ids = network.node_lon, network.node_lat, network.node_id
    projected = ox.project_graph(graph)
    at = ox.projection.project_geometry(shapely.Point(lon[5], lat[5]), to_crs=projected.graph["crs"])[0]
    assert ox.distance.nearest_nodes(projected, at.x, at.y) == ids[5]
    arc = int(np.flatnonzero(network.arc_twin < 0)[0])
    x, y = network.shape(arc)[1]
    assert ox.distance.nearest_edges(graph, x, y)[:2] == (ids[network.arc_tail[arc]], ids[network.arc_head[arc]])
    pytest.importorskip("sklearn", reason="nearest_nodes in degrees needs scikit-learn")
    assert ox.distance.nearest_nodes(graph, lon[7], lat[7]) == ids[7]


def test_truncating_keeps_what_is_inside(region: Region, graph: nx.MultiDiGraph) -> None:
    """By box, by distance, and to the largest part."""
    west, south, east, north = region.bounds
    half = ox.truncate.truncate_graph_bbox(graph, (west, south, (west + east) / 2, north))
    assert 0 < len(half) < len(graph)
    near = ox.truncate.truncate_graph_dist(graph, int(region.network.node_id[0]), 400, weight="length")
    assert 0 < len(near) < len(graph)
    assert len(ox.truncate.largest_component(graph, strongly=True)) == len(graph)


@pytest.mark.parametrize("name", ["g.graphml", "directed.gpkg", "g.osm"])
def test_files_of_osmnx(region: Region, graph: nx.MultiDiGraph, tmp_path: Path, name: str) -> None:
    """GraphML and GeoPackage keep all; .osm is for graphs of straight edges, which OSMnx says itself."""
    path = tmp_path / name
    if name.endswith("graphml"):
        ox.save_graphml(graph, path)
        again = ox.load_graphml(path)
        assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True)) | dict(again.nodes(data=True))
        assert_same_times(region, region_from_networkx(again), 1)
        for u, v, key, data in graph.edges(keys=True, data=True):
            assert again.edges[u, v, key]["travel_time"] == data["travel_time"]
            assert again.edges[u, v, key]["geometry"].equals(data["geometry"])
    elif name.endswith("gpkg"):
        ox.save_graph_geopackage(graph, path, directed=True)
        assert path.stat().st_size > 0
    else:
        with pytest.warns(UserWarning, match="all_oneway"), pytest.raises(Exception, match="unsimplified"):
            ox.io.save_graph_xml(graph, path)


def test_simplifying_is_refused_and_consolidating_works(graph: nx.MultiDiGraph) -> None:
    """Simplified graphs are not simplified again, which would straighten their shapes; intersections can be merged."""
    with pytest.raises(ox._errors.GraphSimplificationError, match="already been simplified"):
        ox.simplify_graph(graph)
    merged = ox.consolidate_intersections(ox.project_graph(graph), tolerance=15, rebuild_graph=True)
    assert 0 < len(merged) <= len(graph)
    back = region_from_networkx(merged)
    assert back.network.node_count > 0
    assert back.search_graph.forbidden == []


def test_pictures_can_be_drawn(graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    """`plot_graph` and `plot_graph_route` draw without a screen."""
    matplotlib = pytest.importorskip("matplotlib", reason="OSMnx draws with matplotlib")
    matplotlib.use("Agg")
    nodes = list(graph.nodes)
    path = ox.routing.shortest_path(graph, nodes[0], nodes[-1], weight="travel_time")
    assert isinstance(path, list)
    for name, options in (("graph.png", {}), ("route.png", {"route": path})):
        draw = ox.plot.plot_graph_route if options else ox.plot.plot_graph
        draw(graph, show=False, close=True, save=True, filepath=tmp_path / name, **options)
        assert (tmp_path / name).stat().st_size > 1000


def test_streets_that_end_at_a_bollard_stay_apart(tmp_path: Path) -> None:
    """Both ends keep the OpenStreetMap id, but as nodes they differ: no path leads through the bollard."""
    places = {1: (8.0, 49.0), 2: (8.01, 49.0), 3: (8.02, 49.0), 4: (8.02, 49.02), 5: (8.0, 49.02)}
    streets = [(10, [1, 2, 3], {"highway": "residential"}), (11, [3, 4, 5, 1], {"highway": "residential"})]
    path = write_osm(tmp_path / "bollard.osm", places, streets, node_tags={2: {"barrier": "bollard"}})
    region = build_region(read_osm(path), name="bollard", timezone="Europe/Berlin")
    assert np.bincount(region.network.node_id).max() == 2
    graph = to_networkx(region)
    assert len(graph) == region.network.node_count
    assert [data["osm_node"] for _, data in graph.nodes(data=True)].count(2) == 2
    way_round = ox.routing.shortest_path(graph, 1, 3, weight="length")
    assert way_round == [1, 3]
    assert {data["osmid"] for data in graph.get_edge_data(1, 3).values()} == {11}
    back = region_from_networkx(graph)
    assert sorted(back.network.node_id.tolist()) == sorted(region.network.node_id.tolist())
    assert_same_times(region, back, 3)
