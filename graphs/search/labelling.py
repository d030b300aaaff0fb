"""Kernels that compute label rows.

Entry d of a position's row is the time to (or from) its ancestor at depth d over upward (downward) edges only: an
upper bound of the true time, exact at the top of every shortest path, hence exact in sum over a common prefix.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .ancestry import common_length
from .arrays import INF


@njit(nogil=True, cache=True)
def climb(up_first, up_depth, node_depth, parent, times, side, row, lower, low_cost, upper, high_cost):
    """One row by an upward search from one or two nodes on one root path; O(edges above the lower node).

    `side` 0 reads times up (position -> ancestor), 1 times down. `row` holds depth[lower] + 1 entries. Set `upper` to
    `lower` and `high_cost` to `low_cost` for a single seed.
    """
    depth = np.int64(node_depth[lower])
    for d in range(depth + 1):
        row[d] = np.int32(INF)
    row[depth] = low_cost
    other = node_depth[upper]
    if high_cost < row[other]:
        row[other] = high_cost
    v = lower
    for k in range(depth + 1):
        here = row[depth - k]
        if here < INF:
            for e in range(up_first[v], up_first[v + 1]):
                d = up_depth[e]
                reached = np.int32(here + times[2 * e + side])
                if reached < row[d]:
                    row[d] = reached
        v = parent[v]


@njit(nogil=True, cache=True)
def label_sorted(
    up_first, up_depth, node_depth, parent, block_head, block_tail, block_table, times, side,
    sequence, lower, low_cost, upper, high_cost, start, data, stack
):  # fmt: skip
    """Rows of many positions, visited in preorder (`sequence` sorts `lower`), sharing the rows of common ancestors.

    `stack` [height, height] holds the rows of the nodes on the current root path, one per depth; the row of a node is
    the least over its edges of edge time + row of the upper node: contiguous streams. O(union of root paths x edges x
    depth).
    """
    path = np.empty(stack.shape[0], np.uint32)
    valid = np.int64(0)  # rows of the stack that belong to the current position's path
    before = np.int64(-1)
    for i in range(sequence.size):
        p = sequence[i]
        v = np.int64(lower[p])
        if before >= 0:
            valid = common_length(node_depth, block_head, block_tail, block_table, before, v)
        before = v
        depth = np.int64(node_depth[v])
        u = np.uint32(v)
        for k in range(depth + 1 - valid):
            path[depth - k] = u
            u = parent[u]
        for d in range(valid, depth + 1):
            u = path[d]
            row = stack[d]
            for j in range(d):
                row[j] = np.int32(INF)
            row[d] = np.int32(0)
            for e in range(up_first[u], up_first[u + 1]):
                step = times[2 * e + side]
                if step < INF:
                    above = stack[up_depth[e]]
                    for j in range(np.int64(up_depth[e]) + 1):
                        row[j] = min(row[j], np.int32(above[j] + step))
        low = low_cost[p]
        high = high_cost[p]
        above = stack[depth]
        begin = start[p]
        for j in range(depth + 1):
            data[begin + j] = min(np.int32(INF), np.int32(above[j] + low))
        if high < INF:
            other = np.int64(node_depth[upper[p]])
            above = stack[other]
            for j in range(other + 1):
                data[begin + j] = min(data[begin + j], np.int32(above[j] + high))


@njit(nogil=True, cache=True)
def copy_rows(source, source_start, length, target, target_start):
    """Copy rows between buffers; O(entries)."""
    for i in range(length.size):
        begin = source_start[i]
        to = target_start[i]
        for j in range(length[i]):
            target[to + j] = source[begin + j]
