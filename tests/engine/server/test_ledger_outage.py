"""A running server whose ledger goes away, is full, or whose machine's clock jumps."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from towline.v1 import enums_pb2 as enums
from towline.v1 import incident_service_pb2 as pb

from engine.dispatch import Dispatcher
from engine.errors import LedgerFencedError, LedgerUnavailableError
from engine.ledger import Ledger
from engine.ledger.check import check
from engine.server import Server, ServerOptions, hosted
from tests.engine.server.serving import fleet
from tests.engine.server.wire import REGION, Client, failure, incident, stamp
from tests.postgres import PostgresServer

WAIT_S = 60


class MovableClock:
    """A clock on the wall that somebody sets."""

    def __init__(self) -> None:
        self.off = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.off


@pytest.fixture
def begin(dispatcher: Dispatcher) -> Iterator[Callable[..., Client]]:
    servers: list[Server] = []

    def make(url: str, clock: Any = None) -> Client:
        options = ServerOptions(clock=clock or MovableClock())
        server = Server({"coquimbo": dispatcher}, options=options, fleets={"coquimbo": fleet()}, ledger=url)
        servers.append(server)
        server.start()
        return Client(server.port)

    yield make
    for server in servers:
        server.stop(grace_s=0)


def create(client: Client, name: str) -> Any:
    message = incident(name)
    message.ClearField("received_at")
    request = pb.CreateIncidentRequest(parent=REGION, incident=message, request_id=f"create {name}")
    return client.incidents.CreateIncident(request, timeout=WAIT_S)


def test_a_database_that_goes_and_comes_back(begin: Callable[..., Client], postgres: PostgresServer):
    """Writes are refused while it is away, what was open is read on, and the same requests succeed afterwards."""
    url = postgres.database()
    client = begin(url)
    create(client, "before")
    postgres.stop()
    try:
        failed = failure(lambda: create(client, "meanwhile"))
        assert failed.code == "UNAVAILABLE"
        assert failed.reason in ("LEDGER_UNAVAILABLE", "NOT_LEADER")
        found = client.incidents.GetIncident(pb.GetIncidentRequest(name=f"{REGION}/incidents/before"), timeout=WAIT_S)
        assert found.incident.state == enums.INCIDENT_STATE_ASSIGNED
    finally:
        postgres.start()
    assert _until_it_works(lambda: create(client, "meanwhile")).incident.name.endswith("meanwhile")
    assert create(client, "before").incident.name.endswith("before")  # answered again, not made again
    with Ledger.open(url, read_only=True) as ledger:
        part = ledger.region("coquimbo")
        assert not list(check(part))
        assert sum(row.kind == "incident_received" for row in part.events(0, 1000)) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_is_full(begin: Callable[..., Client], tmp_path: Path):
    """Full: refused, nothing half done; room again: it goes on, with what it had acknowledged."""
    small = tmp_path / "small"
    small.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", small], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        client = begin(f"sqlite:///{small / 'ledger.db'}")
        acknowledged, failed = [], None
        ballast = small / "ballast"
        ballast.write_bytes(bytes(2**20 // 2))
        for number in range(2000):
            try:
                create(client, f"i{number}")
            except Exception:
                failed = failure(lambda number=number: create(client, f"i{number}"))
                break
            acknowledged.append(f"i{number}")
        assert failed is not None
        assert (failed.code, failed.reason) == ("UNAVAILABLE", "LEDGER_UNAVAILABLE")
        assert failed.metadata["cause"] == "disk full"
        ballast.unlink()
        _until_it_works(lambda: create(client, "afterwards"))
        for name in acknowledged:
            request = pb.GetIncidentRequest(name=f"{REGION}/incidents/{name}")
            assert client.incidents.GetIncident(request, timeout=WAIT_S).incident.name
        request = pb.CancelIncidentRequest(name=f"{REGION}/incidents/{acknowledged[0]}", reason="not needed")
        assert client.incidents.CancelIncident(request, timeout=WAIT_S).incident.closed_at.seconds
    finally:
        subprocess.run(["umount", "-l", small], check=False, capture_output=True)


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_jumps(begin: Callable[..., Client], tmp_path: Path, hours: int, monkeypatch: pytest.MonkeyPatch):
    """Set hours ahead or back, the machine's clock breaks no promise, stops nothing, and is told once in the log."""
    told_of: list[float] = []
    monkeypatch.setattr(hosted, "_jump", lambda _region, off: told_of.append(off.total_seconds()))
    clock = MovableClock()
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    client = begin(url, clock)
    first = create(client, "first").incident
    clock.off = timedelta(hours=hours)
    second = create(client, "second").incident
    apart = second.filed_at.ToDatetime() - first.filed_at.ToDatetime()
    assert timedelta(0) <= apart < timedelta(minutes=5)
    assert not any(item.HasField("broken_at") for item in second.clocks)
    told = incident("told", received_at=stamp(clock()))  # by a caller whose clock is right
    request = pb.CreateIncidentRequest(parent=REGION, incident=told)
    assert client.incidents.CreateIncident(request, timeout=WAIT_S).incident.legs[0].unit
    with Ledger.open(url, read_only=True) as ledger:
        times = [row.at_us for row in ledger.region("coquimbo").events(0, 1000)]
        assert times == sorted(times)
    assert [round(off, -2) for off in told_of if abs(off) > 1800] == [hours * 3600]


def _until_it_works(call: Callable[[], Any]) -> Any:
    until = datetime.now(UTC) + timedelta(seconds=WAIT_S)
    while True:
        try:
            return call()
        except Exception:
            if datetime.now(UTC) > until:
                raise


def test_why_there_is_trouble(monkeypatch: pytest.MonkeyPatch):
    """The line about what failed by itself has the ledger's cause; other errors have none."""
    lines: list[dict[str, str]] = []
    monkeypatch.setattr(hosted.logger, "warning", lambda _, extra: lines.append(extra))
    hosted._trouble("coquimbo", "writer", LedgerUnavailableError("it is gone", cause="gone"))
    hosted._trouble("coquimbo", "following", LedgerFencedError("somebody else writes"))
    assert [(line["reason"], line.get("cause")) for line in lines] == [
        ("LEDGER_UNAVAILABLE", "gone"),
        ("LEDGER_FENCED", None),
    ]
