"""One region's part of a ledger: what the writer loop and the readers use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager

from engine.ledger.database import Database
from engine.ledger.lease import Leases
from engine.ledger.purge import purge
from engine.ledger.reading import Reading
from engine.ledger.retention import forget
from engine.ledger.rows import (
    AnswerRow,
    Batch,
    DecisionRow,
    EventRow,
    IncidentRow,
    Loaded,
    PositionRow,
    Purged,
    TrackRow,
)
from engine.ledger.statements import Statements
from engine.ledger.writer import Writer


class RegionLedger:
    """Thread safe; usable again after every failure, as soon as the database is.

    Every method may raise `LedgerUnavailableError`.
    """

    def __init__(self, database: Database, statements: Statements, region: str, *, read_only: bool) -> None:
        self.region = region
        #: The lease under which this server writes.
        self.epoch = 0
        self._database = database
        self._read_only = read_only
        self._writer = Writer(database, statements, region)
        #: Who may write; a server that takes the lease sets `epoch` to the lease's.
        self.leases = Leases(database, region)

    def load(self) -> Loaded:
        """The state of the region at one moment."""
        with self.snapshot() as reading:
            return reading.load()

    def commit(self, batch: Batch, *, after: int) -> None:
        """Write the batch in one transaction; it survives whatever happens after this returns.

        `after` is the last event number the caller knows of; its events must be numbered after + 1, after + 2, …,
        their times never decreasing. A batch without events leaves the number as it is.

        Raises `LedgerFencedError` when somebody else wrote or the epoch passed, `LedgerRejectedError` for data that
        the database refuses, `LedgerUnavailableError` otherwise. Nothing of the batch is kept then, except that
        after an *uncertain* `LedgerUnavailableError` only `last` knows: it is kept if that says the batch's number.
        """
        _check_order(batch, after)
        self._writer.commit(batch, after=after, epoch=self.epoch)

    def last(self) -> tuple[int, int]:
        """last_number and last_us. On a ledger that writes, no earlier commit can still arrive after this returned."""
        if not self._read_only:
            return self._writer.last()
        with self._reading() as reading:
            return reading.last()

    def answers(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], AnswerRow]:
        """Stored answers by (method, request_id); keys never answered are not in it."""
        if not keys:
            return {}
        with self._reading() as reading:
            return reading.answers(keys)

    def events(self, after: int, limit: int, *, incident: str | None = None) -> list[EventRow]:
        """At most `limit` events behind number `after`, in order; of one incident if told."""
        with self._reading() as reading:
            return reading.events(after, limit, incident)

    def incident(self, id: str) -> IncidentRow | None:
        """One incident, open or closed."""
        with self._reading() as reading:
            return reading.incident(id)

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
        """One page, by (received_us, id); `after` is that pair of the last row of the page before.

        Times are when the incident was received, in [since, until). What is None or empty does not filter.
        """
        with self._reading() as reading:
            return reading.incidents(
                limit=limit,
                after=after,
                newest_first=newest_first,
                open=open,
                since_us=since_us,
                until_us=until_us,
                states=states,
                customer=customer,
                service=service,
                unit=unit,
                provider=provider,
            )

    def decisions(self, incident: str) -> list[DecisionRow]:
        """Everything decided about an incident, in order."""
        with self._reading() as reading:
            return reading.decisions(incident)

    def track(self, unit: str, *, since_us: int, until_us: int) -> list[TrackRow]:
        """A unit's thinned track in [since, until)."""
        with self._reading() as reading:
            return reading.track(unit, since_us, until_us)

    def positions(self) -> list[PositionRow]:
        """Where every unit was at its last checkpoint."""
        with self._reading() as reading:
            return reading.positions()

    def forget(self, *, answers_before_us: int, tracks_before_us: int, limit: int) -> int:
        """Delete at most `limit` old answers and as many old track points; how many went."""
        return forget(
            self._database,
            self.region,
            answers_before_us=answers_before_us,
            tracks_before_us=tracks_before_us,
            limit=limit,
        )

    def containing(self, part: bytes) -> list[IncidentRow]:
        """The incidents in whose record these bytes are; looks at all of them."""
        with self._reading() as reading:
            return reading.containing(part)

    def purge(self, customer: str, rewrite: Callable[[str, bytes], bytes], also: Collection[str] = ()) -> Purged:
        """Take a customer's data out of the closed incidents; see `engine.ledger.purge`. LedgerFencedError."""
        return purge(self._database, self.region, customer, rewrite, also, epoch=self.epoch)

    @contextmanager
    def snapshot(self) -> Generator[Reading]:
        """Everything read inside is of one moment; may be long, and streams."""
        with self._database.reading(snapshot=True) as connection, connection.begin():
            yield Reading(connection, self.region)

    def close(self) -> None:
        """Close the connections that write."""
        self._writer.close()
        self.leases.close()

    @contextmanager
    def _reading(self) -> Generator[Reading]:
        with self._database.reading() as connection:
            yield Reading(connection, self.region)


def _check_order(batch: Batch, after: int) -> None:
    """Wrong numbers are a bug of the caller's: the ledger would hold a story with holes."""
    at_us = batch.events[0].at_us if batch.events else 0
    for number, event in enumerate(batch.events, after + 1):
        if event.number != number or event.at_us < at_us:
            raise ValueError(f"event {event.number} at {event.at_us} where {number} at {at_us} or later belongs")
        at_us = event.at_us
