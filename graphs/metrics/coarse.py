"""A coarse grid over a polygon: tells of most boxes and points at once whether they are inside or far from it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from graphs.network import Int64

#: Cells along each side; a look at a cell costs about as much as one at a road.
MOST_CELLS, LEAST_CELLS = 24, 4
#: Roads for each cell of the grid, about: with fewer, the cells would cost more than they save.
ROADS_A_CELL = 8
#: Degrees (0.1 mm): cells are taken a little larger than they are, so that rounding puts no point into a wrong one.
SLACK_DEGREES = 1e-9


class CoarseGrid:
    """Cells of a prepared polygon's box that are inside of it, outside, or neither; never wrong, only undecided."""

    def __init__(self, prepared: BaseGeometry, roads: int) -> None:
        """`roads` is how many are going to be asked about."""
        west, south, east, north = prepared.bounds
        self._count = count = int(np.clip(np.sqrt(roads / ROADS_A_CELL), LEAST_CELLS, MOST_CELLS))
        self._origin = np.array([west, south])
        self._step = np.maximum([(east - west) / count, (north - south) / count], SLACK_DEGREES)
        low = [start + step * np.arange(count) for start, step in zip(self._origin, self._step, strict=True)]
        lon, lat = np.meshgrid(*low)  # [row, column]
        boxes = shapely.box(
            lon - SLACK_DEGREES,
            lat - SLACK_DEGREES,
            lon + self._step[0] + SLACK_DEGREES,
            lat + self._step[1] + SLACK_DEGREES,
        )
        self._inside = shapely.contains_properly(prepared, boxes)
        met = self._inside | shapely.intersects(prepared, boxes)
        self._met = np.zeros((count + 1, count + 1), np.int64)  # sums of all cells below and left
        self._met[1:, 1:] = met.cumsum(axis=0).cumsum(axis=1)

    def inside(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """[n] whether a point [n, 2] is certainly inside."""
        cell = np.floor((points - self._origin) / self._step).astype(np.int64)
        found = ((cell >= 0) & (cell < self._count)).all(axis=1)
        cell = cell.clip(0, self._count - 1)
        return found & self._inside[cell[:, 1], cell[:, 0]]

    def near(self, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """[n] whether a box from low [n, 2] to high [n, 2], which meets the polygon's box, may touch the polygon."""
        first, last = self._cells(low), self._cells(high) + 1
        sums = self._met
        met = (
            sums[last[:, 1], last[:, 0]]
            - sums[first[:, 1], last[:, 0]]
            - sums[last[:, 1], first[:, 0]]
            + sums[first[:, 1], first[:, 0]]
        )
        return met > 0

    def _cells(self, points: npt.NDArray[np.float64]) -> Int64:
        return np.floor((points - self._origin) / self._step).astype(np.int64).clip(0, self._count - 1)
