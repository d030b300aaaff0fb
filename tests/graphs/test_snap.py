"""Snapping: nearest road, exact distance, typed refusals."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.assemble import assemble
from graphs.errors import CoordinateError, OutsideRegionError
from graphs.geodesy import great_circle_m
from graphs.network import RoadNetwork
from graphs.region import Region
from graphs.snap import Snapper
from graphs.speeds import load_profile
from tests.graphs.towns import town


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return assemble(town(5), load_profile())[0]


def nearest_by_trying(network: RoadNetwork, lon: float, lat: float) -> float:
    """Metres to the nearest of points sampled every few metres on every arc."""
    least = np.inf
    for arc in range(network.arc_count):
        shape = network.shape(arc)
        along = np.linspace(0, 1, 60)[:, None]
        points = np.vstack([shape[i] * (1 - along) + shape[i + 1] * along for i in range(len(shape) - 1)])
        least = min(least, float(great_circle_m(lon, lat, points[:, 0], points[:, 1]).min()))
    return least


def place_of(network: RoadNetwork, arc: int, fraction: float) -> np.ndarray:
    """Longitude and latitude at a fraction of an arc, by walking along it."""
    shape = network.shape(arc)
    legs = great_circle_m(shape[:-1, 0], shape[:-1, 1], shape[1:, 0], shape[1:, 1])
    along = np.concatenate(([0.0], np.cumsum(legs)))
    return np.array([np.interp(fraction * along[-1], along, shape[:, k]) for k in (0, 1)])


def test_the_nearest_road_is_found_with_its_distance(network: RoadNetwork) -> None:
    """Distance equals the least over all roads; arc, fraction and place agree."""
    seed = 8
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(8.599, 8.611, 40), rng.uniform(49.399, 49.4085, 40)
    found = Snapper(network).snap(lon, lat, 5000)
    for i in range(40):
        assert found.distance_m[i] == pytest.approx(nearest_by_trying(network, lon[i], lat[i]), abs=0.5), (seed, i)
        there = place_of(network, int(found.arc[i]), float(found.fraction[i]))
        apart = great_circle_m(there[0], there[1], found.lon[i], found.lat[i])
        assert apart < 0.1, (seed, i)
        exact = great_circle_m(lon[i], lat[i], found.lon[i], found.lat[i])
        assert found.distance_m[i] == pytest.approx(float(exact), abs=1e-6)


def test_each_bad_location_of_a_batch_gets_its_own_error(network: RoadNetwork) -> None:
    """Good rows are snapped; NaN, out of range, swapped and far rows each carry their reason and index."""
    snapper = Snapper(network)
    lon = [8.603, np.nan, 8.603, 49.403, 8.9, 200.0]
    lat = [49.403, 49.4, 120.0, 8.603, 49.9, 10.0]
    found = snapper.snap_each(lon, lat)
    assert found.accepted.tolist() == [True, False, False, False, False, False]
    assert (found.positions.arc[1:] == -1).all()
    kinds = {index: type(error) for index, error in found.errors.items()}
    assert kinds == {
        1: CoordinateError,
        2: CoordinateError,
        3: CoordinateError,
        4: OutsideRegionError,
        5: CoordinateError,
    }
    assert "NaN" in found.errors[1].message
    assert "swapped" in found.errors[2].message
    assert "swapped" in found.errors[3].message
    expected = nearest_by_trying(network, 8.9, 49.9)
    assert float(found.errors[4].metadata["distance_m"]) == pytest.approx(expected, rel=1e-3)
    assert found.errors[4].metadata["index"] == "4"
    assert f"is {expected / 1000:,.1f} km from the nearest road" in found.errors[4].message


def test_the_first_bad_location_is_raised(network: RoadNetwork) -> None:
    """`snap` refuses the whole call with the first error and says the distance."""
    with pytest.raises(OutsideRegionError, match=r"Location 1 .* m from the nearest road"):
        Snapper(network).snap([8.603, 8.7], [49.403, 49.403], 100.0)


def test_of_a_two_way_street_the_arc_along_its_shape_is_given(network: RoadNetwork) -> None:
    """Either direction of a two-way street is reachable: the arc given runs along the shape, its twin against it."""
    arc = int(np.flatnonzero(network.arc_twin >= 0)[0])
    lon, lat = place_of(network, arc, 0.5)
    found = Snapper(network).snap(lon, lat)
    assert network.arc_shape[found.arc[0]] >= 0
    assert arc in (found.arc[0], network.arc_twin[found.arc[0]])


def test_no_locations_are_no_error(network: RoadNetwork) -> None:
    """An empty batch gives an empty answer."""
    assert len(Snapper(network).snap([], [])) == 0


def test_every_node_of_coquimbo_snaps_onto_its_own_roads(coquimbo: Region) -> None:
    """Thousands of junctions of the real region lie within a centimetre or two of a road."""
    network = coquimbo.network
    found = coquimbo.snapper.snap(network.node_lon[::3], network.node_lat[::3])
    assert found.distance_m.max() < 0.05
