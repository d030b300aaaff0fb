"""Routes in other programs' shapes, read back."""

from __future__ import annotations

import json

import numpy as np
import polyline
import pytest

from graphs.position import Positions
from graphs.region import Region
from graphs.routes import Route, find_route
from graphs.routes.formats import encoded, feature, osrm_nearest, osrm_route, osrm_table
from graphs.search import INF


def _stops(region: Region) -> Positions:
    lon, lat = np.array([-71.2489, -71.2585, -71.339]), np.array([-29.9027, -29.9165, -29.964])
    return region.snapper.snap(lon, lat)


@pytest.fixture(scope="module")
def legs(coquimbo: Region) -> list[Route]:
    stops = _stops(coquimbo)
    return [find_route(coquimbo, coquimbo.metric, stops.take([i]), stops.take([i + 1])) for i in (0, 1)]


def test_polyline_reads_back(legs: list[Route]) -> None:
    """Decoding the encoded line gives the route's points, to the precision asked for."""
    for precision in (5, 6):
        points = polyline.decode(encoded(legs[0], precision), precision, geojson=True)
        assert np.abs(np.array(points) - legs[0].lonlat).max() <= 0.5 * 10**-precision + 1e-9


def test_feature_adds_up(legs: list[Route]) -> None:
    """The GeoJSON feature is JSON, and its roads and classes add up to its distance."""
    found = json.loads(json.dumps(feature(legs[0])))
    properties = found["properties"]
    assert found["geometry"]["coordinates"] == legs[0].lonlat.tolist()
    assert sum(r["distance_m"] for r in properties["roads"]) == pytest.approx(properties["distance_m"], abs=2)
    assert sum(c["distance_m"] for c in properties["by_class"].values()) == pytest.approx(
        properties["distance_m"], abs=2
    )


def test_osrm_route_has_a_leg_between_stops(coquimbo: Region, legs: list[Route]) -> None:
    """Three stops give two legs whose distances and durations add up to the route's."""
    for kind in ("polyline", "polyline6", "geojson"):
        answer = json.loads(json.dumps(osrm_route(coquimbo.network, _stops(coquimbo), legs, kind)))
        (route,) = answer["routes"]
        assert (answer["code"], len(answer["waypoints"]), len(route["legs"])) == ("Ok", 3, 2)
        assert route["duration"] == pytest.approx(sum(leg["duration"] for leg in route["legs"]))
        assert route["distance"] == pytest.approx(sum(leg.length_m for leg in legs), abs=0.2)


def test_osrm_table_and_nearest(coquimbo: Region) -> None:
    """Unreachable pairs are null, others seconds; waypoints carry the place on the road and its distance."""
    stops = _stops(coquimbo)
    table = osrm_table(coquimbo.network, stops.take([0]), stops, np.array([[0, 61_260, INF]], np.int32))
    assert table["durations"] == [[0.0, 61.3, None]]
    assert (len(table["sources"]), len(table["destinations"])) == (1, 3)
    nearest = osrm_nearest(coquimbo.network, stops)["waypoints"]
    assert nearest[0]["location"] == [round(stops.lon[0], 6), round(stops.lat[0], 6)]
    assert all(point["distance"] >= 0 for point in nearest)
