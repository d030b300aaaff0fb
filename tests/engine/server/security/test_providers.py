"""What a provider can reach of incidents and streams, tried from outside with a token of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from towline.v1 import enums_pb2, fleet_service_pb2, incident_service_pb2, incident_service_pb2_grpc, watch_service_pb2
from towline.v1 import watch_service_pb2_grpc as watch_grpc

from engine.live.records import IncidentRecord, Leg, LegState, Offer, OfferState
from engine.server import Server
from engine.server.incident_listing import visible
from engine.server.security import SecuritySettings
from engine.server.security.methods import PREFIX, ROLES
from tests.engine.server.security.makes import settings, token
from tests.engine.server.wire import NOW, REGION, Client, failure, incident, stamp
from tests.proto.descriptors import methods

pb = incident_service_pb2
NEW = {"name": "", "received_at": stamp(NOW - timedelta(seconds=5))}


class Desk:
    """A server with two providers of two units each, and who calls it."""

    def __init__(self, server: Server) -> None:
        self.client = Client(server.port)
        self.incidents = incident_service_pb2_grpc.IncidentServiceStub(self.client.channel)
        self.watch = watch_grpc.WatchServiceStub(self.client.channel)
        self.dispatcher = self.by("dispatcher", sub="desk")

    @staticmethod
    def by(role: str, **claims: Any) -> dict[str, Any]:
        return {"metadata": [("authorization", f"Bearer {token(role, **claims)}")], "timeout": 20}

    def create(self) -> Any:
        request = pb.CreateIncidentRequest(parent=REGION, incident=incident(**NEW))
        return self.incidents.CreateIncident(request, **self.dispatcher).incident

    def refused(self, method: str, request: Any, who: dict[str, Any]) -> str:
        return failure(lambda: getattr(self.incidents, method)(request, **who)).reason


@pytest.fixture
def desk(secured: Callable[..., Server], tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(secured(SecuritySettings(token=settings(tmp_path))))
    yield desk
    desk.client.channel.close()


def of(desk: Desk, name: str) -> dict[str, Any]:
    return desk.by("provider", sub=f"tow-{name}", provider=name)


def test_only_the_provider_that_is_asked_sees_and_answers(desk: Desk) -> None:
    """To the other one the incident is not there, its offer cannot be answered, its unit not moved along."""
    made = desk.create()
    (leg,) = made.legs
    mine = leg.unit.split("/")[3]
    other = {"p1": "p2", "p2": "p1"}[mine]
    get = pb.GetIncidentRequest(name=made.name)
    offers = [offer.name for offer in made.offers] or [f"{made.name}/offers/1"]
    listing = pb.ListIncidentsRequest(parent=REGION)
    assert desk.incidents.GetIncident(get, **of(desk, mine)).incident.name == made.name
    assert [i.name for i in desk.incidents.ListIncidents(listing, **of(desk, mine)).incidents] == [made.name]
    assert desk.refused("GetIncident", get, of(desk, other)) == "NOT_FOUND"
    assert not desk.incidents.ListIncidents(listing, **of(desk, other)).incidents
    for method, request in (
        ("AcceptOffer", pb.AcceptOfferRequest(name=offers[0])),
        ("DeclineOffer", pb.DeclineOfferRequest(name=offers[0])),
        ("AcceptOffer", pb.AcceptOfferRequest(name=f"{made.name}/offers/none")),
        ("AdvanceIncident", pb.AdvanceIncidentRequest(name=made.name, unit=leg.unit, state=enums_pb2.LEG_STATE_DONE)),
    ):
        assert desk.refused(method, request, of(desk, other)) == "PERMISSION_DENIED", method
    spoofed = leg.unit.replace(f"/providers/{mine}/", f"/providers/{other}/")
    request = pb.AdvanceIncidentRequest(name=made.name, unit=spoofed, state=enums_pb2.LEG_STATE_DONE)
    assert desk.refused("AdvanceIncident", request, of(desk, other)) == "NOT_FOUND"
    assert desk.incidents.GetIncident(get, **desk.dispatcher).incident.legs == made.legs
    for offer in made.offers:
        desk.incidents.AcceptOffer(pb.AcceptOfferRequest(name=offer.name), **of(desk, mine))


def test_what_it_may_not_see_cannot_be_guessed(desk: Desk) -> None:
    """Neither by filters that name others, nor by moving a unit of its own along on a call of another's."""
    made = desk.create()
    mine = made.legs[0].unit.split("/")[3]
    other = {"p1": "p2", "p2": "p1"}[mine]
    theirs = fleet_service_pb2.ListUnitsRequest(parent=f"{REGION}/providers/{other}")
    own = desk.client.fleet.ListUnits(theirs, **desk.dispatcher).units[0].name
    for name in (made.name, f"{REGION}/incidents/none"):
        request = pb.AdvanceIncidentRequest(name=name, unit=own, state=enums_pb2.LEG_STATE_ACCEPTED, etag="e1")
        assert desk.refused("AdvanceIncident", request, of(desk, other)) == "NOT_FOUND", name
    for wanted in ({"provider": f"{REGION}/providers/{mine}"}, {"unit": made.legs[0].unit}):
        request = pb.ListIncidentsRequest(parent=REGION, filter=wanted)
        assert desk.refused("ListIncidents", request, of(desk, other)) == "PERMISSION_DENIED"
        assert len(desk.incidents.ListIncidents(request, **of(desk, mine)).incidents) == 1
    renamed = made.legs[0].unit.replace(f"/providers/{mine}/", f"/providers/{other}/")
    request = pb.ListIncidentsRequest(parent=REGION, filter={"unit": renamed})
    assert not desk.incidents.ListIncidents(request, **of(desk, other)).incidents
    assert not desk.incidents.ListIncidents(request, **desk.dispatcher).incidents


