"""Answers kept by request_id (AIP-155), so that a repeated request is answered and not done again."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from google.protobuf.message import Message

from engine.errors import RequestConflictError, RequestIdError

MAX_ID = 128
Reply = TypeVar("Reply", bound=Message)


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

    def __init__(self, retention_s: float, max_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._retention_s, self._max_bytes, self._clock = retention_s, max_bytes, clock
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.RLock()

    def once(self, scope: str, request_id: str, request: Message, work: Callable[[], Reply]) -> Reply:
        """The kept answer to ``request_id`` in ``scope``, or that of ``work``, done now and kept.

        Two requests of one id at once: the second waits for the first. Raises RequestIdError, RequestConflictError.
        """
        if not request_id:
            return work()
        if len(request_id) > MAX_ID or not request_id.isprintable():
            raise RequestIdError(
                f"request_id must be at most {MAX_ID} printable characters; a UUID will do", field="request_id"
            )
        content = hashlib.blake2b(request.SerializeToString(deterministic=True), digest_size=16).digest()
        with self._lock:
            self._forget()
            key = (scope, request_id)
            kept = self._kept.get(key)
            if kept is None:
                answer = work()
                self._keep(key, content, answer)
                return answer
        if kept.content != content:
            raise RequestConflictError(
                f"request_id {request_id!r} was used for another {scope} request; choose a new one for new content",
                field="request_id",
                request_id=request_id,
                scope=scope,
            )
        return cast(Reply, kept.answer)  # the scope holds the method, hence the type

    def _keep(self, key: tuple[str, str], content: bytes, answer: Message) -> None:
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
