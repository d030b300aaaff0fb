"""Plans of several give nobody up, and let nobody be overtaken, for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random

import numpy as np
import pytest

from engine.decision import Plan
from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, Location, Provider, Service, Unit
from engine.queues.evaluate import INFEASIBLE, tour_costs
from engine.queues.instance import QueueInstance
from engine.queues.limits import MOST_JOBS
from engine.tours.fair import fair
from engine.tours.size import Tours
from graphs.region import Region
from tests.engine.fleets import NOW, place
from tests.engine.tours.test_tours import queues, quick

SERVICE = Service.BREAKDOWN_REPAIR
#: So that nobody is late, whoever comes first.
SHORT = timedelta(minutes=2)


def crowd(region: Region, rng: Random) -> tuple[Fleet, list[Incident]]:
    """Few units for many calls from few places, where all calls are alike but for when they came."""
    units = tuple(Unit(f"u{k}", "p", place(region, rng), frozenset({SERVICE})) for k in range(3))
    places = [place(region, rng) for _ in range(2)]
    calls = [
        Incident(f"i{k}", rng.choice(places), SERVICE, NOW - timedelta(seconds=rng.randrange(240)), service_time=SHORT)
        for k in range(rng.randrange(6, 11))
    ]
    return Fleet((Provider("p"),), units), calls


def next_of(plan: Plan) -> dict[str, str]:
    """By unit, whom it goes to next."""
    return {unit: tour[0] for unit, tour in queues(plan).items()}


@pytest.mark.parametrize("seed", range(6))
def test_of_those_who_are_alike_the_first_caller_is_next(coquimbo: Region, seed: int) -> None:
    """At each place; nobody who called later is served next while he waits."""
    fleet, calls = crowd(coquimbo, Random(seed))
    dispatcher = Dispatcher(coquimbo, tours=quick)
    plan = dispatcher.optimize(calls, dispatcher.prepare(fleet), NOW, tours=Tours.SEVERAL)
    served = set(next_of(plan).values())
    by_place: dict[Location, list[Incident]] = {}
    for call in sorted(calls, key=lambda call: call.received_at):
        by_place.setdefault(call.location, []).append(call)
    for at, alike in by_place.items():
        flags = [call.id in served for call in alike]
        assert flags == sorted(flags, reverse=True), f"seed {seed}: {at} {[(c.id, c.received_at) for c in alike]}"


@pytest.mark.parametrize("seed", range(6))
def test_who_was_announced_a_unit_keeps_it_among_those_who_are_alike(coquimbo: Region, seed: int) -> None:
    """Whoever else it might go to next at the same cost, when it was told to the last of them."""
    rng = Random(seed)
    fleet, calls = crowd(coquimbo, rng)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(fleet)
    first = dispatcher.optimize(calls, state, NOW, tours=Tours.SEVERAL)
    known = {call.id: call for call in calls}
    announced: dict[str, str] = {}
    for unit, incident in next_of(first).items():
        alike = [c for c in calls if c.location == known[incident].location and c.id not in announced]
        announced[max(alike, key=lambda call: call.received_at).id] = unit
    told = [replace(call, assigned_unit_id=announced.get(call.id)) for call in calls]
    again = dispatcher.optimize(told, state, NOW, tours=Tours.SEVERAL)
    assert {incident: unit for unit, incident in next_of(again).items()} == announced, f"seed {seed}"
    assert again.gap >= 0


def ways(tours: list[list[int]], unit: int, job: int, most: int, first: set[int]) -> Iterator[dict[int, list[int]]]:
    """By hand: every order of a unit's others after a job; with one of them nowhere, or anywhere on another unit.

    ``first``: units whose first stays so.
    """
    rest = [each for each in tours[unit] if each != job]
    for order in permutations(rest, min(most - 1, len(rest))):
        yield {unit: [job, *order]}
    for gone in rest:
        for order in permutations(each for each in rest if each != gone):
            way = {unit: [job, *order]}
            yield way
            for other, tour in enumerate(tours):
                for at in range(other in first, len(tour) + 1) if other != unit and len(tour) < most else ():
                    yield {**way, other: [*tour[:at], gone, *tour[at:]]}


@pytest.mark.parametrize("seed", range(16))
def test_whoever_was_announced_a_unit_is_second_only_where_it_pays(
    coquimbo: Region, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Of a plan in any order, as a solver might leave it: no order and no place elsewhere keeps him for less."""
    rng, seen, solved = Random(seed), [], []
    fleet, _ = crowd(coquimbo, rng)
    calls = [
        Incident(f"i{k}", place(coquimbo, rng), SERVICE, NOW, service_time=10 * SHORT, promise=6 * SHORT)
        for k in range(9)
    ]

    def known(instance, budget, number, start):
        found = quick(instance, budget, number, start)
        tours = solved[0] if solved else tuple(tuple(rng.sample(tour, len(tour))) for tour in found.tours)
        solved.append(tours)
        return replace(found, tours=tours, cost=found.cost + cost_of(instance, tours) - cost_of(instance, found.tours))

    def spy(situation, numbers, plan):
        seen.append((numbers.instance, plan, fair(situation, numbers, plan)))
        return seen[-1][2]

    monkeypatch.setattr("engine.tours.choose.fair", spy)
    dispatcher = Dispatcher(coquimbo, tours=known)
    state = dispatcher.prepare(fleet)
    dispatcher.optimize(calls, state, NOW, tours=Tours.SEVERAL)
    second = {f"i{tour[1]}": f"u{unit}" for unit, tour in enumerate(solved[0]) if len(tour) > 1}
    told = [replace(call, assigned_unit_id=second.get(call.id)) for call in calls]
    dispatcher.optimize(told, state, NOW, tours=Tours.SEVERAL)
    instance, before, after = seen[1]
    price, tours = round(1000 * dispatcher.policy.cost.plan_change), [list(tour) for tour in after.tours]
    assert after.cost - before.cost == cost_of(instance, after.tours) - cost_of(instance, before.tours)
    first = {unit for unit, tour in enumerate(tours) if tour and instance.announcement[tour[0]] == unit}
    for job, unit in enumerate(instance.announcement.tolist()):
        if unit >= 0 and unit not in first and job in tours[unit]:
            for way in ways(tours, unit, job, instance.max_jobs, first):
                other = [way.get(at, tour) for at, tour in enumerate(tours)]
                more = cost_of(instance, other) - cost_of(instance, tours)
                assert more >= price, f"seed {seed}: {tours} rather than {other} for {more}"


def cost_of(instance: QueueInstance, tours: Sequence[Sequence[int]]) -> int:
    """Of tours, and of who is in none; enormous where one must not be."""
    total = int(instance.arrays.unserved.sum()) - sum(int(instance.arrays.unserved[j]) for tour in tours for j in tour)
    for unit, tour in enumerate(tours):
        jobs = np.zeros((1, MOST_JOBS), np.int32)
        jobs[0, : len(tour)] = tour
        cost = int(tour_costs(instance.arrays, np.array([unit]), jobs, np.array([len(tour)]))[0])
        total += 1 << 50 if cost == INFEASIBLE else cost
    return total
