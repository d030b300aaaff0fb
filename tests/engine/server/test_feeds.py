"""Streams of traffic, updates beside questions, and the hours to come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Queue
from typing import Any

import grpc
import numpy as np
import pytest
from towline.v1 import region_service_pb2 as pb

from engine.dispatch import Dispatcher
from engine.model import Fleet, Location, Provider, Service, Unit
from engine.server import Server, ServerOptions
from engine.server.admission import Kind
from graphs.bundled import load_coquimbo
from graphs.metrics import MetricStore, load_traffic_profile
from graphs.metrics.locate import ArcFinder
from graphs.search import Metric
from tests.engine.server.process import ROOT
from tests.engine.server.traffic import TRAFFIC, batch, dispatcher_with_traffic, entry, eta, recommend, spread, update
from tests.engine.server.wire import LAT, LON, NOW, REGION, Client, code_of, failure

WAIT_S = 30
UNITS = tuple(Unit(f"u{k}", "p", Location(LON + 0.002 * k, LAT), frozenset(Service)) for k in range(5))


@dataclass
class Clock:
    """A server's clock that the test sets."""

    now: datetime = NOW
    reads: int = field(default=0)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def begin() -> Iterator[Callable[..., tuple[Server, Client, MetricStore]]]:
    """Starts a server with traffic; stopped after the test."""
    started: list[Server] = []

    def make(profile: Any = None, clock: Any = lambda: NOW, **options: Any) -> tuple[Server, Client, MetricStore]:
        dispatcher = dispatcher_with_traffic(load_coquimbo(), profile)
        settings = ServerOptions(clock=clock, **options)
        fleets = {"coquimbo": Fleet((Provider("p"),), UNITS)}
        server = Server({"coquimbo": dispatcher}, options=settings, fleets=fleets)
        started.append(server)
        assert dispatcher.metrics is not None
        return server.start(), Client(server.port), dispatcher.metrics

    yield make
    for server in started:
        server.stop(grace_s=0)


class Feed:
    """A stream that the test feeds by hand."""

    def __init__(self, client: Client) -> None:
        self._queue: Queue[pb.StreamTrafficRequest | None] = Queue()
        self.call = client.region.StreamTraffic(iter(self._queue.get, None))

    def send(self, request: pb.StreamTrafficRequest | None) -> None:
        self._queue.put(request)

    def ask(self, request: pb.StreamTrafficRequest) -> pb.StreamTrafficResponse:
        self.send(request)
        return next(self.call)


def until(true: Callable[[], bool]) -> None:
    for _ in range(int(WAIT_S / 0.02)):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never came true")


def test_each_batch_is_answered_when_it_is_in_force(begin):
    """In order, with its counts; the next question sees it; the last answer ends the stream."""
    _, client, _ = begin()
    free, _ = eta(client)
    feed = Feed(client)
    for index, factor in enumerate((0.5, 0.8)):
        answer = feed.ask(batch(entry(factor=factor)))
        assert (answer.index, answer.result.accepted_count) == (index, 1)
        found, version = eta(client)
        assert version == answer.result.metric_version
        assert found > free
    assert feed.ask(batch(remove_ids=["e"])).result.entry_count == 0
    assert eta(client)[0] == free
    feed.send(None)
    assert list(feed.call) == []
    assert feed.call.code() is grpc.StatusCode.OK


def test_a_batch_that_fails_ends_its_stream(begin):
    """The error says which one; those before stand, and what was sent behind is not done."""
    _, client, store = begin()
    bad = pb.StreamTrafficRequest(parent="regions/atlantis")
    requests = [batch(entry("a", factor=0.5)), batch(entry("b", factor=0.5)), bad, batch(entry("c", factor=0.5))]
    answers = client.region.StreamTraffic(iter(requests))
    assert [next(answers).index, next(answers).index] == [0, 1]
    found = failure(lambda: next(answers))
    assert (found.code, found.reason, found.metadata["index"]) == ("NOT_FOUND", "REGION_NOT_FOUND", "2")
    assert sorted(store.view().snapshot.feed.entries) == ["a", "b"]
    raw = client.channel.stream_stream("/towline.v1.RegionService/StreamTraffic")
    found = failure(lambda: list(raw(iter([b"\xff\xff"]))))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")
    assert list(client.region.StreamTraffic(iter([]))) == []


