"""OfferSlots over a real socket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import dispatch_service_pb2 as pb
from towline.v1 import enums_pb2

from engine.server.wire_time import write_time
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, failure, fleet, incident, place, stamp, unit

HOUR = timedelta(hours=1)


def request(**changes) -> pb.OfferSlotsRequest:
    values: dict[str, Any] = {
        "region": REGION,
        "booking": incident("new"),
        "incidents": [incident("known")],
        "fleet": fleet(unit("u1", location=place(LON, LAT))),
        "now": stamp(),
        "since": write_time(NOW + HOUR),
        "until": write_time(NOW + 3 * HOUR),
        "step": Duration(seconds=3600),
    }
    return pb.OfferSlotsRequest(**(values | changes))


def test_slots_are_offered_with_their_cost(client: Client):
    """Two hourly slots: both offered, with the unit, its arrival and what they add."""
    answer = client.dispatch.OfferSlots(request(), timeout=20)
    assert [slot.start for slot in answer.slots] == [write_time(NOW + HOUR), write_time(NOW + 2 * HOUR)]
    for slot in answer.slots:
        assert slot.offered
        assert slot.unit.endswith("/units/u1")
        assert slot.added_millimin >= 0
        assert slot.start.seconds <= slot.arrives_at.seconds <= slot.latest.seconds
        assert slot.latest.seconds - slot.start.seconds == 1800
        assert slot.after == incident("known").name
    assert answer.policy_version
    assert answer.metric_version


def test_slots_say_why_not(client: Client):
    """A unit that cannot do it: the reason, in the language asked for."""
    heavy = incident("new", required_capabilities=[enums_pb2.CAPABILITY_HEAVY])
    slot = client.dispatch.OfferSlots(request(booking=heavy, language_code="zh"), timeout=20).slots[0]
    assert not slot.offered
    assert slot.reason.code == enums_pb2.REASON_CODE_NO_CAPABLE_UNIT
    assert "没有" in slot.reason.message
    assert not slot.HasField("added_millimin")


def test_bad_questions(client: Client):
    """Each has its own reason and field."""
    for changes, reason, field in (
        ({"booking": None}, "REQUIRED_FIELD", "booking"),
        ({"since": None}, "REQUIRED_FIELD", "since"),
        ({"until": write_time(NOW)}, "VALUE_OUT_OF_RANGE", "until"),
        ({"step": Duration(seconds=1)}, "VALUE_OUT_OF_RANGE", "step"),
        ({"step": Duration(seconds=-5)}, "INVALID_TIME", "step"),
        ({"until": write_time(NOW + 300 * HOUR)}, "VALUE_OUT_OF_RANGE", "step"),
        ({"booking": incident("known")}, "DUPLICATE_ID", "booking"),
        ({"booking": incident("new", earliest=write_time(NOW + HOUR))}, "INVALID_BOOKING", "booking.earliest"),
        ({"booking": incident("new", latest=write_time(NOW + HOUR))}, "INVALID_BOOKING", "booking.latest"),
        ({"booking": incident("new", due_at=write_time(NOW + HOUR))}, "INVALID_BOOKING", "booking.due_at"),
        ({"booking": incident("new", assigned_unit=unit("u1").name)}, "INVALID_BOOKING", "booking.assigned_unit"),
        (
            {"booking": incident("new", assigned_unit=unit("u1").name, pinned=True)},
            "INVALID_BOOKING",
            "booking.assigned_unit",
        ),
        ({"booking": incident("new", unit_count=2)}, "INVALID_BOOKING", "booking.unit_count"),
        ({"booking": incident("new", received_at=write_time(NOW + 6 * HOUR))}, "INVALID_TIME", "booking.received_at"),
        ({"booking": incident("new", location=place(-71.9, -29.9))}, "LOCATION_OUTSIDE_REGION", "booking.location"),
        (
            {"incidents": [incident("known", received_at=write_time(NOW + 6 * HOUR))]},
            "INVALID_TIME",
            "incidents[0].received_at",
        ),
    ):
        found = failure(lambda changes=changes: client.dispatch.OfferSlots(request(**changes)))
        assert (found.reason, found.fields) == (reason, [field]), changes
