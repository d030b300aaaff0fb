"""Whether the parts of a problem fit together: ids, places, quantities, prescribed routes."""

from __future__ import annotations

from collections.abc import Iterable

from engine.vroom.errors import wrong
from engine.vroom.model import Problem, Task, Vehicle

TASK_KINDS = ("job", "pickup", "delivery")


def check_problem(problem: Problem) -> None:
    """Raises ProblemError with the path of what does not."""
    _check_ids(problem.tasks, problem.vehicles)
    _check_places(problem)
    _check_sizes(problem)
    _check_steps(problem)


def unique(ids: Iterable[int], path: str) -> None:
    """ProblemError when an id comes twice."""
    seen: set[int] = set()
    for at, one in enumerate(ids):
        if one in seen:
            raise wrong(f"{path}[{at}].id", f"is {one}, which another has; ids must be unique")
        seen.add(one)


def _check_ids(tasks: Iterable[Task], vehicles: Iterable[Vehicle]) -> None:
    seen: dict[tuple[str, int], str] = {}
    for task in tasks:
        first = seen.setdefault((task.kind, task.id), task.path)
        if first != task.path:
            raise wrong(f"{task.path}.id", f"is {task.id}, which {first} has; ids must be unique")
    unique((vehicle.id for vehicle in vehicles), "vehicles")


def _check_places(problem: Problem) -> None:
    named = [(task.path, "location", task.place) for task in problem.tasks]
    for vehicle in problem.vehicles:
        named += [
            (vehicle.path, what, place) for what, place in (("start", vehicle.start), ("end", vehicle.end)) if place
        ]
    if problem.matrices is None:
        for path, what, place in named:
            if place.location is None:
                raise wrong(f"{path}.{what}", "is missing; without matrices every place needs coordinates")
        return
    for vehicle in problem.vehicles:
        if vehicle.profile not in problem.matrices:
            known = ", ".join(problem.matrices)
            raise wrong(f"{vehicle.path}.profile", f"is {vehicle.profile!r}, which has no matrix; there are: {known}")
    size = min((len(each.durations) for each in problem.matrices.values()), default=0)
    for path, what, place in named:
        key = f"{path}.{what}_index"
        if place.index is None:
            raise wrong(key, "is missing; with matrices every place needs its row")
        if place.index >= size:
            raise wrong(key, f"is {place.index}, but the matrices have {size} rows")


def _check_sizes(problem: Problem) -> None:
    """All amounts have the same number of quantities."""
    size = problem.loads
    for vehicle in problem.vehicles:
        if vehicle.capacity is not None and len(vehicle.capacity) != size:
            raise wrong(f"{vehicle.path}.capacity", f"has {len(vehicle.capacity)} quantities, others have {size}")
    for task in problem.tasks:
        for amount in (task.taken, task.brought):
            if amount and len(amount) != size:
                raise wrong(task.path, f"has an amount of {len(amount)} quantities, others have {size}")


def _check_steps(problem: Problem) -> None:
    known = {(task.kind, task.id) for task in problem.tasks}
    used: dict[tuple[str, int], str] = {}
    for vehicle in problem.vehicles:
        breaks: set[int] = {each.id for each in vehicle.breaks}
        steps = vehicle.steps or ()
        for at, step in enumerate(steps):
            inside = 0 < at < len(steps) - 1
            if (step.kind == "start" and at) or (step.kind == "end" and (inside or not at)):
                raise wrong(step.path, f"is of type {step.kind}, which stands only at that end of the steps")
            if step.kind == "break" and step.id not in breaks:
                raise wrong(f"{step.path}.id", f"is {step.id}; the vehicle has no such break, or it is there twice")
            if step.kind == "break":
                breaks.discard(step.id)
            if step.kind in TASK_KINDS:
                key = (step.kind, step.id or 0)
                if key not in known:
                    raise wrong(f"{step.path}.id", f"is {step.id}; there is no {step.kind} of that id")
                first = used.setdefault(key, step.path)
                if first != step.path:
                    raise wrong(f"{step.path}.id", f"is {step.id}, which is done at {first} already")
