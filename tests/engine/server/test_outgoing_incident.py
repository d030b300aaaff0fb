"""Incidents and events as messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from towline.v1 import enums_pb2

from engine.decision import Promise, PromiseClass, ReasonCode
from engine.live.commands.base import etag_of
from engine.live.events import Entity, Event, EventKind
from engine.live.records import (
    Clock,
    ClockKind,
    Escalation,
    IncidentRecord,
    IncidentState,
    Leg,
    LegState,
    Offer,
    OfferState,
)
from engine.model import Capability, Garage, Incident, Location, Priority, Provider, Service, Unit
from engine.server import incoming
from engine.server.outgoing_incident import detail, event, incident
from graphs.snapping.query import Side
from tests.engine.server.wire import LAT, LON, NOW, REGION, stamp

PLAIN = Incident("i1", Location(LON, LAT), Service.TOWING, NOW)
FULL = replace(
    PLAIN,
    location=Location(LON, LAT, 90.0, 30.0, 12.0, "ruta 5", "northbound", 1, Side.LEFT),
    requires=frozenset({Capability.WINCH, Capability.HEAVY}),
    priority=Priority.HIGH,
    promise=timedelta(minutes=45, milliseconds=500),
    due_at=NOW + timedelta(minutes=45),
    assigned_unit_id="u1",
    pinned=True,
    drop_off=Location(LON + 0.01, LAT),
    units_needed=2,
    unit_requires=(frozenset({Capability.TYRE}), frozenset()),
    earliest=NOW + timedelta(minutes=5),
    latest=NOW + timedelta(hours=3, microseconds=7),
    service_time=timedelta(minutes=20),
    revenue=75.5,
)
TO_GARAGES = replace(PLAIN, garages=(Garage(Location(LON, LAT + 0.01), "Taller", 20.0), Garage(Location(LON, LAT))))
RECORD = IncidentRecord(
    "i1",
    NOW,
    IncidentState.OFFERED,
    number=7,
    customer="c-12",
    need=PLAIN,
    promise=Promise(NOW + timedelta(minutes=30), PromiseClass.URBAN, "in town"),
    legs=(
        Leg(
            LegState.OFFERED,
            "u1",
            "p1",
            NOW,
            arrives_at=NOW + timedelta(minutes=9),
            probability=0.75,
            ends_at=NOW + timedelta(hours=1),
            held=True,
            warned=True,
        ),
        Leg(),
    ),
    offers=(
        Offer("o1", 0, "u2", "p2", NOW, NOW + timedelta(minutes=2), OfferState.DECLINED, NOW, "no driver"),
        Offer("o2", 0, "u1", "p1", NOW, NOW + timedelta(minutes=2)),
    ),
    clocks=(Clock(ClockKind.CALLBACK, NOW, met_at=NOW), Clock(ClockKind.ARRIVAL, NOW, warned_at=NOW, broken_at=NOW)),
    escalations=(Escalation("e1", ClockKind.RESPONSE, "dispatcher", NOW, NOW, "maria"),),
    refused=frozenset({"u9", "u2"}),
    filed_at=NOW,
    called_back_at=NOW,
    closed_at=NOW,
    outcome="solved",
    unserved=ReasonCode.CAPACITY.value,
    reopened=2,
    purged_at=NOW,
)


@pytest.mark.parametrize("need", [PLAIN, FULL, TO_GARAGES], ids=["plain", "full", "garages"])
def test_what_was_filed_comes_back(need: Incident):
    """The message of a kept incident, read as a request, is the incident that was filed."""
    record = msgspec.structs.replace(RECORD, need=need)
    assert incoming.incident(incident(record, "coquimbo"), "coquimbo", NOW, "incident") == need


def test_all_that_is_kept_is_told():
    """Legs, offers, clocks, escalations and times all have their place, with names and not ids."""
    message = incident(RECORD, "coquimbo")
    assert (message.name, message.state, message.event_number) == (
        f"{REGION}/incidents/i1",
        enums_pb2.INCIDENT_STATE_OFFERED,
        7,
    )
    assert (message.etag, message.customer, message.outcome, message.reopen_count) == ("e7", "c-12", "solved", 2)
    assert message.etag == etag_of(RECORD)
    assert message.promise.due_at == stamp(NOW + timedelta(minutes=30))
    assert message.promise.promise_class == enums_pb2.PROMISE_CLASS_URBAN
    leg, waiting = message.legs
    assert (leg.unit, leg.state) == (f"{REGION}/providers/p1/units/u1", enums_pb2.LEG_STATE_OFFERED)
    assert (leg.promise_probability, leg.held, leg.at_risk) == (0.75, True, True)
    assert leg.arrives_at == stamp(NOW + timedelta(minutes=9))
    assert (waiting.unit, waiting.HasField("promise_probability"), waiting.HasField("since")) == ("", False, False)
    declined, still_open = message.offers
    assert (declined.name, declined.unit) == (f"{message.name}/offers/o1", f"{REGION}/providers/p2/units/u2")
    assert (declined.state, declined.reason) == (enums_pb2.OFFER_STATE_DECLINED, "no driver")
    assert declined.HasField("answered_at")
    assert not still_open.HasField("answered_at")
    assert [clock.kind for clock in message.clocks] == [enums_pb2.CLOCK_KIND_CALLBACK, enums_pb2.CLOCK_KIND_ARRIVAL]
    assert message.clocks[1].HasField("broken_at")
    assert not message.clocks[0].HasField("broken_at")
    assert message.escalations[0].name == f"{message.name}/escalations/e1"
    assert message.escalations[0].acknowledged_by == "maria"
    assert message.unserved == enums_pb2.REASON_CODE_CAPACITY
    assert all(message.HasField(name) for name in ("filed_at", "called_back_at", "closed_at", "purged_at"))


def test_refused_units_are_named_as_far_as_they_are_known():
    """The provider comes from who knows it, else from the incident's own offers, else it is left open."""
    units = f"{REGION}/providers"
    assert list(incident(RECORD, "coquimbo").refused_units) == [f"{units}/p2/units/u2", f"{units}/-/units/u9"]
    known = incident(RECORD, "coquimbo", {"u9": "p3"}.get)
    assert list(known.refused_units) == [f"{units}/p2/units/u2", f"{units}/p3/units/u9"]


