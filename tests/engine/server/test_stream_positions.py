"""StreamPositions: whole fleets in columns, by the rules of ReportPositions."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from typing import Any

import numpy as np
import pytest
from towline.v1 import dispatch_service_pb2 as dispatch_pb
from towline.v1 import enums_pb2, fleet_pb2, location_pb2
from towline.v1 import fleet_service_pb2 as pb

from engine.model import Fleet, Location, Provider, Service, Unit, UnitStatus
from engine.server.incoming_places import location
from engine.server.position_stream import columns_of
from engine.server.positions import PositionColumns
from graphs.datum import Datum, from_wgs84, to_wgs84
from tests.engine.server.wire import LAT, LON, NOW, REGION, failure, incident, place, stamp

MS = round(NOW.timestamp() * 1000)


def fleet(count: int = 30) -> Fleet:
    units = [
        Unit(f"u{k}", f"p{k % 3}", Location(LON + 0.001 * k, LAT), frozenset({Service.TOWING})) for k in range(count)
    ]
    busy = Unit(
        "busy",
        "p0",
        Location(LON, LAT),
        frozenset({Service.TOWING}),
        status=UnitStatus.BUSY,
        free_at=NOW + timedelta(hours=1),
        free_location=Location(LON + 0.02, LAT),
    )
    return Fleet(tuple(Provider(f"p{k}") for k in range(3)), (*units, busy))


def batch(*unit_ids: str, **columns: Any) -> pb.StreamPositionsRequest:
    values: dict[str, Any] = {
        "parent": REGION,
        "unit_ids": unit_ids,
        "lon": [LON + 0.01] * len(unit_ids),
        "lat": [LAT] * len(unit_ids),
    }
    return pb.StreamPositionsRequest(**values | columns)


def send(client: Any, *batches: pb.StreamPositionsRequest) -> pb.StreamPositionsResponse:
    return client.fleet.StreamPositions(iter(batches))


def where(client: Any, unit_id: str, provider_id: str) -> Any:
    return client.fleet.GetUnit(pb.GetUnitRequest(name=f"{REGION}/providers/{provider_id}/units/{unit_id}")).unit


def test_batches_move_units(start: Callable):
    """Units are where they were seen last, with heading and time; questions see it."""
    _, client = start(fleet())
    first = batch("u1", "u2", observed_at_ms=[MS - 5000, MS - 4000], heading_deg=[90, -1])
    second = batch("u1", lon=[LON + 0.02], observed_at_ms=[MS - 1000], parent="")
    answer = send(client, first, second)
    assert (answer.accepted_count, len(answer.rejected_positions), dict(answer.rejected_counts)) == (3, 0, {})
    one, two = where(client, "u1", "p1"), where(client, "u2", "p2")
    assert (one.location.lon, one.position_at) == (LON + 0.02, stamp(NOW - timedelta(seconds=1)))
    assert not one.location.HasField("heading_deg")
    assert (two.location.lon, two.location.HasField("heading_deg")) == (LON + 0.01, False)
    send(client, batch("u2", heading_deg=[270]))
    two = where(client, "u2", "p2")
    assert two.location.heading_deg == 270.0
    assert NOW <= two.position_at.ToDatetime(UTC) <= NOW + timedelta(minutes=1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_as_reporting_one_by_one(start: Callable, seed: int):
    """Thousands of positions of every fault: taken, refused and snapped exactly as ReportPositions does."""
    draw = random.Random(seed)
    (by_report, one), (by_stream, many) = start(fleet()), start(fleet())
    for server, _ in ((by_report, 0), (by_stream, 0)):
        store = server._regions.get("coquimbo", "r").store
        earlier = PositionColumns(*_columns(["u1", "u2", "u3"]), observed_ms=_array([MS - 60_000] * 3))
        store.see(earlier, NOW, None, list_first=0)
    ids, lon, lat, at, heading = [], [], [], [], []
    for _ in range(400):
        ids.append(draw.choice([*(f"u{k}" for k in range(30)), "busy", "nobody"]))
        lon.append(draw.choice([LON + draw.uniform(-0.02, 0.02)] * 9 + [LON + 3.0, 200.0, float("nan")]))
        lat.append(draw.choice([LAT + draw.uniform(-0.02, 0.02)] * 9 + [91.0]))
        at.append(MS + draw.choice([-120_000, -60_000, -59_999, -1, 0, 200_000, 3_600_000, -400 * 86_400_000]))
        heading.append(draw.choice([-1.0, -1.0, 0.0, 123.5, 360.0, 361.0]))
    provider_of = {f"u{k}": f"p{k % 3}" for k in range(30)} | {"busy": "p0", "nobody": "-"}
    reported = [
        pb.UnitPosition(
            unit=f"{REGION}/providers/{provider_of[key].replace('-', 'p0')}/units/{key}",
            location=location_pb2.Location(lon=x, lat=y, heading_deg=None if h < 0 else h),
            observed_at=stamp(NOW + timedelta(milliseconds=t - MS)),
        )
        for key, x, y, t, h in zip(ids, lon, lat, at, heading, strict=True)
    ]
    told = one.fleet.ReportPositions(pb.ReportPositionsRequest(parent=REGION, positions=reported))
    columns = {"lon": lon, "lat": lat, "observed_at_ms": at, "heading_deg": heading}
    answer = send(many, batch(*ids, **columns))
    expected = [(each.index, each.reason) for each in told.rejected_positions]
    assert [(each.index, each.reason) for each in answer.rejected_positions] == expected[:100], f"seed {seed}"
    assert dict(answer.rejected_counts) == Counter(reason for _, reason in expected), f"seed {seed}"
    assert answer.accepted_count == told.accepted_count
    states = [server._regions.get("coquimbo", "r").store.snapshot for server in (by_report, by_stream)]
    assert states[0].observed == states[1].observed, f"seed {seed}"
    assert states[0].state.units == states[1].state.units, f"seed {seed}"
    for name in ("arc", "fraction", "lon", "lat"):
        same = getattr(states[0].state.positions, name) == getattr(states[1].state.positions, name)
        assert same.all(), f"{name}, seed {seed}"


def test_each_refusal_says_what_to_do(start: Callable):
    """Reason, the unit's name, a message and its variables; the index counts through all batches."""
    _, client = start(fleet())
    answer = send(
        client,
        batch("u1", "nobody", observed_at_ms=[MS, MS]),
        batch("u1", "u2", "u3", observed_at_ms=[MS - 1, MS, MS], lon=[LON, 400.0, LON + 5]),
        batch("u4", "u5", "u5", heading_deg=[400.0, -1, -1], observed_at_ms=[MS, MS + 400_000, MS * 1000]),
    )
    found = [(each.index, each.unit.rpartition("/")[2], each.reason) for each in answer.rejected_positions]
    assert found == [
        (1, "nobody", "NOT_FOUND"),
        (2, "u1", "STALE_POSITION"),
        (3, "u2", "INVALID_COORDINATES"),
        (4, "u3", "LOCATION_OUTSIDE_REGION"),
        (5, "u4", "INVALID_HEADING"),
        (6, "u5", "INVALID_TIME"),
        (7, "u5", "INVALID_TIME"),
    ]
    assert all(each.message and each.metadata for each in answer.rejected_positions)
    assert answer.rejected_positions[1].metadata["known_at"] == NOW.isoformat()
    assert answer.accepted_count == 1


