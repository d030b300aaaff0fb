"""Contractors plan their own crews: to a plan each crew is one incident at most, at the price of that pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engine.candidate import candidate
from engine.queues.check import OF_BOTH, OF_UNITS
from engine.queues.evaluate import tour_costs
from engine.queues.instance import QueueInstance
from engine.queues.limits import MOST_JOBS, NONE
from engine.queues.plan import QueuePlan
from engine.situation import Situation
from engine.tours.numbers import Crews, TourNumbers
from engine.tours.told import Stop
from graphs.network import Int64

#: Units that are priced together: memory for (units x jobs) tours is held.
CHUNK = 128


def priced(situation: Situation, numbers: TourNumbers, held: Mapping[int, int]) -> TourNumbers:
    """The same with the crews of contractors as priced options, alike ones together, instead of rows for tours.

    ``held`` maps incidents to the row that keeps them: a contractor's crew that keeps one stays a row, with nothing
    else to do. O(crews x jobs).
    """
    hired = situation.state.contractors[numbers.rows]
    if not hired.any():
        return numbers
    instance = numbers.instance
    kept_for = _kept_for(numbers, held)
    options = np.flatnonzero(hired & (kept_for == NONE))
    cost = one_job_costs(instance, options)
    cost[cost > instance.unserved_cost] = NONE  # nobody would take it
    alike: dict[tuple[str, bytes], list[int]] = {}
    for at, unit in enumerate(options.tolist()):
        if (cost[at] != NONE).any():
            owner = situation.state.units[int(numbers.rows[unit])].provider_id
            alike.setdefault((owner, cost[at].tobytes()), []).append(at)
    own = np.setdiff1d(np.arange(instance.unit_count), options)
    return TourNumbers(
        _split(instance, own, np.where(hired, kept_for, NONE), cost, list(alike.values())),
        numbers.rows[own],
        numbers.incidents,
        tuple(Crews(numbers.rows[options[ats]], instance.first_ms[options[ats]]) for ats in alike.values()),
    )


def one_job_costs(instance: QueueInstance, units: Int64) -> Int64:
    """[k, j] what each job costs as the only one of each of ``units``, NONE where it must not be."""
    n = instance.job_count
    out = np.empty((units.size, n), np.int64)
    for low in range(0, units.size, CHUNK):
        some = units[low : low + CHUNK]
        jobs = np.full((some.size * n, MOST_JOBS), NONE, np.int32)
        jobs[:, 0] = np.tile(np.arange(n), some.size)
        cost = tour_costs(instance.arrays, np.repeat(some, n), jobs, np.ones(some.size * n, np.int64))
        out[low : low + CHUNK] = cost.reshape(some.size, n)
    return out


def hired_stops(situation: Situation, numbers: TourNumbers, plan: QueuePlan) -> dict[int, Stop]:
    """By incident, the crew that a contractor sends, as its only one. Alike crews go in the order of their rows."""
    state, intake = situation.state, situation.intake
    found: dict[int, Stop] = {}
    used = [0] * len(numbers.crews)
    for job in np.flatnonzero(plan.contractor >= 0).tolist():
        p, i = int(plan.contractor[job]), int(numbers.incidents[job])
        row = int(numbers.crews[p].rows[used[p]])
        travel = int(numbers.crews[p].travel_ms[used[p], job])
        used[p] += 1
        found[i] = Stop(row, 1, candidate(state.policy, state, intake, i, row, travel), travel)
    return found


def _kept_for(numbers: TourNumbers, held: Mapping[int, int]) -> Int64:
    """[u] the job that each unit keeps, NONE: none."""
    at_of = {int(row): at for at, row in enumerate(numbers.rows)}
    job_of = {int(i): at for at, i in enumerate(numbers.incidents)}
    kept = np.full(numbers.rows.size, NONE, np.int64)
    for i, row in held.items():
        if i in job_of and row in at_of:
            kept[at_of[row]] = job_of[i]
    return kept


def _split(instance: QueueInstance, own: Int64, kept_for: Int64, cost: Int64, alike: list[list[int]]) -> QueueInstance:
    """Only the ``own`` units, and options at the ``cost`` of the first of each group; kept jobs are all their unit has.

    ``kept_for`` [u] of all units: the one job of a contractor's crew, NONE: no such.
    """
    units = {name: value[own] for name in (*OF_UNITS, *OF_BOTH) if (value := getattr(instance, name)) is not None}
    pin = instance.pins[own].copy()
    allowed = np.array(units["allowed"])
    for at, job in enumerate(kept_for[own].tolist()):
        if job != NONE:
            pin[at] = job
            allowed[at] = False
            allowed[at, job] = True
    place = np.full(instance.unit_count + 1, own.size, np.int32)  # of units that are options: anybody else
    place[own] = np.arange(own.size)
    announced = instance.announcement
    return replace(
        instance,
        **(units | {"pin": pin, "allowed": allowed}),
        announced=np.where(announced == NONE, NONE, place[announced]).astype(np.int32),
        option_cost=cost[[ats[0] for ats in alike]],
        crews=np.array([len(ats) for ats in alike], np.int64),
    )
