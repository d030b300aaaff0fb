"""Which label rows a few changed edges of the hierarchy concern.

A row stays as it is unless an edge that climbs from its position's root path carried one of its entries and became
slower, or became fast enough to better one: entries are final from the bottom up, so if no changed edge moves any of
them under the old times, nothing moves. Names and conventions as in labelling.py.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .arrays import INF
from .unpacking import lower_node


@njit(nogil=True, cache=True)
def group_changed(up_first, old_times, times, side, candidates, changed, group, group_first):
    """Those of the candidates (edges, ascending) whose time on a side differs, and the nodes that they climb from.

    Edges ``changed[group_first[g] : group_first[g + 1]]`` climb from node number g; `group` [n] is 1 + the number, 0
    elsewhere. Returns how many edges there are. O(edges log n).
    """
    groups = 0
    count = 0
    end = np.int64(0)
    for i in range(candidates.size):
        edge = np.int64(candidates[i])
        if old_times[2 * edge + side] == times[2 * edge + side]:
            continue
        if edge >= end:
            low = lower_node(up_first, edge)
            end = np.int64(up_first[low + 1])
            group_first[groups] = count
            groups += 1
            group[low] = groups
        changed[count] = edge
        count += 1
    group_first[groups] = count
    return count


@njit(nogil=True, cache=True)
def find_stale(
    up_depth, node_depth, parent, old_times, times, side, changed, group, group_first,
    sequence, common, lower, start, data, height, stale,
):  # fmt: skip
    """Mark in `stale` [k] the rows that changed edges move; O(union of root paths + changed edges above each row).

    `sequence` sorts the rows by preorder and `common` is what each shares with the one before: only the new part of a
    root path is walked. Rows that are marked already stay so.
    """
    place = np.empty(height, np.int64)  # depths on the root path from which changed edges climb, ascending,
    climbing = np.empty(height, np.int64)  # and the number of each one's node
    found = np.empty(height, np.int64)
    count = 0
    for i in range(sequence.size):
        p = sequence[i]
        while count > 0 and place[count - 1] >= common[i]:
            count -= 1
        v = np.int64(lower[p])
        d = np.int64(node_depth[v])
        fresh = 0
        while d >= common[i]:
            if group[v] > 0:
                found[fresh] = d
                climbing[count + fresh] = group[v] - 1
                fresh += 1
            v = np.int64(parent[v])
            d -= 1
        for j in range(fresh):
            place[count + j] = found[fresh - 1 - j]
        climbing[count : count + fresh] = climbing[count : count + fresh][::-1].copy()
        count += fresh
        begin = start[p]
        for j in range(count):
            here = np.int64(data[begin + place[j]])
            if stale[p] or here >= INF:
                continue
            for at in range(group_first[climbing[j]], group_first[climbing[j] + 1]):
                edge = np.int64(changed[at])
                entry = data[begin + up_depth[edge]]
                before = here + old_times[2 * edge + side]
                now = here + times[2 * edge + side]
                if now < entry or (now > before and before == entry and before < INF):
                    stale[p] = 1
                    break
