"""A ledger in memory and events by the number, for tests of those who watch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.ledger.rows import EventRow
from engine.live.events import Entity, Event, EventKind, encoder
from engine.live.records import IncidentRecord, Leg, LegState, Offer
from engine.live.watch.hub import EventHub
from engine.live.watch.subscription import Subscription
from engine.model import Incident, Location, Service

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KINDS = (EventKind.INCIDENT_FILED, EventKind.UNIT_ASSIGNED, EventKind.OFFER_MADE, EventKind.UNIT_DONE)


class MemoryLedger:
    """Rows of events, as `engine.ledger.RegionLedger` gives them."""

    def __init__(self) -> None:
        self.rows: list[EventRow] = []
        self.lock = threading.Lock()
        self.pages = 0

    def add(self, events: Sequence[Event]) -> None:
        with self.lock:
            self.rows.extend(row_of(event) for event in events)

    def events(self, after: int, limit: int, *, incident: str | None = None) -> list[EventRow]:
        self.pages += 1
        with self.lock:
            rows = self.rows[after:] if incident else self.rows[after : after + limit]
        wanted = [row for row in rows if incident is None or (row.entity, row.id) == ("incident", incident)]
        return wanted[:limit]

    def last(self) -> tuple[int, int]:
        return len(self.rows), 0


def event(number: int, **fields: Any) -> Event:
    """Event of incident i0, i1 ... i9 in turn, each at its own place, with unit and provider of the same digit."""
    digit = number % 10
    values: dict[str, Any] = {
        "number": number,
        "at": NOW + timedelta(seconds=number),
        "kind": KINDS[number % len(KINDS)],
        "entity": Entity.INCIDENT,
        "id": f"i{digit}",
        "actor": "towline",
        "record": record(digit, number),
        "data": {"n": number},
    }
    return Event(**values | fields)


def record(digit: int, number: int) -> IncidentRecord:
    need = Incident(f"i{digit}", Location(-71.3 + 0.02 * digit, -29.9), Service.TOWING, NOW)
    legs = (Leg(LegState.ACCEPTED, f"u{digit}", f"p{digit}", NOW),)
    offers = (Offer(f"o{number}", 0, f"x{digit}", f"q{digit}", NOW, NOW),)
    return IncidentRecord(f"i{digit}", NOW, number=number, need=need, legs=legs, offers=offers)


def row_of(event: Event) -> EventRow:
    return EventRow(
        event.number,
        round(event.at.timestamp() * 1e6),
        event.kind.value,
        event.entity.value,
        event.id,
        event.unit,
        event.provider,
        event.actor,
        event.reason,
        b"" if event.record is None else encoder.encode(event.record),
        encoder.encode(event.data),
    )


def encode(event: Event, own: str | None) -> bytes:
    """The number, and for whom."""
    return b"%d%s" % (event.number, own.encode() if own else b"")


class Writer:
    """Commits events and publishes them, as the one writer of a region does."""

    def __init__(self, room: int = 10_000) -> None:
        self.ledger = MemoryLedger()
        self.hub = EventHub("coquimbo", "ledger-1", self.ledger, encode, room=room)

    def write(self, count: int = 1, **fields: Any) -> None:
        first = len(self.ledger.rows) + 1
        events = [event(number, **fields) for number in range(first, first + count)]
        self.ledger.add(events)
        self.hub.publish(events)


def numbers(subscription: Subscription, until: int, timeout_s: float = 10.0) -> list[int]:
    """What is told until all up to a number has been."""
    found: list[int] = []
    last = -1
    while last < until:
        batch = subscription.take(timeout_s)
        assert batch.last_number >= last
        last = batch.last_number
        found += [int(each) for each in batch.events]
    return found
