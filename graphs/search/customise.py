"""Customisation: the time of every edge of the chordal graph by triangle relaxation (Dibbelt et al. 2016)."""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import INF, NONE


@njit(nogil=True, cache=True)
def copy_weights(arc_slot, weights, times):
    """Cheapest input arc of every slot, INF where there is none; O(edges + arcs)."""
    times[:] = np.int32(INF)
    for i in range(arc_slot.size):
        slot = arc_slot[i]
        if slot != NONE and weights[i] < times[slot]:
            times[slot] = weights[i]


@njit(nogil=True, cache=True)
def relax_triangles(up_first, up_depth, down_first, down_edge, down_start, height, times):
    """Make `times` (interleaved up, down) shortest over all lower triangles; O(triangles), serial, in place.

    Node by node from the bottom: each lower neighbour v of b offers b -> v -> a and a -> v -> b for every a above b in
    its own list. The ancestors of b have distinct depths, so the times of b's edges live in a small dense array.
    """
    n = up_first.size - 1
    row = np.full(2 * height + 2, np.int32(INF), np.int32)
    for k in range(n):
        b = n - 1 - k
        begin = down_first[b]
        end = down_first[b + 1]
        if begin == end:
            continue
        first = up_first[b]
        last = up_first[b + 1]
        for e in range(first, last):
            d = up_depth[e]
            row[2 * d] = times[2 * e]
            row[2 * d + 1] = times[2 * e + 1]
        for i in range(begin, end):
            e = down_edge[i]
            climb = times[2 * e]
            descend = times[2 * e + 1]
            for f in range(down_start[i], e):
                d = up_depth[f]
                up = np.int32(descend + times[2 * f])
                down = np.int32(climb + times[2 * f + 1])
                if up < row[2 * d]:
                    row[2 * d] = up
                if down < row[2 * d + 1]:
                    row[2 * d + 1] = down
        for e in range(first, last):
            d = up_depth[e]
            times[2 * e] = row[2 * d]
            times[2 * e + 1] = row[2 * d + 1]
