"""Whether one job a unit is enough, and plans of several where it is not."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.decision import Reason
from engine.fleet.candidates import GrowingLists
from engine.queues.plan import QueuePlan
from engine.queues.solve import Budget
from engine.situation import Situation
from engine.texts import reason
from engine.tours.fair import fair
from engine.tours.numbers import TourNumbers, able_rows, tour_numbers
from engine.tours.patience import patient_plan
from engine.tours.size import MOST_PAIRS, ROOM_MS, Tours
from engine.tours.solver import TourSolver
from engine.tours.told import first_of_each
from graphs.network import Int64
from graphs.search import INF

#: With less time than this (s) tours are not begun.
LEAST_S = 0.2


@dataclass(frozen=True)
class Asked:
    """What is known when one job a unit has been solved."""

    situation: Situation
    chosen: Mapping[int, tuple[int, int]]  # by incident, the row and its ms of driving; pinned ones included
    held: Mapping[int, int]  # by incident, the row that keeps it
    lists: GrowingLists
    free: Int64  # the incidents of the lists


@dataclass(frozen=True)
class Choice:
    """Whether to plan tours of ``jobs``, and why (not)."""

    why: Reason
    jobs: Int64 | None = None  # None: one job a unit
    enough: bool = True  # with one job a unit: that is all that is wanted, so its bound holds


def choose(asked: Asked, wanted: Tours, seconds: float | None) -> Choice:
    """What to plan; ``seconds`` are left, None: as many as the policy gives."""
    situation = asked.situation
    most = int(situation.state.policy.tours.most_jobs)
    if wanted is Tours.ONE_EACH or most == 1:
        return Choice(reason("one_each.asked"))
    hired = int(situation.state.contractors.sum())
    if hired and hired == len(situation.state):
        return Choice(reason("one_each.contractors"))
    left, booked, late = _left(asked), _in_the_way(asked), _late(asked)
    if wanted is Tours.AUTO and not left and not booked and not late:
        return Choice(reason("one_each"))
    if seconds is not None and seconds < LEAST_S:
        return too_late(asked)
    jobs = _most_urgent(asked)
    if jobs is None:
        incidents, units = len(situation.intake), len(situation.state)
        return Choice(reason("one_each.large", incidents=incidents, units=units), enough=False)
    known = {"most": most} | ({"hired": hired} if hired else {})
    more = ".hired" if hired else ""
    if jobs.size < len(situation.intake) - len(_lost(asked)):
        return Choice(reason("tours.part" + more, left=len(left), planned=jobs.size, **known), jobs)
    if left:
        return Choice(reason(("tours" if len(left) > 1 else "tours.one") + more, left=len(left), **known), jobs)
    if booked or wanted is Tours.SEVERAL:
        return Choice(reason(("tours.booked" if booked else "tours.asked") + more, booked=booked, **known), jobs)
    return Choice(reason(("tours.late" if late > 1 else "tours.late.one") + more, late=late, **known), jobs)


def too_late(asked: Asked) -> Choice:
    """One job a unit must do."""
    return Choice(reason("one_each.time", left=len(_left(asked))), enough=False)


def plan_tours(
    asked: Asked, jobs: Int64, solver: TourSolver, seconds: float | None, seed: int = 0
) -> tuple[TourNumbers, QueuePlan] | None:
    """Tours that put nobody due behind; None where the solver had no time, or lost a pin, or found none such."""
    began = time.monotonic()
    situation = asked.situation
    rules = situation.state.policy.tours
    every = tour_numbers(situation, jobs, able_rows(situation, jobs), dict(asked.held), int(rules.most_jobs))
    limit = rules.seconds if seconds is None else min(seconds, rules.seconds)
    until = None if seconds is None else began + seconds
    spent = 0.0

    def plan(numbers: TourNumbers, start: Sequence[Sequence[int]], share: float) -> QueuePlan | None:
        nonlocal spent
        budget = min(share, 1.0 - spent) * limit
        if until is not None:
            budget = min(budget, until - time.monotonic())
        if budget <= 0.0:
            return None
        spent += budget / limit
        found = solver(numbers.instance, Budget(seconds=budget, gap=rules.gap), seed, start)
        if found is None or not _keeps(asked, numbers, found):
            return None
        fairer = fair(situation, numbers, found)
        return fairer if _keeps(asked, numbers, fairer) else found

    return patient_plan(situation, every, asked.held, lambda numbers: first_of_each(numbers, dict(asked.chosen)), plan)


def _left(asked: Asked) -> list[int]:
    """Incidents left over although somebody could serve them, be it only a unit that is kept for another before."""
    kept = np.array(sorted(set(asked.held.values())), np.int64)
    kept = kept[~asked.situation.state.contractors[kept]]
    found = []
    for at, i in enumerate(asked.free.tolist()):
        if i in asked.chosen:
            continue
        if len(asked.lists.rows[at]) or (kept.size and _could(asked.situation, i, kept)):
            found.append(i)
    return found


def _late(asked: Asked) -> int:
    """Promises that one incident a unit would break, though some unit could keep them: it serves another one."""
    intake = asked.situation.intake
    ready = asked.situation.state.arrays.ready_ms(intake.now_ms)
    late = 0
    for at, i in enumerate(asked.free.tolist()):
        due = int(intake.due_ms[i])
        if i in asked.chosen and due >= max(0, int(intake.jobs.earliest_ms[i])):
            row, travel = asked.chosen[i]
            if ready[row] + travel > due:
                late += bool((ready[asked.lists.rows[at]] + asked.lists.travels[at] <= due).any())
    return late


def _could(situation: Situation, i: int, rows: Int64) -> bool:
    able = able_rows(situation, np.array([i]))[rows, 0]
    return bool(able.any() and (situation.travel_to(i)[rows[able]] < INF).any())


def _in_the_way(asked: Asked) -> int:
    """Bookings of later that keep a unit which would suit another incident better."""
    later, hired = asked.situation.intake.jobs.earliest_ms > ROOM_MS, asked.situation.state.contractors
    booked = {row: i for i, (row, _) in asked.chosen.items() if later[i] and not hired[row]}
    found = set()
    for at, i in enumerate(asked.free.tolist()):
        if booked and i in asked.chosen and not later[i]:
            rows = asked.lists.rows[at].tolist()
            found |= {booked[row] for row in rows[: rows.index(asked.chosen[i][0])] if row in booked}
    for i, row in asked.held.items():  # a unit that is kept for later may serve somebody before
        if later[i] and not hired[row] and len(asked.situation.intake) > 1:
            found.add(booked.get(row, i))
    return len(found)


def _lost(asked: Asked) -> list[int]:
    """Pinned incidents whose unit cannot come: no plan has them."""
    incidents = asked.situation.intake.incidents
    return [i for i, incident in enumerate(incidents) if incident.pinned and i not in asked.chosen]


def _most_urgent(asked: Asked) -> Int64 | None:
    """All incidents, or with too many those that have a unit and of the others the dearest to leave, soonest due first.

    None where even those that have a unit are too many.
    """
    intake, units = asked.situation.intake, len(asked.situation.state)
    jobs = np.setdiff1d(np.arange(len(intake)), _lost(asked))
    most = min(int(MOST_PAIRS**0.5), MOST_PAIRS // max(units, 1))
    if jobs.size <= most:
        return jobs
    has = np.array([int(i) in asked.chosen for i in jobs])
    if has.sum() >= most:
        return None
    rest = jobs[~has]
    order = np.lexsort((rest, intake.due_ms[rest], -intake.priority[rest]))
    return np.sort(np.concatenate((jobs[has], rest[order[: most - int(has.sum())]])))


def _keeps(asked: Asked, numbers: TourNumbers, plan: QueuePlan) -> bool:
    """Whether every unit that is kept for an incident serves it."""
    at_of = {int(row): at for at, row in enumerate(numbers.rows)}
    job_of = {int(i): at for at, i in enumerate(numbers.incidents)}
    return all(job_of[i] in plan.tours[at_of[row]] for i, row in asked.held.items() if i in job_of)
