"""Threads that tell peers something: as many as peers keep waiting, so that nobody waits behind those who do not read.

grpcio has no public way to send on a stream without waiting until the peer takes it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

#: How long a thread waits for more to tell before it ends.
IDLE_S = 10.0


class Tellers:
    """Threads that come and go. Before one tells somebody it sees to it that another looks after those who wait: so
    there is one more than peers that take their time, and not one for each to be told."""

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._changed = threading.Condition()
        self._jobs: deque[Callable[[], object]] = deque()
        self._free = self._count = 0
        self._closed = False

    @property
    def count(self) -> int:
        """How many threads there are."""
        return self._count

    def submit(self, job: Callable[[], object]) -> None:
        """Have it done; it raises nothing. Nothing more is done after `close`."""
        with self._changed:
            if self._closed:
                return
            self._jobs.append(job)
            self._changed.notify()
            hire = self._needs_one()
        if hire:
            self._hire()

    def close(self) -> None:
        """Do nothing more; wait for nobody."""
        with self._changed:
            self._closed = True
            self._jobs.clear()
            self._changed.notify_all()

    def _needs_one(self) -> bool:
        """Whether nobody looks after those who wait; if so, whoever asks hires."""
        if not self._jobs or self._free or self._count >= self._most:
            return False
        self._free += 1
        self._count += 1
        return True

    def _hire(self) -> None:
        try:
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
        except RuntimeError:  # the system has no more: those there are must do
            with self._changed:
                self._free -= 1
                self._count -= 1

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job()
            with self._changed:
                self._free += 1

    def _next(self) -> Callable[[], object] | None:
        """What to do next, after somebody else was found to look after the rest; None: end."""
        with self._changed:
            while not self._jobs:
                if self._closed or (not self._changed.wait(IDLE_S) and not self._jobs):
                    self._free -= 1
                    self._count -= 1
                    return None
            job = self._jobs.popleft()
            self._free -= 1
            hire = self._needs_one()
        if hire:
            self._hire()
        return job
