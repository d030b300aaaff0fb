"""What a solved instance means: assignments in order on each unit, with costs by part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.arrival.model import ArrivalModel
from engine.decision import Candidate, CostParts
from engine.queues.plan import QueuePlan
from engine.situation import Situation
from engine.times import from_ms
from engine.tours.numbers import TourNumbers


@dataclass(frozen=True, slots=True)
class Stop:
    """One job in a unit's tour."""

    row: int
    position: int  # from 1
    candidate: Candidate
    travel_ms: int


def stops(situation: Situation, numbers: TourNumbers, plan: QueuePlan) -> dict[int, Stop]:
    """By incident, who serves it as what. Their costs and those of leaving the others sum up to the plan's."""
    state, intake, instance = situation.state, situation.intake, numbers.instance
    model = ArrivalModel.of(state.policy)
    found: dict[int, Stop] = {}
    for at, tour in enumerate(plan.tours):
        row, unit = int(numbers.rows[at]), state.units[int(numbers.rows[at])]
        ready, floor, spread = (int(instance.ready_ms[at]), int(instance.floor_ms[at]), float(instance.spread_ms[at]))
        before = -1
        for position, job in enumerate(tour, 1):
            travel = int(instance.first_ms[at, job] if before < 0 else instance.between_ms[before, job])
            i, due = int(numbers.incidents[job]), int(instance.due_ms[job])
            found[i] = Stop(
                row,
                position,
                Candidate(
                    unit_id=unit.id,
                    provider_id=unit.provider_id,
                    departs_at=from_ms(intake.now_ms + ready),
                    arrives_at=from_ms(intake.now_ms + ready + travel),
                    travel=timedelta(milliseconds=travel),
                    slack=timedelta(milliseconds=due - ready - travel),
                    cost=_parts(plan, job, int(state.arrays.quality[row]), intake.cover_cost(i, row)),
                    promise_probability=model.kept((ready, floor, spread), travel, due),
                ),
                travel,
            )
            ready = int(plan.start_ms[job] + instance.service_ms[job])
            floor, spread = int(plan.start_ms[job]), float(instance.deviation_ms[job])
            before = job
    return found


def _parts(plan: QueuePlan, job: int, quality: int, coverage: int) -> CostParts:
    values = {name: int(of_jobs[job]) for name, of_jobs in plan.parts.items() if name != "standing"}
    standing = int(plan.parts["standing"][job])
    return CostParts(**values, quality=quality, rotation=standing - quality - coverage, coverage=coverage)


def first_of_each(numbers: TourNumbers, chosen: dict[int, tuple[int, int]]) -> list[list[int]]:
    """Tours of at most one job, to start from: what an assignment (incident -> row, travel) says.

    What contractors have stands behind those of units.
    """
    tours: list[list[int]] = [[] for _ in range(numbers.rows.size + len(numbers.crews))]
    row_at = {int(row): at for at, row in enumerate(numbers.rows)}
    for at, crews in enumerate(numbers.crews, numbers.rows.size):
        row_at |= dict.fromkeys(crews.rows.tolist(), at)
    job_at = {int(i): at for at, i in enumerate(numbers.incidents)}
    for i, (row, _) in chosen.items():
        if i in job_at and row in row_at:
            tours[row_at[row]].append(job_at[i])
    return tours
