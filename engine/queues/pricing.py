"""Pricing: for each unit its tours of least reduced cost, and a bound below all of them.

Depth-first over tours, pruned by the completion tables. Exact when no unit meets its node limit; otherwise the bound
covers what was left unseen, so the sum is a valid lower bound on every round.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.queues.borrow import borrow
from engine.queues.completion import TOP
from engine.queues.evaluate import overtime_cost, step
from engine.queues.limits import MOST_JOBS
from graphs.search import INF

#: Reduced costs above this are not worth a column (milli-minutes).
EPSILON = -1


@njit(nogil=True, cache=True)
def _sort(key, item, size):
    """Sort item[:size] by key[:size], ascending, in place. O(size^2) for a few, else O(size log size)."""
    if size > 24:
        order = np.argsort(key[:size])
        copy_key, copy_item = key[:size].copy(), item[:size].copy()
        for x in range(size):
            key[x], item[x] = copy_key[order[x]], copy_item[order[x]]
        return
    for x in range(1, size):
        k, v, y = key[x], item[x], x - 1
        while y >= 0 and key[y] > k:
            key[y + 1], item[y + 1] = key[y], item[y]
            y -= 1
        key[y + 1], item[y + 1] = k, v


@njit(nogil=True, cache=True)
def _remember(found, size_of, reduced, cost, kept, most, tour, n, rc, total):
    """Keep a tour if it is among the `most` best of its unit; returns how many are kept. O(most)."""
    at = kept
    if kept == most:
        at = 0
        for m in range(1, most):
            if reduced[m] > reduced[at]:
                at = m
        if reduced[at] <= rc:
            return kept
    else:
        kept += 1
    reduced[at], cost[at], size_of[at] = rc, total, n
    for p in range(n):
        found[at, p] = tour[p]
    return kept


@njit(nogil=True, cache=True)
def price_unit(a, u, prices, least, tables, most, node_limit, share, found, size_of, reduced, cost, key, item):
    """(how many tours were kept, lower bound on the reduced cost of every tour of u).

    Tours go to found/size_of/reduced/cost [most]. Besides the best tour those are kept which the search meets while
    looking for something better than `share` of the best so far (1: only better). key, item: room [5, j].
    The empty tour counts 0 unless the unit is pinned.
    """
    a = borrow(a)
    tables = borrow(tables)
    found = borrow(found)
    size_of = borrow(size_of)
    reduced = borrow(reduced)
    cost = borrow(cost)
    key = borrow(key)
    item = borrow(item)
    best_table, then_table, other_table, bin_ms, shift = tables
    bins = best_table.shape[2]
    n = a.service.size
    depth = min(np.int64(a.max_jobs), MOST_JOBS)
    pin = a.pin[u]
    tour = np.empty(MOST_JOBS, np.int32)
    size = np.zeros(MOST_JOBS, np.int64)
    at = np.zeros(MOST_JOBS, np.int64)
    time = np.empty(MOST_JOBS + 1, np.int64)
    rest = np.empty(MOST_JOBS + 1, np.int64)  # reduced cost so far, without overtime
    total = np.empty(MOST_JOBS + 1, np.int64)
    time[0], rest[0], total[0] = a.ready[u], 0, 0
    kept, nodes = 0, 0
    top = np.int64(1) << 60
    best = top if pin >= 0 else np.int64(EPSILON)
    unseen = top
    level = 0
    opening = True
    while True:
        if opening:  # list the jobs that may come next, by bound
            count = 0
            limit = best if best > 0 else np.int64(best * share)
            left = depth - level - 1
            last = tour[level - 1] if level > 0 else -1
            before = tour[level - 2] if level > 1 else -1
            for i in range(n):
                if a.fixed[u, i] < 0 or least[i] >= TOP or (level == 0 and pin >= 0 and i != pin):
                    continue
                if level == 0:
                    travel, drive = np.int64(a.first[u, i]), a.first_drive[u, i]
                else:
                    travel, drive = np.int64(a.between[last, i]), a.between_drive[last, i]
                if travel >= INF:
                    continue
                b = min(np.int64(bins - 1), (time[level] + travel) // bin_ms)
                if pin >= 0 and level == 0:
                    bound = -top
                else:
                    table = best_table[left, i, b]
                    if level > 0 and then_table[left, i, b] == last:
                        table = other_table[left, i, b]
                    bound = rest[level] + drive + (np.int64(table) << shift) + a.fixed[u, i] - least[i]
                    if bound >= limit:
                        continue
                if i in (before, last):
                    continue
                key[level, count], item[level, count] = bound, i
                count += 1
            _sort(key[level], item[level], count)
            size[level], at[level] = count, 0
            opening = False
        if at[level] >= size[level]:
            if level == 0:
                break
            level -= 1
            continue
        bound, j = key[level, at[level]], item[level, at[level]]
        limit = best if best > 0 else np.int64(best * share)
        if bound >= limit:  # the others are no better
            at[level] = size[level]
            continue
        at[level] += 1
        if nodes >= node_limit and not (pin >= 0 and level == 0):
            unseen = min(unseen, bound)
            at[level] = size[level]
            continue
        barred = False
        for q in range(level):
            if tour[q] == j or (a.group[j] >= 0 and a.group[tour[q]] == a.group[j]):
                barred = True
                break
        if barred:
            continue
        arrival, added = step(a, u, tour[level - 1] if level > 0 else -1, time[level], j)
        if added < 0:
            continue
        nodes += 1
        tour[level] = j
        end = arrival + a.service[j]
        time[level + 1] = end
        rest[level + 1] = rest[level] + added - prices[j]
        total[level + 1] = total[level] + added
        over = overtime_cost(a, u, tour[level - 1] if level > 0 else -1, j, end)
        rc = rest[level + 1] + over
        if rc < best or (rc < EPSILON and rc < best * share):
            kept = _remember(found, size_of, reduced, cost, kept, most, tour, level + 1, rc, total[level + 1] + over)
            best = min(best, rc)
        if level + 1 < depth:
            level += 1
            opening = True
    bound = min(best, unseen)
    if pin < 0:
        bound = min(bound, np.int64(0)) if (kept > 0 or unseen < 0) else np.int64(0)
        if kept == 0 and unseen >= EPSILON:
            bound = np.int64(EPSILON)  # tours above EPSILON were not looked for
    return kept, bound


@njit(nogil=True, cache=True)
def price_units(
    a, units, prices, least, tables, most, node_limit, share, found, size_of, reduced, cost, kept, bound, halt
):
    """`price_unit` for each of `units`; outputs [k, ...] in their order.

    Ends early when halt[0] is set: what was found counts, bounds do not.
    """
    a = borrow(a)
    tables = borrow(tables)
    found = borrow(found)
    size_of = borrow(size_of)
    reduced = borrow(reduced)
    cost = borrow(cost)
    n = a.service.size
    key = np.empty((MOST_JOBS, max(1, n)), np.int64)
    item = np.empty((MOST_JOBS, max(1, n)), np.int32)
    kept[: units.size] = 0
    for x in range(units.size):
        if halt[0]:
            return
        kept[x], bound[x] = price_unit(
            a, units[x], prices, least, tables, most, node_limit, share,
            found[x], size_of[x], reduced[x], cost[x], key, item,
        )  # fmt: skip


@njit(nogil=True, cache=True)
def price_leaving(a, prices):
    """Sum of all prices, less what leaving jobs at their unserved cost saves; pinned jobs cannot be left. O(j)."""
    total = prices.sum()
    pinned = np.zeros(prices.size, np.bool_)
    for u in range(a.pin.size):
        if a.pin[u] >= 0:
            pinned[a.pin[u]] = True
    for j in range(prices.size):
        if not pinned[j]:
            total += min(np.int64(0), a.unserved[j] - prices[j])
    return total
