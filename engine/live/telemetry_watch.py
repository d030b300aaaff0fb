"""One watcher of telemetry: all at first, then what changed, as often as it wants and no oftener."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.live.telemetry import TelemetryBoard, UnitFilter


class TelemetryWatch:
    """Made by `TelemetryBoard.watch`. `take` is for one thread, `end` for any."""

    def __init__(self, board: TelemetryBoard, wanted: UnitFilter, interval_s: float) -> None:
        self._board, self._wanted, self._interval_s = board, wanted, interval_s
        self._seen = 0
        self._told = np.zeros(0, np.bool_)
        self._took_at: float | None = None
        self._changed = threading.Condition()
        self._ended: Exception | None = None
        self._left = False

    def take(self) -> list[bytes]:
        """The units that changed since the last time; waits until there are some. Empty only at first.

        Whoever comes late gets the latest, and each unit once. Raises the error that the watch was ended with.
        """
        while True:
            self._wait()
            first, self._took_at = self._took_at is None, time.monotonic()
            found = self._board.changed(self._wanted, self._seen, self._told)
            self._seen, self._told = found.version, found.told
            if found.parts or first:
                return found.parts

    def end(self, error: Exception) -> None:
        """Make `take` raise the error, also one that waits."""
        with self._changed:
            self._ended = self._ended or error
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            left, self._left = self._left, True
            self._ended = None  # its traceback leads back here: see `Subscription.close`
        if not left:
            self._board.leave()

    def _wait(self) -> None:
        """Until the interval is over."""
        with self._changed:
            while self._ended is None and (left_s := self._due() - time.monotonic()) > 0:
                self._changed.wait(left_s)
            if self._ended is not None:
                raise self._ended

    def _due(self) -> float:
        return 0.0 if self._took_at is None else self._took_at + self._interval_s
