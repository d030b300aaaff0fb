"""A problem as the arrays of the queue solver. What these have no place for is taken at its cheapest.

So the solver's bound holds for the problem, and its routes are put right afterwards (`engine.vroom.improve`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cost import DRIVING, MAX_COST
from engine.errors import TooLargeError
from engine.queues.instance import NEVER, QueueInstance
from engine.queues.limits import MOST_JOBS
from engine.tours.size import MOST_PAIRS
from engine.vroom.model import Problem, Task, Vehicle
from engine.vroom.route import exceeds
from engine.vroom.travel import MOST_LEG, NO_WAY, Travel
from graphs.network import Int64
from graphs.search import INF

MOST_PRIORITY = 100

Item = tuple[Task, ...]  # a job, or pickup and delivery of a shipment


@dataclass(frozen=True, eq=False)
class Relaxed:
    """Vehicles and items are in the order of the problem; a cost of 1 in the format is `scale` in the instance."""

    instance: QueueInstance
    items: tuple[Item, ...]
    scale: float
    bounds: bool  # whether the solver's bound is one of the problem


def items_of(problem: Problem) -> tuple[Item, ...]:
    """Each job, and each shipment as one thing: its goods go from one end straight to the other."""
    found: list[Item] = []
    for task in problem.tasks:
        if task.kind == "delivery":
            found[-1] = (*found[-1], task)
        else:
            found.append((task,))
    return tuple(found)


def relaxed(problem: Problem, travel: Travel) -> Relaxed:
    """TooLargeError when the solver has no room for so many."""
    items, vehicles = items_of(problem), problem.vehicles
    n, m = len(items), len(vehicles)
    if n * max(n, m) > MOST_PAIRS:
        raise TooLargeError(
            f"{n:,} jobs and {m:,} vehicles are more than are solved at once; split the problem",
            count=n,
            max_count=round(MOST_PAIRS**0.5),
        )
    starts = np.array([travel.row(item[0].place) for item in items], np.int64)
    ends = np.array([travel.row(item[-1].place) for item in items], np.int64)
    kinds = list({(each.profile, round(each.speed, 2)): each for each in vehicles}.values())
    between = np.min([travel.seconds(each)[np.ix_(ends, starts)] for each in kinds], axis=0) if kinds else _none(n, n)
    work = np.array([_least_work(problem, travel, item, kinds) for item in items], np.int64).reshape(-1)
    able, first, late = _of_vehicles(problem, travel, items, starts, ends, work)
    opens = np.array([item[0].windows[0][0] if item[0].windows else 0 for item in items], np.int64)
    closes = np.minimum(np.array([_closes(item) for item in items], np.int64), late)
    begin = np.array([each.window[0] if each.window else 0 for each in vehicles], np.int64)
    base = _base(begin, opens, vehicles, first)
    hopeless = closes < opens
    able[:, hopeless] = False
    cheapest = min((each.costs.per_hour for each in vehicles), default=3600)
    extra = _task_costs(vehicles, work)
    big = 3.0 * (cheapest / 3600 * _most(first, between) + float(extra.max(initial=0)) + 1)
    scale = min(1000.0, MAX_COST / (2 * (MOST_PRIORITY + 1) * big))
    weights = np.zeros(18)
    weights[DRIVING] = 60.0 * cheapest / 3600 * scale / 1000
    finish = np.array([each.window[1] - base if each.window else NO_WAY for each in vehicles], np.int64)
    last = np.where(finish >= NO_WAY, NEVER, np.maximum(finish, 0) * 1000)
    priorities = np.array([item[0].priority for item in items], np.float64)
    opens = np.maximum(opens - base, 0)
    closes = np.where(closes >= NO_WAY, NEVER, np.maximum(np.maximum(closes - base, opens), 0) * 1000)
    tasks = [each.most_tasks for each in vehicles]
    most = MOST_JOBS if None in tasks or not tasks else min(MOST_JOBS, max(1, *(each or 0 for each in tasks)))
    instance = QueueInstance(
        weights=weights,
        ready_ms=np.maximum(begin - base, 0) * 1000,
        service_ms=work * 1000,
        due_ms=np.full(n, NEVER),
        latest_ms=closes.astype(np.int64),
        priority=np.ones(n),
        unserved_cost=np.rint(scale * big * (1 + priorities)).astype(np.int64),
        first_ms=_ms(first),
        between_ms=_ms(between),
        earliest_ms=opens * 1000,
        shift_end_ms=last.astype(np.int64),
        end_by_ms=last.astype(np.int64),
        allowed=able,
        extra_cost=np.rint(scale * extra).astype(np.int64),
        max_jobs=most,
    )
    plain = all(len(item) == 1 for item in items) and not any(task.setup or task.setup_of for task in problem.tasks)
    return Relaxed(instance, items, scale, plain)


def _of_vehicles(
    problem: Problem, travel: Travel, items: tuple[Item, ...], starts: Int64, ends: Int64, work: Int64
) -> tuple[np.ndarray, Int64, Int64]:
    """[u, j] who may do what, [u, j] seconds to each start, [j] the latest beginning that lets somebody end in time."""
    n, m = len(items), len(problem.vehicles)
    able, first, late = np.zeros((m, n), bool), np.zeros((m, n), np.int64), np.full(n, -1, np.int64)
    skills = [item[0].skills for item in items]
    for u, vehicle in enumerate(problem.vehicles):
        seconds = travel.seconds(vehicle)
        if vehicle.start is not None and n:
            first[u] = seconds[travel.row(vehicle.start), starts]
        able[u] = [each <= vehicle.skills for each in skills]
        able[u] &= first[u] < NO_WAY
        if vehicle.most_tasks is not None:
            able[u] &= np.array([len(item) <= vehicle.most_tasks for item in items], bool)
        if vehicle.capacity is not None or problem.loads:
            able[u] &= np.array([_held(vehicle, item) for item in items], bool)
        back = seconds[ends, travel.row(vehicle.end)] if vehicle.end is not None and n else np.zeros(n, np.int64)
        by = np.full(n, NO_WAY) if vehicle.window is None else vehicle.window[1] - work - back
        late = np.where(able[u], np.maximum(late, by), late)
    return able, first, late


def _held(vehicle: Vehicle, item: Item) -> bool:
    """Whether the thing alone fits into the vehicle."""
    return all(
        not exceeds(amount, vehicle.capacity or (0,) * len(amount)) for amount in (item[0].taken, item[0].brought)
    )


def _closes(item: Item) -> int:
    """The latest beginning; a shipment must be picked up before its delivery's latest."""
    return min((task.windows[-1][1] for task in item if task.windows), default=NO_WAY)


