"""Signals reach a main thread that sleeps, whichever thread took them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from engine.server import ServerOptions
from engine.server import serve as serve_function
from engine.server.signals import Signals

module: Any = __import__("sys").modules[serve_function.__module__]
pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="needs POSIX signals")
NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def others_take(numbers: tuple[signal.Signals, ...]) -> Generator[threading.Thread]:
    """The main thread takes none of these signals: another one, which lives meanwhile, has to."""
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield other
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        done.set()
        other.join()


def later(thread: threading.Thread, *numbers: signal.Signals) -> threading.Thread:
    """Sends the signals to a thread, one after another, once the main one sleeps."""

    def send() -> None:
        for number in numbers:
            time.sleep(0.1)
            assert thread.ident is not None
            signal.pthread_kill(thread.ident, number)

    sender = threading.Thread(target=send)
    sender.start()
    return sender


@pytest.mark.parametrize("number", NUMBERS)
def test_who_sleeps_is_woken(number: signal.Signals) -> None:
    """Any of them, taken by another thread; what was in force before is so again."""
    before = signal.getsignal(number)
    with others_take(NUMBERS) as other, Signals(NUMBERS) as signals:
        assert signals.next(0.0) is None
        sender = later(other, number)
        assert signals.next(5.0) == number
        sender.join()
    assert signal.getsignal(number) == before


def test_all_come_in_order() -> None:
    """Several before anybody looks; others than those that were asked for do not."""
    with Signals(NUMBERS) as signals:
        for number in (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM):
            os.kill(os.getpid(), number)
        found = [signals.next(1.0) for _ in range(3)]
        assert found == [signal.SIGHUP, signal.SIGHUP, signal.SIGTERM]
        assert signals.next(0.0) is None


class Idle:
    """In place of a server: notes what it is told."""

    def __init__(self, *_: Any) -> None:
        self.options, self.address, self.did = ServerOptions(one_core=False), "nowhere", list[str]()

    def start(self) -> None:
        self.did.append("start")

    def reload(self) -> None:
        self.did.append("reload")

    def stop(self) -> None:
        self.did.append("stop")

    def alive(self) -> bool:
        return True


def test_a_server_that_sleeps_hears_of_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reloads, drains and returns, though its main thread took no signal itself; a watch of last resort frees it."""
    made = Idle()
    monkeypatch.setattr(module, "Server", lambda *_: made)
    monkeypatch.setattr(module, "log_to_stderr", lambda: None)
    monkeypatch.setattr(module, "share_fairly", lambda **_: None)
    saved: list[str] = []

    def save() -> None:
        saved.append("slept on")
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    with others_take(NUMBERS) as other:
        watch = threading.Timer(5.0, save)
        watch.start()
        sender = later(other, signal.SIGHUP, signal.SIGHUP, signal.SIGTERM)
        assert serve_function({}) == 0
        sender.join()
        watch.cancel()
    signal.signal(signal.SIGUSR1, before)
    assert not saved
    assert made.did == ["start", "reload", "reload", "stop"]
