"""Threads that wait for the next message of streams, so that whoever works on one can be told that the server stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress

from engine.errors import StoppingError


class FeedReaders:
    """One thread for each stream that may be open; gRPC's iterator of requests knows no end of patience."""

    def __init__(self, streams: int) -> None:
        self._pool = ThreadPoolExecutor(streams, thread_name_prefix="towline-feed")
        self._lock = threading.Lock()
        self._waits: set[Future[bytes | None]] = set()
        self._stopping = False

    def next(self, requests: Iterator[bytes]) -> bytes | None:
        """The next message, None after the last; what the iterator raises, or StoppingError."""
        wait: Future[bytes | None] = Future()
        with self._lock:
            if self._stopping:
                raise _stopping()
            self._waits.add(wait)
            self._pool.submit(_read, requests, wait)
        try:
            return wait.result()
        finally:
            with self._lock:
                self._waits.discard(wait)

    def stop(self) -> None:
        """End all waits, and those to come."""
        with self._lock:
            self._stopping = True
            waits = list(self._waits)
        for wait in waits:
            with suppress(InvalidStateError):  # it has just come to an end
                wait.set_exception(_stopping())

    def shutdown(self) -> None:
        """After all calls have ended."""
        self.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _read(requests: Iterator[bytes], wait: Future[bytes | None]) -> None:
    with suppress(InvalidStateError):  # the server stops: nobody waits any more
        try:
            message = next(requests, None)
        except BaseException as error:
            wait.set_exception(error)
        else:
            wait.set_result(message)


def _stopping() -> StoppingError:
    return StoppingError(
        "the server is stopping; open the stream again, there or elsewhere, and go on where it broke off"
    )
