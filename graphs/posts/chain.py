"""The posts of one carriageway that agree with each other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphs.geodesy import great_circle_m
from graphs.network import Float64

#: Posts may be farther apart than they say by this share and these metres: measured, moved, rounded.
SLACK_SHARE, SLACK_M = 0.2, 200.0
#: Two posts of one kilometre are one when they stand this near, metres.
SAME_POST_M = 50.0
#: Wrong posts in a row, at most, between two that agree.
MOST_IN_A_ROW = 64

Bool = npt.NDArray[np.bool_]


def agrees(km: Float64, apart_m: Float64) -> Bool:
    """[k] whether two posts so many kilometres by the table from each other can stand so many metres apart."""
    said = 1000.0 * km
    return np.where(said < 1e-6, apart_m <= SAME_POST_M, apart_m <= said * (1.0 + SLACK_SHARE) + SLACK_M)


def largest_chain(km: Float64, lon: Float64, lat: Float64) -> Bool:
    """[p] the most posts of which each agrees with the one before; ``km`` ascends. Of several such, the one that is
    least longer than its kilometres say. O(p), or O(p x `MOST_IN_A_ROW`) where some do not agree.
    """
    size = km.size
    if agrees(np.diff(km), great_circle_m(lon[:-1], lat[:-1], lon[1:], lat[1:])).all():
        return np.ones(size, np.bool_)
    count, excess = np.ones(size, np.int64), np.zeros(size)
    before = np.full(size, -1, np.int64)
    for i in range(1, size):
        some = np.arange(max(0, i - 1 - MOST_IN_A_ROW), i)
        apart = great_circle_m(lon[some], lat[some], lon[i], lat[i])
        said = km[i] - km[some]
        fit = agrees(said, apart)
        some, apart, said = some[fit], apart[fit], said[fit]
        if some.size:
            longer = excess[some] + np.maximum(apart - 1000.0 * said, 0.0)
            best = np.lexsort((longer, np.negative(count[some])))[0]
            before[i], count[i], excess[i] = some[best], count[some[best]] + 1, longer[best]
    kept = np.zeros(size, np.bool_)
    at = int(np.lexsort((excess, np.negative(count)))[0])
    while at >= 0:
        kept[at] = True
        at = int(before[at])
    return kept
