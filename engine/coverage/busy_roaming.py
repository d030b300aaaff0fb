"""Kernels of crews that stay where their last work ended: where the free ones are, and who of them goes where.

Free crews are taken to be anywhere independently of each other, as often at a location as its mean says; how many are
free at once follows the loss system of as many equal servers, as busy. All times in minutes but travel and promises,
which are in ms.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from engine.arrival.kernels import kept_probability
from engine.coverage.busy_erlang import busy_counts, load_of
from engine.coverage.expected_kernels import MINUTE_MS, SLIGHT, WAIT_WEIGHTS, WAITS, prior_means

#: Arrivals are told apart by this, up to so many times it.
BIN_MS, BINS = 15_000, 2_048
#: Of those for travel, the others for mobilisation.
TRAVEL_BINS = 1_024
#: Points at which the chance that nobody is free within reach is reckoned, from LEAST to 1 of all free crews.
POINTS, LEAST = 400, 1e-7


@njit(nogil=True, cache=True)
def nobody_within(servers, busy):
    """([POINTS + 1] shares of the free crews' mass, log P(no free crew is in it)); 0 first. O(POINTS x servers)."""
    counts = busy_counts(servers, load_of(servers, min(max(busy, 1e-12), 1.0 - 1e-12)))
    share, chance = np.zeros(POINTS + 1), np.zeros(POINTS + 1)
    step = -math.log(LEAST) / (POINTS - 1)
    for q in range(POINTS):
        y = LEAST * math.exp(step * q) if q < POINTS - 1 else 1.0
        outside = math.log1p(-y) if y < 1.0 else -math.inf
        total = 0.0
        for k in range(servers + 1):
            if counts[k] > 0.0:
                total += counts[k] * (math.exp(outside * (servers - k)) if k < servers else 1.0)
        share[q + 1] = y
        chance[q + 1] = math.log(max(total, 1e-300))
    return share, chance


@njit(nogil=True, cache=True)
def serve_place(bins, able, ready, free, total, share, chance, mass, each):
    """Of a call: each [BINS] chance per free crew of a bin to serve it; answers P(nobody is free).

    bins: [l] travel to the place; able: [t] types that may serve; ready: [t] mobilisation in bins; free: [t, l] mean
    free crews, ``total`` of able ones; mass: [BINS] scratch. O(types x locations + BINS).
    """
    mass[:] = 0.0
    for t in range(able.size):
        if able[t]:
            for m in range(bins.size):
                mass[ready[t] + bins[m]] += free[t, m]
    at, y, before = 0, 0.0, 0.0
    for b in range(mass.size):
        each[b] = 0.0
        if mass[b] <= 0.0:
            continue
        y = min(1.0, y + mass[b] / total)
        while at < share.size - 2 and share[at + 1] < y:
            at += 1
        part = (y - share[at]) / (share[at + 1] - share[at])
        after = chance[at] + min(1.0, part) * (chance[at + 1] - chance[at])
        each[b] = max(0.0, math.exp(before) - math.exp(after)) / mass[b]
        before = after
    return math.exp(before)


@njit(nogil=True, cache=True)
def roam_once(travel, bins, per_minute, hold, able, ready_ms, ready, crews, free, factor, top, taken, served, work):
    """One round: into taken [t, l] and served [k, t, i] rates a minute, work [k, t] crews at it.

    travel: [i, l] ms, bins: the same in bins; per_minute: [k, i]; hold: [k, i] minutes after the arrival; able: [k, t].
    O(streams x calls x types x locations).
    """
    mass, each = np.empty(BINS), np.empty(BINS)
    taken[:], served[:], work[:] = 0.0, 0.0, 0.0
    for s in range(per_minute.shape[0]):
        total, number = 0.0, 0
        for t in range(crews.size):
            if able[s, t]:
                total += free[t].sum()
                number += crews[t]
        if not number:
            continue
        share, chance = nobody_within(number, 1.0 - total / number)
        for i in range(per_minute.shape[1]):
            if per_minute[s, i] <= 0.0:
                continue
            serve_place(bins[i], able[s], ready, free, total, share, chance, mass, each)
            each *= per_minute[s, i]
            for t in range(crews.size):
                if not able[s, t]:
                    continue
                rates, driven = 0.0, 0.0
                for m in range(travel.shape[1]):
                    rate = each[ready[t] + bins[i, m]] * free[t, m]
                    taken[t, m] += rate
                    rates += rate
                    driven += rate * travel[i, m]
                served[s, t, i] = rates
                work[s, t] += rates * (ready_ms[t] / MINUTE_MS + top + hold[s, i]) + driven * factor / MINUTE_MS


@njit(nogil=True, cache=True)
def roam_tally(
    travel, bins, per_minute, within_ms, able, ready_ms, ready_bins, crews, free, ends, queued, wait, mean_wait, prior,
    kept, arrival, nobody,
):  # fmt: skip
    """What comes of every call, into kept, arrival and nobody [k, i], as `expected_kernels.tally` does.

    ends: [k, l] where crews that serve the stream become free, summing to 1. O(streams x calls x types x locations).
    """
    mass, each = np.empty(BINS), np.empty(BINS)
    factor, top = prior_means(prior)
    for s in range(per_minute.shape[0]):
        total, number, ready = 0.0, 0, 0.0
        for t in range(crews.size):
            if able[s, t]:
                total += free[t].sum()
                number += crews[t]
                ready += crews[t] * ready_ms[t]
        kept[s], arrival[s], nobody[s] = 0.0, math.inf, 1.0
        if not number:
            continue
        ready /= number
        share, chance = nobody_within(number, 1.0 - total / number)
        for i in range(per_minute.shape[1]):
            if per_minute[s, i] <= 0.0:
                continue
            none = serve_place(bins[i], able[s], ready_bins, free, total, share, chance, mass, each)
            scale = 1.0
            if wait:
                held = 1.0 if queued[s] >= 1.0 else none / (1.0 - queued[s] * (1.0 - none))
                scale = (1.0 - held) / (1.0 - none) if none < 1.0 else 0.0
                none = held
            within, comes = 0.0, 0.0
            for t in range(crews.size):
                if not able[s, t]:
                    continue
                for m in range(travel.shape[1]):
                    part = scale * each[ready_bins[t] + bins[i, m]] * free[t, m]
                    comes += part * ((ready_ms[t] + factor * travel[i, m]) / MINUTE_MS + top)
                    if part > SLIGHT:
                        own, far = np.float64(ready_ms[t]), np.float64(travel[i, m])
                        within += part * kept_probability(prior, own, own, 0.0, far, within_ms[s, i])
            if wait:
                for m in range(travel.shape[1]):
                    part, far = none * ends[s, m], np.float64(travel[i, m])
                    comes += part * ((ready + factor * far) / MINUTE_MS + top + mean_wait[s])
                    if part > SLIGHT and mean_wait[s] < 1e6:
                        for q in range(WAITS.size):
                            due = within_ms[s, i] - WAITS[q] * mean_wait[s] * MINUTE_MS
                            if due > ready:
                                within += part * WAIT_WEIGHTS[q] * kept_probability(prior, ready, ready, 0.0, far, due)
            reached = 1.0 if wait else 1.0 - none
            kept[s, i], nobody[s, i] = min(within, 1.0), none
            arrival[s, i] = comes / reached if reached > 0.0 else math.inf
