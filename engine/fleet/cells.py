"""Units by H3 cell, with what is needed to bound how near a cell can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import h3.api.numpy_int as h3
import numpy as np

from graphs.geodesy import EARTH_RADIUS_M
from graphs.network import Float64, Int32, Int64

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

    @staticmethod
    def build(lon: Float64, lat: Float64, resolution: int = RESOLUTION) -> CellIndex:
        """Index of units at degrees lon, lat [k].

        The radius is that of the units really inside, so the bound holds whatever the cell's distortion.
        """
        return CellIndex._of_cells(_cells_of(lon, lat, resolution), lon, lat, resolution)

    def with_moved(self, rows: Int64, lon: Float64, lat: Float64) -> CellIndex:
        """Index of the same units after `rows` moved; lon, lat [units] are everybody's. O(units)."""
        ids = self._ids()
        ids[rows] = _cells_of(lon[rows], lat[rows], self.resolution)
        return CellIndex._of_cells(ids, lon, lat, self.resolution)

    def taken(self, rows: Int64, lon: Float64, lat: Float64) -> CellIndex:
        """Index of `rows` (repetition allowed) as the new units 0, 1, ...; lon, lat are those of the old units."""
        return CellIndex._of_cells(self._ids()[rows], lon[rows], lat[rows], self.resolution)

    def _ids(self) -> Int64:
        """[units] the cell of each unit."""
        ids = np.empty(self.row.size, np.int64)
        ids[self.row] = np.repeat(self.cell, np.diff(self.first))
        return ids

    @staticmethod
    def _of_cells(ids: Int64, lon: Float64, lat: Float64, resolution: int) -> CellIndex:
        row = np.argsort(ids, kind="stable").astype(np.int32)
        cell, start = np.unique(ids[row], return_index=True)
        first = np.append(start, ids.size).astype(np.int64)
        centre = _centres(cell)
        if ids.size == 0:
            return CellIndex(resolution, cell, centre, np.empty(0), first, row)
        inside = unit_vectors(lon, lat)[row] - np.repeat(centre, np.diff(first), axis=0)
        reach = np.sqrt((inside * inside).sum(axis=1)) * EARTH_RADIUS_M
        return CellIndex(resolution, cell, centre, np.maximum.reduceat(reach, first[:-1]), first, row)


@lru_cache(maxsize=1 << 16)
def _centre(cell: int) -> tuple[float, float]:
    return h3.cell_to_latlng(cell)


def _centres(cells: Int64) -> Float64:
    """[c, 3] centres on the unit sphere."""
    latlng = np.array([_centre(int(c)) for c in cells]).reshape(-1, 2)
    return unit_vectors(latlng[:, 1], latlng[:, 0])


def _cells_of(lon: Float64, lat: Float64, resolution: int) -> Int64:
    return np.fromiter((h3.latlng_to_cell(y, x, resolution) for x, y in zip(lon, lat, strict=True)), np.int64, lon.size)
