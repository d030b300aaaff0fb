"""EtaService.Snap, and locations with all that is known of them in every call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from towline.v1 import dispatch_service_pb2, enums_pb2, fleet_service_pb2, location_pb2
from towline.v1 import eta_service_pb2 as pb

from engine.dispatch import Dispatcher
from engine.server import Server, ServerOptions
from graphs.datum import Datum, from_wgs84
from graphs.snapping.query import LocationQuery
from tests.engine.server.highway import Spot, spots, with_posts
from tests.engine.server.wire import (
    LAT,
    LON,
    NOW,
    REGION,
    Client,
    failure,
    fleet,
    incident,
    place,
    provider,
    stamp,
    unit,
)

SEED = 20261122
NAN, INF = float("nan"), float("inf")


@pytest.fixture(scope="module")
def highway() -> Dispatcher:
    return with_posts()


@pytest.fixture(scope="module")
def road(highway: Dispatcher) -> Iterator[Client]:
    """A client of a server that knows the kilometre posts."""
    server = Server({"coquimbo": highway}, options=ServerOptions(clock=lambda: NOW)).start()
    yield Client(server.port)
    server.stop(grace_s=0)


@pytest.fixture(scope="module")
def carriages(highway: Dispatcher) -> tuple[Spot, Spot]:
    return spots(highway)


def snap(client: Client, *locations: location_pb2.Location, **fields: Any) -> pb.SnapResponse:
    return client.eta.Snap(pb.SnapRequest(region=REGION, locations=locations, **fields))


def post(text: str = "", **fields: Any) -> location_pb2.Location:
    return location_pb2.Location(kilometre_post=location_pb2.KilometrePost(text=text, **fields))


def test_answers_are_the_librarys(client: Client, dispatcher: Dispatcher) -> None:
    """Arc, place, confidence and rivals as `Snapper.locate` has them, with road name, number and class."""
    rng, network = np.random.default_rng(SEED), dispatcher.region.network
    nodes = rng.integers(0, network.node_count, 60)
    lon, lat = network.node_lon[nodes] + rng.normal(0, 2e-4, 60), network.node_lat[nodes] + rng.normal(0, 2e-4, 60)
    answer = snap(client, *[place(float(x), float(y)) for x, y in zip(lon, lat, strict=True)])
    wanted = dispatcher.locate(LocationQuery(lon, lat))
    assert answer.region_version == dispatcher.region.metadata.version
    for i, result in enumerate(answer.results):
        found = result.snapped_location
        assert found.place.arc_index == wanted.positions.arc[i], f"seed {SEED}, location {i}"
        assert found.place.fraction == wanted.positions.fraction[i]
        assert (found.place.lon, found.place.lat) == (wanted.positions.lon[i], wanted.positions.lat[i])
        assert found.confidence == wanted.confidence[i]
        assert found.ambiguous == wanted.ambiguous[i]
        assert [rival.place.arc_index for rival in found.rivals] == wanted.rivals(i).positions.arc.tolist()
        assert found.place.road_name == network.strings[network.arc_name[found.place.arc_index]]
        assert found.place.two_way == (network.arc_twin[found.place.arc_index] >= 0)
        assert not any(rival.HasField("extra_duration") for rival in found.rivals)
    assert any(result.snapped_location.ambiguous for result in answer.results)


def test_a_heading_or_a_word_decides_the_carriageway(road: Client, carriages: tuple[Spot, Spot]) -> None:
    """Without either the place is ambiguous and the opposite carriageway its rival; the number of the road is told."""
    for here, there, word in ((*carriages, "northbound"), (*carriages[::-1], "sur")):
        silent, headed, worded, named = (
            result.snapped_location
            for result in snap(
                road,
                here.message(),
                here.message(heading_deg=here.heading),
                here.message(direction=word),
                here.message(road="ruta 5"),
            ).results
        )
        assert silent.ambiguous
        kinds = {rival.place.arc_index: rival.kind for rival in silent.rivals}
        assert enums_pb2.RIVAL_KIND_OPPOSITE_CARRIAGEWAY in kinds.values()
        for sure in (headed, worded):
            assert (sure.place.arc_index, sure.ambiguous) == (here.arc, False)
        assert abs(headed.place.heading_deg - here.heading) < 1.0
        assert named.road_match in (enums_pb2.ROAD_MATCH_PARTIAL, enums_pb2.ROAD_MATCH_EXACT)
        (other,) = snap(road, here.message(heading_deg=there.heading, accuracy_m=50)).results
        assert other.snapped_location.place.arc_index != here.arc


def test_rivals_can_be_left_out(road: Client, carriages: tuple[Spot, Spot]) -> None:
    """max_rivals bounds the list and leaves the flag alone; a negative one is refused."""
    (few,) = snap(road, carriages[0].message(), max_rivals=0).results
    assert few.snapped_location.ambiguous
    assert not few.snapped_location.rivals
    assert failure(lambda: snap(road, place(), max_rivals=-1)).fields == ["max_rivals"]


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_datums(client: Client, datum: Datum) -> None:
    """Outside China nothing moves; a place there is moved before it is judged, here as far from any road."""
    number = enums_pb2.Datum.Value(f"DATUM_{datum.name}")
    plain, moved = snap(client, place(), location_pb2.Location(lon=LON, lat=LAT, datum=number)).results
    assert plain == moved
    lon, lat = from_wgs84([117.0], [36.65], datum)
    (far,) = snap(client, location_pb2.Location(lon=float(lon[0]), lat=float(lat[0]), datum=number)).results
    assert far.error.reason == "LOCATION_OUTSIDE_REGION"
    assert float(far.error.metadata["lon"]) == pytest.approx(117.0, abs=1e-6)


def test_a_kilometre_is_a_place_on_its_carriageway(road: Client, highway: Dispatcher) -> None:
    """As one text or in parts, with the position the posts give; its heading leaves no doubt of the carriageway."""
    assert highway.posts is not None
    for km, direction in ((465.3, "northbound"), (468.0, "sur"), (470.25, "southbound")):
        wanted = highway.posts.locate(f"Ruta 5 km {km} {direction}").positions
        texts = (post(f"Ruta 5 km {km} {direction}"), post(road="ruta 5", km=km, direction=direction))
        for result in snap(road, *texts).results:
            found = result.snapped_location
            assert found.place.arc_index == wanted.arc[0]
            assert found.place.fraction == pytest.approx(wanted.fraction[0], abs=1e-6)
            assert enums_pb2.RIVAL_KIND_OPPOSITE_CARRIAGEWAY not in {rival.kind for rival in found.rivals}


BAD = [
    (location_pb2.Location(lon=LON, lat=LAT, heading_deg=361), "INVALID_HEADING", "heading_deg"),
    (location_pb2.Location(lon=LON, lat=LAT, heading_deg=NAN), "INVALID_HEADING", "heading_deg"),
    (location_pb2.Location(lon=LON, lat=LAT, heading_deg=-1), "INVALID_HEADING", "heading_deg"),
    (location_pb2.Location(lon=LON, lat=LAT, heading_tolerance_deg=0), "INVALID_HEADING", "heading_tolerance_deg"),
    (location_pb2.Location(lon=LON, lat=LAT, heading_tolerance_deg=181), "INVALID_HEADING", "heading_tolerance_deg"),
    (location_pb2.Location(lon=LON, lat=LAT, accuracy_m=-1), "INVALID_ACCURACY", "accuracy_m"),
    (location_pb2.Location(lon=LON, lat=LAT, accuracy_m=INF), "INVALID_ACCURACY", "accuracy_m"),
    (location_pb2.Location(lon=LON, lat=LAT, accuracy_m=NAN), "INVALID_ACCURACY", "accuracy_m"),
    (location_pb2.Location(lon=LON, lat=LAT, datum=7), "UNKNOWN_DATUM", "datum"),  # ty: ignore[invalid-argument-type]
    (location_pb2.Location(lon=LON, lat=LAT, side=9), "INVALID_INPUT", "side"),  # ty: ignore[invalid-argument-type]
    (location_pb2.Location(lon=LON, lat=LAT, level=99), "VALUE_OUT_OF_RANGE", "level"),
    (location_pb2.Location(lon=LON, lat=LAT, road="x" * 300), "INVALID_INPUT", "road"),
    (location_pb2.Location(lon=LON, lat=LAT, direction="to the sea"), "UNKNOWN_DIRECTION", "direction"),
    (location_pb2.Location(lon=NAN, lat=LAT), "INVALID_COORDINATES", "lon"),
    (location_pb2.Location(lon=LON, lat=LAT, kilometre_post={"text": "G2 K1"}), "INVALID_INPUT", "lon"),
    (location_pb2.Location(heading_deg=9, kilometre_post={"text": "G2 K1"}), "INVALID_INPUT", "heading_deg"),
    (post("Ruta 5 km 470 norte", road="Ruta 5"), "INVALID_INPUT", "kilometre_post.road"),
    (post("somewhere"), "INVALID_KILOMETRE", "kilometre_post"),
    (post("x" * 300), "INVALID_KILOMETRE", "kilometre_post"),
    (post("Ruta 5 K470+1400 norte"), "INVALID_KILOMETRE", "kilometre_post"),
    (post("Ruta 5 km 900 norte"), "KILOMETRE_OUT_OF_RANGE", "kilometre_post"),
    (post("Ruta 7 km 470 norte"), "UNKNOWN_ROAD", "kilometre_post"),
    (post("Ruta 5 km 470"), "UNKNOWN_DIRECTION", "kilometre_post"),
    (post(road="Ruta 5", km=NAN, direction="norte"), "INVALID_KILOMETRE", "kilometre_post.km"),
    (post(road="Ruta 5", km=-4, direction="norte"), "INVALID_KILOMETRE", "kilometre_post"),
    (post(road="!", km=4), "INVALID_KILOMETRE", "kilometre_post"),
    (post(road="Ruta 5", direction="norte"), "REQUIRED_FIELD", "kilometre_post.km"),
    (post(km=470, direction="norte"), "REQUIRED_FIELD", "kilometre_post.road"),
    (post(), "REQUIRED_FIELD", "kilometre_post.road"),
]


def test_every_bad_location_has_its_own_error(road: Client) -> None:
    """Each with its reason and the path of the field; the good one among them is answered."""
    answer = snap(road, *[message for message, _, _ in BAD], place(-75.0, -29.9), place())
    for index, (message, reason, field) in enumerate(BAD):
        error = answer.results[index].error
        path = f"locations[{index}].{field}"
        assert (error.reason, error.metadata["field"]) == (reason, path), message
        assert path in error.message or f"locations[{index}]" in error.message
    far = answer.results[len(BAD)].error
    assert (far.reason, far.metadata["field"]) == ("LOCATION_OUTSIDE_REGION", f"locations[{len(BAD)}]")
    assert far.message.startswith(f"locations[{len(BAD)}] ")
    assert answer.results[-1].HasField("snapped_location")


@pytest.mark.parametrize(("message", "reason", "field"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_other_calls_refuse_it_as_a_whole(road: Client, message: Any, reason: str, field: str) -> None:
    """A matrix, a route, an isochrone, a recommendation: same reason, path of the field."""
    calls = {
        f"destinations[1].{field}": lambda: road.eta.Matrix(
            pb.MatrixRequest(region=REGION, origins=[place()], destinations=[place(), message])
        ),
        f"stops[1].{field}": lambda: road.eta.Route(pb.RouteRequest(region=REGION, stops=[place(), message])),
        f"place.{field}": lambda: road.eta.Isochrone(
            pb.IsochroneRequest(region=REGION, place=message, limit={"seconds": 60})
        ),
        f"incident.location.{field}": lambda: recommend(road, incident(location=message)),
        f"fleet.units[0].location.{field}": lambda: recommend(road, incident(), fleet(unit(location=message))),
    }
    for path, call in calls.items():
        found = failure(call)
        assert (found.reason, found.fields) == (reason, [path])


def test_without_posts_a_kilometre_is_refused(client: Client) -> None:
    """The error says how to give the server its posts."""
    (result,) = snap(client, post("Ruta 5 km 470 norte")).results
    assert result.error.reason == "POSTS_NOT_CONFIGURED"
    assert "--posts" in result.error.message
    found = failure(lambda: recommend(client, incident(location=post("Ruta 5 km 470 norte"))))
    assert (found.code, found.fields) == ("FAILED_PRECONDITION", ["incident.location.kilometre_post"])


def test_the_call_fails_only_as_a_whole_for_the_call(client: Client, start: Any) -> None:
    """No location, another region, too many."""
    assert failure(lambda: snap(client)).fields == ["locations"]
    asked = pb.SnapRequest(region="regions/atlantis", locations=[place()])
    assert failure(lambda: client.eta.Snap(asked)).reason == "REGION_NOT_FOUND"
    _, few = start(max_snaps=2)
    assert len(snap(few, place(), place()).results) == 2
    assert failure(lambda: snap(few, place(), place(), place())).reason == "REQUEST_TOO_LARGE"


def recommend(client: Client, asked: Any, whom: Any = None) -> Any:
    request = dispatch_service_pb2.RecommendRequest(region=REGION, incident=asked, fleet=whom or fleet(), now=stamp())
    return client.dispatch.Recommend(request).recommendation


def test_matrix_starts_on_the_carriageway_that_the_heading_says(road: Client, carriages: tuple[Spot, Spot]) -> None:
    """From the place where somebody drives north to one just behind is a long way, driving south likewise."""
    north, south = carriages
    sides = [
        north.message(heading_deg=north.heading, accuracy_m=5),
        south.message(heading_deg=south.heading, accuracy_m=5),
    ]
    answer = road.eta.Matrix(pb.MatrixRequest(region=REGION, origins=sides, destinations=sides))
    times = np.frombuffer(answer.durations_ms, "<i4").reshape(2, 2)
    assert times[0, 0] == times[1, 1] == 0
    assert min(times[0, 1], times[1, 0]) > 5_000  # to an exit, round, and back
    blocks = road.eta.StreamMatrix(pb.StreamMatrixRequest(region=REGION, origins=sides, destinations=sides))
    assert b"".join(block.durations_ms for block in blocks) == answer.durations_ms
    mixed = [*sides, place()]
    whole = road.eta.Matrix(pb.MatrixRequest(region=REGION, origins=mixed, destinations=mixed))
    assert np.frombuffer(whole.durations_ms, "<i4").reshape(3, 3)[:2, :2].tolist() == times.tolist()


def test_routes_and_isochrones_say_where_they_begin(road: Client, carriages: tuple[Spot, Spot]) -> None:
    """The stop's arc, confidence and rivals; a kilometre may be a stop."""
    north, _ = carriages
    stops = [north.message(heading_deg=north.heading), post("Ruta 5 km 462 sur")]
    answer = road.eta.Route(pb.RouteRequest(region=REGION, stops=stops))
    assert answer.snapped_stops[0].place.arc_index == north.arc
    assert answer.snapped_stops[1].place.distance_m < 0.1
    assert answer.distance_m > 1000
    reach = road.eta.Isochrone(pb.IsochroneRequest(region=REGION, place=stops[0], limit={"seconds": 120}))
    assert reach.snapped_place.place.arc_index == north.arc
    assert reach.cells


