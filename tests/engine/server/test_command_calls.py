"""Changes of incidents while they wait for the writer: no thread waits with them, and each is answered once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from towline.v1 import incident_service_pb2 as pb

from engine.server import Server, command_calls, incident_servicer
from engine.server.admission import Kind
from tests.engine.server.serving import fleet
from tests.engine.server.wire import REGION, Client, failure, incident, stamp

WAIT_S = 30


def until(true: Callable[[], bool]) -> None:
    for _ in range(int(WAIT_S / 0.01)):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


@contextmanager
def held(server: Server) -> Generator[None, None, None]:
    """Within, the writer does nothing."""
    with server._regions.get("coquimbo", "region").live.writer._working:
        yield


def request(name: str) -> pb.CreateIncidentRequest:
    message = incident(name)
    message.received_at.CopyFrom(stamp())
    return pb.CreateIncidentRequest(parent=REGION, incident=message, request_id=name)


def ask(client: Client, name: str, **options: Any) -> Any:
    return client.incidents.CreateIncident.future(request(name), **options)


def is_tidy(server: Server) -> bool:
    """Nothing is open, and nobody inside."""
    inside = server._admission.gates[Kind.COMMAND].inside
    return server._pools[0].wait_idle(0) and not server._answers._waiting and inside == 0


def test_waiting_takes_no_threads(start):
    """Forty calls wait: they count as open, all threads are free for others, and each gets its own answer."""
    server, client = start(fleet())
    pool = server._pools[0]
    with held(server):
        calls = {f"w{n}": ask(client, f"w{n}") for n in range(40)}
        until(lambda: len(server._answers._waiting) == 40)
        until(lambda: len(pool._idle) == len(pool._hired))
        assert (pool.open, server._admission.gates[Kind.COMMAND].inside) == (40, 40)
        assert not pool.wait_idle(0)
    for name, call in calls.items():
        assert call.result(WAIT_S).incident.name == f"{REGION}/incidents/{name}"
    until(lambda: is_tidy(server))


def test_as_many_wait_as_there_are_places(start):
    """One more than may be inside is told at once; places are free again when the answers are there."""
    server, client = start(fleet(), commands=2)
    with held(server):
        calls = [ask(client, f"p{n}") for n in range(2)]
        until(lambda: len(server._answers._waiting) == 2)
        assert failure(lambda: client.incidents.CreateIncident(request("p2"), timeout=WAIT_S)).reason == "SERVER_BUSY"
    assert all(call.result(WAIT_S).incident.name for call in calls)
    assert client.incidents.CreateIncident(request("p2"), timeout=WAIT_S).incident.name


def test_waiting_has_an_end(start, monkeypatch):
    """What is not on disk in time is said to be so; it counts all the same, and asked again it is answered."""
    monkeypatch.setattr(incident_servicer, "_LONGEST_S", 0.1)
    server, client = start(fleet())
    with held(server):
        found = failure(lambda: client.incidents.CreateIncident(request("late")))
        assert (found.code, found.reason) == ("DEADLINE_EXCEEDED", "DEADLINE_TOO_SHORT")
    monkeypatch.setattr(incident_servicer, "_LONGEST_S", WAIT_S)
    assert client.incidents.CreateIncident(request("late")).incident.name == f"{REGION}/incidents/late"
    until(lambda: is_tidy(server))


def test_callers_who_go_leave_nothing_behind(start):
    """A caller cancels, and one runs out of time, before the answer: nothing of them is kept once it comes."""
    server, client = start(fleet())
    with held(server):
        gone, late = ask(client, "gone"), ask(client, "short", timeout=0.3)
        until(lambda: len(server._answers._waiting) == 2)
        gone.cancel()
        assert late.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    until(lambda: is_tidy(server))
    until(lambda: not server._watchdog._watches)


@pytest.mark.parametrize("at_once", [True, False])
def test_answers_and_errors_are_sent(start, monkeypatch, at_once: bool):
    """Message and status together as well as one by one: an answer, an error of the caller's, one of ours."""
    if not at_once:
        monkeypatch.setattr(command_calls, "_SEND_ALL", None)
    assert at_once == (command_calls._SEND_ALL is not None)
    server, client = start(fleet())
    made = client.incidents.CreateIncident(request("a"), timeout=WAIT_S)
    assert made.incident.legs
    again = pb.CreateIncidentRequest(parent=REGION, incident=incident("a"), request_id="other")
    found = failure(lambda: client.incidents.CreateIncident(again, timeout=WAIT_S))
    assert (found.code, found.reason) == ("ALREADY_EXISTS", "INCIDENT_EXISTS")
    with monkeypatch.context() as broken:
        broken.setattr(incident_servicer.outgoing_incident, "incident", lambda *_: 1 / 0)
        assert failure(lambda: client.incidents.CreateIncident(request("b"), timeout=WAIT_S)).code == "INTERNAL"
    assert client.incidents.CreateIncident(request("b"), timeout=WAIT_S).incident.legs
    until(lambda: is_tidy(server))


def test_stopping_ends_what_waits(start):
    """Calls whose answer does not come within the grace end with the server; so do its threads."""
    server, client = start(fleet())
    with held(server):
        call = ask(client, "stopped")
        until(lambda: len(server._answers._waiting) == 1)
        stopping = threading.Thread(target=lambda: server.stop(grace_s=0.1))
        stopping.start()
        assert call.code() in (grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE)
    stopping.join(WAIT_S)
    assert not stopping.is_alive()
    assert is_tidy(server)
    assert not server._answers._thread.is_alive()
