"""One update that waits its turn; several that wait together share one snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from graphs.errors import TrafficError
from graphs.metrics.check import Checked
from graphs.metrics.entry import Refusal
from graphs.metrics.feed import Feed, Merge, merge
from graphs.metrics.result import UpdateResult
from graphs.metrics.room import FeedLimits


@dataclass(eq=False)
class Turn:
    """A checked update, and what becomes of it."""

    removes: Callable[[Feed], Sequence[str]]  # ids to take out of the feed that it meets
    checked: Checked
    entries: int  # put in, refused ones included
    now: datetime
    now_ms: int
    begun: float  # performance counter at the call
    strict: bool = False
    publish: bool = True
    outcome: Future[UpdateResult] = field(default_factory=Future)
    checked_at: float = field(default_factory=time.perf_counter)
    made: Merge | None = None

    def merged(self, feed: Feed, next_serial: int, limits: FeedLimits) -> Merge | None:
        """`feed` after this update; None, and the outcome settled, when it is strict and something was refused."""
        removes = self.removes(feed)
        made = merge(feed, removes, self.checked, self.now_ms, next_serial, limits)
        if self.strict and made.refusals:
            self.outcome.set_exception(_refused(made.refusals, self.entries + len(removes)))
            return None
        self.made = made
        return made

    def succeed(self, epoch: int, changed: int, published: float) -> None:
        """Settle the outcome, unless it is; `published` on the performance counter."""
        made = self.made
        if made is None or self.outcome.done():
            return
        result = UpdateResult(
            epoch=epoch,
            accepted=made.accepted,
            waiting=made.waiting,
            removed=made.removed,
            expired=made.expired,
            in_force=len(made.feed.entries),
            arcs_changed=changed,
            unknown_ways=tuple(dict.fromkeys(made.unknown_ways)),
            refusals=tuple(made.refusals),
            checking=timedelta(seconds=self.checked_at - self.begun),
            preparing=timedelta(seconds=max(0.0, published - self.checked_at)),
        )
        self.outcome.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Settle the outcome, unless it is."""
        if not self.outcome.done():
            self.outcome.set_exception(error)


def _refused(refusals: Sequence[Refusal], entries: int) -> TrafficError:
    first = refusals[0]
    return TrafficError(
        f"traffic entry {first.id!r}: {first.message}. Nothing was changed; "
        f"{len(refusals)} of {entries} entries were refused.",
        entry=first.id,
        refusal=first.code.name,
        refused=len(refusals),
    )
