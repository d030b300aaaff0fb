"""What a feed has room for, counted while entries are checked, so that no work is done for those that cannot stay."""

from __future__ import annotations

from dataclasses import dataclass

from graphs.metrics.entry import Area, RefusalCode


class RefusedError(Exception):
    """An entry is refused; never leaves the checking of an update."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class FeedLimits:
    """How much a feed may hold; entries beyond are refused."""

    entries: int = 200_000
    rows: int = 10_000_000  # arcs of all entries together, nine bytes each

    def full(self) -> RefusedError:
        """The refusal of an entry for which there is no room."""
        text = f"the feed holds at most {self.entries} entries on {self.rows} arcs in all; remove some first"
        return RefusedError(RefusalCode.FEED_FULL, text)


@dataclass(slots=True)
class Room:
    """Of one update: filled while its entries are checked.

    It begins with the entries that the update neither replaces nor takes out; those of one way or arc are not counted,
    they are looked up together at the end. What does not fit here fits in no case; what does may find the feed full.
    """

    limits: FeedLimits = FeedLimits()
    entries: int = 0
    rows: int = 0
    crowded: bool = False  # an area had more arcs than there was room for

    def look(self, where: object) -> None:
        """Whether to look for an entry's roads at all: RefusedError. Areas are dear, none is after one too large."""
        full = self.entries >= self.limits.entries or self.rows >= self.limits.rows
        if full or (self.crowded and isinstance(where, Area)):
            raise self.limits.full()

    def take(self, where: object, arcs: int) -> None:
        """One more entry on so many arcs; RefusedError."""
        if self.rows + arcs > self.limits.rows:
            self.crowded |= isinstance(where, Area)
            raise self.limits.full()
        self.entries += 1
        self.rows += arcs
