"""Something that will be known: told once by one thread, waited for by others, or passed on."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import InvalidStateError
from typing import Generic, TypeVar, cast

Value = TypeVar("Value")


class Awaited(Generic[Value]):
    """What `concurrent.futures.Future` is, without what nobody here asks of it: cancelling, and its condition.

    Hundreds are made a second, most of which nobody waits for. There is one lock, which only says who was first to
    tell; whoever waits brings a lock of his own. The rest is steps that the interpreter does not interrupt.
    """

    __slots__ = ("_done", "_error", "_first", "_then", "_value")

    def __init__(self) -> None:
        self._first = threading.Lock()
        self._then: deque[Callable[[Awaited[Value]], object]] = deque()
        self._done = False
        self._value: Value | None = None
        self._error: BaseException | None = None

    def done(self) -> bool:
        return self._done

    def set_result(self, value: Value) -> None:
        """InvalidStateError when something was told already."""
        self._tell(value, None)

    def set_exception(self, error: BaseException) -> None:
        """InvalidStateError when something was told already."""
        self._tell(None, error)

    def result(self, timeout: float | None = None) -> Value:
        """The value, or the error raised; TimeoutError when it is not known in that many seconds."""
        error = self.exception(timeout)
        if error is not None:
            try:
                raise error
            finally:
                del error  # its traceback has this frame
        return cast(Value, self._value)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """The error instead of a value, if it is one; TimeoutError as in `result`."""
        if not self._done:
            told = threading.Lock()
            told.acquire()
            self.add_done_callback(lambda _: told.release())
            if not told.acquire(timeout=-1 if timeout is None else max(0.0, timeout)):
                raise TimeoutError
        return self._error

    def add_done_callback(self, then: Callable[[Awaited[Value]], object]) -> None:
        """Called once it is known, by who tells it; at once when it is known already."""
        self._then.append(then)
        if self._done:
            self._pass_on()

    def _tell(self, value: Value | None, error: BaseException | None) -> None:
        if not self._first.acquire(False):
            raise InvalidStateError("told already")
        self._value, self._error = value, error
        self._done = True
        self._pass_on()

    def _pass_on(self) -> None:
        """Each is called once, though the one who tells and the one who asks may both be here."""
        while self._then:
            try:
                then = self._then.popleft()
            except IndexError:
                return
            try:
                then(self)
            except Exception:
                logging.getLogger("towline.live").exception("who waited for an answer failed")
