"""The bound on deferment in plans: judged by a second opinion that looks at every pair, and in a small case by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest

from engine.decision import Plan, ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import DeadlineError
from engine.model import Fleet, Incident, Priority, Service, Unit, UnitStatus
from engine.queues.solve import Budget, solve_queues
from engine.tours.size import Tours
from graphs.region import Region
from graphs.search import INF
from tests.engine.fleets import NOW, impatient, place, random_fleet, random_incidents
from tests.engine.slow_dispatch import IMPOSSIBLE, cost_matrix

MS = timedelta(milliseconds=1)
BOUND = timedelta(minutes=45)
WEIGHT = {"low": 0.5, "normal": 1.0, "high": 2.0, "emergency": 4.0}


def quick(instance, _budget, seed, start):
    """The same answer every time: no clock."""
    return solve_queues(instance, Budget(rounds=2, iterations=60), seed=seed, start=start)


def scene(region: Region, seed: int, units: int, incidents: int) -> tuple[Fleet, list[Incident]]:
    """Calls of the last two hours and far too few units, some announced."""
    rng = Random(seed)
    fleet = random_fleet(region, rng, units)
    workers = [unit.id for unit in fleet.units if unit.status is not UnitStatus.OFF_DUTY]
    calls = [
        replace(
            incident,
            requires=frozenset(),
            received_at=NOW - timedelta(minutes=rng.randrange(120)),
            assigned_unit_id=rng.choice(workers) if rng.random() < 0.2 else None,
        )
        for incident in random_incidents(region, rng, incidents)
    ]
    return fleet, calls


def overtaken(dispatcher: Dispatcher, fleet: Fleet, calls: list[Incident], plan: Plan) -> list[str]:
    """Who goes before somebody due, pair by pair from travel times and the costs of a slow reckoning (who may go)."""
    first = {a.incident_id: a.chosen for a in plan.assignments if a.position == 1}
    reached = {a.incident_id: (a.chosen.arrives_at - NOW) / MS for a in plan.assignments}
    due_at = {each.incident_id: each.promise.due_at for each in (*plan.assignments, *plan.unserved)}
    costs, _ = cost_matrix(dispatcher, fleet, calls)
    units = {unit.id: (at, unit) for at, unit in enumerate(fleet.units)}
    found = []
    for d, due in enumerate(calls):
        if max(due.received_at + BOUND, due_at[due.id]) > NOW:
            continue
        for later in calls:
            sent = first.get(later.id)
            if sent is None or later.assigned_unit_id == sent.unit_id or later.received_at <= due.received_at:
                continue
            at, unit = units[sent.unit_id]
            if WEIGHT[later.priority] > WEIGHT[due.priority] or costs[d, at] >= IMPOSSIBLE:
                continue
            if arrival(dispatcher, unit, due) < reached.get(due.id, INF):
                found.append(f"{later.id} takes {unit.id} before {due.id}")
    return found


def idle(dispatcher: Dispatcher, fleet: Fleet, calls: list[Incident], plan: Plan) -> list[str]:
    """Units without an incident though somebody left over could have them and nobody due sooner."""
    costs, _ = cost_matrix(dispatcher, fleet, calls)
    used = {a.chosen.unit_id for a in plan.assignments}
    left = {each.incident_id for each in plan.unserved}
    reached = {a.incident_id: (a.chosen.arrives_at - NOW) / MS for a in plan.assignments}
    due_at = {each.incident_id: each.promise.due_at for each in (*plan.assignments, *plan.unserved)}
    due = [d for d, i in enumerate(calls) if max(i.received_at + BOUND, due_at[i.id]) <= NOW]
    found = []
    for at, unit in enumerate(fleet.units):
        for i, one in enumerate(calls):
            if unit.id in used or one.id not in left or costs[i, at] >= IMPOSSIBLE:
                continue
            before = [
                calls[d].id
                for d in due
                if calls[d].received_at < one.received_at
                and WEIGHT[calls[d].priority] >= WEIGHT[one.priority]
                and costs[d, at] < IMPOSSIBLE
                and arrival(dispatcher, unit, calls[d]) < reached.get(calls[d].id, INF)
            ]
            if not before:
                found.append(f"{unit.id} could serve {one.id}")
    return found


def arrival(dispatcher: Dispatcher, unit: Unit, incident: Incident) -> float:
    """ms from now."""
    busy = unit.status is UnitStatus.BUSY
    here = unit.free_location if busy and unit.free_location else unit.location
    free = max(unit.free_at, NOW) - NOW if busy and unit.free_at else timedelta()
    there = incident.location
    return (free + unit.mobilisation) / MS + int(
        dispatcher.matrix([here.lon], [here.lat], [there.lon], [there.lat])[0, 0]
    )


@pytest.mark.parametrize("seed", range(6))
def test_nobody_due_is_overtaken(coquimbo: Region, seed: int) -> None:
    """With one each and with tours; without the rule somebody would be, and the gap is to the cheapest assignment."""
    dispatcher = Dispatcher(coquimbo, tours=quick)
    fleet, calls = scene(coquimbo, 700 + seed, units=14, incidents=24)
    state = dispatcher.prepare(fleet)
    plan = dispatcher.optimize(calls, state, NOW)
    assert not overtaken(dispatcher, fleet, calls, plan), f"seed {700 + seed}"
    lax = Dispatcher(coquimbo, impatient())
    free = lax.optimize(calls, lax.prepare(fleet), NOW)
    assert not idle(dispatcher, fleet, calls, plan), f"seed {700 + seed}"
    assert plan.cost.total - plan.gap == free.cost.total, f"seed {700 + seed}"
    several = dispatcher.optimize(calls, state, NOW, tours=Tours.SEVERAL)
    assert several.why is not None
    assert several.why.code is ReasonCode.TOURS, f"seed {700 + seed}"
    assert not overtaken(dispatcher, fleet, calls, several), f"seed {700 + seed}"


def test_no_unit_stays_idle_for_it(coquimbo: Region) -> None:
    """With most of a storm overdue nearly as many are served as without the rule."""
    fleet, calls = scene(coquimbo, 730, units=60, incidents=160)
    dispatcher, lax = Dispatcher(coquimbo), Dispatcher(coquimbo, impatient())
    plan, free = (each.optimize(calls, each.prepare(fleet), NOW) for each in (dispatcher, lax))
    assert not overtaken(dispatcher, fleet, calls, plan)
    assert not idle(dispatcher, fleet, calls, plan)
    assert len(plan.assignments) > 0.9 * len(free.assignments)
    assert plan.cost.total - plan.gap == free.cost.total


@pytest.mark.parametrize("tours", [Tours.ONE_EACH, Tours.SEVERAL])
def test_the_more_urgent_do_not_wait_for_the_due(coquimbo: Region, tours: Tours) -> None:
    """Five emergencies just called, many others due and too few units: emergencies come first all the same."""
    fleet, calls = scene(coquimbo, 740, units=30, incidents=60)
    calls = [replace(call, priority=Priority.NORMAL, assigned_unit_id=None) for call in calls]
    alarms = {call.id for call in calls[:5]}
    calls = [replace(c, priority=Priority.EMERGENCY, received_at=NOW) if c.id in alarms else c for c in calls]
    dispatcher = Dispatcher(coquimbo, tours=quick)
    plan = dispatcher.optimize(calls, dispatcher.prepare(fleet), NOW, tours=tours)
    alone = dispatcher.optimize(calls[:5], dispatcher.prepare(fleet), NOW)
    assert {a.incident_id for a in plan.assignments if a.position == 1} >= {a.incident_id for a in alone.assignments}
    assert not overtaken(dispatcher, fleet, calls, plan)


def test_many_due_are_served_in_turn(coquimbo: Region) -> None:
    """When most have waited past the bound a plan of tours still comes, serves everybody and breaks no rule."""
    dispatcher = Dispatcher(coquimbo, tours=quick)
    fleet, calls = scene(coquimbo, 720, units=40, incidents=90)
    plan = dispatcher.optimize(calls, dispatcher.prepare(fleet), NOW, tours=Tours.AUTO)
    assert plan.why is not None
    assert plan.why.code is ReasonCode.TOURS
    assert not overtaken(dispatcher, fleet, calls, plan)


def test_the_rule_is_needed(coquimbo: Region) -> None:
    """On those scenes plans without the rule do put somebody due behind, or the tests above would show nothing."""
    dispatcher = Dispatcher(coquimbo, impatient(), tours=quick)
    count = {Tours.ONE_EACH: 0, Tours.SEVERAL: 0}
    for seed in range(6):
        fleet, calls = scene(coquimbo, 700 + seed, units=14, incidents=24)
        for tours in count:
            plan = dispatcher.optimize(calls, dispatcher.prepare(fleet), NOW, tours=tours)
            count[tours] += len(overtaken(dispatcher, fleet, calls, plan))
    assert min(count.values()) > 0, count


def test_a_deadline_does_not_lift_the_rule(coquimbo: Region) -> None:
    """However short the time, whatever comes back puts nobody due behind."""
    dispatcher = Dispatcher(coquimbo, tours=quick)
    fleet, calls = scene(coquimbo, 711, units=14, incidents=24)
    state = dispatcher.prepare(fleet)
    answered = 0
    for seconds in (0.002, 0.01, 0.05, 0.3):
        try:
            plan = dispatcher.optimize(calls, state, NOW, deadline_s=seconds, tours=Tours.AUTO)
        except DeadlineError:
            continue
        answered += 1
        assert not overtaken(dispatcher, fleet, calls, plan), seconds
    assert answered


def test_who_waits_is_told_for_whom(coquimbo: Region) -> None:
    """One unit beside a new caller, and an old one far off: it goes to the old one, and the new one is told why."""
    rng = Random(5)
    here = place(coquimbo, rng)
    places = [place(coquimbo, rng) for _ in range(200)]
    dispatcher = Dispatcher(coquimbo)
    travel = dispatcher.matrix([here.lon], [here.lat], [p.lon for p in places], [p.lat for p in places])[0]
    far = places[int(np.argmax(np.where(travel < INF, travel, 0)))]
    unit = Unit("u", "p", here, services=frozenset({Service.BREAKDOWN_REPAIR}))
    old = Incident("old", far, Service.BREAKDOWN_REPAIR, received_at=NOW - timedelta(hours=3))
    new = Incident("new", here, Service.BREAKDOWN_REPAIR, received_at=NOW)
    state = dispatcher.prepare(Fleet((), (unit,)))
    plan = dispatcher.optimize([old, new], state, NOW)
    assert [a.incident_id for a in plan.assignments] == ["old"]
    younger = replace(old, received_at=NOW - timedelta(minutes=20))
    assert dispatcher.optimize([younger, new], state, NOW).unserved[0].reason.code is ReasonCode.CAPACITY
    pinned = replace(new, assigned_unit_id="u", pinned=True)
    assert [a.incident_id for a in dispatcher.optimize([old, pinned], state, NOW).assignments] == ["new"]
