"""Turns of those whose requests are checked: one after the other, callers before the same caller's next request."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Generator
from contextlib import contextmanager

from engine.server.gate import LOOK_S, busy


class Turns:
    """Whoever sends many requests waits for itself: others' come in between."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._waiting: OrderedDict[str, deque[object]] = OrderedDict()  # by caller, the one whose turn it is first

    @contextmanager
    def turn(self, caller: str, check: Callable[[], None], until: float) -> Generator[None, None, None]:
        """Within, it is this call's turn. ``check`` is called while it waits and may raise to give up.

        BusyError when ``until`` (monotonic) passes before.
        """
        self._wait(caller, check, until)
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                if caller in self._waiting:  # others who came meanwhile are before its next request
                    self._waiting.move_to_end(caller)
                self._changed.notify_all()

    def _wait(self, caller: str, check: Callable[[], None], until: float) -> None:
        began, ticket = time.monotonic(), object()
        with self._changed:
            own = self._waiting.setdefault(caller, deque())
            own.append(ticket)
            try:
                while self._taken or next(iter(self._waiting.values()))[0] is not ticket:
                    self._changed.wait(LOOK_S)
                    check()
                    if time.monotonic() > until:
                        what = "requests for coverage"
                        raise busy(f"no check of {what} came to an end", what, round(time.monotonic() - began))
                self._taken = True
            finally:
                own.remove(ticket)
                if not own:
                    del self._waiting[caller]
                self._changed.notify_all()
