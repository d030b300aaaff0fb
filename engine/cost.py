"""The cost of one unit serving one incident: one weighted sum of named parts, in whole milli-minutes.

docs/cost.md defines it; an independent oracle in the tests is written from that page. Every part grows with travel
and with the time the unit is ready, which is what makes the fleet index's bound on cost exact.
"""

from __future__ import annotations

import math

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


def weight_vector(policy: Policy) -> npt.NDArray[np.float64]:
    """[8] the policy's weights in the kernels' order."""
    cost = policy.cost
    return np.array(
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


@nb.njit(nogil=True, cache=True)
def delay_cost(weights, priority, due_ms, arrival_ms):
    """Broken promise + lateness + waiting of an arrival; times in ms relative to now. O(1)."""
    late = arrival_ms - due_ms
    total = np.int64(np.rint(UNITS_PER_MINUTE * priority * weights[WAITING] * (arrival_ms / MS_PER_MINUTE)))
    if late > 0:
        minutes = late / MS_PER_MINUTE
        total += np.int64(np.rint(UNITS_PER_MINUTE * priority * weights[BROKEN]))
        total += np.int64(
            np.rint(
                UNITS_PER_MINUTE * priority * (weights[LATE] * minutes + weights[LATE_SQUARED] * (minutes * minutes))
            )
        )
    return total


@nb.njit(nogil=True, cache=True)
def serve_cost(weights, priority, due_ms, ready_ms, travel_ms, price, changed):
    """Total cost of one unit for one incident; times in ms relative to now, price in currency. O(1)."""
    total = delay_cost(weights, priority, due_ms, ready_ms + travel_ms)
    total += np.int64(np.rint(UNITS_PER_MINUTE * weights[DRIVING] * (travel_ms / MS_PER_MINUTE)))
    total += np.int64(np.rint(UNITS_PER_MINUTE * weights[TARIFF] * price))
    if changed:
        total += np.int64(np.rint(UNITS_PER_MINUTE * weights[PLAN_CHANGE]))
    return total


@nb.njit(nogil=True, cache=True)
def unserved_cost(weights, priority, due_ms, latest_ms):
    """Cost of leaving an incident: as if reached at the latest time, and the surcharge. O(1)."""
    return delay_cost(weights, priority, due_ms, latest_ms) + np.int64(
        np.rint(UNITS_PER_MINUTE * priority * weights[UNSERVED])
    )


def _units(minutes: float) -> int:
    return int(np.rint(UNITS_PER_MINUTE * minutes))


def _delay_parts(policy: Policy, priority: float, due_ms: int, arrival_ms: int) -> tuple[int, int, int]:
    cost = policy.cost
    late = arrival_ms - due_ms
    waiting = int(np.rint(UNITS_PER_MINUTE * priority * cost.waiting * (arrival_ms / MS_PER_MINUTE)))
    if late <= 0:
        return 0, 0, waiting
    minutes = late / MS_PER_MINUTE
    broken = int(np.rint(UNITS_PER_MINUTE * priority * cost.broken_promise))
    lateness = int(
        np.rint(UNITS_PER_MINUTE * priority * (cost.lateness * minutes + cost.lateness_squared * (minutes * minutes)))
    )
    return broken, lateness, waiting


def serve_parts(
    policy: Policy, priority: float, due_ms: int, ready_ms: int, travel_ms: int, price: float, changed: bool
) -> CostParts:
    """The named parts of `serve_cost`; their sum is that cost, to the unit."""
    broken, lateness, waiting = _delay_parts(policy, priority, due_ms, ready_ms + travel_ms)
    return CostParts(
        broken_promise=broken,
        lateness=lateness,
        waiting=waiting,
        driving=int(np.rint(UNITS_PER_MINUTE * policy.cost.driving * (travel_ms / MS_PER_MINUTE))),
        tariff=int(np.rint(UNITS_PER_MINUTE * policy.cost.tariff * price)),
        plan_change=_units(policy.cost.plan_change) if changed else 0,
    )


def unserved_parts(policy: Policy, priority: float, due_ms: int, latest_ms: int) -> CostParts:
    """The named parts of `unserved_cost`."""
    broken, lateness, waiting = _delay_parts(policy, priority, due_ms, latest_ms)
    return CostParts(
        broken_promise=broken,
        lateness=lateness,
        waiting=waiting,
        unserved=int(np.rint(UNITS_PER_MINUTE * priority * policy.cost.unserved)),
    )


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
