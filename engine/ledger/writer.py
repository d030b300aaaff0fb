"""The connection of a region's writer: its own, kept open, replaced after any failure."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RootTransaction, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import LedgerFencedError, LedgerRejectedError, LedgerUnavailableError
from engine.ledger import tables
from engine.ledger.database import Database
from engine.ledger.files import Files
from engine.ledger.lease import session_name
from engine.ledger.rows import Batch
from engine.ledger.statements import RowStatement, Statements


class Writer:
    """Commits batches, one after the other; callers from several threads wait for each other."""

    def __init__(self, database: Database, statements: Statements, region: str) -> None:
        self._database = database
        self._statements = statements
        self._region = region
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._name = ""
        self._files = None if database.path is None else Files(database.path)

    def commit(self, batch: Batch, *, after: int, epoch: int) -> None:
        """One transaction; see `RegionLedger.commit`."""
        with self._lock, self._database.turn:
            fresh = self._connection is None
            try:
                self._commit(batch, after, epoch)
            except LedgerUnavailableError as error:
                # A connection may have died while nobody used it. Before COMMIT nothing counts: try once more.
                if fresh or error.uncertain or error.metadata.get("cause") != "gone":
                    raise
                self._commit(batch, after, epoch)

    def last(self) -> tuple[int, int]:
        """last_number and last_us, after whatever transaction still holds the region has ended, and for good.

        The row is written as it is: that waits for whoever holds it, and flushes what an uncertain COMMIT left.
        """
        c = tables.regions.c
        mine = c.region == self._region
        with self._lock, self._database.turn:
            try:
                with self._database.translated():
                    connection = self._connected()
                    with connection.begin():
                        connection.execute(update(tables.regions).values(last_number=c.last_number).where(mine))
                        row = connection.execute(select(c.last_number, c.last_us).where(mine)).one()
                    if self._files is not None:
                        self._files.committed()
            except BaseException:
                self._drop()
                raise
            return int(row[0]), int(row[1])

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._drop()

    def _commit(self, batch: Batch, after: int, epoch: int) -> None:
        transaction: RootTransaction | None = None
        try:
            with self._database.translated():
                connection = self._connected()
                transaction = connection.begin()
                self._fence(connection, batch, after, epoch)
                self._write(connection, batch, epoch)
            with self._database.translated(committing=True):
                transaction.commit()
            if self._files is not None:
                self._files.committed()
        except (LedgerFencedError, LedgerRejectedError):
            self._roll_back(transaction)
            raise
        except BaseException:
            self._drop()
            raise

    def _fence(self, connection: Connection, batch: Batch, after: int, epoch: int) -> None:
        to = self._statements.advance if batch.events else self._statements.hold
        known: dict[str, Any] = {"r": self._region, "after": after, "by": epoch}
        if batch.events:
            known |= {"new_number": batch.events[-1].number, "new_us": batch.events[-1].at_us}
        result = connection.exec_driver_sql(to.text, tuple(known[name] for name in to.names))
        if result.rowcount == 1:
            return
        regions = tables.regions
        row = connection.execute(select(regions).where(regions.c.region == self._region)).mappings().first()
        found = dict(row) if row is not None else {}
        raise LedgerFencedError(
            f"somebody else writes to region {self._region!r} of the ledger: it is at event "
            f"{found.get('last_number')} (epoch {found.get('epoch')}), this server at {after} (epoch {epoch})",
            region=self._region,
            after=after,
            epoch=epoch,
            last_number=found.get("last_number"),
            ledger_epoch=found.get("epoch"),
            holder=found.get("holder"),
            address=found.get("address"),
        )

    def _write(self, connection: Connection, batch: Batch, epoch: int) -> None:
        tell = self._statements
        # so that it can be shown that nobody wrote under an epoch that had passed
        events = [replace(event, epoch=epoch) for event in batch.events] if epoch else batch.events
        if batch.removed_providers:
            gone = batch.removed("provider", batch.removed_providers, (row.id for row in batch.providers))
            self._delete(connection, "providers", gone)
            self._put(connection, tell.providers, [row for row in batch.providers if row.id not in gone])
        else:
            self._put(connection, tell.providers, batch.providers)
        if batch.removed_units:
            gone = batch.removed("unit", batch.removed_units, (row.id for row in batch.units))
            self._delete(connection, "units", gone)
            self._delete(connection, "positions", gone)
            self._put(connection, tell.units, [row for row in batch.units if row.id not in gone])
            self._put(connection, tell.positions, [row for row in batch.positions if row.unit not in gone])
        else:
            self._put(connection, tell.units, batch.units)
            self._put(connection, tell.positions, batch.positions)
        self._put(connection, tell.incidents, list({row.id: row for row in batch.incidents}.values()))
        self._put(connection, tell.events, events)
        self._put(connection, tell.decisions, batch.decisions)
        self._put(connection, tell.answers, batch.answers)
        self._put(connection, tell.tracks, batch.tracks)

    def _put(self, connection: Connection, statement: RowStatement, rows: Sequence[Any]) -> None:
        for told, parameters in statement.calls(self._region, rows) if rows else ():
            connection.exec_driver_sql(told, parameters)

    def _delete(self, connection: Connection, table: str, ids: set[str]) -> None:
        if ids:
            connection.exec_driver_sql(self._statements.without[table], [(self._region, key) for key in sorted(ids)])

    def _connected(self) -> Connection:
        if self._connection is None:
            if self._files is not None:
                self._files.opening()
            connection = self._database.writer.connect()
            try:
                if connection.dialect.name == "postgresql":
                    self._end_former(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _end_former(self, connection: Connection) -> None:
        """End the server's side of the connection before this one: it may still hold the region's row.

        The server notices a lost client late, and a COMMIT on its way may yet arrive. After this it cannot.
        """
        name = f"{session_name('writer', self._region)} {uuid4().hex[:16]}"
        with connection.begin():
            connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
            if self._name:
                connection.execute(
                    text("SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE application_name = :name"),
                    {"name": self._name},
                )
        self._name = name

    def _roll_back(self, transaction: RootTransaction | None) -> None:
        try:
            if transaction is not None:
                transaction.rollback()
        except SQLAlchemyError:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.invalidate()
            with suppress(SQLAlchemyError):
                connection.close()


def enrol(database: Database, region: str) -> None:
    """Give a region its row, at event 0; one that is there is left as it is."""
    regions = tables.regions
    row = {"region": region, "last_number": 0, "last_us": 0, "holder": "", "address": "", "epoch": 0, "expires_us": 0}
    with database.reading() as connection:
        if connection.execute(select(regions.c.region).where(regions.c.region == region)).first() is not None:
            return
    try:
        with database.writing() as connection:
            connection.execute(insert(regions), row)
    except LedgerRejectedError:
        # two servers at once: the other one's row is as good
        with database.reading() as connection:
            if connection.execute(select(regions.c.region).where(regions.c.region == region)).first() is None:
                raise