@pytest.mark.parametrize("state", OfferState)
def test_who_is_not_asked_any_more_sees_it_no_more(state: OfferState) -> None:
    """Where the customer goes next is then others' business; of those whose unit has it, it stays."""
    offer = Offer("1", 0, "u2", "p2", NOW, NOW, state)
    record = IncidentRecord("i", NOW, legs=(Leg(LegState.DONE, "u1", "p1"),), offers=(offer,))
    assert visible(record, "p2") == (state is OfferState.OPEN)
    assert (visible(record, "p1"), visible(record, "p3"), visible(record, None)) == (True, False, True)


def test_a_provider_runs_no_operation(desk: Desk) -> None:
    """Everything but its own part is refused, and refused before it is looked at."""
    made = desk.create()
    mine = of(desk, made.legs[0].unit.split("/")[3])
    stubs = {"IncidentService": desk.incidents}
    for method in methods():
        service = method.containing_service.name
        name = f"{service}/{method.name}"
        if service in stubs and "provider" not in ROLES[name]:
            request = method.input_type._concrete_class()
            assert desk.refused(method.name, request, mine) == "PERMISSION_DENIED", PREFIX + name


def test_a_provider_watches_its_own(desk: Desk) -> None:
    """Its stream tells of no other's incidents and units; others' names cannot be asked for."""
    first = desk.create()
    mine = first.legs[0].unit.split("/")[3]
    other = {"p1": "p2", "p2": "p1"}[mine]
    request = watch_service_pb2.WatchEventsRequest(parent=REGION, after_number=0)
    request.heartbeat.FromTimedelta(timedelta(seconds=1))

    def told(who: dict[str, Any]) -> list[Any]:
        """Events of the first second."""
        found = []
        stream = desk.watch.WatchEvents(request, **who)
        until = time.monotonic() + 1.0
        for answer in stream:  # at the latest a heartbeat comes
            found += _events(answer)
            if time.monotonic() > until:
                break
        stream.cancel()
        return found

    seen, hidden = told(of(desk, mine)), told(of(desk, other))
    assert first.name in {event.incident.name for event in seen}
    assert not [event for event in hidden if event.incident.name == first.name]
    for who, events in ((mine, seen), (other, hidden)):
        for event in events:
            assert not event.unit or event.unit.split("/")[3] == who
            assert not event.stored_unit.name or event.stored_unit.name.split("/")[3] == who
            assert not event.stored_provider.name or event.stored_provider.name.split("/")[3] == who
            assert {leg.unit.split("/")[3] for leg in event.incident.legs} <= {who}
    asked = watch_service_pb2.WatchEventsRequest(parent=REGION)
    asked.filter.providers.append(f"{REGION}/providers/{other}")
    found = failure(lambda: next(desk.watch.WatchEvents(asked, **of(desk, mine))))
    assert found.reason == "PERMISSION_DENIED"
    board = watch_service_pb2.WatchTelemetryRequest(parent=REGION)
    stream = desk.watch.WatchTelemetry(board, **of(desk, mine))
    assert {item.unit.split("/")[3] for item in next(stream).units} == {mine}
    stream.cancel()


def _events(answer: Any) -> list[Any]:
    """Of a message of the stream; none in a heartbeat."""
    if "events" in answer.DESCRIPTOR.fields_by_name:
        return list(answer.events)
    return [answer.event] if answer.HasField("event") else []
