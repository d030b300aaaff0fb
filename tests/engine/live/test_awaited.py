"""What is known once: who waits, who is told, who may tell."""

from __future__ import annotations

import threading
from concurrent.futures import InvalidStateError

import pytest

from engine.live.awaited import Awaited


def test_whoever_waits_is_told():
    """Threads that wait before and those that ask after get the one value."""
    awaited: Awaited[int] = Awaited()
    found: list[int] = []
    waiting = [threading.Thread(target=lambda: found.append(awaited.result(30))) for _ in range(3)]
    for thread in waiting:
        thread.start()
    awaited.set_result(7)
    for thread in waiting:
        thread.join(30)
    assert [*found, awaited.result(0), awaited.result()] == [7] * 5
    assert awaited.done()
    assert awaited.exception() is None


def test_waiting_has_an_end():
    """Nothing told in time is a TimeoutError, also with no time at all."""
    awaited: Awaited[int] = Awaited()
    for timeout in (0.01, 0, -1.0):
        with pytest.raises(TimeoutError):
            awaited.result(timeout)
        with pytest.raises(TimeoutError):
            awaited.exception(timeout)


def test_the_first_word_counts():
    """Who tells again, be it a value or an error, is refused and changes nothing."""
    awaited: Awaited[int] = Awaited()
    error = LookupError("none")
    awaited.set_exception(error)
    for again in (lambda: awaited.set_result(1), lambda: awaited.set_exception(ValueError())):
        with pytest.raises(InvalidStateError):
            again()
    assert awaited.exception(0) is error
    with pytest.raises(LookupError):
        awaited.result(0)


def test_of_many_who_tell_one_is_first():
    """Threads that tell at once: one gets through, and everybody is told by it, once."""
    for _ in range(50):
        awaited: Awaited[int] = Awaited()
        ready, told, refused = threading.Barrier(4), [], []
        awaited.add_done_callback(lambda each, told=told: told.append(each.result(0)))

        def tell(n: int, awaited=awaited, ready=ready, refused=refused) -> None:
            ready.wait(30)
            try:
                awaited.set_result(n)
            except InvalidStateError:
                refused.append(n)

        threads = [threading.Thread(target=tell, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted([*told, *refused]) == [0, 1, 2, 3]
        assert told == [awaited.result(0)]


def test_one_that_fails_when_told_does_not_keep_others_from_it(caplog):
    """Each is called once, in order; who asks too late at once."""
    awaited: Awaited[int] = Awaited()
    told: list[str] = []
    awaited.add_done_callback(lambda _: told.append("a"))
    awaited.add_done_callback(lambda _: 1 / 0)
    awaited.add_done_callback(lambda _: told.append("b"))
    awaited.set_result(1)
    awaited.add_done_callback(lambda _: told.append("c"))
    assert told == ["a", "b", "c"]
    assert "who waited" in caplog.text
