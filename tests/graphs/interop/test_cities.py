"""Real networks there and back."""

from __future__ import annotations

import warnings
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx as ox
import pytest

from graphs.interop.files import read_export, save_export
from graphs.interop.frames import node_ids, to_geodataframes
from graphs.interop.multigraph import to_networkx
from graphs.interop.regions import region_from_networkx, region_of
from graphs.interop.restrictions import restrictions_frame
from graphs.region import Region, build_region
from graphs.search.seeds import Seeds
from graphs.sources.osm_file import read_osm
from graphs.speeds import PROFILES, load_profile
from tests.graphs.interop.regions import assert_same_times
from tests.graphs.towns import DATA

HEIDELBERG = DATA / "heidelberg-2024.osm.pbf"
needs_heidelberg = pytest.mark.skipif(
    not HEIDELBERG.exists(), reason="heidelberg-2024.osm.pbf is not beside the repository"
)
LIECHTENSTEIN = DATA / "liechtenstein-2015.osm.pbf"
needs_liechtenstein = pytest.mark.skipif(
    not LIECHTENSTEIN.exists(), reason="liechtenstein-2015.osm.pbf is not beside the repository"
)


@pytest.fixture(scope="module")
def heidelberg() -> Region:
    """With turn restrictions, zones and barriers."""
    return build_region(read_osm(HEIDELBERG), name="heidelberg", timezone="Europe/Berlin")


@needs_heidelberg
def test_heidelberg_keeps_its_times_and_every_restriction(heidelberg: Region) -> None:
    """300 x 300 random places through networkx."""
    back = region_from_networkx(to_networkx(heidelberg))
    assert back.search_graph.arc_count == heidelberg.search_graph.arc_count
    assert len(back.search_graph.forbidden) == len(heidelberg.search_graph.forbidden) > 400
    assert_same_times(heidelberg, back, 1, count=300)


@needs_heidelberg
def test_heidelberg_is_a_graph_that_osmnx_takes(heidelberg: Region) -> None:
    """Valid without a warning; barriers keep their sides apart; every restriction is a line over its edges."""
    graph = to_networkx(heidelberg)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ox.convert.validate_graph(graph, strict=True)
    assert len(graph) == heidelberg.network.node_count > np.unique(heidelberg.network.node_id).size
    _, edges = to_geodataframes(heidelberg)
    walks = restrictions_frame(heidelberg, edges)
    assert set(walks.geometry.geom_type) == {"LineString"}
    assert {"turn", "u-turn"} <= set(walks["kind"])


@needs_liechtenstein
def test_a_country_keeps_what_turning_costs(tmp_path: Path) -> None:
    """Liechtenstein with turns that cost time, 300 x 300 random places through a GeoPackage."""
    profile = load_profile(PROFILES / "osrm-car.toml")
    region = build_region(read_osm(LIECHTENSTEIN), name="li", timezone="Europe/Vaduz", profile=profile)
    back = region_of(read_export(save_export(region, tmp_path / "li.gpkg")))
    assert back.metadata.turning == region.metadata.turning != {}
    assert_same_times(region, back, 2, count=300)


@needs_liechtenstein
def test_networkx_finds_the_same_times_where_there_are_no_rules() -> None:
    """A country built from its exported tables without rules: Dijkstra over travel_time agrees to the millisecond."""
    region = build_region(read_osm(LIECHTENSTEIN), name="li", timezone="Europe/Vaduz")
    graph = to_networkx(region)
    del graph.graph["towline"]
    for _, _, data in graph.edges(data=True):
        data.pop("access", None)
    free = region_from_networkx(graph, name="free", timezone="Europe/Vaduz")
    assert free.search_graph.is_identity
    ids = node_ids(free.network).tolist()
    for source in range(0, free.network.node_count, 900):
        expected = nx.single_source_dijkstra_path_length(graph, ids[source], weight="travel_time")
        found = dict(zip(ids, free.metric.one_to_all(Seeds.at_nodes([source])).tolist(), strict=True))
        assert {node: round(1000 * seconds) for node, seconds in expected.items()} == found
