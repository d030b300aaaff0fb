"""A solution as the format has it; what Towline adds stands under the key ``towline``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.vroom.model import Place, Problem, Task
from engine.vroom.route import CAUSES, Route, RouteStep
from engine.vroom.solve import Solution

#: Causes whose seconds are told.
TIMED = ("lead_time", "delay")


def solution_json(
    problem: Problem, found: Solution, *, milliseconds: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """`milliseconds`: what took how long (``loading``, ``solving``)."""
    routes = [_route(problem, route) for route in found.routes]
    summed = ("setup", "service", "duration", "waiting_time", "priority")
    summary: dict[str, Any] = {
        "cost": round(found.cost),
        "routes": len(routes),
        "unassigned": len(found.left),
        **{key: sum(route[key] for route in routes) for key in summed},
        "violations": _violations(_added(route.violations for route in found.routes)),
        "computing_times": dict(milliseconds or {}),
    }
    for key in ("delivery", "pickup"):
        if problem.loads:
            summary[key] = [sum(route[key][k] for route in routes) for k in range(problem.loads)]
    if routes and all("distance" in route for route in routes):
        summary["distance"] = sum(route["distance"] for route in routes)
    own: dict[str, Any] = {"notes": list(found.notes)}
    if found.gap is not None and found.lower is not None:
        own |= {"lower_bound": round(found.lower, 3), "gap": round(found.gap, 6)}
    return {
        "code": 0,
        "summary": summary,
        "unassigned": [_unassigned(task) for task in found.left],
        "routes": routes,
        "towline": own,
    }


def error_json(message: str, code: int = 2) -> dict[str, Any]:
    """A failure: 1 internal, 2 input, 3 routing."""
    return {"code": code, "error": message}


def _route(problem: Problem, route: Route) -> dict[str, Any]:
    last = route.steps[-1] if route.steps else None
    found: dict[str, Any] = {
        "vehicle": route.vehicle.id,
        "cost": round(route.cost),
        "setup": route.total("setup"),
        "service": route.total("service"),
        "duration": last.travelled if last else 0,
        "waiting_time": route.total("waiting"),
        "priority": sum(task.priority for task in route.tasks if task.kind != "delivery"),
        "violations": _violations(route.violations),
        "steps": [_step(problem, step) for step in route.steps],
    }
    if problem.loads:
        for key, name, kinds in (("delivery", "brought", ("job", "delivery")), ("pickup", "taken", ("job", "pickup"))):
            amounts = [getattr(task, name) for task in route.tasks if task.kind in kinds and getattr(task, name)]
            found[key] = [sum(amount[k] for amount in amounts) for k in range(problem.loads)]
    if last is not None and last.metres is not None:
        found["distance"] = last.metres
    if route.vehicle.description is not None:
        found["description"] = route.vehicle.description
    return found


def _step(problem: Problem, step: RouteStep) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": step.kind,
        "arrival": step.arrival,
        "duration": step.travelled,
        "setup": step.setup,
        "service": step.service,
        "waiting_time": step.waiting,
        "violations": _violations(step.violations),
    }
    if step.action is not None:
        found["id"] = step.action.id
        if step.kind == "job":
            found["job"] = step.action.id
        if step.action.description is not None:
            found["description"] = step.action.description
    found |= _place(step.place)
    if problem.loads:
        found["load"] = list(step.load)
    if step.metres is not None:
        found["distance"] = step.metres
    return found


def _place(place: Place | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if place is not None and place.location is not None:
        found["location"] = list(place.location)
    if place is not None and place.index is not None:
        found["location_index"] = place.index
    return found


def _unassigned(task: Task) -> dict[str, Any]:
    told = {} if task.description is None else {"description": task.description}
    return {"id": task.id, "type": task.kind, **told, **_place(task.place)}


def _violations(found: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"cause": cause, **({"duration": found[cause]} if cause in TIMED else {})} for cause in CAUSES if cause in found
    ]


def _added(each: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for found in each:
        for cause, amount in found.items():
            total[cause] = total.get(cause, 0) + amount
    return total
