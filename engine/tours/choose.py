"""Whether one job a unit is enough, and plans of several where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.decision import Reason
from engine.fleet.candidates import GrowingLists
from engine.queues.plan import QueuePlan
from engine.queues.solve import Budget
from engine.situation import Situation
from engine.texts import reason
from engine.tours.numbers import TourNumbers, able_rows, tour_numbers
from engine.tours.size import MOST_PAIRS, ROOM_MS, Tours
from engine.tours.solver import TourSolver
from engine.tours.told import first_of_each
from graphs.network import Int64

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


def choose(asked: Asked, wanted: Tours, seconds: float | None) -> tuple[bool, Reason]:
    """Whether to plan tours, and why (not); ``seconds`` are left, None: as many as the policy gives."""
    rules = asked.situation.state.policy.tours
    most = int(rules.most_jobs)
    if wanted is Tours.ONE_EACH or most == 1:
        return False, reason("one_each.asked")
    left = _left(asked)
    booked = int((asked.situation.intake.jobs.earliest_ms[list(asked.chosen)] > ROOM_MS).sum()) if asked.chosen else 0
    if wanted is Tours.AUTO and not left and not (booked and len(asked.situation.intake) > 1):
        return False, reason("one_each")
    if seconds is not None and seconds < LEAST_S:
        return False, out_of_time_for_tours(asked)
    jobs = len(asked.situation.intake)
    if jobs * max(jobs, len(asked.situation.state)) > MOST_PAIRS:
        return False, reason("one_each.large", incidents=jobs, units=len(asked.situation.state))
    if left:
        return True, reason("tours" if len(left) > 1 else "tours.one", left=len(left), most=most)
    return True, reason("tours.booked" if booked else "tours.asked", booked=booked, most=most)


def out_of_time_for_tours(asked: Asked) -> Reason:
    """Why one job a unit must do."""
    return reason("one_each.time", left=len(_left(asked)))


def _left(asked: Asked) -> list[int]:
    """Incidents left over although somebody could serve them."""
    return [int(i) for at, i in enumerate(asked.free) if int(i) not in asked.chosen and len(asked.lists.rows[at])]


def plan_tours(
    asked: Asked, solver: TourSolver, seconds: float | None, seed: int = 0
) -> tuple[TourNumbers, QueuePlan] | None:
    """Tours no dearer than the assignment they start from; None where the solver had no time."""
    situation = asked.situation
    rules = situation.state.policy.tours
    lost = [i for i, incident in enumerate(situation.intake.incidents) if incident.pinned and i not in asked.chosen]
    jobs = np.setdiff1d(np.arange(len(situation.intake)), lost)
    numbers = tour_numbers(situation, jobs, able_rows(situation, jobs), dict(asked.held), int(rules.most_jobs))
    budget = Budget(seconds=rules.seconds if seconds is None else min(seconds, rules.seconds), gap=rules.gap)
    plan = solver(numbers.instance, budget, seed, first_of_each(numbers, dict(asked.chosen)))
    return None if plan is None else (numbers, plan)
