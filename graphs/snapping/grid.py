"""A grid over all road segments of a network: the index of snapping.

Every cell lists the segments that pass through it; coarser levels only say which blocks of 4 x 4 hold any, so that a
location far from every road skips empty land. Segments are named by their first point: segment ``s`` runs from point
``s`` to ``s + 1`` of `RoadNetwork.shape_lonlat`. Built in one pass over the segments: linear in segments and cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from graphs.network import SHAPE_SCALE, Float64, Int32, Int64, RoadNetwork
from graphs.search.arrays import frozen
from graphs.snapping.plane import Plane

#: Cells per segment, measured: fewer make the cells of a town crowded, more only cost memory.
CELLS_PER_SEGMENT = 4.0
#: However large the region (72 MB).
MOST_CELLS = 8_000_000
#: No cell is narrower, in metres on the plane: smaller ones only repeat segments.
NARROWEST_M = 30.0
#: Added to a segment's box on all sides: a metre is far more than rounding can move it.
SLACK_M = 1e-3
BLOCK = 4  # cells (or blocks) per side of a block one level up (read by kernels)


class GridArrays(NamedTuple):
    """What kernels read; all arrays read-only."""

    line: Float64  # [p, 5] of segment s: x, y of its first point, its direction as a unit vector, its length; metres
    along: Float64  # [p] metres on the plane from the first point of its shape
    shape: Int32  # [p] the shape each point belongs to
    span: Float64  # [s] length of each shape on the plane
    origin: Float64  # [3] x and y of the lower left corner, width of a cell
    size: Int64  # [levels, 3] columns, rows, where the level begins in ``occupied``
    first: Int32  # [cells + 1] segments of cell c are segment[first[c]:first[c + 1]]
    segment: Int32  # [entries]
    occupied: npt.NDArray[np.bool_]  # of all levels, cells first
    seed: Int32  # [cells] a segment near the middle of each cell: where a search begins


@dataclass(frozen=True, eq=False)
class SegmentGrid:
    """The index of one network."""

    plane: Plane
    arrays: GridArrays

    @classmethod
    def build(cls, network: RoadNetwork, wanted: npt.NDArray[np.bool_] | None = None) -> SegmentGrid:
        """Index the shapes of ``network``, or the ``wanted`` ones [s] (at least one); linear in segments and cells."""
        plane = Plane.over(network.node_lon)
        lonlat = network.shape_lonlat
        x, y = plane.place(lonlat[:, 0] / SHAPE_SCALE, lonlat[:, 1] / SHAPE_SCALE)
        counts = np.diff(network.shape_offset)
        shape = np.repeat(np.arange(counts.size, dtype=np.int32), counts)
        along = _along(x, y, network.shape_offset, shape)
        line = _lines(x, y, shape)
        arrays = GridArrays(
            line=frozen(line, np.float64),
            along=frozen(along, np.float64),
            shape=frozen(shape, np.int32),
            span=frozen(along[network.shape_offset[1:] - 1], np.float64),
            **_cells(line, shape, wanted),
        )
        return cls(plane, arrays)

    def over(self, wanted: npt.NDArray[np.bool_]) -> SegmentGrid:
        """The index of the ``wanted`` shapes [s] (at least one) alone; it shares their segments with this one."""
        return SegmentGrid(self.plane, self.arrays._replace(**_cells(self.arrays.line, self.arrays.shape, wanted)))

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return sum(array.nbytes for array in self.arrays)


def _lines(x: Float64, y: Float64, shape: Int32) -> Float64:
    line = np.zeros((x.size, 5))
    line[:, 0], line[:, 1] = x, y
    same = shape[:-1] == shape[1:]
    east, north = np.where(same, np.diff(x), 0.0), np.where(same, np.diff(y), 0.0)
    length = np.hypot(east, north)
    line[:-1, 4] = length
    length[length == 0.0] = 1.0
    line[:-1, 2], line[:-1, 3] = east / length, north / length
    return line


def _cells(line: Float64, shape: Int32, wanted: npt.NDArray[np.bool_] | None) -> dict[str, npt.NDArray[Any]]:
    """The cells of a grid over the segments of the wanted shapes, all of them when None."""
    inside = shape[:-1] == shape[1:]
    if wanted is not None:
        inside &= wanted[shape[:-1]]
    starts = np.flatnonzero(inside).astype(np.int32)
    x, y = np.ascontiguousarray(line[:, 0]), np.ascontiguousarray(line[:, 1])
    ends = np.concatenate((starts, starts + 1))
    origin, columns, rows = _extent(x[ends], y[ends], starts.size)
    first, segment = _fill(x, y, starts, origin, columns, rows)
    size, occupied = _levels(np.diff(first) > 0, columns, rows)
    return {
        "origin": frozen(origin, np.float64),
        "size": frozen(size, np.int64),
        "first": frozen(first, np.int32),
        "segment": frozen(segment, np.int32),
        "occupied": frozen(occupied, np.bool_),
        "seed": frozen(_seeds(line, origin, columns, rows, first, segment), np.int32),
    }


def _along(x: Float64, y: Float64, offset: Int64, shape: Int32) -> Float64:
    leg = np.zeros(x.size)
    leg[1:] = np.hypot(np.diff(x), np.diff(y))
    leg[offset[:-1]] = 0.0
    total = np.cumsum(leg)
    return total - total[offset[:-1]][shape]


def _extent(x: Float64, y: Float64, segments: int) -> tuple[Float64, int, int]:
    west, south = float(x.min()) - SLACK_M, float(y.min()) - SLACK_M
    wide, high = float(x.max()) - west + SLACK_M, float(y.max()) - south + SLACK_M
    cells = min(CELLS_PER_SEGMENT * segments, MOST_CELLS)
    width = max(math.sqrt(wide * high / cells), max(wide, high) / cells, NARROWEST_M)  # the second: all on one line
    return np.array([west, south, width]), int(wide / width) + 1, int(high / width) + 1


def _fill(x: Float64, y: Float64, starts: Int32, origin: Float64, columns: int, rows: int) -> tuple[Int32, Int32]:
    first = np.zeros(columns * rows + 1, np.int32)
    _visit_cells(x, y, starts, origin, columns, rows, first, np.empty(0, np.int32))
    np.cumsum(first, out=first)
    segment = np.empty(int(first[-1]), np.int32)
    _visit_cells(x, y, starts, origin, columns, rows, first[:-1].copy(), segment)
    return first, segment


@njit(nogil=True, cache=True)
def _visit_cells(x, y, starts, origin, columns, rows, count, segment):
    """Count the segments of each cell (into ``count`` one up), or, with room in ``segment``, write them at ``count``.

    A segment is cut into its rows; in each row it covers the columns between its least and greatest x there.
    """
    width = origin[2]
    filling = segment.size > 0
    for s in starts:
        ax, ay, bx, by = x[s] - origin[0], y[s] - origin[1], x[s + 1] - origin[0], y[s + 1] - origin[1]
        if ay > by:
            ax, ay, bx, by = bx, by, ax, ay
        low = max(int((ay - SLACK_M) / width), 0)
        high = min(int((by + SLACK_M) / width), rows - 1)
        for row in range(low, high + 1):
            left, right = ax, bx
            if by - ay > SLACK_M:
                slope = (bx - ax) / (by - ay)
                below = min(max(row * width - SLACK_M - ay, 0.0), by - ay)
                above = min(max((row + 1) * width + SLACK_M - ay, 0.0), by - ay)
                left, right = ax + slope * below, ax + slope * above
            if left > right:
                left, right = right, left
            begin = max(int((left - SLACK_M) / width), 0)
            end = min(int((right + SLACK_M) / width), columns - 1)
            for cell in range(row * columns + begin, row * columns + end + 1):
                if filling:
                    segment[count[cell]] = s
                    count[cell] += 1
                else:
                    count[cell + 1] += 1


@njit(nogil=True, cache=True)
def square_distance(line, s, px, py):
    """Squared distance of a place from segment ``s``, and how many metres along it is nearest; without a division."""
    ux, uy = line[s, 2], line[s, 3]
    wx, wy = px - line[s, 0], py - line[s, 1]
    t = wx * ux + wy * uy
    t = t if t > 0.0 else 0.0
    t = t if t < line[s, 4] else line[s, 4]
    ex, ey = wx - t * ux, wy - t * uy
    return ex * ex + ey * ey, t


@njit(nogil=True, cache=True)
def _seeds(line, origin, columns, rows, first, segment):
    """For each cell a segment near its middle: its own nearest, or what two sweeps hand on from its neighbours.

    Not always the nearest, so only an upper bound; linear in cells and entries.
    """
    seed = np.full(columns * rows, -1, np.int32)
    far = np.full(columns * rows, np.inf)
    for row in range(rows):
        py = origin[1] + (row + 0.5) * origin[2]
        for column in range(columns):
            cell = row * columns + column
            px = origin[0] + (column + 0.5) * origin[2]
            for k in range(first[cell], first[cell + 1]):
                d, _ = square_distance(line, segment[k], px, py)
                if d < far[cell]:
                    far[cell], seed[cell] = d, segment[k]
    for sweep in range(2):
        way = 1 - 2 * sweep
        for j in range(rows):
            row = j if way > 0 else rows - 1 - j
            py = origin[1] + (row + 0.5) * origin[2]
            for turn in range(2):  # along the row and back
                for i in range(columns):
                    column = i if (way > 0) == (turn == 0) else columns - 1 - i
                    cell = row * columns + column
                    if first[cell] < first[cell + 1]:
                        continue
                    px = origin[0] + (column + 0.5) * origin[2]
                    step = way if turn == 0 else -way
                    for n in range(4):
                        a, b = (column - step, row) if n == 3 else (column - 1 + n, row - way)
                        if (turn == 1 and n < 3) or a < 0 or b < 0 or a >= columns or b >= rows:
                            continue
                        s = seed[b * columns + a]
                        if s >= 0:
                            d, _ = square_distance(line, s, px, py)
                            if d < far[cell]:
                                far[cell], seed[cell] = d, s
    return seed


def _levels(cells: npt.NDArray[np.bool_], columns: int, rows: int) -> tuple[Int64, npt.NDArray[np.bool_]]:
    """Which blocks hold anything, level by level up to a single block."""
    level = cells.reshape(rows, columns)
    size, parts, begin = [], [], 0
    while True:
        rows, columns = level.shape
        size.append((columns, rows, begin))
        parts.append(level.ravel())
        begin += level.size
        if level.size == 1:
            return np.array(size, np.int64), np.concatenate(parts)
        padded = np.zeros((-(-rows // BLOCK) * BLOCK, -(-columns // BLOCK) * BLOCK), np.bool_)
        padded[:rows, :columns] = level
        level = padded.reshape(padded.shape[0] // BLOCK, BLOCK, padded.shape[1] // BLOCK, BLOCK).any(axis=(1, 3))
