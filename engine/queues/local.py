"""Ruin and recreate: take a few neighbouring jobs out of their tours, put them back where they cost least.

After Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing problems", 2020, with
simulated annealing. Contractors and leaving a job compete with tours. Tours of what is accepted go to the pool.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.queues.borrow import borrow
from engine.queues.columns import put
from engine.queues.state import copy_state, insertion, put_in, refresh, take_out

#: Chance that a place is overlooked, against always choosing alike.
BLINK = 0.01


@njit(nogil=True, cache=True, inline="always")
def draw(rng):
    """A number from [0, 1): xorshift64*."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(nogil=True, cache=True)
def place(a, near, state, j, rng, blink):
    """Serve job j, which nobody serves, where it costs least; returns its unit, u + contractor or -1. O(near x 5).

    A place is overlooked with chance ``blink``.
    """
    a = borrow(a)
    near = borrow(near)
    state = borrow(state)
    rng = borrow(rng)
    units = a.ready.size
    best, best_u, best_p = a.unserved[j], np.int64(-1), np.int64(0)
    for x in range(near.hired.shape[1]):
        p = near.hired[j, x]
        if p < 0 or a.option[p, j] >= best:
            break
        if state.load[p] < a.crews[p]:
            best, best_u = a.option[p, j], units + p
            break
    heads, befores = near.units.shape[1], near.before.shape[1]
    for x in range(heads + befores + near.after.shape[1]):
        p = np.int64(0)
        if x < heads:
            u = np.int64(near.units[j, x])
            if u < 0:
                continue
        else:
            i = near.before[j, x - heads] if x < heads + befores else near.after[j, x - heads - befores]
            if i < 0:
                continue
            u = np.int64(state.where[i])
            if u < 0 or u >= units:
                continue
            while state.tour[u, p] != i:
                p += 1
            if x < heads + befores:
                p += 1
        if a.fixed[u, j] < 0 or state.size[u] >= a.max_jobs or (blink > 0.0 and draw(rng) < blink):
            continue
        more = insertion(a, state, u, p, j, best)
        if more < best:
            best, best_u, best_p = more, u, p
    if best_u >= units:
        state.where[j] = best_u
        state.load[best_u - units] += 1
        state.value[0] += best - a.unserved[j]
    elif best_u >= 0:
        put_in(a, state, best_u, best_p, j)
    return best_u


@njit(nogil=True, cache=True)
def place_anywhere(a, state, j):
    """As `place`, looking at every unit. O(u x 25)."""
    a = borrow(a)
    state = borrow(state)
    units = a.ready.size
    best, best_u, best_p = a.unserved[j], np.int64(-1), np.int64(0)
    for p in range(a.crews.size):
        if state.load[p] < a.crews[p] and 0 <= a.option[p, j] < best:
            best, best_u = a.option[p, j], units + p
    for u in range(units):
        if a.fixed[u, j] < 0:
            continue
        for p in range(state.size[u] + 1):
            more = insertion(a, state, u, p, j, best)
            if more < best:
                best, best_u, best_p = more, u, p
    if best_u >= units:
        state.where[j] = best_u
        state.load[best_u - units] += 1
        state.value[0] += best - a.unserved[j]
    elif best_u >= 0:
        put_in(a, state, best_u, best_p, j)
    return best_u


