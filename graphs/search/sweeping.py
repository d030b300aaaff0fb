"""Top-down sweeps: times from one or many positions to every node of the graph."""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import INF


@njit(nogil=True, cache=True)
def sweep(up_first, up_depth, node_depth, node_of, parent, times, side, row, deep, height, out):
    """Times between one position and all nodes, by original id, given its label row; O(edges).

    The state of the nodes above the current one is a stack indexed by depth. `side` 1: from the position, 0: to it.
    """
    stack = np.empty(height, np.int32)
    path = np.empty(height + 1, np.int64)
    v = deep
    depth = np.int64(node_depth[deep])
    for k in range(depth + 1):
        path[depth - k] = v
        v = parent[v]
    path[depth + 1] = -1
    following = 0
    for v in range(node_of.size):
        best = np.int32(INF)
        if v == path[following]:
            best = row[following]
            following += 1
        for e in range(up_first[v], up_first[v + 1]):
            best = min(best, np.int32(stack[up_depth[e]] + times[2 * e + side]))
        stack[node_depth[v]] = best
        out[node_of[v]] = best


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
    n = node_of.size
    unreached = np.int64(INF) << 32
    for k in range(n):
        v = n - 1 - k
        key = keys[v]
        if key < unreached:
            for e in range(up_first[v], up_first[v + 1]):
                reached = key + (np.int64(times[2 * e + 1 - side]) << 32)
                u = up_node[e]
                if reached < keys[u]:
                    keys[u] = reached
    stack = np.empty(height, np.int64)
    for v in range(n):
        key = keys[v]
        for e in range(up_first[v], up_first[v + 1]):
            reached = stack[up_depth[e]] + (np.int64(times[2 * e + side]) << 32)
            if reached < key:
                key = reached
        if key > unreached:
            key = unreached
        stack[node_depth[v]] = key
        node = node_of[v]
        if key < unreached:
            out_time[node] = np.int32(key >> 32)
            out_index[node] = np.int32(key & 0xFFFFFFFF)
        else:
            out_time[node] = np.int32(INF)
            out_index[node] = np.int32(-1)
