"""Calls that come before the server has read its ledger: told to come again, and nothing hangs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from towline.v1 import fleet_pb2, fleet_service_pb2, watch_service_pb2
from towline.v1 import incident_service_pb2 as pb

from engine.server import Server, ServerOptions
from engine.server import server as module
from tests.engine.live.world import dispatcher
from tests.engine.server.incidents import own_fleet
from tests.engine.server.wire import NOW, REGION, Client, failure, incident, place

WAIT_S = 30


def ask(client: Client, kind: str) -> Any:
    if kind == "incident":
        return client.incidents.CreateIncident(pb.CreateIncidentRequest(parent=REGION, incident=incident("i")))
    if kind == "watch":
        return next(client.watch.WatchEvents(watch_service_pb2.WatchEventsRequest(parent=REGION)))
    if kind == "position":
        position = fleet_service_pb2.UnitPosition(unit=f"{REGION}/providers/p0/units/u0", location=place())
        request = fleet_service_pb2.ReportPositionsRequest(parent=REGION, positions=[position])
        return client.fleet.ReportPositions(request)
    new = fleet_pb2.Provider(name=f"{REGION}/providers/new")
    request = fleet_service_pb2.BatchUpsertProvidersRequest(parent=REGION, providers=[new])
    return client.fleet.BatchUpsertProviders(request)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """A server that listens, and takes its time to get ready until it is told."""
    listens, go = threading.Event(), threading.Event()

    def warm_up(*_: Any) -> None:
        listens.set()
        assert go.wait(WAIT_S)

    monkeypatch.setattr(module, "warm_up", warm_up)
    return listens, go


def server() -> Server:
    options = ServerOptions(clock=lambda: NOW, queue_s=0.5)
    return Server({"coquimbo": dispatcher()}, options=options, fleets={"coquimbo": own_fleet()})


def test_who_is_early_is_told_so(slow: tuple[threading.Event, threading.Event]) -> None:
    """Every kind of change, and whoever would watch; all are served once it is ready."""
    listens, go = slow
    made = server()
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(made.start)
        assert listens.wait(WAIT_S)
        client = Client(made.port)
        for kind in ("incident", "watch", "position", "provider"):
            found = failure(lambda kind=kind: ask(client, kind))
            assert (found.code, found.reason) == ("UNAVAILABLE", "SERVER_STARTING"), kind
        go.set()
        starting.result(WAIT_S)
    for kind in ("incident", "watch", "position", "provider"):
        assert ask(client, kind)
    client.channel.close()
    made.stop(grace_s=1)


def test_a_start_that_fails_ends(slow: tuple[threading.Event, threading.Event], monkeypatch) -> None:
    """With its error, though somebody called meanwhile; nobody is kept waiting."""
    listens, go = slow
    made = server()
    monkeypatch.setattr(type(made._regions.get("coquimbo", "").live), "load", lambda *_: 1 / 0)
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(made.start)
        assert listens.wait(WAIT_S)
        client = Client(made.port)
        assert failure(lambda: ask(client, "provider")).reason == "SERVER_STARTING"
        go.set()
        with pytest.raises(ZeroDivisionError):
            starting.result(WAIT_S)
    client.channel.close()
