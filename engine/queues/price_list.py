"""Costs that hang on unit and job or on a leg alone, computed once by the kernels of `engine.cost`."""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.cost import TARIFF, UNITS_PER_MINUTE, delay_cost, unit_parts
from graphs.network import Float64
from graphs.search import INF


@njit(nogil=True, cache=True)
def drive_costs(weights, travel_ms):
    """The driving part of each leg of an int32 matrix; INF where there is no way (never used). O(legs)."""
    out = np.empty(travel_ms.shape, np.int64)
    for r in range(travel_ms.shape[0]):
        for c in range(travel_ms.shape[1]):
            out[r, c] = INF if travel_ms[r, c] >= INF else unit_parts(weights, travel_ms[r, c], 0.0, False)[0]
    return out


@njit(nogil=True, cache=True)
def fixed_costs(weights, price, announced):
    """[u, j] tariff, and plan change for whom the job was not announced with. O(u x j)."""
    out = np.empty((price.size, announced.size), np.int64)
    for u in range(price.size):
        for j in range(announced.size):
            _, tariff, change = unit_parts(weights, 0, price[u], announced[j] >= 0 and announced[j] != u)
            out[u, j] = tariff + change
    return out


def per_km_costs(weights: Float64, per_km: Float64) -> Float64:
    """[u] milli-minutes a kilometre."""
    return np.ascontiguousarray(UNITS_PER_MINUTE * weights[TARIFF] * per_km, np.float64)


@njit(nogil=True, cache=True)
def expected_option(weights, priority, due_ms, latest_ms, arrival_ms, price, acceptance, again_ms, changed):
    """Expected cost of giving a job to a contractor, NONE when it would come too late. O(1).

    It accepts with the probability given and arrives at `arrival_ms`; when it declines, the next one asked is taken to
    arrive `again_ms` later (no later than the latest time) at the same price.
    """
    if arrival_ms > latest_ms:
        return np.int64(-1)
    _, tariff, change = unit_parts(weights, 0, price, changed)
    taken = delay_cost(weights, priority, due_ms, arrival_ms)
    declined = delay_cost(weights, priority, due_ms, min(latest_ms, arrival_ms + again_ms))
    expected = np.int64(np.rint(acceptance * taken + (1.0 - acceptance) * declined))
    return expected + tariff + change
