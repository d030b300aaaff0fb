"""When each incident must be looked at again though nobody touched it."""

from __future__ import annotations

import heapq
from datetime import datetime


class Timers:
    """The next time of each incident; not thread safe."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, str]] = []
        self._next: dict[str, datetime] = {}

    def __len__(self) -> int:
        return len(self._next)

    def set(self, incident: str, when: datetime | None) -> None:
        """Replace an incident's time; None: never."""
        if when is None:
            self._next.pop(incident, None)
        elif self._next.get(incident) != when:
            self._next[incident] = when
            heapq.heappush(self._heap, (when, incident))
        if len(self._heap) > 64 + 4 * len(self._next):
            self._heap = [(when, key) for key, when in self._next.items()]
            heapq.heapify(self._heap)

    def due(self, now: datetime) -> list[str]:
        """The incidents whose time has come; they have none any more."""
        found = []
        while self._heap and self._heap[0][0] <= now:
            when, incident = heapq.heappop(self._heap)
            if self._next.get(incident) == when:
                del self._next[incident]
                found.append(incident)
        return found

    def first(self) -> datetime | None:
        """When the next one comes."""
        while self._heap and self._next.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
