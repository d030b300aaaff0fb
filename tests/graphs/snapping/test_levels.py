"""Stacked roads: the level says which one, and without it the answer is a question."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.region import Region, build_region
from graphs.snapping.query import LocationQuery
from graphs.sources.osm_file import read_osm
from graphs.store import open_region, save_region
from tests.graphs.sources.osm_xml import write_osm

STREET, SURFACE, EASTWARD, WESTWARD, BRIDGE, TUNNEL, UPPER = 10, 20, 30, 31, 40, 50, 60
#: A Chinese city: an elevated expressway right over a divided street, crossed by a bridge and by a tunnel under both.
PLACES = {
    1: (117.000, 36.6500), 2: (117.010, 36.6500), 3: (117.020, 36.6500),
    4: (117.000, 36.6502), 5: (117.010, 36.6502), 6: (117.020, 36.6502),
    21: (117.000, 36.6500), 22: (117.020, 36.6500), 24: (117.000, 36.6502), 26: (117.020, 36.6502),
    7: (117.005, 36.6550), 8: (117.005, 36.6450), 9: (117.015, 36.6550), 11: (117.015, 36.6450),
}  # fmt: skip
ONE_WAY = {"oneway": "yes"}
WAYS = [
    (SURFACE, [1, 2, 3], {"highway": "primary", **ONE_WAY}),
    (SURFACE + 1, [6, 5, 4], {"highway": "primary", **ONE_WAY}),
    (EASTWARD, [21, 22], {"highway": "motorway", "bridge": "yes", "layer": "1", **ONE_WAY}),
    (WESTWARD, [26, 24], {"highway": "motorway", "bridge": "viaduct", **ONE_WAY}),  # a layer nobody mapped
    (BRIDGE, [7, 8], {"highway": "secondary", "bridge": "yes", "layer": "2"}),
    (TUNNEL, [9, 11], {"highway": "secondary", "tunnel": "yes"}),
    *((STREET + i, ends, {"highway": "residential"}) for i, ends in enumerate(
        ([1, 4], [3, 6], [1, 21], [4, 24], [3, 22], [6, 26], [1, 7], [8, 1], [3, 9], [11, 3], [2, 5]))),
]  # fmt: skip


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    folder = tmp_path_factory.mktemp("stacked")
    built = build_region(read_osm(write_osm(folder / "city.osm", PLACES, WAYS)), name="city", timezone="Asia/Shanghai")
    return open_region(save_region(built, folder / "city.towline-region"))


def ways(region: Region, arcs: np.ndarray) -> set[int]:
    return set(region.network.arc_way[arcs].tolist())


def test_layers_are_kept_with_their_arcs(region: Region) -> None:
    """Through import, build and file: as stated, or what a bridge and a tunnel are without one."""
    levels = {int(way): int(level) for way, level in zip(region.network.arc_way, region.network.arc_layer, strict=True)}
    assert {way: levels[way] for way in (SURFACE, EASTWARD, WESTWARD, BRIDGE, TUNNEL)} == {
        SURFACE: 0, EASTWARD: 1, WESTWARD: 1, BRIDGE: 2, TUNNEL: -1,
    }  # fmt: skip


def test_expressway_over_the_street(region: Region) -> None:
    """The same place and heading: up on the viaduct or down on the street by its level, a question without one."""
    level = [-128, 0, 1]
    found = region.snapper.locate(LocationQuery([117.0033] * 3, [36.65] * 3, heading=90.0, level=level))
    assert found.ambiguous.tolist() == [True, False, False]
    assert ways(region, found.positions.arc[1:2]) == {SURFACE}
    assert ways(region, found.positions.arc[2:]) == {EASTWARD}
    assert found.level.tolist()[1:] == [0, 1]
    for i in range(3):
        both = {int(found.level[i]), *found.rivals(i).level.tolist()}
        assert {0, 1} <= both, "the other one is told, with its level"


def test_without_a_heading_the_level_leaves_the_carriageway_open(region: Region) -> None:
    """A level is no direction: the rival is the opposite carriageway of the same level."""
    found = region.snapper.locate(LocationQuery([117.0033], [36.6501], level=1))
    assert found.level[0] == 1
    assert found.ambiguous[0]
    assert found.rivals(0).opposite
    assert found.rivals(0).level[0] == 1


@pytest.mark.parametrize(("lon", "over", "under", "way"), [(117.005, 2, 1, BRIDGE), (117.015, 1, -1, TUNNEL)])
def test_bridge_over_and_tunnel_under(region: Region, lon: float, over: int, under: int, way: int) -> None:
    """Where they cross, each level gives its own road; both carriageways lie between bridge and tunnel."""
    found = region.snapper.locate(LocationQuery([lon] * 2, [36.65] * 2, level=[over, under], accuracy_m=4.0))
    assert found.level.tolist() == [over, under]
    assert way in ways(region, found.positions.arc)
    ground = region.snapper.locate(LocationQuery([lon], [36.65], level=0, accuracy_m=4.0))
    assert ways(region, ground.positions.arc) == {SURFACE}


def test_another_level_above_the_ground_is_nearer_than_the_ground(region: Region) -> None:
    """Levels are counted anew at every crossing: whoever says 3 is on the viaduct rather than on the street."""
    found = region.snapper.locate(LocationQuery([117.0033] * 2, [36.65] * 2, heading=90.0, level=[3, -2]))
    assert found.level.tolist() == [1, 0]


@pytest.mark.parametrize("level", [0.5, 11, -11, 1e9, np.inf])
def test_what_is_no_level_is_refused(region: Region, level: float) -> None:
    """One location only; NaN is a level nobody knows."""
    found = region.snapper.locate(LocationQuery([117.0033] * 2, [36.65] * 2, level=[np.nan, level]))
    assert {i: error.reason for i, error in found.errors.items()} == {1: "INVALID_INPUT"}
    assert found.accepted.tolist() == [True, False]
