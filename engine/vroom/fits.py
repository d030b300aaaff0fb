"""Whether a vehicle can do some things in order, and at what cost: quick, for trying many orders."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from engine.vroom.model import Action, Break, Problem, Task, Vehicle
from engine.vroom.route import FAR, exceeds, legs_of, route_cost, window_for
from engine.vroom.travel import NO_WAY, Travel

#: Orders of so many things are all tried.
ALL_ORDERS = 4


def fits(problem: Problem, travel: Travel, vehicle: Vehicle, actions: Sequence[Action]) -> float | None:
    """The cost of the route, None when it breaks any limit; missing breaks are not asked about. O(actions).

    The same limits as those of `engine.vroom.route`, without saying which one is broken.
    """
    begin, end = vehicle.window or (0, FAR)
    sizes = problem.loads
    capacity = vehicle.capacity or (0,) * sizes
    tasks = [action for action in actions if isinstance(action, Task)]
    if vehicle.most_tasks is not None and len(tasks) > vehicle.most_tasks:
        return None
    load = [sum(task.brought[k] for task in tasks if task.kind == "job" and task.brought) for k in range(sizes)]
    if exceeds(load, capacity):
        return None
    time, travelled, metres, worked = begin, 0, 0, 0
    on_board: set[int] = set()
    for leg in legs_of(travel, vehicle, actions):
        time, travelled, metres = time + leg.seconds, travelled + leg.seconds, metres + leg.metres
        action = leg.action
        if action is None:
            continue
        if action.windows:
            chosen = window_for(action.windows, time)
            if chosen is None or time > chosen[1]:
                return None
            time = max(time, chosen[0])
        if isinstance(action, Task):
            if not action.skills <= vehicle.skills or not _carried(action, load, on_board):
                return None
            worked += leg.setup + leg.service
        elif exceeds(load, action.most_load):
            return None
        if exceeds(load, capacity):
            return None
        time += leg.setup + leg.service
    late = time > end or travelled >= NO_WAY or on_board
    if late or (vehicle.most_travel is not None and travelled > vehicle.most_travel):
        return None
    if vehicle.most_distance is not None and metres > vehicle.most_distance:
        return None
    return route_cost(vehicle, travelled, worked, metres) if tasks else 0.0


def _carried(task: Task, load: list[int], on_board: set[int]) -> bool:
    if task.kind == "delivery":
        if task.partner not in on_board:
            return False
        on_board.discard(task.partner or 0)
    elif task.kind == "pickup":
        on_board.add(task.id)
    for k, amount in enumerate(task.brought):
        load[k] -= amount
    for k, amount in enumerate(task.taken):
        load[k] += amount
    return True


def with_breaks(
    problem: Problem, travel: Travel, vehicle: Vehicle, tasks: Sequence[Action]
) -> tuple[float, list[Action]] | None:
    """The route with each of the vehicle's breaks where it does least harm; None when some break fits nowhere."""
    actions, cost = list(tasks), fits(problem, travel, vehicle, tasks)
    if cost is None or not tasks:
        return None if cost is None else (cost, [])
    for rest in sorted(vehicle.breaks, key=_deadline):
        tried = [[*actions[:at], rest, *actions[at:]] for at in range(len(actions) + 1)]
        costs = [fits(problem, travel, vehicle, each) for each in tried]
        possible = [(value, at) for at, value in enumerate(costs) if value is not None]
        if not possible:
            return None
        cost, at = min(possible)
        actions = tried[at]
    return cost, actions


def best_order(
    problem: Problem, travel: Travel, vehicle: Vehicle, items: Sequence[tuple[Task, ...]]
) -> list[tuple[Task, ...]] | None:
    """The cheapest order of a few items that fits; of more only the one given is tried."""
    orders = permutations(items) if len(items) <= ALL_ORDERS else [tuple(items)]
    best: tuple[float, list[tuple[Task, ...]]] | None = None
    for order in orders:
        found = with_breaks(problem, travel, vehicle, [task for item in order for task in item])
        if found is not None and (best is None or found[0] < best[0]):
            best = found[0], list(order)
    return None if best is None else best[1]


def _deadline(rest: Break) -> int:
    return rest.windows[-1][1] if rest.windows else FAR
