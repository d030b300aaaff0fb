"""A situation as the arrays of the queue solver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from engine.cost import MAX_COST, NO_SHIFT_END, weight_vector
from engine.eligibility import capable, on_duty, permitted
from engine.fleet.arrays import NEVER
from engine.fleet.cells import unit_vectors
from engine.fleet.charged import road_km
from engine.intake import Intake
from engine.model import Incident
from engine.queues.instance import QueueInstance
from engine.queues.limits import NONE
from engine.situation import Situation
from engine.tours.size import ROOM_MS
from graphs.network import Float64, Int32, Int64
from graphs.travel import travel_matrix


@dataclass(frozen=True, eq=False)
class Crews:
    """Crews of one contractor that are alike: any of them takes any incident at the same cost."""

    rows: Int64  # [c] of the fleet
    travel_ms: Int32  # [c, j]


@dataclass(frozen=True, eq=False)
class TourNumbers:
    """An instance, and which units and incidents its rows are."""

    instance: QueueInstance
    rows: Int64  # [u] rows of the fleet
    incidents: Int64  # [j] indices of the intake
    crews: tuple[Crews, ...] = ()  # [p] whom the instance's contractors stand for


def able_rows(situation: Situation, jobs: Int64) -> npt.NDArray[np.bool_]:
    """[units, j] whether a unit may do a job at all, whenever; nobody one whose latest time has passed."""
    intake, arrays = situation.intake, situation.state.arrays
    open_still = intake.jobs.reached & (intake.jobs.latest_ms >= intake.jobs.earliest_ms)
    able = np.zeros((len(situation.state), jobs.size), bool)
    for at, i in enumerate(jobs.tolist()):
        if open_still[i]:
            able[:, at] = capable(arrays, intake, i) & permitted(arrays, intake, i) & on_duty(arrays, intake, i)
    return able


def tour_numbers(
    situation: Situation, jobs: Int64, able: npt.NDArray[np.bool_], pins: dict[int, int], most_jobs: int
) -> TourNumbers:
    """The instance of some incidents; ``pins`` maps incidents to the row whose next job they are.

    A booking of later is its unit's, too, but not its next job: there is room before. No plan leaves it, and where a
    person pinned it only the longest wait is held against it, as where it comes first.
    The first leg of each unit is driven in the traffic of its departure. Later ones are driven in that of now, or where
    a job may not begin before a later time in that of this time: nobody knows yet when they begin. Breaks count for
    when a unit is free, not between its jobs. O(units x jobs + jobs squared).
    """
    state, intake = situation.state, situation.intake
    arrays, terms, policy = state.arrays, state.terms(situation.intake.now_ms), state.policy
    for i, row in pins.items():
        able[:, jobs == i] = False
        able[row, jobs == i] = True
    rows = np.flatnonzero(able.any(axis=1))
    able = able[rows]
    first = np.empty((rows.size, jobs.size), np.int32)
    for at, i in enumerate(jobs.tolist()):
        first[:, at] = situation.all_driving_ms(i)[rows]
    numbers, weights = intake.jobs, weight_vector(policy)
    row_at = {int(row): at for at, row in enumerate(rows)}
    job_at = {int(i): at for at, i in enumerate(jobs)}
    pin = np.full(rows.size, NONE, np.int32)
    latest = np.maximum(numbers.latest_ms, numbers.earliest_ms)[jobs]
    left, held = intake.left_costs(policy)[jobs], np.zeros(jobs.size, bool)
    for i, row in pins.items():
        job = job_at[i]
        if numbers.earliest_ms[i] <= ROOM_MS:
            pin[row_at[row]] = job
            continue
        left[job] = MAX_COST
        if intake.incidents[i].pinned:
            held[job], latest[job] = True, intake.longest_wait_ms(i)
    shift_end = arrays.shift_end_ms[rows]
    shift_end = np.where(shift_end == NEVER, NO_SHIFT_END, shift_end - intake.now_ms)
    per_km = terms.per_km[rows]
    instance = QueueInstance(
        weights=np.array(weights),
        ready_ms=terms.free_ms[rows] - intake.now_ms + arrays.mobilisation_ms[rows],
        service_ms=numbers.busy_ms[jobs],
        due_ms=intake.due_ms[jobs],
        latest_ms=latest,
        priority=intake.priority[jobs],
        unserved_cost=left,
        first_ms=first,
        between_ms=_between(situation, jobs),
        price=terms.price[rows],
        earliest_ms=numbers.earliest_ms[jobs],
        carry_ms=numbers.carry_ms[jobs],
        carry_km=numbers.carry_km[jobs],
        end_price=numbers.end_price[jobs],
        deviation_ms=numbers.deviation_ms[jobs],
        floor_ms=arrays.mobilisation_ms[rows],
        spread_ms=terms.spread_ms[rows],
        shift_end_ms=shift_end,
        end_by_ms=np.minimum(shift_end + round(policy.limits.max_overtime_minutes * 60_000), NO_SHIFT_END),
        overtime_price=arrays.overtime_price[rows],
        per_km=per_km,
        decline=arrays.decline[rows],
        standing=terms.standing[rows],
        extra_cost=None if intake.cover is None else np.outer(intake.cover[rows], intake.counts_cover[jobs]),
        first_km=_km(state.here[rows], intake.here[jobs]) if per_km.any() else None,
        between_km=_km(_ends_here(intake)[jobs], intake.here[jobs]) if per_km.any() else None,
        allowed=able,
        announced=np.array([row_at.get(int(row), NONE if row < 0 else rows.size) for row in intake.announced[jobs]]),
        pin=pin,
        held=held,
        group=_groups([intake.incidents[i] for i in jobs.tolist()]),
        max_jobs=most_jobs,
    )
    return TourNumbers(instance, rows, jobs)


def _between(situation: Situation, jobs: Int64) -> Int32:
    """[j, j] ms from the end of each job to the start of each other, in the traffic of the other's earliest start."""
    state, intake = situation.state, situation.intake
    network, graph = state.region.network, state.region.search_graph
    ends, starts = intake.jobs.ends.take(jobs), intake.positions.take(jobs)
    if situation.view is None:
        return travel_matrix(network, state.metric, ends, starts, threads=2, graph=graph)
    out = np.empty((jobs.size, jobs.size), np.int32)
    keys, group = situation.view.snapshot.grouped(intake.now_ms + intake.jobs.earliest_ms[jobs])
    for number, key in enumerate(keys):
        mine = np.flatnonzero(group == number)
        metric = situation.view.metric(key)
        out[:, mine] = travel_matrix(network, metric, ends, starts.take(mine), threads=2, graph=graph)
    return out


def _ends_here(intake: Intake) -> Float64:
    return unit_vectors(intake.jobs.ends.lon, intake.jobs.ends.lat)


def _groups(incidents: list[Incident]) -> Int32:
    """[j] a number for the jobs of one accident, which need different units; NONE for the others."""
    number = {name: at for at, name in enumerate(dict.fromkeys(i.partner_of for i in incidents if i.partner_of))}
    return np.array([number.get(i.partner_of or i.id, NONE) for i in incidents], np.int32)


@njit(nogil=True, cache=True)
def _km_table(here, there, out):
    for i in range(here.shape[0]):
        for j in range(there.shape[0]):
            out[i, j] = road_km(here[i], there[j])


def _km(here: Float64, there: Float64) -> Float64:
    """[k, l] kilometres that a tariff charges. O(k l)."""
    out = np.empty((here.shape[0], there.shape[0]))
    _km_table(np.ascontiguousarray(here), np.ascontiguousarray(there), out)
    return out
