"""The cost of one tour, by the parts of `engine.cost`: the one evaluator that everything here uses.

A tour of one job costs what `engine.cost.pair_cost` says. A later job departs when the one before ends; overtime counts
once, from the end of the shift to the end of the tour. Where `inline` is asked for, a call would cost forty times the
work: the arrays are handed over one by one.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.cost import (
    ACCEPTANCE,
    EXPECTED_SLACK,
    FACTOR,
    LATE,
    LATE_SQUARED,
    MOST_PRICE,
    MS_PER_MINUTE,
    OVERTIME,
    SIGMA,
    UNITS_PER_MINUTE,
    WAITING,
    delay_cost,
    start_parts,
    unit_parts,
)
from engine.queues.borrow import borrow
from graphs.search import INF

#: A tour or step that must not be.
INFEASIBLE = -1
MS_PER_HOUR = 60.0 * MS_PER_MINUTE


@njit(nogil=True, cache=True)
def expected_delay(weights, priority, due, earliest, ready, floor, spread, travel):
    """Broken promise, lateness and waiting over the distribution of arrivals. O(1)."""
    broken, lateness, waiting = start_parts(weights, priority, due, earliest, (ready, floor, spread), travel)
    return broken + lateness + waiting


@njit(nogil=True, cache=True)
def asked_tariff(weights, price):
    """The tariff part of a price, which counts up to the policy's greatest. O(1)."""
    return unit_parts(weights, 0, min(price, weights[MOST_PRICE]), False)[1]


@njit(nogil=True, cache=True, inline="always")
def step(a, u, last, time, j):
    """(start, cost) of unit u serving j after `last` (-1: its first job), free at `time`; cost -1: it must not. O(1).

    Overtime is left to `overtime_cost`. A pinned first job is under way: no limit of time holds it. A held job
    knows its own latest time only.
    """
    cost = a.fixed[u, j]
    if last < 0:
        travel, drive = np.int64(a.first[u, j]), a.first_drive[u, j]
    else:
        travel, drive = np.int64(a.between[last, j]), a.between_drive[last, j]
    arrival = time + travel
    start = max(a.earliest[j], arrival)
    if cost < 0 or travel >= INF:
        return start, np.int64(INFEASIBLE)
    too_late = arrival > a.latest[j]
    if not a.held[j]:
        too_late = too_late or start > a.shift_end[u] or start + a.service[j] > a.end_by[u]
    if too_late and not (last < 0 and a.pin[u] == j):
        return start, np.int64(INFEASIBLE)
    if a.per_km[u] > 0.0:
        km = a.first_km[u, j] if last < 0 else a.between_km[last, j]
        asked = a.price[u] + a.end_price[j]
        cost += asked_tariff(a.weights, asked + a.per_km[u] * (km + a.carry_km[j])) - asked_tariff(a.weights, asked)
    if a.expected:
        floor = a.floor[u] if last < 0 else time - a.service[last]
        spread = a.spread[u] if last < 0 else a.deviation[last]
        cost += expected_delay(a.weights, a.priority[j], a.due[j], a.earliest[j], time, floor, spread, travel)
    else:
        cost += delay_cost(a.weights, a.priority[j], a.due[j] - a.earliest[j], start - a.earliest[j])
    return start, cost + drive


@njit(nogil=True, cache=True, inline="always")
def overtime_cost(a, u, before, j, end):
    """Cost of unit u ending its last job j, reached from `before` (-1: its first), at `end`. O(1)."""
    over = end - a.shift_end[u]
    cost = np.int64(0)
    if over > 0:
        cost = np.int64(np.rint(UNITS_PER_MINUTE * a.weights[OVERTIME] * (over / MS_PER_MINUTE)))
        if a.overtime_price[u] > 0.0:
            asked = a.price[u] + a.end_price[j]
            if a.per_km[u] > 0.0:
                km = a.first_km[u, j] if before < 0 else a.between_km[before, j]
                asked += a.per_km[u] * (km + a.carry_km[j])
            paid = asked_tariff(a.weights, asked + a.overtime_price[u] * (over / MS_PER_HOUR))
            cost += paid - asked_tariff(a.weights, asked)
    return cost


