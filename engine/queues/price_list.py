"""Costs that hang on unit and job or on a leg alone, computed once by the kernels of `engine.cost`."""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.cost import ACCEPTANCE, MOST_PRICE, UNITS_PER_MINUTE, delay_cost, unit_parts
from engine.queues.evaluate import step
from graphs.search import INF


@njit(nogil=True, cache=True)
def drive_costs(weights, travel_ms, carry_ms):
    """The driving part of each job at the end of each leg of an int32 matrix; INF where there is no way. O(legs)."""
    out = np.empty(travel_ms.shape, np.int64)
    for r in range(travel_ms.shape[0]):
        for c in range(travel_ms.shape[1]):
            if travel_ms[r, c] >= INF:
                out[r, c] = INF
            else:
                out[r, c] = unit_parts(weights, travel_ms[r, c] + carry_ms[c], 0.0, False)[0]
    return out


@njit(nogil=True, cache=True)
def fixed_costs(weights, price, end_price, priority, decline, standing, announced):
    """[u, j] tariff without kilometres, plan change, acceptance, and what stands whatever is done. O(u x j)."""
    out = np.empty((price.size, announced.size), np.int64)
    for u in range(price.size):
        for j in range(announced.size):
            asked = min(price[u] + end_price[j], weights[MOST_PRICE])
            _, tariff, change = unit_parts(weights, 0, asked, announced[j] >= 0 and announced[j] != u)
            acceptance = np.int64(np.rint(UNITS_PER_MINUTE * priority[j] * weights[ACCEPTANCE] * decline[u]))
            out[u, j] = standing[u] + tariff + change + acceptance
    return out


@njit(nogil=True, cache=True)
def first_cost(a, u, j):
    """Cost of job j as the first of unit u, overtime apart. O(1)."""
    return step(a, u, -1, a.ready[u], j)[1]


@njit(nogil=True, cache=True)
def expected_option(weights, priority, due_ms, latest_ms, arrival_ms, price, acceptance, again_ms, changed):
    """Expected cost of giving a job to a contractor, NONE when it would come too late. O(1).

    It accepts with the probability given and arrives at `arrival_ms`; when it declines, the next one asked is taken to
    arrive `again_ms` later (no later than the latest time) at the same price.
    """
    if arrival_ms > latest_ms:
        return np.int64(-1)
    _, tariff, change = unit_parts(weights, 0, min(price, weights[MOST_PRICE]), changed)
    taken = delay_cost(weights, priority, due_ms, arrival_ms)
    declined = delay_cost(weights, priority, due_ms, min(latest_ms, arrival_ms + again_ms))
    expected = np.int64(np.rint(acceptance * taken + (1.0 - acceptance) * declined))
    return expected + tariff + change
