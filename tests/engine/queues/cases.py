"""Small random queue instances, and slow plain answers about them."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np

from engine.cost import left_cost, weight_vector
from engine.policy import Policy
from engine.queues.instance import QueueInstance
from engine.queues.limits import NONE
from graphs.search import INF

MINUTE = 60_000


def random_instance(
    seed: int,
    jobs: int = 6,
    units: int = 3,
    *,
    expected: bool = False,
    unreachable: float = 0.15,
    contractors: int | None = None,
) -> QueueInstance:
    """Windows, tows (asymmetric travel), capabilities, pins, held jobs, groups, contractors, shifts, tariffs, metres.

    The share `unreachable` of jobs cannot be a unit's first, but may come after another.
    """
    rng = np.random.default_rng(seed)
    policy = Policy.default()
    if expected:
        policy = replace(policy, cost=replace(policy.cost, lateness_of="expected"))
    weights = weight_vector(policy)
    earliest = np.where(rng.random(jobs) < 0.3, rng.integers(0, 90, jobs), 0) * MINUTE
    due = earliest + rng.integers(-30, 120, jobs) * MINUTE
    latest = np.where(rng.random(jobs) < 0.3, earliest + rng.integers(20, 200, jobs) * MINUTE, 1440 * MINUTE)
    priority = rng.choice([0.5, 1.0, 2.0, 4.0], jobs)
    left = [left_cost(weights, p, d, t, e, 0.0) for p, d, t, e in zip(priority, due, latest, earliest, strict=True)]
    first = rng.integers(1, 40 * MINUTE, (units, jobs)).astype(np.int32)
    between = rng.integers(1, 40 * MINUTE, (jobs, jobs)).astype(np.int32)
    between[rng.random((jobs, jobs)) < 0.05] = INF
    carry = np.where(rng.random(jobs) < 0.4, rng.integers(1, 20, jobs), 0) * MINUTE
    ready = rng.integers(0, 40, units) * MINUTE
    shift_end = np.where(rng.random(units) < 0.7, rng.integers(30, 300, units) * MINUTE, 1 << 50)
    first[rng.random((units, jobs)) < unreachable] = INF
    pin = np.full(units, NONE, np.int32)
    if rng.random() < 0.4:
        unit, job = rng.integers(units), rng.integers(jobs)
        pin[unit], first[unit, job] = job, min(int(first[unit, job]), 20 * MINUTE)
    group = np.full(jobs, NONE, np.int32)
    if rng.random() < 0.4 and jobs > 1:
        group[rng.choice(jobs, 2, replace=False)] = 7
    drawn = int(rng.integers(0, 3))
    contractors = drawn if contractors is None else contractors
    option = rng.integers(50_000, 600_000, (contractors, jobs)).astype(np.int64)
    option[rng.random(option.shape) < 0.3] = NONE
    return QueueInstance(
        weights=weights,
        ready_ms=ready,
        service_ms=carry + rng.integers(5, 60, jobs) * MINUTE,
        due_ms=due,
        latest_ms=latest,
        priority=priority,
        unserved_cost=np.array(left, np.int64),
        first_ms=first,
        between_ms=between,
        price=rng.uniform(0, 60, units),
        bits=rng.choice([1, 2, 3], units).astype(np.int64),
        need=rng.choice([1, 2], jobs).astype(np.int64),
        earliest_ms=earliest,
        carry_ms=carry,
        carry_km=carry / 120_000,
        end_price=np.where(carry > 0, rng.uniform(0, 90, jobs), 0.0),
        deviation_ms=rng.uniform(0, 10 * MINUTE, jobs),
        floor_ms=ready // 2,
        spread_ms=rng.uniform(0, 5 * MINUTE, units),
        shift_end_ms=shift_end,
        end_by_ms=shift_end + 120 * MINUTE,
        overtime_price=rng.choice([0.0, 120.0], units),
        per_km=rng.choice([0.0, 3.0], units),
        decline=rng.choice([0.0, 0.3], units),
        standing=rng.integers(0, 5000, units),
        first_km=np.minimum(first, 40 * MINUTE) / 120_000,
        between_km=np.minimum(between, 40 * MINUTE) / 120_000,
        extra_cost=rng.integers(0, 9000, (units, jobs)),
        announced=rng.integers(-1, units, jobs).astype(np.int32),
        pin=pin,
        held=np.random.default_rng([seed, 1]).random(jobs) < 0.2,
        group=group,
        option_cost=option,
        crews=rng.integers(1, 3, contractors).astype(np.int64),
        max_jobs=int(rng.integers(1, 6)),
    )


def slow_tour_cost(i: QueueInstance, unit: int, jobs: tuple[int, ...]) -> int | None:
    """Plain Python from docs/cost.md and docs/queues.md (lateness of the point); None when the tour must not be."""
    pin = int(i.pins[unit])
    if len(jobs) > i.max_jobs or (pin >= 0 and (not jobs or jobs[0] != pin)):
        return None
    broken, late1, late2, waiting, driving, tariff, change, _, overtime, _, acceptance, _, most = i.weights.tolist()[
        :13
    ]
    time, total, last, price = int(i.ready_ms[unit]), 0, None, 0.0
    shift_end = int(i.shift_end_ms[unit])
    groups: set[int] = set()
    for job in jobs:
        pinned = last is None and job == pin
        if any(int(p) == job and u != unit for u, p in enumerate(i.pins)):
            return None
        travel = int(i.first_ms[unit, job] if last is None else i.between_ms[last, job])
        if travel >= INF:
            return None
        arrival = time + travel
        start = max(int(i.earliest_ms[job]), arrival)
        end = start + int(i.service_ms[job])
        if not pinned:
            able = int(i.bits[unit]) & int(i.need[job]) == int(i.need[job])
            if not able or arrival > i.latest_ms[job]:
                return None
            if not (i.held is not None and i.held[job]) and (start > shift_end or end > i.end_by_ms[unit]):
                return None
        if i.group is not None and i.group[job] >= 0:
            if int(i.group[job]) in groups:
                return None
            groups.add(int(i.group[job]))
        p, due = float(i.priority[job]), int(i.due_ms[job])
        total += round(1000.0 * p * waiting * ((start - int(i.earliest_ms[job])) / 60_000.0))
        if start > due:
            minutes = (start - due) / 60_000.0
            total += round(1000.0 * p * broken)
            total += round(1000.0 * p * (late1 * minutes + late2 * (minutes * minutes)))
        total += round(1000.0 * driving * ((travel + int(i.carry_ms[job])) / 60_000.0))
        price = float(i.price[unit]) + float(i.end_price[job])
        if i.per_km[unit] > 0 and i.first_km is not None and i.between_km is not None:
            km = float(i.first_km[unit, job] if last is None else i.between_km[last, job])
            price += float(i.per_km[unit]) * (km + float(i.carry_km[job]))
        total += round(1000.0 * tariff * min(price, most))
        if i.announced is not None and 0 <= i.announced[job] != unit:
            total += round(1000.0 * change)
        total += round(1000.0 * p * acceptance * float(i.decline[unit])) + int(i.standing[unit])
        total += 0 if i.extra_cost is None else int(i.extra_cost[unit, job])
        time, last = end, job
    if jobs and time > shift_end:
        over = time - shift_end
        total += round(1000.0 * overtime * (over / 60_000.0)) - round(1000.0 * tariff * min(price, most))
        price += float(i.overtime_price[unit]) * (over / 3_600_000.0)
        total += round(1000.0 * tariff * min(price, most))
    return total


def optimum(i: QueueInstance) -> int:
    """The cheapest plan of all, by looking at every set of jobs for every unit in every order."""
    n = i.job_count
    everything = 1 << n
    huge = 1 << 60
    pinned = {int(p) for p in i.pins if p >= 0}
    best = [huge] * everything
    best[0] = 0
    for unit in range(i.unit_count):
        cost = [huge] * everything
        for mask in range(everything):
            jobs = [j for j in range(n) if mask >> j & 1]
            if len(jobs) <= i.max_jobs:
                found = [c for order in permutations(jobs) if (c := slow_tour_cost(i, unit, order)) is not None]
                cost[mask] = min(found, default=huge)
        best = [min(best[mask ^ part] + cost[part] for part in _parts(mask)) for mask in range(everything)]
    for p in range(i.contractor_count):
        cost = [huge] * everything
        for mask in range(everything):
            jobs = [j for j in range(n) if mask >> j & 1]
            if len(jobs) <= i.crews[p] and all(i.option_cost[p, j] >= 0 and j not in pinned for j in jobs):
                cost[mask] = sum(int(i.option_cost[p, j]) for j in jobs)
        best = [min(best[mask ^ part] + cost[part] for part in _parts(mask)) for mask in range(everything)]
    left = [
        huge if any(mask >> j & 1 for j in pinned) else sum(int(i.unserved_cost[j]) for j in range(n) if mask >> j & 1)
        for mask in range(everything)
    ]
    return min(best[mask] + left[everything - 1 - mask] for mask in range(everything))


def _parts(mask: int):
    part = mask
    while True:
        yield part
        if part == 0:
            return
        part = (part - 1) & mask
