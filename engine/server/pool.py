"""The server's threads, and whether any of them still works for a caller."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class CountingPool(ThreadPoolExecutor):
    """A thread pool that knows when it has nothing left to do."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers, thread_name_prefix="towline")
        self._changed = threading.Condition()
        self._open = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with self._changed:
            self._open += 1
        try:
            future = super().submit(fn, *args, **kwargs)
        except BaseException:
            self._ended(None)
            raise
        future.add_done_callback(self._ended)
        return future

    def wait_idle(self, timeout_s: float) -> bool:
        """Until nothing is queued or running; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, timeout_s)

    def _ended(self, _future: Future[Any] | None) -> None:
        with self._changed:
            self._open -= 1
            self._changed.notify_all()
