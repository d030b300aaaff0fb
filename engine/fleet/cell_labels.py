"""One label row per cell: the least of its units' rows, so that a cell is bounded by road, not only by distance.

Units of a cell share their topmost ancestors. Where an incident leaves that common path above its end, every unit of
the cell shares exactly the same ancestors with it, and the least sum over them bounds the travel time of all: the same
scan as for a pair, once for the whole cell, and exact for the nearest one if a single unit is nearest everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from engine.fleet.cells import CellIndex
from graphs.network import Int32, Int64
from graphs.search import Labels, common_length
from graphs.search.arrays import frozen


@njit(nogil=True, cache=True)
def _shared_lengths(minima, first, member, deep, same, out):
    """Ancestors that all units of each cell share, but of cells that are the `same` as before; O(units)."""
    for c in range(out.size):
        if same[c] >= 0:
            continue
        lead = deep[member[first[c]]]
        least = np.int64(1 << 30)
        for at in range(first[c], first[c + 1]):
            least = min(least, np.int64(common_length(*minima, lead, deep[member[at]])))
        out[c] = least


@njit(nogil=True, cache=True)
def _least_rows(first, member, data, start, same, old, old_start, row_start, out):
    """Least of the units' rows over the shared ancestors of each cell; O(units x shared ancestors).

    Cell c is that of `old` with the number same[c]; below 0: it is made.
    """
    for c in range(row_start.size - 1):
        begin = row_start[c]
        length = row_start[c + 1] - begin
        if same[c] >= 0:
            there = old_start[same[c]]
            for d in range(length):
                out[begin + d] = old[there + d]
            continue
        lead = start[member[first[c]]]
        for d in range(length):
            out[begin + d] = data[lead + d]
        for at in range(first[c] + 1, first[c + 1]):
            here = start[member[at]]
            for d in range(length):
                out[begin + d] = min(out[begin + d], data[here + d])


@dataclass(frozen=True, eq=False)
class CellLabels:
    """Row of cell c is data[start[c] : start[c + 1]]; lead[c] is the inner id of one of its units' nodes."""

    data: Int32
    start: Int64  # [c + 1]
    lead: np.ndarray  # [c] of the dtype of Labels.deep

    @staticmethod
    def of(cells: CellIndex, labels: Labels) -> CellLabels:
        """Rows of all cells from the labels of their units (outward)."""
        return _NOTHING._with(cells, labels, np.full(cells.cell.size, -1, np.int64))

    def renewed(self, old: CellIndex, rows: Int64, cells: CellIndex, labels: Labels) -> CellLabels:
        """What `of` gives after the units of ``rows`` changed; these are those of ``old``. Only their cells are made.

        The metric is the same.
        """
        if not old.cell.size:
            return CellLabels.of(cells, labels)
        touched = np.concatenate([old.cell_of[rows], cells.cell_of[rows]])
        same = np.minimum(np.searchsorted(old.cell, cells.cell), old.cell.size - 1)
        same[(old.cell[same] != cells.cell) | np.isin(cells.cell, touched)] = -1
        return self._with(cells, labels, same)

    def _with(self, cells: CellIndex, labels: Labels, same: Int64) -> CellLabels:
        lengths = np.diff(self.start)[same] if self.start.size > 1 else np.empty(cells.cell.size, np.int64)
        _shared_lengths(labels.metric.hierarchy.minima, cells.first, cells.row, labels.deep, same, lengths)
        start = frozen(np.concatenate([[0], np.cumsum(lengths)]), np.int64)
        data = np.empty(int(start[-1]), np.int32)
        _least_rows(cells.first, cells.row, labels.data, labels.start, same, self.data, self.start, start, data)
        lead = labels.deep[cells.row[cells.first[:-1]]]
        return CellLabels(frozen(data, np.int32), start, frozen(lead, lead.dtype))


_NOTHING = CellLabels(frozen([], np.int32), frozen([0], np.int64), np.empty(0, np.int32))
