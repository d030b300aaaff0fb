"""From label rows back to the arcs one drives."""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import INF, NONE


@njit(nogil=True, cache=True)
def climb_via(up_first, up_depth, node_depth, parent, times, side, row, via, lower, low_cost, upper, high_cost):
    """`labelling.climb` that also notes the edge over which each depth was reached (-1 where a seed stands)."""
    depth = np.int64(node_depth[lower])
    for d in range(depth + 1):
        row[d] = np.int32(INF)
        via[d] = -1
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
                    via[d] = e
        v = parent[v]


@njit(nogil=True, cache=True)
def lower_node(up_first, edge):
    """The lower node of an edge: binary search in the starts of the lists; O(log n)."""
    left = np.int64(1)  # the root is nobody's lower node
    right = np.int64(up_first.size) - 2
    while left < right:
        middle = (left + right + 1) >> 1
        if up_first[middle] <= edge:
            left = middle
        else:
            right = middle - 1
    return left


@njit(nogil=True, cache=True)
def lower_nodes(up_first, slots):
    """`lower_node` of each slot's edge, -1 for NONE."""
    lows = np.empty(slots.size, np.int64)
    for i in range(slots.size):
        lows[i] = -1 if slots[i] == NONE else lower_node(up_first, slots[i] >> 1)
    return lows


@njit(nogil=True, cache=True)
def slots_down(up_first, node_depth, via, depth, side, slots):
    """Slots from the apex at `depth` down to the seed, following `via`; returns how many."""
    count = 0
    d = depth
    while via[d] >= 0:
        e = via[d]
        slots[count] = 2 * e + side
        count += 1
        d = np.int64(node_depth[lower_node(up_first, e)])
    return count


@njit(nogil=True, cache=True)
def cheapest_arc(slot_arc, arc_slot, weights, slot):
    """Cheapest input arc of a slot, the smallest number among equals, or -1; O(log m + arcs of the slot)."""
    left = np.int64(0)
    right = np.int64(slot_arc.size)
    while left < right:
        middle = (left + right) >> 1
        if arc_slot[slot_arc[middle]] < slot:
            left = middle + 1
        else:
            right = middle
    best = np.int64(-1)
    while left < slot_arc.size and arc_slot[slot_arc[left]] == slot:
        arc = np.int64(slot_arc[left])
        if best < 0 or weights[arc] < weights[best]:
            best = arc
        left += 1
    return best


@njit(nogil=True, cache=True)
def unpack(
    up_first, up_node, down_first, down_edge, down_start, arc_slot, slot_arc, weights, times, slots, arcs
):  # fmt: skip
    """Replace slots (in driving order) by the input arcs they stand for; returns the arcs.

    A slot that is no input arc goes through a common lower neighbour of both its ends, found by merging their sorted
    lists; each step descends, so the recursion ends. O(arcs x length of the lists).
    """
    stack = np.empty(slots.size + 64, np.int64)
    size = slots.size
    for i in range(size):
        stack[i] = slots[size - 1 - i]
    count = 0
    while size > 0:
        size -= 1
        slot = stack[size]
        arc = cheapest_arc(slot_arc, arc_slot, weights, slot)
        if arc >= 0 and weights[arc] == times[slot]:
            if count == arcs.size:
                larger = np.empty(2 * arcs.size, np.int64)
                larger[:count] = arcs
                arcs = larger
            arcs[count] = arc
            count += 1
            continue
        edge = slot >> 1
        up = (slot & 1) == 0
        low = lower_node(up_first, edge)
        high = np.int64(up_node[edge])
        i = np.int64(down_first[low])
        j = np.int64(down_first[high])
        while True:  # some middle node carries the time, or the metric is broken
            if down_start[i] < down_start[j]:
                i += 1
            elif down_start[i] > down_start[j]:
                j += 1
            else:
                to_low = 2 * np.int64(down_edge[i])
                to_high = 2 * np.int64(down_edge[j])
                one = to_low + 1 if up else to_high + 1  # down to the middle first,
                two = to_high if up else to_low  # then up from it
                if times[one] + times[two] == times[slot]:
                    break
                i += 1
                j += 1
        if size + 2 > stack.size:
            grown = np.empty(2 * stack.size, np.int64)
            grown[:size] = stack[:size]
            stack = grown
        stack[size] = two
        stack[size + 1] = one
        size += 2
    return arcs[:count]