def test_a_broken_stream_may_be_sent_again(begin):
    """A batch that was taken before its stream broke is answered and not done twice."""
    _, client, _ = begin()
    first = Feed(client)
    sent = batch(entry(factor=0.5), request_id="b-17")
    result = first.ask(sent).result
    first.call.cancel()
    update(client, entry(factor=0.9))
    again = Feed(client).ask(sent).result
    assert again == result
    assert eta(client)[1].split(".")[0] == str(result.epoch + 1)


def test_a_caller_who_leaves_during_a_batch_leaves_all_or_nothing(begin, monkeypatch):
    """Cancelled while entries are checked: nothing of the batch is in force, its turn is free, the server answers."""
    server, client, store = begin()
    feed = Feed(client)
    feed.ask(batch(entry("before", factor=0.9)))
    entered, finder = threading.Event(), store._finder
    inner = finder.touching

    def slow(polygon: Any, classes: Any) -> Any:
        entered.set()
        time.sleep(0.01)
        return inner(polygon, classes)

    monkeypatch.setattr(finder, "touching", slow)
    feed.send(batch(*(entry(f"e{n}", factor=0.5) for n in range(5000))))
    assert entered.wait(WAIT_S)
    feed.call.cancel()
    until(lambda: server._pools[0].wait_idle(0))
    assert list(store.view().snapshot.feed.entries) == ["before"]
    assert update(client, entry("after", closed=True)).entry_count == 2
    done = client.region.UpdateTraffic.future(pb.UpdateTrafficRequest(parent=REGION, entries=[entry("x", factor=0.5)]))
    assert done.result(WAIT_S).result.accepted_count == 1


def test_feeds_that_stall_hold_nobody_up(begin):
    """Silent ones, and ones that take no answers: questions and updates go on; one feed too many is told so."""
    server, client, _ = begin(feeds=3, feed_silent_s=10 * WAIT_S)
    feeds = [Feed(client) for _ in range(3)]
    for number, feed in enumerate(feeds):
        assert feed.ask(batch(entry(f"f{number}", factor=0.9))).index == 0
    found = failure(lambda: Feed(client).ask(batch()))
    assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "SERVER_BUSY")
    for _ in range(20):
        feeds[0].send(batch(entry(factor=0.5)))  # answers are not read
    assert update(client, entry("quick", factor=0.9)).accepted_count == 1
    assert recommend(client).HasField("best")
    until(lambda: int(eta(client)[1].split(".")[0]) == 24)
    until(lambda: len(server._feeds._watches) == 3)
    for watch in list(server._feeds._watches):
        watch.until = 0.0  # they have been silent for too long
    until(lambda: server._pools[0].wait_idle(0))
    assert code_of(lambda: list(feeds[1].call)) is grpc.StatusCode.CANCELLED
    assert Feed(client).ask(batch()).index == 0


def test_an_open_feed_does_not_hold_up_the_end(begin, caplog):
    """A server told to stop ends feeds that wait, at once rather than after its grace; they are told why."""
    caplog.set_level("INFO", "towline.server")
    server, client, _ = begin(grace_s=4 * WAIT_S)
    feed = Feed(client)
    feed.ask(batch(entry(factor=0.5)))
    stop = threading.Thread(target=server.stop)
    stop.start()
    stop.join(WAIT_S)
    assert not stop.is_alive()
    found = failure(lambda: next(feed.call))
    assert (found.code, found.reason) == ("UNAVAILABLE", "SERVER_STOPPING")
    ended = [vars(record) for record in caplog.records if record.msg == "call"][-1]
    assert (ended["code"], ended["reason"], "stalled" in ended) == ("UNAVAILABLE", "SERVER_STOPPING", False)
    assert [t.name for t in threading.enumerate() if t.name == "metric-warmer"] == []


