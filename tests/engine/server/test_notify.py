"""What a service manager is told, over a real socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from engine.server.notify import Notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A socket as systemd has one."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(path)
        told.settimeout(10)
        yield path, told


def test_ready_and_stopping(manager: tuple[str, socket.socket]) -> None:
    """In sd_notify's words."""
    path, told = manager
    notifier = Notifier({"NOTIFY_SOCKET": path})
    notifier.ready("serving coquimbo on 127.0.0.1:50051")
    notifier.stopping()
    assert told.recv(999) == b"READY=1\nSTATUS=serving coquimbo on 127.0.0.1:50051"
    assert told.recv(999).startswith(b"STOPPING=1")


def test_an_abstract_socket() -> None:
    """Written with an @ in the environment."""
    name = f"towline-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind("\0" + name)
        Notifier({"NOTIFY_SOCKET": f"@{name}"}).stopping()
        assert told.recv(999).startswith(b"STOPPING=1")


def test_a_heart_that_stops_with_the_server(manager: tuple[str, socket.socket]) -> None:
    """It beats while the server answers, and no longer."""
    path, told = manager
    alive = [True]
    notifier = Notifier({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "20000", "WATCHDOG_PID": str(os.getpid())})
    notifier.watch(lambda: alive[0])
    try:
        assert {told.recv(999) for _ in range(3)} == {b"WATCHDOG=1"}
        alive[0] = False
        told.settimeout(0.3)
        assert _beats(told) < 50
    finally:
        notifier.close()


def _beats(told: socket.socket) -> int:
    """How many more come until there is silence."""
    count = 0
    with suppress(TimeoutError):
        while told.recv(999):
            count += 1
    return count


def test_without_a_manager_nothing_happens(tmp_path: Path) -> None:
    """No socket, another process's watchdog, a socket that is gone: none is an error."""
    Notifier({}).ready("x")
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).stopping()
    notifier = Notifier({"NOTIFY_SOCKET": "x", "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"})
    notifier.watch(lambda: True)
    assert notifier._thread is None
    notifier.close()
