"""What is left without cover when a unit leaves, by unit: the marginal of expected coverage.

A place that k free units reach in time is covered with probability 1 - q^k when each is away a share q of the time;
the k-th adds (1 - q) q^(k - 1). Daskin, "A maximum expected covering location model", Transportation Science 17, 1983;
priced in dispatch: Jagtenberg, Bhulai and van der Mei, Health Care Management Science 20, 2017.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from numba import njit

from engine.cost import UNITS_PER_MINUTE
from engine.fleet.arrays import UnitArrays, UnitTerms
from engine.policy_rules import CoverageRules
from graphs.network import Float64, Int64
from graphs.search.arrays import frozen

if TYPE_CHECKING:
    from engine.fleet.state import FleetState

#: Cover is added up in whole parts of this size, so that sums depend on no order.
PARTS_OF_ALL = 10**12


def free_now(arrays: UnitArrays, terms: UnitTerms, now_ms: int) -> npt.NDArray[np.bool_]:
    """[units] could leave at once but for the mobilisation: not busy, on shift, not resting."""
    return (arrays.can_work == 1) & (terms.free_ms <= now_ms) & (arrays.shift_end_ms > now_ms)


def cover_lost(state: FleetState, now_ms: int, kept: Int64) -> Int64:
    """[units] milli-minutes that sending each costs by what it leaves uncovered; 0 for those that are not free now.

    ``kept`` rows are somebody's already: they are no cover. O(units x places) when who is free has changed.
    """
    assert state.reach is not None
    places, arrays = state.reach.places, state.arrays
    free = free_now(arrays, state.terms(now_ms), now_ms)
    free[kept] = False
    known = state._cover
    if known is not None and np.array_equal(known[0], free):
        return known[1]
    reached, allowed = state.reach.under(state), places.allowed(state.territories)
    rows = np.flatnonzero(free)
    covers = np.zeros(len(places), np.int64)
    count_cover(reached, arrays.territory, allowed, rows, covers)
    rules = state.policy.coverage
    parts = np.zeros(len(state), np.int64)
    add_worths(reached, arrays.territory, allowed, rows, last_worths(places.share, covers, rules), parts)
    lost = frozen(np.rint(UNITS_PER_MINUTE * rules.weight * (parts / PARTS_OF_ALL)), np.int64)
    object.__setattr__(state, "_cover", (free, lost))
    return lost


def last_worths(share: Float64, covers: Int64, rules: CoverageRules) -> Int64:
    """[d] what the last of each place's covers units adds to expected cover, in `PARTS_OF_ALL`; 0 where nobody is."""
    powers = np.cumprod(np.concatenate([[1.0], np.full(int(covers.max(initial=0)), rules.busy_fraction)]))
    last = share * (1.0 - rules.busy_fraction) * powers[np.maximum(covers - 1, 0)]
    return frozen(np.where(covers > 0, np.rint(PARTS_OF_ALL * last), 0), np.int64)


@njit(nogil=True, cache=True)
def count_cover(reached, territory, allowed, rows, out):
    """How many of the units `rows` reach each place and may serve it, into out. O(rows x places)."""
    for row in rows:
        mine, own = reached[row], allowed[territory[row]]
        for c in range(out.size):
            out[c] += mine[c] & own[c]


@njit(nogil=True, cache=True)
def add_worths(reached, territory, allowed, rows, worth, out):
    """The sum of the worths of all places that a unit covers, into out[row] for `rows`. O(rows x places)."""
    for row in rows:
        mine, own = reached[row], allowed[territory[row]]
        total = np.int64(0)
        for c in range(worth.size):
            total += worth[c] & -np.int64(mine[c] & own[c])
        out[row] = total
