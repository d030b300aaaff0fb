"""From a problem to its solution: solved, or (plan mode) its own routes carried out and judged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from engine.queues.limits import MOST_JOBS
from engine.queues.solve import Budget
from engine.tours.solver import TourSolver, solve_here
from engine.vroom.improve import Routes
from engine.vroom.model import Action, Problem, Task, Vehicle
from engine.vroom.relaxed import Relaxed, relaxed
from engine.vroom.route import Route, run_route
from engine.vroom.travel import Travel

#: Of the seconds, for the queue solver; the rest puts its routes right.
SOLVER_SHARE = 0.5
GAP = 1e-4


@dataclass(frozen=True)
class Solution:
    """Routes of the vehicles that do something, and tasks nobody does."""

    routes: tuple[Route, ...]
    left: tuple[Task, ...]
    lower: float | None = None  # no solution that does as much costs less; None: nothing is claimed
    notes: tuple[str, ...] = ()

    @property
    def cost(self) -> float:
        return sum(route.cost for route in self.routes)

    @property
    def gap(self) -> float | None:
        """Share of the cost that is not proven, 0 to 1."""
        if self.lower is None:
            return None
        return max(0.0, self.cost - self.lower) / self.cost if self.cost > 0 else 0.0


def solve_problem(
    problem: Problem, travel: Travel, *, seconds: float = 10.0, seed: int = 0, solver: TourSolver = solve_here
) -> Solution:
    """Every task done once by a vehicle that may, or left; priorities first, then cost. O(seconds)."""
    started = time.monotonic()
    if not problem.tasks or not problem.vehicles:
        return Solution((), problem.tasks, 0.0 if not problem.tasks else None, problem.notes)
    model = relaxed(problem, travel)
    start = _given(problem, model)
    plan = solver(model.instance, Budget(seconds=SOLVER_SHARE * seconds, gap=GAP), seed, start)
    tours: Sequence[Sequence[int]] = plan.tours if plan is not None else start
    left = plan.left.tolist() if plan is not None else _missing(start, len(model.items))
    routes = Routes(problem, travel, [[model.items[j] for j in tour] for tour in tours], [model.items[j] for j in left])
    until = max(started + seconds, time.monotonic() + (1 - SOLVER_SHARE) * seconds)  # a first run compiles
    routes.fill(until)
    proven = model.bounds and plan is not None and not routes.left and _longest(routes) <= MOST_JOBS
    lower = plan.lower / model.scale if proven and plan is not None else None
    if lower is None or routes.cost - lower > GAP * routes.cost:
        routes.search(until, seed)
    longest = _longest(routes)
    if longest > MOST_JOBS:
        lower = None
    used = [(at, vehicle) for at, vehicle in enumerate(problem.vehicles) if routes.items[at]]
    done = [run_route(problem, travel, vehicle, routes.actions(at)) for at, vehicle in used]
    tasks = tuple(task for item in routes.left for task in item)
    return Solution(tuple(done), tasks, lower, (*problem.notes, *_notes(problem, longest)))


def carry_out(problem: Problem, travel: Travel) -> Solution:
    """Plan mode: the routes that the vehicles' steps prescribe, with every limit they break."""
    known = {(task.kind, task.id): task for task in problem.tasks}
    routes, done = [], set()
    for vehicle in problem.vehicles:
        if vehicle.steps is None:
            continue
        actions = _actions(vehicle, known)
        done |= {(each.kind, each.id) for each in actions}
        routes.append(run_route(problem, travel, vehicle, actions, vehicle.steps))
    left = tuple(task for task in problem.tasks if (task.kind, task.id) not in done)
    return Solution(tuple(routes), left, None, problem.notes)


def _actions(vehicle: Vehicle, known: dict[tuple[str, int], Task]) -> list[Action]:
    rests = {each.id: each for each in vehicle.breaks}
    found: list[Action] = []
    for step in vehicle.steps or ():
        if step.kind == "break":
            found.append(rests[step.id or 0])
        elif step.kind not in ("start", "end"):
            found.append(known[step.kind, step.id or 0])
    return found


def _longest(routes: Routes) -> int:
    return max((len(items) for items in routes.items), default=0)


def _given(problem: Problem, model: Relaxed) -> list[list[int]]:
    """Tours to start from: the vehicles' steps, as far as the solver can hold them."""
    at = {(item[0].kind, item[0].id): j for j, item in enumerate(model.items)}
    found = []
    for vehicle in problem.vehicles:
        jobs = [at[step.kind, step.id or 0] for step in vehicle.steps or () if (step.kind, step.id or 0) in at]
        found.append(jobs[: model.instance.max_jobs])
    return found


def _missing(tours: Sequence[Sequence[int]], count: int) -> list[int]:
    there = {j for tour in tours for j in tour}
    return [j for j in range(count) if j not in there]


def _notes(problem: Problem, longest: int) -> list[str]:
    """What a reader should know about the solution."""
    found = []
    if longest > MOST_JOBS:
        found.append(
            f"some routes have more than {MOST_JOBS} jobs, more than the solver plans: nothing is claimed about the "
            "optimum"
        )
    if any(task.kind == "pickup" for task in problem.tasks):
        found.append("shipments go straight from pickup to delivery, nothing in between")
    if any(vehicle.end is not None for vehicle in problem.vehicles):
        found.append("ways to the vehicles' ends count in costs and limits, but the bound leaves them out")
    return found
