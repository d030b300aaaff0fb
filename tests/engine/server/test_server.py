"""The server as a whole: health, reflection, limits, deadlines, callers that leave, stopping."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto  # ty: ignore[missing-module-member]  # made at run time
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from towline.v1 import dispatch_service_pb2 as pb
from towline.v1 import eta_service_pb2 as eta_pb
from towline.v1 import region_service_pb2

from engine.dispatch import Dispatcher
from engine.errors import InsecureAddressError, ListenError
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server, ServerOptions
from engine.server.server import SERVICES
from tests.engine.server.held import HeldDispatcher
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, code_of, failure, fleet, incident, place, stamp

WAIT_S = 30


@pytest.fixture
def held(dispatcher: Dispatcher) -> Iterator[tuple[HeldDispatcher, Server, Client]]:
    mine = HeldDispatcher(dispatcher)
    server = Server({"coquimbo": mine}, options=ServerOptions(clock=lambda: NOW, heavy_calls=2)).start()
    mine.held = True
    yield mine, server, Client(server.port)
    mine.release.set()
    server.stop(grace_s=0)


def optimize_request() -> pb.OptimizeRequest:
    return pb.OptimizeRequest(region=REGION, incidents=[incident()], fleet=fleet(), now=stamp())


def is_serving(client: Client, service: str = "") -> bool:
    answer = client.health.Check(health_pb2.HealthCheckRequest(service=service), wait_for_ready=True)
    return answer.status == health_pb2.HealthCheckResponse.SERVING


def first_refusal(client: Client) -> grpc.StatusCode:
    """Calls until it is refused: between NOT_SERVING and the end of listening a call may still come through."""
    code = None
    while code is None:
        code = code_of(lambda: client.region.ListRegions(region_service_pb2.ListRegionsRequest(), timeout=WAIT_S))
    return code


def test_every_service_reports_its_health(client: Client):
    """The server as a whole and each of towline's services by name."""
    assert all(is_serving(client, name) for name in ("", *SERVICES))
    assert len(SERVICES) == 9


def test_serving_is_said_only_once_warm(dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch):
    """While kernels compile the server listens but reports NOT_SERVING."""
    server = Server({"coquimbo": dispatcher})
    seen: list[bool] = []
    monkeypatch.setattr("engine.server.server.warm_up", lambda *_: seen.append(is_serving(Client(server.port))))
    server.start()
    assert seen == [False]
    assert is_serving(Client(server.port))
    server.stop(grace_s=0)


def test_a_server_that_cannot_start_ends(dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch):
    """When warming up fails the port is free again and no thread is left."""
    server = Server({"coquimbo": dispatcher})

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("engine.server.server.warm_up", fail)
    with pytest.raises(MemoryError):
        server.start()
    assert first_refusal(Client(server.port)) is grpc.StatusCode.UNAVAILABLE


def test_a_stream_that_is_dropped_ends(start, caplog: pytest.LogCaptureFixture):
    """A caller that takes one block and leaves costs no more work; the log says so."""
    server, client = start(stream_block_cells=1, stream_message_cells=1)
    places = [place(LON + 0.0001 * k, LAT) for k in range(200)]
    with caplog.at_level(logging.INFO, "towline.server"):
        stream = client.eta.StreamMatrix(eta_pb.StreamMatrixRequest(region=REGION, origins=places, destinations=places))
        assert next(stream).first_origin == 0
        stream.cancel()
        assert server._pools[0].wait_idle(WAIT_S)
    code = next(vars(record)["code"] for record in caplog.records if record.getMessage() == "call")
    assert code == "CANCELLED"
    assert is_serving(client)


def test_reflection_describes_the_contract(client: Client):
    """Tools such as grpcurl can list and call everything without the proto files."""
    stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
    ask = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="towline.v1.DispatchService"),
    ]
    listed, described = stub.ServerReflectionInfo(iter(ask))
    names = {service.name for service in listed.list_services_response.service}
    assert names == {*SERVICES, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}
    files = [FileDescriptorProto.FromString(raw) for raw in described.file_descriptor_response.file_descriptor_proto]
    assert "towline/v1/dispatch_service.proto" in {file.name for file in files}


