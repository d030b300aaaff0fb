"""The cost of one unit doing one job: one weighted sum of named parts, in whole milli-minutes.

docs/cost.md defines it; an independent oracle in the tests is written from that page. Every part grows with travel
and with the time the unit is ready, which is what makes the fleet index's bound on cost exact.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numba as nb
import numpy as np
import numpy.typing as npt

from engine.arrival.kernels import expected_lateness
from engine.decision import CostParts
from engine.errors import CostOverflowError
from engine.policy import Policy

#: Order of the weight vector that the kernels take.
BROKEN, LATE, LATE_SQUARED, WAITING, DRIVING, TARIFF, PLAN_CHANGE, UNSERVED = range(8)
OVERTIME, QUALITY, ACCEPTANCE, ROTATION, MOST_PRICE = range(8, 13)
#: Whether promises are held against the distribution of arrivals; then its prior, as `engine.arrival.kernels` takes it.
EXPECTED, FACTOR, SIGMA, DELAY, DELAY_SPREAD = range(13, 18)
#: One minute, in the milliseconds that times have and in the milli-minutes that costs have.
MS_PER_MINUTE = 60_000.0
UNITS_PER_MINUTE = 1000.0
#: No single cost may exceed this, so that sums over 100,000 jobs stay inside 64 bits with room for the flow's scaling.
MAX_COST = 1 << 40
#: Where a shift without end ends, in ms from now: thirty thousand years off.
NO_SHIFT_END = 1 << 50
#: Parts of an expected cost are rounded from doubles that are monotone but for their last bits: bounds allow for that.
EXPECTED_SLACK = 4


@lru_cache(maxsize=64)
def weight_vector(policy: Policy) -> npt.NDArray[np.float64]:
    """[18] the policy's weights and prior in the kernels' order; read-only."""
    cost, arrival = policy.cost, policy.arrival
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
            cost.overtime,
            cost.quality,
            cost.acceptance,
            cost.rotation,
            policy.limits.max_call_out_price,
            1.0 if cost.lateness_of == "expected" else 0.0,
            arrival.travel_factor,
            arrival.travel_spread,
            arrival.delay_minutes * MS_PER_MINUTE,
            arrival.delay_spread_minutes * MS_PER_MINUTE,
        ]
    )
    weights.flags.writeable = False
    return weights


@nb.njit(nogil=True, cache=True)
def prior_of(weights):
    """The prior of arrivals in a weight vector, as `engine.arrival.kernels` takes it."""
    return weights[FACTOR], weights[SIGMA], weights[DELAY], weights[DELAY_SPREAD]


@nb.njit(nogil=True, cache=True)
def _waiting(weights, priority, waited_ms):
    return np.int64(np.rint(UNITS_PER_MINUTE * priority * weights[WAITING] * (waited_ms / MS_PER_MINUTE)))


@nb.njit(nogil=True, cache=True)
def delay_parts(weights, priority, due_ms, arrival_ms):
    """(broken promise, lateness, waiting) of an arrival that is certain; times in ms relative to now. O(1)."""
    late = arrival_ms - due_ms
    waiting = _waiting(weights, priority, arrival_ms)
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
def start_parts(weights, priority, due_ms, earliest_ms, ready, travel_ms):
    """(broken promise, lateness, waiting) of a unit that drives; work starts at the arrival, but not before earliest.

    ready: (ready ms, the soonest it can be, standard deviation); earliest is 0 or more. Under "expected" a promise
    within the window is held against the distribution of arrivals. O(1).
    """
    ready_ms, floor_ms, spread_ms = ready
    started = max(ready_ms + travel_ms, earliest_ms)
    if weights[EXPECTED] == 0.0 or due_ms < earliest_ms:
        return delay_parts(weights, priority, due_ms - earliest_ms, started - earliest_ms)
    chance, first, second = expected_lateness(
        prior_of(weights), np.float64(floor_ms), np.float64(ready_ms), spread_ms, np.float64(travel_ms),
        np.float64(due_ms),
    )  # fmt: skip
    broken = np.int64(np.rint(UNITS_PER_MINUTE * priority * weights[BROKEN] * chance))
    lateness = np.int64(np.rint(UNITS_PER_MINUTE * priority * (weights[LATE] * first + weights[LATE_SQUARED] * second)))
    return broken, lateness, _waiting(weights, priority, started - earliest_ms)


@nb.njit(nogil=True, cache=True)
def unit_parts(weights, travel_ms, price, changed):
    """(driving, tariff, plan change) of sending a unit. O(1)."""
    driving = np.int64(np.rint(UNITS_PER_MINUTE * weights[DRIVING] * (travel_ms / MS_PER_MINUTE)))
    tariff = np.int64(np.rint(UNITS_PER_MINUTE * weights[TARIFF] * price))
    change = np.int64(np.rint(UNITS_PER_MINUTE * weights[PLAN_CHANGE])) if changed else np.int64(0)
    return driving, tariff, change


@nb.njit(nogil=True, cache=True)
def pair_parts(weights, job, ready, terms, travel_ms, changed):
    """(broken promise, lateness, waiting, driving, tariff, plan change, overtime, acceptance) of a pair. O(1).

    job: (priority, due ms, earliest ms, ms driven from the job's start to its end, ms of work and of that drive);
    ready: as in `start_parts`; terms: (price but for overtime, overtime price an hour, shift end in ms, probability of
    a decline). Times relative to now, prices in currency; a price above the policy's greatest counts as that.
    """
    priority, due_ms, earliest_ms, carry_ms, busy_ms = job
    price, overtime_price, shift_end_ms, decline = terms
    broken, lateness, waiting = start_parts(weights, priority, due_ms, earliest_ms, ready, travel_ms)
    over = max(ready[0] + travel_ms, earliest_ms) + busy_ms - shift_end_ms
    overtime = np.int64(0)
    if over > 0:
        overtime = np.int64(np.rint(UNITS_PER_MINUTE * weights[OVERTIME] * (over / MS_PER_MINUTE)))
        price = price + overtime_price * (over / (60.0 * MS_PER_MINUTE))
    driving, tariff, change = unit_parts(weights, travel_ms + carry_ms, min(price, weights[MOST_PRICE]), changed)
    acceptance = np.int64(np.rint(UNITS_PER_MINUTE * priority * weights[ACCEPTANCE] * decline))
    return broken, lateness, waiting, driving, tariff, change, overtime, acceptance


@nb.njit(nogil=True, cache=True)
def pair_cost(weights, job, ready, terms, standing, travel_ms, changed):
    """The sum of `pair_parts` and of what the unit costs wherever it goes (quality, rotation, coverage). O(1)."""
    broken, lateness, waiting, driving, tariff, change, overtime, acceptance = pair_parts(
        weights, job, ready, terms, travel_ms, changed
    )
    return standing + broken + lateness + waiting + driving + tariff + change + overtime + acceptance


@nb.njit(nogil=True, cache=True)
def least_cost(weights, job, ready_ms, price, travel_ms):
    """At most what any unit costs that is ready no sooner, asks no lower price and drives no less. O(1)."""
    cost = pair_cost(
        weights, job, (ready_ms, ready_ms, 0.0), (price, 0.0, NO_SHIFT_END, 0.0), np.int64(0), travel_ms, False
    )
    return cost if weights[EXPECTED] == 0.0 else cost - EXPECTED_SLACK


@nb.njit(nogil=True, cache=True)
def surcharge(weights, priority):
    """What leaving an incident costs beyond its wait. O(1)."""
    return np.int64(np.rint(UNITS_PER_MINUTE * priority * weights[UNSERVED]))


@nb.njit(nogil=True, cache=True)
def unserved_cost(weights, priority, due_ms, latest_ms):
    """Cost of leaving an incident: as if reached at the latest time, and the surcharge. O(1)."""
    return delay_cost(weights, priority, due_ms, latest_ms) + surcharge(weights, priority)


@nb.njit(nogil=True, cache=True)
def lost_revenue(weights, revenue):
    """What revenue lost costs: money weighs as in the tariff. O(1)."""
    return np.int64(np.rint(UNITS_PER_MINUTE * weights[TARIFF] * revenue))


@nb.njit(nogil=True, cache=True)
def left_cost(weights, priority, due_ms, latest_ms, earliest_ms, revenue):
    """The same for a job that may not begin before earliest, and whose revenue is lost. O(1)."""
    reached = max(latest_ms, earliest_ms) - earliest_ms
    return unserved_cost(weights, priority, due_ms - earliest_ms, reached) + lost_revenue(weights, revenue)


def unserved_parts(
    policy: Policy, priority: float, due_ms: int, latest_ms: int, earliest_ms: int = 0, revenue: float = 0.0
) -> CostParts:
    """The named parts of leaving an incident; waiting counts from earliest, and latest from there on."""
    weights = weight_vector(policy)
    parts = delay_parts(weights, priority, due_ms - earliest_ms, max(latest_ms, earliest_ms) - earliest_ms)
    return CostParts(*parts, unserved=surcharge(weights, priority) + lost_revenue(weights, revenue))


def doing_parts(
    policy: Policy,
    job: tuple[float, int, int, int, int],
    ready: tuple[int, int, float],
    terms: tuple[float, float, int, float],
    standing: tuple[int, int],
    travel_ms: int,
    changed: bool,
    coverage: int = 0,
) -> CostParts:
    """The named parts of `pair_cost`, whose arguments these are but for standing: (quality, rotation), coverage."""
    parts = pair_parts(weight_vector(policy), job, ready, terms, travel_ms, changed)
    *delay_and_unit, overtime, acceptance = parts
    quality, rotation = standing
    return CostParts(
        *delay_and_unit,
        overtime=overtime,
        quality=quality,
        acceptance=acceptance,
        rotation=rotation,
        coverage=coverage,
    )


def serve_parts(
    policy: Policy, priority: float, due_ms: int, ready_ms: int, travel_ms: int, price: float, changed: bool
) -> CostParts:
    """The parts of the plainest case: no window, no shift, no way to a garage, a provider without faults."""
    job, terms = (priority, due_ms, 0, 0, 0), (price, 0.0, NO_SHIFT_END, 0.0)
    return doing_parts(policy, job, (ready_ms, ready_ms, 0.0), terms, (0, 0), travel_ms, changed)


def standing_parts(policy: Policy, quality: float, recent_share: float) -> tuple[int, int]:
    """(quality, rotation): what a unit of such a provider costs whatever it does."""
    cost = policy.cost
    return (
        round(UNITS_PER_MINUTE * cost.quality * (1.0 - quality)),
        round(UNITS_PER_MINUTE * cost.rotation * recent_share),
    )


def check_range(policy: Policy, priority: float, due_ms: int, latest_ms: int, incident: str = "") -> None:
    """Refuse an incident whose dearest cost would leave the range that sums stay exact in (CostOverflowError)."""
    minutes = max(0.0, (latest_ms - due_ms) / MS_PER_MINUTE)
    cost = policy.cost
    worst = priority * (
        cost.broken_promise
        + cost.lateness * minutes
        + cost.lateness_squared * minutes * minutes
        + cost.waiting * max(policy.limits.max_wait_minutes, latest_ms / MS_PER_MINUTE)
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
