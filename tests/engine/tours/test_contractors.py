"""Contractors as priced columns: exact prices, one incident a crew, the cheapest plan of all by brute force."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random

import numpy as np
import pytest

from engine.bookings.slots import offer_slots
from engine.check import PlannedStop, PlannedTour, Severity, ViolationCode, check_plan
from engine.decision import Plan, ReasonCode
from engine.dispatch import Dispatcher
from engine.model import Fleet, Garage, Incident, Provider, Service, Unit
from engine.policy import CoverageRules, Policy
from engine.queues.limits import NONE
from engine.queues.solve import Budget, solve_queues
from engine.texts import Language, reason_in
from engine.tours.contractors import one_job_costs, priced
from engine.tours.numbers import TourNumbers, able_rows, tour_numbers
from engine.tours.size import Tours
from graphs.region import Region
from tests.engine.check.facts import Facts, random_case, weights_of
from tests.engine.fleets import NOW, place
from tests.engine.plan_oracle import reckon

ALL = frozenset(Service)


def quick(instance, _budget, seed, start):
    """The same answer every time: no clock."""
    return solve_queues(instance, Budget(rounds=8, iterations=150), seed=seed, start=start)


def exact(instance, _budget, seed, start):
    """Until nothing is left to prove, of a small case."""
    return solve_queues(instance, Budget(rounds=60, iterations=300, dives=8), seed=seed, start=start)


def mixed(region: Region, seed: int, own: int, hired: int, calls: int) -> tuple[Fleet, list[Incident]]:
    """Own units, contractors of every price with one or two crews each, tows and a booking among the calls."""
    rng = Random(seed)
    providers, units = [Provider("own", call_out_price=20.0)], []
    units = [Unit(f"o{n}", "own", place(region, rng), ALL) for n in range(own)]
    while len(units) < own + hired:
        name = f"c{len(providers)}"
        providers.append(
            Provider(
                name,
                call_out_price=rng.uniform(20, 300),
                per_km_price=rng.choice([0.0, 2.0]),
                acceptance=rng.uniform(0.5, 1),
                quality=rng.random(),
                contractor=True,
            )
        )
        base = place(region, rng)
        for n in range(min(rng.randint(1, 2), own + hired - len(units))):
            units.append(Unit(f"{name}/{n}", name, base, ALL, mobilisation=timedelta(minutes=10)))
    incidents = []
    for n in range(calls):
        call = Incident(f"i{n}", place(region, rng), Service.TOWING, NOW - timedelta(minutes=rng.randint(0, 40)))
        if n % 3 == 0:
            call = replace(call, garages=(Garage(place(region, rng), price=30.0), Garage(place(region, rng))))
        if n % 4 == 3:
            call = replace(call, earliest=NOW + timedelta(minutes=50))
        if n % 4 == 1:
            call = replace(call, assigned_unit_id=rng.choice(units).id)
        incidents.append(call)
    return Fleet(tuple(providers), tuple(units)), incidents


def tours_of(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, dict[int, str]] = {}
    for item in plan.assignments:
        found.setdefault(item.chosen.unit_id, {})[item.position] = item.incident_id
    return {unit: [stops[k] for k in sorted(stops)] for unit, stops in found.items()}


def numbers_of(dispatcher: Dispatcher, fleet: Fleet, incidents: list[Incident]) -> tuple[TourNumbers, TourNumbers]:
    """All units as rows, and with contractors priced."""
    situation = dispatcher.situation(incidents, dispatcher.prepare(fleet), NOW)
    jobs = np.arange(len(incidents))
    every = tour_numbers(situation, jobs, able_rows(situation, jobs), {}, 5)
    return every, priced(situation, every, {})


@pytest.mark.parametrize("kind", ["point", "expected", "coverage"])
@pytest.mark.parametrize("seed", range(1, 4))
def test_options_cost_what_the_pair_costs(coquimbo: Region, seed: int, kind: str) -> None:
    """Every part of docs/cost.md, point and expected, with cover lost and without.

    Whom the search for units refuses has no option.
    """
    fleet, incidents = random_case(coquimbo, seed)
    incidents = [replace(incident, pinned=False) for incident in incidents]
    policy = Policy.default()
    if kind == "expected":
        policy = replace(policy, cost=replace(policy.cost, lateness_of="expected"))
    elif kind == "coverage":
        policy = replace(policy, coverage=CoverageRules(weight=30.0, busy_fraction=0.8, on_highways=True))
    dispatcher = Dispatcher(coquimbo, policy)
    state = dispatcher.prepare(fleet)
    every, _ = numbers_of(dispatcher, fleet, incidents)
    cost = one_job_costs(every.instance, np.arange(every.rows.size))
    names = [state.units[row].id for row in every.rows.tolist()]
    covers = 0
    for i, incident in enumerate(incidents):
        found = dispatcher.recommend(incident, state, NOW, runners_up=49)
        listed = [c for c in (found.best, *found.runners_up) if c]
        wanted = {c.unit_id: c.cost.total for c in listed}
        covers += sum(c.cost.coverage for c in listed)
        options = {name: int(c) for name, c in zip(names, cost[:, i], strict=True) if c != NONE}
        assert options == wanted, (seed, incident.id)
    assert (covers > 0) == (kind == "coverage"), seed


def cheapest_of_all(region: Region, fleet: Fleet, incidents: list[Incident]) -> int:
    """Every plan there is, by the oracle's cost: contractors' crews have one incident at most."""
    policy = Policy.default()
    facts, weights = Facts(region, policy, fleet, incidents), weights_of(policy)
    hired = {p.id for p in fleet.providers if p.contractor}
    least = 1 << 60

    def extend(units: list[Unit], left: tuple[str, ...], tours: dict[str, tuple[str, ...]]) -> None:
        nonlocal least
        if not units:
            least = min(least, reckon(weights, facts.units, facts.jobs, tours, facts.leg, facts.clock).cost)
            return
        unit, most = units[0], 1 if units[0].provider_id in hired else len(left)
        for n in range(min(most, len(left)) + 1):
            for tour in permutations(left, n):
                extend(units[1:], tuple(i for i in left if i not in tour), {**tours, unit.id: tour})

    extend(list(fleet.units), tuple(incident.id for incident in incidents), {})
    return least


@pytest.mark.parametrize("seed", range(4))
def test_plans_are_the_cheapest_of_all(coquimbo: Region, seed: int) -> None:
    """At gap 0 the plan costs what the cheapest of all plans does, none of which gives a crew two incidents."""
    fleet, incidents = mixed(coquimbo, seed, own=1, hired=2, calls=4)
    dispatcher = Dispatcher(coquimbo, tours=exact)
    plan = dispatcher.optimize(incidents, dispatcher.prepare(fleet), NOW, tours=Tours.SEVERAL)
    best = cheapest_of_all(coquimbo, fleet, incidents)
    assert plan.cost.total - plan.gap <= best <= plan.cost.total, seed
    assert plan.gap == 0, seed


def test_alike_crews_share_a_column(coquimbo: Region) -> None:
    """Crews at one base are one column; the one that an incident was announced with has its own."""
    fleet, incidents = mixed(coquimbo, 5, own=2, hired=0, calls=6)
    rng, base = Random(6), place(coquimbo, Random(7))
    crews = tuple(Unit(f"c{n}", "c", base, ALL) for n in range(4))
    others = tuple(Unit(f"d{n}", "d", place(coquimbo, rng), ALL) for n in range(2))
    providers = (*fleet.providers, Provider("c", contractor=True), Provider("d", contractor=True))
    incidents = [replace(incident, assigned_unit_id=None) for incident in incidents]
    whole = Fleet(providers, (*fleet.units, *crews, *others))
    every, found = numbers_of(Dispatcher(coquimbo), whole, incidents)
    assert every.instance.unit_count == 8
    assert found.instance.unit_count == 2
    assert sorted(found.instance.crews.tolist()) == [1, 1, 4]
    incidents[0] = replace(incidents[0], assigned_unit_id="c2")
    _, found = numbers_of(Dispatcher(coquimbo), whole, incidents)
    assert sorted(found.instance.crews.tolist()) == [1, 1, 1, 3]


@pytest.mark.parametrize("seed", range(2))
def test_in_a_storm_contractors_take_what_own_units_cannot(coquimbo: Region, seed: int) -> None:
    """Own units go on tours, each contractor's crew takes one; the plan costs less than without them, and adds up."""
    fleet, incidents = mixed(coquimbo, seed, own=3, hired=6, calls=16)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    state = dispatcher.prepare(fleet)
    plan = dispatcher.optimize(incidents, state, NOW, tours=Tours.AUTO)
    single = dispatcher.optimize(incidents, state, NOW, tours=Tours.ONE_EACH)
    assert plan.why is not None
    assert plan.why.text == "tours.hired"
    assert plan.why.message.endswith("; contractors' crews, 6 of the units, take one each")
    assert reason_in(plan.why, Language.ZH).message.endswith("其中6辆为承包商车组,各承担一项")
    tours = tours_of(plan)
    assert max(len(tour) for unit, tour in tours.items() if unit.startswith("o")) > 1
    assert [len(tour) for unit, tour in tours.items() if unit.startswith("c")] == [1] * 6
    assert plan.cost.total < single.cost.total
    assert 0 <= plan.gap <= plan.cost.total
    found = check_plan(dispatcher, incidents, state, NOW, planned(tours), compare=False)
    assert found.plan.cost == plan.cost
    assert found.keeps_rules
    without = [replace(i, assigned_unit_id=None) for i in incidents]
    units = tuple(unit for unit in fleet.units if unit.provider_id == "own")
    alone = dispatcher.optimize(without, dispatcher.prepare(Fleet(fleet.providers, units)), NOW, tours=Tours.AUTO)
    assert plan.cost.total < alone.cost.total


