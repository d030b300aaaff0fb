"""The cache behind metrics and labels: failures, budget, pins."""

from __future__ import annotations

import threading

import pytest

from graphs.metrics.once import OnceCache


def test_a_failure_reaches_everyone_and_is_not_kept() -> None:
    """Whoever waits for a value that cannot be made gets the error; the next asker may try again."""
    cache: OnceCache[str, int] = OnceCache(10, lambda value: value)
    begun, go = threading.Event(), threading.Event()
    seen: list[str] = []

    def fail() -> int:
        begun.set()
        go.wait()
        raise RuntimeError("broken")

    def ask() -> None:
        try:
            cache.get("a", fail)
        except RuntimeError as error:
            seen.append(str(error))

    threads = [threading.Thread(target=ask)]
    threads[0].start()
    begun.wait()
    threads.append(threading.Thread(target=ask))
    threads[1].start()
    go.set()
    for thread in threads:
        thread.join()
    assert seen == ["broken", "broken"]
    assert cache.get("a", lambda: 3) == 3


def test_least_used_go_first_and_pins_stay() -> None:
    """Beyond the budget the least recently used goes, never a pinned one; unpinning lets go at once."""
    cache: OnceCache[str, int] = OnceCache(6, lambda value: value)
    for key, value in (("a", 2), ("b", 2), ("c", 2)):
        cache.get(key, lambda value=value: value)
    cache.get("a", lambda: pytest.fail("it is there"))
    cache.get("d", lambda: 2)
    assert [key for key, _ in cache.items()] == ["c", "a", "d"]
    cache.pin(["c"])
    cache.get("e", lambda: 5)
    assert ([key for key, _ in cache.items()], cache.size) == (["c", "e"], 7)
    cache.pin([])
    assert ([key for key, _ in cache.items()], cache.size) == (["e"], 5)
    cache.keep_only(["x"])
    assert (len(cache), cache.size, "e" in cache, cache.peek("e")) == (0, 0, False, None)