def test_reflection_has_the_rules(client: Client):
    """Somebody without the proto files reads the rules of a field from what the server says of itself."""
    stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
    ask = [
        reflection_pb2.ServerReflectionRequest(file_by_filename=f"towline/v1/{name}.proto")
        for name in ("rules", "incident")
    ]
    answers = list(stub.ServerReflectionInfo(iter(ask)))
    raw = {
        FileDescriptorProto.FromString(each).name: each
        for answer in answers
        for each in answer.file_descriptor_response.file_descriptor_proto
    }
    pool: Any = DescriptorPool()  # ty: ignore[possibly-missing-implicit-call]
    missing = dict(raw)
    while missing:  # a file after those that it imports
        for name, each in list(missing.items()):
            if not set(FileDescriptorProto.FromString(each).dependency) & set(missing):
                pool.AddSerializedFile(missing.pop(name))
    field = pool.FindMessageTypeByName("towline.v1.Incident").fields_by_name["unit_count"]
    options = GetMessageClass(pool.FindMessageTypeByName("google.protobuf.FieldOptions")).FromString(
        field.GetOptions().SerializeToString()
    )
    ((_, rules),) = options.ListFields()
    assert (rules.least, rules.most) == (1.0, 20.0)


def test_a_huge_message_is_refused(client: Client):
    """100 MB: RESOURCE_EXHAUSTED from the transport, without reading it all; the server goes on."""
    call = client.channel.unary_unary("/towline.v1.DispatchService/Optimize")
    assert code_of(lambda: call(bytes(100_000_000))) is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert is_serving(client)


def test_message_limit_can_be_set(start):
    """A smaller limit holds as well."""
    _, client = start(max_receive_bytes=1000)
    request = optimize_request()
    client.dispatch.Optimize(request)
    request.incidents.extend(incident(f"x{k}") for k in range(100))
    assert code_of(lambda: client.dispatch.Optimize(request)) is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_too_short_a_deadline_is_a_typed_error(start):
    """Less time than the answer's way back needs: said at once, before any work."""
    _, client = start(margin_s=60.0)
    found = failure(lambda: client.dispatch.Optimize(optimize_request(), timeout=WAIT_S))
    assert (found.code, found.reason) == ("DEADLINE_EXCEEDED", "DEADLINE_TOO_SHORT")
    assert float(found.metadata["needed_ms"]) == pytest.approx(60_000, abs=10)


def test_a_caller_that_leaves_stops_the_work(held):
    """Cancelled while the solver works: it ends at the next stage boundary and the server answers others meanwhile."""
    dispatcher, _, client = held
    call = client.dispatch.Optimize.future(optimize_request())
    assert dispatcher.entered.wait(WAIT_S)
    assert is_serving(client)
    call.cancel()
    assert dispatcher.ended.wait(WAIT_S)
    assert dispatcher.outcome == "REQUEST_CANCELLED"
    dispatcher.release.set()
    assert client.dispatch.Optimize(optimize_request()).plan.assignments


def test_a_caller_that_vanishes_stops_the_work(held):
    """The same when its connection goes."""
    dispatcher, server, client = held
    leaver = Client(server.port)
    call = leaver.dispatch.Optimize.future(optimize_request())  # one that nobody holds is cancelled at once
    assert dispatcher.entered.wait(WAIT_S)
    leaver.channel.close()
    assert dispatcher.ended.wait(WAIT_S)
    assert dispatcher.outcome == "REQUEST_CANCELLED"
    assert call.code() is grpc.StatusCode.CANCELLED
    assert is_serving(client)


def test_stopping_lets_calls_in_flight_finish(held):
    """While it drains, health says NOT_SERVING, new calls are refused, the one in flight gets its plan."""
    dispatcher, server, client = held
    call = client.dispatch.Optimize.future(optimize_request())
    watch = client.health.Watch(health_pb2.HealthCheckRequest(service=""))
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    assert dispatcher.entered.wait(WAIT_S)
    stopper = threading.Thread(target=server.stop, kwargs={"grace_s": WAIT_S})
    stopper.start()
    assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert first_refusal(Client(server.port)) in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
    dispatcher.release.set()
    assert call.result(WAIT_S).plan.assignments
    stopper.join(WAIT_S / 2)  # less than the grace period, though the watch is still open
    assert not stopper.is_alive()


