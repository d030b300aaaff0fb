"""Ends calls whose peer does not move: a thread that waits for a stalled peer would wait for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol


class Cancellable(Protocol):
    """The part of `grpc.ServicerContext` that matters here."""

    def cancel(self) -> None: ...


@dataclass(eq=False, slots=True)
class Watch:
    """One wait for a peer; ``expired`` once it was cancelled for lasting too long."""

    context: Cancellable
    until: float
    expired: bool = False


class Watchdog:
    """Cancels calls that wait for their peer longer than ``limit_s``; one thread looks after all of them.

    It has no lock, for which hundreds of threads would queue several times a call: sets change and are copied in one
    step of the interpreter.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._watches: set[Watch] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, name="towline-watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def watch(self, context: Cancellable) -> Watch:
        """From now on the call has ``limit_s`` until `leave`."""
        watch = Watch(context, time.monotonic() + self._limit_s)
        self._watches.add(watch)
        return watch

    def leave(self, watch: Watch) -> None:
        self._watches.discard(watch)

    @contextmanager
    def watching(self, context: Cancellable) -> Generator[Watch, None, None]:
        """Within, the call waits for its peer."""
        watch = self.watch(context)
        try:
            yield watch
        finally:
            self.leave(watch)

    def _look(self) -> None:
        while not self._stopped.wait(min(1.0, self._limit_s / 4)):
            now = time.monotonic()
            self._cancel([watch for watch in self._watches.copy() if watch.until <= now])

    def _cancel(self, watches: list[Watch]) -> None:
        for watch in watches:
            self.leave(watch)
            watch.expired = True
            watch.context.cancel()
