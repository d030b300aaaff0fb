"""The region in the box."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h3
import numpy as np
import pytest

from graphs import bundled
from graphs.bundled import COQUIMBO, load_coquimbo, load_coquimbo_population
from graphs.classes import ROAD_CLASSES
from graphs.region import Region


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOWLINE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_coquimbo_is_what_it_is_known_to_be(coquimbo: Region) -> None:
    """15,591 nodes of which 15,492 strongly connected, a motorway, streets of both kinds, its zone and credits."""
    report = coquimbo.metadata.report
    assert (report.nodes_read, report.nodes_kept) == (15_591, 15_492)
    assert coquimbo.network.node_count == 15_492
    assert (coquimbo.network.arc_class == ROAD_CLASSES.index("motorway")).sum() > 50
    assert coquimbo.network.node_id.max() > 2**32  # node ids keep all their bits
    assert 0.5 < (coquimbo.network.arc_twin >= 0).mean() < 0.95
    assert coquimbo.timezone.key == "America/Santiago"
    assert any("OpenStreetMap" in credit for credit in coquimbo.metadata.credits)
    assert "ODbL" in coquimbo.metadata.licence


def test_everybody_in_coquimbo_lives_near_a_road(coquimbo: Region) -> None:
    """451,899 people in valid cells; 99 % of them within 300 m of a road of the region."""
    demand = load_coquimbo_population()
    assert demand.total == 451_899
    assert all(h3.is_valid_cell(cell) for cell in demand.cells)
    assert len(set(demand.cells)) == len(demand.cells)
    near = coquimbo.snapper.snap_each(*demand.centres(), max_distance_m=300).accepted
    assert demand.weight[near].sum() > 0.99 * demand.total


def test_the_data_are_small_and_credited() -> None:
    """At most 2 MB in all, with credits and licence beside them."""
    files = {path.name: path.stat().st_size for path in COQUIMBO.iterdir()}
    assert sum(files.values()) < 2_000_000
    assert {"CREDITS.md", "LICENSE-ODbL.txt"} <= set(files)
    assert "AequilibraE" in (COQUIMBO / "CREDITS.md").read_text()


def test_the_second_load_comes_from_the_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first load writes one file; the next opens it without building."""
    first = load_coquimbo()
    assert len(list(cache.iterdir())) == 1
    monkeypatch.setattr(bundled, "build_coquimbo", lambda *_: pytest.fail("built again"))
    again = load_coquimbo()
    assert again.metadata == first.metadata
    assert np.array_equal(again.network.arc_head, first.network.arc_head)


def test_a_damaged_cache_is_built_again(cache: Path) -> None:
    """A cut file is replaced by a sound one."""
    first = load_coquimbo()
    (path,) = cache.iterdir()
    path.write_bytes(path.read_bytes()[:100_000])
    assert load_coquimbo().metadata.version == first.metadata.version
    assert path.stat().st_size > 1_000_000


def test_without_a_writable_cache_the_region_still_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder that cannot be made costs the cache, not the region."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TOWLINE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert load_coquimbo().network.node_count == 15_492


def test_processes_may_build_the_cache_at_once(cache: Path) -> None:
    """Two processes with an empty cache both get the region, and one sound file remains."""
    code = "from graphs.bundled import load_coquimbo; print(load_coquimbo().metadata.version)"
    racing = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    versions = {process.communicate(timeout=120)[0].strip() for process in racing}
    assert versions == {load_coquimbo().metadata.version}
    assert len(list(cache.iterdir())) == 1
