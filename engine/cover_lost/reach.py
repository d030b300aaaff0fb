"""Which places of demand each unit reaches within their promise, kept while units stay where they are."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from engine.cover_lost.places import DemandPlaces
from engine.fleet.scan import travel_ms
from graphs.metrics.label_book import METRICS_HELD, THREADS
from graphs.metrics.once import OnceCache
from graphs.network import Int64, UInt8
from graphs.search import INF, Metric
from graphs.search.arrays import frozen

if TYPE_CHECKING:
    from engine.fleet.state import FleetState

#: Below this many units a second thread costs more than it saves.
THREAD_FROM = 64


class ReachBook:
    """[units, d] by metric; a change of the fleet makes a new book, which looks at changed rows only. Thread-safe."""

    def __init__(self, places: DemandPlaces, carried: dict[Metric, tuple[UInt8, Int64]] | None = None) -> None:
        """``carried``: by metric, what the book before knew in the order of this fleet, and rows that do not hold."""
        self.places = places
        self._carried = carried or {}
        self._known: OnceCache[Metric, UInt8] = OnceCache(METRICS_HELD, lambda _: 1)

    def under(self, state: FleetState) -> UInt8:
        """[units, d] 1 where a unit of the book's fleet that leaves now is there in time, under the state's metric.

        The way to a place and the mobilisation count; whose territory it is does not. O(new rows x d x height).
        """

        def make() -> UInt8:
            known = self._carried.get(state.metric)
            if known is None:
                return frozen(self._reached(state, np.arange(len(state))), np.uint8)
            reached = np.array(known[0])
            reached[known[1]] = self._reached(state, known[1])
            return frozen(reached, np.uint8)

        return self._known.get(state.metric, make)

    def empty(self) -> ReachBook:
        """The book of another fleet, of which nothing is known."""
        return ReachBook(self.places)

    def replaced(self, rows: Int64) -> ReachBook:
        """The book after ``rows`` changed or moved."""
        return ReachBook(
            self.places, {metric: (matrix, np.union1d(stale, rows)) for metric, matrix, stale in self._all()}
        )

    def taken(self, rows: Int64) -> ReachBook:
        """The book of some rows (repetition allowed) as the new units 0, 1, ..."""
        carried = {
            metric: (matrix[rows], np.flatnonzero(np.isin(rows, stale))) for metric, matrix, stale in self._all()
        }
        return ReachBook(self.places, carried)

    def keep_only(self, metrics: Collection[Metric]) -> None:
        """Forget what is known under other metrics."""
        self._known.keep_only(metrics)
        self.places.keep_only(metrics)
        self._carried = {metric: each for metric, each in self._carried.items() if metric in metrics}

    def _all(self) -> list[tuple[Metric, UInt8, Int64]]:
        known = self._known.items()
        fresh = {metric for metric, _ in known}
        every = [(metric, matrix, np.empty(0, np.int64)) for metric, matrix in known]
        for metric, (matrix, stale) in self._carried.items():
            if metric not in fresh:
                every.append((metric, matrix, stale))
        return every

    def _reached(self, state: FleetState, rows: Int64) -> UInt8:
        labels, targets = self.places.targets(state.metric)
        out = np.zeros((rows.size, len(self.places)), np.uint8)
        some = frozen(rows, np.int64)

        def run(begin: int, end: int) -> None:
            reached_in_time(
                state.metric.hierarchy.minima,
                (state.labels.data, state.labels.start, state.labels.deep),
                state.place,
                some,
                state.arrays.mobilisation_ms,
                (labels.data, labels.start, labels.deep),
                targets,
                self.places.within_ms,
                out,
                np.int64(begin),
                np.int64(end),
            )

        if rows.size < THREAD_FROM:
            run(0, rows.size)
        else:
            ends = np.linspace(0, rows.size, 4 * THREADS + 1).astype(int)
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(run, ends[:-1], ends[1:]))
        return out


@njit(nogil=True, cache=True)
def reached_in_time(
    hierarchy, labels, place, rows, mobilisation_ms, target_labels, target_places, within_ms, out, begin, end
):
    """Whether unit rows[k] is at place c within within_ms[c], into out[k, c], for k of begin .. end - 1.

    Arguments as in `engine.fleet.scan.travel_ms`. O((end - begin) x places x height).
    """
    data, start, deep = target_labels
    to_arc, to_twin, to_fraction, drive, twin_drive = target_places
    for k in range(begin, end):
        row = rows[k]
        for c in range(within_ms.size):
            left = within_ms[c] - mobilisation_ms[row]
            if left < 0:
                continue
            target = (to_arc[c], to_twin[c], to_fraction[c], drive[c], twin_drive[c])
            travel = np.int64(travel_ms(hierarchy, labels, place, row, data, start[c], deep[c], target))
            if travel < INF and travel <= left:
                out[k, c] = 1
