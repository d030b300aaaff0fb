"""Where events come from that happened before somebody watched: the ledger's rows, read back as events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from engine.ledger.rows import EventRow
from engine.live.events import Entity, Event, EventKind
from engine.live.records import IncidentRecord
from engine.model import Provider, Unit
from engine.times import from_us

Decode = Callable[[EventRow], Event]
_RECORDS: dict[Entity, msgspec.json.Decoder[Any]] = {
    Entity.INCIDENT: msgspec.json.Decoder(IncidentRecord),
    Entity.UNIT: msgspec.json.Decoder(Unit),
    Entity.PROVIDER: msgspec.json.Decoder(Provider),
}
_DATA = msgspec.json.Decoder(dict[str, Any])


class EventSource(Protocol):
    """The part of `engine.ledger.RegionLedger` that matters here."""

    def events(self, after: int, limit: int, *, incident: str | None = None) -> Sequence[EventRow]:
        """Events with larger numbers than ``after``, in order."""
        ...

    def last(self) -> tuple[int, int]:
        """Number and time (Unix microseconds) of the last event."""
        ...


def event_of(row: EventRow) -> Event:
    """A row of the ledger as the event it was made from."""
    entity = Entity(row.entity)
    return Event(
        number=row.number,
        at=from_us(row.at_us),
        kind=EventKind(row.kind),
        entity=entity,
        id=row.id,
        actor=row.actor,
        reason=row.reason,
        unit=row.unit,
        provider=row.provider,
        record=_RECORDS[entity].decode(row.record) if row.record else None,
        data=_DATA.decode(row.data) if row.data else {},
    )
