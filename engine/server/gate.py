"""A gate that lets a few calls work at once, some more wait for a bounded time, and refuses the rest at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from engine.errors import BusyError

#: How often a waiting call looks whether its caller is still there.
LOOK_S = 0.05


class Gate:
    """``slots`` calls work, ``queue`` more may be inside: their requests are read, they wait for a slot."""

    def __init__(self, kind: str, slots: int, queue: int, wait_s: float) -> None:
        self._kind, self._wait_s = kind, wait_s
        self.places = slots + queue
        self._slots = threading.Semaphore(slots)
        self._lock = threading.Lock()
        self._inside = 0

    @property
    def inside(self) -> int:
        """How many work or wait."""
        return self._inside

    @contextmanager
    def place(self) -> Generator[None, None, None]:
        """Within, the call is one of those that may work or wait; BusyError at once when there are too many."""
        with self._lock:
            if self._inside >= self.places:
                raise busy(f"{self._inside} {self._kind} are being answered or waiting already", self._kind, 0.0)
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1

    @contextmanager
    def slot(self, check: Callable[[], None], *, patient: bool = False) -> Generator[None, None, None]:
        """Within, the call works. ``check`` is called while it waits and may raise to give up.

        BusyError when no slot came free in time; a ``patient`` call waits as long as its caller does.
        """
        until = time.monotonic() + self._wait_s
        while not self._slots.acquire(timeout=LOOK_S):
            check()
            if not patient and time.monotonic() > until:
                raise busy(f"no {self._kind} came to an end", self._kind, self._wait_s)
        try:
            yield
        finally:
            self._slots.release()


def busy(why: str, kind: str, waited_s: float) -> BusyError:
    """The refusal of a call that would have to wait too long."""
    after = f" after {waited_s:g} s" if waited_s else ""
    return BusyError(
        f"the server is busy: {why}{after}; try again after a pause that grows", kind=kind, waited_s=f"{waited_s:g}"
    )
