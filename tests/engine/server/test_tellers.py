"""Threads that tell: nobody waits behind whoever keeps one waiting."""

from __future__ import annotations

import threading

import pytest

from engine.server import tellers
from engine.server.tellers import Tellers
from tests.engine.server.test_overload import until

WAIT_S = 10


def test_nobody_waits_behind_those_who_take_their_time() -> None:
    """Whatever is held up, the next is done; never by more threads than there may be."""
    found, go = Tellers(9, "test"), threading.Event()
    for _ in range(8):
        found.submit(go.wait)
    done = [threading.Event() for _ in range(50)]
    for each in done:
        found.submit(each.set)
    assert all(each.wait(WAIT_S) for each in done)
    assert found.count <= 9
    for _ in range(5):
        found.submit(go.wait)
    last = threading.Event()
    found.submit(last.set)
    until(lambda: found.count == 9 and found._free == 0)
    assert not last.is_set()
    go.set()
    assert last.wait(WAIT_S)
    found.close()
    until(lambda: found.count == 0)


def test_quick_ones_need_few_threads() -> None:
    """One after the other, each done before the next: one thread."""
    found = Tellers(100, "test")
    for _ in range(100):
        done = threading.Event()
        found.submit(done.set)
        assert done.wait(WAIT_S)
        until(lambda: found._free == found.count)
    assert found.count == 1
    found.close()


def test_threads_end_when_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """And others come when there is again."""
    monkeypatch.setattr(tellers, "IDLE_S", 0.01)
    found = Tellers(4, "test")
    for _ in range(3):
        done = threading.Event()
        found.submit(done.set)
        assert done.wait(WAIT_S)
        until(lambda: found.count == 0)
    found.close()


def test_without_a_thread_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be done is done once there is one."""
    found, done = Tellers(4, "test"), threading.Event()

    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none)
        found.submit(done.set)
    assert (found.count, found._free, done.is_set()) == (0, 0, False)
    found.submit(done.set)
    assert done.wait(WAIT_S)
    found.close()


def test_after_the_end_nothing_is_done() -> None:
    """Neither what waited nor what comes."""
    found, go, done = Tellers(1, "test"), threading.Event(), threading.Event()
    found.submit(go.wait)
    until(lambda: found.count == 1 and not found._free)
    found.submit(done.set)
    found.close()
    found.submit(done.set)
    go.set()
    until(lambda: found.count == 0)
    assert not done.is_set()
