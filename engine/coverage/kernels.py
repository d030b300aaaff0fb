"""Kernels of coverage: who may serve whom, and when the first, second ... unit is there."""

from __future__ import annotations

import numpy as np
from numba import njit

from graphs.search import INF
from graphs.search.nearest_few import NOBODY, put


@njit(nogil=True, cache=True)
def put_direct(place, stand, ms, few, entries):
    """Enter ways along one street, of stand[i] to place[i], into entries [places x few]. O(k x few)."""
    for i in range(place.size):
        if ms[i] < INF:
            put(entries, np.int64(place[i]) * few, few, (np.int64(ms[i]) << 32) | np.int64(stand[i]))


@njit(nogil=True, cache=True)
def keep_allowed(entries, few, territory, rows, allowed, need, out, unknown):
    """The first `need` entries of each place whose stand may serve there, into out [places x need].

    territory: [stands]; allowed: [places, words] bits by territory, of which place i has row rows[i]. unknown[i] is set
    where fewer were found though there are stands beyond those listed. O(places x few).
    """
    for i in range(rows.size):
        found = 0
        base = i * few
        for k in range(few):
            entry = entries[base + k]
            if entry >= NOBODY or found == need:
                break
            number = np.uint64(territory[entry & np.int64(0xFFFFFFFF)])
            word = allowed[rows[i], number >> np.uint64(6)]
            if word >> (number & np.uint64(63)) & np.uint64(1):
                out[i * need + found] = entry
                found += 1
        unknown[i] = 1 if found < need and entries[base + few - 1] < NOBODY else 0
        while found < need:
            out[i * need + found] = NOBODY
            found += 1


@njit(nogil=True, cache=True)
def keep_known(known, few, now, need, out, unknown):
    """The first `need` of the entries [places x few] whose stand is still there, under its row now, into out.

    now: [stands] row, -1: gone; ascending but for these, so that order stays. unknown[i] as in `keep_allowed`.
    O(places x few).
    """
    for i in range(unknown.size):
        found = 0
        base = i * few
        for k in range(few):
            entry = known[base + k]
            if entry >= NOBODY or found == need:
                break
            row = now[entry & np.int64(0xFFFFFFFF)]
            if row >= 0:
                out[i * need + found] = (entry >> 32 << 32) | row
                found += 1
        unknown[i] = 1 if found < need and known[base + few - 1] < NOBODY else 0
        while found < need:
            out[i * need + found] = NOBODY
            found += 1


@njit(nogil=True, cache=True)
def put_new(entries, few, row, need, out):
    """Enter the entries [places x few] of stands row[stand] among those of out [places x need].

    O(places x few x need).
    """
    for i in range(out.size // need):
        for k in range(few):
            entry = entries[i * few + k]
            if entry >= NOBODY:
                break
            put(out, i * need, need, (entry >> 32 << 32) | row[entry & np.int64(0xFFFFFFFF)])


@njit(nogil=True, cache=True)
def crew_arrivals(entries, few, crews, most, out):
    """ms until the first, second ... unit (up to `most`) is at each place, into out [places x most]; INF: nobody.

    entries: [places x few] of stands with crews[stand] units each. O(places x few).
    """
    for i in range(out.size // most):
        at = 0
        for k in range(few):
            entry = entries[i * few + k]
            if entry >= NOBODY or at == most:
                break
            for _ in range(crews[entry & np.int64(0xFFFFFFFF)]):
                if at < most:
                    out[i * most + at] = np.int32(entry >> 32)
                    at += 1
        while at < most:
            out[i * most + at] = INF
            at += 1


@njit(nogil=True, cache=True)
def add_figures(arrival_ms, ranks, within_ms, weight, kind, by_class, covered, total):
    """Add places with demand to sums that start at 0; one by one, so that sums are the same on every machine. O(d).

    arrival_ms: [d x ranks] of the units; within_ms: [d] promise. by_class: [2, classes] demand, and of it covered;
    covered: [ranks] within promise by so many units; total: [3] demand, of it reached, weight x ms of what is reached.
    """
    for i in range(weight.size):
        share = weight[i]
        first = arrival_ms[i * ranks]
        total[0] += share
        by_class[0, kind[i]] += share
        if first < INF:
            total[1] += share
            total[2] += share * np.float64(first)
        if first <= within_ms[i]:
            by_class[1, kind[i]] += share
        for rank in range(ranks):
            if arrival_ms[i * ranks + rank] <= within_ms[i]:
                covered[rank] += share
