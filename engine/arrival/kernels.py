"""The distribution of one arrival: a ready time that is uncertain, then a drive that is, independent of each other.

    A = max(floor, ready + delay + s Z) + factor · travel · exp(sigma N)        Z, N standard normal

Z is taken at the five points of Gauss–Hermite quadrature; given Z the rest is lognormal, for which probability and
both moments of lateness have closed forms. For every Z and N the arrival grows with ready and travel, hence so do the
chance of being late and any expected lateness: what the fleet index's bound rests on. Times in ms relative to now.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

#: Nodes and weights of five-point Gauss–Hermite quadrature for a standard normal: exact to the ninth moment.
NODES = (-2.8569700138728056, -1.3556261799742659, 0.0, 1.3556261799742659, 2.8569700138728056)
NODE_WEIGHTS = (
    0.011257411327720691,
    0.22207592200561266,
    0.5333333333333333,
    0.22207592200561266,
    0.011257411327720691,
)
#: Halvings of an interval of at most weeks down to a millisecond.
HALVINGS = 42


@njit(nogil=True, cache=True)
def normal_cdf(x):
    """Probability that a standard normal is at most x."""
    return 0.5 * math.erfc(-x * 0.7071067811865476)


@njit(nogil=True, cache=True)
def kept_probability(prior, floor_ms, ready_ms, spread_ms, travel_ms, due_ms):
    """P(A <= due). O(1).

    prior: (factor, sigma, delay in ms, its standard deviation in ms); spread: standard deviation of the time at which
    a busy unit is free.
    """
    factor, sigma, delay, delay_spread = prior
    deviation = math.sqrt(spread_ms * spread_ms + delay_spread * delay_spread)
    median = factor * travel_ms
    total = 0.0
    for k in range(5):
        left = due_ms - max(floor_ms, ready_ms + delay + NODES[k] * deviation)
        if left < 0.0:
            continue
        if median <= 0.0:
            total += NODE_WEIGHTS[k]
        elif left > 0.0:
            total += NODE_WEIGHTS[k] * normal_cdf(math.log(left / median) / sigma)
    return min(total, 1.0)


@njit(nogil=True, cache=True)
def expected_lateness(prior, floor_ms, ready_ms, spread_ms, travel_ms, due_ms):
    """(P(late), E[late], E[late squared]), lateness in minutes and minutes squared; arguments as above. O(1)."""
    factor, sigma, delay, delay_spread = prior
    deviation = math.sqrt(spread_ms * spread_ms + delay_spread * delay_spread)
    median = factor * travel_ms / 60000.0
    mean = median * math.exp(0.5 * sigma * sigma)
    square = median * median * math.exp(2.0 * sigma * sigma)
    chance, first, second = 0.0, 0.0, 0.0
    for k in range(5):
        left = (due_ms - max(floor_ms, ready_ms + delay + NODES[k] * deviation)) / 60000.0
        if median <= 0.0:
            if left < 0.0:
                chance += NODE_WEIGHTS[k]
                first -= NODE_WEIGHTS[k] * left
                second += NODE_WEIGHTS[k] * left * left
        elif left <= 0.0:
            chance += NODE_WEIGHTS[k]
            first += NODE_WEIGHTS[k] * (mean - left)
            second += NODE_WEIGHTS[k] * (square - 2.0 * left * mean + left * left)
        else:
            at = math.log(median / left) / sigma
            beyond, shifted = normal_cdf(at), normal_cdf(at + sigma)
            chance += NODE_WEIGHTS[k] * beyond
            first += NODE_WEIGHTS[k] * max(0.0, mean * shifted - left * beyond)
            second += NODE_WEIGHTS[k] * max(
                0.0, square * normal_cdf(at + 2.0 * sigma) - 2.0 * left * mean * shifted + left * left * beyond
            )
    return min(chance, 1.0), first, second


@njit(nogil=True, cache=True)
def arrival_quantile(prior, floor_ms, ready_ms, spread_ms, travel_ms, confidence):
    """The least time in ms, rounded up, with P(A <= time) >= confidence; 0 < confidence < 1. O(1)."""
    factor, sigma, delay, delay_spread = prior
    deviation = math.sqrt(spread_ms * spread_ms + delay_spread * delay_spread)
    # N beyond its confidence quantile is cut at 8, where doubles end
    high = max(floor_ms, ready_ms + delay + NODES[4] * deviation) + factor * travel_ms * math.exp(8.0 * sigma) + 1.0
    low = 0.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if kept_probability(prior, floor_ms, ready_ms, spread_ms, travel_ms, middle) >= confidence:
            high = middle
        else:
            low = middle
    return np.int64(math.ceil(high))
