"""Which jobs may well stand before, after and beside each job, and which units may well start with it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.queues.halt import Halt
from engine.queues.instance import Arrays
from graphs.network import Float64, Int32, Int64
from graphs.search import INF

#: Jobs listed before and after each, units and contractors for each, and jobs beside each that are taken out together.
JOBS, UNITS, BESIDE = 64, 160, 48
#: Jobs listed at a time, between looks at whether to stop.
ROWS = 100


class Near(NamedTuple):
    before: Int32  # [j, k] jobs to come before, -1: no more
    after: Int32  # [j, k]
    units: Int32  # [j, k]
    beside: Int32  # [j, k]
    hired: Int32  # [j, k] contractors by what they cost


def make_near(a: Arrays, halt: Halt | None = None) -> Near:
    """By travel; units by when they can be there, those that have a way there; contractors by what they cost.

    Raises HaltedError when told to stop.
    """
    n, m = a.service.size, a.ready.size
    near = Near(*(np.full((n, max(1, min(most, of))), -1, np.int32) for most, of in _sizes(n, m, a.crews.size)))
    free = (a.pin < 0)[:, None]
    for low in range(0, n, ROWS):
        if halt is not None:
            halt.look()
        rows = np.arange(low, min(n, low + ROWS))
        after = _legs(a.between[rows].astype(np.float64), rows)
        before = _legs(a.between[:, rows].T.astype(np.float64), rows)
        near.after[rows], near.before[rows] = _least(after, JOBS), _least(before, JOBS)
        near.beside[rows] = _least(np.minimum(after, before), BESIDE)
        if m:
            first = a.first[:, rows].astype(np.float64)
            start = first + 0.5 * (a.ready[:, None] + first)
            start[(a.fixed[:, rows] < 0) | (first >= INF) | ~free] = np.inf
            near.units[rows] = _least(start.T, UNITS)
        if a.crews.size:
            cost = a.option[:, rows].T.astype(np.float64)
            cost[cost < 0] = np.inf
            near.hired[rows] = _least(cost, UNITS)
    return near


def _sizes(n: int, m: int, p: int) -> list[tuple[int, int]]:
    return [(JOBS, n), (JOBS, n), (UNITS, m), (BESIDE, n), (UNITS, p)]


def _legs(travel: Float64, rows: Int64) -> Float64:
    """Those that there are not, and those of a job to itself, are infinite."""
    travel[travel >= INF] = np.inf
    travel[np.arange(rows.size), rows] = np.inf
    return travel


def _least(value: Float64, most: int) -> Int32:
    """[r, k] columns of the least finite values of each row, ascending; -1 when there are fewer."""
    k = min(most, value.shape[1])
    if k == 0:
        return np.full((value.shape[0], 1), -1, np.int32)
    part = np.argpartition(value, k - 1, axis=1)[:, :k] if k < value.shape[1] else np.argsort(value, axis=1)
    found = np.take_along_axis(value, part, axis=1)
    order = np.argsort(found, axis=1, kind="stable")
    part = np.take_along_axis(part, order, axis=1)
    return np.where(np.isfinite(np.take_along_axis(found, order, axis=1)), part, -1).astype(np.int32)
