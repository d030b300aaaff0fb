"""Answers kept by request_id (AIP-155), so that a repeated request is answered and not done again."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from google.protobuf.message import Message

from engine.errors import RequestConflictError
from engine.server.gate import busy

Reply = TypeVar("Reply", bound=Message)


def content_digest(request: Message) -> bytes:
    """Equal for equal requests."""
    return hashlib.blake2b(request.SerializeToString(deterministic=True), digest_size=16).digest()


#: Method and request_id.
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Doing:
    """Work under way."""

    content: bytes
    done: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Kept:
    content: bytes
    answer: Message
    size: int
    until: float


class Replies:
    """Answers of one method in one region, kept for a time and up to a number of bytes; the oldest go first.

    Only answers to work that was done are kept: a request that failed changed nothing and may be tried again.
    """

    def __init__(
        self,
        retention_s: float,
        max_bytes: int,
        wait_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._retention_s, self._max_bytes, self._wait_s, self._clock = retention_s, max_bytes, wait_s, clock
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._doing: dict[_Key, _Doing] = {}
        self._lock = threading.Lock()  # never held while work is done

    def once(self, scope: str, request_id: str, request: Message, work: Callable[[], Reply]) -> Reply:
        """The kept answer to ``request_id`` in ``scope``, or that of ``work``, done now and kept.

        Two requests of one id at once: the second waits for the first, and does the work itself if that failed; other
        ids do not wait. Raises RequestConflictError, and BusyError when the first takes too long.
        """
        if not request_id:
            return work()
        content = content_digest(request)
        key, until = (scope, request_id), time.monotonic() + self._wait_s
        while True:
            with self._lock:
                self._forget()
                known = self._kept.get(key) or self._doing.get(key)
                if known is None:
                    mine = self._doing[key] = _Doing(content)
                    break
            if known.content != content:
                raise RequestConflictError(
                    f"request_id {request_id!r} was used for another {scope} request; choose a new one for new content",
                    field="request_id",
                    request_id=request_id,
                    scope=scope,
                )
            if isinstance(known, _Kept):
                return cast(Reply, known.answer)  # the scope holds the method, hence the type
            if not known.done.wait(max(0.0, until - time.monotonic())):
                raise busy(f"the first request with this request_id is not done yet for {scope}", scope, self._wait_s)
        try:
            answer = work()
            with self._lock:
                self._keep(key, content, answer)
            return answer
        finally:
            with self._lock:
                del self._doing[key]
            mine.done.set()

    def _keep(self, key: _Key, content: bytes, answer: Message) -> None:
        size = answer.ByteSize() + 200
        self._kept[key] = _Kept(content, answer, size, self._clock() + self._retention_s)
        self._bytes += size

    def _forget(self) -> None:
        now = self._clock()
        while self._kept:
            oldest = next(iter(self._kept.values()))
            if oldest.until > now and self._bytes <= self._max_bytes:
                return
            self._kept.popitem(last=False)
            self._bytes -= oldest.size
