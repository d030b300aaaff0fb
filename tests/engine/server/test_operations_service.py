"""google.longrunning.Operations at a real server: waiting, cancelling, others', processes that die, the end."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from grpc_status import rpc_status
from towline.v1 import coverage_service_pb2 as pb
from towline.v1 import enums_pb2

from engine.dispatch import Dispatcher
from engine.errors import OptionError
from engine.server import Server, ServerOptions
from engine.server.operations_options import PlanningOptions, RegionDemand
from engine.server.security import SecuritySettings
from tests.engine.server.planning import LONG, PlanningClient, fleet, info_of, metadata_of, unpacked
from tests.engine.server.security.makes import settings, token
from tests.engine.server.wire import NOW, Client, failure

Begin = Callable[..., tuple[Server, PlanningClient]]


@pytest.fixture
def begin(dispatcher: Dispatcher) -> Iterator[Begin]:
    """Starts a server with these options of planning; stopped after the test."""
    servers: list[Server] = []

    def make(security: SecuritySettings | None = None, **planning: Any) -> tuple[Server, PlanningClient]:
        options = ServerOptions(
            clock=lambda: NOW, planning=PlanningOptions(**planning), security=security or SecuritySettings()
        )
        server = Server({"coquimbo": dispatcher}, options=options, fleets={"coquimbo": fleet()})
        servers.append(server)
        return server.start(), PlanningClient(Client(server.port).channel)

    yield make
    for server in servers:
        server.stop(grace_s=0)


def under_way(client: PlanningClient, name: str) -> None:
    """Until it has done something."""
    for _ in range(600):
        operation = client.get(name)
        assert not operation.done
        if metadata_of(operation).done_count:
            return
        time.sleep(0.1)
    raise AssertionError("nothing was done")


def alive(pid: int) -> bool:
    """Whether there is such a process; one that has ended and nobody asked for counts as gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_wait_cancel_and_dead_processes(begin: Begin):
    """A killed process costs time only; whoever waits is told; a cancelled one ends at once, its process with it."""
    server, client = begin(operations=3, caller_operations=2)
    name = client.long().name
    under_way(client, name)
    (pid,) = server._planning.pids
    os.kill(pid, signal.SIGKILL)
    before = metadata_of(client.get(name)).done_count
    for _ in range(300):
        if metadata_of(client.get(name)).done_count > before + 3:
            break
        time.sleep(0.1)
    (second,) = server._planning.pids
    assert second != pid
    began = time.monotonic()
    assert not client.wait(name, 0.3).done
    assert time.monotonic() - began >= 0.3
    assert failure(lambda: client.delete(name)).reason == "OPERATION_RUNNING"

    waiting = client.long().name
    found = failure(client.long)
    assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "CALLER_LIMIT")
    with pytest.raises(grpc.RpcError) as caught:
        client.long()
    refusal = rpc_status.from_call(caught.value)
    assert refusal is not None
    assert any(detail.Is(RetryInfo.DESCRIPTOR) for detail in refusal.details)

    told: list[Any] = []
    waiter = threading.Thread(target=lambda: told.append(client.wait(name)))
    waiter.start()
    time.sleep(0.2)
    client.cancel(name)
    waiter.join(20)
    (ended,) = told
    assert ended.done
    assert (ended.error.code, info_of(ended.error).reason) == (
        grpc.StatusCode.CANCELLED.value[0],
        "OPERATION_CANCELLED",
    )
    assert info_of(ended.error).metadata["cause"] == "caller"
    assert not alive(second)
    client.cancel(waiting)
    assert client.done(client.get(waiting)).error.code == 1
    assert client.evaluated(services=["SERVICE_TOWING"]).variants


@pytest.mark.parametrize("where", ["add", "kept_until"])
def test_callers_who_never_hear_the_name(begin: Begin, monkeypatch: pytest.MonkeyPatch, where: str):
    """An operation whose first call ends without its answer is cancelled; with a request_id it goes on."""
    server, client = begin()
    client.done(client.evaluate(services=["SERVICE_TOWING"]))  # the processes are there
    operations, slow = server._operations, threading.Event()
    real = getattr(operations, where)

    def late(*arguments: Any, **more: Any) -> Any:
        found = real(*arguments, **more)
        if slow.is_set():
            slow.clear()
            time.sleep(1.5)  # the operation is there; the answer with its name is on its way
        return found

    monkeypatch.setattr(operations, where, late)

    def gives_up(cancels: bool, **fields: Any) -> None:
        slow.set()
        request = pb.CompareCoverageRequest(
            parent="regions/coquimbo", server_fleet={}, scenarios=[{"toml": LONG}], **fields
        )
        future = client.coverage.CompareCoverage.future(request, timeout=60 if cancels else 1)
        if cancels:
            while slow.is_set():
                time.sleep(0.01)
            future.cancel()
        with pytest.raises((grpc.RpcError, grpc.FutureCancelledError)):
            future.result()

    for cancels in (False, True):
        gives_up(cancels)
        unheard = client.list().operations[-1]
        ended = client.done(client.get(unheard.name))
        assert (info_of(ended.error).reason, info_of(ended.error).metadata["cause"]) == (
            "OPERATION_CANCELLED",
            "unheard",
        )
    gives_up(False, request_id="again")
    again = client.long(request_id="again")
    assert not again.done
    assert again.name == client.list(filter="done=false").operations[-1].name
    client.cancel(again.name)
    heard = client.long()
    assert not client.wait(heard.name, 1).done
    client.cancel(heard.name)


