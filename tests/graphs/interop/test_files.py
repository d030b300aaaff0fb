"""Exports as files, and regions from them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import osmnx as ox
import pytest

from graphs.errors import CorruptFileError, FileMissingError, SourceError
from graphs.interop.files import is_export, read_export, save_export
from graphs.interop.multigraph import to_networkx
from graphs.interop.regions import region_of
from tests.graphs.interop.regions import ZONE, assert_same_times, plain_region, ruled_region


@pytest.mark.parametrize("suffix", [".graphml", ".gpkg"])
@pytest.mark.parametrize("seed", [0, 1])
def test_files_keep_times_turns_and_credits(tmp_path: Path, suffix: str, seed: int) -> None:
    """A region with rules, saved and read again: equal travel times, the same name, zone and credits."""
    region = ruled_region(seed)
    path = save_export(region, tmp_path / f"town{suffix}")
    assert is_export(path)
    back = region_of(read_export(path))
    assert_same_times(region, back, seed)
    assert len(back.search_graph.forbidden) == len(region.search_graph.forbidden)
    assert (back.name, back.metadata.timezone, back.metadata.credits) == (region.name, ZONE, region.metadata.credits)
    assert path.name in back.metadata.source
    save_export(region, path)  # an older export gives way
    assert_same_times(region, region_of(read_export(path)), seed)


def test_what_osmnx_saves_of_an_export(tmp_path: Path) -> None:
    """Its GeoPackage has no layer for turns: directed, times come back without them; undirected, it is refused."""
    region = ruled_region(2)
    ox.save_graph_geopackage(to_networkx(region), tmp_path / "directed.gpkg", directed=True)
    back = region_of(read_export(tmp_path / "directed.gpkg"), name="town", timezone=ZONE)
    assert back.search_graph.forbidden == []
    assert sorted(back.network.free_flow_ms) == sorted(region.network.free_flow_ms)
    ox.save_graph_geopackage(to_networkx(region), tmp_path / "undirected.gpkg")
    with pytest.raises(SourceError, match=r"undirected\.gpkg.*directed=True"):
        read_export(tmp_path / "undirected.gpkg")


def test_files_without_rules_have_no_layer_of_them(tmp_path: Path) -> None:
    """A plain town goes out and comes back."""
    region = plain_region(3)
    back = region_of(read_export(save_export(region, tmp_path / "plain.gpkg")))
    assert_same_times(region, back, 3)


def test_other_files_are_no_exports(tmp_path: Path) -> None:
    """Missing files, other suffixes, graphs that OSMnx made, nonsense; unknown suffixes are refused on writing."""
    graph = to_networkx(plain_region(4))
    for _, _, data in graph.edges(data=True):
        del data["junction_delay"]
    ox.save_graphml(graph, tmp_path / "other.graphml")
    ox.save_graph_geopackage(graph, tmp_path / "other.gpkg")
    (tmp_path / "fake.gpkg").write_text("no database")
    (tmp_path / "x.csv").write_text("u,v")
    for name in ("none.graphml", "other.graphml", "other.gpkg", "fake.gpkg", "x.csv"):
        assert not is_export(tmp_path / name), name
    with pytest.raises(FileMissingError):
        read_export(tmp_path / "none.graphml")
    with pytest.raises(SourceError, match=r"\.graphml or \.gpkg"):
        save_export(plain_region(4), tmp_path / "x.shp")


def test_a_spoilt_layer_is_named(tmp_path: Path) -> None:
    """Somebody else's text where Towline writes about the region."""
    path = save_export(ruled_region(5), tmp_path / "town.gpkg")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE towline SET towline = 'mine'")
    with pytest.raises(CorruptFileError, match="export it again"):
        read_export(path)