HANGING_CLIENT = """
import sys
from queue import SimpleQueue
from tests.engine.server.process import ROOT
from tests.engine.server.traffic import batch, entry
from tests.engine.server.wire import Client

requests = SimpleQueue()
requests.put(batch(entry(factor=0.5)))
answers = Client(int(sys.argv[1])).region.StreamTraffic(iter(requests.get, None))
print(next(answers).index, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_the_place_of_a_client_that_hangs_becomes_free(begin):
    """A stopped process, whose machine still answers for it: its connection is closed after keepalive and timeout."""
    server, client, _ = begin(feeds=1, keepalive_s=1.0, keepalive_timeout_s=1.0)
    command = [sys.executable, "-c", HANGING_CLIENT, str(client.port)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        assert failure(lambda: Feed(client).ask(batch())).reason == "SERVER_BUSY"
        process.send_signal(signal.SIGSTOP)
        assert server._pools[0].wait_idle(WAIT_S)
        assert Feed(client).ask(batch()).index == 0
    finally:
        process.kill()
        process.communicate()


def test_a_large_feed_comes_in_batches(begin):
    """30,000 entries over a stream: all counted, all listed, all cleared."""
    _, client, _ = begin()
    entries = list(spread(30_000))
    requests = (batch(*entries[at : at + 10_000]) for at in range(0, 30_000, 10_000))
    results = [answer.result for answer in client.region.StreamTraffic(requests)]
    assert [result.accepted_count for result in results] == [10_000] * 3
    assert client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)).traffic.entry_count == 30_000
    page = client.region.ListTraffic(pb.ListTrafficRequest(parent=REGION, page_size=1000))
    assert [page.entries[0].id, page.entries[-1].id] == ["s000000", "s000999"]
    cleared = client.region.ClearTraffic(pb.ClearTrafficRequest(parent=REGION)).result
    assert (cleared.removed_count, cleared.entry_count) == (30_000, 0)


def test_large_entries_make_short_pages(begin):
    """A page ends when it is large, and the next one goes on behind it."""
    _, client, _ = begin()
    arcs = list(range(30_000))
    for number in range(4):
        update(client, entry(f"t{number}", arcs={"arc_ids": arcs}, speeds_kph={"values": [30.0] * len(arcs)}))
    request, found = pb.ListTrafficRequest(parent=REGION), []
    while True:
        page = client.region.ListTraffic(request)
        assert page.ByteSize() < 4 << 20
        found += [each.id for each in page.entries]
        request.page_token = page.next_page_token
        if not request.page_token:
            break
    assert found == ["t0", "t1", "t2", "t3"]


def test_one_answer_sees_one_snapshot(begin):
    """While updates come without a pause every answer has exactly the times of the epoch that it names."""
    _, client, _ = begin()
    factors = np.linspace(0.4, 1.0, 7)
    expected: dict[str, set[int]] = {}
    known: dict[float, int] = {}
    for factor in factors:
        update(client, entry(factor=factor))
        known[factor] = eta(client)[0]
    assert len(set(known.values())) == len(factors)
    asked: list[tuple[int, str]] = []
    problems: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        mine = Client(int(client.port))
        try:
            while not done.is_set():
                asked.append(eta(mine))
                best = recommend(mine)
                assert len(set(best.metric_version.split("+"))) == 1
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    feed = Feed(client)
    for turn in range(20):
        factor = factors[(3 * turn) % len(factors)]
        version = feed.ask(batch(entry(factor=factor))).result.metric_version
        expected.setdefault(version, set()).add(known[factor])
    done.set()
    for thread in threads:
        thread.join(WAIT_S)
    assert problems == []
    seen = {version for _, version in asked}
    assert len(seen & set(expected)) > 5
    assert [(ms, version) for ms, version in asked if version in expected and expected[version] != {ms}] == []


def test_the_next_hour_is_ready_when_it_begins(begin, monkeypatch):
    """Its first question makes no metric and labels nobody, with and without live traffic."""
    clock = Clock(NOW + timedelta(minutes=59, seconds=30))
    _, client, store = begin(load_traffic_profile(), clock)
    made: list[str] = []
    inner = store._made
    monkeypatch.setattr(store, "_made", lambda *a: made.append("metric") or inner(*a))
    labels = Metric.labels_from
    monkeypatch.setattr(Metric, "labels_from", lambda *a, **k: made.append("labels") or labels(*a, **k))
    for hour in (1, 2):
        clock.now = NOW + timedelta(hours=hour, seconds=1)
        made.clear()
        best = recommend(client, clock.now)
        assert made == [], (hour, made)
        assert best.metric_version == eta(client)[1]
        assert best.HasField("best")
        store.warm(clock.now)
        update(client, entry(factor=0.5))
        made.clear()


def test_a_fleet_that_changes_is_labelled_before_it_is_asked(begin, monkeypatch):
    """Units reported and added between updates: the question after labels nobody."""
    from towline.v1 import fleet_service_pb2

    from tests.engine.server.wire import place, unit

    _, client, _ = begin(load_traffic_profile())
    update(client, entry(factor=0.5))
    client.fleet.BatchUpsertUnits(
        fleet_service_pb2.BatchUpsertUnitsRequest(parent=REGION, units=[unit("new", "p", location=place())])
    )
    recommend(client)
    made: list[Any] = []
    labels = Metric.labels_from
    monkeypatch.setattr(Metric, "labels_from", lambda *a, **k: made.append(a) or labels(*a, **k))
    recommend(client)
    assert made == []


class HeldAreas:
    """From `hold` to `release` whoever looks for an area's roads waits."""

    def __init__(self, inner: Callable[..., Any]) -> None:
        self._inner = inner
        self._going, self._waiting = threading.Event(), threading.Semaphore(0)
        self.release()

    def touching(self, *arguments: Any) -> Any:
        if not self._going.is_set():
            self._waiting.release()
            assert self._going.wait(WAIT_S)
        return self._inner(*arguments)

    def hold(self) -> None:
        self._going.clear()

    def release(self) -> None:
        self._going.set()

    def one_waits(self) -> bool:
        """One more than before, in a while."""
        return self._waiting.acquire(timeout=WAIT_S)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldAreas]:
    areas = HeldAreas(ArcFinder.touching)
    monkeypatch.setattr(ArcFinder, "touching", lambda *arguments: areas.touching(*arguments))
    yield areas
    areas.release()


