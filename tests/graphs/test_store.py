"""The region file: what it keeps, and that nothing damaged, foreign or outdated ever opens."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from graphs import store
from graphs.errors import (
    ForeignFileError,
    RegionFileError,
    RegionNotFoundError,
    RegionVersionError,
    TruncatedFileError,
)
from graphs.network import RoadNetwork
from graphs.region import Region, build_region, content_version
from graphs.search_graph import SearchGraph
from graphs.store import open_region, save_region
from tests.graphs.towns import town

DAMAGE = (ForeignFileError, TruncatedFileError, RegionVersionError)


@pytest.fixture(scope="module")
def region() -> Region:
    return build_region(town(3), name="town", title="Tøwn", timezone="Europe/Berlin")


@pytest.fixture(scope="module")
def saved(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_region(region, tmp_path_factory.mktemp("regions") / "deep" / "town.towline-region")


def test_an_opened_region_equals_the_saved_one(region: Region, saved: Path) -> None:
    """Network, hierarchy and metadata survive; arrays come read-only and the metric is the same."""
    found = open_region(saved)
    for item in fields(RoadNetwork):
        before, after = getattr(region.network, item.name), getattr(found.network, item.name)
        assert before == after if item.name == "strings" else np.array_equal(before, after), item.name
    for item in fields(SearchGraph):
        assert np.array_equal(getattr(region.search_graph, item.name), getattr(found.search_graph, item.name)), (
            item.name
        )
    assert found.metadata == region.metadata
    assert not found.network.node_lon.flags.writeable
    assert np.array_equal(found.metric.times, region.metric.times)


def test_a_file_without_levels_opens(region: Region, saved: Path, tmp_path: Path) -> None:
    """Files from before levels, and of networks without any, lack the array; with levels the version is another."""
    assert b"network.arc_layer" not in saved.read_bytes()
    assert open_region(saved).network.arc_layer.size == 0
    assert content_version(region.network, region.search_graph, "Europe/Berlin") == region.metadata.version
    levels = np.arange(region.network.arc_count, dtype=np.int8) % 3 - 1
    layered = replace(region, network=replace(region.network, arc_layer=levels))
    found = open_region(save_region(layered, tmp_path / "layered.towline-region"))
    assert np.array_equal(found.network.arc_layer, levels)
    assert content_version(layered.network, layered.search_graph, "Europe/Berlin") != region.metadata.version


def test_saving_leaves_no_other_file_and_replaces_at_once(region: Region, saved: Path) -> None:
    """Beside the region nothing remains, and an open region survives that its file is replaced."""
    opened = open_region(saved)
    before = opened.network.node_lon.copy()
    save_region(region, saved)
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    assert np.array_equal(opened.network.node_lon, before)


def test_a_file_cut_anywhere_is_refused(saved: Path, tmp_path: Path) -> None:
    """Cut at any length the file gives a damage error, never a region."""
    content, seed = saved.read_bytes(), 11
    path = tmp_path / "cut.towline-region"
    lengths = np.random.default_rng(seed).integers(0, len(content), 150)
    for length in [*range(70), len(content) - 1, *lengths.tolist()]:
        path.write_bytes(content[:length])
        with pytest.raises(DAMAGE):
            open_region(path)


def test_any_flipped_bit_is_noticed(saved: Path, tmp_path: Path) -> None:
    """A single changed bit, in the header, the manifest, an array or the padding, gives a damage error."""
    content, seed = bytearray(saved.read_bytes()), 12
    path = tmp_path / "flipped.towline-region"
    rng = np.random.default_rng(seed)
    for place in [*range(64), *rng.integers(0, len(content), 250).tolist()]:
        bit = 1 << int(rng.integers(8))
        content[place] ^= bit
        path.write_bytes(content)
        with pytest.raises(DAMAGE):
            open_region(path)
        content[place] ^= bit


def test_bytes_after_the_end_are_refused(saved: Path, tmp_path: Path) -> None:
    """A file with something appended is damaged too."""
    path = tmp_path / "long.towline-region"
    path.write_bytes(saved.read_bytes() + b"x")
    with pytest.raises(TruncatedFileError):
        open_region(path)


@pytest.mark.parametrize(("written", "age"), [(0, "older"), (99, "newer")])
def test_another_format_version_says_which_and_what_to_do(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int, age: str
) -> None:
    """A file of an older or a newer format names both versions and the command that builds it again."""
    monkeypatch.setattr(store, "FORMAT_VERSION", written)
    path = save_region(region, tmp_path / "other.towline-region")
    monkeypatch.undo()
    with pytest.raises(RegionVersionError, match=f"{age} version.*towline region build"):
        open_region(path)


def test_what_is_no_region_says_so(tmp_path: Path) -> None:
    """A missing file, a folder, an empty file and somebody else's file each give their own error."""
    (tmp_path / "empty").touch()
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(RegionNotFoundError, match="towline region build"):
        open_region(tmp_path / "absent")
    with pytest.raises(ForeignFileError, match="folder"):
        open_region(tmp_path)
    with pytest.raises(TruncatedFileError, match="empty"):
        open_region(tmp_path / "empty")
    with pytest.raises(ForeignFileError, match="not a Towline region"):
        open_region(tmp_path / "photo.png")


def test_a_place_that_cannot_be_written_says_so(region: Region, tmp_path: Path) -> None:
    """Saving below a file instead of a folder is refused with advice."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(RegionFileError, match="folder you may write to"):
        save_region(region, tmp_path / "file" / "town.towline-region")
