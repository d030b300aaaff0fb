"""A solution while it is worked on: tours with the times and costs of their prefixes, and who serves each job."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from engine.queues.borrow import borrow
from engine.queues.evaluate import overtime_cost, step, tour_cost
from engine.queues.instance import Arrays
from engine.queues.limits import MOST_JOBS
from graphs.network import Int32, Int64

#: What an insertion that must not be costs.
NO_WAY = np.int64(1) << 60
#: What a leg or arrival that must not be costs while a tour is taken apart; never accepted.
BLOCKED = np.int64(1) << 46


class State(NamedTuple):
    """`where` is a unit, ``u`` + a contractor, or -1 for a job that is left."""

    tour: Int32  # [u, 5]
    size: Int32  # [u]
    time: Int64  # [u, 6] when the unit is free after so many jobs
    cost: Int64  # [u, 6] of so many jobs, without overtime
    total: Int64  # [u] cost of the tour
    where: Int32  # [j]
    load: Int64  # [p]
    value: Int64  # [1] cost of everything


def make_state(a: Arrays) -> State:
    """Nothing served but pinned jobs."""
    u, n = a.ready.size, a.service.size
    state = State(
        np.full((u, MOST_JOBS), -1, np.int32),
        np.zeros(u, np.int32),
        np.zeros((u, MOST_JOBS + 1), np.int64),
        np.zeros((u, MOST_JOBS + 1), np.int64),
        np.zeros(u, np.int64),
        np.full(n, -1, np.int32),
        np.zeros(a.crews.size, np.int64),
        np.zeros(1, np.int64),
    )
    clear(a, state)
    return state


@njit(nogil=True, cache=True)
def clear(a, state):
    """Take every job away but pinned ones. O(u + j)."""
    a = borrow(a)
    state = borrow(state)
    state.where[:] = -1
    state.load[:] = 0
    state.value[0] = a.unserved.sum()
    for u in range(a.ready.size):
        state.size[u] = 0
        state.time[u, 0] = a.ready[u]
        state.cost[u, 0] = 0
        state.total[u] = 0
        j = a.pin[u]
        if j >= 0:
            state.tour[u, 0], state.size[u] = j, 1
            state.where[j] = u
            refresh(a, state, u, 0)
            state.value[0] += state.total[u] - a.unserved[j]


@njit(nogil=True, cache=True, inline="always")
def refresh(a, state, u, begin):
    """Times and costs of unit u's tour from position `begin` on; returns its cost. O(5)."""
    tour, time, cost = state.tour[u], state.time[u], state.cost[u]
    n = state.size[u]
    for p in range(begin, n):
        arrival, added = step(a, u, tour[p - 1] if p > 0 else -1, time[p], tour[p])
        time[p + 1] = arrival + a.service[tour[p]]
        cost[p + 1] = cost[p] + (added if added >= 0 else BLOCKED)
    state.total[u] = cost[n]
    if n > 0:
        state.total[u] += overtime_cost(a, u, tour[n - 2] if n > 1 else -1, tour[n - 1], time[n])
    return state.total[u]


@njit(nogil=True, cache=True, inline="always")
def insertion(a, state, u, p, j, limit):
    """What job j at position p of unit u's tour adds; NO_WAY when it must not be, or for `limit` or more. O(5)."""
    n = state.size[u]
    if n >= a.max_jobs or (p == 0 and a.pin[u] >= 0):
        return NO_WAY
    tour, cost = state.tour[u], state.cost[u]
    arrival, more = step(a, u, tour[p - 1] if p > 0 else -1, state.time[u, p], j)
    if more < 0 or more >= limit:
        return NO_WAY
    if a.group[j] >= 0:
        for q in range(n):
            if a.group[tour[q]] == a.group[j]:
                return NO_WAY
    end, last, before = arrival + a.service[j], np.int64(j), np.int64(tour[p - 1] if p > 0 else -1)
    for q in range(p, n):
        k = tour[q]
        arrival, added = step(a, u, last, end, k)
        if added < 0:
            return NO_WAY
        more += added - (cost[q + 1] - cost[q])
        if more >= limit and q > p:
            return NO_WAY
        end, before, last = arrival + a.service[k], last, np.int64(k)
    more += overtime_cost(a, u, before, last, end) - (state.total[u] - cost[n])
    return more if more < limit else NO_WAY


@njit(nogil=True, cache=True)
def put_in(a, state, u, p, j):
    """Insert job j, which nobody serves, into unit u's tour at position p. O(5)."""
    a = borrow(a)
    state = borrow(state)
    n = state.size[u]
    for q in range(n, p, -1):
        state.tour[u, q] = state.tour[u, q - 1]
    state.tour[u, p] = j
    state.size[u] = n + 1
    state.where[j] = u
    old = state.total[u]
    state.value[0] += refresh(a, state, u, p) - old - a.unserved[j]


@njit(nogil=True, cache=True)
def take_out(a, state, j):
    """Let nobody serve job j. O(5)."""
    a = borrow(a)
    state = borrow(state)
    u, units = state.where[j], a.ready.size
    state.where[j] = -1
    state.value[0] += a.unserved[j]
    if u >= units:
        state.load[u - units] -= 1
        state.value[0] -= a.option[u - units, j]
        return
    n, p = state.size[u], 0
    while state.tour[u, p] != j:
        p += 1
    for q in range(p, n - 1):
        state.tour[u, q] = state.tour[u, q + 1]
    state.size[u] = n - 1
    old = state.total[u]
    state.value[0] += refresh(a, state, u, p) - old


@njit(nogil=True, cache=True)
def copy_state(source, target):
    """All of a solution. O(u + j)."""
    source = borrow(source)
    target = borrow(target)
    target.tour[:] = source.tour
    target.size[:] = source.size
    target.time[:] = source.time
    target.cost[:] = source.cost
    target.total[:] = source.total
    target.where[:] = source.where
    target.load[:] = source.load
    target.value[:] = source.value


@njit(nogil=True, cache=True)
def append(a, state, u, j):
    """Put job j, which nobody serves, at the end of unit u's tour if it may be there and it pays. O(5)."""
    a = borrow(a)
    state = borrow(state)
    if u >= a.ready.size or a.fixed[u, j] < 0:
        return False
    more = insertion(a, state, u, state.size[u], j, a.unserved[j])
    if more >= NO_WAY:
        return False
    put_in(a, state, np.int64(u), np.int64(state.size[u]), np.int64(j))
    return True


@njit(nogil=True, cache=True)
def gains(a, state):
    """[j] what the solution would save without each job (its unserved cost where it is left). O(j x 5)."""
    a = borrow(a)
    state = borrow(state)
    units = a.ready.size
    out = np.empty(a.service.size, np.int64)
    rest = np.empty(MOST_JOBS, np.int32)
    for j in range(out.size):
        u = state.where[j]
        if u < 0:
            out[j] = a.unserved[j]
        elif u >= units:
            out[j] = a.option[u - units, j]
        else:
            n = np.int64(0)
            for p in range(state.size[u]):
                if state.tour[u, p] != j:
                    rest[n] = state.tour[u, p]
                    n += 1
            without = tour_cost(a, np.int64(u), rest, n)
            out[j] = state.total[u] - without if without >= 0 else state.total[u]
        out[j] = max(np.int64(0), out[j])
    return out
