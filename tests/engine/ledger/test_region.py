"""Writing and reading a region's rows, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from engine.errors import LedgerFencedError, LedgerRejectedError, LedgerUnavailableError
from engine.ledger import (
    AnswerRow,
    Batch,
    DecisionRow,
    Ledger,
    PositionRow,
    ProviderRow,
    RegionLedger,
    TrackRow,
    UnitRow,
)
from tests.engine.ledger.samples import START_US, event, filing, fleet, incident

NASTY = "Robert'); DROP TABLE events;-- %s %(x)s :x ? {} \\ \" \u0301 路 🚚 \r\n\t"


def test_a_new_region_is_empty(region: RegionLedger):
    """A region never written is at event 0 and holds nothing."""
    loaded = region.load()
    assert (loaded.last_number, loaded.last_us) == (0, 0)
    assert loaded.incidents + loaded.providers + loaded.units + loaded.positions == []
    assert region.last() == (0, 0)
    assert region.events(0, 10) == []
    assert region.incident("i1") is None


def test_everything_comes_back(region: RegionLedger):
    """Every row of a batch is read back as it was written."""
    first, second = fleet(1), filing(3)
    region.commit(first, after=0)
    region.commit(second, after=2)
    loaded = region.load()
    assert (loaded.last_number, loaded.last_us) == (3, START_US + 3)
    assert loaded.providers == first.providers
    assert loaded.units == first.units
    assert loaded.positions == first.positions
    assert loaded.incidents == second.incidents
    assert isinstance(loaded.incidents[0].open, bool)
    assert region.events(0, 10) == first.events + second.events
    assert region.events(1, 1) == first.events[1:]
    assert region.events(0, 10, incident="i3") == second.events
    assert region.incident("i3") == second.incidents[0]
    assert region.decisions("i3") == second.decisions
    assert region.answers([("CreateIncident", "q3"), ("CreateIncident", "q4")]) == {
        ("CreateIncident", "q3"): second.answers[0]
    }
    assert region.track("u1", since_us=START_US, until_us=START_US + 1) == first.tracks
    assert region.track("u1", since_us=START_US + 1, until_us=START_US + 9) == []
    assert region.last() == (3, START_US + 3)


def test_closed_incidents_are_not_loaded(region: RegionLedger):
    """Only open incidents are loaded; a closed one is still found."""
    region.commit(filing(1), after=0)
    closed = replace(incident(2, id="i1", open=False), record=b"{}")
    region.commit(Batch(events=[event(2, id="i1", record=b"{}")], incidents=[closed]), after=1)
    assert region.load().incidents == []
    assert region.incident("i1") == closed


def test_the_last_row_counts(region: RegionLedger):
    """Of several rows of an entity in a batch the last is kept."""
    rows = [incident(number, id="i1") for number in (1, 2, 3)]
    units = [UnitRow("u1", "p1", number, b"%d" % number) for number in (4, 5)]
    positions = [PositionRow("u1", number, b"") for number in (1, 2)]
    events = [event(n, id="i1") for n in (1, 2, 3)] + [event(n, entity="unit", id="u1") for n in (4, 5)]
    region.commit(Batch(events=events, incidents=rows, units=units, positions=positions), after=0)
    loaded = region.load()
    assert (loaded.incidents, loaded.units, loaded.positions) == (rows[-1:], units[-1:], positions[-1:])


def test_removing(region: RegionLedger):
    """A removed unit takes its position along; one that is put back in the same batch stays."""
    region.commit(fleet(1), after=0)
    gone = Batch(events=[event(3, entity="unit", id="u1", record=b"")], removed_units=["u1"])
    region.commit(gone, after=2)
    loaded = region.load()
    assert (loaded.units, loaded.positions, len(loaded.providers)) == ([], [], 1)
    back = Batch(
        events=[event(4, entity="provider", id="p1", record=b""), event(5, entity="provider", id="p1", record=b"new")],
        removed_providers=["p1"],
        providers=[ProviderRow("p1", 5, b"new")],
    )
    region.commit(back, after=3)
    assert region.load().providers == [ProviderRow("p1", 5, b"new")]


def test_without_events(region: RegionLedger):
    """Positions and answers may come without events; the number stays, and the fence holds."""
    region.commit(fleet(1), after=0)
    answer = AnswerRow("ReportPositions", "q9", b"d", "", START_US, b"{}")
    region.commit(Batch(positions=[PositionRow("u1", 9, b"p")], answers=[answer]), after=2)
    assert region.load().positions == [PositionRow("u1", 9, b"p")]
    assert region.last() == (2, START_US + 2)
    with pytest.raises(LedgerFencedError):
        region.commit(Batch(positions=[PositionRow("u1", 10, b"p")]), after=1)
    assert region.load().positions == [PositionRow("u1", 9, b"p")]


def test_somebody_else_wrote(url: str, region: RegionLedger):
    """A writer that missed an event of another writes nothing, and says where the ledger is."""
    region.commit(filing(1), after=0)
    with Ledger.open(url) as other:
        other.region("coquimbo").commit(filing(2), after=1)
    with pytest.raises(LedgerFencedError) as caught:
        region.commit(filing(2, customer="mine"), after=1)
    assert caught.value.metadata["last_number"] == "2"
    assert [row.customer for row in region.load().incidents] == ["c1", "c1"]
    region.commit(filing(3), after=2)


def test_an_epoch_that_passed(region: RegionLedger):
    """A writer of another epoch writes nothing, with or without events."""
    region.epoch = 1
    for batch in (filing(1), Batch(positions=[PositionRow("u1", 9, b"p")])):
        with pytest.raises(LedgerFencedError) as caught:
            region.commit(batch, after=0)
        assert caught.value.metadata["ledger_epoch"] == "0"
    assert region.load().positions == []


def test_a_bad_row_leaves_nothing(region: RegionLedger):
    """One row that the database refuses takes the whole batch with it; the next batch goes through."""
    region.commit(filing(1), after=0)
    batch = filing(2)
    batch.answers.append(AnswerRow("CreateIncident", "q1", b"again", "i2", START_US, b""))
    with pytest.raises(LedgerRejectedError):
        region.commit(batch, after=1)
    assert region.last() == (1, START_US + 1)
    assert region.incident("i2") is None
    assert region.decisions("i2") == []
    region.commit(filing(2), after=1)


@pytest.mark.parametrize("number", [2**63, -(2**70)])
def test_numbers_that_do_not_fit(region: RegionLedger, number: int):
    """A time beyond 64 bits is refused, not cut."""
    batch = filing(1)
    batch.decisions[0] = replace(batch.decisions[0], at_us=number)
    with pytest.raises(LedgerRejectedError):
        region.commit(batch, after=0)
    region.commit(filing(1), after=0)


def test_strings_are_data(region: RegionLedger):
    """SQL, format characters and any Unicode in names are stored as they are."""
    row = replace(incident(1, id=NASTY, customer=NASTY), state=NASTY)
    region.commit(Batch(events=[event(1, id=NASTY)], incidents=[row]), after=0)
    assert region.incident(NASTY) == row
    assert region.incidents(limit=9, customer=NASTY, states=[NASTY]) == [row]
    assert region.events(0, 9, incident=NASTY)[0].id == NASTY
    assert region.answers([(NASTY, NASTY)]) == {}


def test_text_that_is_no_text(region: RegionLedger):
    """A lone surrogate is refused on both databases, and NUL wherever the database cannot hold it."""
    with pytest.raises(LedgerRejectedError):
        region.commit(Batch(events=[event(1, id="\ud800", record=b"")]), after=0)
    with pytest.raises(LedgerRejectedError):
        region.incident("\ud800")
    try:
        region.commit(Batch(events=[event(1, id="a\0b")]), after=0)
    except LedgerRejectedError:
        assert region.last() == (0, 0)
    else:
        assert region.events(0, 1)[0].id == "a\0b"


def test_a_large_record(region: RegionLedger):
    """Four megabytes with every byte in them come back."""
    record = bytes(range(256)) * (4 * 4096)
    region.commit(Batch(events=[event(1, record=record)]), after=0)
    assert region.events(0, 1)[0].record == record


def test_wrong_numbers_are_a_bug(region: RegionLedger):
    """Events with a gap, out of order or going back in time are never written."""
    for events in ([event(2)], [event(1), event(3)], [event(1), replace(event(2), at_us=0)]):
        with pytest.raises(ValueError, match="belongs"):
            region.commit(Batch(events=events), after=0)
    assert region.last() == (0, 0)


def test_regions_share_nothing(ledger: Ledger, region: RegionLedger):
    """Two regions in one database have numbers and rows of their own."""
    other = ledger.region("andorra")
    region.commit(filing(1), after=0)
    other.commit(filing(1, customer="other"), after=0)
    other.commit(filing(2), after=1)
    assert (region.last()[0], other.last()[0]) == (1, 2)
    assert [row.customer for row in region.load().incidents] == ["c1"]
    assert ledger.regions() == ["andorra", "coquimbo"]
    assert ledger.region("andorra") is other


def test_pages(region: RegionLedger):
    """Pages follow each other in either direction without a gap, though many were received in the same moment."""
    batch = Batch()
    for number in range(1, 31):
        batch.events.append(event(number))
        batch.incidents.append(replace(incident(number, open=number % 3 > 0), received_us=START_US + number // 7))
    region.commit(batch, after=0)
    expected = sorted(batch.incidents, key=lambda row: (row.received_us, row.id))
    for newest_first in (False, True):
        found, after = [], None
        while page := region.incidents(limit=4, after=after, newest_first=newest_first):
            found += page
            after = (page[-1].received_us, page[-1].id)
        assert found == (expected[::-1] if newest_first else expected)


def test_filters(region: RegionLedger):
    """Each filter leaves what it says, and they combine."""
    rows = [
        replace(incident(1, customer="a"), service="tow", state="filed"),
        replace(incident(2, customer="b", open=False), service="tyre", provider="p2"),
        replace(incident(3, customer="a"), state="assigned", unit="u2"),
    ]
    region.commit(Batch(events=[event(n) for n in (1, 2, 3)], incidents=rows), after=0)

    def numbers(**filters) -> list[int]:
        return [row.number for row in region.incidents(limit=9, **filters)]

    assert numbers() == [1, 2, 3]
    assert numbers(open=True) == [1, 3]
    assert numbers(open=False) == [2]
    assert numbers(customer="a") == [1, 3]
    assert numbers(service="tyre") == [2]
    assert numbers(provider="p2") == [2]
    assert numbers(unit="u2") == [3]
    assert numbers(states=["filed", "assigned"]) == [1, 3]
    assert numbers(since_us=START_US + 2) == [2, 3]
    assert numbers(until_us=START_US + 2) == [1]
    assert numbers(open=True, customer="a", states=["assigned"], since_us=START_US + 3) == [3]


def test_many_keys(region: RegionLedger):
    """Answers to more keys than one statement takes are found."""
    batch = Batch(answers=[AnswerRow("M", f"q{n}", b"d", "", START_US, b"") for n in range(1500)])
    region.commit(batch, after=0)
    assert len(region.answers({("M", f"q{n}") for n in range(500, 2500)})) == 1000


def test_forgetting(region: RegionLedger):
    """Old answers and track points go, oldest first and no more than told; newer ones stay."""
    region.commit(
        Batch(
            answers=[AnswerRow("M", f"q{n}", b"d", "", START_US + n, b"") for n in range(10)],
            tracks=[TrackRow("u1", START_US + n, 8.0, 49.0) for n in range(10)],
        ),
        after=0,
    )
    times = {"answers_before_us": START_US + 5, "tracks_before_us": START_US + 8}
    assert region.forget(**times, limit=3) == 6
    assert set(region.answers([("M", f"q{n}") for n in range(10)])) == {("M", f"q{n}") for n in range(3, 10)}
    assert region.forget(**times, limit=100) == 2 + 5
    assert region.forget(**times, limit=100) == 0
    assert [row.at_us for row in region.track("u1", since_us=0, until_us=2**62)] == [START_US + 8, START_US + 9]


def test_readers_beside_the_writer(region: RegionLedger):
    """Readers in threads see whole batches only, while the writer goes on."""
    stop = threading.Event()
    wrong: list[str] = []

    def read() -> None:
        while not stop.is_set():
            with region.snapshot() as reading:
                number, found = reading.last()[0], len(reading.events(0, 1000, None))
            if number != found or number % 2:
                wrong.append(f"event {number} with {found} events")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for after in range(0, 200, 2):
        region.commit(Batch(events=[event(after + 1), event(after + 2)]), after=after)
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong


def test_a_snapshot_stands_still(region: RegionLedger):
    """What is read in a snapshot is of one moment, whatever is written meanwhile; it streams."""
    region.commit(filing(1), after=0)
    with region.snapshot() as reading:
        assert reading.last()[0] == 1
        region.commit(filing(2), after=1)
        assert [row.number for row in reading.each(DecisionRow, "number")] == [1]
    assert region.last()[0] == 2


def test_only_reading(url: str, region: RegionLedger):
    """A ledger opened to read is read while a server writes, and writes nothing."""
    region.commit(filing(1), after=0)
    with Ledger.open(url, read_only=True) as reader:
        there = reader.region("coquimbo")
        assert there.last()[0] == 1
        assert reader.region("nowhere").last() == (0, 0)
        with pytest.raises(LedgerUnavailableError, match="read-only"):
            there.commit(filing(2), after=1)
    region.commit(filing(2), after=1)
    with Ledger.open(url) as again:
        assert again.regions() == ["coquimbo"]


def test_the_id_stays(url: str, ledger: Ledger):
    """A ledger has an id made once."""
    with Ledger.open(url) as again:
        assert again.id == ledger.id
