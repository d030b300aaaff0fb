"""One database as the ledger uses it: connections that write, connections that read, and the lock between writers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from engine.errors import LedgerUnavailableError
from engine.ledger.failures import translated
from engine.ledger.files import Opened

#: Seconds that one answer may take in a snapshot, which may ask for everything.
SNAPSHOT_ANSWER_S = 600.0


@dataclass(frozen=True, slots=True)
class Database:
    """`where` is the URL without its password. `writer` begins by taking the lock to write; `reader` refuses to write.

    `turn` is held while writing: SQLite has one writer a file, and waiting in line is fairer than its busy timeout.
    """

    where: str
    writer: Engine
    reader: Engine
    turn: AbstractContextManager[Any]
    #: The file of an SQLite ledger.
    path: Path | None = None
    #: What it was when it was opened.
    opened: Opened | None = None

    @contextmanager
    def translated(self, *, committing: bool = False, alone: bool = True) -> Generator[None]:
        """As `failures.translated`; an SQLite file that was taken away is told as that."""
        try:
            with translated(self.where, committing=committing, alone=alone):
                yield
        except LedgerUnavailableError as error:
            if self.opened is None or (explained := self.opened.explained(error)) is error:
                raise
            raise explained from error

    @contextmanager
    def reading(self, *, snapshot: bool = False) -> Generator[Connection]:
        """A connection that reads; with `snapshot` everything read is of one moment."""
        with self.translated(alone=not snapshot), self.reader.connect() as connection:
            if snapshot and connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
                with _unhurried(connection):
                    yield connection
            else:
                yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A connection of its own in a transaction, committed at the end; for what is not the writer loop's."""
        with self.turn, self.translated(alone=False), self.writer.connect() as connection:
            transaction = connection.begin()
            try:
                yield connection
            except BaseException:
                transaction.rollback()
                raise
            with self.translated(committing=True):
                transaction.commit()

    def write_back(self) -> None:
        """Empty the log of an SQLite ledger into its file, if nobody reads at this moment."""
        if self.path is None:
            return
        with self.turn, self.translated(), self.writer.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA busy_timeout = 0")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Give up the connections that nobody uses."""
        self.writer.dispose()
        self.reader.dispose()


@contextmanager
def _unhurried(connection: Connection) -> Generator[None]:
    """Large questions may take long to answer."""
    driver: Any = connection.connection.driver_connection
    answer_s, driver.answer_s = driver.answer_s, SNAPSHOT_ANSWER_S
    try:
        yield
    finally:
        driver.answer_s = answer_s
