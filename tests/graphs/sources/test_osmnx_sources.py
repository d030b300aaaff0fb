"""What OSMnx makes, in each form it saves it: the same network every time."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import osmnx as ox
import pytest

from graphs.assemble import assemble
from graphs.errors import CorruptFileError, EmptyInputError, MissingColumnError, SourceError
from graphs.network import RoadNetwork
from graphs.raw import RawNetwork
from graphs.sources.networkx_graph import graph_to_raw
from graphs.sources.osmnx_files import read_graphml, read_layers
from graphs.sources.reading import read_source
from graphs.speeds import load_profile
from tests.graphs.sources.osm_xml import write_osm
from tests.graphs.towns import town_table


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> nx.MultiDiGraph:
    """A simplified OSMnx graph with one-ways, lists in its cells and a merged way."""
    rng = np.random.default_rng(5)
    side = 7
    places = {
        1 + i: (8 + 0.002 * (i % side) + rng.uniform(-3e-4, 3e-4), 49 + 0.0015 * (i // side))
        for i in range(side * side)
    }
    ways = []
    for i in range(side * side):
        for other, inside in ((i + 1, i % side < side - 1), (i + side, i < side * (side - 1))):
            if inside and rng.random() < 0.75:
                tags = {"highway": str(rng.choice(["residential", "tertiary"])), "name": f"Street {i}"}
                tags |= {"oneway": "yes"} if rng.random() < 0.25 else {}
                tags |= {"maxspeed": str(rng.choice(["30", "50"]))} if rng.random() < 0.5 else {}
                ways.append((100 + len(ways), [1 + i, 1 + other], tags))
    path = write_osm(tmp_path_factory.mktemp("osm") / "grid.osm", places, ways)
    return ox.graph_from_xml(path, simplify=True)


def described(raw: RawNetwork) -> tuple[list[tuple[int, ...]], int]:
    """(sorted arcs, two-way arcs) of what is kept."""
    network: RoadNetwork
    network, report = assemble(raw, load_profile())
    ends = network.node_id[network.arc_tail].tolist(), network.node_id[network.arc_head].tolist()
    length = np.rint(network.arc_length_m).astype(int).tolist()
    rest = network.arc_class.tolist(), np.rint(network.arc_speed_kph).astype(int).tolist()
    return sorted(zip(*ends, length, *rest, strict=True)), report.two_way_arcs


def test_graph_graphml_geopackage_and_csv_agree(graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    """The graph itself, projected, undirected, as GraphML, directed and undirected GeoPackage, CSV and GeoParquet."""
    expected = described(graph_to_raw(graph))
    assert expected[1] > 10
    assert any(isinstance(data["highway"], list) for _, _, data in graph.edges(data=True))
    assert described(graph_to_raw(ox.project_graph(graph))) == expected
    assert described(graph_to_raw(ox.convert.to_undirected(graph))) == expected
    ox.save_graphml(graph, tmp_path / "g.graphml")
    ox.save_graph_geopackage(graph, tmp_path / "directed.gpkg", directed=True)
    ox.save_graph_geopackage(graph, tmp_path / "undirected.gpkg")
    nodes, edges = ox.graph_to_gdfs(graph)
    nodes.to_csv(tmp_path / "nodes.csv")
    edges.to_csv(tmp_path / "edges.csv")
    lists = edges.columns[[edges[c].map(lambda cell: isinstance(cell, list)).any() for c in edges]]
    edges.assign(**{c: edges[c].astype(str) for c in lists}).to_parquet(tmp_path / "edges.parquet")
    edges.reset_index().assign(**{c: edges[c].astype(str).to_numpy() for c in lists}).to_file(tmp_path / "e.geojson")
    for name in ("g.graphml", "directed.gpkg", "undirected.gpkg", "edges.csv", "edges.parquet", "e.geojson"):
        assert described(read_source(tmp_path / name)) == expected, name
    assert described(read_source(tmp_path / "edges.csv", nodes=tmp_path / "nodes.csv")) == expected


def test_a_graph_without_roads_or_coordinates_is_refused() -> None:
    """An empty graph and one whose nodes have no place."""
    with pytest.raises(EmptyInputError):
        graph_to_raw(nx.MultiDiGraph())
    with pytest.raises(MissingColumnError, match="x and y"):
        graph_to_raw(nx.MultiDiGraph([(1, 2, {"highway": "primary"})]))


def test_damaged_files_say_so(tmp_path: Path) -> None:
    """Broken GraphML, GraphML of something else, a file that is no GeoPackage, layers without edges."""
    broken = tmp_path / "broken.graphml"
    broken.write_text("<graphml><graph>")
    other = tmp_path / "other.graphml"
    nx.write_graphml(nx.path_graph(3), other)
    fake = tmp_path / "fake.gpkg"
    fake.write_text("no database")
    for path, read in ((broken, read_graphml), (fake, read_layers)):
        with pytest.raises(CorruptFileError, match=path.name):
            read(path)
    with pytest.raises((CorruptFileError, MissingColumnError)):
        read_graphml(other)


def test_a_file_of_several_layers_needs_one_called_edges(tmp_path: Path) -> None:
    """Which layer holds the roads is not guessed."""
    import geopandas

    table = town_table(1)
    frame = geopandas.GeoDataFrame(table, geometry=geopandas.GeoSeries.from_wkt(table.geometry), crs=4326)
    frame.to_file(tmp_path / "two.gpkg", layer="roads")
    frame.to_file(tmp_path / "two.gpkg", layer="paths")
    with pytest.raises(SourceError, match="none called edges"):
        read_layers(tmp_path / "two.gpkg")
