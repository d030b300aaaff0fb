"""A cache that makes each value once, however many ask at the same time, and forgets the least
used beyond a budget."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class OnceCache(Generic[K, V]):
    """Thread-safe; values up to `budget` in all by `size_of`, pinned keys and the newest value beyond it if need be."""

    def __init__(self, budget: int, size_of: Callable[[V], int]) -> None:
        self._budget, self._size_of = budget, size_of
        self._values: OrderedDict[K, V] = OrderedDict()  # least recently used first
        self._making: dict[K, Future[V]] = {}
        self._pinned: frozenset[K] = frozenset()
        self._size = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        return self._size

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def peek(self, key: K) -> V | None:
        """The value, if it is there; does not count as use."""
        return self._values.get(key)

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key, made by whoever asks first; the others wait. What `make` raises, all of them raise."""
        with self._lock:
            if (found := self._values.get(key)) is not None:
                self._values.move_to_end(key)
                return found
            waiting = self._making.get(key)
            mine: Future[V] = Future()
            if waiting is None:
                self._making[key] = mine
        if waiting is not None:
            return waiting.result()
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            self._values[key] = value
            self._size += self._size_of(value)
            self._trim(key)
        mine.set_result(value)
        return value

    def items(self) -> list[tuple[K, V]]:
        """What is there now, the least recently used first."""
        with self._lock:
            return list(self._values.items())

    def keep_only(self, keys: Collection[K]) -> None:
        """Forget everything else."""
        with self._lock:
            for key in [key for key in self._values if key not in keys]:
                self._size -= self._size_of(self._values.pop(key))

    def pin(self, keys: Collection[K]) -> None:
        """Keep these whatever the budget, and no others."""
        with self._lock:
            self._pinned = frozenset(keys)
            self._trim(None)

    def _trim(self, newest: K | None) -> None:
        for key in list(self._values):
            if self._size <= self._budget:
                return
            if key != newest and key not in self._pinned:
                self._size -= self._size_of(self._values.pop(key))
