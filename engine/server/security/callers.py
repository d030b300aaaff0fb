"""How much one caller may do: calls a second (a token bucket) and at once."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from engine.errors import CallerLimitError, RateLimitedError
from engine.server.gate import AGAIN_S
from engine.server.security.settings import CallerLimits

#: A caller that was quiet may send the calls of this many seconds at once.
BURST_S = 2.0
#: Of a call: what sums of fractions may miss.
TINY = 1e-6
#: Callers remembered; those with nothing open and a full bucket go first.
REMEMBERED = 10_000


@dataclass(slots=True)
class _Caller:
    tokens: float
    seen: float
    calls: int = 0
    streams: int = 0


class Callers:
    """Counts by subject."""

    def __init__(self, limits: CallerLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock, self._lock = limits, clock, Lock()
        self._burst = max(1.0, limits.calls_per_s * BURST_S)
        self._callers: OrderedDict[str, _Caller] = OrderedDict()

    def enter(self, subject: str, *, stream: bool) -> None:
        """One more call is open; RateLimitedError, CallerLimitError. Every success needs a `leave`."""
        limits, now = self._limits, self._clock()
        with self._lock:
            found = self._callers.get(subject)
            if found is None:
                found = self._callers[subject] = _Caller(self._burst, now)
                self._make_room()
            self._callers.move_to_end(subject)
            if limits.calls and found.calls >= limits.calls:
                raise _too_many("calls", found.calls)
            if stream and limits.streams and found.streams >= limits.streams:
                raise _too_many("streams", found.streams)
            if limits.calls_per_s:
                found.tokens = min(self._burst, found.tokens + (now - found.seen) * limits.calls_per_s)
                found.seen = now
                if found.tokens < 1.0 - TINY:
                    raise _too_fast((1.0 - found.tokens) / limits.calls_per_s, limits.calls_per_s)
                found.tokens -= 1.0
            found.calls += 1
            found.streams += stream

    def leave(self, subject: str, *, stream: bool) -> None:
        with self._lock:
            found = self._callers[subject]
            found.calls -= 1
            found.streams -= stream

    def _make_room(self) -> None:
        if len(self._callers) > REMEMBERED:
            idle = next((key for key, item in self._callers.items() if not item.calls), None)
            if idle is not None:
                del self._callers[idle]


def _too_many(what: str, count: int) -> CallerLimitError:
    return CallerLimitError(
        f"this caller has {count} {what} open already; end some, or share streams among your users",
        kind=what,
        open=count,
        limit=count,
        retry_after_s=AGAIN_S,
    )


def _too_fast(after_s: float, rate: float) -> RateLimitedError:
    after_s = math.ceil(1000 * after_s) / 1000
    return RateLimitedError(
        f"this caller sends more than {rate:g} calls a second; wait {after_s:.3f} s",
        retry_after_s=f"{after_s:.3f}",
        calls_per_s=f"{rate:g}",
    )