def _least_work(problem: Problem, travel: Travel, item: Item, kinds: list[Vehicle]) -> int:
    """Seconds at the least, whoever does it; of a shipment with the way from end to end."""
    types = {each.kind for each in problem.vehicles} or {""}
    spent = sum(
        min(task.setup_of.get(each, task.setup) + task.service_of.get(each, task.service) for each in types)
        for task in item
    )
    if len(item) == 2 and kinds:
        here, there = travel.row(item[0].place), travel.row(item[1].place)
        spent += min(int(travel.seconds(each)[here, there]) for each in kinds)
    return spent


def _task_costs(vehicles: tuple[Vehicle, ...], work: Int64) -> np.ndarray:
    rates = np.array([each.costs.per_task_hour for each in vehicles], np.float64)
    return rates[:, None] * work[None, :] / 3600


def _base(begin: Int64, opens: Int64, vehicles: tuple[Vehicle, ...], first: Int64) -> int:
    """Times count from here, so that they are small: nobody needs to leave before."""
    if all(each.window is not None for each in vehicles):
        return int(begin.min()) if begin.size else 0
    windows = [int(each.window[0]) for each in vehicles if each.window]
    some = [*windows, *(int(value) for value in opens if value > 0)]
    if not some or (opens == 0).any():
        return 0
    near = first[first < NO_WAY]
    return max(0, min(some) - int(near.max(initial=0)))


def _most(first: Int64, between: Int64) -> int:
    """Twice the longest leg."""
    legs = [each[each <= MOST_LEG].max(initial=1) for each in (first, between)]
    return 2 * int(max(legs))


def _ms(seconds: Int64) -> np.ndarray:
    return np.where(seconds > MOST_LEG, INF, seconds * 1000).astype(np.int32)


def _none(rows: int, columns: int) -> Int64:
    return np.zeros((rows, columns), np.int64)
