"""Calls on few threads whose requests are late: whoever waits for one holds a thread that others could work on.

Most requests come with their call. One that does not may keep its thread for a moment, and longer only while few do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.server.gate import Gate

#: How long a request may take before it counts as late, and how often it is looked for meanwhile; twice for callers who
#: have as many late ones as they may. Looks are counted and not time, for when the interpreter stands still for a while
#: requests that are there were not handed on either, and are not late.
SOON_S, LOOKS, LAST_LOOKS = 0.05, 10, 2


class Late:
    """Of one pool of threads, which are more than the gate has places: so many late ones keep nobody from working."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def receive(self, requests: Iterator[bytes], caller: str | None) -> bytes:
        """The next message; CallerLimitError, BusyError when it is late and too many are, and what the iterator raises.

        grpcio's iterator of requests knows no end of patience, so its inside is used: `_state`, with its condition.
        """
        inner: Any = requests
        if not hasattr(inner, "_raise_or_start_receive_message"):  # another grpcio, or a test's iterator
            with self._gate.place(caller):
                return next(requests)
        condition = inner._state.condition
        with condition:
            inner._raise_or_start_receive_message()
            for _ in range(LAST_LOOKS if self._gate.full(caller) else LOOKS):
                condition.wait(SOON_S / LOOKS)
                if (found := inner._look_for_request()) is not None:
                    return found
        with self._gate.place(caller), condition:
            while (found := inner._look_for_request()) is None:
                condition.wait()
            return found
