"""Units for incidents that a solution cut short left over."""

from __future__ import annotations

import time

import numpy as np

from engine.fleet.candidates import GrowingLists, UnitSearch
from graphs.network import Int64


def complete(
    search: UnitSearch,
    lists: GrowingLists,
    free: Int64,
    chosen: dict[int, tuple[int, int]],
    stop_at: float | None,
) -> None:
    """Give incidents that a cut-short solution left, though units beyond their lists exist, the cheapest one free.

    In order of what leaving costs; changes `chosen` in place.
    """
    left = [at for at, i in enumerate(free) if int(i) not in chosen and lists.truncated(at)]
    taken = [row for row, _ in chosen.values()]
    search = search.without(np.array(taken, np.int64))
    for at in sorted(left, key=lambda at: -lists.saving(at, 0)):
        if stop_at is not None and time.monotonic() > stop_at:
            break
        found = search.ranked(np.array([1]), free[at : at + 1])
        if found.count[0]:
            chosen[int(free[at])] = (int(found.row[0]), int(found.travel_ms[0]))
            search = search.without(found.row[:1].astype(np.int64))