def test_the_end_of_a_server(begin: Begin):
    """Operations under way are cancelled and those who wait are told why; no process is left."""
    server, client = begin()
    names = [client.long().name, client.long().name]
    under_way(client, names[0])
    checkers = [pid for each, _ in server._planning._checkers.values() for pid in each.pids if pid > 0]
    pids = [*server._planning.pids, *checkers]
    assert len(pids) == 2  # nobody has asked for the check of a large request
    told: dict[str, Any] = {}
    waiters = [threading.Thread(target=lambda n=name: told.update({n: client.wait(n)})) for name in names]
    for waiter in waiters:
        waiter.start()
    time.sleep(0.3)
    began = time.monotonic()
    server.stop(grace_s=5)
    assert time.monotonic() - began < 30  # a hang, not a measure
    for waiter in waiters:
        waiter.join(20)
    for name in names:
        assert told[name].done
        assert told[name].error.code == grpc.StatusCode.CANCELLED.value[0]
        assert info_of(told[name].error).metadata["cause"] == "shutdown"
    assert not any(alive(pid) for pid in pids)


def test_whose_operations_they_are(begin: Begin, tmp_path: Path):
    """Others' are not there for anybody but the admin, who may cancel them, and the auditor, who may not."""
    server, _ = begin(SecuritySettings(token=settings(tmp_path)))

    def as_(role: str, **claims: Any) -> PlanningClient:
        bearer = [("authorization", f"Bearer {token(role, **claims)}")]
        return PlanningClient(Client(server.port).channel, bearer)

    mine, other, admin = as_("planner", sub="a"), as_("dispatcher", sub="b"), as_("admin", sub="c")
    name = mine.long(request_id="r").name
    assert mine.get(name).name == name
    for call in (other.get, other.cancel, other.delete, other.wait):
        assert failure(lambda call=call: call(name)).code == "NOT_FOUND"
    assert not other.list().operations
    theirs = other.long(request_id="r").name
    assert theirs != name
    assert [each.name for each in admin.list().operations] == [name, theirs]
    assert metadata_of(admin.get(name)).subject == "a"
    auditor, provider = as_("auditor", sub="d"), as_("provider", provider="P0001")
    assert [each.name for each in auditor.list().operations] == [name, theirs]
    assert metadata_of(auditor.get(name)).subject == "a"
    both = as_("auditor", sub="e", roles=["auditor", "planner"])
    assert both.get(name).name == name
    for call in (both.cancel, both.delete):
        assert failure(lambda call=call: call(name)).code == "NOT_FOUND"
    admin.cancel(name)
    other.cancel(theirs)
    for operation, cause in ((mine.wait(name), "admin"), (other.wait(theirs), "caller")):
        assert info_of(operation.error).metadata["cause"] == cause
    for call in (auditor.evaluate, lambda: auditor.cancel(name), provider.evaluate, lambda: provider.get(name)):
        assert failure(call).reason == "PERMISSION_DENIED"
    elsewhere = as_("planner", regions=["other"])
    assert failure(elsewhere.evaluate).reason == "PERMISSION_DENIED"
    assert failure(lambda: elsewhere.get(name)).reason == "PERMISSION_DENIED"


def test_bounds_of_the_work(begin: Begin):
    """What takes too long, and answers that are too large, end with a typed error; what is over is forgotten."""
    _, hurried = begin(longest_s=1.0)
    late = hurried.done(hurried.long())
    assert info_of(late.error).reason == "OPERATION_TOO_LONG"
    _, client = begin(answer_bytes=50_000, kept=2)
    client.evaluated(services=["SERVICE_TOWING"])
    large = client.done(client.evaluate(detail={"cells": True}))
    assert info_of(large.error).reason == "REQUEST_TOO_LARGE"
    fine = client.done(client.evaluate(services=["SERVICE_TOWING"]))
    unpacked(fine, pb.EvaluateCoverageResponse())
    assert [each.name for each in client.list().operations] == [large.name, fine.name]


def test_demand_that_a_region_is_set_up_with(begin: Begin, tmp_path: Path):
    """Its file is read at the start; the answer says where demand is from; unknown regions are no accident."""
    path = tmp_path / "calls.csv"
    path.write_text("lon,lat,calls,weight\n-71.25,-29.91,x,3\n-71.26,-29.92,y,1\n")
    demand = {"coquimbo": RegionDemand(path, 0.25)}
    _, client = begin(demand=demand)
    told = client.evaluated(services=["SERVICE_TOWING"])
    assert (told.demand.source, told.demand.total_demand) == (enums_pb2.DEMAND_SOURCE_CONFIGURED, 4)
    by_class = told.variants[0].evaluations[0].figures.classes
    assert by_class[1].demand == pytest.approx(1)
    with pytest.raises(OptionError, match="elsewhere"):
        begin(demand={"elsewhere": RegionDemand()})
