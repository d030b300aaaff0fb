"""Which units may serve an incident, condition by condition: one rule for explanations and for the clerk's plan.

The compiled search (`engine.fleet.scan`) applies the same conditions unit by unit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.fleet.arrays import UnitArrays
from engine.fleet.shift import fits_shift
from engine.intake import Intake
from engine.policy import Policy
from graphs.network import Int32
from graphs.search import INF

Rows = npt.NDArray[np.bool_]
Times = npt.NDArray[np.int64]


def capable(arrays: UnitArrays, intake: Intake, index: int) -> Rows:
    """[units] has the service and every capability that incident `index` needs."""
    return (arrays.bits & intake.need[index]) == intake.need[index]


def within_territory(arrays: UnitArrays, intake: Intake, index: int) -> Rows:
    """[units] its provider may serve the place."""
    return np.isin(arrays.territory, intake.allowed_at(index))


def unrefused(arrays: UnitArrays, intake: Intake, index: int) -> Rows:
    """[units] is not barred from the incident: it was not asked in vain, nor taken off."""
    may = np.ones(len(arrays.territory), np.bool_)
    if index in intake.barred:
        may[intake.barred[index]] = False
    return may


def permitted(arrays: UnitArrays, intake: Intake, index: int) -> Rows:
    """[units] its provider may serve the place, and has not refused the incident."""
    return within_territory(arrays, intake, index) & unrefused(arrays, intake, index)


def on_duty(arrays: UnitArrays, intake: Intake, index: int) -> Rows:
    """[units] is free, or will be at a known time, or is busy with this very incident."""
    works = arrays.can_work != 0
    if intake.announced_works[index]:
        works[intake.announced[index]] = True
    return works


def in_time(intake: Intake, index: int, arrival_ms: Times) -> Rows:
    """Arrivals, ms from now, that still make sense for incident `index`."""
    return arrival_ms <= intake.jobs.latest_ms[index]


def in_shift(policy: Policy, arrays: UnitArrays, intake: Intake, index: int, rows: Times, arrival_ms: Times) -> Rows:
    """Whether the work of incident `index` fits the shifts of units `rows`, which arrive so many ms from now."""
    jobs = intake.jobs
    start = np.maximum(arrival_ms, jobs.earliest_ms[index])
    most = round(policy.limits.max_overtime_minutes * 60_000)
    return fits_shift(arrays.shift_end_ms[rows] - intake.now_ms, start, jobs.busy_ms[index], most)


def arrivals_ms(
    policy: Policy, arrays: UnitArrays, intake: Intake, index: int, rows: Times, travel_ms: Int32 | Times
) -> Times:
    """[rows] ms from now until units, which drive so long, would be at incident `index`; INF for who cannot, may not or
    comes too late."""
    able = capable(arrays, intake, index) & permitted(arrays, intake, index) & on_duty(arrays, intake, index)
    able = able[rows] & bool(intake.jobs.reached[index])
    arrival = arrays.ready_ms(intake.now_ms)[rows] + travel_ms.astype(np.int64)
    able &= (travel_ms < INF) & in_time(intake, index, arrival)
    able &= in_shift(policy, arrays, intake, index, rows, arrival)
    return np.where(able, arrival, INF)
