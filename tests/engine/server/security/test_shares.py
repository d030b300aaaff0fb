"""Calls held open without sending, by one caller: others are answered whatever it holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from towline.v1 import eta_service_pb2, fleet_service_pb2, region_service_pb2

from engine.errors import BusyError, CallerLimitError
from engine.server import Server
from engine.server.admission import Kind
from engine.server.gate import Gate
from engine.server.security import SecuritySettings
from tests.engine.server.security.makes import settings, token
from tests.engine.server.test_command_calls import request
from tests.engine.server.test_overload import SilentRequests, until
from tests.engine.server.wire import REGION, Client, failure, place

WAIT_S = 10


def bearer(subject: str, role: str, **more: Any) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {token(role, sub=subject, **more)}")]


PROVIDER, ADMIN = bearer("fleet-gateway", "provider", provider="p1"), bearer("desk", "admin")
PLANNER = bearer("planning", "planner")


class Held:
    """Calls that one caller opens, on a connection of its own, and sends nothing, or what it is given, then no more."""

    def __init__(self, port: int) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.use_local_subchannel_pool", 1)])
        self.calls: list[Any] = []
        self._sent: list[SilentRequests] = []

    def hold(self, method: str, count: int, metadata: Any, first: Any = None) -> None:
        for _ in range(count):
            silent = SilentRequests()
            self._sent.append(silent)
            requests = _after(first, silent) if first is not None else silent
            call = self.channel.stream_unary(f"/towline.v1.{method}")
            self.calls.append(call.future(requests, metadata=metadata))

    def refused(self) -> list[Any]:
        return [failure(call.result) for call in self.calls if call.done()]

    def end(self) -> None:
        for call in self.calls:
            call.cancel()
        for silent in self._sent:
            silent.close()
        self.channel.close()


def _after(first: Any, silent: SilentRequests) -> Iterator[bytes]:
    yield first.SerializeToString()
    yield from silent


@pytest.fixture
def held(secured: Callable[..., Server], tmp_path: Path) -> Iterator[Callable[..., tuple[Server, Client, Held]]]:
    """Starts a server that asks for tokens."""
    made: list[Held] = []

    def make(**options: Any) -> tuple[Server, Client, Held]:
        server = secured(SecuritySettings(token=settings(tmp_path)), **options)
        made.append(Held(server.port))
        return server, Client(server.port), made[-1]

    yield make
    for each in made:
        each.end()


def check_refused(held: Held, kind: str, most: int, others: int) -> None:
    """All but ``most`` of the calls are told why, by type, and when to try again."""
    until(lambda: sum(call.done() for call in held.calls) == others)
    for found in held.refused():
        assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "CALLER_LIMIT")
        assert (found.metadata["kind"], found.metadata["limit"]) == (kind, str(most))
        assert found.retry_s == 0.2


@pytest.mark.parametrize(
    ("method", "kind", "gate", "name", "most"),
    [
        ("IncidentService/AcceptOffer", Kind.COMMAND, {"commands": 8}, "changes of incidents", 6),
        ("FleetService/ReportPositions", Kind.WRITE, {"write_queue": 6, "heavy_calls": 2}, "changes", 6),
        ("EtaService/Snap", Kind.QUICK, {"quick_queue": 4, "heavy_calls": 2}, "quick calls", 6),
    ],
)
def test_calls_without_a_request_take_no_place(
    held: Callable[..., tuple[Server, Client, Held]],
    method: str,
    kind: Kind,
    gate: dict[str, int],
    name: str,
    most: int,
) -> None:
    """A caller's share may be on its way, none of it is inside, and others do the same meanwhile."""
    server, client, mine = held(**gate)
    who = PLANNER if kind is Kind.QUICK else PROVIDER
    mine.hold(method, 10, who)
    check_refused(mine, name, most, 10 - most)
    assert server._admission.gates[kind].inside == 0
    if kind is Kind.COMMAND:
        assert client.incidents.CreateIncident(request("x"), metadata=ADMIN, timeout=WAIT_S).ByteSize()
    elif kind is Kind.WRITE:
        report = fleet_service_pb2.ReportPositionsRequest(parent=REGION)
        report.positions.add(unit=f"{REGION}/providers/p1/units/u0", location=place())
        client.fleet.ReportPositions(report, metadata=ADMIN, timeout=WAIT_S)
    else:
        snap = eta_service_pb2.SnapRequest(region=REGION, locations=[place()])
        assert client.eta.Snap(snap, metadata=ADMIN, timeout=WAIT_S).results
    mine.end()
    until(lambda: not server._admission.gates[kind]._held)


def test_light_calls_whose_requests_are_late(held: Callable[..., tuple[Server, Client, Held]]) -> None:
    """They share a few threads: one caller's late ones are refused beyond its share, and others are answered."""
    server, client, mine = held(light_threads=4)
    mine.hold("FleetService/GetUnit", 2, PROVIDER)
    units = fleet_service_pb2.ListUnitsRequest(parent=f"{REGION}/providers/-")
    calls = [client.fleet.ListUnits.future(units, metadata=PROVIDER, timeout=WAIT_S) for _ in range(50)]
    assert all(call.result().units for call in calls)  # of the same caller: those that send are not refused
    mine.hold("FleetService/GetUnit", 18, PROVIDER)
    check_refused(mine, "light calls without a request", 3, 17)
    region = region_service_pb2.GetRegionRequest(name=REGION)
    assert client.region.GetRegion(region, metadata=ADMIN, timeout=WAIT_S).ByteSize()
    until(lambda: server._pools[1].open == 3)


def test_silent_streams_of_positions_are_a_share(held: Callable[..., tuple[Server, Client, Held]]) -> None:
    """One message, then silence: others may still open one."""
    _, client, mine = held(position_streams=8)
    first = fleet_service_pb2.StreamPositionsRequest(parent=REGION, unit_ids=["u0"], lon=[-71.25], lat=[-29.9])
    mine.hold("FleetService/StreamPositions", 10, PROVIDER, first)
    check_refused(mine, "streams of positions", 6, 4)
    assert client.fleet.StreamPositions(iter([first]), metadata=ADMIN, timeout=WAIT_S).accepted_count == 1


def test_connections_have_shares_where_nobody_is_asked_who_he_is(secured: Callable[..., Server]) -> None:
    """A client that hangs is one connection; who opens another is somebody else."""
    server = secured(commands=8)
    mine = Held(server.port)
    mine.hold("IncidentService/AcceptOffer", 10, None)
    check_refused(mine, "changes of incidents", 6, 4)
    assert Client(server.port).incidents.CreateIncident(request("x"), timeout=WAIT_S).ByteSize()
    mine.end()


def test_gates_give_back_what_was_held() -> None:
    """Under many threads the counts of callers end at none."""
    gate = Gate("calls", 3, 5, 1.0, share=0.5)
    assert gate.most == 4
    most: list[int] = []

    def work(name: str) -> None:
        for n in range(500):
            with suppress(CallerLimitError, BusyError), gate.coming(name) as coming:
                if n % 3:
                    coming.take()
                most.append(gate._held[name])

    threads = [threading.Thread(target=work, args=(name,)) for name in "aaabbbcc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= max(most) <= 4
    assert (gate.inside, gate._coming, gate._held) == (0, 0, {})
