"""Partial customisation: only edges whose time may change are computed anew, edge by edge (Dibbelt et al. 2016)."""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import INF
from .unpacking import cheapest_arc


@njit(nogil=True, cache=True)
def find_depth(up_depth, first, count, below, depth):
    """Place of `depth` (or of the next greater one) in the ascending list of `count` edges from `first` on.

    All depths are less than `below`, so at most ``below - count`` are missing: near the root, where lists are long and
    almost complete, hardly anything is left to search.
    """
    missing = np.int64(below) - np.int64(count)
    left = np.int64(first) + max(np.int64(0), np.int64(depth) - missing)
    right = np.int64(first) + min(np.int64(depth), np.int64(count))
    while left < right:
        middle = (left + right) >> 1
        if up_depth[np.uint64(middle)] < depth:
            left = middle + 1
        else:
            right = middle
    return left


@njit(nogil=True, cache=True)
def slot_time(
    up_depth, down_first, down_edge, down_start, arc_slot, slot_arc, weights, times, slot, low, low_depth, depth
):  # fmt: skip
    """Time of a slot between `low` and its upper neighbour at `depth`: input arcs and all lower triangles.

    Stops early at the time it had, below which nothing is known to lie.
    """
    floor = times[slot]
    arc = cheapest_arc(slot_arc, arc_slot, weights, slot)
    best = np.int32(INF)
    if arc >= 0:
        best = weights[arc]
    up = slot & 1
    for i in range(np.uint64(down_first[low]), np.uint64(down_first[low + 1])):
        if best <= floor:
            break
        edge = np.int64(down_edge[i])
        first = np.int64(down_start[i])
        found = find_depth(up_depth, first, edge - first, low_depth, depth)  # the lower node's list up to `low`
        if found < edge and up_depth[np.uint64(found)] == depth:
            # up: low -> lower -> upper; down: upper -> lower -> low
            best = min(best, np.int32(times[2 * edge + 1 - up] + times[2 * found + up]))
    return best


@njit(nogil=True, cache=True)
def push(heap, size, waiting, node):
    """Put a node into the heap (largest id on top) unless it waits there; returns the size."""
    if waiting[node]:
        return size
    waiting[node] = 1
    at = size
    heap[at] = node
    while at > 0 and heap[(at - 1) >> 1] < node:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = node
    return size + 1


@njit(nogil=True, cache=True)
def pop(heap, size, waiting):
    """Remove the node on top of the heap, which keeps `size - 1` nodes."""
    waiting[heap[0]] = 0
    last = heap[size - 1]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size - 1:
            break
        if child + 1 < size - 1 and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= last:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = last


@njit(nogil=True, cache=True)
def update_times(
    up_first, up_depth, up_node, down_first, down_edge, down_start, node_depth, arc_slot, slot_arc,
    old_weights, weights, arcs, lows, old, times, budget, moved,
):  # fmt: skip
    """Bring `times` (a copy of `old`) up to date with `weights` changed at `arcs`.

    Returns the work left of `budget`, the number of triangles to look at (negative: given up unfinished, because
    customising anew is faster), and how many edges have another time than before: they are in `moved`, in no order,
    unless there are more than it holds.

    Nodes wait in a heap, lowest in the tree (largest id) first, so all lower triangles of an edge are final when it is
    visited. A better time offered to a slot is taken at once; a slot whose time was carried by what has become slower
    is *lost* and computed anew, unless something better turned up: all that became faster has been offered to it.
    `lows` [arcs] is the lower node of each arc, -1 for loops.
    """
    heap = np.empty(node_depth.size, np.int64)
    waiting = np.zeros(node_depth.size, np.uint8)
    lost = np.zeros(times.size, np.uint8)
    changed = np.empty(2 * np.int64(node_depth.max()) + 2, np.int64)
    size = 0
    edges = 0
    for i in range(arcs.size):
        if lows[i] < 0:
            continue
        slot = arc_slot[arcs[i]]
        before = old_weights[arcs[i]]
        now = weights[arcs[i]]
        if now < times[slot]:
            times[slot] = now
            size = push(heap, size, waiting, lows[i])
        elif now > before and before == old[slot]:
            lost[slot] = 1
            size = push(heap, size, waiting, lows[i])
    while size > 0:
        v = heap[0]
        pop(heap, size, waiting)
        size -= 1
        first = np.int64(up_first[v])
        last = np.int64(up_first[v + 1])
        count = 0
        for slot in range(2 * first, 2 * last):
            if lost[slot] and times[slot] == old[slot]:
                budget -= np.int64(down_first[v + 1]) - np.int64(down_first[v])
                times[slot] = slot_time(
                    up_depth, down_first, down_edge, down_start, arc_slot, slot_arc, weights, times,
                    slot, v, node_depth[v], up_depth[slot >> 1],
                )  # fmt: skip
            if times[slot] != old[slot]:
                if count == 0 or changed[count - 1] >> 1 != slot >> 1:
                    if edges < moved.size:
                        moved[edges] = slot >> 1
                    edges += 1
                changed[count] = slot
                count += 1
        budget -= count * (last - first)
        if budget < 0:
            break
        for i in range(count):
            slot = changed[i]
            edge = slot >> 1
            up = slot & 1
            u = np.int64(up_node[edge])
            for other in range(first, last):
                if other == edge:
                    continue
                # up: x -> v -> u; down: u -> v -> x
                step = 2 * other + 1 - up
                before = min(INF, old[step] + old[slot])
                now = min(INF, times[step] + times[slot])
                if now == before:
                    continue
                x = np.int64(up_node[other])
                if x > u:
                    owner = x
                    depth = up_depth[edge]
                    way = up
                else:
                    owner = u
                    depth = up_depth[other]
                    way = 1 - up
                begin = up_first[owner]
                target = 2 * find_depth(up_depth, begin, up_first[owner + 1] - begin, node_depth[owner], depth) + way
                if now < times[target]:
                    times[target] = now
                    size = push(heap, size, waiting, owner)
                elif now > before and before == old[target]:
                    lost[target] = 1
                    size = push(heap, size, waiting, owner)
    return budget, edges


@njit(nogil=True, cache=True)
def copy_edges(edges, source, target):
    """Copy the times up and down some edges; O(edges)."""
    for edge in edges:
        target[2 * edge] = source[2 * edge]
        target[2 * edge + 1] = source[2 * edge + 1]


@njit(nogil=True, cache=True)
def copy_arcs(arcs, source, target):
    """Copy the weights of some arcs; O(arcs)."""
    for arc in arcs:
        target[arc] = source[arc]
