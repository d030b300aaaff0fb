"""Who writes a region: a lease in the region's row, with an epoch that every write transaction checks.

Time is the database's, so that no server's clock matters. A lease that ran out does not stop its holder from writing;
that somebody else took it does, because taking it raises the epoch (see `Writer`). So the old holder is fenced even if
it was stopped in the middle of a transaction: who takes the lease ends sessions that may still hold the region's row.
(`IDLE_IN_TRANSACTION_MS` would not do: a session that has got half of a pipeline is not idle to the server.)
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, column, func, literal_column, or_, select, table, update
from sqlalchemy.exc import SQLAlchemyError

from engine.ledger import tables
from engine.ledger.database import Database

_NOW_US = {
    "sqlite": literal_column("CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"),
    "postgresql": literal_column("CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"),
}
regions = tables.regions
#: How long a session that is told to end is waited for.
TERMINATE_MS = 2000
_activity = table("pg_stat_activity", *map(column, ("pid", "application_name", "datname", "usename", "xact_start")))


def session_name(kind: str, region: str) -> str:
    """How the sessions that change a region's row call themselves to PostgreSQL, which cuts names at 63 bytes."""
    return f"towline {kind} {blake2b(region.encode(), digest_size=8).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a region, or held it last: "" = nobody. `left_us` is what was left of it when it was read."""

    holder: str
    address: str
    epoch: int
    left_us: int


class Leases:
    """Takes, renews and gives back one region's lease, on a connection of its own."""

    def __init__(self, database: Database, region: str) -> None:
        self._database = database
        self._region = region
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def seen(self) -> Lease:
        """Who holds the region now; locks nothing."""
        with self._database.reading() as connection:
            return self._read(connection)

    def take(self, holder: str, address: str, *, for_us: int, instead_of: str = "") -> Lease | None:
        """The lease, under a new epoch; None while somebody else's has not run out.

        `holder` is one run of one server: not the machine's name, which its next run would have too. `instead_of`: a
        holder that is known to have ended.
        """
        now = _NOW_US[self._database.writer.dialect.name]
        self._end_former(now)
        free = or_(regions.c.holder.in_(["", holder, instead_of]), regions.c.expires_us <= now)
        values = {"holder": holder, "address": address, "epoch": regions.c.epoch + 1, "expires_us": now + for_us}
        return self._change(free, values)

    def renew(self, lease: Lease, *, for_us: int) -> Lease | None:
        """The lease made longer, from now; None when it is somebody else's by now: write no more."""
        now = _NOW_US[self._database.writer.dialect.name]
        return self._change(_held(lease), {"expires_us": now + for_us})

    def give_back(self, lease: Lease) -> bool:
        """Let others have it at once; False when they had it already."""
        return self._change(_held(lease), {"holder": "", "address": "", "expires_us": 0}) is not None

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._drop()

    def _end_former(self, now: Any) -> None:
        """End the sessions of servers that wrote to the region, if its lease has run out: they may hold its row."""
        if self._database.writer.dialect.name != "postgresql":
            return
        c = _activity.c
        out = select(regions.c.region).where(regions.c.region == self._region, regions.c.expires_us <= now).exists()
        query = select(func.pg_terminate_backend(c.pid, TERMINATE_MS)).where(
            or_(*(c.application_name.startswith(session_name(kind, self._region)) for kind in ("writer", "lease"))),
            c.xact_start < func.clock_timestamp() - literal_column("interval '0.5 s'"),
            c.datname == func.current_database(),
            c.usename == literal_column("current_user"),
            c.pid != func.pg_backend_pid(),
            out,
        )
        with self._lock:
            try:
                with self._database.translated():
                    connection = self._connected()
                    with connection.begin():
                        connection.execute(query)
            except BaseException:
                self._drop()
                raise

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._database.writer.connect()
            if self._connection.dialect.name == "postgresql":
                with self._connection.begin():
                    name = session_name("lease", self._region)
                    self._connection.execute(select(func.set_config("application_name", name, False)))
        return self._connection

    def _change(self, condition: Any, values: dict[str, Any]) -> Lease | None:
        statement = update(regions).where(regions.c.region == self._region, condition).values(values)
        with self._lock, self._database.turn:
            try:
                with self._database.translated():
                    connection = self._connected()
                    transaction = connection.begin()
                    changed = connection.execute(statement).rowcount == 1
                    lease = self._read(connection) if changed else None
                with self._database.translated(committing=True):
                    transaction.commit()
            except BaseException:
                self._drop()
                raise
            return lease

    def _read(self, connection: Connection) -> Lease:
        left = regions.c.expires_us - _NOW_US[connection.dialect.name]
        query = select(regions.c.holder, regions.c.address, regions.c.epoch, left)
        row = connection.execute(query.where(regions.c.region == self._region)).first()
        return Lease("", "", 0, 0) if row is None else Lease(row[0], row[1], row[2], max(0, row[3]))

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.invalidate()
            with suppress(SQLAlchemyError):
                connection.close()


def _held(lease: Lease) -> Any:
    return (regions.c.holder == lease.holder) & (regions.c.epoch == lease.epoch)