def test_only_the_first_refusals_are_spelt_out(start: Callable):
    """A hundred of them; all are counted."""
    _, client = start(fleet())
    answer = send(client, *(batch(*(f"x{k}" for k in range(70))) for _ in range(3)))
    assert answer.rejected_counts == {"NOT_FOUND": 210}
    assert [each.index for each in answer.rejected_positions] == list(range(100))


def test_of_several_for_a_unit_the_latest_counts(start: Callable):
    """Whatever the order in the batch; of equal times the last."""
    _, client = start(fleet())
    lon = [LON + 0.001, LON + 0.002, LON + 0.003]
    answer = send(client, batch("u1", "u1", "u1", lon=lon, observed_at_ms=[MS, MS - 9, MS]))
    assert (answer.accepted_count, answer.rejected_counts) == (1, {"STALE_POSITION": 2})
    assert where(client, "u1", "p1").location.lon == lon[2]


@pytest.mark.parametrize(("wire", "datum"), [("DATUM_GCJ02", Datum.GCJ02), ("DATUM_BD09", Datum.BD09)])
def test_other_datums(wire: str, datum: Datum):
    """Columns in China's datums are taken to WGS-84, as a single location is."""
    lon, lat = from_wgs84([117.0], [36.65], datum)
    number = enums_pb2.Datum.Value(wire)
    columns = columns_of(batch("u1", lon=lon, lat=lat, datum=number))
    single = location(location_pb2.Location(lon=lon[0], lat=lat[0], datum=number), "location")
    assert columns.datum is datum
    assert single.lon == pytest.approx(117.0, abs=1e-5)
    assert to_wgs84(columns.lon, columns.lat, datum)[0][0] == single.lon


