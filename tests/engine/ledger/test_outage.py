"""The database goes away, is locked, cut off or full; the same objects go on when it is back."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event as listening

from engine.errors import LedgerFencedError, LedgerUnavailableError
from engine.ledger import Batch, Ledger, RegionLedger
from engine.ledger import postgres as postgres_backend
from tests.engine.ledger.proxy import Proxy
from tests.engine.ledger.samples import event, filing
from tests.postgres import PostgresServer


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_postgresql_goes_and_comes_back(postgres: PostgresServer, how: signal.Signals):
    """While it is stopped or crashed everything says so; then the same region reads and writes on."""
    with Ledger.open(postgres.database(), wait_s=0.7) as ledger:
        region = ledger.region("a")
        region.commit(filing(1), after=0)
        postgres.stop(how)
        try:
            for attempt in (lambda: region.commit(filing(2), after=1), region.load, region.last):
                with pytest.raises(LedgerUnavailableError) as caught:
                    attempt()
                assert caught.value.metadata["cause"] == "gone"
                assert not caught.value.uncertain
        finally:
            postgres.start()
        assert region.last()[0] == 1
        region.commit(filing(2), after=1)
        assert [row.number for row in region.load().incidents] == [1, 2]


def test_postgresql_restarted_meanwhile(postgres: PostgresServer):
    """A restart between two commits is not noticed by the second."""
    with Ledger.open(postgres.database()) as ledger:
        region = ledger.region("a")
        region.commit(filing(1), after=0)
        region.load()
        postgres.stop()
        postgres.start()
        region.commit(filing(2), after=1)
        assert region.load().last_number == 2


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[Proxy]:
    """A wire to the server."""
    wire = Proxy(postgres.port)
    yield wire
    wire.close()


@pytest.mark.parametrize("delivered", [True, False])
def test_cut_at_the_commit(postgres: PostgresServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, delivered: bool):
    """When the connection breaks at COMMIT the error is uncertain, and `last` knows, at once and for good.

    The server's end stays open: only ending that session lets go of the region's row in time.
    """
    monkeypatch.setattr(postgres_backend, "IDLE_IN_TRANSACTION_MS", 60_000)
    url = postgres.database().replace(str(postgres.port), str(proxy.port))
    with Ledger.open(url, wait_s=3.0) as ledger:
        region = ledger.region("a")
        region.commit(filing(1), after=0)
        proxy.cut, proxy.deliver = b"COMMIT", delivered
        with pytest.raises(LedgerUnavailableError) as caught:
            region.commit(filing(2), after=1)
        assert caught.value.uncertain
        number = region.last()[0]
        assert number == (2 if delivered else 1)
        assert len(region.events(0, 9)) == number
        region.commit(filing(number + 1), after=number)
        with pytest.raises(LedgerFencedError):
            region.commit(filing(2), after=1)


def test_cut_before_the_commit(postgres: PostgresServer, proxy: Proxy):
    """A connection that breaks earlier is replaced, and the batch is written once."""
    url = postgres.database().replace(str(postgres.port), str(proxy.port))
    with Ledger.open(url) as ledger:
        region = ledger.region("a")
        region.commit(filing(1), after=0)
        proxy.cut = b"INSERT INTO decisions"
        region.commit(filing(2), after=1)
        proxy.drop()
        region.commit(filing(3), after=2)
        assert [row.number for row in region.events(0, 9)] == [1, 2, 3]


def test_postgresql_hangs(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch):
    """A server that stopped answering without closing anything is given up after a while, and used again later."""
    monkeypatch.setattr(postgres_backend, "ANSWER_S", 0.2)
    with Ledger.open(postgres.database(), wait_s=0.3) as ledger:
        region = ledger.region("a")
        region.commit(filing(1), after=0)
        region.events(0, 1)
        with postgres.hanging():
            for attempt in (lambda: region.commit(filing(2), after=1), lambda: region.events(0, 1), region.last):
                with pytest.raises(LedgerUnavailableError) as caught:
                    attempt()
                assert (caught.value.metadata["cause"], caught.value.uncertain) == ("gone", False)
        assert region.last()[0] == 1
        region.commit(filing(2), after=1)
        assert len(region.events(0, 9)) == 2


def test_postgresql_row_is_held(postgres: PostgresServer):
    """A transaction that holds the region for too long is named as the cause."""
    import psycopg

    url = postgres.database()
    with Ledger.open(url, wait_s=0.3) as ledger:
        region = ledger.region("a")
        region.commit(filing(1), after=0)
        with psycopg.connect(url) as other:
            other.execute("SELECT * FROM regions FOR UPDATE")
            with pytest.raises(LedgerUnavailableError) as caught:
                region.commit(filing(2), after=1)
            assert (caught.value.metadata["cause"], caught.value.uncertain) == ("locked", False)
        region.commit(filing(2), after=1)


def test_nobody_listens():
    """A server that is not there is said to be gone, without the password."""
    with pytest.raises(LedgerUnavailableError) as caught:
        Ledger.open("postgresql://u:geheim@127.0.0.1:1/d", wait_s=0.1)
    assert caught.value.metadata["cause"] == "gone"
    assert "geheim" not in str(caught.value) + str(caught.value.metadata)


def test_no_such_database(postgres: PostgresServer):
    """A database that does not exist is a matter of access, and is not waited for."""
    url = postgres.database() + "x"
    with pytest.raises(LedgerUnavailableError) as caught:
        Ledger.open(url, wait_s=60.0)
    assert caught.value.metadata["cause"] == "access"


def test_sqlite_is_locked(tmp_path: Path):
    """A file that another program has locked is named as such; reading goes on."""
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{path}", wait_s=0.2) as ledger:
        region = ledger.region("a")
        region.commit(filing(1), after=0)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailableError) as caught:
            region.commit(filing(2), after=1)
        assert (caught.value.metadata["cause"], caught.value.uncertain) == ("locked", False)
        assert region.load().last_number == 1
        other.execute("ROLLBACK")
        other.close()
        region.commit(filing(2), after=1)


@pytest.mark.parametrize("name", ["ledger.db", "ledger.db-wal"])
@pytest.mark.parametrize("replaced", [True, False])
def test_sqlite_is_taken_away(tmp_path: Path, name: str, replaced: bool):
    """Nothing is acknowledged once the file or its log is moved or replaced; no new file comes into being."""
    path = tmp_path / name
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        region = ledger.region("a")
        region.commit(filing(1), after=0)
        path.rename(tmp_path / "elsewhere")
        if replaced:
            path.write_bytes((tmp_path / "elsewhere").read_bytes())
        with pytest.raises(LedgerUnavailableError) as caught:
            region.commit(filing(2), after=1)
        assert (caught.value.metadata["cause"], caught.value.uncertain) == ("moved", True)
        if name == "ledger.db":
            for attempt in (region.last, lambda: region.commit(filing(2), after=1)):
                with pytest.raises(LedgerUnavailableError) as caught:
                    attempt()
                assert (caught.value.metadata["cause"], caught.value.uncertain) == ("moved", False)
            assert path.exists() == replaced
            (tmp_path / "elsewhere").rename(path)
            assert region.last()[0] == 2


def test_sqlite_is_taken_away_from_readers(tmp_path: Path):
    """SQLite tells a reader of a file that was moved that the disk fails: it is told what is so, and nobody makes a new
    file in its place."""
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{tmp_path / 'first.db'}") as ledger:
        ledger.region("a").commit(filing(1), after=0)
        with sqlite3.connect(tmp_path / "first.db") as first:
            first.execute(f"VACUUM INTO '{path}'")
        first.close()
    with Ledger.open(f"sqlite:///{path}") as ledger:
        region = ledger.region("a")
        region.load()  # before there is a log
        region.commit(filing(2), after=1)
        path.rename(tmp_path / "elsewhere")
        for attempt in (lambda: region.answers([("a", "b")]), region._database.write_back):
            with pytest.raises(LedgerUnavailableError) as caught:
                attempt()
            assert (caught.value.metadata["cause"], caught.value.uncertain) == ("moved", False)
        assert not path.exists()
        (tmp_path / "elsewhere").rename(path)
        assert region.load().last_number == 2


def _fill(region: RegionLedger, number: int) -> int:
    """Commit 100 kB events until one fails; the last number that was acknowledged."""
    for after in range(number, number + 10_000):
        try:
            region.commit(Batch(events=[event(after + 1, record=os.urandom(100_000))]), after=after)
        except LedgerUnavailableError as error:
            assert (error.metadata["cause"], error.uncertain) == ("disk full", False)  # noqa: PT017
            return after
    raise AssertionError("the disk never filled")


def test_sqlite_reaches_its_limit(tmp_path: Path):
    """A file that may not grow keeps what was acknowledged, and grows on when it may again."""
    limit = ["PRAGMA max_page_count = 500"]
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:

        def apply(connection: sqlite3.Connection, _: object) -> None:
            connection.execute(limit[0])

        region = ledger.region("a")
        listening.listen(ledger._database.writer, "connect", apply)
        number = _fill(region, 0)
        assert region.last()[0] == number > 0
        limit[0] = "PRAGMA max_page_count = 1000000"
        region.close()
        region.commit(filing(number + 1), after=number)
        assert region.load().last_number == number + 1


def test_sqlite_on_a_full_disk(tmp_path: Path):
    """A disk without room keeps what was acknowledged, reads on, and is written again when there is room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no small disk: mounting one needs root")
    try:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 500_000)
        with Ledger.open(f"sqlite:///{disk / 'ledger.db'}") as ledger:
            region = ledger.region("a")
            number = _fill(region, 0)
            assert region.last()[0] == number > 0
            assert len(region.events(0, 1000)) == number
            ballast.unlink()
            region.commit(filing(number + 1), after=number)
            assert region.load().last_number == number + 1
        with Ledger.open(f"sqlite:///{disk / 'ledger.db'}") as ledger:
            assert ledger.region("a").last()[0] == number + 1
    finally:
        subprocess.run(["umount", str(disk)], check=True)
