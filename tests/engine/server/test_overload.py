"""More calls than the server can answer, and peers that stall: light calls are answered all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from towline.v1 import dispatch_service_pb2 as pb
from towline.v1 import eta_service_pb2 as eta_pb
from towline.v1 import eta_service_pb2_grpc
from towline.v1 import region_service_pb2 as region_pb

from engine.dispatch import Dispatcher
from engine.server import Server, ServerOptions
from engine.server.admission import Kind
from tests.engine.server.held import HeldDispatcher
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, code_of, failure, fleet, incident, place, stamp

WAIT_S = 30
PLACES = [place(LON + 0.00001 * k, LAT) for k in range(1500)]
BIG = eta_pb.StreamMatrixRequest(region=REGION, origins=PLACES, destinations=PLACES)  # 9 MB in 9 messages
OPTIMIZE = pb.OptimizeRequest(region=REGION, incidents=[incident()], fleet=fleet(), now=stamp())


def light_calls_answer(client: Client) -> None:
    check = client.health.Check(health_pb2.HealthCheckRequest(), timeout=WAIT_S, wait_for_ready=True)
    assert check.status == health_pb2.HealthCheckResponse.SERVING
    client.region.GetRegion(region_pb.GetRegionRequest(name=REGION), timeout=WAIT_S)
    request = pb.RecommendRequest(region=REGION, incident=incident(), fleet=fleet(), now=stamp())
    assert client.dispatch.Recommend(request, timeout=WAIT_S).recommendation.HasField("best")


def until(true: Callable[[], bool]) -> None:
    for _ in range(int(WAIT_S / 0.05)):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


def expire(server: Server) -> None:
    """Let all waits for peers have lasted too long."""
    for watch in list(server._watchdog._watches):
        watch.until = 0.0


class SilentRequests:
    """A caller that opens a call and sends nothing, until it is closed."""

    def __init__(self) -> None:
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._closed.wait(WAIT_S)
        raise StopIteration

    def close(self) -> None:
        self._closed.set()


@pytest.fixture
def overload(dispatcher: Dispatcher) -> Iterator[Callable[..., tuple[HeldDispatcher, Server, Client]]]:
    """Starts a server whose optimisations are held."""
    started: list[tuple[HeldDispatcher, Server]] = []

    def make(**options: Any) -> tuple[HeldDispatcher, Server, Client]:
        mine = HeldDispatcher(dispatcher)
        server = Server({"coquimbo": mine}, options=ServerOptions(clock=lambda: NOW, **options)).start()
        mine.held = True
        started.append((mine, server))
        return mine, server, Client(server.port)

    yield make
    for mine, server in started:
        mine.release.set()
        server.stop(grace_s=0)


def test_readers_that_stall_hold_nobody_up(start):
    """Readers that take one block and no more: the server answers, refuses one too many, then ends them."""
    server, client = start(streams=4, stalled_s=10 * WAIT_S)
    fixed = [("grpc.http2.bdp_probe", 0), ("grpc.use_local_subchannel_pool", 1)]  # no room for more than a block
    readers = [grpc.insecure_channel(server.address, fixed) for _ in range(4)]
    streams = [eta_service_pb2_grpc.EtaServiceStub(reader).StreamMatrix(BIG) for reader in readers]
    assert [next(stream).first_origin for stream in streams] == [0] * 4
    light_calls_answer(client)
    found = failure(lambda: next(client.eta.StreamMatrix(BIG)).first_origin)
    assert (found.code, found.reason, found.retry_s) == ("RESOURCE_EXHAUSTED", "SERVER_BUSY", 0.2)
    expire(server)
    assert server._pools[0].wait_idle(WAIT_S)  # the streams were given up
    assert [code_of(lambda stream=stream: list(stream)) for stream in streams] == [grpc.StatusCode.CANCELLED] * 4
    assert sum(answer.origin_count for answer in client.eta.StreamMatrix(BIG)) == len(PLACES)


def test_heavy_calls_are_refused_beyond_the_queue(overload):
    """Two compute, one waits, the next is told at once; light calls and recommendations go on, stateless ones too."""
    mine, server, client = overload(heavy_calls=2, heavy_queue=1, queue_s=WAIT_S)
    calls = [client.dispatch.Optimize.future(OPTIMIZE) for _ in range(3)]
    until(lambda: server._admission.gates[Kind.HEAVY]._inside == 3)
    found = failure(lambda: client.dispatch.Optimize(OPTIMIZE, timeout=WAIT_S))
    assert (found.code, found.reason, found.retry_s) == ("RESOURCE_EXHAUSTED", "SERVER_BUSY", 0.2)
    light_calls_answer(client)
    mine.release.set()
    assert all(call.result(WAIT_S).plan.assignments for call in calls)
    assert client.dispatch.Optimize(OPTIMIZE).plan.assignments


def test_waiting_is_bounded(overload):
    """A call that gets no turn in time is told so."""
    mine, _, client = overload(heavy_calls=1, heavy_queue=5, queue_s=0.2)
    first = client.dispatch.Optimize.future(OPTIMIZE)
    assert mine.entered.wait(WAIT_S)
    found = failure(lambda: client.dispatch.Optimize(OPTIMIZE, timeout=WAIT_S))
    assert (found.code, found.reason, found.retry_s) == ("RESOURCE_EXHAUSTED", "SERVER_BUSY", 0.2)
    assert found.metadata["waited_s"] == "0.2"
    mine.release.set()
    assert first.result(WAIT_S).plan.assignments


def test_whoever_waits_and_leaves_frees_its_place(overload):
    """A cancelled call in the queue is gone before its turn."""
    mine, server, client = overload(heavy_calls=1, heavy_queue=1, queue_s=WAIT_S)
    first = client.dispatch.Optimize.future(OPTIMIZE)
    assert mine.entered.wait(WAIT_S)
    waiting = client.dispatch.Optimize.future(OPTIMIZE)
    heavy = server._admission.gates[Kind.HEAVY]
    until(lambda: heavy._inside == 2)
    waiting.cancel()
    until(lambda: heavy._inside == 1)
    mine.release.set()
    assert first.result(WAIT_S).plan.assignments


def test_a_recommendation_with_a_large_fleet_is_heavy(overload):
    """It waits with the heavy calls; one with a small fleet does not."""
    mine, _, client = overload(heavy_calls=1, heavy_queue=0, light_request_bytes=300)
    first = client.dispatch.Optimize.future(OPTIMIZE)
    assert mine.entered.wait(WAIT_S)
    light_calls_answer(client)
    request = pb.RecommendRequest(region=REGION, incident=incident(), fleet=fleet(), now=stamp())
    request.fleet.units.extend(fleet().units[:1] * 3)
    assert failure(lambda: client.dispatch.Recommend(request)).reason == "SERVER_BUSY"
    mine.release.set()
    assert first.result(WAIT_S).plan.assignments


def test_callers_that_send_nothing_hold_nobody_up(start):
    """Calls opened without a request, of every kind: the server answers, and ends them."""
    server, client = start(heavy_calls=2, heavy_queue=2, caller_share=1.0, stalled_s=10 * WAIT_S)
    methods = ["DispatchService/Optimize"] * 4 + ["DispatchService/Recommend", "RegionService/GetRegion"]
    silent = [SilentRequests() for _ in methods]
    other = Client(server.port)
    calls = [
        other.channel.stream_unary(f"/towline.v1.{method}").future(requests)
        for method, requests in zip(methods, silent, strict=True)
    ]
    until(lambda: server._pools[0].open == 5)
    light_calls_answer(client)
    expire(server)
    assert [call.code() for call in calls] == [grpc.StatusCode.CANCELLED] * len(calls)
    assert server._pools[0].wait_idle(WAIT_S)
    for requests in silent:
        requests.close()
    assert client.dispatch.Optimize(OPTIMIZE).plan.assignments


def test_reflection_left_open_ends(start):
    """A tool that asks nothing more does not hold a thread."""
    _, client = start(stalled_s=0.5)
    requests = SilentRequests()
    stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
    assert code_of(lambda: list(stub.ServerReflectionInfo(requests))) is grpc.StatusCode.CANCELLED
    requests.close()
    answers = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
    assert len(list(answers)) == 1
    light_calls_answer(client)


def test_a_call_without_a_request_is_refused(client: Client):
    """Ended before it began: a typed error, not a wait."""
    call = client.channel.stream_unary("/towline.v1.DispatchService/Optimize")
    found = failure(lambda: call(iter([])))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")
