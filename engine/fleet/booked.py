"""The cheapest units when those who go to booked incidents depart under other metrics than those who go now."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.fleet.candidates import Ranked, UnitSearch
from graphs.network import Int64


class BookedSearch:
    """One search for the incidents of now, and others for some booked ones, that answer as one."""

    def __init__(self, now: UnitSearch, later: Mapping[int, UnitSearch], incidents: int) -> None:
        """``later``: by index, the search for a booked incident; ``incidents``: how many there are in all."""
        self._now, self._later, self._incidents = now, later, incidents

    def without(self, taken: Int64) -> BookedSearch:
        """The same search with more units left out."""
        narrower = {search: search.without(taken) for search in dict.fromkeys(self._later.values())}
        later = {index: narrower[search] for index, search in self._later.items()}
        return BookedSearch(self._now.without(taken), later, self._incidents)

    def ranked(self, wanted: Int64, of: Int64 | None = None) -> Ranked:
        """As `CandidateSearch.ranked`; each search is asked once."""
        wanted = np.asarray(wanted, np.int64)
        chosen = np.arange(self._incidents) if of is None else np.asarray(of, np.int64)
        asked: dict[UnitSearch, list[int]] = {}
        for place, index in enumerate(chosen.tolist()):
            asked.setdefault(self._later.get(index, self._now), []).append(place)
        count = np.zeros(chosen.size, np.int64)
        parts: list[tuple[np.ndarray, ...]] = [()] * chosen.size
        for search, places in asked.items():
            found = search.ranked(wanted[places], chosen[places])
            for k, place in enumerate(places):
                part = found.of(k)
                count[place] = part.stop - part.start
                parts[place] = found.row[part], found.cost[part], found.travel_ms[part]
        first = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
        kinds = (np.int32, np.int64, np.int64)
        row, cost, travel = (
            np.concatenate([np.empty(0, kind), *(part[n] for part in parts)]).astype(kind)
            for n, kind in enumerate(kinds)
        )
        return Ranked(first, count, row, cost, travel)
