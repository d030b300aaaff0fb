"""OSRM's requests and answers, by call and over a real socket."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import polyline
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from engine.dispatch import Dispatcher
from engine.osrm import OsrmServer, answer
from engine.osrm.query import OsrmQueryError, parse_query
from graphs.metrics import Arcs, MetricStore, TrafficEntry, TrafficUpdate
from graphs.region import Region

PLACES = "-71.2489,-29.9027;-71.2585,-29.9165;-71.339,-29.964"


@pytest.fixture(scope="module")
def dispatcher(coquimbo: Region) -> Dispatcher:
    return Dispatcher(coquimbo)


def test_table_is_the_matrix(dispatcher: Dispatcher) -> None:
    """Seconds of the matrix between chosen sources and destinations."""
    status, body = answer(dispatcher, f"/table/v1/driving/{PLACES}?sources=0&destinations=1;2&annotations=duration")
    lon, lat = [-71.2489, -71.2585, -71.339], [-29.9027, -29.9165, -29.964]
    wanted = dispatcher.matrix(lon[:1], lat[:1], lon[1:], lat[1:]) / 1000
    assert (status, body["code"], len(body["sources"]), len(body["destinations"])) == (200, "Ok", 1, 2)
    np.testing.assert_allclose(body["durations"], wanted, atol=0.051)


def _line(geometry: Any, kind: str) -> list[list[float]]:
    if kind == "geojson":
        return geometry["coordinates"]
    return [list(point) for point in polyline.decode(geometry, 6 if kind == "polyline6" else 5, geojson=True)]


def test_route_agrees_with_the_table(dispatcher: Dispatcher) -> None:
    """A route's legs take what the table says, in every geometry."""
    table = answer(dispatcher, f"/table/v1/driving/{PLACES}")[1]["durations"]
    for kind in ("polyline", "polyline6", "geojson"):
        status, body = answer(dispatcher, f"/route/v1/car/{PLACES}.json?geometries={kind}&overview=full")
        legs = body["routes"][0]["legs"]
        assert status == 200
        assert [leg["duration"] for leg in legs] == pytest.approx([table[0][1], table[1][2]], abs=0.1)
        thin = answer(dispatcher, f"/route/v1/car/{PLACES}?geometries={kind}&overview=simplified")[1]["routes"][0]
        whole, few = (_line(found["geometry"], kind) for found in (body["routes"][0], thin))
        assert len(few) < len(whole) / 2
        assert [few[0], few[-1]] == [pytest.approx(whole[0], abs=2e-5), pytest.approx(whole[-1], abs=2e-5)]
        assert shapely.hausdorff_distance(shapely.LineString(whole), shapely.LineString(few)) < 2e-4
    assert "geometry" not in answer(dispatcher, f"/route/v1/car/{PLACES}?overview=false")[1]["routes"][0]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/", "InvalidUrl"),
        ("/match/v1/car/0,0", "InvalidService"),
        ("/table/v2/car/0,0", "InvalidVersion"),
        ("/table/v1/car/here;there", "InvalidQuery"),
        ("/table/v1/car/1,2,3", "InvalidQuery"),
        ("/table/v1/car/nan,-29.9", "InvalidQuery"),
        ("/table/v1/car/-29.9027,-71.2489", "InvalidQuery"),
        ("/nearest/v1/car/0,0", "NoSegment"),
        (f"/nearest/v1/car/{PLACES}", "InvalidOptions"),
        (f"/table/v1/car/{PLACES}?sources=9", "InvalidValue"),
        (f"/table/v1/car/{PLACES}?annotations=distance", "InvalidValue"),
        (f"/route/v1/car/{PLACES}?steps=true", "InvalidValue"),
        (f"/route/v1/car/{PLACES}?bearings=90,20;;", "InvalidOptions"),
        (f"/route/v1/car/{PLACES}?continue_straight=true", "InvalidValue"),
        (f"/route/v1/car/{PLACES}?alternatives=some", "InvalidValue"),
        (f"/table/v1/car/{PLACES}?alternatives=true", "InvalidOptions"),
        (f"/route/v1/car/{PLACES}?skip_waypoints=maybe", "InvalidValue"),
        ("/route/v1/car/-71.2489,-29.9027", "InvalidOptions"),
    ],
)
def test_mistakes_have_osrms_codes(dispatcher: Dispatcher, path: str, code: str) -> None:
    """Each wrong request is a 400 with a code and words; what cannot be honoured is refused, not ignored."""
    status, body = answer(dispatcher, path)
    assert (status, body["code"]) == (400, code), body
    assert body["message"]


def test_snapped_places_are_left_out_when_asked(dispatcher: Dispatcher) -> None:
    """`skip_waypoints` takes the places out of routes and tables; alternatives may be asked for and are not found."""
    plain = answer(dispatcher, f"/route/v1/car/{PLACES}")[1]
    short = answer(dispatcher, f"/route/v1/car/{PLACES}?skip_waypoints=true&alternatives=3&continue_straight=default")[
        1
    ]
    assert short == {key: value for key, value in plain.items() if key != "waypoints"}
    assert len(short["routes"]) == 1
    table = answer(dispatcher, f"/table/v1/car/{PLACES}?skip_waypoints=true")[1]
    assert not {"sources", "destinations"} & table.keys()
    assert table["durations"]


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused(text: str) -> None:
    """No text makes the parser fail in any other way than its own error."""
    for path in (text, f"/table/v1/car/{text}", f"/route/v1/car/1,2;3,4?{text}"):
        with suppress(OsrmQueryError):
            parse_query(path)


def test_over_http(dispatcher: Dispatcher) -> None:
    """Forty requests from eight clients at once over a real socket, right and wrong ones."""
    server = OsrmServer(dispatcher).start()

    def ask(number: int) -> str:
        path = "nearest/v1/car/-71.2489,-29.9027" if number % 2 else "nearest/v1/car/0,0"
        try:
            with urlopen(f"http://127.0.0.1:{server.port}/{path}", timeout=20) as reply:
                return json.load(reply)["code"]
        except HTTPError as error:
            return json.load(error)["code"]

    try:
        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(ask, range(40)))
    finally:
        server.stop()
    assert codes == ["NoSegment", "Ok"] * 20


def test_what_is_no_get_is_told_in_json(dispatcher: Dispatcher) -> None:
    """POST is answered with an error's status and OSRM's shape of errors."""
    server = OsrmServer(dispatcher).start()
    try:
        with pytest.raises(HTTPError) as caught:
            urlopen(Request(f"http://127.0.0.1:{server.port}/table/v1/car/{PLACES}", data=b"{}"), timeout=20)
        assert caught.value.code == 501
        assert json.load(caught.value)["code"] == "InvalidUrl"
    finally:
        server.stop()


def test_requests_depart_when_they_come(coquimbo: Region) -> None:
    """With live traffic behind it: what takes effect in an hour is in the answer in an hour."""
    store = MetricStore(coquimbo)
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    everything = Arcs(np.arange(coquimbo.network.arc_count))
    flood = TrafficEntry("flood", everything, factor=0.5, start=now + timedelta(hours=1))
    store.update(TrafficUpdate([flood]), now)
    clock = [now, now + timedelta(hours=1)]
    server = OsrmServer(Dispatcher(coquimbo, metrics=store), clock=lambda: clock.pop(0)).start()
    try:
        found = []
        for _ in range(2):
            with urlopen(f"http://127.0.0.1:{server.port}/table/v1/car/{PLACES}", timeout=20) as reply:
                found.append(json.load(reply)["durations"][0][1])
    finally:
        server.stop()
    assert found[0] * 1.5 < found[1] < found[0] * 2.1
