"""Units by H3 cell, with what is needed to bound how near a cell can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import h3.api.numpy_int as h3
import numpy as np

from graphs.geodesy import EARTH_RADIUS_M
from graphs.network import Float64, Int32, Int64
from graphs.search.arrays import frozen

#: Chosen by measurement (docs/fleet-index.md): smaller cells prune better, but there are more of them to order.
RESOLUTION = 8


def unit_vectors(lon: Float64, lat: Float64) -> Float64:
    """[k, 3] points on the unit sphere of degrees lon, lat [k]."""
    lon, lat = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


@dataclass(frozen=True)
class CellIndex:
    """``c`` occupied cells; units of cell i are row[first[i]:first[i + 1]], ascending."""

    resolution: int
    cell: Int64  # [c] H3 ids, ascending
    centre: Float64  # [c, 3] on the unit sphere
    radius_m: Float64  # [c] the farthest of its units, as a chord from the centre
    first: Int64  # [c + 1]
    row: Int32  # [units]
    cell_of: Int64  # [units] H3 id
    here: Float64  # [units, 3] where each is, on the unit sphere

    @staticmethod
    def build(lon: Float64, lat: Float64, resolution: int = RESOLUTION) -> CellIndex:
        """Index of units at degrees lon, lat [k].

        The radius is that of the units really inside, so the bound holds whatever the cell's distortion.
        """
        return _NOTHING._with(_cells_of(lon, lat, resolution), unit_vectors(lon, lat), resolution)

    def with_moved(self, rows: Int64, lon: Float64, lat: Float64) -> CellIndex:
        """Index of the same units after those of ``rows`` moved to degrees lon, lat [rows]. O(units), in numpy."""
        cell_of, here = self.cell_of.copy(), self.here.copy()
        cell_of[rows], here[rows] = _cells_of(lon, lat, self.resolution), unit_vectors(lon, lat)
        return self._with(cell_of, here, self.resolution)

    def taken(self, rows: Int64) -> CellIndex:
        """Index of `rows` (repetition allowed) as the new units 0, 1, ..."""
        return self._with(self.cell_of[rows], self.here[rows], self.resolution)

    def _with(self, cell_of: Int64, here: Float64, resolution: int) -> CellIndex:
        """Index of units in cells, at places; the centres of cells that are in this one are known."""
        row = np.argsort(cell_of, kind="stable").astype(np.int32)
        ordered = cell_of[row]
        begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if ordered.size else np.empty(0, np.int64)
        cell, first = ordered[begins], np.append(begins, ordered.size).astype(np.int64)
        centre, radius_m = self._centres(cell), np.empty(0)
        if ordered.size:
            apart = here[row] - np.repeat(centre, np.diff(first), axis=0)
            radius_m = np.maximum.reduceat(np.sqrt((apart * apart).sum(axis=1)), begins) * EARTH_RADIUS_M
        return CellIndex(resolution, cell, centre, radius_m, first, row, frozen(cell_of, np.int64), frozen(here, float))

    def _centres(self, cells: Int64) -> Float64:
        """[c, 3] centres on the unit sphere."""
        centre = np.empty((cells.size, 3))
        known = np.zeros(cells.size, np.bool_)
        if self.cell.size:
            at = np.minimum(np.searchsorted(self.cell, cells), self.cell.size - 1)
            known = self.cell[at] == cells
            centre[known] = self.centre[at[known]]
        latlng = np.array([_centre(c) for c in cells[~known].tolist()]).reshape(-1, 2)
        centre[~known] = unit_vectors(latlng[:, 1], latlng[:, 0])
        return centre


@lru_cache(maxsize=1 << 16)
def _centre(cell: int) -> tuple[float, float]:
    return h3.cell_to_latlng(cell)


def _cells_of(lon: Float64, lat: Float64, resolution: int) -> Int64:
    places = zip(lat.tolist(), lon.tolist(), strict=True)
    return np.fromiter((h3.latlng_to_cell(y, x, resolution) for y, x in places), np.int64, lon.size)


_NOTHING = CellIndex(
    RESOLUTION,
    np.empty(0, np.int64),
    np.empty((0, 3)),
    np.empty(0),
    np.zeros(1, np.int64),
    np.empty(0, np.int32),
    np.empty(0, np.int64),
    np.empty((0, 3)),
)
