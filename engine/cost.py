"""The cost of one unit serving one incident: one weighted sum of named parts, in whole milli-minutes.

docs/cost.md defines it; an independent oracle in the tests is written from that page. Every part grows with travel
and with the time the unit is ready, which is what makes the fleet index's bound on cost exact.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numba as nb
import numpy as np
import numpy.typing as npt

from engine.decision import CostParts
from engine.errors import CostOverflowError
from engine.policy import Policy

#: Order of the weight vector that the kernels take.
BROKEN, LATE, LATE_SQUARED, WAITING, DRIVING, TARIFF, PLAN_CHANGE, UNSERVED = range(8)
#: One minute, in the milliseconds that times have and in the milli-minutes that costs have.
MS_PER_MINUTE = 60_000.0
UNITS_PER_MINUTE = 1000.0
#: No single cost may exceed this, so that sums over 100,000 jobs stay inside 64 bits with room for the flow's scaling.
MAX_COST = 1 << 40


@lru_cache(maxsize=64)
def weight_vector(policy: Policy) -> npt.NDArray[np.float64]:
    """[8] the policy's weights in the kernels' order; read-only."""
    cost = policy.cost
    weights = np.array(
        [
            cost.broken_promise,
            cost.lateness,
            cost.lateness_squared,
            cost.waiting,
            cost.driving,
            cost.tariff,
            cost.plan_change,
            cost.unserved,
        ]
    )
    weights.flags.writeable = False
    return weights


@nb.njit(nogil=True, cache=True)
def delay_parts(weights, priority, due_ms, arrival_ms):
    """(broken promise, lateness, waiting) of an arrival; times in ms relative to now. O(1)."""
    late = arrival_ms - due_ms
    waiting = np.int64(np.rint(UNITS_PER_MINUTE * priority * weights[WAITING] * (arrival_ms / MS_PER_MINUTE)))
    if late <= 0:
        return np.int64(0), np.int64(0), waiting
    minutes = late / MS_PER_MINUTE
    broken = np.int64(np.rint(UNITS_PER_MINUTE * priority * weights[BROKEN]))
    lateness = np.int64(
        np.rint(UNITS_PER_MINUTE * priority * (weights[LATE] * minutes + weights[LATE_SQUARED] * (minutes * minutes)))
    )
    return broken, lateness, waiting


@nb.njit(nogil=True, cache=True)
def delay_cost(weights, priority, due_ms, arrival_ms):
    """The sum of `delay_parts`. O(1)."""
    broken, lateness, waiting = delay_parts(weights, priority, due_ms, arrival_ms)
    return broken + lateness + waiting


@nb.njit(nogil=True, cache=True)
def unit_parts(weights, travel_ms, price, changed):
    """(driving, tariff, plan change) of sending a unit. O(1)."""
    driving = np.int64(np.rint(UNITS_PER_MINUTE * weights[DRIVING] * (travel_ms / MS_PER_MINUTE)))
    tariff = np.int64(np.rint(UNITS_PER_MINUTE * weights[TARIFF] * price))
    change = np.int64(np.rint(UNITS_PER_MINUTE * weights[PLAN_CHANGE])) if changed else np.int64(0)
    return driving, tariff, change


@nb.njit(nogil=True, cache=True)
def serve_cost(weights, priority, due_ms, ready_ms, travel_ms, price, changed):
    """Total cost of one unit for one incident; times in ms relative to now, price in currency. O(1)."""
    driving, tariff, change = unit_parts(weights, travel_ms, price, changed)
    return delay_cost(weights, priority, due_ms, ready_ms + travel_ms) + driving + tariff + change


@nb.njit(nogil=True, cache=True)
def surcharge(weights, priority):
    """What leaving an incident costs beyond its wait. O(1)."""
    return np.int64(np.rint(UNITS_PER_MINUTE * priority * weights[UNSERVED]))


@nb.njit(nogil=True, cache=True)
def unserved_cost(weights, priority, due_ms, latest_ms):
    """Cost of leaving an incident: as if reached at the latest time, and the surcharge. O(1)."""
    return delay_cost(weights, priority, due_ms, latest_ms) + surcharge(weights, priority)


def serve_parts(
    policy: Policy, priority: float, due_ms: int, ready_ms: int, travel_ms: int, price: float, changed: bool
) -> CostParts:
    """The named parts of `serve_cost`; their sum is that cost, to the unit."""
    weights = weight_vector(policy)
    return CostParts(
        *delay_parts(weights, priority, due_ms, ready_ms + travel_ms), *unit_parts(weights, travel_ms, price, changed)
    )


def unserved_parts(policy: Policy, priority: float, due_ms: int, latest_ms: int) -> CostParts:
    """The named parts of `unserved_cost`."""
    weights = weight_vector(policy)
    parts = delay_parts(weights, priority, due_ms, latest_ms)
    return CostParts(*parts, unserved=surcharge(weights, priority))


def check_range(policy: Policy, priority: float, due_ms: int, latest_ms: int, incident: str = "") -> None:
    """Refuse an incident whose dearest cost would leave the range that sums stay exact in (CostOverflowError)."""
    minutes = max(0.0, (latest_ms - due_ms) / MS_PER_MINUTE)
    cost = policy.cost
    worst = priority * (
        cost.broken_promise
        + cost.lateness * minutes
        + cost.lateness_squared * minutes * minutes
        + cost.waiting * policy.limits.max_wait_minutes
        + cost.unserved
    )
    if not math.isfinite(worst) or worst * UNITS_PER_MINUTE > MAX_COST:
        raise CostOverflowError(
            f"incident {incident}: due {minutes:.0f} minutes before the latest time, it could cost {worst:.3g} "
            f"minutes, more than can be added exactly ({MAX_COST / UNITS_PER_MINUTE:.3g}); check its due "
            "time and the policy's weights",
            incident=incident,
            late_minutes=f"{minutes:.0f}",
            worst_minutes=f"{worst:.3g}",
            limit_minutes=f"{MAX_COST / UNITS_PER_MINUTE:.3g}",
        )
