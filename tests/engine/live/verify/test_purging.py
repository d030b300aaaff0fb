"""Forgetting a customer in a ledger that no server holds, and not beside one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select

from engine.decision import Promise, PromiseClass
from engine.errors import IncidentOpenError, LedgerInUseError
from engine.ledger import Ledger, tables
from engine.ledger.check import check
from engine.live.commands.ending import CloseIncident
from engine.live.purging import purge_customer
from engine.live.rows import incident_of
from engine.live.verify import kept, replay, verify
from engine.model import Garage, Location
from engine.texts import Language, promise_in, promise_text, promise_without_place, reason, reason_without_place
from tests.engine.live.verify.region import LAT, LON, LiveStory
from tests.engine.live.world import NOW


def test_purge(live: Callable[..., LiveStory], url: str):
    """The closed incident loses its customer, the story stays whole; a customer with an open one is refused."""
    story = live(url)
    story.create("i1")
    story.do(CloseIncident("i1", "", "solved"), 5)
    story.create("i2", 1, LON + 0.01)
    later = story.now + timedelta(minutes=1)
    story.stop()
    with Ledger.open(url, exclusive=True) as ledger:
        counted = purge_customer(ledger, "coquimbo", "customer of i1", now=later, actor="anna", dry=True)
        done = purge_customer(ledger, "coquimbo", "customer of i1", now=later, actor="anna")
        assert counted.incidents == done.incidents == 1
        assert done.events > 3
        with pytest.raises(IncidentOpenError):
            purge_customer(ledger, "coquimbo", "customer of i2", now=later, actor="anna")
    with Ledger.open(url, read_only=True) as ledger:
        region = ledger.region("coquimbo")
        assert list(check(region)) == []
        with region.snapshot() as reading:
            assert list(verify(reading)) == []
            assert replay(reading) == kept(reading)
        last = region.events(0, 10_000)[-1]
    assert (last.kind, last.actor) == ("customer_purged", "anna")
    assert b"customer of i1" not in last.record


def test_the_place_goes_from_everything(live: Callable[..., LiveStory], url: str):
    """No row has the road's name, the coordinates or a garage any more; how long was promised, and why so, stays."""
    story, before, after = live(url), set[str](), set[str]()
    place, garage = (LON + 0.000321, LAT + 0.000123), Garage(Location(LON + 0.010987, LAT), "Garage Elqui")
    promise = story.create("i1", lon=place[0], lat=place[1], garages=(garage,)).promise
    road = promise.details["road"].partition(" ")[2]
    assert road in promise.reason
    story.do(CloseIncident("i1", "", f"solved, at {road}"), 5)
    story.stop()
    words = [road, f"{place[0]:.6f}", f"{place[1]:.6f}", f"{garage.location.lon:.6f}", "Garage Elqui", "customer of i1"]
    _found(url, words, before)
    assert before == set(words)
    with Ledger.open(url, exclusive=True) as ledger:
        purge_customer(ledger, "coquimbo", "customer of i1", now=story.now + timedelta(minutes=1), actor="anna")
    _found(url, words, after)
    assert after == set()
    with Ledger.open(url, read_only=True) as ledger:
        row = ledger.region("coquimbo").incident("i1")
        assert row is not None
        kept_promise = incident_of(row.record).promise
        assert kept_promise is not None
        assert (kept_promise.due_at, kept_promise.promise_class) == (promise.due_at, promise.promise_class)
        assert kept_promise.reason == promise.reason.replace(f" on {promise.details['road']},", "")


def _found(url: str, words: list[str], found: set[str]) -> None:
    """Which of some words any row of any table has."""
    with create_engine(url).connect() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for value in row:
                    text = value.decode(errors="replace") if isinstance(value, (bytes, memoryview)) else str(value)
                    found |= {word for word in words if word in text}


@pytest.mark.parametrize("kind", ["urban", "highway", "other"])
def test_a_promise_without_its_road(kind: str):
    """Every way of saying it has one without the road; what names none stays, and twice is as once."""
    for key in (kind, f"{kind}.booked"):
        details = {"minutes": "30", "road": "secondary Ruta Elqui"}
        made = Promise(NOW, PromiseClass(kind), promise_text(key, Language.EN, details), key, details)
        gone = promise_without_place(made)
        assert gone.reason.startswith("30 minutes")
        assert "Elqui" not in gone.reason + promise_in(gone, Language.ZH).reason + str(gone.details)
        assert promise_without_place(gone) == gone
    by_hand = Promise(NOW, PromiseClass.URBAN, "at Ruta Elqui")
    assert promise_without_place(by_hand).reason == ""
    asked = Promise(NOW, PromiseClass.OVERRIDE, "9 minutes asked for", "asked", {"minutes": "9"})
    assert promise_without_place(asked) == asked


def test_a_reason_without_closures():
    """The traffic entries that closed the way to a customer tell where he was."""
    closed = reason("unreachable.closures", {"closures": "slide at Elqui"}, closures="slide at Elqui")
    assert reason_without_place(closed) == reason("unreachable")
    assert reason_without_place(reason("no_capable_unit", needs="winch")) == reason("no_capable_unit", needs="winch")


def test_a_server_has_the_lease(live: Callable[..., LiveStory], url: str):
    """While another one holds the region nothing is touched."""
    if url.startswith("sqlite"):
        pytest.skip("a file has its lock instead")
    story = live(url)
    story.create("i1")
    story.do(CloseIncident("i1", "", "solved"), 5)
    lease = story.ledger.region("coquimbo").leases.take("server 1", "host:50051", for_us=60_000_000)
    assert lease is not None
    with Ledger.open(url, exclusive=True) as ledger, pytest.raises(LedgerInUseError, match="host:50051"):
        purge_customer(ledger, "coquimbo", "customer of i1", now=story.now, actor="anna")
