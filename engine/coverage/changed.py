"""What is reached when a few stands of a fleet leave, come or move: exact, at a fraction of the work."""

from __future__ import annotations

import numpy as np

from engine.coverage.arrivals import Arrivals, Reach
from engine.coverage.kernels import keep_known, put_new
from engine.coverage.places import Places
from engine.coverage.stands import Stands
from graphs.network import Int64
from graphs.region import Region
from graphs.search import Metric
from graphs.search.arrays import frozen
from graphs.search.nearest_few import MOST

#: Stands known at each place, of those needed: how many of them may leave before somebody further away must be found.
SPARE = 2
#: Of a greater part of the stands changed, what is known of the others saves nothing.
MOST_CHANGED = 0.25


class KnownReach(Reach):
    """A fleet as it is, from which others are made by small changes; who is first at the places asked for is kept."""

    def __init__(self, region: Region, metric: Metric, stands: Stands, rows: Int64) -> None:
        """``rows``: which of ``stands`` serve."""
        super().__init__(region, metric, stands.take(rows))
        self._known: dict[Places, Arrivals] = {}
        self._row = np.full(len(stands), -1, np.int64)
        self._row[rows] = np.arange(rows.size)

    def at(self, places: Places, need: int) -> Arrivals:
        """As `Reach.at`; at the same places with the same need or less nothing is searched again."""
        known = self._known.get(places)
        if known is None or known.entries.shape[1] < need:
            known = self._known[places] = super().at(places, need)
            self._lists.clear()  # they are long, and what they told is known
        if known.entries.shape[1] == need:
            return known
        return Arrivals(places, self.stands, np.ascontiguousarray(known.entries[:, :need]))

    def with_stands(self, stands: Stands) -> Reach:
        """The reach of other stands, all of which serve: those whose ``origin`` is a row of this fleet are as there."""
        assert stands.origin is not None
        was = np.where(stands.origin >= 0, self._row[stands.origin], -1)
        gone, new = len(self.stands) - np.count_nonzero(was >= 0), np.count_nonzero(was < 0)
        if gone + new > MOST_CHANGED * len(self.stands):
            return Reach(self.region, self.metric, stands)
        return ChangedReach(self, stands, was)


class ChangedReach(Reach):
    """The reach of stands most of which are those of another reach, under the same metric."""

    def __init__(self, base: KnownReach, stands: Stands, was: Int64) -> None:
        """``was``: [s] row of each stand in ``base.stands``, ascending; -1: it is new there."""
        super().__init__(base.region, base.metric, stands)
        self._base, self._was = base, was

    def at(self, places: Places, need: int) -> Arrivals:
        """As `Reach.at`: those known who are still there, among them who is new; elsewhere everybody is asked."""
        few = min(MOST, SPARE * need)
        known = self._base.at(places, few).entries
        stay, new = np.flatnonzero(self._was >= 0), np.flatnonzero(self._was < 0)
        now = np.full(len(self._base.stands), -1, np.int64)
        now[self._was[stay]] = stay
        out, unknown = np.empty(len(places) * need, np.int64), np.empty(len(places), np.uint8)
        keep_known(known.reshape(-1), few, now, need, out, unknown)
        if new.size:
            some = Reach(self.region, self.metric, self.stands.take(new)).at(places, min(need, new.size))
            put_new(some.entries.reshape(-1), some.entries.shape[1], frozen(new, np.int64), need, out)
        entries = out.reshape(-1, need)
        rows = np.flatnonzero(unknown)
        if rows.size:
            entries[rows] = super().at(places.part(rows), need).entries
        return Arrivals(places, self.stands, entries)