def test_a_drain_can_be_cut_short(held):
    """`cancel` ends the calls in flight though their grace is not over."""
    dispatcher, server, client = held
    call = client.dispatch.Optimize.future(optimize_request())
    assert dispatcher.entered.wait(WAIT_S)
    stopper = threading.Thread(target=server.stop, kwargs={"grace_s": 10 * WAIT_S})
    stopper.start()
    assert first_refusal(client) is not None
    server.cancel()
    assert call.code() in (grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE)
    stopper.join(WAIT_S)
    assert not stopper.is_alive()
    assert dispatcher.outcome == "REQUEST_CANCELLED"


def test_a_bug_is_internal_and_logged_without_payload(held, caplog: pytest.LogCaptureFixture):
    """An unexpected exception gives a generic status; the log says where, never what a caller sent."""
    dispatcher, _, client = held

    def crash(*_args: Any, **_options: Any) -> None:
        raise KeyError("Mr Secret")

    dispatcher.optimize = crash
    with caplog.at_level(logging.INFO, "towline.server"):
        found = failure(lambda: client.dispatch.Optimize(optimize_request()))
    assert (found.code, found.reason, found.metadata) == ("INTERNAL", "INTERNAL", {})
    assert "Secret" not in found.message
    record = next(record for record in caplog.records if record.levelno == logging.ERROR)
    assert "Secret" not in str(vars(record))
    assert vars(record)["exception"] == "KeyError"
    assert vars(record)["frames"][-1].endswith("crash")
    assert is_serving(client)


def test_calls_are_logged(client: Client, caplog: pytest.LogCaptureFixture):
    """Method, code, duration, sizes; with the reason when it failed; no names, no places."""
    with caplog.at_level(logging.INFO, "towline.server"):
        client.dispatch.Optimize(optimize_request())
        failure(lambda: client.dispatch.Optimize(pb.OptimizeRequest()))
    good, bad = (vars(record) for record in caplog.records if record.getMessage() == "call")
    assert (good["method"], good["code"]) == ("towline.v1.DispatchService/Optimize", "OK")
    assert good["request_bytes"] > 100
    assert good["response_bytes"] > 100
    assert good["duration_ms"] > 0
    assert (bad["code"], bad["reason"]) == ("INVALID_ARGUMENT", "REQUIRED_FIELD")
    assert "coquimbo" not in str([good[key] for key in ("method", "code")])


def test_calls_at_once_agree(start):
    """Many threads asking at once get what one alone gets."""
    units = tuple(Unit(f"u{k}", "p", Location(LON + 0.001 * k, LAT), frozenset(Service)) for k in range(20))
    _, client = start(Fleet((Provider("p"),), units))
    incidents = [incident(f"i{k}") for k in range(5)]
    request = pb.OptimizeRequest(region=REGION, incidents=incidents, server_fleet={}, now=stamp())

    def total(_number: int) -> int:
        return client.dispatch.Optimize(request).plan.cost.total_millimin

    alone = total(0)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(total, range(40))) == {alone}


def test_a_taken_port_is_said(dispatcher: Dispatcher, shared_server: Server):
    """Two servers never share a port silently."""
    second = Server({"coquimbo": dispatcher}, f"127.0.0.1:{shared_server.port}")
    with pytest.raises(ListenError):
        second.start()
    second.stop(grace_s=0)


def test_an_open_address_is_refused(dispatcher: Dispatcher):
    """Before anything listens."""
    with pytest.raises(InsecureAddressError):
        Server({"coquimbo": dispatcher}, "0.0.0.0:0")


def test_unknown_methods_are_unimplemented(client: Client):
    """As every gRPC server answers."""
    assert (
        code_of(lambda: client.channel.unary_unary("/towline.v1.DispatchService/Guess")(b""))
        is grpc.StatusCode.UNIMPLEMENTED
    )


def test_one_service_can_be_out_of_order(start):
    """The others, and the server as a whole, still say SERVING; it comes back; what is not there has no health."""
    server, client = start()
    name = "towline.v1.FleetService"

    def status(service):
        return client.health.Check(health_pb2.HealthCheckRequest(service=service), timeout=20).status

    server.set_health("FleetService", False)
    assert [status(one) for one in (name, "towline.v1.EtaService", "")] == [2, 1, 1]
    server.set_health(name, True)
    assert status(name) == 1
    with pytest.raises(LookupError):
        server.set_health("PizzaService", True)
    assert server.alive()
    server.stop(grace_s=0)
    assert not server.alive()
