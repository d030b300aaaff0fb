"""Taking a customer out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import LedgerFencedError
from engine.ledger import AnswerRow, Batch, DecisionRow, Ledger, Purged, RegionLedger
from engine.ledger.check import check
from tests.engine.ledger.samples import START_US, event, incident

SECRET = b"Calle Secreta 5"


def _case(number: int, id: str, customer: str, *, open: bool) -> Batch:
    record = b'{"where":"%s"}' % SECRET
    events = [replace(event(number, id=id, record=record), data=SECRET, reason=SECRET.decode())]
    row = replace(incident(number, id=id, open=open, customer=customer), record=record)
    return Batch(
        events=events,
        incidents=[row],
        decisions=[DecisionRow(number, id, "u1", START_US, SECRET)],
        answers=[AnswerRow("CreateIncident", f"q{number}", b"d", id, START_US, SECRET)],
    )


def _rewrite(what: str, content: bytes) -> bytes:
    return content.replace(SECRET, b"(" + what.encode() + b")")


@pytest.fixture
def cases(region: RegionLedger) -> RegionLedger:
    """Two incidents of anna, one of them open, and one of ben."""
    region.commit(_case(1, "a1", "anna", open=False), after=0)
    region.commit(_case(2, "a2", "anna", open=True), after=1)
    region.commit(_case(3, "b1", "ben", open=False), after=2)
    return region


def test_a_customer_goes(cases: RegionLedger):
    """Everything about her closed incident is rewritten; the open one and other customers stay; the story stands."""
    assert cases.purge("anna", _rewrite) == Purged(incidents=1, events=1, decisions=1, answers=1, open=1)
    row = cases.incident("a1")
    assert row is not None
    assert (row.customer, row.record) == ("", b'{"where":"(record)"}')
    (story,) = cases.events(0, 9, incident="a1")
    assert (story.record, story.data, story.reason) == (row.record, b"(data)", "(reason)")
    assert cases.decisions("a1")[0].record == b"(decision)"
    assert cases.answers([("CreateIncident", "q1")])["CreateIncident", "q1"].record == b"(answer)"
    assert SECRET in cases.events(0, 9, incident="a2")[0].record
    assert SECRET in cases.events(0, 9, incident="b1")[0].record
    assert list(check(cases)) == []
    assert cases.purge("anna", _rewrite) == Purged(0, 0, 0, 0, open=1)
    assert cases.purge("nobody", _rewrite) == Purged(0, 0, 0, 0, 0)


def test_a_failing_rewrite_leaves_the_incident(cases: RegionLedger):
    """An incident is rewritten whole or not at all."""

    def fail(what: str, content: bytes) -> bytes:
        if what == "answer":
            raise RuntimeError("no")
        return _rewrite(what, content)

    with pytest.raises(RuntimeError):
        cases.purge("anna", fail)
    assert cases.decisions("a1")[0].record == SECRET
    assert cases.purge("anna", _rewrite).incidents == 1


def test_nothing_is_left_in_the_file(tmp_path: Path):
    """On SQLite the bytes are gone from the file, its free pages and its log at once."""
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{path}") as ledger:
        region = ledger.region("a")
        for number in range(1, 60):
            batch = _case(number, f"a{number}", "anna", open=False)
            batch.decisions[0] = replace(batch.decisions[0], record=SECRET * 1000)
            region.commit(batch, after=number - 1)
        assert SECRET in b"".join(each.read_bytes() for each in tmp_path.iterdir())
        region.purge("anna", lambda what, content: b"" if what == "decision" else _rewrite(what, content))
        assert SECRET not in b"".join(each.read_bytes() for each in tmp_path.iterdir())
        region.commit(_case(60, "b1", "ben", open=True), after=59)


def test_while_somebody_reads(cases: RegionLedger):
    """A reader in the middle of a snapshot neither stops a purge nor is disturbed by it."""
    with cases.snapshot() as reading:
        assert reading.last()[0] == 3
        assert cases.purge("anna", _rewrite).incidents == 1
        assert SECRET in reading.events(0, 9, "a1")[0].record


def test_who_lost_the_region_purges_nothing(cases: RegionLedger):
    """A server whose lease somebody else has taken leaves everything as it is."""
    assert cases.leases.take("another", "there:1", for_us=60_000_000) is not None
    with pytest.raises(LedgerFencedError) as caught:
        cases.purge("anna", _rewrite)
    assert caught.value.metadata["address"] == "there:1"
    row = cases.incident("a1")
    assert row is not None
    assert row.customer == "anna"