@njit(nogil=True, cache=True)
def least_delay(a, i, arrival):
    """At most what any way of arriving at job i at `arrival` costs by delay. O(1).

    Expected lateness is at least that of the expected arrival (Jensen), which comes no sooner than the drive's mean
    factor, if below 1, times the arrival; the chance of being late may be 0.
    """
    start = max(a.earliest[i], arrival)
    due, waited = a.due[i] - a.earliest[i], start - a.earliest[i]
    if not a.expected or due < 0:
        return delay_cost(a.weights, a.priority[i], due, waited)
    weights = a.weights
    cost = UNITS_PER_MINUTE * a.priority[i] * weights[WAITING] * (waited / MS_PER_MINUTE)
    mean = min(1.0, weights[FACTOR] * np.exp(0.5 * weights[SIGMA] * weights[SIGMA]))
    if mean * arrival > a.due[i]:
        late = (mean * arrival - a.due[i]) / MS_PER_MINUTE
        cost += UNITS_PER_MINUTE * a.priority[i] * (weights[LATE] * late + weights[LATE_SQUARED] * (late * late))
    return np.int64(np.floor(cost)) - EXPECTED_SLACK


@njit(nogil=True, cache=True)
def tour_cost(a, u, jobs, n):
    """Cost of unit u doing jobs[:n] in this order, -1 when it must not. O(n^2), for the groups."""
    if n > a.max_jobs or (a.pin[u] >= 0 and (n == 0 or jobs[0] != a.pin[u])):
        return np.int64(INFEASIBLE)
    time, total, last, before = a.ready[u], np.int64(0), -1, -1
    for p in range(n):
        j = np.int64(jobs[p])
        for q in range(p):
            if jobs[q] == j or (a.group[j] >= 0 and a.group[jobs[q]] == a.group[j]):
                return np.int64(INFEASIBLE)
        start, cost = step(a, u, last, time, j)
        if cost < 0:
            return np.int64(INFEASIBLE)
        total += cost
        time = start + a.service[j]
        before, last = last, j
    if n > 0:
        total += overtime_cost(a, u, before, last, time)
    return total


@njit(nogil=True, cache=True)
def tour_costs(a, unit, jobs, size):
    """[k] cost of each of k tours: unit[k], jobs[k, 5], size[k]. O(k)."""
    a = borrow(a)
    out = np.empty(unit.size, np.int64)
    for k in range(unit.size):
        out[k] = tour_cost(a, np.int64(unit[k]), jobs[k], np.int64(size[k]))
    return out


#: Order of `tour_parts`; the names of `engine.decision.CostParts`, and "standing" for quality, rotation and the rest.
PARTS = (
    "broken_promise", "lateness", "waiting", "driving", "tariff", "plan_change", "overtime", "acceptance", "standing",
)  # fmt: skip


@njit(nogil=True, cache=True)
def tour_parts(a, u, jobs, n, carry, decline, announced, starts, parts):
    """Starts [n] and the cost's parts [n, 9] of a tour that may be, in the order of PARTS. O(n).

    Overtime, and what it is paid, stands with the last job.
    """
    time, last = a.ready[u], -1
    for p in range(n):
        j = np.int64(jobs[p])
        start, cost = step(a, u, last, time, j)
        travel = np.int64(a.first[u, j] if last < 0 else a.between[last, j])
        floor = a.floor[u] if last < 0 else time - a.service[last]
        spread = a.spread[u] if last < 0 else a.deviation[last]
        row = parts[p]
        row[0], row[1], row[2] = start_parts(
            a.weights, a.priority[j], a.due[j], a.earliest[j], (time, floor, spread), travel
        )
        asked = a.price[u] + a.end_price[j]
        if a.per_km[u] > 0.0:
            asked += a.per_km[u] * ((a.first_km[u, j] if last < 0 else a.between_km[last, j]) + a.carry_km[j])
        asked = min(asked, a.weights[MOST_PRICE])
        row[3], row[4], row[5] = unit_parts(
            a.weights, travel + carry[j], asked, announced[j] >= 0 and announced[j] != u
        )
        row[7] = np.int64(np.rint(UNITS_PER_MINUTE * a.priority[j] * a.weights[ACCEPTANCE] * decline[u]))
        time = start + a.service[j]
        if p == n - 1:
            whole = overtime_cost(a, u, last, j, time)
            row[6] = np.int64(0)
            if time > a.shift_end[u]:
                over = (time - a.shift_end[u]) / MS_PER_MINUTE
                row[6] = np.int64(np.rint(UNITS_PER_MINUTE * a.weights[OVERTIME] * over))
            row[4] += whole - row[6]
            cost += whole
        row[8] = cost - row[:8].sum()
        starts[p] = start
        last = j
