"""Events to watchers: in order, none missed, none twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import pytest
from h3.api import basic_int as h3

from engine.errors import ResumeTokenError, StoppingError, WatcherTooSlowError
from engine.live.events import Entity, Event, EventKind
from engine.live.watch.entry import Entry
from engine.live.watch.filters import EventFilter
from engine.live.watch.hub import EventHub
from engine.live.watch.source import event_of
from engine.live.watch.subscription import MOST_BYTES
from engine.model import Location, Provider, Service, Unit
from tests.engine.live.watch import KINDS, NOW, MemoryLedger, Writer, encode, event, numbers, record, row_of


def test_backlog_and_then_what_comes():
    """A watcher that resumes gets the ledger's events after its number, and goes on with new ones, each once."""
    writer = Writer()
    writer.write(700)
    watcher = writer.hub.subscribe(after=100)
    assert numbers(watcher, 700) == list(range(101, 701))
    writer.write(3)
    assert numbers(watcher, 703) == [701, 702, 703]
    writer.hub.stop()


def test_from_now_on():
    """Without a number nothing old is told, and the first heartbeat says which number to resume after."""
    writer = Writer()
    writer.write(5)
    watcher = writer.hub.subscribe()
    batch = watcher.take(0.0)
    assert (batch.events, batch.last_number) == ((), 5)
    writer.write(1)
    assert numbers(watcher, 6) == [6]
    assert writer.ledger.pages == 0
    writer.hub.stop()


def test_heartbeats_tell_how_far_it_is():
    """Events that do not pass the filter move the number on all the same."""
    writer = Writer()
    watcher = writer.hub.subscribe(wanted=EventFilter(incidents=frozenset({"nobody"})))
    writer.write(30)
    assert numbers(watcher, 30, timeout_s=0.01) == []
    writer.hub.stop()