def planned(tours: dict[str, list[str]]) -> list[PlannedTour]:
    return [PlannedTour(unit, tuple(PlannedStop(i) for i in stops)) for unit, stops in tours.items()]


@pytest.mark.parametrize("later", [False, True])
def test_a_pinned_crew_has_its_incident_and_no_other(coquimbo: Region, later: bool) -> None:
    """Pinned for now or for a booking: the contractor's crew does that alone, whatever else waits."""
    fleet, incidents = mixed(coquimbo, 3, own=1, hired=2, calls=7)
    crew = fleet.units[1].id
    wanted = NOW + timedelta(hours=3) if later else None
    incidents[2] = replace(incidents[2], assigned_unit_id=crew, pinned=True, earliest=wanted)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    plan = dispatcher.optimize(incidents, dispatcher.prepare(fleet), NOW, tours=Tours.AUTO)
    assert plan.why is not None
    assert plan.why.code is ReasonCode.TOURS
    assert tours_of(plan)[crew] == ["i2"]
    assert len(plan.assignments) == 7


def test_a_change_of_an_announced_crew_is_paid(coquimbo: Region) -> None:
    """Whoever serves an incident instead of the crew it was announced with pays the change, own units too."""
    fleet, incidents = mixed(coquimbo, 8, own=2, hired=3, calls=8)
    crew = next(unit.id for unit in fleet.units if unit.id.startswith("c"))
    incidents = [replace(incident, assigned_unit_id=crew) for incident in incidents]
    dispatcher = Dispatcher(coquimbo, tours=quick)
    plan = dispatcher.optimize(incidents, dispatcher.prepare(fleet), NOW, tours=Tours.AUTO)
    change = round(1000 * dispatcher.policy.cost.plan_change)
    for item in plan.assignments:
        assert item.chosen.cost.plan_change == (0 if item.chosen.unit_id == crew else change), item.incident_id


