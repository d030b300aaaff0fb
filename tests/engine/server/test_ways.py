"""Routes and isochrones over the wire."""

from __future__ import annotations

from datetime import timedelta

import h3.api.basic_str as h3
import polyline
import pytest
from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import eta_service_pb2 as pb

from engine.dispatch import Dispatcher
from tests.engine.server.wire import LAT, LON, REGION, Client, failure, place

FAR = place(-71.339, -29.964)
STOPS = [place(LON, LAT), place(LON - 0.01, LAT - 0.01), FAR]


def test_route_is_the_librarys(client: Client, dispatcher: Dispatcher) -> None:
    """A leg between each two stops, with the library's time, length, line and roads."""
    answer = client.eta.Route(pb.RouteRequest(region=REGION, stops=STOPS))
    wanted = dispatcher.routes([s.lon for s in STOPS], [s.lat for s in STOPS])
    assert [leg.duration.ToTimedelta() for leg in answer.legs] == [
        timedelta(milliseconds=r.duration_ms) for r in wanted
    ]
    assert answer.duration.ToTimedelta() == sum((leg.duration.ToTimedelta() for leg in answer.legs), timedelta())
    assert answer.distance_m == pytest.approx(sum(r.length_m for r in wanted))
    line = polyline.decode(answer.legs[1].polyline6, 6, geojson=True)
    assert line[0] == pytest.approx(wanted[1].lonlat[0], abs=1e-6)
    assert [s.road for s in answer.legs[1].stretches] == [s.road for s in wanted[1].stretches]


def test_isochrone_grows_with_its_limit(client: Client) -> None:
    """Cells and times of both directions; a longer limit reaches more; every time is within the limit."""
    found = {}
    for minutes in (3, 6):
        for toward in (False, True):
            request = pb.IsochroneRequest(
                region=REGION, place=STOPS[0], limit=Duration(seconds=60 * minutes), resolution=8, toward=toward
            )
            cells = {c.cell: c.time.ToTimedelta() for c in client.eta.Isochrone(request).cells}
            found[minutes, toward] = cells
            assert max(cells.values()) <= timedelta(minutes=minutes)
            assert all(h3.get_resolution(cell) == 8 for cell in cells)
    assert set(found[3, False]) < set(found[6, False])
    assert set(found[3, True]) < set(found[6, True])


def test_mistakes_name_their_field(client: Client) -> None:
    """One stop, too many, one off the map, swapped; no place, no limit, endless limit, senseless resolution."""

    def route(*stops: object) -> tuple[str, list[str]]:
        fault = failure(lambda: client.eta.Route(pb.RouteRequest(region=REGION, stops=stops)))  # ty: ignore[invalid-argument-type]  # locations
        return fault.reason, fault.fields

    def reach(**fields: object) -> tuple[str, list[str]]:
        request = pb.IsochroneRequest(**{"region": REGION, "place": STOPS[0], "limit": Duration(seconds=60)} | fields)  # ty: ignore[invalid-argument-type]  # as named
        fault = failure(lambda: client.eta.Isochrone(request))
        return fault.reason, fault.fields

    assert route(STOPS[0])[1] == ["stops"]
    alone = failure(lambda: client.eta.Route(pb.RouteRequest(region=REGION, stops=STOPS[:1])))
    assert (alone.reason, "give at least 2" in alone.message) == ("REQUIRED_FIELD", True)
    unset = failure(lambda: client.eta.Route(pb.RouteRequest(region=REGION, stops=[STOPS[0], {}])))
    assert (unset.fields, "set longitude and latitude" in unset.message) == (["stops[1]"], True)
    assert route(*STOPS * 50)[0] == "REQUEST_TOO_LARGE"
    assert route(STOPS[0], place(-75.0, -29.9)) == ("LOCATION_OUTSIDE_REGION", ["stops[1]"])
    assert route(STOPS[0], place(LAT, LON)) == ("INVALID_COORDINATES", ["stops[1]"])
    assert reach(place=None)[1] == ["place"]
    assert reach(limit=None)[1] == ["limit"]
    assert reach(limit=Duration(seconds=90_000))[1] == ["limit"]
    assert reach(resolution=15)[1] == ["resolution"]
    assert reach(place=place(0.0, 0.0)) == ("LOCATION_OUTSIDE_REGION", ["place"])
