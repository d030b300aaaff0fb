"""Expected coverage as such: units placed one by one and moved, a Lagrangean bound, and SCIP for what is not settled.

Row i gains w_i (1 - q) q^(k - 1) from its k-th unit. For any prices u_i >= 0 of a unit within row i's promise,

    U(u) = sum_i sum_k max(0, w_i (1 - q) q^(k - 1) - u_i) + max over placements n of sum_j n_j sum_{i in N_j} u_i

is at least what any placement covers. Subgradient steps make it as small as the linear relaxation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba as nb
import numpy as np

from engine.siting.limits import Deadline
from engine.siting.merging import merged
from engine.siting.problem import Bool
from engine.siting.solver import IntegerProgram
from graphs.network import Float64, Int64

#: Subgradient steps between two looks at the clock; at most so many in all; halved after so many without progress.
STEPS, ALL_STEPS, STALLED, LEAST = 40, 4000, 30, 1e-5
MARGIN = 1e-9


@dataclass(frozen=True, eq=False)
class Busy:
    """``n`` rows, ``m`` places; row i's places are place[first[i] : first[i + 1]]."""

    first: Int64
    place: Int64
    weight: Float64  # [n]
    busy: float
    most: Int64  # [m] units at each place
    cost: Float64  # [m] of a unit
    units: int
    budget: float

    @staticmethod
    def of(covers: Bool, weight: Float64, busy: float, most: Int64, cost: Float64, units: int, budget: float) -> Busy:
        first = np.concatenate([[0], np.cumsum(covers.sum(axis=1))]).astype(np.int64)
        place = np.nonzero(covers)[1].astype(np.int64)
        return Busy(first, place, np.ascontiguousarray(weight), busy, most, np.ascontiguousarray(cost), units, budget)

    def total(self, units: Int64) -> float:
        """Expected covered weight of the placement [m]."""
        near = np.zeros(self.weight.size, np.int64)
        rows = np.repeat(np.arange(self.weight.size), np.diff(self.first))
        np.add.at(near, rows, units[self.place])
        return math.fsum((self.weight * (1.0 - self.busy ** near.astype(np.float64))).tolist())

    def arrays(self) -> tuple:
        return self.first, self.place, self.weight, self.busy, self.most, self.cost, self.units, self.budget


@dataclass(frozen=True, eq=False)
class Placed:
    """Units at each place, what they cover, and what no placement exceeds."""

    units: Int64
    total: float
    bound: float