def test_an_ambiguous_incident_is_dispatched_and_says_so(road: Client, carriages: tuple[Spot, Spot]) -> None:
    """To its likeliest place; the answer has the rivals and how much longer the chosen unit takes to each of them."""
    north, _ = carriages
    whom = fleet(unit("u1", location=place(LON, LAT)))
    answer = recommend(road, incident(location=north.message()), whom)
    found = answer.snapped_location
    assert found.ambiguous
    assert answer.best.unit == unit("u1").name
    opposite = next(r for r in found.rivals if r.kind == enums_pb2.RIVAL_KIND_OPPOSITE_CARRIAGEWAY)
    there = location_pb2.Location(
        lon=opposite.place.lon, lat=opposite.place.lat, heading_deg=opposite.place.heading_deg, accuracy_m=0
    )
    other = recommend(road, incident(location=there), whom)
    assert other.snapped_location.place.arc_index == opposite.place.arc_index
    extra = other.best.travel_duration.ToTimedelta() - answer.best.travel_duration.ToTimedelta()
    assert abs(opposite.extra_duration.ToTimedelta() - extra).total_seconds() < 0.01
    assert found.worst_extra_duration.ToTimedelta() >= opposite.extra_duration.ToTimedelta()
    sure = recommend(road, incident(location=north.message(heading_deg=north.heading)), whom).snapped_location
    assert (sure.place.arc_index, sure.ambiguous) == (north.arc, False)
    assert not sure.HasField("worst_extra_duration")


