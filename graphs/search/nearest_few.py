"""The few nearest positions of every node: a sweep that carries short sorted lists instead of one time.

An entry is time << 32 | index of a position. Adding the same time to two entries keeps their order, so whoever is
among the first k at a node is among the first k of every node on the way there: lists may be cut at k everywhere.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import INF

#: Longest list; a list is searched from its end, which is only fast while lists are short.
MOST = 64
#: The entry of nobody.
NOBODY = np.int64(INF) << 32


@njit(nogil=True, cache=True, inline="always")
def put(lists, base, few, entry):
    """Enter one entry into the sorted list lists[base : base + few]; of one position only the least stays. O(few).

    The last falls out when the list is full. Returns False when the entry is no better than all that are there.
    """
    last = base + few - 1
    if entry >= lists[last]:
        return False
    who = entry & np.int64(0xFFFFFFFF)
    at = base
    while lists[at] < entry:
        if lists[at] & np.int64(0xFFFFFFFF) == who:
            return True  # there is a shorter way for the same position
        at += 1
    end = at  # an entry of the same position further back is the one that gives way, else the last
    while end < last and (lists[end] & np.int64(0xFFFFFFFF) != who or lists[end] >= NOBODY):
        end += 1
    while end > at:
        lists[end] = lists[end - 1]
        end -= 1
    lists[at] = entry
    return True


@njit(nogil=True, cache=True, inline="always")
def merge(lists, base, others, from_base, few, ms):
    """Enter a whole list, each `ms` later; the rest of it is left out once one is no better than all here. O(few^2)."""
    later = np.int64(ms) << 32
    for k in range(few):
        entry = others[from_base + k]
        if entry >= NOBODY or entry + later >= NOBODY:
            return
        if not put(lists, base, few, entry + later):
            return


@njit(nogil=True, cache=True)
def seed_lists(lower, low_cost, upper, high_cost, few, lists):
    """Enter each position at its nodes; O(positions x few)."""
    for i in range(lower.size):
        if low_cost[i] < INF:
            put(lists, np.int64(lower[i]) * few, few, (np.int64(low_cost[i]) << 32) | i)
        if high_cost[i] < INF:
            put(lists, np.int64(upper[i]) * few, few, (np.int64(high_cost[i]) << 32) | i)


@njit(nogil=True, cache=True)
def sweep_lists(up_first, up_depth, up_node, node_depth, times, side, lists, few, height):
    """Complete the lists [n x few] of all nodes, by inner id; `side` as in `sweeping.nearest`. O(edges x few^2).

    Up: every node offers its list to its upper neighbours. Down: it takes theirs, which are complete by then.
    """
    n = node_depth.size
    for k in range(n):
        v = np.uint64(n - 1 - k)
        base = np.int64(v) * few
        if lists[base] < NOBODY:
            for e in range(np.uint64(up_first[v]), np.uint64(up_first[v + np.uint64(1)])):
                ms = times[np.uint64(2) * e + np.uint64(1 - side)]
                if ms < INF:
                    merge(lists, np.int64(up_node[e]) * few, lists, base, few, ms)
    stack = np.empty(height * few, np.int64)
    for k in range(n):
        v = np.uint64(k)
        base = np.int64(v) * few
        for e in range(np.uint64(up_first[v]), np.uint64(up_first[v + np.uint64(1)])):
            ms = times[np.uint64(2) * e + np.uint64(side)]
            if ms < INF:
                merge(lists, base, stack, np.int64(up_depth[e]) * few, few, ms)
        to = np.int64(node_depth[v]) * few
        for k2 in range(few):
            stack[to + k2] = lists[base + k2]


@njit(nogil=True, cache=True)
def lists_at(inner_of, node_a, cost_a, node_b, cost_b, lists, few, out):
    """The lists of places that are entered from one or two nodes, into out [places x few]; O(places x few^2)."""
    for i in range(node_a.size):
        base = i * few
        for k in range(few):
            out[base + k] = NOBODY
        if cost_a[i] < INF:
            merge(out, base, lists, np.int64(inner_of[node_a[i]]) * few, few, cost_a[i])
        if node_b[i] >= 0 and cost_b[i] < INF:
            merge(out, base, lists, np.int64(inner_of[node_b[i]]) * few, few, cost_b[i])
