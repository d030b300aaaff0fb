"""Signals as the main thread is to hear of them, whichever thread the system hands them to."""

from __future__ import annotations

import selectors
import signal
import socket
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Self

#: The system writes down at once what came; looking now and then besides costs nothing.
LOOK_S = 1.0


class Signals:
    """Within, the given signals do nothing but come out of `next`; the main thread's alone.

    Python runs handlers in the main thread only, and the system may hand a signal to any other one: a main thread that
    sleeps would not hear of it for ever. What Python writes to a socket in the very moment a signal comes wakes it.
    """

    def __init__(self, numbers: Iterable[signal.Signals]) -> None:
        self._numbers = tuple(numbers)
        self._came: deque[signal.Signals] = deque()

    def next(self, timeout_s: float | None = None) -> signal.Signals | None:
        """The one that came first; None when none came in that time (None: for ever)."""
        while not self._came:
            found = self._selector.select(LOOK_S if timeout_s is None else timeout_s)
            if found:
                self._take()
            elif timeout_s is not None:
                return None
        return self._came.popleft()

    def _take(self) -> None:
        known = {int(number): number for number in self._numbers}
        self._came.extend(known[number] for number in self._mine.recv(4096) if number in known)

    def __enter__(self) -> Self:
        self._mine, self._its = socket.socketpair()
        self._mine.setblocking(False)
        self._its.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._mine, selectors.EVENT_READ)
        self._told = signal.set_wakeup_fd(self._its.fileno(), warn_on_full_buffer=False)
        # a handler there must be, or the signal would end the process before anybody is told
        self._before = {number: signal.signal(number, lambda *_: None) for number in self._numbers}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._told)
        self._selector.close()
        self._mine.close()
        self._its.close()
