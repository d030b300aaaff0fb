"""A route carried out: what happens when, on which load, and which limits it breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from engine.vroom.errors import wrong
from engine.vroom.model import Action, Break, Place, Problem, Step, Task, Vehicle, Window
from engine.vroom.timing import HARD, Limits, begin_times
from engine.vroom.travel import NO_WAY, Travel

#: The causes of violations, in the order they are listed in.
CAUSES = (
    "lead_time", "delay", "load", "max_tasks", "skills", "precedence", "missing_break", "max_travel_time",
    "max_distance", "max_load",
)  # fmt: skip
FAR = 1 << 50


@dataclass(slots=True)
class RouteStep:
    kind: str
    arrival: int
    travelled: int  # seconds of travel until here
    metres: int | None
    load: tuple[int, ...]
    place: Place | None = None
    action: Action | None = None
    setup: int = 0
    service: int = 0
    waiting: int = 0
    violations: dict[str, int] = field(default_factory=dict)  # cause -> seconds, 0 for what has none


@dataclass(slots=True)
class Route:
    """`violations` are those of all steps and of the route as a whole, seconds added up."""

    vehicle: Vehicle
    steps: list[RouteStep]
    violations: dict[str, int]
    cost: float

    @property
    def tasks(self) -> list[Task]:
        return [step.action for step in self.steps if isinstance(step.action, Task)]

    def total(self, name: str) -> int:
        """Of `setup`, `service` or `waiting`."""
        return sum(getattr(step, name) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Leg:
    """One thing to do, where it is, the travel there and how long it takes."""

    action: Action | None  # None: start or end
    kind: str
    place: Place | None
    seconds: int
    metres: int
    setup: int = 0
    service: int = 0


def legs_of(travel: Travel, vehicle: Vehicle, actions: Sequence[Action]) -> list[Leg]:
    """The route from start to end. Breaks are taken where the vehicle is, before it drives on; setup is needed where it
    was not before."""
    seconds, metres = travel.table(vehicle), travel.metres(vehicle)
    found: list[Leg] = []
    row: int | None = None
    if vehicle.start is not None:
        row = travel.row(vehicle.start)
        found.append(Leg(None, "start", vehicle.start, 0, 0))
    for action in actions:
        if isinstance(action, Break):
            found.append(Leg(action, "break", None, 0, 0, service=action.service))
            continue
        to = travel.row(action.place)
        drive = 0 if row is None else seconds[row][to]
        far = 0 if row is None or metres is None else int(metres[row, to])
        setup = action.setup_of.get(vehicle.kind, action.setup)
        service = action.service_of.get(vehicle.kind, action.service)
        found.append(Leg(action, action.kind, action.place, drive, far, 0 if row == to else setup, service))
        row = to
    if vehicle.end is not None:
        to = travel.row(vehicle.end)
        drive = 0 if row is None else seconds[row][to]
        far = 0 if row is None or metres is None else int(metres[row, to])
        found.append(Leg(None, "end", vehicle.end, drive, far))
    return found


def run_route(
    problem: Problem, travel: Travel, vehicle: Vehicle, actions: Sequence[Action], steps: Sequence[Step] = ()
) -> Route:
    """The route with the beginnings that miss its windows least; ``steps`` are its own, with hard limits.

    ProblemError when these cannot be kept.
    """
    legs = legs_of(travel, vehicle, actions)
    limits = _limits(vehicle, legs, steps)
    gaps = [before.setup + before.service + after.seconds for before, after in pairwise(legs)]
    begins = begin_times([limit for limit, _ in limits], gaps)
    _check_hard(limits, begins)
    if len(legs) > 1 and legs[0].kind == "start" and not any(weight == HARD for _, weight in limits[0][0].before):
        begins[0] = max(begins[0], _latest_start(vehicle, begins[1] - gaps[0]))
    sizes = problem.loads
    capacity = vehicle.capacity or (0,) * sizes
    load = [sum(task.brought[k] for task in _jobs(actions) if task.brought) for k in range(sizes)]
    travelled = metres = 0
    out: list[RouteStep] = []
    on_board: set[int] = set()
    met = travel.metres(vehicle) is not None
    for at, leg in enumerate(legs):
        travelled, metres = travelled + leg.seconds, metres + leg.metres
        arrival = begins[at] if at == 0 else begins[at - 1] + gaps[at - 1]
        violations: dict[str, int] = {"load": 0} if at == 0 and exceeds(load, capacity) else {}
        _time_violations(vehicle, leg, begins[at], at == 0, at == len(legs) - 1, violations)
        if isinstance(leg.action, Task):
            _carry(leg.action, load, on_board, violations)
            if not leg.action.skills <= vehicle.skills:
                violations["skills"] = 0
        elif isinstance(leg.action, Break) and exceeds(load, leg.action.most_load):
            violations["max_load"] = 0
        if exceeds(load, capacity):
            violations["load"] = 0
        out.append(
            RouteStep(
                kind=leg.kind,
                arrival=arrival,
                travelled=travelled,
                metres=metres if met else None,
                load=tuple(load),
                place=leg.place,
                action=leg.action,
                setup=leg.setup,
                service=leg.service,
                waiting=begins[at] - arrival,
                violations=violations,
            )
        )
    cost = route_cost(vehicle, travelled, sum(leg.setup + leg.service for leg in legs if leg.kind != "break"), metres)
    return Route(vehicle, out, _whole(vehicle, actions, out, on_board, travelled, metres), cost)


def route_cost(vehicle: Vehicle, travelled: int, worked: int, metres: int) -> float:
    """What the format calls cost, of a route that is used."""
    costs = vehicle.costs
    return (
        costs.fixed
        + costs.per_hour * travelled / 3600
        + costs.per_task_hour * worked / 3600
        + costs.per_km * metres / 1000
    )


def window_for(windows: Sequence[Window], arrival: int) -> Window | None:
    """The first that has not ended, else the last."""
    return next((each for each in windows if each[1] >= arrival), windows[-1] if windows else None)


def exceeds(load: Sequence[int], most: Sequence[int] | None) -> bool:
    """Whether some quantity is more than may be."""
    return most is not None and any(have > limit for have, limit in zip(load, most, strict=False))


def _jobs(actions: Sequence[Action]) -> list[Task]:
    return [action for action in actions if isinstance(action, Task) and action.kind == "job"]


def _limits(vehicle: Vehicle, legs: list[Leg], steps: Sequence[Step]) -> list[tuple[Limits, str]]:
    """Of each leg, and the path of the step that asks for hard ones."""
    begin, end = vehicle.window or (0, FAR)
    asked = {(step.kind, None if step.kind in ("start", "end") else step.id): step for step in steps}
    found = []
    time = begin
    for at, leg in enumerate(legs):
        limit, path = Limits(), vehicle.path
        time += leg.seconds
        windows = leg.action.windows if leg.action is not None else ()
        if chosen := window_for(windows, time):
            limit.after.append((chosen[0], 1))
            limit.before.append((chosen[1], 1))
            time = max(time, chosen[0])
        if at == 0:
            limit.after.append((begin, 1))
        if at == len(legs) - 1 or leg.kind == "start":
            limit.before.append((end - leg.setup - leg.service, 1))
        step = asked.get((leg.kind, leg.action.id if leg.action is not None else None))
        if step is not None:
            path = step.path
            low = [value for value in (step.at, step.after) if value is not None]
            high = [value for value in (step.at, step.before) if value is not None]
            limit.after += [(value, HARD) for value in low]
            limit.before += [(value, HARD) for value in high]
            time = max([time, *low])
        found.append((limit, path))
        time += leg.setup + leg.service
    return found


def _check_hard(limits: list[tuple[Limits, str]], begins: list[int]) -> None:
    for (limit, path), begin in zip(limits, begins, strict=True):
        for value, weight in limit.before:
            if weight == HARD and begin > value:
                raise wrong(path, f"cannot begin by {value}: what comes before lasts until {begin}")
        for value, weight in limit.after:
            if weight == HARD and begin < value:
                raise wrong(path, f"cannot begin at {value}: what comes after must begin sooner than that allows")


def _latest_start(vehicle: Vehicle, wanted: int) -> int:
    return min(wanted, vehicle.window[1]) if vehicle.window else wanted


def _time_violations(
    vehicle: Vehicle, leg: Leg, begin: int, first: bool, last: bool, violations: dict[str, int]
) -> None:
    early = late = 0
    windows = leg.action.windows if leg.action is not None else ()
    if windows and not any(start <= begin <= end for start, end in windows):
        missed = [start - begin for start, _ in windows if start > begin]
        passed = [begin - end for _, end in windows if end < begin]
        if passed and (not missed or min(passed) <= min(missed)):
            late = min(passed)
        else:
            early = min(missed)
    if vehicle.window is not None:
        if first:
            early = max(early, vehicle.window[0] - begin)
        if last or leg.kind == "start":
            late = max(late, begin + leg.setup + leg.service - vehicle.window[1])
    if early > 0:
        violations["lead_time"] = early
    if late > 0:
        violations["delay"] = late


def _carry(task: Task, load: list[int], on_board: set[int], violations: dict[str, int]) -> None:
    """Load and unload; a delivery needs its pickup before."""
    if task.kind == "pickup":
        on_board.add(task.id)
    elif task.kind == "delivery":
        if task.partner not in on_board:
            violations["precedence"] = 0
        on_board.discard(task.partner if task.partner is not None else -1)
    for k, amount in enumerate(task.brought):
        load[k] -= amount
    for k, amount in enumerate(task.taken):
        load[k] += amount


def _whole(
    vehicle: Vehicle,
    actions: Sequence[Action],
    steps: list[RouteStep],
    on_board: set[int],
    travelled: int,
    metres: int,
) -> dict[str, int]:
    """Violations of the route: its own, and its steps' added up."""
    found: dict[str, int] = {}
    for step in steps:
        for cause, amount in step.violations.items():
            found[cause] = found.get(cause, 0) + amount
    if on_board:
        found["precedence"] = 0
    if vehicle.most_tasks is not None and sum(isinstance(each, Task) for each in actions) > vehicle.most_tasks:
        found["max_tasks"] = 0
    taken = {each.id for each in actions if isinstance(each, Break)}
    if any(each.id not in taken for each in vehicle.breaks):
        found["missing_break"] = 0
    if travelled >= NO_WAY or (vehicle.most_travel is not None and travelled > vehicle.most_travel):
        found["max_travel_time"] = 0
    if vehicle.most_distance is not None and metres > vehicle.most_distance:
        found["max_distance"] = 0
    return {cause: found[cause] for cause in CAUSES if cause in found}
