"""When each step of a prescribed route begins, so that its windows are missed by the least seconds in sum.

Steps follow each other at least ``gap`` apart. A window costs what it is missed by, early or late: the sum of convex
functions of one variable each, chained by lower bounds, is minimised exactly by keeping the breakpoints at which the
slope of the best cost so far changes (the "slope trick", known from isotonic regression).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

#: What missing a limit that the problem calls hard costs, against 1 of a window; and what nothing outweighs.
HARD, NEVER = 1_000_000, 1 << 60


@dataclass(slots=True)
class Limits:
    """What a step's beginning should keep to: (seconds, weight) each."""

    after: list[tuple[int, int]] = field(default_factory=list)
    before: list[tuple[int, int]] = field(default_factory=list)


def begin_times(limits: Sequence[Limits], gaps: Sequence[int]) -> list[int]:
    """[n] the earliest of the best beginnings, 0 or later; gaps [n - 1] between them. O(limits log limits)."""
    if not limits:
        return []
    left: list[tuple[int, int]] = [(0, NEVER)]  # (-breakpoint before the shift, drop of slope), greatest first
    shift = 0
    best = []
    for step, limit in enumerate(limits):
        shift += gaps[step - 1] if step else 0
        for start, weight in limit.after:
            heappush(left, (shift - start, weight))
        for end, weight in limit.before:
            heappush(left, (shift - end, weight))
            _drop(left, weight)
        best.append(shift - left[0][0])
    times = [best[-1]]
    for step in range(len(limits) - 2, -1, -1):
        times.append(min(best[step], times[-1] - gaps[step]))
    return times[::-1]


def _drop(left: list[tuple[int, int]], weight: int) -> None:
    """What lies right of the best is never needed again: the next step may always begin later."""
    while weight > 0:
        key, drop = heappop(left)
        if drop > weight:
            heappush(left, (key, drop - weight))
        weight -= drop
