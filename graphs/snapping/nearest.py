"""The nearest road segment of each location: about constant time, wherever it lies."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from graphs.snapping.grid import BLOCK, square_distance

#: A circle that spans at most this many cells is searched cell by cell (read by kernels).
FEW_CELLS = 5


@njit(nogil=True, cache=True)
def gap(value, low, high):
    """How far a value lies outside an interval."""
    return max(low - value, value - high, 0.0)


@njit(nogil=True, cache=True)
def cell_of(value, width, count):
    """The column (or row) a coordinate lies in, or the nearest one; safe for any finite value."""
    return int(min(max(math.floor(value / width), 0.0), count - 1.0))


@njit(nogil=True, cache=True)
def scan_cell(line, segment, begin, end, px, py, best, found, ahead):
    """The nearest of ``segment[begin:end]``, when nearer than ``best`` (squared): squared distance, it, metres."""
    for k in range(begin, end):
        d, t = square_distance(line, segment[k], px, py)
        if d < best:
            best, found, ahead = d, np.int64(segment[k]), t
    return best, found, ahead


@njit(nogil=True, cache=True)
def nearest_segments(grid, px, py, found, ahead, square):
    """For each of k places on the plane: nearest segment, metres along it, squared distance. About constant time each.

    The location's own cell, or its seed, gives a bound; then every other cell within that bound is looked at: one by
    one when they are few, else from blocks about as large as the bound, nearer blocks first.
    """
    line, size, first, segment, occupied = grid.line, grid.size, grid.first, grid.segment, grid.occupied
    seed, width, levels = grid.seed, grid.origin[2], grid.size.shape[0]
    west, south, all_columns, all_rows = grid.origin[0], grid.origin[1], grid.size[0, 0], grid.size[0, 1]
    stack = np.empty((BLOCK * BLOCK * levels + 1, 3), np.int64)
    bound = np.empty(BLOCK * BLOCK * levels + 1, np.float64)
    for k in range(px.size):
        x, y = px[k], py[k]
        u, v = x - west, y - south
        home = cell_of(v, width, all_rows) * all_columns + cell_of(u, width, all_columns)
        best, s, t = np.inf, np.int64(seed[home]), 0.0
        if occupied[home]:
            best, s, t = scan_cell(line, segment, first[home], first[home + 1], x, y, best, s, t)
        else:
            best, t = square_distance(line, s, x, y)
        radius = math.sqrt(best)
        level, side = 0, width
        while level < levels - 1 and 2.0 * radius > (FEW_CELLS - 2) * side:
            level += 1
            side *= BLOCK
        columns, rows, start = size[level, 0], size[level, 1], size[level, 2]
        left, right = cell_of(u - radius, side, columns), cell_of(u + radius, side, columns)
        for j in range(cell_of(v - radius, side, rows), cell_of(v + radius, side, rows) + 1):
            dy = gap(v, j * side, (j + 1) * side)
            for i in range(left, right + 1):
                at = j * columns + i
                dx = gap(u, i * side, (i + 1) * side)
                if dx * dx + dy * dy >= best or not occupied[start + at]:
                    continue
                if level > 0:
                    best, s, t = search_block(
                        line, size, first, segment, occupied, width, x, y, u, v, level, i, j, best, s, t, stack, bound
                    )
                elif at != home:
                    best, s, t = scan_cell(line, segment, first[at], first[at + 1], x, y, best, s, t)
        found[k], ahead[k], square[k] = s, t, best


@njit(nogil=True, cache=True)
def search_block(
    line, size, first, segment, occupied, width, px, py, u, v, top, column, row, best, found, ahead, stack, bound
):
    """The nearest segment in one block, when nearer than ``best``: depth first, nearer blocks first."""
    stack[0, 0], stack[0, 1], stack[0, 2] = top, column, row
    bound[0] = 0.0
    depth = 1
    while depth:
        depth -= 1
        level, i, j = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        if bound[depth] >= best:
            continue
        if level == 0:
            cell = j * size[0, 0] + i
            best, found, ahead = scan_cell(line, segment, first[cell], first[cell + 1], px, py, best, found, ahead)
            continue
        below = level - 1
        columns, rows, start = size[below, 0], size[below, 1], size[below, 2]
        side = width * BLOCK**below
        base = depth
        for b in range(j * BLOCK, min((j + 1) * BLOCK, rows)):
            dy = gap(v, b * side, (b + 1) * side)
            for a in range(i * BLOCK, min((i + 1) * BLOCK, columns)):
                if not occupied[start + b * columns + a]:
                    continue
                dx = gap(u, a * side, (a + 1) * side)
                d = dx * dx + dy * dy
                if d >= best:
                    continue
                at = depth  # farthest lowest, so that the nearest comes off first
                while at > base and bound[at - 1] < d:
                    bound[at] = bound[at - 1]
                    for field in range(3):
                        stack[at, field] = stack[at - 1, field]
                    at -= 1
                bound[at] = d
                stack[at, 0], stack[at, 1], stack[at, 2] = below, a, b
                depth += 1
    return best, found, ahead
