"""Kernels of expected coverage: lists of whom a call may go to, and what comes of it once it is known how busy all are.

All times in minutes, but for entries and promises, which are in ms.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from engine.arrival.kernels import kept_probability, normal_cdf
from engine.coverage.busy import NEVER, full_given
from graphs.search.nearest_few import NOBODY

MINUTE_MS = 60_000.0
#: Chances below this are not worth a distribution of arrivals.
SLIGHT = 1e-7
_LAGUERRE = np.polynomial.laguerre.laggauss(8)
#: Points of an exponential wait of mean 1, and their weights (Gauss and Laguerre).
WAITS, WAIT_WEIGHTS = _LAGUERRE


@njit(nogil=True, cache=True)
def prior_means(prior):
    """(mean of true / computed travel, mean in minutes of what comes on top) of the distribution of arrivals. O(1)."""
    factor, sigma, delay, spread = prior
    top = max(0.0, delay)
    if spread > 0.0:
        at = delay / spread
        top = delay * normal_cdf(at) + spread * 0.3989422804014327 * math.exp(-0.5 * at * at)
    return factor * math.exp(0.5 * sigma * sigma), top / MINUTE_MS


@njit(nogil=True, cache=True)
def fill_lists(entries, number, mobilisation_ms, prior, work, begin, stand, minutes):
    """A stream's entries [d x few] into rows begin.. of stand and minutes; work: [d] minutes after the arrival.

    number: [rows of the stream's stands] their numbers among all. O(d x few).
    """
    factor, top = prior_means(prior)
    for i in range(entries.shape[0]):
        for k in range(entries.shape[1]):
            entry = entries[i, k]
            if entry >= NOBODY:
                stand[begin + i, k] = -1
                continue
            row = entry & np.int64(0xFFFFFFFF)
            ready = np.float64(mobilisation_ms[row])
            stand[begin + i, k] = number[row]
            minutes[begin + i, k] = (ready + factor * ((entry >> 32) - ready)) / MINUTE_MS + top + work[i]


@njit(nogil=True, cache=True)
def tally(
    stand, minutes, work, per_minute, within_ms, mobilisation_ms, first, whole, crews, seen, odds, queued,
    wait, mean_wait, prior, kept, arrival, nobody, cut, busy, calls, second,
):  # fmt: skip
    """What comes of every call. wait: whether who finds nobody waits (mean_wait [k] minutes of those) or is lost;
    whole [k]: whether the lists hold everybody who serves the stream.

    Into kept [p] P(within promise), arrival [p] mean minutes of those who are reached, nobody [p] P(nobody is free),
    cut [p] P(nobody listed is free, though others are beyond the list); adds to busy [s] crews at work, calls [s] a
    minute and second [s] minutes squared a minute. O(places x stands that a call gets to x points of quadrature).
    """
    few, deepest = stand.shape[1], odds.shape[1] - 1
    factor, top = prior_means(prior)
    chance = np.empty(few)
    for s in range(first.size - 1):
        for i in range(first[s], first[s + 1]):
            left, before, size = 1.0, 0, 0
            while size < few and stand[i, size] >= 0 and left >= NEVER:
                j = stand[i, size]
                here = full_given(seen[s, j], odds[s, min(before, deepest), crews[j]])
                chance[size] = left * (1.0 - here)
                left *= here
                before += crews[j]
                size += 1
            if left < NEVER:
                left = 0.0
            complete = size < few or whole[s]
            none = left if complete else 0.0
            beyond = 0.0 if complete else left
            if wait and queued[s] >= 1.0 and size:  # waits have no end, also of those beyond the list
                none, beyond = 1.0, 0.0
                for k in range(size):
                    chance[k] = 0.0
            elif wait and none > 0.0:  # as Erlang's C from his B: while all are busy only those count who wait for them
                held = none / (1.0 - queued[s] * (1.0 - none)) if none < 1.0 else 1.0
                scale = (1.0 - held) / (1.0 - none) if none < 1.0 else 0.0
                for k in range(size):
                    chance[k] *= scale
                none = held
            later = none if wait else 0.0
            within, reached, total = 0.0, 0.0, 0.0
            for k in range(size):
                j = stand[i, k]
                ready = np.float64(mobilisation_ms[j])
                comes = minutes[i, k] - work[i]
                share = later * crews[j] / before
                travel = max(0.0, ((comes - top) * MINUTE_MS - ready) / factor)
                if chance[k] > SLIGHT:
                    within += chance[k] * kept_probability(prior, ready, ready, 0.0, travel, within_ms[i])
                if share > SLIGHT and mean_wait[s] < 1e6:
                    for q in range(WAITS.size):
                        due = within_ms[i] - WAITS[q] * mean_wait[s] * MINUTE_MS
                        if due <= ready:
                            break
                        within += share * WAIT_WEIGHTS[q] * kept_probability(prior, ready, ready, 0.0, travel, due)
                reached += chance[k] * comes + share * (comes + mean_wait[s])
                total += chance[k] + share
                flow = per_minute[i] * (chance[k] + share + beyond * crews[j] / before)
                busy[j] += flow * minutes[i, k]
                calls[j] += flow
                second[j] += flow * minutes[i, k] * minutes[i, k]
            kept[i] = min(within, 1.0)
            arrival[i] = reached / total if total > 0.0 else math.inf
            nobody[i] = none
            cut[i] = beyond
