"""A ledger in an SQLite file: write-ahead log, flushed before COMMIT returns (sqlite.org/wal.html, pragma.html)."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

from sqlalchemy import URL, Connection, NullPool, QueuePool, create_engine, event

from engine.ledger.address import file, shown
from engine.ledger.database import Database
from engine.ledger.files import Opened

#: FULL flushes the log at every COMMIT. Anything less may lose acknowledged commits when the power fails.
SYNCHRONOUS: str = "FULL"
#: Bytes that the log is cut back to when it has grown beyond them and was written back.
LOG_LIMIT = 64 * 1024 * 1024
#: Pages in the log from which on a COMMIT writes them back, two flushes more: one in some sixteen busy ones.
LOG_PAGES = 4000
READERS = 8


def connect(url: URL, *, wait_s: float, read_only: bool) -> Database:
    """The engines for the file; nothing is opened yet."""
    path = file(url)
    assert path is not None
    # isolation_level None: the driver begins nothing by itself, the events below do
    arguments = {"isolation_level": None, "timeout": wait_s, "check_same_thread": False, "cached_statements": 256}
    writer = create_engine(url, poolclass=NullPool, connect_args=arguments)
    reader = create_engine(
        url, poolclass=QueuePool, pool_size=READERS, max_overflow=READERS, pool_timeout=wait_s, connect_args=arguments
    )
    opened = Opened(path)
    for engine in (writer, reader):
        event.listen(engine, "do_connect", lambda *_: opened.opening())
    event.listen(writer, "connect", _to_read if read_only else _to_write)
    event.listen(writer, "begin", _begin if read_only else _begin_to_write)
    event.listen(reader, "connect", _to_read)
    event.listen(reader, "begin", _begin)
    for engine in (writer, reader):  # after what else is done then: the file is there by now
        event.listen(engine, "connect", lambda *_: opened.opened())
    return Database(shown(url), writer, reader, threading.Lock(), path, opened)


def _to_write(connection: sqlite3.Connection, _: Any) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":  # a file system without shared memory, for one
        raise sqlite3.OperationalError(f"the write-ahead log is refused (journal_mode {mode})")
    connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_LIMIT}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    connection.execute("PRAGMA cache_size = -65536")  # KiB


def _to_read(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


def _begin_to_write(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
