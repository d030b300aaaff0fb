"""Health is answered whatever strangers hold open."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from towline.v1 import region_service_pb2 as region_pb

from engine.server.liveness import moves
from tests.engine.server.test_overload import SilentRequests, until
from tests.engine.server.wire import failure

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
WAIT_S = 10


def stranger(port: int) -> grpc.Channel:
    """A connection of its own."""
    return grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.use_local_subchannel_pool", 1)])


def watches(channel: grpc.Channel, count: int) -> list[Any]:
    stub = health_pb2_grpc.HealthStub(channel)
    return [stub.Watch(health_pb2.HealthCheckRequest()) for _ in range(count)]


def let_in(calls: list[Any]) -> int:
    """How many have their first answer; the others were told why not."""
    count = 0
    for call in calls:
        if call.is_active():
            assert next(call).status == SERVING
            count += 1
        else:
            found = failure(lambda call=call: next(call))
            assert found.code == "RESOURCE_EXHAUSTED"
            assert (found.reason, found.metadata["kind"]) in (
                ("CALLER_LIMIT", "health watches"),
                ("SERVER_BUSY", "health watches"),
            )
    return count


def test_watches_are_bounded_on_each_connection_and_of_each_machine(start: Any) -> None:
    """Refused beyond it by type, `Check` is answered, and those that end make room."""
    server, client = start(health_watches_connection=4, health_watches=8)
    bounds = server._aside._watches
    channels = [stranger(server.port) for _ in range(3)]
    opened: list[Any] = []
    for channel, most in zip(channels, (4, 2, 0), strict=True):  # of 8 one machine may have 6
        mine = watches(channel, 7)
        until(lambda mine=mine, most=most: sum(call.done() for call in mine) == 7 - most)
        assert let_in(mine) == most
        opened += mine
    assert bounds.open == 6
    assert client.health.Check(health_pb2.HealthCheckRequest(), timeout=WAIT_S).status == SERVING
    for call in opened:
        call.cancel()
    until(lambda: bounds.open == 0)
    assert let_in(watches(channels[2], 1)) == 1
    for channel in channels:
        channel.close()
    until(lambda: bounds.open == 0 and not bounds._machines._held and not bounds._connections._held)


@pytest.mark.parametrize("method", ["Check", "Watch"])
def test_calls_of_health_without_a_request(start: Any, method: str) -> None:
    """Strangers that send nothing hold a few threads, not all: others learn of health, the watchdog too."""
    server, client = start(health_threads=4, stalled_s=10 * WAIT_S)
    channel = stranger(server.port)
    silent = [SilentRequests() for _ in range(12)]
    call = channel.stream_unary(f"/grpc.health.v1.Health/{method}")
    calls = [call.future(requests) for requests in silent]
    until(lambda: sum(each.done() for each in calls) == 9)
    assert {failure(each.result).reason for each in calls if each.done()} == {"CALLER_LIMIT"}
    assert client.health.Check(health_pb2.HealthCheckRequest(), timeout=WAIT_S).status == SERVING
    assert server.alive(WAIT_S)
    for each, requests in zip(calls, silent, strict=True):
        each.cancel()
        requests.close()
    channel.close()


def test_a_request_that_is_none_is_refused(start: Any) -> None:
    """Bytes that are no message of health, or none at all."""
    _, client = start()
    call = client.channel.stream_unary("/grpc.health.v1.Health/Check")
    for messages in ([], [b"\xff\xff\xff"]):
        found = failure(lambda messages=messages: call(iter(messages), timeout=WAIT_S))
        assert (found.code, found.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")


def test_watches_that_hang_up_stop_nobody(start: Any) -> None:
    """Opened and cancelled at once, again and again: calls are answered, and the server ends when it is told."""
    server, client = start()
    health = [health_pb2_grpc.HealthStub(stranger(server.port)) for _ in range(4)]
    for _ in range(15):
        watches = [health[k % 4].Watch(health_pb2.HealthCheckRequest()) for k in range(8)]
        time.sleep(0.003)
        for watch in watches:
            watch.cancel()
    request = region_pb.ListRegionsRequest()
    assert client.region.ListRegions(request, timeout=10).regions
    assert server.alive(5)
    told = [health[k].Watch(health_pb2.HealthCheckRequest()) for k in range(4)]
    assert [next(watch).status for watch in told] == [1] * 4

    def leave(watch: Any) -> None:
        with suppress(grpc.RpcError):
            for message in watch:
                if message.status != 1:
                    watch.cancel()

    leaving = [threading.Thread(target=leave, args=(watch,)) for watch in told]
    for each in leaving:
        each.start()
    ending = threading.Thread(target=server.stop, args=(5.0,), daemon=True)
    ending.start()
    ending.join(20)
    assert not ending.is_alive()
    for each in leaving:
        each.join(5)


def test_a_thread_that_hangs_does_not_move() -> None:
    """One that waits for something to come does, and one that goes on; one that waits for another does not."""
    lock = threading.Lock()

    def _serve() -> None:
        lock.acquire()

    def hang() -> None:
        lock.acquire()

    def work() -> None:
        until = time.monotonic() + 1
        while time.monotonic() < until:
            sum(range(100))

    with lock:
        threads = [threading.Thread(target=target, daemon=True) for target in (_serve, hang, work)]
        for each in threads:
            each.start()
        assert [moves(each, 0.2) for each in threads] == [True, False, True]
        lock.release()
        for _ in range(2):
            time.sleep(0.05)
            lock.release()
        lock.acquire()
