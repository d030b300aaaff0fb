"""Capped medians: every row costs the least of a cap and the values of the sites that are opened.

With values w x arrival and the existing sites (or a penalty) as the cap this is the p-median; with values 0 where a
site covers and the cap w it is maximal covering. One form, one bound, one search.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba as nb
import numpy as np

from engine.siting.limits import Deadline, Limits
from graphs.network import Float64, Int64


@dataclass(frozen=True, eq=False)
class Capped:
    """``n`` rows, ``m`` candidates; row i's entries are first[i] .. first[i + 1], ascending, all below its cap."""

    first: Int64  # [n + 1]
    site: Int64  # [e] 0 .. m - 1
    value: Float64  # [e]
    cap: Float64  # [n]
    cost: Float64  # [m]
    limits: Limits
    integral: bool  # whether every value, cap and the constant is a whole number
    constant: float  # what no candidate can change

    @staticmethod
    def of(value: Float64, cap: Float64, cost: Float64, limits: Limits) -> Capped:
        """From a matrix [n, m] and the caps [n]: entries that do not beat the cap are dropped, empty rows too."""
        useful = value < cap[:, None]
        served = useful.any(axis=1)
        constant = math.fsum(cap[~served].tolist())
        value, cap, useful = value[served], cap[served], useful[served]
        order = np.argsort(value, axis=1, kind="stable")
        kept = np.take_along_axis(useful, order, axis=1)
        first = np.concatenate([[0], np.cumsum(useful.sum(axis=1))]).astype(np.int64)
        values = np.take_along_axis(value, order, axis=1)[kept]
        whole = bool((values == np.rint(values)).all() and (cap == np.rint(cap)).all() and constant == round(constant))
        return Capped(
            first,
            order[kept].astype(np.int64),
            np.ascontiguousarray(values),
            np.ascontiguousarray(cap),
            np.ascontiguousarray(cost, np.float64),
            limits,
            whole and float(cap.sum()) + constant < 2.0**50,
            constant,
        )

    def total(self, chosen: Int64) -> float:
        """What the rows cost with these sites, without the constant."""
        best = np.array(self.cap)
        is_open = np.zeros(self.cost.size, np.bool_)
        is_open[chosen] = True
        _rows_best(self.first, self.site, self.value, is_open, best)
        return math.fsum(best.tolist())


def search(problem: Capped, start: Int64, deadline: Deadline) -> Int64:
    """Sites added while they help and there is room, then swapped while that helps; a local optimum of both."""
    is_open = np.zeros(problem.cost.size, np.bool_)
    is_open[start] = True
    limits = problem.limits
    while _improve(
        problem.first, problem.site, problem.value, problem.cap, problem.cost, limits.sites, limits.budget, is_open
    ):
        if deadline.over:
            break
    return np.flatnonzero(is_open)


def greedy(problem: Capped, deadline: Deadline) -> Int64:
    """The site that helps most (for its price, if there is a budget) first; the better of both ways, then swapped."""
    ways = (False, True) if math.isfinite(problem.limits.budget) else (False,)
    found = []
    for per_cost in ways:
        is_open = np.zeros(problem.cost.size, np.bool_)
        limits = problem.limits
        _add_greedily(
            problem.first, problem.site, problem.value, problem.cap, problem.cost, limits.sites, limits.budget,
            per_cost, is_open,
        )  # fmt: skip
        found.append(search(problem, np.flatnonzero(is_open), deadline))
    return min(found, key=problem.total)


@nb.njit(nogil=True, cache=True)
def _rows_best(first, site, value, is_open, best):
    """best[i] becomes the least of itself and the first open entry of the row. O(entries)."""
    for i in range(best.size):
        for e in range(first[i], first[i + 1]):
            if is_open[site[e]]:
                best[i] = min(best[i], value[e])
                break


@nb.njit(nogil=True, cache=True)
def _add_greedily(first, site, value, cap, cost, most, budget, per_cost, is_open):
    """O(sites opened x entries); `is_open` is changed in place."""
    best = cap.copy()
    spent, count = 0.0, 0
    gain = np.empty(cost.size)
    while count < most:
        gain[:] = 0.0
        for i in range(cap.size):
            for e in range(first[i], first[i + 1]):
                if value[e] >= best[i]:
                    break
                gain[site[e]] += best[i] - value[e]
        chosen, most_gain = -1, 0.0
        for j in range(cost.size):
            if is_open[j] or spent + cost[j] > budget:
                continue
            worth = gain[j]
            if per_cost:
                worth = gain[j] / max(cost[j], 1e-12)
            if worth > most_gain:
                chosen, most_gain = j, worth
        if chosen < 0:
            break
        is_open[chosen] = True
        spent += cost[chosen]
        count += 1
        _rows_best(first, site, value, is_open, best)


@nb.njit(nogil=True, cache=True)
def _improve(first, site, value, cap, cost, most, budget, is_open):
    """The best addition or swap, made in place; False when none helps. O(entries + m x open).

    Fast interchange: Resende & Werneck, "On the implementation of a swap-based local search procedure for the p-median
    problem", 2003. Gains of entering, losses of leaving, and what a pair saves of both.
    """
    m = cost.size
    slots = np.full(m, -1, np.int64)
    members = np.flatnonzero(is_open)
    spent = 0.0
    for k in range(members.size):
        slots[members[k]] = k
        spent += cost[members[k]]
    gain = np.zeros(m)
    loss = np.zeros(members.size)
    pair = np.zeros((m, members.size))
    scale = 0.0
    for i in range(cap.size):
        best, second, owner = cap[i], cap[i], -1
        for e in range(first[i], first[i + 1]):
            k = slots[site[e]]
            if k >= 0:
                if owner < 0:
                    best, owner = value[e], k
                else:
                    second = value[e]
                    break
        scale += best
        if owner >= 0:
            loss[owner] += second - best
        for e in range(first[i], first[i + 1]):
            v = value[e]
            if v >= second:
                break
            j = site[e]
            if slots[j] >= 0:
                continue
            if v < best:
                gain[j] += best - v
                if owner >= 0:
                    pair[j, owner] += second - best
            elif owner >= 0:
                pair[j, owner] += second - v
    change, enter, leave = -1e-10 * scale, -1, -1
    for j in range(m):
        if slots[j] >= 0:
            continue
        if members.size < most and spent + cost[j] <= budget and -gain[j] < change:
            change, enter, leave = -gain[j], j, -1
        for k in range(members.size):
            delta = loss[k] - pair[j, k] - gain[j]
            if delta < change and spent + cost[j] - cost[members[k]] <= budget:
                change, enter, leave = delta, j, members[k]
    if enter < 0:
        return False
    is_open[enter] = True
    if leave >= 0:
        is_open[leave] = False
    return True
