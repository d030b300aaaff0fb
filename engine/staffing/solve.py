"""Shifts planned: tangents and programs in turn, from each program's plan one that holds, until both meet."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.coverage.rounding import percent_below
from engine.errors import StaffingError, StaffingImpossibleError
from engine.scenario.hours import DAY_HOURS
from engine.search_progress import known
from engine.siting.limits import Deadline
from engine.siting.solver import TOO_SHORT
from engine.staffing.greedy import SLACK, reach_target, short_of, spend
from engine.staffing.limits import ceilings, fewest_crews
from engine.staffing.master import Master
from engine.staffing.problem import StaffingProblem
from graphs.metrics.hours import DAYS
from graphs.network import Float64, Int64

ROUNDS = 400
#: Rounds without whole numbers end when so many have hardly moved the bound.
STALLED, LITTLE = 2, 1e-4
#: Seconds for a first plan, whatever the deadline.
FIRST = 10.0
#: Gaps below that are none.
PROVEN = 1e-6


@dataclass(frozen=True, eq=False)
class Solved:
    """Crews [b, s], what they cost or reach, and what no plan can beat."""

    plan: Int64
    value: float  # cost, or calls within promise a day (a week)
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """Relative to the value."""
        apart = abs(self.value - self.bound)
        return 0.0 if apart <= 1e-9 * max(1.0, abs(self.value)) else apart / max(abs(self.value), 1e-9)

    @property
    def proven(self) -> bool:
        return self.gap <= PROVEN


def least_cost(problem: StaffingProblem, target: float, *, seconds: float = 60.0, gap: float = 0.0) -> Solved:
    """The cheapest plan in which every hour with calls has the target share.

    StaffingImpossibleError where none has, with the hours and the most that they can have.
    """
    if not 0 < target <= 1:
        raise StaffingError(f"the target share is {target}; give above 0 to 1", field="target", value=target)
    deadline = _deadline(seconds)
    below = problem.asked[problem.best[problem.asked] < target - SLACK]
    if below.size:
        raise impossible(problem, target, below, problem.best)
    best = reach_target(problem, np.zeros(problem.cost.shape, np.int64), target, Deadline.start(FIRST))
    fewest = np.zeros(problem.hours, np.int64)
    known: dict[tuple[int, float], int | None] = {}
    for hour in problem.asked.tolist():
        key = int(problem.cover_of[hour]), float(problem.loads[hour])
        if key not in known:
            known[key] = fewest_crews(problem, hour, target)
        fewest[hour] = known[key] or 0
    master = Master(problem, target, fewest=fewest)

    def repaired(plan: Int64) -> Int64 | None:
        return reach_target(problem, plan, target, deadline)

    found = _run(problem, master, best, lambda plan: problem.costs(plan), repaired, deadline, gap)
    if found is None:
        raise _jointly_impossible(problem, target, deadline)
    return found


def most_share(problem: StaffingProblem, crew_hours: float, *, seconds: float = 60.0, gap: float = 0.0) -> Solved:
    """The plan with at most so many crew-hours a day (a week) with most calls within promise.

    StaffingImpossibleError where they do not suffice for the shortest shift.
    """
    deadline = _deadline(seconds)
    if not 0 < crew_hours < math.inf:
        raise StaffingError(f"crew_hours is {crew_hours}; give a number above 0", field="crew_hours", value=crew_hours)
    shortest = int(problem.length.min())
    if crew_hours < shortest:
        raise StaffingImpossibleError(
            f"{crew_hours:g} crew-hours are less than the shortest shift takes, {shortest}; give more",
            field="crew_hours",
            least=shortest,
        )
    master = Master(problem, None, crew_hours)
    calls = problem.calls

    def value(plan: Int64) -> float:
        return -float(calls @ np.where(calls > 0, problem.shares(plan), 0.0))

    def filled(plan: Int64) -> Int64 | None:
        return spend(problem, plan, crew_hours, deadline) if problem.crew_hours(plan) <= crew_hours else None

    begin = filled(np.zeros(problem.cost.shape, np.int64))
    assert begin is not None
    most = min(int(problem.most.sum()), int(crew_hours // shortest))
    for hour in problem.asked.tolist():
        master.ceilings[hour] = ceilings(problem, hour, most)
    found = _run(problem, master, begin, value, filled, deadline, gap)
    assert found is not None  # nobody on duty is a plan
    return Solved(found.plan, -found.value, -found.bound, found.seconds)


def _deadline(seconds: float) -> Deadline:
    if not 0 < seconds < math.inf:
        raise StaffingError(f"the deadline is {seconds} s; give a number above 0", field="seconds", value=seconds)
    return Deadline.start(seconds)


def _run(
    problem: StaffingProblem,
    master: Master,
    best: Int64 | None,
    value_of: Callable[[Int64], float],
    repaired: Callable[[Int64], Int64 | None],
    deadline: Deadline,
    gap: float,
) -> Solved | None:
    """Least value; None where the programs show that there is no plan."""
    value = math.inf if best is None else value_of(best)
    bound = 0.0 if master.target is not None else -float(problem.calls @ problem.best)

    def closed() -> bool:
        return best is not None and value - bound <= max(gap, 1e-9) * abs(value)

    duty = np.zeros((problem.hours, problem.most.size)) if best is None else problem.on_duty(best).astype(np.float64)
    for hour in problem.asked.tolist():
        master.add(hour, problem.most.astype(np.float64), level=int(problem.most.sum()))
        master.add(hour, duty[hour], level=max(1, int(duty[hour].sum())))
    for whole in (False, True):
        idle = 0
        for _ in range(ROUNDS):
            part = Deadline.start(max(deadline.left / 2, TOO_SHORT))  # so that there is time for another
            answer = master.solve(part, whole=whole, gap=gap / 2)
            if answer.infeasible:
                return None
            if answer.plan is None:
                break
            idle = idle + 1 if answer.bound <= bound + LITTLE * abs(bound) else 0
            bound = max(bound, answer.bound)
            if idle > STALLED and not whole:
                break
            plan = answer.plan.astype(np.int64) if whole else np.floor(answer.plan + 1e-6).astype(np.int64)
            if whole and problem.allows(plan):
                other = repaired(plan)
                if other is not None and (mine := value_of(other)) < value:
                    best, value = other, mine
            known(value, bound)
            if closed() or deadline.over:
                break
            if not master.cut_off(answer.plan, answer.believed):
                break
        if deadline.over or closed():
            break
    if best is None:
        raise StaffingImpossibleError(
            f"no plan was found in {deadline.seconds:g} s, nor shown that there is none; give more time, a lower "
            "target or more crews at a base",
            seconds=deadline.seconds,
        )
    return Solved(best, value, min(bound, value), deadline.spent)


def impossible(
    problem: StaffingProblem, target: float, hours: Int64, best: Float64, *, told: str = ""
) -> StaffingImpossibleError:
    """What the most is that can be had, and in which hours it is too little."""
    worst = int(hours[np.argmin(best[hours])])
    names = ", ".join(
        f"{_clock(problem, hour)} {percent_below(float(best[hour]), target)}" for hour in hours[:12].tolist()
    )
    more = f" and {hours.size - 12} more" if hours.size > 12 else ""
    missing = hours[~problem.reachable[hours]]
    why = (
        "; no shift is on duty at " + ", ".join(_clock(problem, hour) for hour in missing[:12].tolist())
        if missing.size
        else ""
    )
    return StaffingImpossibleError(
        f"the target of {100 * target:.10g}% cannot be reached in {hours.size} of {problem.hours} hours{told}; the "
        f"most there is: {names}{more}{why}. Lower the target, allow more crews, other shifts or more bases",
        target=target,
        best_target=round(float(best[hours].min()), 6),
        worst_hour=worst,
        hours=",".join(str(hour) for hour in hours.tolist()),
    )


def _clock(problem: StaffingProblem, hour: int) -> str:
    return f"{hour}:00" if problem.hours <= DAY_HOURS else f"{DAYS[hour // DAY_HOURS]} {hour % DAY_HOURS}:00"


def _jointly_impossible(problem: StaffingProblem, target: float, deadline: Deadline) -> StaffingImpossibleError:
    """Each hour alone could have its target, but no plan has it in all: shifts overlap, bases are full."""
    plan = np.zeros(problem.cost.shape, np.int64)
    found = spend(problem, plan, 1e12, Deadline.start(max(5.0, deadline.left)))
    shares = problem.shares(found)
    short = np.flatnonzero(short_of(problem, shares, target) > SLACK)
    return impossible(problem, target, short if short.size else problem.asked, shares, told=" of one plan")
