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
    one = np.uint64(1)
    two = np.uint64(2)
    n = up_first.size - 1
    row = np.full(2 * height + 2, np.int32(INF), np.int32)
    for k in range(n):
        b = np.uint64(n - 1 - k)
        begin = np.uint64(down_first[b])
        end = np.uint64(down_first[b + one])
        if begin == end:
            continue
        first = np.uint64(up_first[b])
        last = np.uint64(up_first[b + one])
        for e in range(first, last):
            d = two * np.uint64(up_depth[e])
            row[d] = times[two * e]
            row[d + one] = times[two * e + one]
        for i in range(begin, end):
            e = np.uint64(down_edge[i])
            climb = times[two * e]
            descend = times[two * e + one]
            for f in range(np.uint64(down_start[i]), e):
                d = two * np.uint64(up_depth[f])
                row[d] = min(row[d], np.int32(descend + times[two * f]))
                row[d + one] = min(row[d + one], np.int32(climb + times[two * f + one]))
        for e in range(first, last):
            d = two * np.uint64(up_depth[e])
            times[two * e] = row[d]
            times[two * e + one] = row[d + one]
