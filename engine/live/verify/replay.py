"""The state of a region rebuilt from its events alone, up to a number or a time, and as its tables have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b

import msgspec
from sqlalchemy import func, select

from engine.ledger import tables
from engine.ledger.reading import CHUNK, Reading
from engine.live.events import encoder
from engine.live.records import IncidentRecord
from engine.live.rows import incident_of

Tell = Callable[[str, int, int], object]
_EVERY = 5000


class _State(msgspec.Struct, frozen=True):
    closed_at: str | None = None


_state = msgspec.json.Decoder(_State)


@dataclass(frozen=True)
class Replayed:
    """Records as bytes, by id: open incidents and the fleet. `closed` counts incidents."""

    number: int
    at_us: int
    incidents: dict[str, bytes]
    units: dict[str, bytes]
    providers: dict[str, bytes]
    closed: int

    def records(self) -> list[IncidentRecord]:
        """The open incidents, by when they were received."""
        return sorted((incident_of(raw) for raw in self.incidents.values()), key=lambda r: (r.received_at, r.id))

    @property
    def hash(self) -> str:
        """Equal for equal states: that of open incidents, units and providers together."""
        digest = blake2b(digest_size=16)
        for part in (self.incidents, self.units, self.providers):
            digest.update(_hashed(part.values()).encode())
        return digest.hexdigest()


def state_hash(records: Iterable[IncidentRecord]) -> str:
    """Equal for equal incidents, in whatever order: 32 hexadecimal digits."""
    return _hashed(encoder.encode(record) for record in records)


def _hashed(records: Iterable[bytes]) -> str:
    return blake2b(b"\n".join(sorted(records)), digest_size=16).hexdigest()


def replay(
    reading: Reading, *, to: int | None = None, until_us: int | None = None, tell: Tell = lambda *_: None
) -> Replayed:
    """The state after event ``to``, and after the last one not later than ``until_us``; of all events by default."""
    c = tables.events.c
    query = select(c.number, c.at_us, c.entity, c.id, c.record).where(c.region == reading.region)
    total, _ = reading.last()
    if to is not None:
        query, total = query.where(c.number <= to), min(to, total)
    if until_us is not None:
        query = query.where(c.at_us <= until_us)
    kept: dict[str, dict[str, bytes]] = {"incident": {}, "unit": {}, "provider": {}}
    closed: set[str] = set()
    last, last_us = 0, 0
    for number, at, entity, id, record in reading.connection.execute(
        query.order_by(c.number), execution_options={"yield_per": CHUNK}
    ):
        last, last_us = number, at
        if number % _EVERY == 0:
            tell("events", number, total)
        records = kept.get(entity)
        if records is None:
            continue
        gone = not record or (entity == "incident" and _state.decode(record).closed_at is not None)
        if gone:
            records.pop(id, None)
        else:
            records[id] = record
        if entity == "incident":
            (closed.add if gone else closed.discard)(id)
    tell("events", total, total)
    return Replayed(last, last_us, kept["incident"], kept["unit"], kept["provider"], len(closed))


def kept(reading: Reading) -> Replayed:
    """The state as the tables have it."""
    loaded = reading.load()
    rows = tables.incidents
    count = select(func.count()).select_from(rows).where(rows.c.region == reading.region, ~rows.c.open)
    return Replayed(
        loaded.last_number,
        loaded.last_us,
        {row.id: row.record for row in loaded.incidents},
        {row.id: row.record for row in loaded.units},
        {row.id: row.record for row in loaded.providers},
        int(reading.connection.execute(count).scalar_one()),
    )
