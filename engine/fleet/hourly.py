"""The cheapest units when units depart under different metrics: each group searched under its own, the lists merged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.fleet.candidates import CandidateSearch, Ranked
from graphs.network import Int64


class HourlySearch:
    """Several searches over disjoint groups of units that answer as one."""

    def __init__(self, parts: Sequence[CandidateSearch]) -> None:
        self._parts = tuple(parts)

    def without(self, taken: Int64) -> HourlySearch:
        """The same search with more units left out."""
        return HourlySearch([part.without(taken) for part in self._parts])

    def ranked(self, wanted: Int64, of: Int64 | None = None) -> Ranked:
        """As `CandidateSearch.ranked`: the groups' lists merged by (cost, row). O(list lengths, sorted)."""
        lists = [part.ranked(wanted, of) for part in self._parts]
        incident = np.concatenate([np.repeat(np.arange(found.count.size), found.count) for found in lists])
        entries = [np.repeat(x.first[:-1] - (np.cumsum(x.count) - x.count), x.count) for x in lists]
        places = [base + np.arange(base.size) for base in entries]
        row = np.concatenate([found.row[place] for found, place in zip(lists, places, strict=True)])
        cost = np.concatenate([found.cost[place] for found, place in zip(lists, places, strict=True)])
        travel = np.concatenate([found.travel_ms[place] for found, place in zip(lists, places, strict=True)])
        order = np.lexsort((row, cost, incident))
        total = np.bincount(incident, minlength=lists[0].count.size)
        rank = np.arange(order.size) - np.repeat(np.cumsum(total) - total, total)
        order = order[rank < np.asarray(wanted)[incident[order]]]
        count = np.minimum(total, wanted).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        return Ranked(first, count, row[order], cost[order], travel[order])
