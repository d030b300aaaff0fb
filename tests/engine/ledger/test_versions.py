"""Creating ledgers and moving them up."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from engine.errors import LedgerFormatError, LedgerVersionError
from engine.ledger import Ledger, address, postgres, sqlite
from engine.ledger.database import Database
from engine.ledger.tables import metadata
from engine.ledger.versions import MIGRATIONS, VERSION_TABLE, prepare, revisions, upgrade
from tests.engine.ledger.samples import filing


def _database(url: str) -> Database:
    parsed = address.parse(url)
    kind = sqlite if parsed.drivername == "sqlite" else postgres
    return kind.connect(parsed, wait_s=5.0, read_only=False)


def _execute(url: str, statement: str) -> None:
    database = _database(url)
    with database.writing() as connection:
        connection.execute(text(statement))
    database.close()


def test_migrations_make_the_tables(url: str):
    """What the migrations leave is what the code expects, to the last column and index."""
    database = _database(url)
    prepare(database, read_only=False)
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
        for table in metadata.tables.values():
            found = inspect(connection).get_pk_constraint(table.name)["constrained_columns"]
            assert found == [column.name for column in table.primary_key], table.name
    database.close()


@pytest.mark.parametrize("revision", revisions())
def test_moving_up_keeps_what_is_there(url: str, revision: str):
    """A ledger of every earlier version opens, with everything that was in it. (Each version adds its rows here.)"""
    database = _database(url)
    with database.writing() as connection:
        upgrade(connection, revision)
        connection.execute(text("INSERT INTO ledger (id) VALUES ('the-id')"))
        connection.execute(text("INSERT INTO regions VALUES ('a', 1, 5, '', '', 0, 0)"))
        connection.execute(
            text(
                "INSERT INTO events (region, number, at_us, kind, entity, id, unit, provider, actor, reason, record, "
                "data) VALUES ('a', 1, 5, 'filed', 'incident', 'i1', '', '', 'x', '', :r, :d)"
            ),
            {"r": b"r", "d": b"d"},
        )
    database.close()
    with Ledger.open(url) as ledger:
        assert ledger.id == "the-id"
        region = ledger.region("a")
        assert region.last() == (1, 5)
        (event,) = region.events(0, 9)
        assert (event.kind, event.id, event.record, event.data) == ("filed", "i1", b"r", b"d")
        assert event.epoch == 0
        region.commit(filing(2), after=1)


def test_one_line_of_versions():
    """Versions follow one another, and each has a file."""
    assert len(revisions()) == len(list((MIGRATIONS / "versions").glob("*.py")))
    assert revisions()[-1] == "0001"


def test_a_newer_one_is_not_touched(url: str, tmp_path: Path):
    """A ledger of a newer version is refused, with or without writing, and stays as it is to the byte."""
    with Ledger.open(url) as ledger:
        ledger.region("a").commit(filing(1), after=0)
    _execute(url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    files = sorted(tmp_path.glob("ledger.db"))
    before = [path.read_bytes() for path in files]
    for read_only in (True, False):
        with pytest.raises(LedgerVersionError, match="newer") as caught:
            Ledger.open(url, read_only=read_only)
        assert caught.value.metadata["version"] == "9999"
    assert [path.read_bytes() for path in files] == before
    _execute(url, f"UPDATE {VERSION_TABLE} SET version_num = '{revisions()[0]}'")
    with Ledger.open(url) as ledger:
        assert ledger.region("a").last()[0] == 1


def test_a_database_of_something_else(url: str):
    """A database with tables of others under the ledger's names is not made a ledger."""
    _execute(url, "CREATE TABLE events (x INTEGER)")
    with pytest.raises(LedgerFormatError, match="events"):
        Ledger.open(url)
    _execute(url, "INSERT INTO events VALUES (1)")


def test_beside_tables_of_others(postgres):
    """In PostgreSQL a ledger may be made beside tables of other names."""
    url = postgres.database()
    _execute(url, "CREATE TABLE something (x INTEGER)")
    with Ledger.open(url) as ledger:
        assert ledger.region("a").last() == (0, 0)


def test_in_a_schema(postgres):
    """Options in the URL choose a schema of PostgreSQL; another ledger may be in another."""
    url = postgres.database()
    _execute(url, "CREATE SCHEMA one")
    with Ledger.open(url) as public, Ledger.open(f"{url}?options=-csearch_path%3Done") as one:
        assert public.id != one.id
        one.region("a").commit(filing(1), after=0)
        assert public.regions() == []
    _execute(url, "SELECT id FROM one.ledger")


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 2000])
def test_a_file_of_something_else(tmp_path: Path, content: bytes):
    """A file that is no SQLite database is refused and left as it is."""
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(LedgerFormatError):
        Ledger.open(f"sqlite:///{path}", wait_s=0.1)
    assert path.read_bytes() == content


def test_an_empty_file(tmp_path: Path):
    """An empty file becomes a ledger, unless it is only to be read."""
    path = tmp_path / "ledger.db"
    path.touch()
    with pytest.raises(LedgerFormatError, match="no ledger"):
        Ledger.open(f"sqlite:///{path}", read_only=True)
    with Ledger.open(f"sqlite:///{path}") as ledger:
        assert ledger.regions() == []
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_made_by_several_at_once(url: str):
    """Servers that create a ledger at the same moment get one ledger."""
    ids: list[str] = []

    def make() -> None:
        with Ledger.open(url, wait_s=20.0) as ledger:
            ledger.region("a").last()
            ids.append(ledger.id)

    makers = [threading.Thread(target=make) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1
