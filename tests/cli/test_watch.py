"""`towline watch`: the queue once, and kept up through whatever happens to its streams."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from towline.v1 import enums_pb2, incident_pb2
from towline.v1 import incident_service_pb2 as pb
from towline.v1 import watch_service_pb2 as watch_pb
from typer.testing import Result

from cli.views import watch as view
from cli.views.watch_rows import Urgency, rows_of
from cli.watch_feed import Feed, Queue
from engine.dispatch import Dispatcher
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server
from engine.wire_words import word
from graphs.bundled import load_coquimbo
from tests.cli.conftest import widest
from tests.engine.server.wire import LAT, LON, REGION, Client, place, stamp

Run = Callable[..., Result]
WAIT_S = 30.0


@pytest.fixture(scope="module")
def deciding() -> Dispatcher:
    return Dispatcher(load_coquimbo())


def begin(deciding: Dispatcher, ledger: Path, port: int = 0) -> Server:
    units = tuple(Unit(f"u{k}", f"p{k % 2}", Location(LON + 0.01 * k, LAT), frozenset(Service)) for k in range(4))
    fleet = Fleet((Provider("p0"), Provider("p1")), units)
    url = f"sqlite:///{ledger}"
    return Server({"coquimbo": deciding}, f"127.0.0.1:{port}", fleets={"coquimbo": fleet}, ledger=url).start()


@pytest.fixture
def server(deciding: Dispatcher, tmp_path: Path) -> Iterator[Server]:
    server = begin(deciding, tmp_path / "ledger.db")
    yield server
    server.stop(grace_s=0)


def create(client: Client, key: str, ago: float = 0.0, draft: bool = False) -> incident_pb2.Incident:
    """An incident received so many minutes ago."""
    received = stamp(datetime.now(UTC) - timedelta(minutes=ago))
    incident = incident_pb2.Incident(name=f"{REGION}/incidents/{key}", received_at=received)
    if not draft:
        incident.location.CopyFrom(place())
        incident.service = enums_pb2.SERVICE_TOWING
    request = pb.CreateIncidentRequest(parent=REGION, incident=incident, draft=draft)
    return client.incidents.CreateIncident(request, timeout=WAIT_S).incident


def test_once(towline: Run, towline_json: Callable[..., Any], server: Server):
    """Open incidents with their clocks, most urgent first, in 80 columns; filters; as JSON."""
    client, address = Client(server.port), f"127.0.0.1:{server.port}"
    assert "No open incidents" in towline("watch", "--server", address, "--once").stdout
    create(client, "fine")
    create(client, "late", 45)
    create(client, "call", 4, draft=True)
    result = towline("watch", "--server", address, "--once")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split()[1] for line in lines[4:6]] == ["late", "call"]
    assert "1 broken" in result.stdout
    assert "arrive −15m" in result.stdout
    assert "file −1:0" in result.stdout
    assert widest(result.stdout) <= 80
    found = towline_json("watch", "--server", address)
    by_id = {row["id"]: row for row in found["incidents"]}
    assert by_id["late"]["urgency"] == "broken"
    assert by_id["late"]["promise_left_s"] < 0
    assert by_id["call"]["clocks"][0]["kind"] == "filing"
    assert by_id["fine"]["unit"].startswith("u")
    assert [row["id"] for row in towline_json("watch", "--server", address, "--at-risk")["incidents"]] == ["late"]
    mine = by_id["fine"]["provider"]
    rows = towline_json("watch", "--server", address, "--provider", mine)["incidents"]
    assert {row["provider"] for row in rows} == {mine}


@pytest.mark.parametrize(
    ("arguments", "reason", "code"),
    [
        (["--server", "127.0.0.1:1"], "SERVER_UNREACHABLE", 3),
        (["--server", "nowhere"], "INVALID_OPTION", 2),
    ],
)
def test_mistakes(towline_json: Callable[..., Any], arguments: list[str], reason: str, code: int):
    """Each mistake has its reason."""
    assert towline_json("watch", *arguments, exit_code=code)["error"]["reason"] == reason


def until(feed: Feed, what: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < end, (sorted(feed.queue.incidents), feed.trouble, feed.fatal)
        time.sleep(0.02)


def test_the_queue_goes_on_after_a_restart(deciding: Dispatcher, tmp_path: Path):
    """The queue follows every change; that the server went away is said, and when it is back nothing is missing."""
    server = begin(deciding, tmp_path / "ledger.db")
    client, port = Client(server.port), server.port
    create(client, "before")
    feed = Feed(f"127.0.0.1:{port}", REGION, watch_pb.WatchTelemetryRequest(parent=REGION)).start()
    try:
        assert feed.ready.wait(WAIT_S)
        assert list(feed.queue.incidents) == [f"{REGION}/incidents/before"]
        create(client, "meanwhile")
        until(feed, lambda: len(feed.queue.incidents) == 2)
        until(feed, lambda: len(feed.queue.units) == 2)
        unit = feed.queue.incidents[f"{REGION}/incidents/before"].legs[0].unit
        assert feed.queue.units[unit].incident == f"{REGION}/incidents/before"
        server.stop(grace_s=0)
        until(feed, lambda: bool(feed.trouble))
        server = begin(deciding, tmp_path / "ledger.db", port)
        client = Client(port)
        client.incidents.CloseIncident(
            pb.CloseIncidentRequest(name=f"{REGION}/incidents/before", reason="over"),
            timeout=WAIT_S,
            wait_for_ready=True,
        )
        create(client, "after")
        until(feed, lambda: not feed.trouble)
        until(feed, lambda: {n.rpartition("/")[2] for n in feed.queue.incidents} == {"meanwhile", "after"})
        assert feed.times >= 1
        assert feed.fatal is None
    finally:
        feed.stop()
        server.stop(grace_s=0)


def test_another_ledger_begins_again(deciding: Dispatcher, tmp_path: Path):
    """A server with another ledger at the same address: the queue is read anew, not mixed."""
    server = begin(deciding, tmp_path / "one.db")
    port = server.port
    create(Client(port), "old")
    feed = Feed(f"127.0.0.1:{port}", REGION, watch_pb.WatchTelemetryRequest(parent=REGION)).start()
    try:
        assert feed.ready.wait(WAIT_S)
        server.stop(grace_s=0)
        server = begin(deciding, tmp_path / "two.db", port)
        until(feed, lambda: not feed.trouble and not feed.queue.incidents)
        assert feed.fatal is None
    finally:
        feed.stop()
        server.stop(grace_s=0)


def test_a_region_that_is_not_there_is_fatal(server: Server):
    """What trying again does not mend ends the feed with its error."""
    parent = "regions/atlantis"
    feed = Feed(f"127.0.0.1:{server.port}", parent, watch_pb.WatchTelemetryRequest(parent=parent)).start()
    try:
        assert feed.ready.wait(WAIT_S)
        assert feed.fatal is not None
        assert feed.fatal.reason == "REGION_NOT_FOUND"
    finally:
        feed.stop()


def test_older_versions_are_left_aside():
    """What comes twice, or late, does not undo what came after it."""
    queue = Queue()
    new = incident_pb2.Incident(name="i", event_number=7)
    queue.put(new)
    queue.put(incident_pb2.Incident(name="i", event_number=5))
    assert queue.incidents["i"] is new
    queue.put(incident_pb2.Incident(name="i", event_number=9, closed_at=stamp(datetime.now(UTC))))
    assert not queue.incidents


def test_order_and_widths():
    """A broken promise comes before one at risk, that before a broken clock; every width from 80 on holds its lines."""
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def incident(key: str, minutes: float, state: Any, chance: float | None = None, **more: Any) -> Any:
        due = stamp(now + timedelta(minutes=minutes))
        leg = incident_pb2.Leg(state=state, unit=f"{REGION}/providers/p-long-name/units/{key}-unit-{'x' * 20}")
        if chance is not None:
            leg.promise_probability = chance
        return incident_pb2.Incident(
            name=f"{REGION}/incidents/{key}",
            state=enums_pb2.INCIDENT_STATE_ASSIGNED,
            received_at=stamp(now - timedelta(minutes=5)),
            promise=incident_pb2.Incident().promise.__class__(due_at=due),
            legs=[leg],
            **more,
        )

    call = incident_pb2.Clock(kind=enums_pb2.CLOCK_KIND_CALLBACK, due_at=stamp(now - timedelta(minutes=1)))
    under_way = enums_pb2.LEG_STATE_UNDER_WAY
    rows = rows_of(
        [
            incident("fine", 20, under_way, 0.99),
            incident("alone", 25, enums_pb2.LEG_STATE_WAITING),
            incident("call", 20, under_way, 0.99, clocks=[call]),
            incident("risk", 10, under_way, 0.2),
            incident("broken-" + "y" * 30, -3, under_way, 0.0),
        ],
        {},
        now,
    )
    assert [row.urgency for row in rows] == [
        Urgency.BROKEN,
        Urgency.RISK,
        Urgency.CLOCK,
        Urgency.ALONE,
        Urgency.FINE,
    ]
    for width in (80, 100, 110, 130, 200):
        console = Console(width=width, record=True, file=None, quiet=False, force_terminal=False)
        with console.capture() as told:
            console.print(view.render(rows, view.Heading("Region", "server:1", now, UTC, "nobody answers"), width, 8))
        assert widest(told.get()) <= width
        assert "nobody answers" in told.get()
        assert "2 less urgent" in told.get()


def test_words():
    """Values of the contract in the engine's words; unknown numbers as they are."""
    assert word("LegState", enums_pb2.LEG_STATE_UNDER_WAY) == "under_way"
    assert word("Service", enums_pb2.SERVICE_TOWING) == "towing"
    assert word("ClockKind", 99) == "99"