def test_plans_speak_of_places_only_where_they_are_ambiguous(road: Client, carriages: tuple[Spot, Spot]) -> None:
    """With the rivals that make them so, the extra time of the chosen unit; also where nobody can be sent."""
    north, south = carriages
    asked = [
        incident("sure", location=north.message(heading_deg=north.heading)),
        incident("open", location=south.message()),
        incident("left", location=north.message()),
    ]
    whom = fleet(unit("u1"), unit("u2"))
    request = dispatch_service_pb2.OptimizeRequest(
        region=REGION, incidents=asked, fleet=whom, now=stamp(), tour_mode=enums_pb2.TOUR_MODE_ONE_EACH
    )
    plan = road.dispatch.Optimize(request).plan
    answers = {item.incident.rpartition("/")[2]: item for item in (*plan.assignments, *plan.unserved)}
    assert not answers["sure"].HasField("snapped_location")
    for name in ("open", "left"):
        found = answers[name].snapped_location
        assert found.ambiguous
        assert all(rival.confidence > 0.049 * found.confidence for rival in found.rivals)
        assigned = answers[name] in plan.assignments
        assert found.HasField("worst_extra_duration") == assigned
        assert all(rival.HasField("extra_duration") == assigned for rival in found.rivals)
    assert len(plan.unserved) == 1


