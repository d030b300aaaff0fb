"""Kernels that compute label rows.

Entry d of a position's row is the time to (or from) its ancestor at depth d over upward (downward) edges only: an
upper bound of the true time, exact at the top of every shortest path, hence exact in sum over a common prefix.
`side` 0 reads times up (position -> ancestor), 1 times down (ancestor -> position).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import INF


@njit(nogil=True, cache=True)
def climb(
    up_first, up_depth, node_depth, parent, times, side, lower, low_cost, upper, high_cost, start, data
):  # fmt: skip
    """Rows by one upward search each; O(edges above the lower node) a row, the cheapest way for a few rows."""
    one = np.uint64(1)
    for i in range(lower.size):
        begin = np.uint64(start[i])
        v = np.uint64(lower[i])
        depth = np.uint64(node_depth[v])
        for d in range(depth):
            data[begin + d] = np.int32(INF)
        data[begin + depth] = low_cost[i]
        other = begin + np.uint64(node_depth[upper[i]])
        data[other] = min(data[other], high_cost[i])
        position = begin + depth + one
        while position > begin:
            position -= one
            here = data[position]
            if here < INF:
                for e in range(np.uint64(up_first[v]), np.uint64(up_first[v + one])):
                    d = begin + np.uint64(up_depth[e])
                    data[d] = min(data[d], np.int32(here + times[np.uint64(2) * e + np.uint64(side)]))
            v = np.uint64(parent[v])


@njit(nogil=True, cache=True)
def label_sorted(
    up_first, up_depth, node_depth, parent, times, side,
    sequence, common, lower, low_cost, upper, high_cost, start, data, stack, stride,
):  # fmt: skip
    """Rows of many positions in preorder (`sequence` sorts `lower`), computing the row of each ancestor once.

    `stack` holds the rows of the nodes on the current root path, one per depth, `stride` (a multiple of 32) entries
    each, INF beyond a node's own depth so that all loops may overrun to whole vectors. A node's row is the least over
    its edges of the edge's time + the upper node's row. O(union of root paths x edges x depth), contiguous streams.
    """
    one = np.uint64(1)
    two = np.uint64(2)
    wide = np.uint64(stride)
    path = np.empty(stride, np.uint32)
    for i in range(sequence.size):
        p = np.uint64(sequence[i])
        depth = np.uint64(node_depth[lower[p]])
        known = np.uint64(common[i])
        u = lower[p]
        d = depth + one
        while d > known:
            d -= one
            path[d] = u
            u = parent[u]
        for d in range(known, depth + one):
            row = d * wide
            for j in range(wide):
                stack[row + j] = np.int32(INF)
            e = np.uint64(up_first[path[d]])
            last = np.uint64(up_first[np.uint64(path[d]) + one])
            while e + np.uint64(4) <= last:
                slot = two * e + np.uint64(side)
                a = np.uint64(up_depth[e]) * wide
                b = np.uint64(up_depth[e + one]) * wide
                c = np.uint64(up_depth[e + two]) * wide
                deepest = np.uint64(up_depth[e + np.uint64(3)])
                f = deepest * wide
                step_a = times[slot]
                step_b = times[slot + two]
                step_c = times[slot + np.uint64(4)]
                step_f = times[slot + np.uint64(6)]
                for j in range((deepest + np.uint64(32)) & ~np.uint64(31)):
                    ab = min(np.int32(stack[a + j] + step_a), np.int32(stack[b + j] + step_b))
                    cf = min(np.int32(stack[c + j] + step_c), np.int32(stack[f + j] + step_f))
                    stack[row + j] = min(stack[row + j], min(ab, cf))
                e += np.uint64(4)
            while e < last:
                a = np.uint64(up_depth[e]) * wide
                step_a = times[two * e + np.uint64(side)]
                for j in range((np.uint64(up_depth[e]) + np.uint64(32)) & ~np.uint64(31)):
                    stack[row + j] = min(stack[row + j], np.int32(stack[a + j] + step_a))
                e += one
            stack[row + d] = np.int32(0)
        begin = np.uint64(start[p])
        cost = low_cost[p]
        row = depth * wide
        for j in range(depth + one):
            data[begin + j] = min(np.int32(INF), np.int32(stack[row + j] + cost))
        cost = high_cost[p]
        if cost < INF:
            d = np.uint64(node_depth[upper[p]])
            row = d * wide
            for j in range(d + one):
                data[begin + j] = min(data[begin + j], np.int32(stack[row + j] + cost))


@njit(nogil=True, cache=True)
def copy_rows(source, source_start, length, target, target_start):
    """Copy rows between buffers; O(entries)."""
    for i in range(length.size):
        begin = np.uint64(source_start[i])
        to = np.uint64(target_start[i])
        for j in range(np.uint64(length[i])):
            target[to + j] = source[begin + j]
