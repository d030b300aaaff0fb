"""The recipes of docs/ledger.md for backing up and restoring, carried out."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from engine.ledger import Ledger
from engine.ledger.check import check
from tests.engine.ledger.samples import filing, fleet
from tests.postgres import PostgresServer


def _written(url: str) -> Ledger:
    ledger = Ledger.open(url, exclusive=True)
    region = ledger.region("a")
    region.commit(fleet(1), after=0)
    region.commit(filing(3), after=2)
    return ledger


def _restored(url: str, id: str) -> None:
    """The same ledger as of the backup, whole, and written on."""
    with Ledger.open(url, exclusive=True) as ledger:
        region = ledger.region("a")
        assert ledger.id == id
        assert region.last()[0] == 3
        assert list(check(region)) == []
        region.commit(filing(4), after=3)


def test_sqlite_while_a_server_writes(tmp_path: Path):
    """VACUUM INTO makes a whole copy of one moment beside a running server."""
    with _written(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        other = sqlite3.connect(tmp_path / "ledger.db")
        other.execute("VACUUM INTO ?", [str(tmp_path / "backup.db")])
        other.close()
        ledger.region("a").commit(filing(4), after=3)
    _restored(f"sqlite:///{tmp_path / 'backup.db'}", ledger.id)


def test_sqlite_files_of_a_stopped_server(tmp_path: Path):
    """A file alone is a whole copy once the server has stopped: the log was written back and is gone."""
    _written(f"sqlite:///{tmp_path / 'ledger.db'}").close()
    assert not (tmp_path / "ledger.db-wal").exists()
    shutil.copy(tmp_path / "ledger.db", tmp_path / "backup.db")
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        _restored(f"sqlite:///{tmp_path / 'backup.db'}", ledger.id)


def test_postgresql(postgres: PostgresServer, tmp_path: Path):
    """pg_dump and pg_restore take a ledger into another database."""
    programs = [postgres.program(name) for name in ("pg_dump", "pg_restore")]
    if not all(program.exists() for program in programs):
        pytest.skip("no pg_dump beside this PostgreSQL")
    url, again = postgres.database(), postgres.database()
    backup = tmp_path / "backup"
    environment = {**os.environ, "LC_ALL": "C"}
    with _written(url) as ledger:
        dump = [programs[0], "--format=custom", f"--file={backup}", url]
        subprocess.run(dump, check=True, capture_output=True, env=environment)
        ledger.region("a").commit(filing(4), after=3)
    subprocess.run([programs[1], f"--dbname={again}", backup], check=True, capture_output=True, env=environment)
    _restored(again, ledger.id)