def large(count: int = 20) -> pb.UpdateTrafficRequest:
    return pb.UpdateTrafficRequest(parent=REGION, entries=[entry(f"area{n}", factor=0.5) for n in range(count)])


def test_a_large_update_holds_up_no_small_ones(begin, held):
    """Of two large ones the second is told so after its wait; small ones, weather and streams go on."""
    _, client, _ = begin(queue_s=0.5)
    held.hold()
    first = client.region.UpdateTraffic.future(large())
    assert held.one_waits()
    found = failure(lambda: client.region.UpdateTraffic(large()))
    assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "SERVER_BUSY")
    assert found.metadata["kind"] == f"large changes of traffic in {REGION}"
    for number in range(5):
        assert update(client, entry(f"s{number}", arcs={"arc_ids": [number]}, closed=True)).accepted_count == 1
    client.region.SetWeather(pb.SetWeatherRequest(parent=REGION))
    assert client.region.ClearTraffic(pb.ClearTrafficRequest(parent=REGION)).result.removed_count == 5
    assert Feed(client).ask(batch(entry("f", arcs={"arc_ids": [1]}, closed=True))).result.accepted_count == 1
    held.release()
    assert first.result(WAIT_S).result.accepted_count == 20


def test_a_large_update_holds_up_no_other_region(held):
    """Each region has turns of its own, for large updates too."""
    dispatchers = {key: dispatcher_with_traffic(load_coquimbo()) for key in ("coquimbo", "south")}
    server = Server(dispatchers, options=ServerOptions(clock=lambda: NOW, traffic_queue=1, queue_s=WAIT_S))
    server.start()
    held.hold()
    try:
        client = Client(server.port)
        busy = [client.region.UpdateTraffic.future(large()) for _ in range(2)]
        assert held.one_waits()
        gates = server._admission.traffic._gates
        until(lambda: gates[REGION, True]._inside == 2)
        assert failure(lambda: client.region.UpdateTraffic(large())).reason == "SERVER_BUSY"
        request = large()
        request.parent = "regions/south"
        other = client.region.UpdateTraffic.future(request)
        assert held.one_waits()  # it works already
        held.release()
        assert [call.result(WAIT_S).result.accepted_count for call in (*busy, other)] == [20] * 3
        request.parent = "regions/atlantis"
        assert failure(lambda: client.region.UpdateTraffic(request)).reason == "REGION_NOT_FOUND"
    finally:
        held.release()
        server.stop(grace_s=0)


