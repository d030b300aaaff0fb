"""Turning round in the middle of a street costs the U-turn of the region where it is known which way a unit faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graphs.position import INF, Positions
from graphs.region import Region, build_region
from graphs.routes import find_route, isochrone
from graphs.snapping.query import LocationQuery
from graphs.sources.osm_file import read_osm
from graphs.speeds import STANDARD_TURN, load_profile
from graphs.travel import travel_matrix
from tests.graphs.sources.osm_xml import write_osm
from tests.graphs.towns import town

U_TURN_MS = 20_000


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """One street of 2 km from west to east, with a side street at each end."""
    places = {1: (0.0, 0.0), 2: (0.018, 0.0), 3: (0.0, 0.005), 4: (0.018, 0.005)}
    ways = [(n, nodes, {"highway": "residential"}) for n, nodes in ((10, [1, 2]), (11, [1, 3]), (12, [2, 4]))]
    source = read_osm(write_osm(tmp_path_factory.mktemp("osm") / "street.osm", places, ways))
    return build_region(source, name="street", timezone="UTC", profile=load_profile().turning(True))


def ms(region: Region, origin: Positions, target: Positions) -> int:
    times = travel_matrix(region.network, region.metric, origin, target, graph=region.search_graph)
    return int(times[0, 0])


def at(region: Region, lon: float, heading: float = np.nan) -> Positions:
    return region.snapper.locate(LocationQuery([lon], [0.0], heading=heading)).starts


@pytest.mark.parametrize("target", [0.015, 0.003])
def test_who_faces_the_other_way_turns_round_first(street: Region, target: float) -> None:
    """On the same street; without a heading, and with one the right way, nothing is added."""
    there = at(street, target)
    east = target > 0.009
    plain, right, wrong = (
        ms(street, at(street, 0.009, h), there) for h in (np.nan, 90 if east else 270, 270 if east else 90)
    )
    assert plain == right
    assert wrong == plain + U_TURN_MS


def test_beyond_the_end_of_the_street_as_well(street: Region) -> None:
    """Also where the way leads over a junction; a heading across the street tells nothing."""
    there = street.snapper.snap([0.018], [0.004])
    plain, ahead, back, across = (ms(street, at(street, 0.009, h), there) for h in (np.nan, 90, 270, 0))
    assert plain == ahead == across
    assert back == plain + U_TURN_MS


def test_the_route_tells_the_same(street: Region) -> None:
    """Its time is the matrix's, and its first road has the time of turning."""
    for lon, lat in ((0.003, 0.0), (0.015, 0.0), (0.0, 0.004), (0.018, 0.004)):
        there = street.snapper.snap([lon], [lat])
        for heading in (90, 270, np.nan):
            here = at(street, 0.009, heading)
            route = find_route(street, street.metric, here, there)
            assert route.duration_ms == ms(street, here, there)
            assert abs(int(route.durations_ms.sum()) - route.duration_ms) <= 2


def test_an_isochrone_reaches_less_behind(street: Region) -> None:
    """In 25 s nobody who faces east is far to the west."""
    facing, anyhow = (
        isochrone(street, street.metric, at(street, 0.009, h), 25_000, resolution=11) for h in (90.0, np.nan)
    )
    assert set(facing.cell.tolist()) < set(anyhow.cell.tolist())


def test_a_region_without_turns_charges_nothing(coquimbo: Region) -> None:
    """There a U-turn at a junction is free, too."""
    lon, lat = coquimbo.network.node_lon[:50], coquimbo.network.node_lat[:50]
    assert coquimbo.snapper.locate(LocationQuery(lon, lat, heading=10.0)).starts.turn_back_ms is None


@pytest.mark.parametrize("seed", range(4))
def test_times_are_those_of_either_end_with_the_cost_on_the_one_behind(seed: int) -> None:
    """Random towns with turns: the least of facing ahead only, and of facing back only plus the cost."""
    region = build_region(town(seed), name="town", timezone="UTC", profile=replace(load_profile(), turn=STANDARD_TURN))
    network, rng = region.network, np.random.default_rng(seed)
    arcs = rng.choice(np.flatnonzero(network.arc_twin >= 0), 60).astype(np.int32)
    share, nothing = rng.random(60), np.zeros(60)
    cost = rng.choice([0, 5_000, U_TURN_MS, INF], 60).astype(np.int32)
    plain = Positions(arcs, share, nothing, nothing, nothing)
    turned = Positions(network.arc_twin[arcs], 1.0 - share, nothing, nothing, nothing)

    def times(origins: Positions) -> np.ndarray:
        return travel_matrix(network, region.metric, origins, plain, graph=region.search_graph).astype(np.int64)

    dear = np.full(60, INF, np.int32)
    ahead, back = times(replace(plain, turn_back_ms=dear)), times(replace(turned, turn_back_ms=dear))
    expected = np.minimum(ahead, np.minimum(back + cost[:, None], INF))
    found = times(replace(plain, turn_back_ms=cost))
    assert np.array_equal(found, expected), seed
    assert np.array_equal(times(plain), np.minimum(ahead, back)), seed


def test_some_and_all_positions_keep_the_cost() -> None:
    """Taken and put together again."""
    nothing = np.zeros(3)
    plain = Positions(np.arange(3, dtype=np.int32), nothing, nothing, nothing, nothing)
    costly = replace(plain, turn_back_ms=np.array([1, 2, 3], np.int32))
    both = Positions.concatenate([plain, costly.take([2, 0])])
    assert both.turn_back_ms is not None
    assert both.turn_back_ms.tolist() == [0, 0, 0, 3, 1]
    assert Positions.concatenate([plain, plain]).turn_back_ms is None
