"""`towline region`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.cli.conftest import widest
from tests.graphs.sources.osm_xml import write_osm

Run = Callable[..., Result]
ZONE = ("--timezone", "Asia/Shanghai")

EDGES = """u,v,highway,length_m,geometry
1,2,residential,100,"LINESTRING (117.0 36.60, 117.001 36.60)"
2,1,residential,100,"LINESTRING (117.001 36.60, 117.0 36.60)"
2,3,motorway,200,"LINESTRING (117.001 36.60, 117.003 36.60)"
3,2,motorway,200,"LINESTRING (117.003 36.60, 117.001 36.60)"
3,4,footway,50,"LINESTRING (117.003 36.60, 117.003 36.601)"
"""


@pytest.fixture
def edges(tmp_path: Path) -> Path:
    path = tmp_path / "Small Town.csv"
    path.write_text(EDGES)
    return path


def test_the_bundled_region_introduces_itself(towline: Run, towline_json: Callable[..., Any]) -> None:
    """Extent, roads, report and credits within 80 columns, and the same as JSON."""
    result = towline("region", "info")
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    for words in ("La Serena–Coquimbo", "motorway", "OpenStreetMap", "AequilibraE", "ODbL"):
        assert words in result.stdout
    found = towline_json("region", "info")
    assert found["name"] == "coquimbo"
    assert found["timezone"] == "America/Santiago"
    assert found["bounds"]["west"] < -71.3 < found["bounds"]["east"]
    assert found["arc_km_by_class"]["motorway"] > 10


def test_a_region_is_built_stored_and_used(
    towline: Run, towline_json: Callable[..., Any], edges: Path, tmp_path: Path
) -> None:
    """From an edges table with another column name to an ETA in the region it became."""
    out = tmp_path / "town.towline-region"
    built = towline_json("region", "build", edges, *ZONE, "--column", "length=length_m", "--out", out)
    assert built["file"] == str(out)
    assert built["name"] == "small-town"
    assert built["nodes"] == 3
    assert built["report"]["skipped"] == {"highway=footway": 1} or built["report"]["skipped"]
    result = towline("region", "info", out)
    assert result.exit_code == 0
    assert "small-town" in result.stdout
    eta = towline_json("eta", "117.0001,36.6", "117.0025,36.6", "--region", out)
    assert 0 < eta["durations_s"][0][0] < 120
    screen = towline("region", "build", edges, *ZONE, "--column", "length=length_m", "--out", out, "--name", "town")
    assert screen.exit_code == 0, screen.output
    assert "kept 3 of 3 nodes" in screen.stdout


def test_wrong_builds_write_nothing(towline: Run, edges: Path, tmp_path: Path) -> None:
    """Neither or both sources, no or a wrong time zone, a wrong mapping, a missing file, an unknown kind."""
    out = tmp_path / "x.towline-region"
    strange = tmp_path / "x.pdf"
    strange.write_text("?")
    for arguments, says in (
        (ZONE, "either a file or --place"),
        ((edges, "--place", "Jinan", *ZONE), "either a file or --place"),
        ((edges,), "--timezone"),
        ((edges, "--timezone", "Mars/Base"), "Mars/Base"),
        ((edges, *ZONE, "--column", "size=length_m"), "ROLE=COLUMN"),
        ((edges, *ZONE, "--column", "length=width"), "width"),
        ((edges, *ZONE, "--name", "Small Town"), "cannot name a region"),
        ((edges, *ZONE, "--name", "coquimbo"), "is the region in the box"),
        ((tmp_path / "none.csv", *ZONE), "not there"),
        ((strange, *ZONE), "of no kind"),
        ((edges, *ZONE, "--speeds", tmp_path / "none.toml"), "none.toml"),
        ((edges, *ZONE, "--vehicle", "bicycle"), "heavy-wrecker"),
        ((edges, *ZONE, "--country", "XX"), "No default speeds"),
    ):
        result = towline("region", "build", *arguments, "--out", out)
        assert result.exit_code == 2, (says, result.output)
        assert says in result.stderr
        assert not out.exists()


def test_the_source_is_never_replaced(towline: Run, edges: Path, tmp_path: Path) -> None:
    """--out must end like a region, must not be the source, and the name is looked at before the folder."""
    result = towline("region", "build", edges, *ZONE, "--out", edges)
    assert result.exit_code == 2
    assert ".towline-region" in result.stderr
    link = tmp_path / "x.towline-region"
    link.symlink_to(edges)
    result = towline("region", "build", edges, *ZONE, "--out", link)
    assert result.exit_code == 2
    assert "same file as the source" in result.stderr
    assert edges.read_text() == EDGES
    result = towline("region", "build", edges, *ZONE, "--name", "A B", "--out", tmp_path / "none" / "x.towline-region")
    assert "cannot name a region" in result.stderr


def test_unused_columns_are_named(towline: Run, edges: Path, tmp_path: Path) -> None:
    """Above all one that looks like the shapes of the roads."""
    nodes = tmp_path / "nodes.csv"
    nodes.write_text("node,lon,lat\n1,117.0,36.60\n2,117.001,36.60\n3,117.003,36.60\n4,117.003,36.601\n")
    edges.write_text(EDGES.replace("geometry", "geometry_wkt"))
    out = ("--out", tmp_path / "x.towline-region", "--name", "x")
    result = towline("region", "build", edges, "--nodes", nodes, *ZONE, *out)
    assert result.exit_code == 0, result.output
    assert "not used: length_m, geometry_wkt" in result.stderr
    assert "--column geometry=geometry_wkt" in result.stderr


def test_credits_are_those_of_the_data(
    towline: Run, towline_json: Callable[..., Any], edges: Path, tmp_path: Path
) -> None:
    """As given; without them nobody's for a plain table, OpenStreetMap's for one that names OSM ways, and said."""
    build = ("region", "build", edges, *ZONE, "--out", tmp_path / "x.towline-region", "--name", "x")
    given = towline_json(*build, "--credit", "City of X", "--credit", "Survey", "--licence", "CC BY 4.0")
    assert (given["credits"], given["licence"]) == (["City of X", "Survey"], "CC BY 4.0")
    plain = towline(*build)
    assert "nobody is credited" in plain.stderr
    assert "not stated" in plain.stdout
    edges.write_text(
        EDGES.replace("u,v,", "osmid,u,v,")
        .replace("\n1,2", "\n7,1,2")
        .replace("\n2,", "\n7,2,")
        .replace("\n3,", "\n8,3,")
    )
    named = towline(*build)
    assert named.exit_code == 0, named.output
    assert "names OSM ways" in named.stderr
    assert "OpenStreetMap" in named.stdout


def test_what_is_lost_is_warned_of(towline: Run, towline_json: Callable[..., Any], edges: Path, tmp_path: Path) -> None:
    """A motorway that nobody can come back from, and more than 3 % of the length."""
    dead_end = '3,9,motorway,500,"LINESTRING (117.003 36.60, 117.0085 36.60)"\n'
    edges.write_text(EDGES + dead_end)
    build = ("region", "build", edges, *ZONE, "--out", tmp_path / "x.towline-region", "--name", "x")
    found = towline_json(*build)
    assert len(found["warnings"]) == 2
    assert "motorway 0.5 km" in found["warnings"][1]
    assert "warning: " in towline(*build, "--json").stderr
    assert found["street_km"] == pytest.approx(sum(found["arc_km_by_class"].values()) / 2, abs=0.11)
    result = towline("region", "info", tmp_path / "x.towline-region")
    assert widest(result.stdout.replace(str(tmp_path), "")) <= 80
    for words in ("Warning", "two-way ones counted once", "each direction counted"):
        assert words in result.stdout


def test_only_tables_are_told_of_undirected(towline_json: Callable[..., Any], tmp_path: Path) -> None:
    """A cut-off OpenStreetMap file loses roads, too, but --undirected is not for it; this one crosses 180 degrees."""
    places = {1: (179.98, 0.0), 2: (-179.99, 0.0), 3: (-179.97, 0.0)}
    ways = [(10, [1, 2], {"highway": "residential"}), (11, [2, 3], {"highway": "residential", "oneway": "yes"})]
    source = write_osm(tmp_path / "fiji.osm", places, ways)
    out = tmp_path / "fiji.towline-region"
    built = towline_json("region", "build", source, "--timezone", "Pacific/Fiji", "--out", out)
    (warning,) = built["warnings"]
    assert "is the source cut off?" in warning
    assert built["bounds"]["west"] > built["bounds"]["east"]


def test_a_column_of_osm_ways_is_hinted_at(towline: Run, edges: Path, tmp_path: Path) -> None:
    """Feeds name roads by their OSM way: without the mapping they could not."""
    edges.write_text(
        EDGES.replace("highway,", "highway,osm_way_id,")
        .replace("residential,", "residential,77,")
        .replace("motorway,", "motorway,78,")
        .replace("footway,", "footway,79,")
    )
    column = ("--column", "length=length_m")
    result = towline("region", "build", edges, *ZONE, *column, "--out", tmp_path / "a.towline-region")
    assert "--column way=osm_way_id" in " ".join(result.stderr.split())
    result = towline(
        "region", "build", edges, *ZONE, *column, "--column", "way=osm_way_id", "--out", tmp_path / "a.towline-region"
    )
    assert "way=osm_way_id" not in result.stderr
