"""The story of a region, read once from its first event to its last: is every step possible after the one before?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import func, select

from engine.ledger import tables
from engine.ledger.reading import CHUNK, Reading
from engine.live.records import WORKING, IncidentRecord, LegState
from engine.live.verify.decisions import Decisions
from engine.live.verify.faults import Fault, Finding
from engine.live.verify.lives import clocks, escalations, offers
from engine.live.verify.transitions import legal, state
from engine.times import from_us

Tell = Callable[[str, int, int], object]
_events = tables.events
_STREAM = {"yield_per": CHUNK}
_record = msgspec.json.Decoder(IncidentRecord)
#: How often progress is told.
_EVERY = 5000


class Data(msgspec.Struct, frozen=True):
    """What of an event's details says which part of the incident it is about."""

    leg: int | None = None
    offer: str | None = None


_data = msgspec.json.Decoder(Data)


@dataclass(slots=True)
class _Open:
    """An open incident as the event before left it."""

    record: IncidentRecord
    elsewhere: bool = False  # a wrong location was just told


@dataclass
class _Story:
    reading: Reading
    decisions: Decisions
    open: dict[str, _Open] = field(default_factory=dict)
    working: dict[str, tuple[str, int]] = field(default_factory=dict)  # unit -> incident and leg
    kept: dict[str, set[tuple[str, int]]] = field(default_factory=dict)  # the same of bookings accepted for later
    there: dict[str, set[str]] = field(default_factory=lambda: {"unit": set(), "provider": set()})


def verify(reading: Reading, tell: Tell = lambda *_: None) -> Iterator[Finding]:
    """Findings about the events of one region; none: the story is possible.

    What the database itself can compare is `engine.ledger.check`'s. Memory grows with the fleet and the open incidents.
    """
    story = _Story(reading, Decisions(reading))
    total, _ = reading.last()
    c = _events.c
    columns = (c.number, c.at_us, c.kind, c.entity, c.id, c.unit, c.record, c.data)
    query = select(*columns).where(c.region == reading.region).order_by(c.number)
    for number, at_us, kind, entity, id, unit, record, data in reading.connection.execute(
        query, execution_options=_STREAM
    ):
        if number % _EVERY == 0:
            tell("events", number, total)
        if entity == "incident":
            for fault, message in _incident(story, number, at_us, kind, id, unit, record, data):
                yield Finding(fault, entity, id, number, message)
        else:
            for fault, message in _fleet(story, kind, entity, id, record):
                yield Finding(fault, entity, id, number, message)
    tell("events", total, total)
    for incident, number in story.decisions.rest():
        yield Finding(Fault.DECISION, "incident", incident, number, "a decision that belongs to no assignment")
    yield from _received_twice(reading)


def _incident(
    story: _Story, number: int, at_us: int, kind: str, id: str, unit: str, raw: bytes, raw_data: bytes
) -> Iterator[tuple[Fault, str]]:
    try:
        after = _record.decode(raw)
        data = _data.decode(raw_data or b"{}")
    except (msgspec.MsgspecError, ValueError) as error:
        yield Fault.UNREADABLE, str(error)
        return
    at = from_us(at_us)
    known = story.open.get(id)
    before = known.record if known is not None else None
    elsewhere = known is not None and known.elsewhere and kind in ("unit_unassigned", "offer_withdrawn")
    if after.id != id or after.number != number:
        yield Fault.STATE, f"its record calls itself {after.id!r}, event {after.number}"
    if before is None and kind != "incident_received":
        before = _before(story.reading, id, number)
        if before is None:
            yield Fault.TRANSITION, f"{kind} of an incident that nobody received"
    if kind == "incident_received":
        if before is not None:
            yield Fault.TRANSITION, "received again while it is open"
        if after.legs or after.need is not None or after.closed_at is not None:
            yield Fault.TRANSITION, "more is known of it than that it was received"
    elif before is not None:
        yield from legal(before, after, kind, data.leg, unit, elsewhere)
        yield from offers(before, after, kind, data.offer, at)
        yield from escalations(before, after, kind, at)
    yield from state(after, kind)
    yield from clocks(before, after, kind, at)
    yield from _working(story, before, after)
    yield from story.decisions.check(number, kind, id, data.leg, unit)
    if after.closed_at is None:
        story.open[id] = _Open(after, elsewhere or kind == "wrong_location")
    else:
        story.open.pop(id, None)
        story.decisions.forget(id)


def _working(story: _Story, before: IncidentRecord | None, after: IncidentRecord) -> Iterator[tuple[Fault, str]]:
    """A unit that works for an incident works for no other; accepted bookings wait while it does."""
    for k, leg in enumerate(before.legs if before is not None and before.closed_at is None else ()):
        story.kept.get(leg.unit, set()).discard((after.id, k))
        if leg.state in WORKING and story.working.get(leg.unit) == (after.id, k):
            del story.working[leg.unit]
    for k, leg in enumerate(after.legs if after.closed_at is None else ()):
        if leg.state is LegState.ACCEPTED and after.need is not None and after.need.earliest is not None:
            story.kept.setdefault(leg.unit, set()).add((after.id, k))
        elif leg.state in WORKING:
            other = story.working.setdefault(leg.unit, (after.id, k))
            if other != (after.id, k):
                yield Fault.ENGAGED, f"unit {leg.unit} works for it, and for {other[0]} (leg {other[1]})"


def _before(reading: Reading, id: str, number: int) -> IncidentRecord | None:
    """A closed incident as its last event left it; those are not held in memory."""
    c = _events.c
    query = (
        select(c.record)
        .where(c.region == reading.region, tables.OF_INCIDENT, c.id == id, c.number < number)
        .order_by(c.number.desc())
        .limit(1)
    )
    raw = reading.connection.execute(query).scalar_one_or_none()
    try:
        return None if not raw else _record.decode(raw)
    except (msgspec.MsgspecError, ValueError):
        return None


def _fleet(story: _Story, kind: str, entity: str, id: str, record: bytes) -> Iterator[tuple[Fault, str]]:
    there = story.there.get(entity)
    if there is None or kind not in (f"{entity}_stored", f"{entity}_removed"):
        yield Fault.FLEET, f"{kind} of a {entity}"
    elif kind.endswith("_stored"):
        there.add(id)
        if not record:
            yield Fault.FLEET, "stored without a record"
    else:
        if id not in there:
            yield Fault.FLEET, "removed without having been there"
        there.discard(id)
        working = {story.working.get(id, ("", 0)), *story.kept.get(id, ())} - {("", 0)} if entity == "unit" else ()
        for incident, _ in sorted(working):
            yield Fault.FLEET, f"removed while it works for {incident}"


def _received_twice(reading: Reading) -> Iterator[Finding]:
    c = _events.c
    query: Any = (
        select(c.id, func.max(c.number))
        .where(c.region == reading.region, c.kind == "incident_received", tables.OF_INCIDENT)
        .group_by(c.id)
        .having(func.count() > 1)
    )
    for id, number in reading.connection.execute(query):
        yield Finding(Fault.TRANSITION, "incident", id, number, "received more than once")
