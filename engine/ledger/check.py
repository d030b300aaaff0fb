"""Is a region's ledger whole? The story without holes, and every row of state what the last event about it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from engine.ledger import tables
from engine.ledger.reading import CHUNK, Reading
from engine.ledger.region import RegionLedger

events = tables.events
STREAM = {"yield_per": CHUNK}


class Fault(StrEnum):
    """What can be wrong."""

    GAP = "gap"  # an event number is missing
    TIME = "time"  # an event is earlier than the one before it
    EPOCH = "epoch"  # an event was written under a lease that had passed: by a server that had lost the region
    LAST = "last"  # the region does not stand at its last event
    NUMBER = "number"  # a row of state names another event than the last about it
    RECORD = "record"  # a row of state holds another record than its last event
    MISSING = "missing"  # an entity that was not removed has no row of state
    LINGERING = "lingering"  # a row of state without an event, or of an entity that was removed
    OPEN = "open"  # an incident is open with a time of closing, or closed without
    DECISION = "decision"  # a decision without its event, or of another incident
    POSITION = "position"  # a position of a unit that is not there


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    fault: Fault
    entity: str
    id: str
    number: int
    message: str


def check(ledger: RegionLedger) -> Iterator[Finding]:
    """Findings, of one moment; none means whole. Memory grows with the fleet, not with the story."""
    with ledger.snapshot() as reading:
        fleet = _Fleet()
        yield from _story(reading, fleet)
        yield from _fleet(reading, fleet)
        yield from _incidents(reading)
        yield from _incidents_missing(reading)
        yield from _decisions(reading)
        yield from _positions(reading)


class _Fleet:
    """The last event of each provider and unit that is there: its number, and a digest of its record."""

    def __init__(self) -> None:
        self.last: dict[tuple[str, str], tuple[int, bytes]] = {}

    def see(self, entity: str, id: str, number: int, record: bytes) -> None:
        if record:
            self.last[entity, id] = number, _digest(record)
        else:
            self.last.pop((entity, id), None)


def _digest(record: bytes) -> bytes:
    return blake2b(record, digest_size=16).digest()


def _story(reading: Reading, fleet: _Fleet) -> Iterator[Finding]:
    expected, before_us, before_epoch = 1, 0, 0
    # records of incidents are compared by the database, further down
    columns = (events.c.number, events.c.at_us, events.c.entity, events.c.id, events.c.epoch)
    story = _stream(reading, select(*columns).where(_here(reading)).order_by(events.c.number))
    for number, at_us, entity, id, epoch in story:
        if number != expected:
            missing = str(expected) if number == expected + 1 else f"{expected} to {number - 1}"
            yield Finding(Fault.GAP, "region", reading.region, number, f"no event {missing}")
        if at_us < before_us:
            message = f"at {at_us} µs, earlier than the event before it ({before_us})"
            yield Finding(Fault.TIME, entity, id, number, message)
        if epoch < before_epoch:
            yield Finding(Fault.EPOCH, entity, id, number, f"of epoch {epoch}, after one of epoch {before_epoch}")
        expected, before_us, before_epoch = number + 1, max(at_us, before_us), max(epoch, before_epoch)
    last, last_us = reading.last()
    if (last, last_us) != (expected - 1, before_us):
        message = f"at event {last} ({last_us} µs), the last one is {expected - 1} ({before_us} µs)"
        yield Finding(Fault.LAST, "region", reading.region, last, message)
    columns = (events.c.entity, events.c.id, events.c.number, events.c.record)
    query = select(*columns).where(_here(reading), events.c.entity.in_(["provider", "unit"])).order_by(events.c.number)
    for entity, id, number, record in _stream(reading, query):
        fleet.see(entity, id, number, record)


def _fleet(reading: Reading, fleet: _Fleet) -> Iterator[Finding]:
    for entity, table in (("provider", tables.providers), ("unit", tables.units)):
        query = select(table.c.id, table.c.number, table.c.record).where(table.c.region == reading.region)
        for id, number, record in _stream(reading, query):
            last = fleet.last.pop((entity, id), None)
            if last is None:
                yield Finding(Fault.LINGERING, entity, id, number, "a row without an event, or of what was removed")
                continue
            if number != last[0]:
                yield Finding(Fault.NUMBER, entity, id, number, f"the last event about it is {last[0]}")
            if _digest(record) != last[1]:
                yield Finding(Fault.RECORD, entity, id, number, f"another record than event {last[0]} holds")
    for (entity, id), (number, _) in fleet.last.items():
        yield Finding(Fault.MISSING, entity, id, number, f"no row, though event {number} left it there")


def _incidents(reading: Reading) -> Iterator[Finding]:
    rows = tables.incidents
    told = events.alias("told")
    last = (
        select(func.max(told.c.number))
        .where(told.c.region == rows.c.region, tables.of_incident("told"), told.c.id == rows.c.id)
        .scalar_subquery()
    )
    query = (
        select(rows.c.id, rows.c.number, rows.c.open, rows.c.closed_us, rows.c.record, events.c.number, events.c.record)
        .select_from(rows)
        .outerjoin(events, and_(events.c.region == rows.c.region, events.c.number == last))
        .where(rows.c.region == reading.region)
    )
    for id, number, open, closed_us, record, last_number, last_record in _stream(reading, query):
        if not last_record:
            yield Finding(Fault.LINGERING, "incident", id, number, "a row without an event, or of what was removed")
            continue
        if number != last_number:
            yield Finding(Fault.NUMBER, "incident", id, number, f"the last event about it is {last_number}")
        if record != last_record:
            yield Finding(Fault.RECORD, "incident", id, number, f"another record than event {last_number} holds")
        if open != (closed_us is None):
            message = "open, with a time of closing" if open else "closed, without a time of closing"
            yield Finding(Fault.OPEN, "incident", id, number, message)


def _incidents_missing(reading: Reading) -> Iterator[Finding]:
    rows = tables.incidents
    later = events.alias("later")
    newer = exists().where(
        later.c.region == events.c.region,
        tables.of_incident("later"),
        later.c.id == events.c.id,
        later.c.number > events.c.number,
    )
    there = exists().where(rows.c.region == events.c.region, rows.c.id == events.c.id)
    query = select(events.c.id, events.c.number, func.length(events.c.record)).where(
        _here(reading), tables.of_incident("events"), ~there, ~newer
    )
    for id, number, length in _stream(reading, query):
        if length:
            yield Finding(Fault.MISSING, "incident", id, number, f"no row, though event {number} left it there")


def _decisions(reading: Reading) -> Iterator[Finding]:
    rows = tables.decisions
    query = (
        select(rows.c.incident, rows.c.number, events.c.id)
        .select_from(rows)
        .outerjoin(events, and_(events.c.region == rows.c.region, events.c.number == rows.c.number))
        .where(
            rows.c.region == reading.region,
            or_(events.c.id.is_(None), and_(events.c.entity == "incident", events.c.id != rows.c.incident)),
        )
    )
    for incident, number, id in _stream(reading, query):
        message = "a decision without its event" if id is None else f"event {number} is about {id!r}"
        yield Finding(Fault.DECISION, "incident", incident, number, message)


def _positions(reading: Reading) -> Iterator[Finding]:
    rows, units = tables.positions, tables.units
    there = exists().where(units.c.region == rows.c.region, units.c.id == rows.c.unit)
    for (unit,) in _stream(reading, select(rows.c.unit).where(rows.c.region == reading.region, ~there)):
        yield Finding(Fault.POSITION, "unit", unit, 0, "a position of a unit that is not there")


def _here(reading: Reading) -> Any:
    return events.c.region == reading.region


def _stream(reading: Reading, query: Any) -> Iterator[Any]:
    return iter(reading.connection.execute(query, execution_options=STREAM))
