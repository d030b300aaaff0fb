"""Whoever watches or asks health and takes no answer costs nobody anything."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2

from tests.engine.server.deaf import Deaf
from tests.engine.server.test_health_calls import NOT_SERVING, SERVING, WAIT_S, stranger, watches
from tests.engine.server.test_overload import until

WATCH, CHECK = "/grpc.health.v1.Health/Watch", "/grpc.health.v1.Health/Check"
ANY = health_pb2.HealthCheckRequest()


def test_others_learn_of_health_and_of_the_end(start: Any) -> None:
    """With 96 streams that take nothing a new watch has its status, and one there is told of the end before it ends."""
    server, client = start(stalled_s=10 * WAIT_S)
    channel = stranger(server.port)
    (before,) = watches(channel, 1)
    assert next(before).status == SERVING
    strangers = [Deaf(server.port) for _ in range(3)]
    for each in strangers:
        each.call(WATCH, ANY, 32)
    until(lambda: server._aside._watches.open == 97)
    assert next(client.health.Watch(ANY, timeout=WAIT_S)).status == SERVING
    told: list[int] = []

    def read() -> None:
        with suppress(grpc.RpcError):
            told.extend(message.status for message in before)

    reading = threading.Thread(target=read)
    reading.start()
    server.stop(0.5)
    reading.join(WAIT_S)
    assert told == [NOT_SERVING]
    for each in strangers:
        each.close()
    channel.close()


def test_a_change_passes_by_those_who_do_not_read(start: Any) -> None:
    """A service that stops answering: who watches it learns so, whoever else watches it."""
    server, _ = start(stalled_s=10 * WAIT_S)
    service = health_pb2.HealthCheckRequest(service="towline.v1.IncidentService")
    deaf = Deaf(server.port)
    deaf.call(WATCH, service, 16)
    until(lambda: server._aside._watches.open == 16)
    channel = stranger(server.port)
    call = channel.unary_stream(
        WATCH,
        health_pb2.HealthCheckRequest.SerializeToString,
        health_pb2.HealthCheckResponse.FromString,
    )(service, timeout=WAIT_S)
    assert next(call).status == SERVING
    server.set_health("IncidentService", serving=False)
    assert next(call).status == NOT_SERVING
    call.cancel()
    deaf.close()
    channel.close()


@pytest.mark.parametrize("method", [WATCH, CHECK])
def test_they_are_ended(start: Any, method: str) -> None:
    """Streams and answers that are not taken are given up, and leave no place or busy thread behind."""
    server, client = start(stalled_s=0.5)
    deaf = Deaf(server.port)
    deaf.call(method, ANY, 20)
    until(lambda: deaf.resets == 20)
    until(lambda: server._aside._watches.open == 0 and not server._health._watches)
    until(lambda: server._health._tellers._free == server._health._tellers.count)
    assert not server._watchdog._watches
    assert client.health.Check(ANY, timeout=WAIT_S).status == SERVING
    deaf.close()


def test_answers_that_nobody_takes_are_so_many_at_most(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest are given up; whoever takes his answer has it."""
    server, client = start(stalled_s=10 * WAIT_S)
    untaken = server._aside._untaken
    monkeypatch.setattr(untaken, "_most", 8)
    deaf = Deaf(server.port)
    deaf.call(CHECK, ANY, 30)
    until(lambda: deaf.resets == 22)
    assert len(untaken) == 8
    for _ in range(20):
        assert client.health.Check(ANY, timeout=WAIT_S).status == SERVING
    deaf.close()
    until(lambda: len(untaken) == 0)
