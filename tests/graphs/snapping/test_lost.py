"""Roads that a region lacks are known to snapping: nobody is put on them, nobody beside them in silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graphs.network import OPTIONAL_ARRAYS
from graphs.region import Region, build_region
from graphs.snap import Snapper
from graphs.snapping.located import PassedOver
from graphs.snapping.query import LocationQuery
from graphs.sources.osm_file import read_osm
from graphs.store import open_region, save_region
from tests.graphs.sources.osm_xml import write_osm

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
RING, MOTORWAY, YARD = 10, 20, 30
#: A two-way street along 49.000, and 222 m north of it a one-way motorway that comes from nowhere and leads out.
PLACES = {
    1: (8.00, 49.0), 2: (8.02, 49.0), 3: (8.00, 49.002), 4: (8.02, 49.002), 5: (8.03, 49.0), 6: (8.03, 49.003),
}  # fmt: skip
WAYS = [
    (RING, [1, 2, 5], {"highway": "secondary", "name": "Main Street"}),
    (MOTORWAY, [3, 4], {"highway": "motorway", "oneway": "yes", "ref": "A 5"}),
    (YARD, [6, 4], {"highway": "service", "oneway": "yes"}),
]


@pytest.fixture(scope="module")
def border(tmp_path_factory: pytest.TempPathFactory) -> Region:
    path = write_osm(tmp_path_factory.mktemp("border") / "border.osm", PLACES, WAYS)
    return build_region(read_osm(path), name="border", timezone="Europe/Berlin")


def test_lost_roads_are_remembered(border: Region, tmp_path: Path) -> None:
    """The network knows the motorway it lacks, not the yard; a saved region too."""
    for network in (border.network, open_region(save_region(border, tmp_path / "b.towline-region")).network):
        assert [network.strings[ref] for ref in network.lost_ref] == ["A 5"]
        assert network.lost_two_way.tolist() == [False]
        assert network.lost_lonlat[:, 0].tolist() == [80000000, 80200000], "along its arc"
        assert MOTORWAY not in network.arc_way


def test_who_is_on_a_lost_road_is_not_put_elsewhere_in_silence(border: Region) -> None:
    """On the motorway the street 222 m off is given, but hardly believed, ambiguous, and the reason told."""
    query = LocationQuery([8.01] * 3, [49.002, 49.0019, 49.0], accuracy_m=10.0)
    found = border.snapper.locate(query)
    assert set(border.network.arc_way[found.positions.arc]) == {RING}
    assert found.passed_over.tolist() == [PassedOver.NOT_IN_REGION, PassedOver.NOT_IN_REGION, PassedOver.NOTHING]
    assert found.ambiguous.tolist() == [True, True, False]
    assert (found.confidence[:2] < 0.05).all()
    assert found.confidence[2] > 0.95


def test_heading_and_road_are_weighed(border: Region) -> None:
    """Half way, with a poor fix: the motorway counts where heading and road fit it, not where they do not."""
    lon, lat = [8.01] * 4, [49.001] * 4
    query = LocationQuery(lon, lat, accuracy_m=120.0, heading=[90, 270, np.nan, np.nan], road=["", "", "A5", "main"])
    found = border.snapper.locate(query)
    assert found.passed_over.tolist() == [3, 0, 3, 0]
    assert found.ambiguous.tolist() == [True, False, True, False]
    assert (found.confidence[[0, 2]] < found.confidence[[1, 3]]).all()


def test_the_nearest_road_tells_too(border: Region) -> None:
    """`snap_each` tells of a nearer lost road, and a refusal says so."""
    assert border.snapper.snap_each([8.01, 8.01], [49.0019, 49.0005]).passed_over.tolist() == [3, 0]
    errors = border.snapper.locate(LocationQuery([8.01], [49.002]), 100.0).errors
    assert "not part of this region" in errors[0].message


def test_networks_without_lost_roads_answer_as_ever(border: Region) -> None:
    """Older files have none of the arrays: nothing is passed over."""
    network = border.network
    plain = replace(network, **{name: getattr(network, name)[:0] for name in OPTIONAL_ARRAYS})
    found = Snapper(plain).locate(LocationQuery([8.01], [49.002], accuracy_m=10.0))
    assert not found.passed_over.any()


def test_far_from_any_road_nothing_is_sure(border: Region) -> None:
    """A fix of 5 m that is 40, 80, 160 m from the only road: ever less sure, never 0.9."""
    south = 49.0 - np.array([0.0, 40.0, 80.0, 160.0]) / 111_195.0
    sure = border.snapper.locate(LocationQuery([8.01] * 4, south, accuracy_m=5.0)).confidence
    assert sure[0] > 0.95
    assert (np.diff(sure) < 0).all()
    assert sure[1] < 0.2
    assert sure[3] < 0.01


def test_on_the_road_beyond_the_end_of_the_region(tmp_path: Path) -> None:
    """A road that leads out where the region ends is no rival of itself at the junction."""
    places = {1: (8.0, 49.0), 2: (8.01, 49.0), 3: (8.02, 49.0)}
    ways = [(1, [1, 2], {"highway": "primary"}), (2, [2, 3], {"highway": "primary", "oneway": "yes"})]
    path = write_osm(tmp_path / "end.osm", places, ways)
    region = build_region(read_osm(path), name="end", timezone="Europe/Berlin")
    found = region.snapper.locate(LocationQuery([8.0099, 8.01005, 8.0105], [49.0] * 3, accuracy_m=5.0))
    assert found.passed_over.tolist() == [0, 0, 3]


@pytest.mark.nightly
@pytest.mark.skipif(not (DATA / "heidelberg-2024.osm.pbf").exists(), reason="heidelberg-2024.osm.pbf is absent")
def test_the_motorway_that_leaves_heidelberg() -> None:
    """Every point on a dropped motorway is told as such, and almost none on the roads of the region is."""
    region = build_region(read_osm(DATA / "heidelberg-2024.osm.pbf"), name="heidelberg", timezone="Europe/Berlin")
    network, snapper = region.network, region.snapper
    motorway = np.flatnonzero(network.lost_class == 0)
    middle = (network.lost_offset[motorway] + network.lost_offset[motorway + 1]) // 2
    lon, lat = (network.lost_lonlat[middle] / 1e7).T
    found = snapper.locate(LocationQuery(lon, lat, accuracy_m=10.0), 5000.0)
    assert motorway.size > 10
    assert (found.passed_over == PassedOver.NOT_IN_REGION).mean() > 0.9
    assert found.ambiguous[found.passed_over == PassedOver.NOT_IN_REGION].all()
    rng = np.random.default_rng(seed := 7)
    arcs = rng.choice(network.arc_count, 3000)
    on = np.array([network.shape(arc)[0] * 0.5 + network.shape(arc)[1] * 0.5 for arc in arcs.tolist()])
    bearing = snapper.locate(LocationQuery(on[:, 0], on[:, 1], accuracy_m=5.0))
    share = (bearing.passed_over == PassedOver.NOT_IN_REGION).mean()
    assert share < 0.02, (seed, share)
