"""Elimination tree and chordal graph of an order (Liu 1990; Dibbelt, Strasser and Wagner 2016).

Nodes get *inner ids*: a preorder of the elimination tree, the root is 0, so ancestors have smaller ids, a subtree is
one range of ids, and the ids descending are an order of elimination.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import NONE


@njit(nogil=True, cache=True)
def tree_parents(first, neighbour, order, rank, parent):
    """Parent of each rank in the elimination tree (-1 at a root); Liu's algorithm, O(m log n)."""
    n = order.size
    shortcut = np.full(n, -1, np.int32)
    for r in range(n):
        parent[r] = -1
        v = order[r]
        for i in range(first[v], first[v + 1]):
            x = rank[neighbour[i]]
            while x < r:
                up = shortcut[x]
                shortcut[x] = r
                if up == -1:
                    parent[x] = r
                    break
                if up == r:
                    break
                x = up


@njit(nogil=True, cache=True)
def preorder(parent, inner, depth, size):
    """Inner id of each rank, and by inner id depth and subtree size; returns (roots, deepest depth); O(n)."""
    n = parent.size
    count = np.ones(n, np.int32)
    roots = 0
    for r in range(n):
        if parent[r] >= 0:
            count[parent[r]] += count[r]
        else:
            roots += 1
    following = np.empty(n, np.int32)
    level = np.empty(n, np.int32)
    free = 0
    deepest = 0
    for r in range(n - 1, -1, -1):
        p = parent[r]
        if p < 0:
            inner[r] = free
            free += count[r]
            level[r] = 0
        else:
            inner[r] = following[p]
            following[p] += count[r]
            level[r] = level[p] + 1
        following[r] = inner[r] + 1
        depth[inner[r]] = level[r]
        size[inner[r]] = count[r]
        deepest = max(deepest, level[r])
    return roots, deepest


@njit(nogil=True, cache=True)
def chordal_depths(first, neighbour, node_of, inner_of, depth, size, height, position):
    """Depths of the upper neighbours of all nodes, in one growing array; O(triangles along the tree).

    Written node by node in descending id; `position` [n] receives the start of each node's list. Upper neighbours are
    those of the input graph and those of all children, the node itself left out.
    """
    n = depth.size
    rows = np.empty(8 * n + height + 16, np.uint16)
    used = 0
    stamp = np.full(height + 1, -1, np.int32)
    for k in range(n):
        v = n - 1 - k
        dv = depth[v]
        if used + height + 1 > rows.size:
            larger = np.empty(2 * rows.size + height, np.uint16)
            larger[:used] = rows[:used]
            rows = larger
        start = used
        position[v] = start
        node = node_of[v]
        for i in range(first[node], first[node + 1]):
            u = inner_of[neighbour[i]]
            if u < v:
                d = depth[u]
                if stamp[d] != v:
                    stamp[d] = v
                    rows[used] = d
                    used += 1
        child = v + 1
        end = v + size[v]
        while child < end:
            for e in range(position[child], position[child] + 65536):
                d = rows[e]
                if d >= dv:  # the list is root first and ends with the parent: this node
                    break
                if stamp[d] != v:
                    stamp[d] = v
                    rows[used] = d
                    used += 1
            child += size[child]
        if used - start > 24:  # long lists: read the stamps; short ones: insertion sort
            used = start
            for d in range(dv):
                if stamp[d] == v:
                    rows[used] = d
                    used += 1
        else:
            for i in range(start + 1, used):
                d = rows[i]
                j = i - 1
                while j >= start and rows[j] > d:
                    rows[j + 1] = rows[j]
                    j -= 1
                rows[j + 1] = d
    return rows[:used]


@njit(nogil=True, cache=True)
def fill_edges(rows, position, depth, height, up_first, up_depth, up_node):
    """Lay the lists of `chordal_depths` out by ascending id and name the upper nodes; O(edges)."""
    n = depth.size
    path = np.zeros(height + 1, np.uint32)
    edge = 0
    for v in range(n):
        path[depth[v]] = v
        up_first[v] = edge
        end = rows.size if v == 0 else position[v - 1]
        for i in range(position[v], end):
            up_depth[edge] = rows[i]
            up_node[edge] = path[rows[i]]
            edge += 1
    up_first[n] = edge


@njit(nogil=True, cache=True)
def down_lists(up_first, up_node, down_first, down_edge, down_start):
    """Edges by their upper node, lower node ascending, with the first edge of the lower node's own list; O(edges)."""
    n = up_first.size - 1
    for e in range(up_node.size):
        down_first[up_node[e] + 1] += 1
    for v in range(n):
        down_first[v + 1] += down_first[v]
    free = down_first[:n].copy()
    for v in range(n):
        for e in range(up_first[v], up_first[v + 1]):
            u = up_node[e]
            down_edge[free[u]] = e
            down_start[free[u]] = up_first[v]
            free[u] += 1


@njit(nogil=True, cache=True)
def arc_slots(tail, head, inner_of, up_first, up_node, arc_slot):
    """Slot of each input arc: 2e when it climbs edge e, 2e + 1 when it descends it, NONE for a loop; O(m log d)."""
    for i in range(tail.size):
        a = inner_of[tail[i]]
        b = inner_of[head[i]]
        if a == b:
            arc_slot[i] = NONE
            continue
        low = max(a, b)
        high = min(a, b)
        left = np.int64(up_first[low])
        right = np.int64(up_first[low + 1]) - 1
        while left < right:
            middle = (left + right) >> 1
            if up_node[middle] < high:
                left = middle + 1
            else:
                right = middle
        arc_slot[i] = 2 * left + (0 if low == a else 1)