def test_small_updates_wait_for_their_turn(begin, held):
    """More at once than can work or wait: those are told so at once, the others are done one after the other."""
    server, client, _ = begin(traffic_queue=3)
    held.hold()
    gate = server._admission.traffic._gates[REGION, False]
    calls = [
        client.region.UpdateTraffic.future(pb.UpdateTrafficRequest(parent=REGION, entries=[entry(f"e{n}", factor=0.5)]))
        for n in range(4)
    ]
    until(lambda: gate._inside == 4)
    found = failure(lambda: update(client, entry("late", arcs={"arc_ids": [1]}, closed=True)))
    assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "SERVER_BUSY")
    held.release()
    assert [call.result(WAIT_S).result.accepted_count for call in calls] == [1] * 4


def test_updates_and_questions_do_not_wait_for_each_other(begin, held, monkeypatch):
    """All turns of updates taken: questions go on. All heavy turns taken: updates go on."""
    server, client, _ = begin(heavy_calls=1, heavy_queue=0)
    held.hold()
    calls = [client.region.UpdateTraffic.future(large(count)) for count in (1, 20)]
    assert all(held.one_waits() for _ in calls)
    assert recommend(client).HasField("best")
    assert eta(client)[1].startswith("0.")
    assert client.region.GetTraffic(pb.GetTrafficRequest(name=TRAFFIC)).traffic.entry_count == 0
    held.release()
    assert all(call.result(WAIT_S).result.accepted_count for call in calls)
    release = threading.Event()
    monkeypatch.setattr(
        Dispatcher, "durations", lambda self, *a, inner=Dispatcher.durations: release.wait(WAIT_S) and inner(self, *a)
    )
    asker = threading.Thread(target=eta, args=(client,))
    asker.start()
    until(lambda: server._admission.gates[Kind.HEAVY]._inside == 1)
    assert failure(lambda: eta(client)).reason == "SERVER_BUSY"
    assert Feed(client).ask(batch(entry("f", arcs={"arc_ids": [1]}, closed=True))).result.accepted_count == 1
    assert update(client, entry("g", arcs={"arc_ids": [2]}, closed=True)).accepted_count == 1
    release.set()
    asker.join(WAIT_S)


def test_the_log_tells_epoch_and_counts(begin, caplog):
    """Of each change of traffic, be it a call or a message of a stream; no ids."""
    _, client, _ = begin()
    caplog.set_level("INFO", "towline.server")
    update(
        client, entry("secret", factor=0.5), entry("bad", factor=9.0), entry("two", arcs={"arc_ids": [1]}, closed=True)
    )
    feed = Feed(client)
    feed.ask(batch(remove_ids=["two"], validate_only=True))
    feed.ask(batch(remove_ids=["two"]))
    client.region.SetWeather(pb.SetWeatherRequest(parent=REGION, spells=[{"weather": 2}]))
    client.region.ClearTraffic(pb.ClearTrafficRequest(parent=REGION))
    until(lambda: len(caplog.records) >= 5)
    lines = [vars(record) for record in caplog.records]
    assert [line["epoch"] for line in lines] == [1, 1, 2, 3, 4]
    assert {line["region"] for line in lines} == {REGION}
    first = {"accepted": 2, "ignored": {"BAD_FACTOR": 1}, "entries": 2, "removed": 0}
    assert first.items() <= {key: lines[0][key] for key in first}.items()
    assert [line["msg"] for line in lines] == ["call", "traffic", "traffic", "call", "call"]
    assert (lines[1]["validate_only"], lines[2]["index"], lines[2]["removed"]) == (True, 1, 1)
    assert lines[4]["removed"] == 1
    assert "secret" not in str(lines)
