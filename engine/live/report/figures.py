"""Broken promises by group: how many, of how many, how late, and mostly why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from engine.live.report.causes import Cause
from engine.live.report.overdue import Overdue
from engine.live.report.promises import Broken


@dataclass(frozen=True, slots=True)
class Figures:
    """One group. Spans are of broken promises; of those that nobody reached as far as is known."""

    key: str
    promises: int  # of a cause: all broken ones
    broken: int
    never: int  # of them, that nobody reached
    mean_late: timedelta
    p90_late: timedelta  # nine of ten are at most so late
    cause: Cause | None  # of most of them
    road: str = ""  # of an area, where one was filed

    @property
    def share(self) -> float:
        """Of the promises, the broken ones; of a cause its share of all broken ones."""
        return self.broken / self.promises if self.promises else 0.0


def by(found: Overdue, key: str) -> list[Figures]:
    """Groups by provider, area, hour, service or cause, most broken promises first; hours in their order."""
    groups: dict[str, list[Broken]] = {}
    for each in found.broken:
        groups.setdefault(each.cause.value if key == "cause" else found.key(each.promised, key), []).append(each)
    if key == "cause":
        figures = [_figures(name, len(found.broken), some) for name, some in groups.items()]
    else:
        figures = [
            _figures(name, count, groups.get(name, []), found.road(name) if key == "area" else "")
            for name, count in found.counts[key].items()
        ]
    if key == "hour":
        return sorted(figures, key=lambda each: each.key)
    return sorted(figures, key=lambda each: (-each.broken, -each.share, each.key))


def total(found: Overdue) -> Figures:
    """All together."""
    return _figures("all", found.promises, found.broken)


def _figures(key: str, promises: int, broken: list[Broken], road: str = "") -> Figures:
    late = sorted(each.promised.late for each in broken)
    causes = Counter(each.cause for each in broken)
    order = list(Cause)
    return Figures(
        key=key,
        promises=promises,
        broken=len(broken),
        never=sum(not each.promised.arrived for each in broken),
        mean_late=sum(late, timedelta(0)) / len(late) if late else timedelta(0),
        p90_late=late[ceil(0.9 * len(late)) - 1] if late else timedelta(0),
        cause=min(causes, key=lambda cause: (-causes[cause], order.index(cause))) if causes else None,
        road=road,
    )
