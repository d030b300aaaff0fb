"""A thread that keeps the metrics of this hour and the next warm, so that no question waits when an hour begins."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from graphs.metrics.store import MetricStore

LOG = logging.getLogger(__name__)


class Warmer:
    """Calls `store.warm` every so often until closed; use it in a ``with`` block."""

    def __init__(self, store: MetricStore, clock: Callable[[], datetime], every_s: float = 30.0) -> None:
        self._store, self._clock, self._every_s = store, clock, every_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metric-warmer", daemon=True)

    def __enter__(self) -> Warmer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._store.warm(self._clock())
            except Exception:  # a question that needs the metric makes it itself; tomorrow's must still be warmed
                LOG.exception("the next hour's metric could not be prepared")
            self._closing.wait(self._every_s)
