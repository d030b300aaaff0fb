"""Answers on their way that nobody has to have a token for: so many at once, whoever does not take his."""

from __future__ import annotations

import threading

import grpc

#: Some 8 kB each. Who takes his answer has it before so many others have asked.
MOST = 4096


class Untaken:
    """Calls that are answered and whose peer has not taken the answer yet; of too many the oldest is given up."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, threading.Lock()
        self._calls: dict[grpc.ServicerContext, None] = {}  # oldest first

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, context: grpc.ServicerContext) -> None:
        """From now on, until the call ends."""
        with self._lock:
            self._calls[context] = None
            oldest = next(iter(self._calls)) if len(self._calls) > self._most else None
            if oldest is not None:
                del self._calls[oldest]
        if not context.add_callback(lambda: self._leave(context)):
            self._leave(context)
        if oldest is not None:
            oldest.cancel()

    def _leave(self, context: grpc.ServicerContext) -> None:
        with self._lock:
            self._calls.pop(context, None)
