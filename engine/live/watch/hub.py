"""Spreads events to watchers: the writer hands them over and goes on, one thread tells whoever wants them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from engine.errors import ResumeTokenError, StoppingError
from engine.live.events import Event
from engine.live.watch.entry import Encode, Entry
from engine.live.watch.filters import ALL, EventFilter
from engine.live.watch.source import Decode, EventSource, event_of
from engine.live.watch.subscription import Subscription

#: Announced events that a watcher may leave waiting; at the busiest the events of some ten seconds.
ROOM = 10_000
#: Seconds from one announcement to the next at least: what happens in between comes in one message. Sending a message
#: costs far more than what is in it, and a hundred watchers get each event.
GATHER_S = 0.02


class EventHub:
    """The events of one region from number ``last`` on; earlier ones are read from the ledger."""

    def __init__(
        self,
        region: str,
        ledger_id: str,
        source: EventSource,
        encode: Encode,
        last: int = 0,
        *,
        decode: Decode = event_of,
        room: int = ROOM,
    ) -> None:
        self.region, self.ledger_id, self.last = region, ledger_id, last
        #: All events up to this number were handed to those who want them.
        self.announced = last
        self._source, self._encode, self._decode, self._room = source, encode, decode, room
        #: Told how many seconds events waited until they were on their way to watchers.
        self.on_lag: Callable[[float], None] = lambda _: None
        self._news = threading.Condition()
        self._pending: list[Event] = []
        self._since = 0.0
        self._watchers: tuple[Subscription, ...] = ()
        self._thread: threading.Thread | None = None
        self._stopped = False

    @property
    def watchers(self) -> int:
        """How many watch now."""
        return len(self._watchers)

    def publish(self, events: Sequence[Event]) -> None:
        """What has just been committed, in order. The writer goes on at once, whoever watches."""
        if not events:
            return
        with self._news:
            self.last = events[-1].number
            if self._watchers:
                if not self._pending:
                    self._since = time.monotonic()
                    self._news.notify()
                self._pending.extend(events)
            else:
                self.announced = self.last

    def subscribe(self, after: int | None = None, wanted: EventFilter = ALL, ledger_id: str = "") -> Subscription:
        """Events after a number (None: from now on). Close it when done.

        Raises ResumeTokenError, and StoppingError when the hub has stopped.
        """
        self._check(after, ledger_id)
        with self._news:
            if self._stopped:
                raise _stopping()
            joined = max(self.last, after or 0)
            found = Subscription(self, joined if after is None else after, joined, wanted, self._room)
            self._watchers = (*self._watchers, found)
            if self._thread is None:
                self._thread = threading.Thread(target=self._announce, name=f"towline-watch-{self.region}", daemon=True)
                self._thread.start()
            return found

    def leave(self, subscription: Subscription) -> None:
        with self._news:
            self._watchers = tuple(each for each in self._watchers if each is not subscription)

    def stop(self) -> None:
        """End all subscriptions with StoppingError, and refuse new ones."""
        with self._news:
            self._stopped = True
            watchers, self._watchers = self._watchers, ()
            self._news.notify()
        for each in watchers:
            each.end(_stopping())
        if self._thread is not None:
            self._thread.join()

    def page(self, after: int, limit: int, incident: str | None) -> list[Entry]:
        """Events of the ledger, in order."""
        rows = self._source.events(after, limit, incident=incident)
        return [Entry(self._decode(row), self._encode) for row in rows]

    def _check(self, after: int | None, ledger_id: str) -> None:
        if ledger_id and ledger_id != self.ledger_id:
            raise ResumeTokenError(
                f"ledger {ledger_id[:64]!r} is not the one kept here, {self.ledger_id}: its numbers mean nothing here; "
                "read the state again and watch from now on",
                field="ledger",
                ledger=self.ledger_id,
            )
        if after is None or 0 <= after <= self.last:
            return
        # An event is in the ledger, and may have been told, a moment before it is published.
        if after < 0 or after > self._source.last()[0]:
            raise ResumeTokenError(
                f"after_number {after} is the number of no event yet, the last is {self.last}; resume after the last "
                "number that this ledger's stream told, or leave it unset to watch from now on",
                field="after_number",
                after_number=after,
                last_number=self.last,
            )

    def _announce(self) -> None:
        ready_at = 0.0
        while True:
            with self._news:
                while not self._stopped and (wait_s := self._rest_s(ready_at)) != 0:
                    self._news.wait(wait_s)
                if self._stopped:
                    return
                events, self._pending = self._pending, []
                watchers, since = self._watchers, self._since
            try:
                _tell(watchers, [Entry(event, self._encode) for event in events])
            except Exception as error:  # a bug: nobody waits for ever, and whoever resumes gets it as his own
                for watcher in watchers:
                    watcher.end(error)
            self.announced = events[-1].number
            del events, watchers  # else who has left is kept until something happens again
            self.on_lag(time.monotonic() - since)
            ready_at = time.monotonic() + GATHER_S

    def _rest_s(self, ready_at: float) -> float | None:
        """How long to wait before the next announcement: 0 not at all, None until there is something."""
        return max(0.0, ready_at - time.monotonic()) if self._pending else None


def _tell(watchers: Sequence[Subscription], entries: Sequence[Entry]) -> None:
    for watcher in watchers:
        wanted = [entry for entry in entries if watcher.filter.passes(entry)]
        if wanted:
            for entry in wanted:
                entry.sent(watcher.filter.own)  # made here, once; watchers' threads only read it
            watcher.offer(wanted)


def _stopping() -> StoppingError:
    return StoppingError("the server is stopping; open the stream again, there or elsewhere, after the last number")