def test_a_draft_has_no_need():
    """Before it is filed an incident has a time and a customer, and that is read as such."""
    message = incident(IncidentRecord("i2", NOW, customer="c"), "coquimbo")
    assert message.state == enums_pb2.INCIDENT_STATE_RECEIVED
    assert not message.HasField("location")
    assert message.received_at == stamp(NOW)


def test_event_of_an_incident():
    """It names who, what and why, and carries the incident after it."""
    data = {"offer": "o2", "until": NOW, "minutes": 2.5, "units": ["a", "b"], "left": timedelta(seconds=90)}
    kept = Event(
        7, NOW, EventKind.OFFER_MADE, Entity.INCIDENT, "i1", "towline", "next best", "u1", "p1", RECORD, {**data}
    )
    message = event(kept, "coquimbo")
    assert (message.number, message.kind, message.actor) == (7, enums_pb2.EVENT_KIND_OFFER_MADE, "towline")
    assert (message.reason, message.unit) == ("next best", f"{REGION}/providers/p1/units/u1")
    assert message.at == stamp(NOW)
    assert message.incident == incident(RECORD, "coquimbo")
    assert message.details == {
        "offer": "o2",
        "until": "2026-03-02T12:00:00+00:00",
        "minutes": "2.5",
        "units": '["a", "b"]',
        "left": "90",
    }
    assert detail(None) == ""


def test_events_of_the_fleet():
    """Of what is gone only its name is told."""
    unit = Unit("u1", "p1", Location(LON, LAT), frozenset(Service))
    stored = Event(1, NOW, EventKind.UNIT_STORED, Entity.UNIT, "u1", "maria", unit="u1", provider="p1", record=unit)
    message = event(stored, "coquimbo")
    assert message.stored_unit.name == message.unit == f"{REGION}/providers/p1/units/u1"
    assert message.stored_unit.etag
    gone = event(
        Event(2, NOW, EventKind.UNIT_REMOVED, Entity.UNIT, "u1", "maria", unit="u1", provider="p1"), "coquimbo"
    )
    assert gone.stored_unit.name == message.unit
    assert not gone.stored_unit.services
    provider = Event(3, NOW, EventKind.PROVIDER_STORED, Entity.PROVIDER, "p1", "maria", record=Provider("p1", "Uno"))
    assert event(provider, "coquimbo").stored_provider.display_name == "Uno"
    removed = Event(4, NOW, EventKind.PROVIDER_REMOVED, Entity.PROVIDER, "p1", "maria")
    assert event(removed, "coquimbo").stored_provider.name == f"{REGION}/providers/p1"


def test_what_a_provider_may_see():
    """Its own legs and offers; not who else was asked, what the customer pays, or what concerns others."""
    record = msgspec.structs.replace(RECORD, need=FULL)
    message = incident(record, "coquimbo", own="p2")
    assert [offer.unit for offer in message.offers] == [f"{REGION}/providers/p2/units/u2"]
    assert list(message.refused_units) == [f"{REGION}/providers/p2/units/u2"]
    assert [leg.unit for leg in message.legs] == ["", ""]
    assert message.legs[0].state == enums_pb2.LEG_STATE_OFFERED
    assert (message.customer_price, message.assigned_unit, message.escalations) == (0, "", [])
    assert message.location.road == "ruta 5"
    theirs = Event(7, NOW, EventKind.OFFER_MADE, Entity.INCIDENT, "i1", "maria", "better", "u1", "p1", record, {"a": 1})
    told = event(theirs, "coquimbo", own="p2")
    assert (told.unit, told.actor, told.reason, dict(told.details)) == ("", "", "", {})
    assert told.incident == message
    ours = event(theirs, "coquimbo", own="p1")
    assert (ours.unit, ours.actor, ours.reason) == (f"{REGION}/providers/p1/units/u1", "maria", "better")
    assert [offer.name for offer in ours.incident.offers] == [f"{REGION}/incidents/i1/offers/o2"]
