"""Which jobs may well stand before, after and beside each job, and which units may well start with it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.queues.instance import Arrays
from graphs.network import Float64, Int32
from graphs.search import INF

#: Jobs listed before and after each, units listed for each, and jobs beside each that are taken out together.
JOBS, UNITS, BESIDE = 64, 160, 48


class Near(NamedTuple):
    before: Int32  # [j, k] jobs to come before, -1: no more
    after: Int32  # [j, k]
    units: Int32  # [j, k]
    beside: Int32  # [j, k]


def make_near(a: Arrays) -> Near:
    """By travel and by when both are due; units by when they can be there."""
    n, m = a.service.size, a.ready.size
    apart = np.where(a.between >= INF, np.inf, a.between.astype(np.float64))
    np.fill_diagonal(apart, np.inf)
    arrival = a.ready[:, None] + a.first.astype(np.float64)
    start = np.where((a.fixed < 0) | (a.first >= INF), np.inf, a.first * 1.0 + 0.5 * arrival)
    for unit in np.flatnonzero(a.pin >= 0):
        start[unit] = np.inf
    return Near(
        before=_least(apart.T, JOBS),
        after=_least(apart, JOBS),
        units=_least(start.T, UNITS) if m else np.full((n, 1), -1, np.int32),
        beside=_least(np.minimum(apart, apart.T), BESIDE),
    )


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
