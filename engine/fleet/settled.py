"""The cheapest units out of a search with the least travel times there may be: settled and sorted until sure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.fleet.candidates import Ranked, UnitSearch
from engine.fleet.scan import NEVER
from graphs.network import Int32, Int64

#: (rows [k], incidents [k], least travel times [k]) -> the travel times that hold [k], never less.
Settle = Callable[[Int32, Int64, Int64], Int64]
#: (rows [k], incidents [k], travel times [k]) -> costs [k], `scan.NEVER` for who comes too late.
Costs = Callable[[Int32, Int64, Int64], Int64]


class SettledSearch:
    """Exact lists out of a search with least travel times.

    A list is sure when as many units as wanted cost, settled, no more than the last unit found costs at least: cost
    grows with travel, so nobody farther down can be cheaper. Until then it is searched to twice the depth.
    """

    def __init__(self, least: UnitSearch, settle: Settle, costs: Costs, incidents: int) -> None:
        self._least, self._settle, self._costs, self._incidents = least, settle, costs, incidents

    def without(self, taken: Int64) -> SettledSearch:
        """The same search with more units left out."""
        return SettledSearch(self._least.without(taken), self._settle, self._costs, self._incidents)

    def ranked(self, wanted: Int64, of: Int64 | None = None) -> Ranked:
        """As `CandidateSearch.ranked`."""
        wanted = np.asarray(wanted, np.int64)
        chosen = np.arange(self._incidents) if of is None else np.asarray(of, np.int64)
        lists: list[tuple[Int32, Int64, Int64]] = [_EMPTY] * chosen.size
        left, depth = np.arange(chosen.size), wanted + 1
        while left.size:
            found = self._least.ranked(depth[left], chosen[left])
            parts = [found.of(k) for k in range(left.size)]
            every = np.concatenate([np.arange(part.start, part.stop) for part in parts])
            count = np.array([part.stop - part.start for part in parts], np.int64)
            at = np.repeat(chosen[left], count)
            rows, least = found.row[every], found.cost[every]
            travels = self._settle(rows, at, found.travel_ms[every])
            costs = least.copy()
            later = np.flatnonzero(travels != found.travel_ms[every])
            if later.size:
                costs[later] = self._costs(rows[later], at[later], travels[later])
            unsure, end = [], np.cumsum(count)
            for k, i in enumerate(left.tolist()):
                mine = np.arange(end[k] - count[k], end[k])
                order = mine[np.lexsort((rows[mine], costs[mine]))]
                order = order[costs[order] != NEVER][: wanted[i]]
                more = count[k] == depth[i]  # there may be units beyond the list
                if more and (
                    order.size < wanted[i]
                    or (order.size and (costs[order[-1]], rows[order[-1]]) > (least[mine[-1]], rows[mine[-1]]))
                ):
                    unsure.append(i)
                lists[i] = rows[order], costs[order], travels[order]
            left = np.array(unsure, np.int64)
            depth[left] *= 2
        count = np.array([row.size for row, _, _ in lists], np.int64)
        first = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
        row, cost, travel = (np.concatenate([each[part] for each in (*lists, _EMPTY)]) for part in range(3))
        return Ranked(first, count, row.astype(np.int32), cost.astype(np.int64), travel.astype(np.int64))


_EMPTY = np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64)
