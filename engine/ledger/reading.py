"""What can be asked of one region's rows, on one connection."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from sqlalchemy import Connection, LargeBinary, Select, Table, bindparam, select, text, tuple_

from engine.ledger import tables
from engine.ledger.rows import (
    AnswerRow,
    DecisionRow,
    EventRow,
    IncidentRow,
    Loaded,
    PositionRow,
    ProviderRow,
    TrackRow,
    UnitRow,
)

R = TypeVar("R")

#: Rows that a stream holds at once.
CHUNK = 1000
#: request_ids asked for in one statement.
KEYS = 400

_TABLES: dict[Any, Table] = {
    EventRow: tables.events,
    IncidentRow: tables.incidents,
    ProviderRow: tables.providers,
    UnitRow: tables.units,
    PositionRow: tables.positions,
    DecisionRow: tables.decisions,
    AnswerRow: tables.answers,
    TrackRow: tables.tracks,
}
_COLUMNS = {kind: [table.c[field.name] for field in fields(kind)] for kind, table in _TABLES.items()}
#: Made once: the writer asks this for every batch.
_ANSWERS = Select(*_COLUMNS[AnswerRow]).where(
    tables.answers.c.region == bindparam("region"),
    tables.answers.c.method == bindparam("method"),
    tables.answers.c.request_id.in_(bindparam("ids", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One region through one connection."""

    connection: Connection
    region: str

    def last(self) -> tuple[int, int]:
        """last_number and last_us; zeros for a region never written."""
        regions = tables.regions
        query = select(regions.c.last_number, regions.c.last_us).where(regions.c.region == self.region)
        row = self.connection.execute(query).first()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def load(self) -> Loaded:
        """The state; on a connection with a snapshot all of one moment."""
        number, at_us = self.last()
        incidents = tables.incidents
        return Loaded(
            number,
            at_us,
            self.rows(
                IncidentRow,
                self._all(IncidentRow).where(tables.IS_OPEN).order_by(incidents.c.received_us, incidents.c.id),
            ),
            self.rows(ProviderRow, self._all(ProviderRow).order_by(tables.providers.c.id)),
            self.rows(UnitRow, self._all(UnitRow).order_by(tables.units.c.id)),
            self.positions(),
        )

    def positions(self) -> list[PositionRow]:
        """The last checkpointed position of each unit."""
        return self.rows(PositionRow, self._all(PositionRow).order_by(tables.positions.c.unit))

    def answers(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], AnswerRow]:
        """Those of the (method, request_id) that were answered."""
        # by method: of pairs SQLite would look at every answer of the region there is
        asked: dict[str, list[str]] = {}
        for method, request_id in keys:
            asked.setdefault(method, []).append(request_id)
        found: dict[tuple[str, str], AnswerRow] = {}
        for method, ids in asked.items():
            for begin in range(0, len(ids), KEYS):
                some = {"region": self.region, "method": method, "ids": ids[begin : begin + KEYS]}
                for row in self.connection.execute(_ANSWERS, some):
                    answer = AnswerRow(*row)
                    found[method, answer.request_id] = answer
        return found

    def events(self, after: int, limit: int, incident: str | None) -> list[EventRow]:
        """At most `limit` events behind number `after`, in order; of one incident if told."""
        events = tables.events
        query = self._all(EventRow).where(events.c.number > after).order_by(events.c.number).limit(limit)
        if incident is not None:
            # the index of incidents' events only serves queries that say so in their text
            query = query.where(tables.OF_INCIDENT, events.c.id == incident)
        return self.rows(EventRow, query)

    def incident(self, key: str) -> IncidentRow | None:
        """One incident, open or closed."""
        found = self.rows(IncidentRow, self._all(IncidentRow).where(tables.incidents.c.id == key))
        return found[0] if found else None

    def incidents(
        self,
        *,
        limit: int,
        after: tuple[int, str] | None = None,
        newest_first: bool = False,
        open: bool | None = None,
        since_us: int | None = None,
        until_us: int | None = None,
        states: Collection[str] = (),
        customer: str | None = None,
        service: str | None = None,
        unit: str | None = None,
        provider: str | None = None,
    ) -> list[IncidentRow]:
        """One page by (received_us, id); see `RegionLedger.incidents`."""
        c = tables.incidents.c
        query = self._all(IncidentRow)
        if open is not None:
            query = query.where(tables.IS_OPEN if open else ~c.open)
        if since_us is not None:
            query = query.where(c.received_us >= since_us)
        if until_us is not None:
            query = query.where(c.received_us < until_us)
        if states:
            query = query.where(c.state.in_(states))
        wanted = {"customer": customer, "service": service, "unit": unit, "provider": provider}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(c[name] == value)
        place = tuple_(c.received_us, c.id)
        if after is not None:
            query = query.where(place < after if newest_first else place > after)
        order = (c.received_us.desc(), c.id.desc()) if newest_first else (c.received_us, c.id)
        return self.rows(IncidentRow, query.order_by(*order).limit(limit))

    def containing(self, part: bytes) -> list[IncidentRow]:
        """The incidents in whose record these bytes are; see `RegionLedger.containing`."""
        found = "instr" if self.connection.dialect.name == "sqlite" else 'pg_catalog."position"'
        inside = text(f"{found}(incidents.record, :part) > 0").bindparams(bindparam("part", part, LargeBinary))
        return self.rows(IncidentRow, self._all(IncidentRow).where(inside))

    def decisions(self, incident: str) -> list[DecisionRow]:
        """Everything decided about an incident, in order."""
        c = tables.decisions.c
        return self.rows(DecisionRow, self._all(DecisionRow).where(c.incident == incident).order_by(c.number))

    def track(self, unit: str, since_us: int, until_us: int) -> list[TrackRow]:
        """A unit's thinned track in [since, until)."""
        c = tables.tracks.c
        query = self._all(TrackRow).where(c.at_us >= since_us, c.at_us < until_us, c.unit == unit)
        return self.rows(TrackRow, query.order_by(c.at_us))

    def each(self, kind: type[R], *order: str) -> Iterator[R]:
        """Every row of a kind in the order of the named columns, `CHUNK` at a time in memory."""
        query = self._all(kind).order_by(*(_TABLES[kind].c[name] for name in order))
        # yield_per streams on the server's side too; it needs a transaction
        for row in self.connection.execute(query, execution_options={"yield_per": CHUNK}):
            yield kind(*row)

    def rows(self, kind: type[R], query: Select) -> list[R]:
        """The answer as rows of a kind."""
        return [kind(*row) for row in self.connection.execute(query)]

    def _all(self, kind: type) -> Select:
        return Select(*_COLUMNS[kind]).where(_TABLES[kind].c.region == self.region)
