"""The pool of tours: one of each unit and set of jobs, its cheapest order, found by hash."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from engine.queues.borrow import borrow
from engine.queues.limits import MOST_JOBS
from graphs.network import Int32, Int64


class Room(NamedTuple):
    """Arrays of a pool; `table` maps hashes to rows (-1: empty), its size is a power of two."""

    unit: Int32  # [c]
    jobs: Int32  # [c, 5]
    size: Int32  # [c]
    cost: Int64  # [c]
    table: Int32  # [t]
    count: Int64  # [1]


def make_room(capacity: int) -> Room:
    """For up to `capacity` tours."""
    slots = 1 << (2 * capacity).bit_length()
    return Room(
        np.empty(capacity, np.int32),
        np.full((capacity, MOST_JOBS), -1, np.int32),
        np.zeros(capacity, np.int32),
        np.empty(capacity, np.int64),
        np.full(slots, -1, np.int32),
        np.zeros(1, np.int64),
    )


@njit(nogil=True, cache=True)
def _mix(x):
    """A 64-bit finaliser (splitmix64's)."""
    x = np.uint64(x)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(nogil=True, cache=True)
def put(room, u, tour, n, cost):
    """The row of a tour's unit and set of jobs, whose order becomes this one if cheaper; -1 when there is no room.

    O(n^2) to compare sets.
    """
    room = borrow(room)
    code = np.uint64(0)
    for p in range(n):  # the same for every order
        code += _mix(np.uint64(tour[p]) + np.uint64(1))
    mask = np.uint64(room.table.size - 1)
    slot = _mix(code + np.uint64(u) * np.uint64(0x9E3779B97F4A7C15)) & mask
    while True:
        row = room.table[slot]
        if row < 0:
            break
        if room.unit[row] == u and room.size[row] == n:
            same = True
            for p in range(n):
                among = False
                for q in range(n):
                    if room.jobs[row, q] == tour[p]:
                        among = True
                        break
                if not among:
                    same = False
                    break
            if same:
                if cost < room.cost[row]:
                    room.cost[row] = cost
                    for p in range(n):
                        room.jobs[row, p] = tour[p]
                return row
        slot = (slot + np.uint64(1)) & mask
    row = room.count[0]
    if row >= room.unit.size:
        return np.int64(-1)
    room.table[slot] = row
    room.unit[row], room.size[row], room.cost[row] = u, n, cost
    for p in range(n):
        room.jobs[row, p] = tour[p]
    room.count[0] = row + 1
    return np.int64(row)


@njit(nogil=True, cache=True)
def put_all(room, unit, jobs, size, cost):
    """`put` for k tours. O(k)."""
    room = borrow(room)
    for x in range(unit.size):
        put(room, np.int64(unit[x]), jobs[x], np.int64(size[x]), cost[x])


@njit(nogil=True, cache=True)
def put_priced(room, units, kept, found, size_of, cost):
    """Into the pool what `price_units` found."""
    room = borrow(room)
    for x in range(units.size):
        for m in range(kept[x]):
            put(room, np.int64(units[x]), found[x, m], np.int64(size_of[x, m]), cost[x, m])


@njit(nogil=True, cache=True)
def reduced_costs(room, count, prices, out):
    """[count] cost less the prices of the jobs. O(count)."""
    for x in range(count):
        rc = room.cost[x]
        for p in range(room.size[x]):
            rc -= prices[room.jobs[x, p]]
        out[x] = rc


@njit(nogil=True, cache=True)
def pick(room, count, prices, base, inside, most, below, unit_count):
    """Rows of tours not `inside` yet whose reduced cost less base[unit] is under `below`: the `most` best a unit.

    O(count x most).
    """
    room = borrow(room)
    rows = np.full((unit_count, most), -1, np.int64)
    worth = np.full((unit_count, most), np.int64(1) << 60)
    for x in range(count):
        if inside[x]:
            continue
        u = room.unit[x]
        rc = room.cost[x] - base[u]
        for p in range(room.size[x]):
            rc -= prices[room.jobs[x, p]]
        if rc >= below or rc >= worth[u, most - 1]:
            continue
        at = most - 1
        while at > 0 and worth[u, at - 1] > rc:
            worth[u, at], rows[u, at] = worth[u, at - 1], rows[u, at - 1]
            at -= 1
        worth[u, at], rows[u, at] = rc, x
    flat = rows.ravel()
    return flat[flat >= 0]
