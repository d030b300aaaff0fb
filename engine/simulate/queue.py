"""The one queue of events, and the clock that it moves."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from enum import IntEnum


class EventKind(IntEnum):
    """What happens; at one moment in this order: what frees a unit comes before what needs one."""

    FINISHED = 0  # a unit is free again
    PAUSE_OVER = 1
    SHIFT_BEGINS = 2
    SHIFT_ENDS = 3
    ARRIVED = 4
    DEPARTED = 5  # mobilised, drives off
    DECLINED = 6
    GAVE_UP = 7  # a customer waited long enough
    CALLED = 8
    OVERRUN = 9  # a unit is not free though it was expected to be


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """``stamp`` is the subject's count of changes when this was foreseen; later ones make it void."""

    at_ms: int
    kind: EventKind
    number: int  # in order of making, so that ties never depend on anything else
    subject: str
    stamp: int


class EventQueue:
    """Events in order of time; time never runs backwards."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self._made = 0
        self._heap: list[Event] = []

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, at_ms: int, kind: EventKind, subject: str, stamp: int = 0) -> None:
        """Foresee an event; the past is refused."""
        if at_ms < self.now_ms:
            raise AssertionError(f"{kind.name} of {subject} lies {self.now_ms - at_ms} ms in the past")
        heapq.heappush(self._heap, Event(at_ms, kind, self._made, subject, stamp))
        self._made += 1

    def next_moment(self) -> list[Event]:
        """All events of the next moment in order, and the clock there; those they make for it come another time."""
        self.now_ms = self._heap[0].at_ms
        found = []
        while self._heap and self._heap[0].at_ms == self.now_ms:
            found.append(heapq.heappop(self._heap))
        return found
