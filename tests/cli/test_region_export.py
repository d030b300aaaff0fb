"""`towline region export`, and `region build` of what it wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import osmnx as ox
import pytest
from typer.testing import Result

from graphs.interop.multigraph import to_networkx
from graphs.store import open_region, save_region
from tests.graphs.interop.regions import assert_same_times, ruled_region

Run = Callable[..., Result]


@pytest.fixture
def region(tmp_path: Path) -> Path:
    return save_region(ruled_region(1), tmp_path / "town.towline-region")


@pytest.mark.parametrize("suffix", [".graphml", ".gpkg"])
def test_out_and_back(towline_json: Callable[..., Any], region: Path, tmp_path: Path, suffix: str) -> None:
    """Export and build again: the same travel times, forbidden turns, time zone, title and credits, nothing asked."""
    out, again = tmp_path / f"town{suffix}", tmp_path / "again.towline-region"
    told = towline_json("region", "export", region, "--out", out)
    assert told["restrictions"] == len(open_region(region).search_graph.forbidden) > 0
    built = towline_json("region", "build", out, "--out", again)
    assert built["report"]["forbidden_turns"] == told["restrictions"]
    assert (built["timezone"], built["title"]) == ("Europe/Berlin", "Made-up Town")
    assert built["credits"] == told["credits"]
    assert_same_times(open_region(region), open_region(again), 1)


def test_screens(towline: Run, region: Path, tmp_path: Path) -> None:
    """Counts and credit on export; the report of the way back says that times are as given."""
    result = towline("region", "export", region, "--out", tmp_path / "town.gpkg")
    assert result.exit_code == 0, result.output
    assert "forbidden turns" in result.stdout
    assert "OpenStreetMap" in result.stderr
    result = towline("region", "build", tmp_path / "town.gpkg", "--out", tmp_path / "b.towline-region")
    assert result.exit_code == 0, result.output
    assert "as given" in result.stdout


def test_what_is_lost_is_warned_of(towline: Run, region: Path, tmp_path: Path) -> None:
    """OSMnx's own GeoPackage has no turns; a wish for other speeds sets all anew; --nodes does not fit."""
    ox.save_graph_geopackage(to_networkx(open_region(region)), tmp_path / "g.gpkg", directed=True)
    out = ("--out", tmp_path / "x.towline-region")
    result = towline("region", "build", tmp_path / "g.gpkg", *out)
    assert result.exit_code == 2
    assert "--timezone is missing" in result.stderr
    result = towline("region", "build", tmp_path / "g.gpkg", "--timezone", "Europe/Berlin", *out)
    assert result.exit_code == 0, result.output
    assert "which turns are forbidden" in result.stderr
    towline("region", "export", region, "--out", tmp_path / "h.graphml")
    result = towline(
        *("region", "build", tmp_path / "h.graphml", "--country", "DE", "--timezone", "Europe/Berlin", *out)
    )
    assert result.exit_code == 0, result.output
    assert "set anew" in result.stderr
    result = towline("region", "build", tmp_path / "h.graphml", "--nodes", region, *out)
    assert result.exit_code == 2
    assert "needs no --nodes" in result.stderr


def test_wrong_exports_write_nothing(towline: Run, region: Path, tmp_path: Path) -> None:
    """Another suffix, no such region, no such folder."""
    for arguments, code, says in (
        ((region, "--out", tmp_path / "x.shp"), 2, ".graphml or .gpkg"),
        ((tmp_path / "none.towline-region", "--out", tmp_path / "x.gpkg"), 3, "no region"),
        ((region, "--out", tmp_path / "none" / "x.gpkg"), 2, "none"),
    ):
        result = towline("region", "export", *arguments)
        assert result.exit_code == code, (says, result.output)
        assert says in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["town.towline-region"]
