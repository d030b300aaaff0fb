"""The cost of one tour, by the parts of `engine.cost` and overtime: the one evaluator that everything here uses."""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.cost import MS_PER_MINUTE, delay_cost, delay_parts, unit_parts
from graphs.search import INF

# Where `inline` is asked for, a call would cost forty times the work: the arrays are handed over one by one.

#: A tour or step that must not be.
INFEASIBLE = -1


@njit(nogil=True, cache=True, inline="always")
def step(a, u, last, time, j):
    """(arrival, cost) of unit u serving j after `last` (-1: its first job), free at `time`; cost -1: it must not. O(1).

    A pinned first job may come later than its latest time: it is under way.
    """
    fixed = a.fixed[u, j]
    if last < 0:
        travel, drive = a.first[u, j], a.first_drive[u, j]
    else:
        travel, drive = a.between[last, j], a.between_drive[last, j]
    if fixed < 0 or travel >= INF:
        return np.int64(0), np.int64(INFEASIBLE)
    arrival = max(a.earliest[j], time + travel)
    if arrival > a.latest[j] and not (last < 0 and a.pin[u] == j):
        return arrival, np.int64(INFEASIBLE)
    if a.per_km[u] > 0:
        metres = a.first_m[u, j] if last < 0 else a.between_m[last, j]
        fixed += np.int64(np.rint(a.per_km[u] * metres / 1000.0))
    return arrival, delay_cost(a.weights, a.priority[j], a.due[j], arrival) + drive + fixed


@njit(nogil=True, cache=True, inline="always")
def overtime_cost(a, u, end):
    """Cost of unit u ending its last job at `end`. O(1)."""
    if end <= a.shift_end[u] or a.overtime[u] <= 0:
        return np.int64(0)
    return np.int64(np.rint(a.overtime[u] * ((end - a.shift_end[u]) / MS_PER_MINUTE)))


@njit(nogil=True, cache=True)
def tour_cost(a, u, jobs, n):
    """Cost of unit u doing jobs[:n] in this order, -1 when it must not. O(n^2), for the groups."""
    if n > a.max_jobs or (a.pin[u] >= 0 and (n == 0 or jobs[0] != a.pin[u])):
        return np.int64(INFEASIBLE)
    time, total, last = a.ready[u], np.int64(0), -1
    for p in range(n):
        j = jobs[p]
        for q in range(p):
            if jobs[q] == j or (a.group[j] >= 0 and a.group[jobs[q]] == a.group[j]):
                return np.int64(INFEASIBLE)
        arrival, cost = step(a, u, last, time, j)
        if cost < 0:
            return np.int64(INFEASIBLE)
        total += cost
        time = arrival + a.service[j]
        last = j
    if n > 0:
        total += overtime_cost(a, u, time)
    return total


@njit(nogil=True, cache=True)
def tour_costs(a, unit, jobs, size):
    """[k] cost of each of k tours: unit[k], jobs[k, 5], size[k]. O(k)."""
    out = np.empty(unit.size, np.int64)
    for k in range(unit.size):
        out[k] = tour_cost(a, unit[k], jobs[k], size[k])
    return out


#: Order of `tour_parts`.
PARTS = ("broken_promise", "lateness", "waiting", "driving", "tariff", "plan_change", "distance", "extra", "overtime")


@njit(nogil=True, cache=True)
def tour_parts(a, u, jobs, n, price, announced, arrivals, parts):
    """Arrivals [n] and the cost's parts [n, 9] of a tour that may be, in the order of PARTS. O(n).

    Overtime stands with the last job.
    """
    time, last = a.ready[u], -1
    for p in range(n):
        j = jobs[p]
        travel = a.first[u, j] if last < 0 else a.between[last, j]
        arrival = max(a.earliest[j], time + travel)
        broken, lateness, waiting = delay_parts(a.weights, a.priority[j], a.due[j], arrival)
        driving, tariff, change = unit_parts(a.weights, travel, price[u], announced[j] >= 0 and announced[j] != u)
        metres = np.int64(0)
        if a.per_km[u] > 0:
            metres = a.first_m[u, j] if last < 0 else a.between_m[last, j]
        row = parts[p]
        row[0], row[1], row[2], row[3], row[4], row[5] = broken, lateness, waiting, driving, tariff, change
        row[6] = np.int64(np.rint(a.per_km[u] * metres / 1000.0)) if a.per_km[u] > 0 else 0
        row[7] = a.fixed[u, j] - tariff - change
        row[8] = 0
        arrivals[p] = arrival
        time = arrival + a.service[j]
        last = j
    if n > 0:
        parts[n - 1, 8] = overtime_cost(a, u, time)
