"""One watcher's place in the events: first what the ledger has, then what is announced, no gap and nothing twice."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import WatcherTooSlowError
from engine.live.watch.entry import Entry
from engine.live.watch.filters import EventFilter

if TYPE_CHECKING:
    from engine.live.watch.hub import EventHub

#: Rows read from the ledger at once.
PAGE = 250
#: Events, and bytes of them, that are told in one message at most (but at least one event).
MOST_EVENTS, MOST_BYTES = 250, 256 * 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """Events as they are sent, in order; none in a heartbeat. All up to ``last_number`` have been told then."""

    events: tuple[bytes, ...]
    last_number: int


class Subscription:
    """Made by `EventHub.subscribe`. `take` is for one thread; `end` and what the hub calls are for any."""

    def __init__(self, hub: EventHub, after: int, joined: int, wanted: EventFilter, room: int) -> None:
        self.filter = wanted
        #: The number that it began after.
        self.after = after
        self._hub, self._room = hub, room
        self._ready: deque[Entry] = deque()
        self._done = after  # all up to this number are ready, told, or not wanted
        self._joined = joined  # all after this number are announced
        self._behind = joined - after  # how far, when it began to read from the ledger; 0: it does not
        self._changed = threading.Condition()
        self._announced: deque[Entry] = deque()
        self._overrun = False
        self._ended: Exception | None = None

    def take(self, timeout_s: float) -> Batch:
        """The next events, or a heartbeat when there are none for so long.

        Raises WatcherTooSlowError, and the error that the subscription was ended with.
        """
        until = time.monotonic() + timeout_s
        while True:
            if self._ended is not None:
                raise self._ended
            if self._ready:
                return self._batch()
            if self._done < self._joined:
                self._read()
                if not self._ready and time.monotonic() >= until:
                    return Batch((), self._done)
            elif self._overrun:
                self._rejoin()
            else:
                self._behind = 0
                if not self._wait(until):
                    return Batch((), self._done)

    def offer(self, entries: Sequence[Entry]) -> None:
        """Wanted events that were announced; called by the hub alone."""
        with self._changed:
            if self._overrun or self._ended is not None:
                return
            if len(self._announced) + len(entries) > self._room:
                self._announced.clear()
                self._overrun = True
            else:
                self._announced.extend(entries)
            self._changed.notify()

    def end(self, error: Exception) -> None:
        """Make `take` raise the error, also one that waits."""
        with self._changed:
            self._ended = self._ended or error
            self._announced.clear()
            self._changed.notify()

    def close(self) -> None:
        """Nothing is announced to it any more, and nobody takes.

        The error that ended it leads, by its traceback, back here: without it all that a stream held goes at once, not
        when Python next looks for cycles.
        """
        self._hub.leave(self)
        with self._changed:
            self._ended = None
            self._announced.clear()

    def _batch(self) -> Batch:
        events: list[bytes] = []
        size = number = 0
        while self._ready and len(events) < MOST_EVENTS:
            sent = self._ready[0].sent(self.filter.own)
            size += len(sent)
            if events and size > MOST_BYTES:
                break
            number = self._ready.popleft().number
            events.append(sent)
        return Batch(tuple(events), number if self._ready else self._done)

    def _read(self) -> None:
        """One more page of the ledger."""
        alone = next(iter(self.filter.incidents)) if len(self.filter.incidents) == 1 else None
        entries = self._hub.page(self._done, PAGE, alone)
        self._ready.extend(entry for entry in entries if self.filter.passes(entry))
        last = entries[-1].number if entries else self._done
        if len(entries) < PAGE:
            if alone is None and last < self._joined:
                raise LookupError(f"event {last + 1} is not in the ledger, which has told of {self._joined}")
            last = max(last, self._joined)
        self._done = last

    def _rejoin(self) -> None:
        """It read so slowly that announced events were dropped: read on from the ledger, if that gets it nearer."""
        behind = self._hub.last - self._done
        if behind < self._behind:
            with self._changed:
                self._overrun = False
            self._behind = behind
            self._joined = self._hub.last  # read after the flag: what comes later is announced again
            return
        raise WatcherTooSlowError(
            f"{behind} events behind, and not catching up; resume after number {self._done}, and read faster or watch "
            "less",
            behind=behind,
            last_number=self._done,
        )

    def _wait(self, until: float) -> bool:
        """Until something may have been announced, or has ended; False when that took too long."""
        announced = self._hub.announced  # before looking: what it counts is in the queue, or was
        with self._changed:
            if self._announced:
                self._done = self._take_announced()
            elif self._ended is None and not self._overrun:
                self._done = max(self._done, announced)
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return False
                self._changed.wait(left_s)
        return True

    def _take_announced(self) -> int:
        entries = [entry for entry in self._announced if entry.number > self._done]
        self._announced.clear()
        self._ready.extend(entries)
        return entries[-1].number if entries else self._done
