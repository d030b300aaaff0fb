"""Kernels of stand-by: what moves of free units gain."""

from __future__ import annotations

import numpy as np
from numba import njit

from graphs.search import INF


@njit(nogil=True, cache=True)
def cover_rows(travel_ms, within_ms, allowed, service, ready_ms, territory, able, out):
    """out [k, d]: whether a unit of a kind is within promise of each row, given travel_ms [k, d]. O(k x d)."""
    word, bit = np.uint64(territory) >> np.uint64(6), np.uint64(1) << (np.uint64(territory) & np.uint64(63))
    for k in range(travel_ms.shape[0]):
        for i in range(within_ms.size):
            ms = np.int64(travel_ms[k, i])
            near = ms < INF and ms + ready_ms <= within_ms[i] and able[service[i]]
            out[k, i] = near and (allowed[i, word] & bit) != np.uint64(0)


@njit(nogil=True, cache=True)
def move_gains(
    weight, within_ms, travel_ms, allowed, service, ready_ms, territory, able, drive_ms, near, here, left, step, out
):
    """out [g, p]: gained when a crew of stand g moves to place p; untouched where it cannot. step[k] = (1-q) q^k.

    Rows that it covers from both gain nothing. O(g x p x d).
    """
    for g in range(drive_ms.shape[0]):
        if left[g] <= 0:
            continue
        number = np.uint64(territory[g])
        word, bit = number >> np.uint64(6), np.uint64(1) << (number & np.uint64(63))
        for p in range(drive_ms.shape[1]):
            if drive_ms[g, p] >= INF:
                continue
            total = 0.0
            for i in range(weight.size):
                ms = np.int64(travel_ms[p, i])
                there = ms < INF and ms + ready_ms[g] <= within_ms[i] and able[g, service[i]]
                there = there and (allowed[i, word] & bit) != np.uint64(0)
                if there and not here[g, i]:
                    total += weight[i] * step[near[i]]
                elif here[g, i] and not there:
                    total -= weight[i] * step[near[i] - 1]
            out[g, p] = total
