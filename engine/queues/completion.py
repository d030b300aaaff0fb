"""Lower bounds on what the rest of a tour can still bring, the same for all units: tables over job and time.

``visit(k, i, b, p)`` is a lower bound on the reduced cost of serving i, reached in time bin b from p, and up to k more
jobs after it. Times are rounded down to bins and prices of units to the cheapest, and a job may come again unless it is
the one before last (2-cycles are excluded), so it is a bound on every real completion. Dynamic programming backwards;
source of the 2-cycle rule: Houck, Picard, Queyranne and Vemuganti, "The travelling salesman problem as a constrained
shortest path problem", 1980. Values are int32, in units of 2^shift milli-minutes, so that the inner loop is vectorised.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from engine.queues.borrow import borrow
from engine.queues.evaluate import least_delay
from engine.queues.instance import Arrays
from graphs.network import Int32, Int64
from graphs.search import INF

#: Bins of time, and values that count as "no way".
BINS = 384
TOP = 1 << 29


class Tables(NamedTuple):
    """[k, j, b] the visit's bound with the best completion, that completion's first job, and the bound with another."""

    best: Int32
    then: Int32
    other: Int32
    bin_ms: int
    shift: int


def make_tables(a: Arrays, depth: int, bins: int = BINS) -> Tables:
    """Room for tours of `depth` jobs: first jobs have depth - 1 after them."""
    n = a.service.size
    shape = (max(1, depth), n, bins)
    return Tables(
        np.empty(shape, np.int32), np.empty(shape, np.int32), np.empty(shape, np.int32), _bin_ms(a, depth, bins), 0
    )


def _bin_ms(a: Arrays, depth: int, bins: int) -> int:
    """Width so that the bins hold the time that tours last; later times count as the last bin."""
    n = a.service.size
    if n == 0:
        return 60_000
    legs = a.between.ravel()[:: max(1, n * n // 65536)]
    middle = np.partition(legs, legs.size // 4)[legs.size // 4] if n > 1 else 0
    soonest = a.first.min(axis=0) if a.first.shape[0] else np.zeros(0)
    soonest = soonest[soonest < INF]  # other jobs come after others only
    first = np.median(soonest) if soonest.size else 0
    ready = float(np.median(a.ready)) if a.ready.size else 0.0
    lasting = ready + first + depth * (float(np.mean(a.service)) + min(float(middle), float(INF) / 100))
    span = max(1.5 * lasting, float(a.earliest.max()) + lasting)
    return max(1000, int(span / bins) + 1)


def shift_for(prices: Int64) -> int:
    """Bits to drop so that sums over a tour fit."""
    most = int(prices.max()) if prices.size else 0
    return max(0, (most * 8).bit_length() - 29)


@njit(nogil=True, cache=True)
def least_fixed(a):
    """[j] the least that any unit charges for each job, TOP where nobody can do it. O(u x j)."""
    out = np.full(a.service.size, np.int64(TOP))
    for u in range(a.ready.size):
        for j in range(a.service.size):
            if a.fixed[u, j] >= 0:
                out[j] = min(out[j], a.fixed[u, j])
    return out


@njit(nogil=True, cache=True)
def fill_tables(a, prices, least, shift, bin_ms, best, then, other, halt):
    """Fill the tables for these prices. O(depth x j^2 x bins), less where visits do not pay.

    Ends early, with nothing to be used, when halt[0] is set.
    """
    a = borrow(a)
    best = borrow(best)
    then = borrow(then)
    other = borrow(other)
    depth, n, bins = best.shape
    value = np.empty(bins, np.int32)
    first = np.empty(bins, np.int32)
    second = np.empty(bins, np.int32)
    swapped = np.empty(bins, np.int32)
    pays = np.empty(n, np.int64)  # number of leading bins in which a visit pays
    alone = np.empty((n, bins), np.int32)
    leave = np.empty((n, bins), np.int32)  # bin in which the visit ends
    for i in range(n):
        for b in range(bins):
            arrival = max(a.earliest[i], np.int64(b) * bin_ms)
            leave[i, b] = min(np.int64(bins - 1), (arrival + a.service[i]) // bin_ms)
            if arrival > a.latest[i] or least[i] >= TOP:
                alone[i, b] = TOP
            else:
                cost = least_delay(a, i, np.int64(b) * bin_ms) + least[i] - prices[i]
                alone[i, b] = min(np.int64(TOP), cost >> shift)
    returns = np.zeros((n, n), np.bool_)  # whether j is the first of some best completion of a visit to i
    for k in range(depth):
        if k > 0:
            returns[:] = False
            for i in range(n):
                pays[i] = 0
                while pays[i] < bins and best[k - 1, i, pays[i]] < 0:
                    if then[k - 1, i, pays[i]] >= 0:
                        returns[i, then[k - 1, i, pays[i]]] = True
                    pays[i] += 1
        for j in range(n):
            if halt[0]:
                return
            value[:] = 0
            first[:] = -1
            second[:] = 0
            if k > 0:
                for i in range(n):
                    if i == j or pays[i] == 0 or a.between[j, i] >= INF:
                        continue
                    offset = np.int64(a.between[j, i]) // bin_ms
                    drive = np.int32(min(np.int64(TOP >> 1), a.between_drive[j, i] >> shift))
                    low, high = np.int64(0), pays[i]  # visits later than `high` cost more than they bring
                    while low < high:
                        middle = (low + high) // 2
                        if best[k - 1, i, middle] + drive < 0:
                            low = middle + 1
                        else:
                            high = middle
                    if high <= offset and high < bins:
                        continue
                    last = max(np.int64(0), high - offset)
                    values = best[k - 1, i]
                    if returns[i, j]:
                        for b in range(bins):
                            swapped[b] = other[k - 1, i, b] if then[k - 1, i, b] == j else values[b]
                        values = swapped
                    _meet(np.int32(i), drive, offset, last, values, value, first, second)
                    if high == bins:  # beyond the last bin its value counts
                        _meet_late(np.int32(i), np.int32(drive + values[bins - 1]), last, value, first, second)
            for b in range(bins):
                end = leave[j, b]
                here = alone[j, b]
                if here >= TOP:
                    best[k, j, b], then[k, j, b], other[k, j, b] = TOP, -1, TOP
                else:
                    best[k, j, b] = here + value[end]
                    then[k, j, b] = first[end]
                    other[k, j, b] = here + second[end]


@njit(nogil=True, cache=True)
def _meet(i, drive, offset, last, values, value, first, second):
    """Let job i follow, for the bins before `last`. O(bins)."""
    for b in range(last):
        found = np.int32(drive + values[b + offset])
        old = value[b]
        better = found < old
        lesser = found if found < second[b] else second[b]
        second[b] = old if better else lesser
        value[b] = found if better else old
        first[b] = i if better else first[b]


@njit(nogil=True, cache=True)
def _meet_late(i, found, begin, value, first, second):
    """The same at one value for all bins from `begin` on. O(bins)."""
    for b in range(begin, value.size):
        if found < value[b]:
            second[b] = value[b]
            value[b] = found
            first[b] = i
        elif found < second[b]:
            second[b] = found
