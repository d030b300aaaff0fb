"""A thread that keeps the metrics of this hour and the next warm, so that no question waits when an hour begins."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from graphs.metrics.hours import to_ms
from graphs.metrics.store import MetricStore

LOG = logging.getLogger(__name__)
#: Of the thread: it gets about a quarter of a core that another thread wants.
NICENESS = 5
#: Between two turns, however often entries begin and end.
LEAST_WAIT_S = 0.5


class Warmer:
    """Calls `store.warm` every so often until closed; use it in a ``with`` block.

    Also when something begins or ends, so that the moment after the next is prepared. Where the system can tell
    threads apart (Linux) it gives way to all others.
    """

    def __init__(self, store: MetricStore, clock: Callable[[], datetime], every_s: float = 30.0) -> None:
        self._store, self._clock, self._every_s = store, clock, every_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metric-warmer", daemon=True)

    def __enter__(self) -> Warmer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End; waits for what is being prepared. Once more does nothing."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        give_way()
        while not self._closing.is_set():
            wait_s = self._every_s
            try:
                now = self._clock()
                snapshot = self._store.warm(now).snapshot
                change = snapshot.next_change_ms(to_ms(now))
                if change is not None:
                    wait_s = min(wait_s, max(LEAST_WAIT_S, (change - to_ms(now)) / 1000))
            except Exception:  # a question that needs the metric makes it itself; tomorrow's must still be warmed
                LOG.exception("the next hour's metric could not be prepared")
            self._closing.wait(wait_s)


def give_way() -> None:
    """Let this thread have only the time that others leave; does nothing where threads have no priority."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
