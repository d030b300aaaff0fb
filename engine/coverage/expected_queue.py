"""Kernel of expected coverage: the queue of calls and crews, played event by event.

A call goes to the free crew that may serve it and would be there first; who finds none waits, in order of call, until
a crew that may serve it is free. All times in ms from when crews came on duty.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from engine.arrival.kernels import kept_probability
from graphs.search import INF

#: Nobody joins a queue that is longer than so many calls for each crew, and a few: it would be hours until its turn.
LONGEST_TURNS, LONGEST_MORE = 20, 100


@njit(nogil=True, cache=True)
def sift_in(due, who, size, at, crew):
    """Into a heap of `size` crews by the time they are free, of equal ones the lower number first. O(log size)."""
    k = size
    while k > 0:
        up = (k - 1) >> 1
        if due[up] < at or (due[up] == at and who[up] < crew):
            break
        due[k], who[k] = due[up], who[up]
        k = up
    due[k], who[k] = at, crew


@njit(nogil=True, cache=True)
def sift_out(due, who, size):
    """Take the first out of a heap of `size` crews. O(log size)."""
    at, crew = due[size - 1], who[size - 1]
    k, end = 0, size - 1
    while True:
        low = 2 * k + 1
        if low >= end:
            break
        if low + 1 < end and (due[low + 1] < due[low] or (due[low + 1] == due[low] and who[low + 1] < who[low])):
            low += 1
        if at < due[low] or (at == due[low] and crew < who[low]):
            break
        due[k], who[k] = due[low], who[low]
        k = low
    due[k], who[k] = at, crew


@njit(nogil=True, cache=True)
def may_go(u, s, i, able, word, bit, allowed, travel, at):
    """Whether crew u serves stream s, may go to place i by its territory, and gets there from where it is."""
    return able[u, s] and (allowed[i, word[u]] & bit[u]) != 0 and travel[i, at[u]] < INF


@njit(nogil=True, cache=True)
def weigh(u, comes, owner, soonest, who):
    """Crew u would be there at ``comes``: into soonest and who [2], the first and the first of another provider."""
    if comes < soonest[0] or (comes == soonest[0] and u < who[0]):
        if who[0] >= 0 and owner[who[0]] != owner[u]:
            soonest[1], who[1] = soonest[0], who[0]
        soonest[0], who[0] = comes, u
    elif (comes < soonest[1] or (comes == soonest[1] and u < who[1])) and owner[u] != owner[who[0]]:
        soonest[1], who[1] = comes, u


@njit(nogil=True, cache=True)
def link(u, location, head, after):
    """Crew u is free at a location: the first of the chain there. O(1)."""
    after[u] = head[location]
    head[location] = u


@njit(nogil=True, cache=True)
def unlink(u, location, head, after):
    """Crew u leaves the chain of its location. O(crews there)."""
    if head[location] == u:
        head[location] = after[u]
        return
    v = head[location]
    while after[v] != u:
        v = after[v]
    after[v] = after[u]


@njit(nogil=True, cache=True)
def play(
    first, called, stream, place, within, work, factor, delay, end, returns, waits, begin, until,
    travel, near, allowed, base, able, ready, word, bit, owner, prior,
    crew_of, wait, minutes, chance, spare, busy, held,
):  # fmt: skip
    """Days of calls: those of day d are first[d] .. first[d + 1], in order of call; every day all crews begin at base.

    Calls: called, stream, place, within (promise), work (from arrival until the crew is free), factor and delay of the
    drive, end (location where the crew is free then). ``returns``: crews are at their base instead; ``waits``: or else
    who finds nobody is lost. begin, until: the part of a day that busy counts.
    travel [i, l] from locations to places, near [i, few] the nearest of these in order (few may
    be 0), allowed [i, words] bits of territories. Crews: base (location), able
    [u, k], ready (mobilisation), word and bit of the territory, owner (provider).

    Into crew_of [n] (-1: nobody), wait [n] until one was sent, minutes [n] from the call to the arrival (inf: never),
    chance [n] that the promise is kept, given who was sent when, spare [n] the same by the best free crew of another
    provider; held [n] ms that it holds its crew; adds to busy [u]
    ms at work. O(calls x crews).
    """
    crews = base.size
    at = np.empty(crews, np.int64)
    free = np.empty(crews, np.int64)
    due, who = np.empty(crews), np.empty(crews, np.int64)
    longest = LONGEST_TURNS * crews + LONGEST_MORE
    queue = np.empty(longest, np.int64)
    head, after, slot = np.empty(travel.shape[1], np.int64), np.empty(crews, np.int64), np.empty(crews, np.int64)
    soonest, first_two = np.empty(2), np.empty(2, np.int64)
    least = ready.min() if crews else 0
    few = near.shape[1]
    for d in range(first.size - 1):
        at[:] = base
        frees, busies, queued = crews, 0, 0
        head[:] = -1
        for u in range(crews - 1, -1, -1):
            free[u], slot[u] = u, u
            link(u, base[u], head, after)
        n = first[d]
        while n < first[d + 1] or (queued > 0 and busies > 0):
            now = called[n] if n < first[d + 1] else math.inf
            call, crew = np.int64(-1), np.int64(-1)
            if busies > 0 and due[0] <= now:  # a crew is free again: the first that waits and that it may serve
                now, crew = due[0], who[0]
                sift_out(due, who, busies)
                busies -= 1
                for q in range(queued):
                    c = queue[q]
                    if may_go(crew, stream[c], place[c], able, word, bit, allowed, travel, at):
                        call = c
                        queued -= 1
                        for later in range(q, queued):
                            queue[later] = queue[later + 1]
                        break
                if call < 0:
                    free[frees], slot[crew] = crew, frees
                    frees += 1
                    link(crew, at[crew], head, after)
                    continue
            else:  # a call: the free crew that is there first, and the first of another provider
                call, n = n, n + 1
                s, i = stream[call], place[call]
                soonest[:], first_two[:] = math.inf, -1
                whole = few == 0
                for m in range(few):
                    location = near[i, m]
                    if least + travel[i, location] > soonest[1]:
                        break
                    u = head[location]
                    while u >= 0:
                        if may_go(u, s, i, able, word, bit, allowed, travel, at):
                            weigh(u, np.float64(ready[u] + travel[i, location]), owner, soonest, first_two)
                        u = after[u]
                    whole = m == few - 1
                if whole:  # not all who might be sooner are near
                    soonest[:], first_two[:] = math.inf, -1
                    for f in range(frees):
                        u = free[f]
                        if may_go(u, s, i, able, word, bit, allowed, travel, at):
                            weigh(u, np.float64(ready[u] + travel[i, at[u]]), owner, soonest, first_two)
                crew, other = first_two
                spare[call] = 0.0
                if other >= 0:
                    own, far = np.float64(ready[other]), np.float64(travel[i, at[other]])
                    spare[call] = kept_probability(prior, own, own, 0.0, far, within[call])
                if crew < 0:
                    crew_of[call], minutes[call], chance[call], wait[call] = -1, math.inf, 0.0, math.inf
                    if waits and queued < longest:
                        queue[queued] = call
                        queued += 1
                    continue
                frees -= 1
                free[slot[crew]] = free[frees]
                slot[free[frees]] = slot[crew]
                unlink(crew, at[crew], head, after)
            far = np.float64(travel[place[call], at[crew]])
            own = np.float64(ready[crew])
            late = now - called[call]
            comes = now + own + factor[call] * far + delay[call]
            done = comes + work[call]
            crew_of[call], wait[call], minutes[call] = crew, late, (comes - called[call]) / 60_000.0
            chance[call] = 0.0
            if within[call] > late + own:
                chance[call] = kept_probability(prior, own, own, 0.0, far, within[call] - late)
            held[call] = done - now
            busy[crew] += max(0.0, min(done, until) - max(now, begin))
            at[crew] = base[crew] if returns else end[call]
            sift_in(due, who, busies, done, crew)
            busies += 1
