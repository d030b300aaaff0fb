"""Contractors in the queue solver: options at a price, one crew a job, never a tour."""

from __future__ import annotations

import numpy as np

from engine.queues.instance import Arrays
from engine.queues.state import State
from graphs.network import Int64

#: What is no option sorts behind everything.
_NO_WAY = 1 << 60


def hire(a: Arrays, state: State, p: int, job: int) -> bool:
    """Give a job that nobody serves to contractor ``p``; False where he does not take it, or has no crew left."""
    cost = int(a.option[p, job])
    if cost < 0 or state.where[job] >= 0 or state.load[p] >= a.crews[p]:
        return False
    state.where[job] = a.ready.size + p
    state.load[p] += 1
    state.value[0] += cost - a.unserved[job]
    return True


def price_contractors(a: Arrays, prices: Int64) -> int:
    """Sum over contractors of the least reduced cost of what their crews can take. O(p x j)."""
    total = 0
    for crews in np.unique(a.crews).tolist():
        some = a.option[a.crews == crews]
        gain = np.where(some >= 0, np.minimum(0, some - prices), 0)
        most = min(int(crews), gain.shape[1])
        if most and gain.size:
            total += int(np.partition(gain, most - 1, axis=1)[:, :most].sum())
    return total


def cheapest_options(a: Arrays, most: int) -> tuple[Int64, Int64]:
    """(contractors, jobs): the ``most`` cheapest options of each job. O(p x j)."""
    return _least(np.where(a.option >= 0, a.option, _NO_WAY), most, _NO_WAY)


def paying_options(
    a: Arrays, prices: Int64, crew_prices: Int64, inside: np.ndarray, below: int, most: int
) -> tuple[Int64, Int64]:
    """(contractors, jobs): of each job the ``most`` options not ``inside`` of least reduced cost, under ``below``.

    O(p x j).
    """
    reduced = a.option - prices - crew_prices[:, None]
    reduced[inside | (a.option < 0)] = _NO_WAY
    return _least(reduced, most, below)


def _least(value: Int64, most: int, below: int) -> tuple[Int64, Int64]:
    """The ``most`` least of each column that are under ``below``."""
    p, j = value.shape
    if most < p:
        rows = np.argpartition(value, most - 1, axis=0)[:most].ravel()
        columns = np.tile(np.arange(j), most)
    else:
        rows, columns = np.repeat(np.arange(p), j), np.tile(np.arange(j), p)
    kept = value[rows, columns] < below
    return rows[kept], columns[kept]
