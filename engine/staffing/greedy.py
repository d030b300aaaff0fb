"""Plans by marginal gains: crews are added where they help most for their cost, then those not needed are taken out."""

from __future__ import annotations

import numpy as np

from engine.siting.limits import Deadline
from engine.staffing.problem import StaffingProblem
from graphs.network import Float64, Int64

SLACK = 1e-9


def short_of(problem: StaffingProblem, shares: Float64, target: float) -> Float64:
    """[h] what is missing to the target, 0 without calls."""
    return np.where(problem.calls > 0, np.maximum(0.0, target - shares), 0.0)


def reach_target(problem: StaffingProblem, plan: Int64, target: float, deadline: Deadline) -> Int64 | None:
    """A plan with crews added until every hour has its target, and taken out where it has it anyway; None: it cannot.

    Each step O(b x s x hours of a shift x rows).
    """
    plan = plan.copy()
    while (short := short_of(problem, problem.shares(plan), target)).max(initial=0.0) > SLACK:
        gain = _gains(problem, plan, np.where(short > SLACK, 1.0, 0.0), target)
        at = int(np.argmax(gain / np.maximum(problem.cost, SLACK)))
        if not gain.flat[at] > 0 or deadline.over:
            return None
        plan.flat[at] += 1
    return _thinned(problem, plan, target)


def spend(problem: StaffingProblem, plan: Int64, crew_hours: float, deadline: Deadline) -> Int64:
    """A plan with crews added while there are crew-hours left, where they gain most calls within promise an hour."""
    plan = plan.copy()
    while not deadline.over:
        left = crew_hours - problem.crew_hours(plan)
        gain = _gains(problem, plan, problem.calls, np.inf)
        gain = np.where(problem.length[None, :] <= left + SLACK, gain / problem.length[None, :], -1.0)
        at = int(np.argmax(gain))
        if not gain.flat[at] > SLACK * max(1.0, float(problem.calls.sum())):
            return plan
        plan.flat[at] += 1
    return plan


def _gains(problem: StaffingProblem, plan: Int64, weight: Float64, target: float) -> Float64:
    """[b, s] what one more crew gains: shares up to the target, by weight of the hour; -1 where none may be added.

    A crew that lifts no share yet (the first few of an overloaded hour) gains a little for the load it takes.
    """
    duty = problem.on_duty(plan)
    each = np.zeros((problem.hours, problem.most.size))
    for hour in np.flatnonzero(weight * (problem.calls > 0) > 0).tolist():
        cover, crews = problem.cover(hour), int(duty[hour].sum())
        busy, near = problem.together(hour, crews + 1), (cover.numbers @ duty[hour]).astype(np.int64)
        left = cover.weight * busy[near]  # share that would find nobody, with so many on duty
        step = left - cover.weight * busy[near + 1]
        more = float(cover.weight.sum()) - float(left.sum()) + step @ cover.numbers
        lifted = np.minimum(target, more) - min(target, problem.share(hour, duty[hour]))
        each[hour] = weight[hour] * (lifted + 1e-7)
    full = (duty >= problem.most).T.astype(np.int64) @ problem.on.T.astype(np.int64) > 0  # [b, s]
    return np.where(full, -1.0, each.T @ problem.on.T.astype(np.float64))


def _thinned(problem: StaffingProblem, plan: Int64, target: float) -> Int64:
    """Crews taken out, the dearest first, while every hour keeps its target."""
    plan = plan.copy()
    rows = np.nonzero(plan)
    for at in np.argsort(-problem.cost[rows], kind="stable").tolist():
        base, shift = int(rows[0][at]), int(rows[1][at])
        while plan[base, shift]:
            plan[base, shift] -= 1
            if short_of(problem, problem.shares(plan), target).max(initial=0.0) > SLACK:
                plan[base, shift] += 1
                break
    return plan