@njit(nogil=True, cache=True)
def improve(a, near, state, best, room, rng, iterations, hot, cold, mean_ruined, stop):
    """Anneal `state` from temperature hot to cold; `best` gets the best seen. Returns iterations done.

    Ends early when stop[0] is set. O(iterations x ruined x near x 5).
    """
    a = borrow(a)
    near = borrow(near)
    state = borrow(state)
    best = borrow(best)
    room = borrow(room)
    rng = borrow(rng)
    units, n = a.ready.size, a.service.size
    if n == 0:
        return 0
    out = np.empty(n, np.int32)
    rank = np.empty(n, np.float64)
    touched = np.empty(n + units, np.int32)
    mark, gone = np.zeros(units + 1, np.int64), np.zeros(n, np.int64)
    save_tour = np.empty((n + units, 5), np.int32)
    save_size = np.empty(n + units, np.int32)
    was = np.empty(n, np.int32)
    load = state.load.copy()
    temperature, cooling = hot, (cold / hot) ** (1.0 / max(1, iterations))
    for round_ in range(1, iterations + 1):
        if stop[0]:
            return round_ - 1
        temperature *= cooling
        old_value = state.value[0]
        load[:] = state.load
        count, tours = np.int64(0), np.int64(0)
        # take out
        wanted = 1 + int(draw(rng) * 2 * mean_ruined)
        centre = np.int32(draw(rng) * n)
        longest = 1 + int(draw(rng) * 5)
        for x in range(-1, near.beside.shape[1]):
            j = centre if x < 0 else near.beside[centre, x]
            if j < 0 or count >= wanted:
                break
            u = state.where[j]
            if gone[j] == round_:
                continue
            if u < 0 or u >= units:
                gone[j] = round_
                out[count], was[count] = j, u
                count += 1
                if u >= 0:
                    take_out(a, state, j)
                continue
            if mark[u] == round_:
                continue
            p = 0
            while state.tour[u, p] != j:
                p += 1
            first = 1 if a.pin[u] >= 0 else 0
            if p < first:
                continue
            size = state.size[u]
            length = min(longest, size - first)
            begin = max(first, p - int(draw(rng) * length))
            begin = min(begin, size - length)
            mark[u] = round_
            touched[tours], save_size[tours] = u, size
            for q in range(size):
                save_tour[tours, q] = state.tour[u, q]
            tours += 1
            for q in range(begin, begin + length):
                k = state.tour[u, q]
                out[count], was[count] = k, u
                count += 1
                gone[k] = round_
                state.where[k] = -1
                state.value[0] += a.unserved[k]
            for q in range(begin, size - length):
                state.tour[u, q] = state.tour[u, q + length]
            state.size[u] = size - length
            before = state.total[u]
            state.value[0] += refresh(a, state, u, begin) - before
        # put back
        kind = draw(rng)
        for x in range(count):
            j = out[x]
            if kind < 0.4:
                rank[x] = draw(rng)
            elif kind < 0.6:
                rank[x] = -a.priority[j] + 1e-6 * draw(rng)
            elif kind < 0.8:
                rank[x] = a.due[j]
            elif kind < 0.9:
                rank[x] = -np.float64(a.between[centre, j])
            else:
                rank[x] = np.float64(a.between[centre, j])
        for x in range(1, count):
            r, j, w, y = rank[x], out[x], was[x], x - 1
            while y >= 0 and rank[y] > r:
                rank[y + 1], out[y + 1], was[y + 1] = rank[y], out[y], was[y]
                y -= 1
            rank[y + 1], out[y + 1], was[y + 1] = r, j, w
        for x in range(count):
            j = out[x]
            u = place_saving(a, near, state, np.int64(j), rng, mark, round_, touched, save_tour, save_size, tours)
            if 0 <= u < units and mark[u] != round_:
                mark[u] = round_
                tours += 1
        # accept or undo
        if state.value[0] < old_value - temperature * np.log(draw(rng) + 1e-300):
            if state.value[0] != old_value:
                for x in range(tours):
                    u = touched[x]
                    if state.size[u] > 0:
                        put(room, np.int64(u), state.tour[u], np.int64(state.size[u]), state.total[u])
            if state.value[0] < best.value[0]:
                copy_state(state, best)
        else:
            for x in range(count):
                state.where[out[x]] = was[x]
            state.load[:] = load
            for x in range(tours):
                u = touched[x]
                state.size[u] = save_size[x]
                for q in range(save_size[x]):
                    state.tour[u, q] = save_tour[x, q]
                refresh(a, state, u, 0)
            state.value[0] = old_value
    return iterations


@njit(nogil=True, cache=True)
def place_saving(a, near, state, j, rng, mark, round_, touched, save_tour, save_size, tours):
    """`place`, after which a tour touched for the first time stands at touched[tours] as it was before. O(near x 5)."""
    units = a.ready.size
    u = place(a, near, state, j, rng, BLINK)
    if 0 <= u < units and mark[u] != round_:
        touched[tours] = u
        size = 0
        for q in range(state.size[u]):
            if state.tour[u, q] != j:
                save_tour[tours, size] = state.tour[u, q]
                size += 1
        save_size[tours] = size
    return u


@njit(nogil=True, cache=True)
def fill(a, near, state, order, halt):
    """Serve the jobs of `order` that nobody serves, one after another, each where it costs least, until halt[0]."""
    a = borrow(a)
    near = borrow(near)
    state = borrow(state)
    rng = np.ones(1, np.uint64)
    for x in range(order.size):
        if halt[0]:
            return
        if state.where[order[x]] < 0:
            u = place(a, near, state, np.int64(order[x]), rng, 0.0)
            if u < 0:
                place_anywhere(a, state, np.int64(order[x]))


@njit(nogil=True, cache=True)
def pool_tours(room, state):
    """All tours of a solution into the pool."""
    room = borrow(room)
    state = borrow(state)
    for u in range(state.size.size):
        if state.size[u] > 0:
            put(room, np.int64(u), state.tour[u], np.int64(state.size[u]), state.total[u])
