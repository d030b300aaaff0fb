"""Damage of every kind is found, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from engine.ledger import Batch, Ledger, RegionLedger
from engine.ledger.check import Fault, check
from tests.engine.ledger.samples import event, filing, fleet, incident


@pytest.fixture
def whole(region: RegionLedger) -> RegionLedger:
    """A fleet of which one unit left again, an incident closed by its third event, and one open."""
    region.commit(fleet(1), after=0)
    units = [replace(row, id="u2", number=3) for row in fleet(1).units]
    region.commit(Batch(events=[event(3, entity="unit", id="u2", record=units[0].record)], units=units), after=2)
    region.commit(Batch(events=[event(4, entity="unit", id="u2", record=b"")], removed_units=["u2"]), after=3)
    region.commit(filing(5), after=4)
    region.commit(filing(6), after=5)
    closed = replace(incident(7, id="i5", open=False), record=b"closed")
    region.commit(Batch(events=[event(7, id="i5", record=b"closed")], incidents=[closed]), after=6)
    return region


def test_whole(whole: RegionLedger):
    """A ledger written by commits alone is whole."""
    assert list(check(whole)) == []


def test_empty(region: RegionLedger):
    """So is one never written."""
    assert list(check(region)) == []


@pytest.mark.parametrize(
    ("damage", "faults"),
    [
        ("DELETE FROM events WHERE number = 2", {(Fault.GAP, "coquimbo"), (Fault.LINGERING, "u1")}),
        (
            "DELETE FROM events WHERE number = 7",
            {(Fault.LAST, "coquimbo"), (Fault.NUMBER, "i5"), (Fault.RECORD, "i5")},
        ),
        ("UPDATE events SET at_us = 1 WHERE number = 3", {(Fault.TIME, "u2")}),
        ("UPDATE regions SET last_number = 8", {(Fault.LAST, "coquimbo")}),
        ("UPDATE regions SET last_us = 1", {(Fault.LAST, "coquimbo")}),
        ("UPDATE units SET number = 1", {(Fault.NUMBER, "u1")}),
        ("UPDATE providers SET record = data FROM events WHERE events.number = 1", {(Fault.RECORD, "p1")}),
        ("UPDATE incidents SET number = 5 WHERE id = 'i5'", {(Fault.NUMBER, "i5")}),
        (
            "UPDATE incidents SET record = data FROM events WHERE events.number = 1 AND incidents.id = 'i6'",
            {(Fault.RECORD, "i6")},
        ),
        ("UPDATE incidents SET closed_us = 1 WHERE id = 'i6'", {(Fault.OPEN, "i6")}),
        ("UPDATE incidents SET closed_us = NULL WHERE id = 'i5'", {(Fault.OPEN, "i5")}),
        ("DELETE FROM incidents WHERE id = 'i5'", {(Fault.MISSING, "i5")}),
        ("DELETE FROM providers", {(Fault.MISSING, "p1")}),
        ("UPDATE units SET id = 'u2'", {(Fault.MISSING, "u1"), (Fault.LINGERING, "u2"), (Fault.POSITION, "u1")}),
        ("UPDATE incidents SET id = 'ix' WHERE id = 'i6'", {(Fault.MISSING, "i6"), (Fault.LINGERING, "ix")}),
        ("UPDATE decisions SET number = 99 WHERE number = 5", {(Fault.DECISION, "i5")}),
        ("UPDATE decisions SET incident = 'i6' WHERE number = 5", {(Fault.DECISION, "i6")}),
        ("UPDATE positions SET unit = 'u9'", {(Fault.POSITION, "u9")}),
    ],
)
def test_damage(ledger: Ledger, whole: RegionLedger, damage: str, faults: set[tuple[Fault, str]]):
    """Each kind of damage is found where it is, and only there."""
    with ledger._database.writing() as connection:
        connection.execute(text(damage))
    assert {(finding.fault, finding.id) for finding in check(whole)} == faults


def test_another_region_does_not_matter(ledger: Ledger, whole: RegionLedger):
    """Events of another region under the same numbers and names are not mixed up."""
    other = ledger.region("andorra")
    other.commit(filing(1), after=0)
    other.commit(Batch(events=[event(n, id="i5") for n in range(2, 12)]), after=1)
    assert list(check(whole)) == []
    assert {(finding.fault, finding.id) for finding in check(other)} == {(Fault.MISSING, "i5")}
