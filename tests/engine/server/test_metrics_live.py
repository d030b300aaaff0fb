"""What is counted of live state, on a real server."""

from __future__ import annotations

from datetime import timedelta

from towline.v1 import incident_service_pb2 as pb
from towline.v1 import incident_service_pb2_grpc

from engine.dispatch import Dispatcher
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server, ServerOptions
from engine.server.call_log import Telemetry
from engine.server.metrics import Metrics
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, incident, stamp


def test_an_incident_is_counted_from_beginning_to_end(dispatcher: Dispatcher) -> None:
    """Its events by kind, how soon it had a unit, the transactions, and what is open when somebody looks."""
    metrics = Metrics()
    fleet = Fleet((Provider("p"),), (Unit("u", "p", Location(LON, LAT), frozenset(Service)),))
    options = ServerOptions(clock=lambda: NOW)
    server = Server({"coquimbo": dispatcher}, options=options, fleets={"coquimbo": fleet}, telemetry=Telemetry(metrics))

    def figure(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(f"towline_{name}", {"region": "coquimbo", **labels})

    try:
        server.start()
        client = Client(server.port)
        incidents = incident_service_pb2_grpc.IncidentServiceStub(client.channel)
        wanted = incident(name="", received_at=stamp(NOW - timedelta(seconds=20)))
        made = incidents.CreateIncident(pb.CreateIncidentRequest(parent=REGION, incident=wanted), timeout=20).incident
        assert made.legs[0].unit
        assert (figure("incidents_open"), figure("writer_queue"), figure("promises_at_risk")) == (1, 0, 0)
        assert figure("decide_seconds_bucket", le="15.0") == 0
        assert figure("decide_seconds_bucket", le="30.0") == 1
        incidents.CancelIncident(pb.CancelIncidentRequest(name=made.name, reason="found a lift"), timeout=20)
        assert figure("incidents_open") == 0
        assert figure("events_total", kind="incident_received") == 1
        assert figure("events_total", kind="incident_cancelled") == 1
        assert (figure("commit_seconds_count") or 0) >= 2
        assert (figure("commits_failed_total"), figure("leading"), figure("units_silent")) == (0, 1, 0)
    finally:
        server.stop(grace_s=0)