def solve_busy(problem: Busy, deadline: Deadline, gap: float = 0.0) -> Placed:
    """The best placement by the deadline, or one within the relative `gap`, and its bound."""
    units = np.zeros(problem.most.size, np.int64)
    if not problem.weight.size:
        return Placed(units, 0.0, 0.0)
    while _improve_units(*problem.arrays(), units) and not deadline.over:
        pass
    total, near = problem.total(units), units
    prices = _begin_prices(problem.first, problem.place, problem.weight, problem.busy, near)
    best_prices, taken = prices.copy(), np.zeros(problem.most.size)
    state = np.array([2.0, 0.0, np.inf])
    for _ in range(ALL_STEPS // STEPS):
        _descend(*problem.arrays(), total, STEPS, prices, best_prices, state, taken)
        other = _fitting_units(problem, taken)
        while _improve_units(*problem.arrays(), other) and not deadline.over:
            pass
        value = problem.total(other)
        if value > total:
            units, total = other, value
        if state[2] <= total * (1 + MARGIN) or state[0] < LEAST or deadline.over:
            break
    bound = max(float(state[2]), total)
    if bound - total > max(gap, MARGIN) * total:
        units, total, bound = _finish_units(problem, units, total, bound, best_prices, deadline, gap)
    return Placed(units, total, bound)


def bound_of_units(problem: Busy, prices: Float64) -> float:
    """U at these prices: a bound whatever they are."""
    worth, taken, near = np.empty(problem.most.size), np.empty(problem.most.size), np.empty(problem.weight.size)
    return _upper(*problem.arrays(), np.maximum(prices, 0.0), worth, taken, near)


def _finish_units(
    problem: Busy, units: Int64, total: float, bound: float, prices: Float64, deadline: Deadline, gap: float
) -> tuple[Int64, float, float]:
    """Daskin's program over the places that may still have units in a better placement."""
    use = np.flatnonzero(_useful(*problem.arrays(), prices, total * (1 - MARGIN)) | (units > 0))
    number = np.full(problem.most.size, -1, np.int64)
    number[use] = np.arange(use.size)
    covers = np.zeros((problem.weight.size, use.size), np.bool_)
    every = np.repeat(np.arange(problem.weight.size), np.diff(problem.first))
    kept = number[problem.place] >= 0
    covers[every[kept], number[problem.place][kept]] = True
    patterns, weight = merged(covers, problem.weight)  # far fewer rows differ in the places that are left
    row, place = np.nonzero(patterns)
    depth = np.minimum(np.bincount(row, weights=problem.most[use][place], minlength=weight.size), problem.units)
    depth = depth.astype(np.int64)
    scale = float(weight.sum())
    program = IntegerProgram()
    placed = program.add_columns(np.zeros(use.size), problem.most[use].astype(np.float64), integer=True)
    rows = program.add_rows(np.zeros(depth.size), np.full(depth.size, math.inf))
    program.add_entries(rows[row], placed[place], np.ones(row.size))
    of_level = np.repeat(np.arange(depth.size), depth)
    level = np.arange(of_level.size) - np.repeat(np.cumsum(depth) - depth, depth)
    gains = weight[of_level] * (1.0 - problem.busy) * problem.busy ** level.astype(np.float64)
    steps = program.add_columns(-gains / scale, np.ones(gains.size), integer=False)
    program.add_entries(rows[of_level], steps, -np.ones(gains.size))
    program.add_row(placed, np.ones(use.size), 0.0, float(problem.units))
    if math.isfinite(problem.budget):
        program.add_row(placed, problem.cost[use], 0.0, problem.budget)
    hint = np.zeros(program.columns)
    hint[placed] = units[use]
    hint[steps] = level < np.bincount(row, weights=units[use][place], minlength=depth.size)[of_level]
    solved = program.solve(deadline, hint, gap=gap)
    if solved.values is not None:
        other = np.zeros_like(units)
        other[use] = np.rint(solved.values[placed]).astype(np.int64)
        allowed = other.sum() <= problem.units and float((other * problem.cost).sum()) <= problem.budget
        if allowed and (value := problem.total(other)) > total:
            units, total = other, value
    upper = total if solved.infeasible else min(bound, -solved.bound * scale)
    return units, total, max(total, upper)


def _fitting_units(problem: Busy, taken: Float64) -> Int64:
    """The placement that the prices like, cut to the limits: whole units, most wanted places first."""
    units = np.zeros(taken.size, np.int64)
    left, money = problem.units, problem.budget
    for j in np.argsort(-taken, kind="stable").tolist():
        count = min(left, int(taken[j] + 1e-9))
        if problem.cost[j] > 0 and math.isfinite(money):
            count = min(count, int(money / problem.cost[j]))
        units[j] = count
        left -= count
        money -= count * problem.cost[j]
    return units


@nb.njit(nogil=True, cache=True)
def _begin_prices(first, place, weight, busy, near):
    """What the next unit would gain each row. O(entries)."""
    prices = np.empty(weight.size)
    for i in range(weight.size):
        count = 0
        for e in range(first[i], first[i + 1]):
            count += near[place[e]]
        prices[i] = weight[i] * (1.0 - busy) * busy**count
    return prices


@nb.njit(nogil=True, cache=True)
def _improve_units(first, place, weight, busy, most, cost, units, budget, placed):
    """The best unit added, or moved from one place to another, in place; False when none helps.

    O(places with units x entries).
    """
    n, m = weight.size, most.size
    near = np.zeros(n, np.int64)
    count, spent = 0, 0.0
    for j in range(m):
        count += placed[j]
        spent += placed[j] * cost[j]
    total = 0.0
    for i in range(n):
        for e in range(first[i], first[i + 1]):
            near[i] += placed[place[e]]
        total += weight[i]
    gain = np.empty(m)
    best, into, out = 1e-12 * total, -1, -1
    for k in range(-1, m):
        if (k < 0 and count >= units) or (k >= 0 and placed[k] == 0):
            continue
        loss = 0.0
        gain[:] = 0.0
        for i in range(n):
            a = near[i]
            if k >= 0:
                for e in range(first[i], first[i + 1]):
                    if place[e] == k:
                        a -= 1
                        break
            step = weight[i] * (1.0 - busy) * busy**a
            if a < near[i]:
                loss += step
            for e in range(first[i], first[i + 1]):
                gain[place[e]] += step
        freed = 0.0 if k < 0 else cost[k]
        for j in range(m):
            if j != k and placed[j] < most[j] and gain[j] - loss > best and spent - freed + cost[j] <= budget:
                best, into, out = gain[j] - loss, j, k
    if into < 0:
        return False
    placed[into] += 1
    if out >= 0:
        placed[out] -= 1
    return True


@nb.njit(nogil=True, cache=True)
def _place_best(worth, most, cost, units, budget, taken):
    """A bound on the best placement: by number or by budget (fractional), the tighter. O(m log m)."""
    order = np.argsort(-worth)
    left, by_number = float(units), 0.0
    taken[:] = 0.0
    for j in order:
        if left <= 0 or worth[j] <= 0:
            break
        taken[j] = min(left, float(most[j]))
        by_number += taken[j] * worth[j]
        left -= taken[j]
    if np.isinf(budget):
        return by_number
    paid = np.zeros(worth.size)
    money, by_budget = budget, 0.0
    for j in np.argsort(-worth / np.maximum(cost, 1e-12)):
        if money <= 0 or worth[j] <= 0:
            break
        if cost[j] > budget:
            continue
        paid[j] = min(money / max(cost[j], 1e-12), float(most[j]))
        by_budget += paid[j] * worth[j]
        money -= paid[j] * cost[j]
    if by_budget < by_number:
        taken[:] = paid
        return by_budget
    return by_number


@nb.njit(nogil=True, cache=True)
def _upper(first, place, weight, busy, most, cost, units, budget, prices, worth, taken, near):
    """U; `worth`, `taken` and `near` become what units are worth, the placement, the units wanted. O(entries)."""
    worth[:] = 0.0
    total = 0.0
    for i in range(weight.size):
        step = weight[i] * (1.0 - busy)
        near[i] = 0.0
        while near[i] < units and step > prices[i]:
            total += step - prices[i]
            near[i] += 1.0
            step *= busy
        for e in range(first[i], first[i + 1]):
            worth[place[e]] += prices[i]
    return total + _place_best(worth, most, cost, units, budget, taken)


@nb.njit(nogil=True, cache=True)
def _descend(
    first, place, weight, busy, most, cost, units, budget, target, steps, prices, best_prices, state, best_taken
):
    """Subgradient steps in place; `state` is (length, stalled, best U)."""
    worth, taken, near = np.empty(most.size), np.empty(most.size), np.empty(weight.size)
    for _ in range(steps):
        bound = _upper(first, place, weight, busy, most, cost, units, budget, prices, worth, taken, near)
        if bound < state[2] * (1 - 1e-7):
            state[1] = 0
        else:
            state[1] += 1
        if bound < state[2]:
            state[2] = bound
            best_prices[:] = prices
            best_taken[:] = taken
        if bound <= target * (1 + 1e-12):
            return
        if state[1] > STALLED:
            state[0] /= 2
            state[1] = 0
            prices[:] = best_prices
            if state[0] < LEAST:
                return
            continue
        norm = 0.0
        for i in range(weight.size):
            slope = -near[i]
            for e in range(first[i], first[i + 1]):
                slope += taken[place[e]]
            near[i] = slope
            norm += slope * slope
        if norm == 0.0:
            state[0] = 0.0
            return
        length = state[0] * (bound - target) / norm
        for i in range(weight.size):
            prices[i] = max(0.0, prices[i] - length * near[i])


@nb.njit(nogil=True, cache=True)
def _useful(first, place, weight, busy, most, cost, units, budget, prices, target):
    """[m] places that may have a unit in a placement that covers at least the target. O(m x m log m)."""
    m = most.size
    worth, taken, near = np.empty(m), np.empty(m), np.empty(weight.size)
    bound = _upper(first, place, weight, busy, most, cost, units, budget, prices, worth, taken, near)
    base = bound - _place_best(worth, most, cost, units, budget, taken)
    useful = np.zeros(m, np.bool_)
    left = most.copy()
    for j in range(m):
        if cost[j] > budget:
            continue
        left[j] -= 1
        forced = base + worth[j] + _place_best(worth, left, cost, units - 1, budget - cost[j], taken)
        left[j] += 1
        useful[j] = forced >= target
    return useful
