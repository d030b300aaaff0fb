"""Travel-time matrices from labels."""

from __future__ import annotations

import numpy as np

from .arrays import Int32
from .combining import one_to_rows
from .labels import Labels


def check_pair(out: Labels, into: Labels) -> None:
    """Labels only combine within one metric, outward with inward ones."""
    if out.metric is not into.metric or not out.outward or into.outward:
        raise ValueError("combine labels_from with labels_to of the same metric")


def one_to_many(out: Labels, row: int, into: Labels) -> Int32:
    """[l] ms from position `row` of `out` to every position of `into`, INF when unreachable."""
    check_pair(out, into)
    times = np.empty(len(into), np.int32)
    one_to_rows(
        *out.metric.hierarchy.minima, out.data, out.start[row], out.deep[row], into.data, into.start, into.deep, times
    )
    return times


def many_to_one(out: Labels, into: Labels, row: int) -> Int32:
    """[k] ms from every position of `out` to position `row` of `into`, INF when unreachable."""
    check_pair(out, into)
    times = np.empty(len(out), np.int32)
    one_to_rows(
        *out.metric.hierarchy.minima, into.data, into.start[row], into.deep[row], out.data, out.start, out.deep, times
    )
    return times


def matrix(out: Labels, into: Labels, threads: int = 1) -> Int32:
    """[k, l] ms from every position of `out` to every position of `into`, INF when unreachable."""
    check_pair(out, into)
    times = np.empty((len(out), len(into)), np.int32)
    for i in range(len(out)):
        one_to_rows(
            *out.metric.hierarchy.minima,
            out.data,
            out.start[i],
            out.deep[i],
            into.data,
            into.start,
            into.deep,
            times[i],
        )
    return times