def test_with_contractors_alone_one_each_is_all_there_is(coquimbo: Region) -> None:
    """Nobody has tours, so the exact assignment is the answer, also where incidents are left."""
    fleet, incidents = mixed(coquimbo, 2, own=0, hired=3, calls=6)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    incidents = [replace(incident, assigned_unit_id=None) for incident in incidents]
    plan = dispatcher.optimize(incidents, dispatcher.prepare(fleet), NOW, tours=Tours.SEVERAL)
    assert plan.why is not None
    assert (plan.why.text, plan.gap, len(plan.unserved)) == ("one_each.contractors", 0, 3)


def test_contractors_who_alone_are_able(coquimbo: Region) -> None:
    """Own units that can do nothing of what waits leave options only; the solver has no tours to make."""
    fleet, incidents = mixed(coquimbo, 2, own=2, hired=3, calls=6)
    units = tuple(replace(u, services=ALL - {Service.TOWING} if u.provider_id == "own" else ALL) for u in fleet.units)
    dispatcher = Dispatcher(coquimbo, tours=exact)
    state = dispatcher.prepare(replace(fleet, units=units))
    several, single = (
        dispatcher.optimize(incidents, state, NOW, tours=mode) for mode in (Tours.SEVERAL, Tours.ONE_EACH)
    )
    assert (several.cost.total, several.gap, len(several.unserved)) == (single.cost.total, 0, 3)


def test_two_in_order_break_a_rule(coquimbo: Region) -> None:
    """A plan by hand that sends a contractor's crew on a tour is told how many it has too many, in both languages."""
    fleet, incidents = mixed(coquimbo, 1, own=1, hired=1, calls=5)
    dispatcher = Dispatcher(coquimbo, tours=quick)
    crew = fleet.units[1].id
    tours = planned({"o0": ["i0", "i1"], crew: ["i2", "i3", "i4"]})
    found = check_plan(dispatcher, incidents, dispatcher.prepare(fleet), NOW, tours, compare=False)
    (wrong,) = [v for v in found.violations if v.severity is Severity.RULE]
    assert (wrong.code, wrong.unit_id, wrong.count) == (ViolationCode.CONTRACTOR_TAKES_ONE, crew, 2)
    assert wrong.message == f"{crew} is a contractor's crew, which takes one incident: it has 2 more"
    (said,) = [v for v in found.in_language(Language.ZH).violations if v.code is wrong.code]
    assert said.message == f"{crew}是承包商的车组,只承担一项救援:多出2项"


def test_a_crew_that_is_out_is_offered_to_no_booking(coquimbo: Region) -> None:
    """A slot goes to the contractor's free crew, not behind another incident; an own unit may serve both."""
    fleet, incidents = mixed(coquimbo, 1, own=1, hired=1, calls=1)
    incidents = [replace(incidents[0], assigned_unit_id=None)]
    slot = (NOW + timedelta(hours=4), NOW + timedelta(hours=5))
    booking = Incident("b", incidents[0].location, Service.TOWING, NOW)
    for units, after in ((fleet.units[:1], "i0"), (fleet.units[1:], None)):
        dispatcher = Dispatcher(coquimbo, tours=quick)
        state = dispatcher.prepare(Fleet(fleet.providers, units))
        (found,) = offer_slots(dispatcher, booking, incidents, state, NOW, [slot]).slots
        assert found.after == after
        assert (found.unit_id is None) == (after is None)
