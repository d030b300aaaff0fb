"""Who waits for whom when traffic changes, and what the log tells of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from towline.v1 import region_service_pb2 as pb

from engine.dispatch import Dispatcher
from engine.server import Server, ServerOptions
from engine.server.admission import Kind
from graphs.bundled import load_coquimbo
from graphs.metrics.locate import ArcFinder
from tests.engine.server.feeding import WAIT_S, Feed, until
from tests.engine.server.traffic import TRAFFIC, batch, dispatcher_with_traffic, entry, eta, recommend, update
from tests.engine.server.wire import NOW, REGION, Client, failure


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
    server, client, _ = begin(traffic_queue=3, caller_share=1.0)
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