@pytest.mark.parametrize(
    ("bad", "reason", "field"),
    [
        (batch("u1", parent=""), "REQUIRED_FIELD", "parent"),
        (batch("u1", parent="regions/nowhere"), "REGION_NOT_FOUND", "parent"),
        (batch(), "REQUIRED_FIELD", "unit_ids"),
        (batch("u1", "u2", lon=[LON]), "INVALID_INPUT", "lon"),
        (batch("u1", lat=[]), "INVALID_INPUT", "lat"),
        (batch("u1", observed_at_ms=[1, 2]), "INVALID_INPUT", "observed_at_ms"),
        (batch("u1", heading_deg=[1, 2]), "INVALID_INPUT", "heading_deg"),
        (batch("u1", datum=77), "UNKNOWN_DATUM", "datum"),
        (batch(*("u1" for _ in range(10_001))), "REQUEST_TOO_LARGE", "unit_ids"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_malformed_batches(start: Callable, bad: pb.StreamPositionsRequest, reason: str, field: str):
    """End the stream with their error."""
    _, client = start(fleet())
    found = failure(lambda: send(client, bad))
    assert (found.reason, found.metadata.get("field")) == (reason, field)


def test_what_was_taken_stays(start: Callable):
    """Of a stream that ends in an error, or is broken off, the batches before count."""
    server, client = start(fleet())
    failure(lambda: send(client, batch("u1"), batch("u2", lon=[])))
    assert where(client, "u1", "p1").location.lon == LON + 0.01
    sent, wait = threading.Event(), threading.Event()

    def half() -> Iterator[pb.StreamPositionsRequest]:
        yield batch("u4")
        sent.set()
        wait.wait(10)

    call = client.fleet.StreamPositions.future(half())
    assert sent.wait(10)
    deadline = threading.Event()
    for _ in range(500):
        if where(client, "u4", "p1").location.lon == LON + 0.01:
            break
        deadline.wait(0.01)
    call.cancel()
    wait.set()
    assert where(client, "u4", "p1").location.lon == LON + 0.01
    assert server.address


def test_a_stream_of_another_region_midway(start: Callable):
    """One stream is about one region."""
    _, client = start(fleet())
    found = failure(lambda: send(client, batch("u1"), batch("u1", parent="regions/elsewhere")))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_RESOURCE_NAME")


def test_no_batch_at_all(start: Callable):
    """Is no request."""
    _, client = start(fleet())
    assert failure(lambda: send(client)).reason == "REQUIRED_FIELD"


def test_stopping_ends_open_streams(start: Callable):
    """A stream that waits for its next batch is told to go elsewhere."""
    server, client = start(fleet())
    wait, sent = threading.Event(), threading.Event()

    def slow() -> Iterator[pb.StreamPositionsRequest]:
        yield batch("u1")
        sent.set()
        wait.wait(20)

    call = client.fleet.StreamPositions.future(slow())
    assert sent.wait(10)
    server.stop(grace_s=5)
    found = failure(call.result)
    wait.set()
    assert (found.code, found.reason) == ("UNAVAILABLE", "SERVER_STOPPING")


def test_another_providers_units_do_not_exist(start: Callable):
    """To a provider's own system they are as unknown as units that nobody has."""
    server, _ = start(fleet())
    store = server._regions.get("coquimbo", "r").store
    seen = store.see(PositionColumns(*_columns(["u1", "u0", "zz"])), NOW, "p1", list_first=9)
    assert seen.units == ["u1"]
    assert [(index, name.split("/")[3], type(error).reason) for index, name, error in seen.listed] == [
        (1, "-", "NOT_FOUND"),
        (2, "-", "NOT_FOUND"),
    ]


def test_whoever_listens_is_told_who_moved(start: Callable):
    """Moves, upserts and removals are told once the snapshot shows them."""
    server, client = start(fleet())
    store = server._regions.get("coquimbo", "r").store
    told: list[str] = []
    store.on_change = told.extend
    send(client, batch("u1", "u2", "nobody"))
    position = pb.UnitPosition(unit=f"{REGION}/providers/p0/units/u3", location=place())
    client.fleet.ReportPositions(pb.ReportPositionsRequest(parent=REGION, positions=[position]))
    client.fleet.DeleteUnit(pb.DeleteUnitRequest(name=f"{REGION}/providers/p2/units/u5"))
    assert told == ["u1", "u2", "u3", "u5"]


def test_questions_see_the_new_places(start: Callable):
    """A unit that streamed itself next to the customer is recommended."""
    _, client = start(fleet())
    send(client, batch("u29", lon=[LON - 0.01], lat=[LAT]))
    asked = incident(location=place(LON - 0.01, LAT))
    answer = client.dispatch.Recommend(
        dispatch_pb.RecommendRequest(region=REGION, incident=asked, server_fleet=fleet_pb2.ServerFleet())
    )
    assert answer.recommendation.best.unit.endswith("/u29")


def _columns(ids: list[str]) -> tuple[list[str], Any, Any]:
    return ids, _array([LON + 0.01] * len(ids)), _array([LAT] * len(ids))


def _array(values: list[Any]) -> Any:
    return np.array(values)