def test_watchers_that_come_and_go_miss_nothing():
    """Whenever one joins, resumes or is filtered, while a writer writes: exactly the events of its filter, in order."""
    seed = 20_260_302
    draw = random.Random(seed)
    writer, total = Writer(room=40), 3000
    writer.write(20)
    failures: list[str] = []

    def write() -> None:
        while len(writer.ledger.rows) < total:
            writer.write(min(draw.randint(1, 5), total - len(writer.ledger.rows)))
            time.sleep(0.0002)

    def watch(own: int) -> None:
        mine = random.Random(seed + own)
        wanted = EventFilter(units=frozenset({f"u{own % 10}"})) if own % 2 else EventFilter()
        got: list[int] = []
        last = first = mine.choice([0, 17])
        while last < total:
            watcher = writer.hub.subscribe(after=last, wanted=wanted, ledger_id="ledger-1")
            try:
                for _ in range(mine.randint(1, 20)):
                    batch = watcher.take(0.05)
                    got += [int(each) for each in batch.events]
                    last = batch.last_number
            except WatcherTooSlowError:
                pass  # it resumes
            finally:
                watcher.close()
        expected = [n for n in range(first + 1, total + 1) if not wanted.units or n % 10 == own % 10]
        if got != expected:
            failures.append(f"watcher {own}: {len(got)} of {len(expected)} events, seed {seed}")

    threads = [threading.Thread(target=watch, args=(own,)) for own in range(8)] + [threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert not any(thread.is_alive() for thread in threads), f"seed {seed}"
    assert writer.hub.watchers == 0
    writer.hub.stop()


def test_filters():
    """Incidents, units, providers, kinds and cells; all that is set must be met."""
    entry = Entry(event(3), encode)
    coarse, fine, elsewhere = (h3.latlng_to_cell(-29.9, lon, r) for lon, r in ((-71.24, 4), (-71.24, 9), (-71.3, 9)))
    for wanted in (
        EventFilter(),
        EventFilter(incidents=frozenset({"i3", "i9"})),
        EventFilter(units=frozenset({"u3"})),
        EventFilter(units=frozenset({"x3"})),
        EventFilter(providers=frozenset({"q3"}), kinds=frozenset({KINDS[3]})),
        EventFilter(cells={4: frozenset({coarse})}),
        EventFilter(cells={9: frozenset({fine, elsewhere})}),
        EventFilter(own="p3"),
    ):
        assert wanted.passes(entry), wanted
    for wanted in (
        EventFilter(incidents=frozenset({"i4"})),
        EventFilter(units=frozenset({"u4"})),
        EventFilter(providers=frozenset({"p3"}), kinds=frozenset({KINDS[0]})),
        EventFilter(cells={9: frozenset({elsewhere})}),
        EventFilter(own="p4"),
    ):
        assert not wanted.passes(entry), wanted


def test_filters_of_the_fleet():
    """An event about a unit or a provider is theirs; it lies in no cell."""
    unit = Entry(Event(1, NOW, EventKind.UNIT_STORED, Entity.UNIT, "u1", "maria", provider="p1"), encode)
    provider = Entry(Event(2, NOW, EventKind.PROVIDER_STORED, Entity.PROVIDER, "p1", "maria"), encode)
    assert EventFilter(units=frozenset({"u1"})).passes(unit)
    assert EventFilter(own="p1").passes(unit)
    assert EventFilter(own="p1").passes(provider)
    assert not EventFilter(cells={9: frozenset({1})}).passes(unit)


def test_a_reader_slower_than_the_events_is_cut_off():
    """One that lets announced events pile up is told so, with the number to resume after, and resumes without a gap."""
    writer = Writer(room=20)
    watcher = writer.hub.subscribe(after=0)
    writer.write(15)
    told = numbers(watcher, 15)[-1]
    for _ in range(5):
        writer.write(15)
    _until(lambda: writer.hub.announced == 90)
    with pytest.raises(WatcherTooSlowError) as caught:
        watcher.take(0.0)
    assert int(caught.value.metadata["last_number"]) == told
    again = writer.hub.subscribe(after=told)
    assert numbers(again, 90) == list(range(told + 1, 91))
    writer.hub.stop()


def test_a_reader_that_catches_up_is_not():
    """One that overran while it read the ledger goes on there, as long as it gets nearer."""
    writer = Writer(room=20)
    writer.write(600)
    watcher = writer.hub.subscribe(after=0)
    watcher.take(1.0)
    for _ in range(10):
        writer.write(15)  # more than the room, less than it was behind
    _until(lambda: writer.hub.announced == 750)
    assert numbers(watcher, 750) == list(range(251, 751))
    writer.hub.stop()


def test_one_incident_is_found_in_a_long_ledger():
    """Whoever watches a single incident does not read everybody's events."""
    writer = Writer()
    writer.write(3000)
    watcher = writer.hub.subscribe(after=0, wanted=EventFilter(incidents=frozenset({"i7"})))
    assert numbers(watcher, 3000) == list(range(7, 3001, 10))
    assert writer.ledger.pages <= 3
    writer.hub.stop()


@pytest.mark.parametrize(("after", "ledger"), [(11, ""), (-1, ""), (3, "ledger-2")])
def test_tokens_that_mean_nothing_here(after: int, ledger: str):
    """From the future, below zero, or of another ledger: refused, naming the field."""
    writer = Writer()
    writer.write(10)
    with pytest.raises(ResumeTokenError) as caught:
        writer.hub.subscribe(after, ledger_id=ledger)
    assert caught.value.metadata["field"] == ("ledger" if ledger else "after_number")
    writer.hub.stop()


def test_a_committed_number_may_be_resumed_before_it_is_published():
    """The ledger knows it a moment earlier than the hub."""
    writer = Writer()
    writer.ledger.add([event(1)])
    watcher = writer.hub.subscribe(after=1)
    writer.hub.publish([event(1)])
    writer.write(1)
    assert numbers(watcher, 2) == [2]
    writer.hub.stop()


def test_stop_ends_all():
    """A waiting watcher gets StoppingError, and so does whoever comes later."""
    writer = Writer()
    watcher = writer.hub.subscribe()
    stopper = threading.Timer(0.05, writer.hub.stop)
    stopper.start()
    with pytest.raises(StoppingError):
        watcher.take(30.0)
    stopper.join()
    with pytest.raises(StoppingError):
        writer.hub.subscribe()


def test_publishing_without_watchers_keeps_nothing():
    """Nobody watches: nothing is encoded or held."""
    calls: list[int] = []
    hub = EventHub("r", "l", MemoryLedger(), lambda *args: calls.append(args[0].number) or b"")
    hub.publish([event(1), event(2)])
    assert (hub.last, hub.announced, hub.watchers, calls) == (2, 2, 0, [])


def test_each_event_is_encoded_once():
    """However many watch, and once more for a provider that sees less of it."""
    ledger, calls = MemoryLedger(), []
    hub = EventHub("r", "l", ledger, lambda event, own: calls.append((event.number, own)) or b"1")
    watchers = [hub.subscribe() for _ in range(5)] + [hub.subscribe(wanted=EventFilter(own="p1"))]
    hub.publish([event(1)])
    for watcher in watchers:
        assert watcher.take(5.0).events == (b"1",)
    assert sorted(calls, key=str) == [(1, "p1"), (1, None)]
    hub.stop()


def test_a_bug_in_encoding_ends_the_watchers():
    """Nobody is left waiting for events that cannot be told; later ones are."""

    def broken(*_args: object) -> bytes:
        raise KeyError("a field")

    hub = EventHub("r", "l", MemoryLedger(), broken)
    watcher = hub.subscribe()
    hub.publish([event(1)])
    with pytest.raises(KeyError):
        watcher.take(5.0)
    hub.stop()


def test_a_gap_in_the_ledger_is_never_passed_over():
    """A ledger that lacks an event it has told of is a bug, and ends the stream."""
    writer = Writer()
    writer.write(10)
    del writer.ledger.rows[4:]
    watcher = writer.hub.subscribe(after=0)
    with pytest.raises(LookupError, match="event 5"):
        watcher.take(1.0)
    writer.hub.stop()


def test_messages_are_bounded():
    """Large events come in several messages, one at least in each."""
    ledger = MemoryLedger()
    hub = EventHub("r", "l", ledger, lambda *_args: bytes(MOST_BYTES // 2 + 1))
    watcher = hub.subscribe()
    hub.publish([event(1), event(2), event(3)])
    told = [watcher.take(5.0) for _ in range(3)]
    assert [(len(batch.events), batch.last_number) for batch in told] == [(1, 1), (1, 2), (1, 3)]
    hub.stop()


def test_rows_are_read_back_as_they_were():
    """Events of incidents, units and providers survive the ledger; removed ones have no record."""
    unit = Unit("u1", "p1", Location(-71.25, -29.9), frozenset({Service.TOWING}))
    for kept in (
        event(4, record=record(4, 4), reason="why", unit="u4", provider="p4"),
        Event(1, NOW, EventKind.UNIT_STORED, Entity.UNIT, "u1", "maria", unit="u1", provider="p1", record=unit),
        Event(2, NOW, EventKind.PROVIDER_STORED, Entity.PROVIDER, "p1", "maria", record=Provider("p1", "Uno")),
        Event(3, NOW, EventKind.PROVIDER_REMOVED, Entity.PROVIDER, "p1", "maria", data={"forced": True}),
    ):
        assert event_of(row_of(kept)) == kept


def _until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)
