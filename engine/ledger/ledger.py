"""Opening a ledger by URL."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from types import TracebackType

from sqlalchemy import URL, select, text

from engine.errors import LedgerFormatError, LedgerUnavailableError
from engine.ledger import address, postgres, sqlite, tables
from engine.ledger.database import Database
from engine.ledger.lock import FileLock
from engine.ledger.reading import Reading
from engine.ledger.region import RegionLedger
from engine.ledger.statements import Statements
from engine.ledger.versions import VERSION_TABLE, prepare
from engine.ledger.writer import enrol
from graphs.errors import FileMissingError

#: Seconds between two tries to reach a database that may be starting.
RETRY_S = 0.2


class Ledger:
    """A durable store of several regions. Made by `open`; `close` it, or use it as a context manager."""

    def __init__(self, database: Database, *, read_only: bool, lock: FileLock | None) -> None:
        self._database = database
        self._statements = Statements(database.writer.dialect)
        self._read_only = read_only
        self._lock = lock
        self._regions: dict[str, RegionLedger] = {}
        with database.reading() as connection:
            found = connection.execute(select(tables.ledger.c.id)).scalar_one_or_none()
        if found is None:
            raise LedgerFormatError(f"{database.where} is a damaged ledger: it has lost its id", ledger=database.where)
        #: Made when the ledger was created, and never changed.
        self.id: str = found
        #: The URL without its password.
        self.where = database.where
        #: Whether several servers may use it at once; then a region's lease says who writes.
        self.shared = database.writer.dialect.name == "postgresql"

    @staticmethod
    def open(url: str, *, wait_s: float = 10.0, exclusive: bool = False, read_only: bool = False) -> Ledger:
        """Open the ledger at `sqlite:///path` or `postgresql://user@host/database`; create it, or move it up.

        `wait_s` bounds the wait for a database that is starting, and for locks. `exclusive` is for servers: an SQLite
        file has one at a time. `read_only` creates nothing and moves nothing up.

        Raises `LedgerUrlError`, `LedgerFormatError`, `LedgerVersionError`, `LedgerInUseError`,
        `LedgerUnavailableError`, `FileMissingError`.
        """
        parsed = address.parse(url)
        path = address.file(parsed)
        if path is not None and read_only and not path.exists():
            raise FileMissingError(f"{path}: there is no such ledger", file=path)
        if path is not None and path.is_dir():
            raise LedgerFormatError(f"{path} is a folder, not a ledger", ledger=path)
        if path is not None and not path.parent.is_dir():
            raise FileMissingError(f"{path.parent}: there is no such folder; create it first", file=path)
        lock = FileLock(path) if exclusive and path is not None else None
        try:
            return _opened(parsed, wait_s, read_only, lock)
        except BaseException:
            if lock is not None:
                lock.close()
            raise

    def region(self, region: str) -> RegionLedger:
        """A region's part, made when it is not there; the same object each time."""
        found = self._regions.get(region)
        if found is None:
            if not self._read_only:
                enrol(self._database, region)
            made = RegionLedger(self._database, self._statements, region, read_only=self._read_only)
            found = self._regions.setdefault(region, made)
        return found

    def regions(self) -> list[str]:
        """The names of all regions that were ever written."""
        with self._database.reading() as connection:
            return list(connection.execute(select(tables.regions.c.region).order_by(tables.regions.c.region)).scalars())

    def database(self) -> tuple[str, str, int]:
        """The version of the tables, the database's name and version, and its size in bytes."""
        with self._database.reading() as connection:
            version = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one()
            name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.dialect.name]
            of_name = ".".join(map(str, connection.dialect.server_version_info or ()))
            ask = {
                "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                "postgresql": "SELECT pg_database_size(current_database())",
            }
            size = connection.execute(text(ask[connection.dialect.name])).scalar_one()
        return str(version), f"{name} {of_name}", int(size)

    @contextmanager
    def snapshot(self) -> Generator[Callable[[str], Reading]]:
        """What to read regions by: everything read inside, of whichever region, is of one moment."""
        with self._database.reading(snapshot=True) as connection, connection.begin():
            yield partial(Reading, connection)

    def close(self) -> None:
        """Close every connection and let go of the file."""
        for region in self._regions.values():
            region.close()
        self._database.close()
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(url: URL, wait_s: float, read_only: bool, lock: FileLock | None) -> Ledger:
    until = time.monotonic() + wait_s
    while True:
        kind = sqlite if url.drivername == "sqlite" else postgres
        database = kind.connect(url, wait_s=wait_s, read_only=read_only)
        try:
            prepare(database, read_only=read_only)
            return Ledger(database, read_only=read_only, lock=lock)
        except LedgerUnavailableError as error:
            database.close()
            if error.metadata.get("cause") not in ("gone", "locked", "busy") or time.monotonic() > until:
                raise
            time.sleep(RETRY_S)
        except BaseException:
            database.close()
            raise
