"""Nobody is put where no trip can start and end while a usable road is near, and what was passed over is told."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.network import ACCESS_CUT_OFF, ACCESS_ZONE
from graphs.region import Region, build_region
from graphs.snapping.located import PassedOver
from graphs.snapping.query import LocationQuery
from graphs.sources.osm_file import read_osm
from tests.graphs.rules.test_restrictions import turn
from tests.graphs.sources.osm_xml import write_osm

FERRY, QUAY, SHORE = 50, 10, 11
#: Two shores, 1-2 and 3-4, with a ferry of 2.2 km from 2 to 3, and a bridge far off.
PLACES = {1: (8.00, 49.00), 2: (8.01, 49.00), 3: (8.04, 49.00), 4: (8.05, 49.00), 5: (8.025, 49.05)}
WAYS = [
    (QUAY, [1, 2], {"highway": "residential"}),
    (SHORE, [3, 4], {"highway": "residential"}),
    (FERRY, [2, 3], {"route": "ferry", "motor_vehicle": "yes"}),
    (12, [1, 5], {"highway": "primary"}),
    (13, [5, 4], {"highway": "primary"}),
]


@pytest.fixture(scope="module")
def strait(tmp_path_factory: pytest.TempPathFactory) -> Region:
    path = write_osm(tmp_path_factory.mktemp("strait") / "strait.osm", PLACES, WAYS)
    return build_region(read_osm(path), name="strait", timezone="Europe/Berlin")


def test_at_the_quay_it_is_the_road(strait: Region) -> None:
    """60 m out on the jetty a ferry is nearer: the road is given, and that a ferry was passed over."""
    lon, lat = [8.0108, 8.0095], [49.0, 49.0]
    located, snapped = strait.snapper.locate(LocationQuery(lon, lat)), strait.snapper.snap_each(lon, lat)
    for found in (located, snapped):
        assert strait.network.arc_way[found.positions.arc].tolist() == [QUAY, QUAY]
        assert found.passed_over.tolist() == [PassedOver.FERRY, PassedOver.NOTHING]
    assert located.positions.distance_m[0] == pytest.approx(58.4, abs=1.0)


def test_at_sea_it_is_the_ferry(strait: Region) -> None:
    """Between the shores there is no road: a ferry carries the unit, openly, in either direction by its heading."""
    lon, lat = [8.025, 8.025, 8.001], [49.0001] * 3
    found = strait.snapper.locate(LocationQuery(lon, lat, heading=[90.0, 270.0, 90.0]))
    assert strait.network.arc_way[found.positions.arc].tolist() == [FERRY, FERRY, QUAY]
    assert found.positions.arc[0] == strait.network.arc_twin[found.positions.arc[1]]
    assert not found.passed_over.any()
    assert strait.network.arc_way[strait.snapper.snap(lon, lat).arc].tolist() == [FERRY, FERRY, QUAY]


def test_a_poor_fix_near_the_shore_is_ashore(strait: Region) -> None:
    """290 m out is at sea with a good fix; a radius of 200 m may as well be a car on the quay."""
    found = strait.snapper.locate(LocationQuery([8.014] * 2, [49.0] * 2, accuracy_m=[10.0, 200.0]))
    assert strait.network.arc_way[found.positions.arc].tolist() == [FERRY, QUAY]
    assert found.passed_over.tolist() == [PassedOver.NOTHING, PassedOver.FERRY]


def test_rivals_of_mixed_places_stay_with_their_locations(strait: Region) -> None:
    """Locations at sea and ashore in any order: each has the answer it has alone."""
    rng = np.random.default_rng(seed := 5)
    lon, lat = rng.uniform(8.0, 8.05, 60), rng.uniform(48.999, 49.001, 60)
    query = LocationQuery(lon, lat, accuracy_m=150.0)
    found = strait.snapper.locate(query)
    for i in range(60):
        alone = strait.snapper.locate(LocationQuery(lon[i : i + 1], lat[i : i + 1], accuracy_m=150.0))
        assert alone.positions.arc[0] == found.positions.arc[i], (seed, i)
        assert alone.rivals(0).positions.arc.tolist() == found.rivals(i).positions.arc.tolist(), (seed, i)
        assert alone.confidence[0] == found.confidence[i], (seed, i)


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A ring 1-2-3-4 with a one-way street 1-3 across it that a restriction lets nobody enter, and a private yard."""
    places = {1: (8.00, 49.00), 2: (8.01, 49.00), 3: (8.01, 49.01), 4: (8.00, 49.01), 6: (7.99, 49.00)}
    ring = {"highway": "residential", "oneway": "yes"}
    ways = [
        (12, [1, 2], ring), (23, [2, 3], ring), (34, [3, 4], ring), (41, [4, 1], ring),
        (13, [1, 3], ring), (60, [1, 6], {"highway": "service", "access": "private"}),
    ]  # fmt: skip
    rules = [(turn(start, 1, 13), {"type": "restriction", "restriction": "no_left_turn"}) for start in (41, 60)]
    path = write_osm(tmp_path_factory.mktemp("trap") / "trap.osm", places, ways, relations=rules)
    return build_region(read_osm(path), name="trap", timezone="Europe/Berlin")


def test_cut_off_streets_are_marked(trap: Region) -> None:
    """The network says which; a private yard is a zone, not cut off."""
    network = trap.network
    assert network.arc_way[(network.arc_access & ACCESS_CUT_OFF) > 0].tolist() == [13]
    assert set(network.arc_way[(network.arc_access & ACCESS_ZONE) > 0].tolist()) == {60}


def test_nobody_is_put_on_a_cut_off_street(trap: Region) -> None:
    """Right on it, the nearest road that trips reach is given, and that a nearer one was passed over."""
    lon, lat = [8.0004, 7.995], [49.0004, 49.0]
    located, snapped = trap.snapper.locate(LocationQuery(lon, lat, heading=45.0)), trap.snapper.snap_each(lon, lat)
    for found in (located, snapped):
        assert 13 not in trap.network.arc_way[found.positions.arc]
        assert found.passed_over.tolist() == [PassedOver.CUT_OFF, PassedOver.NOTHING]
    assert trap.network.arc_way[located.positions.arc[1]] == 60, "private roads are fine at the end of a trip"
    assert 13 not in trap.network.arc_way[located.rivals(0).positions.arc]


def test_far_from_any_other_road_it_is_refused(trap: Region) -> None:
    """The distance is that to the nearest road trips reach, and the message says what is wrong with the nearer one."""
    found = trap.snapper.locate(LocationQuery([8.005], [49.005]), 200.0)
    assert found.errors[0].reason == "LOCATION_OUTSIDE_REGION"
    assert float(found.errors[0].metadata["distance_m"]) > 300.0
    assert "cut off" in found.errors[0].message
