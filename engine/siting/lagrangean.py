"""A bound for capped medians, and which sites it settles.

For any price l_i of serving row i, no choice of sites costs less than

    L(l) = sum_i min(l_i, cap_i) + min over choices X of sum_{j in X} r_j,   r_j = sum_i min(0, value_ij - l_i)

(each row is served once: multiply what is missing by l_i and let every row decide for itself). Prices are improved by
subgradient steps; the best L equals the bound of the linear relaxation. A site whose forced opening (closing) lifts L
above a plan in hand is closed (open) in every better plan.

Sources: Cornuejols, Fisher & Nemhauser, "Location of bank accounts to optimize float", Management Science 23, 1977;
Held, Wolfe & Crowder, "Validation of subgradient optimization", Mathematical Programming 6, 1974.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np

from engine.siting.capped import Capped, search
from engine.siting.limits import Deadline
from engine.siting.problem import Bool
from graphs.network import Float64, Int64

#: Subgradient steps between two looks at the clock; at most so many in all.
STEPS, ALL_STEPS = 40, 6000
#: The length of a step is halved after so many without progress; below LEAST it is over.
STALLED, LEAST = 40, 1e-5
#: Plans in hand are shaken so often where the bound does not prove them; the seed makes answers repeatable.
SHAKES, SEED = 30, 7
#: Forced bounds must exceed the plan in hand by this share: bounds are sums of floats.
MARGIN = 1e-9


@dataclass(frozen=True, eq=False)
class Bounded:
    """The best plan and the best prices; `fixed_out` and `fixed_in` are [m], what better plans must obey."""

    chosen: Int64
    total: float
    bound: float
    prices: Float64
    fixed_out: Bool
    fixed_in: Bool


def bound_of(problem: Capped, prices: Float64) -> float:
    """L at these prices: a bound whatever they are."""
    fractions = np.empty(problem.cost.size)
    reduced = np.empty(problem.cost.size)
    return _bound(*_arrays(problem), np.minimum(prices, problem.cap), reduced, fractions)


def ascend(problem: Capped, chosen: Int64, deadline: Deadline) -> Bounded:
    """Prices improved from those of a plan until its cost is proven, steps are short, or time is over."""
    total = problem.total(chosen)
    prices = _first_prices(problem.first, problem.value, problem.cap, problem.cost, problem.limits.sites)
    state = np.array([2.0, 0.0, -np.inf])
    best_prices = prices.copy()
    fractions = np.empty(problem.cost.size)
    for _ in range(ALL_STEPS // STEPS):
        _steps(*_arrays(problem), total, STEPS, prices, best_prices, state, fractions)
        # the sites that the prices like best, as many as fit, are a start for the search
        start = _fitting(problem, fractions)
        found = search(problem, start, deadline)
        value = problem.total(found)
        if value < total:
            chosen, total = found, value
        if state[2] >= total * (1 - MARGIN) or state[0] < LEAST or deadline.over:
            break
    if state[2] < total * (1 - MARGIN):
        chosen = _shaken(problem, chosen, deadline)
        total = problem.total(chosen)
    bound = min(float(state[2]), total)
    out, inside = _settled(*_arrays(problem), best_prices, total * (1 + MARGIN))
    return Bounded(chosen, total, bound, best_prices, out, inside)


def _shaken(problem: Capped, chosen: Int64, deadline: Deadline) -> Int64:
    """Some sites closed at random and others searched in their stead, again and again: iterated local search."""
    rng = np.random.default_rng(SEED)
    total = problem.total(chosen)
    for shake in range(SHAKES):
        if deadline.over or chosen.size < 2:
            break
        leave = rng.choice(chosen, min(chosen.size - 1, 1 + shake % 3), replace=False)
        other = rng.integers(problem.cost.size, size=leave.size)
        start = np.union1d(np.setdiff1d(chosen, leave), other)
        if not problem.limits.allow(problem.cost[start]):
            continue
        found = search(problem, start, deadline)
        value = problem.total(found)
        if value < total:
            chosen, total = found, value
    return chosen


def _arrays(problem: Capped) -> tuple:
    limits = problem.limits
    return problem.first, problem.site, problem.value, problem.cap, problem.cost, limits.sites, limits.budget


def _fitting(problem: Capped, fractions: Float64) -> Int64:
    order = np.argsort(-fractions, kind="stable")
    order = order[fractions[order] > 0][: problem.limits.sites]
    return np.sort(order[np.cumsum(problem.cost[order]) <= problem.limits.budget])


@nb.njit(nogil=True, cache=True)
def _first_prices(first, value, cap, cost, most):
    """Half as deep into each row as the sites are sparse. O(n)."""
    depth = max(1, cost.size // max(1, most) // 2)
    prices = cap.copy()
    for i in range(cap.size):
        if first[i] + depth < first[i + 1]:
            prices[i] = value[first[i] + depth]
    return prices


@nb.njit(nogil=True, cache=True)
def _select(reduced, cost, most, budget, fractions):
    """A bound on the best choice: by number alone or by budget alone (fractional), the tighter. O(m log m)."""
    order = np.argsort(reduced)
    by_number = 0.0
    for k in range(min(most, reduced.size)):
        by_number += min(0.0, reduced[order[k]])
    fractions[:] = 0.0
    if np.isinf(budget):
        for k in range(min(most, reduced.size)):
            if reduced[order[k]] < 0:
                fractions[order[k]] = 1.0
        return by_number
    order_paid = np.argsort(reduced / np.maximum(cost, 1e-12))
    left, by_budget = budget, 0.0
    for k in range(reduced.size):
        j = order_paid[k]
        if reduced[j] >= 0 or left <= 0:
            break
        if cost[j] > budget:
            continue
        part = 1.0
        if cost[j] > left:
            part = left / cost[j]
        fractions[j] = part
        by_budget += part * reduced[j]
        left -= part * cost[j]
    if by_number > by_budget:
        fractions[:] = 0.0
        for k in range(min(most, reduced.size)):
            if reduced[order[k]] < 0:
                fractions[order[k]] = 1.0
        return by_number
    return by_budget


@nb.njit(nogil=True, cache=True)
def _bound(first, site, value, cap, cost, most, budget, prices, reduced, fractions):
    """L; `reduced` and `fractions` become r and the choice. O(entries below the prices + m log m)."""
    reduced[:] = 0.0
    total = 0.0
    for i in range(cap.size):
        total += prices[i]
        for e in range(first[i], first[i + 1]):
            if value[e] >= prices[i]:
                break
            reduced[site[e]] += value[e] - prices[i]
    return total + _select(reduced, cost, most, budget, fractions)


@nb.njit(nogil=True, cache=True)
def _steps(first, site, value, cap, cost, most, budget, target, steps, prices, best_prices, state, best_fractions):
    """Subgradient steps in place; `state` is (length, stalled, best L)."""
    reduced, fractions, missing = np.empty(cost.size), np.empty(cost.size), np.empty(cap.size)
    for _ in range(steps):
        bound = _bound(first, site, value, cap, cost, most, budget, prices, reduced, fractions)
        if bound > state[2] + 1e-7 * abs(state[2]):
            state[1] = 0
        else:
            state[1] += 1
        if bound > state[2]:
            state[2] = bound
            best_prices[:] = prices
            best_fractions[:] = fractions
        if bound >= target * (1 - 1e-12):
            return
        if state[1] > STALLED:
            state[0] /= 2
            state[1] = 0
            prices[:] = best_prices
            if state[0] < LEAST:
                return
            continue
        norm = 0.0
        for i in range(cap.size):
            missing[i] = 1.0
            for e in range(first[i], first[i + 1]):
                if value[e] >= prices[i]:
                    break
                missing[i] -= fractions[site[e]]
            if missing[i] > 0 and prices[i] >= cap[i]:
                missing[i] = 0.0
            norm += missing[i] * missing[i]
        if norm == 0.0:
            state[0] = 0.0
            return
        length = state[0] * (target - bound) / norm
        for i in range(cap.size):
            prices[i] = min(cap[i], max(0.0, prices[i] + length * missing[i]))


@nb.njit(nogil=True, cache=True)
def _settled(first, site, value, cap, cost, most, budget, prices, target):
    """Sites out of, and in, every plan below the target. O(m x m log m)."""
    m = cost.size
    reduced, fractions, others = np.empty(m), np.empty(m), np.empty(m)
    bound = _bound(first, site, value, cap, cost, most, budget, prices, reduced, fractions)
    base = bound - _select(reduced, cost, most, budget, fractions)
    out, inside = np.zeros(m, np.bool_), np.zeros(m, np.bool_)
    for j in range(m):
        others[:] = reduced
        others[j] = 0.0
        closed = base + _select(others, cost, most, budget, fractions)
        inside[j] = closed > target
        if cost[j] > budget:
            out[j] = True
            continue
        opened = base + reduced[j]
        if most > 1 or budget < np.inf:
            opened += _select(others, cost, most - 1, budget - cost[j], fractions)
        out[j] = opened > target
    return out, inside
