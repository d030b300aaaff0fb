"""Streams of traffic, updates beside questions, and the hours to come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import grpc
import numpy as np
import pytest
from towline.v1 import region_service_pb2 as pb

from graphs.metrics import load_traffic_profile
from graphs.search import Metric
from tests.engine.server.feeding import WAIT_S, Feed, until
from tests.engine.server.process import ROOT
from tests.engine.server.traffic import TRAFFIC, batch, entry, eta, recommend, spread, update
from tests.engine.server.wire import NOW, REGION, Client, code_of, failure


@dataclass
class Clock:
    """A server's clock that the test sets."""

    now: datetime = NOW
    reads: int = field(default=0)

    def __call__(self) -> datetime:
        return self.now


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

    def note(what: str) -> None:
        if threading.current_thread().name != "metric-warmer":  # it prepares the hour after, whenever it comes to it
            made.append(what)

    monkeypatch.setattr(store, "_made", lambda *a: note("metric") or inner(*a))
    labels = Metric.labels_from
    monkeypatch.setattr(Metric, "labels_from", lambda *a, **k: note("labels") or labels(*a, **k))
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
