"""What became of one traffic update."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from graphs.metrics.entry import Refusal, RefusalCode


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """Counts of one update; nothing in it was taken by halves."""

    epoch: int  # the number of the snapshot now published
    accepted: int  # entries taken, those that wait for their start included
    waiting: int  # of the accepted: start in the future
    removed: int  # taken out by id
    expired: int  # dropped because they had ended
    in_force: int  # entries held now, those that wait included
    arcs_changed: int  # road arcs about which the feed says something else than before (by all updates of the snapshot)
    unknown_ways: tuple[int, ...]  # ways, of accepted entries, that the region does not have
    refusals: tuple[Refusal, ...]
    checking: timedelta  # from the call to all entries checked
    preparing: timedelta  # from there to metrics made, labels made, snapshot published

    @property
    def staleness(self) -> timedelta:
        """From the call to the first question that is answered by it."""
        return self.checking + self.preparing

    def ignored(self) -> dict[RefusalCode, int]:
        """How many entries and removals were refused, by reason."""
        return dict(Counter(refusal.code for refusal in self.refusals))