def test_units_stand_on_the_carriageway_of_their_heading(highway: Dispatcher, carriages: tuple[Spot, Spot]) -> None:
    """Reported with a heading, a unit takes the way of its side; what was reported comes back, in WGS-84."""
    north, south = carriages
    server = Server({"coquimbo": highway}, options=ServerOptions(clock=lambda: NOW)).start()
    try:
        client = Client(server.port)
        ahead = incident(location=north.message(heading_deg=north.heading))
        client.fleet.BatchUpsertProviders(
            fleet_service_pb2.BatchUpsertProvidersRequest(parent=REGION, providers=[provider()])
        )
        client.fleet.BatchUpsertUnits(fleet_service_pb2.BatchUpsertUnitsRequest(parent=REGION, units=[unit()]))
        travel = []
        for spot in (north, south):
            where = spot.message(heading_deg=spot.heading, accuracy_m=8)
            seen = fleet_service_pb2.UnitPosition(unit=unit().name, location=where)
            report = fleet_service_pb2.ReportPositionsRequest(parent=REGION, positions=[seen])
            assert client.fleet.ReportPositions(report).accepted_count == 1
            stored = client.fleet.GetUnit(fleet_service_pb2.GetUnitRequest(name=unit().name)).unit
            assert stored.location == where
            request = dispatch_service_pb2.RecommendRequest(region=REGION, incident=ahead, server_fleet={}, now=stamp())
            travel.append(client.dispatch.Recommend(request).recommendation.best.travel_duration.ToTimedelta())
        assert travel[0].total_seconds() == 0
        assert travel[1].total_seconds() > 5
        bad = [
            fleet_service_pb2.UnitPosition(unit=unit().name, location=north.message(heading_deg=400)),
            fleet_service_pb2.UnitPosition(unit=unit().name, location=post("Ruta 5 km 466 norte")),
        ]
        answer = client.fleet.ReportPositions(fleet_service_pb2.ReportPositionsRequest(parent=REGION, positions=bad))
        assert [(item.index, item.reason) for item in answer.rejected_positions] == [(0, "INVALID_HEADING")]
        stored = client.fleet.GetUnit(fleet_service_pb2.GetUnitRequest(name=unit().name)).unit
        assert not stored.location.HasField("kilometre_post")
        again = client.fleet.BatchUpsertUnits(fleet_service_pb2.BatchUpsertUnitsRequest(parent=REGION, units=[stored]))
        assert again.units[0].position_at == stored.position_at  # what came back is the place that is known
    finally:
        server.stop(grace_s=0)
