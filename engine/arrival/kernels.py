"""The distribution of one arrival: a ready time that is uncertain, then a drive that is, independent of each other.

    A = max(floor, ready + delay + s Z) + factor · travel · exp(sigma N)        Z, N standard normal

Z is taken at the points of a quadrature; given Z the rest is lognormal, for which probability and both moments of
lateness have closed forms. For every Z and N the arrival grows with ready and travel, hence so do the
chance of being late and any expected lateness: what the fleet index's bound rests on. Times in ms relative to now.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from graphs.search.arrays import frozen

#: Up to this standard deviation of the ready time eight points do, beyond it, where each point would show as a step of
#: the probability, a fine grid.
NARROW_MS = 180_000.0
#: Gauss's rule of four points for the standard normal's right half (half-range Hermite polynomials), mirrored. A rule
#: for each half, as an idle unit's start has its kink in the middle: nobody sets off before now.
_HALF = np.array([0.18918846566792433, 0.88292844418710483, 1.8986352010260337, 3.1998907904878800])
_HALF_WEIGHTS = np.array([0.18353256395969202, 0.23758424042291755, 0.07528686870428026, 0.0035963269131101747])
_GRID = np.linspace(-3.1, 3.1, 32)
_DENSITY = np.exp(-0.5 * _GRID * _GRID)
NODES = frozen(np.concatenate((-_HALF[::-1], _HALF)), np.float64)
NODE_WEIGHTS = frozen(np.concatenate((_HALF_WEIGHTS[::-1], _HALF_WEIGHTS)), np.float64)
FINE_NODES = frozen(_GRID, np.float64)
FINE_WEIGHTS = frozen(_DENSITY / _DENSITY.sum(), np.float64)
#: Halvings of an interval of at most weeks down to a millisecond.
HALVINGS = 42


@njit(nogil=True, cache=True)
def normal_cdf(x):
    """Probability that a standard normal is at most x."""
    return 0.5 * math.erfc(-x * 0.7071067811865476)


@njit(nogil=True, cache=True)
def kept_probability(prior, floor_ms, ready_ms, spread_ms, travel_ms, due_ms):
    """P(A <= due). O(1): 8 or 32 points.

    prior: (factor, sigma, delay in ms, its standard deviation in ms); spread: standard deviation of the time at which
    a busy unit is free.
    """
    factor, sigma, delay, delay_spread = prior
    deviation = math.sqrt(spread_ms * spread_ms + delay_spread * delay_spread)
    nodes, weights = (NODES, NODE_WEIGHTS) if deviation <= NARROW_MS else (FINE_NODES, FINE_WEIGHTS)
    median = factor * travel_ms
    total = 0.0
    for k in range(nodes.size):
        left = due_ms - max(floor_ms, ready_ms + delay + nodes[k] * deviation)
        if left < 0.0:
            continue
        if median <= 0.0:
            total += weights[k]
        elif left > 0.0:
            total += weights[k] * normal_cdf(math.log(left / median) / sigma)
    return min(total, 1.0)


@njit(nogil=True, cache=True)
def expected_lateness(prior, floor_ms, ready_ms, spread_ms, travel_ms, due_ms):
    """(P(late), E[late], E[late squared]), lateness in minutes and minutes squared; arguments as above. O(1)."""
    factor, sigma, delay, delay_spread = prior
    deviation = math.sqrt(spread_ms * spread_ms + delay_spread * delay_spread)
    nodes, weights = (NODES, NODE_WEIGHTS) if deviation <= NARROW_MS else (FINE_NODES, FINE_WEIGHTS)
    median = factor * travel_ms / 60000.0
    mean = median * math.exp(0.5 * sigma * sigma)
    square = median * median * math.exp(2.0 * sigma * sigma)
    chance, first, second = 0.0, 0.0, 0.0
    for k in range(nodes.size):
        left = (due_ms - max(floor_ms, ready_ms + delay + nodes[k] * deviation)) / 60000.0
        if median <= 0.0:
            if left < 0.0:
                chance += weights[k]
                first -= weights[k] * left
                second += weights[k] * left * left
        elif left <= 0.0:
            chance += weights[k]
            first += weights[k] * (mean - left)
            second += weights[k] * (square - 2.0 * left * mean + left * left)
        else:
            at = math.log(median / left) / sigma
            beyond, shifted = normal_cdf(at), normal_cdf(at + sigma)
            chance += weights[k] * beyond
            first += weights[k] * max(0.0, mean * shifted - left * beyond)
            second += weights[k] * max(
                0.0, square * normal_cdf(at + 2.0 * sigma) - 2.0 * left * mean * shifted + left * left * beyond
            )
    return min(chance, 1.0), first, second


@njit(nogil=True, cache=True)
def arrival_quantile(prior, floor_ms, ready_ms, spread_ms, travel_ms, confidence):
    """The least time in ms, rounded up, with P(A <= time) >= confidence; 0 < confidence < 1. O(1)."""
    factor, sigma, delay, delay_spread = prior
    deviation = math.sqrt(spread_ms * spread_ms + delay_spread * delay_spread)
    # N beyond its confidence quantile is cut at 8, where doubles end
    high = max(floor_ms, ready_ms + delay + 4.0 * deviation) + factor * travel_ms * math.exp(8.0 * sigma) + 1.0
    low = 0.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if kept_probability(prior, floor_ms, ready_ms, spread_ms, travel_ms, middle) >= confidence:
            high = middle
        else:
            low = middle
    return np.int64(math.ceil(high))
