"""Watching a whole server while incidents go through it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from towline.v1 import enums_pb2, incident_pb2
from towline.v1 import fleet_service_pb2 as fleet_pb
from towline.v1 import incident_service_pb2 as incidents_pb
from towline.v1 import incident_service_pb2_grpc as incidents_grpc
from towline.v1 import watch_service_pb2 as pb
from towline.v1 import watch_service_pb2_grpc as watch_grpc

from engine.dispatch import Dispatcher
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server, ServerOptions
from engine.server.call_log import Telemetry
from engine.server.metrics import Metrics
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, place


def fleet() -> Fleet:
    units = tuple(Unit(f"u{k}", f"p{k}", Location(LON + 0.01 * k, LAT), frozenset(Service)) for k in range(3))
    return Fleet(tuple(Provider(f"p{k}") for k in range(3)), units)


class Desk:
    """What a dispatch system does and sees."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.incidents = incidents_grpc.IncidentServiceStub(client.channel)
        self.watch = watch_grpc.WatchServiceStub(client.channel)

    def create(self, key: str) -> incident_pb2.Incident:
        asked = incident_pb2.Incident(
            name=f"{REGION}/incidents/{key}", location=place(), service=enums_pb2.SERVICE_TOWING
        )
        return self.incidents.CreateIncident(incidents_pb.CreateIncidentRequest(parent=REGION, incident=asked)).incident

    def close(self, key: str) -> incident_pb2.Incident:
        request = incidents_pb.CloseIncidentRequest(name=f"{REGION}/incidents/{key}", reason="over")
        return self.incidents.CloseIncident(request).incident

    def told(self, until: int, **fields: Any) -> list[pb.Event]:
        """Events up to a number; from the beginning unless said otherwise."""
        values: dict[str, Any] = {"parent": REGION, "after_number": 0, **fields}
        stream = self.watch.WatchEvents(pb.WatchEventsRequest(**values))
        found: list[pb.Event] = []
        for answer in stream:
            found += answer.events
            if answer.last_number >= until:
                break
        stream.cancel()
        return found


def test_the_story_of_an_incident(start: Callable):
    """Every step is told once, in order; the last event has the incident as the server gives it."""
    _, client = start(fleet())
    desk = Desk(client)
    desk.create("i1")
    last = desk.close("i1").event_number
    told = desk.told(last)
    assert [event.number for event in told] == list(range(1, last + 1))
    stored, told = told[:6], told[6:]
    assert {event.stored_unit.name for event in stored} >= {f"{REGION}/providers/p{k}/units/u{k}" for k in range(3)}
    assert told[0].kind in (enums_pb2.EVENT_KIND_INCIDENT_RECEIVED, enums_pb2.EVENT_KIND_INCIDENT_FILED)
    assert enums_pb2.EVENT_KIND_UNIT_ASSIGNED in {event.kind for event in told}
    kept = desk.incidents.GetIncident(incidents_pb.GetIncidentRequest(name=f"{REGION}/incidents/i1")).incident
    assert told[-1].incident == kept
    assert {event.incident.name for event in told} == {kept.name}


def test_live_and_from_the_ledger_are_the_same(start: Callable):
    """Who watched meanwhile and who reads it up afterwards get equal events."""
    _, client = start(fleet())
    desk = Desk(client)
    live: list[pb.Event] = []
    watching = threading.Event()

    def watch() -> None:
        stream = desk.watch.WatchEvents(pb.WatchEventsRequest(parent=REGION))
        for answer in stream:
            watching.set()
            live.extend(answer.events)
            if live and live[-1].kind == enums_pb2.EVENT_KIND_INCIDENT_DONE:
                stream.cancel()
                return

    thread = threading.Thread(target=watch)
    thread.start()
    assert watching.wait(10)
    desk.create("i1")
    desk.create("i2")
    last = desk.close("i1").event_number
    thread.join(10)
    assert live == desk.told(last, after_number=live[0].number - 1)
    assert live[-1].number == last


def test_filters_follow_the_incident(start: Callable):
    """A provider's events are those of the incidents that its unit has or is asked for."""
    _, client = start(fleet())
    desk = Desk(client)
    first, second = desk.create("i1"), desk.create("i2")
    last = desk.close("i2").event_number
    unit = second.legs[0].unit
    assert unit != first.legs[0].unit
    provider = unit.rpartition("/units/")[0]
    told = [event for event in desk.told(last, filter=pb.EventFilter(providers=[provider])) if event.incident.name]
    assert {event.incident.name for event in told} == {second.name}
    everything = desk.told(last, filter=pb.EventFilter(incidents=[second.name]))
    assert [event.number for event in told] == [
        event.number for event in everything if any(leg.unit == unit for leg in event.incident.legs)
    ]


def test_telemetry_shows_who_works(start: Callable):
    """A unit with an incident is told with it; one that moved where it is now."""
    _, client = start(fleet())
    desk = Desk(client)
    made = desk.create("i1")
    stream = desk.watch.WatchTelemetry(pb.WatchTelemetryRequest(parent=REGION))
    units = {unit.unit: unit for unit in next(stream).units}
    assert len(units) == 3
    busy = units[made.legs[0].unit]
    assert (busy.incident, busy.leg_state) == (made.name, made.legs[0].state)
    assert [unit.incident for name, unit in units.items() if name != busy.unit] == ["", ""]
    columns: dict[str, Any] = {"parent": REGION, "unit_ids": ["u2"], "lon": [LON + 0.05], "lat": [LAT]}
    client.fleet.StreamPositions(iter([fleet_pb.StreamPositionsRequest(**columns)]))
    moved = next(unit for answer in stream for unit in answer.units if unit.unit.endswith("/u2"))
    assert moved.location.lon == LON + 0.05
    assert moved.HasField("observed_at")
    stream.cancel()


def test_figures_about_watchers(dispatcher: Dispatcher):
    """How many watch what, how late events are on their way, and positions by what became of them."""
    metrics = Metrics()
    server = Server(
        {"coquimbo": dispatcher},
        options=ServerOptions(clock=lambda: NOW),
        fleets={"coquimbo": fleet()},
        telemetry=Telemetry(observer=metrics),
    ).start()
    try:
        desk = Desk(Client(server.port))
        streams = [desk.watch.WatchEvents(pb.WatchEventsRequest(parent=REGION)) for _ in range(2)]
        for stream in streams:
            next(stream)
        labels = {"region": "coquimbo", "stream": "events"}
        assert metrics.registry.get_sample_value("towline_watchers", labels) == 2
        assert metrics.registry.get_sample_value("towline_watchers", labels | {"stream": "telemetry"}) == 0
        desk.create("i1")
        while not next(streams[0]).events:
            pass
        columns: dict[str, Any] = {"parent": REGION, "unit_ids": ["u1", "zz"], "lon": [LON, LON], "lat": [LAT, LAT]}
        desk.client.fleet.StreamPositions(iter([fleet_pb.StreamPositionsRequest(**columns)]))
        counts = {
            reason: metrics.registry.get_sample_value(
                "towline_positions_total", {"region": "coquimbo", "reason": reason}
            )
            for reason in ("", "NOT_FOUND")
        }
        assert counts == {"": 1, "NOT_FOUND": 1}
    finally:
        server.stop(grace_s=0)
    assert metrics.registry.get_sample_value("towline_event_lag_seconds_count", {"region": "coquimbo"})
