"""Top-down sweeps: times from one or many positions to every node of the graph.

Nodes come in preorder, so what is known above the current node is a stack indexed by depth. The first `EAGER` edges of
a list are read without asking how many there are (the last one again, if fewer): two thirds of all nodes then cost no
mispredicted branch.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import INF

EAGER = 4


@njit(nogil=True, cache=True)
def sweep(up_first, up_depth, node_depth, node_of, parent, times, side, row, deep, height, out):
    """Times between one position and all nodes, by original id, given its label row; O(edges).

    `side` 1: from the position, 0: to it.
    """
    one = np.uint64(1)
    two = np.uint64(2)
    stack = np.empty(height, np.int32)
    path = np.empty(height + 1, np.uint64)
    depth = np.int64(node_depth[deep])
    v = np.uint64(deep)
    for k in range(depth + 1):
        path[depth - k] = v
        v = np.uint64(parent[v])
    path[depth + 1] = node_of.size
    following = 0
    e = np.uint64(0)
    for v in range(np.uint64(node_of.size)):
        best = np.int32(INF)
        if v == path[following]:
            best = row[following]
            following += 1
        last = np.uint64(up_first[v + one])
        if e < last:  # all but the root
            for i in range(np.uint64(EAGER)):
                f = min(e + i, last - one)
                best = min(best, np.int32(stack[np.uint64(up_depth[f])] + times[two * f + np.uint64(side)]))
            e += np.uint64(EAGER)
        while e < last:
            best = min(best, np.int32(stack[np.uint64(up_depth[e])] + times[two * e + np.uint64(side)]))
            e += one
        e = last
        stack[np.uint64(node_depth[v])] = best
        out[np.uint64(node_of[v])] = best


@njit(nogil=True, cache=True)
def seed_keys(lower, low_cost, upper, high_cost, keys):
    """Enter each position at its nodes: key = time << 32 | index of the position; the smallest wins."""
    for i in range(lower.size):
        if low_cost[i] < INF:
            keys[lower[i]] = min(keys[lower[i]], (np.int64(low_cost[i]) << 32) | i)
        if high_cost[i] < INF:
            keys[upper[i]] = min(keys[upper[i]], (np.int64(high_cost[i]) << 32) | i)


@njit(nogil=True, cache=True)
def nearest(up_first, up_depth, up_node, node_depth, node_of, times, side, keys, height, out_time, out_index):
    """Nearest position of every node, ties to the smallest index; `side` as in `sweep`; O(edges).

    First up: every node offers its best key to its upper neighbours. Then down as in `sweep`.
    """
    one = np.uint64(1)
    two = np.uint64(2)
    n = node_of.size
    unreached = np.int64(INF) << 32
    for k in range(n):
        v = np.uint64(n - 1 - k)
        key = keys[v]
        if key < unreached:
            for e in range(np.uint64(up_first[v]), np.uint64(up_first[v + one])):
                u = np.uint64(up_node[e])
                keys[u] = min(keys[u], key + (np.int64(times[two * e + np.uint64(1 - side)]) << 32))
    stack = np.empty(height, np.int64)
    e = np.uint64(0)
    for v in range(np.uint64(n)):
        key = keys[v]
        last = np.uint64(up_first[v + one])
        if e < last:
            for i in range(np.uint64(EAGER)):
                f = min(e + i, last - one)
                key = min(key, stack[np.uint64(up_depth[f])] + (np.int64(times[two * f + np.uint64(side)]) << 32))
            e += np.uint64(EAGER)
        while e < last:
            key = min(key, stack[np.uint64(up_depth[e])] + (np.int64(times[two * e + np.uint64(side)]) << 32))
            e += one
        e = last
        key = min(key, unreached)
        stack[np.uint64(node_depth[v])] = key
        node = np.uint64(node_of[v])
        out_time[node] = np.int32(key >> 32)
        out_index[node] = np.int32(key & 0xFFFFFFFF) if key < unreached else np.int32(-1)
