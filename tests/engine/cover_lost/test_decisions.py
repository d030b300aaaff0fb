"""The term in decisions: it changes choices where it should, nothing where it is off, and every solver agrees on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations, product
from random import Random

import numpy as np
import pytest
from towline.v1 import enums_pb2, plan_pb2

from engine.check import PlannedStop, PlannedTour, check_plan
from engine.decision import Plan, ReasonCode
from engine.dispatch import Dispatcher
from engine.fleet.candidates import CandidateSearch
from engine.fleet.cells import CellIndex
from engine.fleet.state import FleetState
from engine.intake import Intake
from engine.model import Fleet, Incident, Location, Provider, Service
from engine.policy import Policy
from engine.policy_rules import CoverageRules
from engine.promise import PromiseTable
from engine.queues.solve import Budget, solve_queues
from engine.server import outgoing
from engine.texts import Language, reason_in
from engine.tours.size import Tours
from graphs.posts.walking import place_at
from graphs.region import Region
from tests.engine.check.facts import Facts, weights_of
from tests.engine.cover_lost.toy import call_at, dispatcher_of, unit_at
from tests.engine.fleet.test_terms import with_jobs, with_terms
from tests.engine.fleets import NOW, place, random_fleet, random_incidents
from tests.engine.plan_oracle import reckon

#: Units a and b stand abreast of a call at place 2; a is the only one within reach of place 0, c shares place 4 with b.
SUBURB = {"p0": 1.0, "p4": 1.0}
THREE = Fleet((Provider("p"),), (unit_at("a", 1.2), unit_at("b", 2.8), unit_at("c", 4)))


def quick(instance, _budget, seed, start):
    return solve_queues(instance, Budget(rounds=20, iterations=400), seed=seed, start=start)


def sent(region: Region, weight: float, **fields) -> str:
    dispatcher = dispatcher_of(region, weight, **SUBURB)
    found = dispatcher.recommend(call_at(2, **fields), dispatcher.prepare(THREE), NOW)
    assert found.best is not None
    return found.best.unit_id


def test_the_only_cover_of_a_suburb_stays(row: Region) -> None:
    """Of two units equally near the one leaves a suburb without cover: without a price it goes, with one the other."""
    assert sent(row, 0.0) == "a"
    assert sent(row, 20.0) == "b"
    assert sent(row, 20.0, earliest=NOW + timedelta(minutes=50)) == "a"  # nobody leaves now for a booking of later


def test_the_part_is_told_and_the_loser_knows_why(row: Region) -> None:
    """0.5 x 0.75 of 20 minutes for a, that x 0.25 for b; the reason in both languages, and all of it over gRPC."""
    dispatcher = dispatcher_of(row, 20.0, **SUBURB)
    found = dispatcher.recommend(call_at(2), dispatcher.prepare(THREE), NOW)
    assert found.best is not None
    assert found.best.cost.coverage == round(20_000 * 0.5 * 0.75 * 0.25)
    loser = found.runners_up[0]
    assert (loser.unit_id, loser.cost.coverage) == ("a", 7500)
    assert loser.lost is not None
    assert loser.lost.code is ReasonCode.LEAVES_UNCOVERED
    assert loser.lost.details["part"] == "coverage"
    assert reason_in(loser.lost, Language.ZH).message != loser.lost.message
    sent = plan_pb2.Recommendation(**outgoing.recommendation(found, "row"))
    assert sent.best.cost.coverage_millimin == found.best.cost.coverage
    assert sent.best.cost.total_millimin == found.best.cost.total
    assert sent.runners_up[0].lost.code == enums_pb2.REASON_CODE_LEAVES_UNCOVERED


def test_on_a_highway_the_next_unit_is_sent(coquimbo: Region) -> None:
    """No part for incidents on highways, whatever promise they ask for, unless the policy counts them."""
    rng = Random(1)
    at = _on_highway(coquimbo)
    call = Incident("i", at, Service.BREAKDOWN_REPAIR, NOW, promise=timedelta(minutes=20))
    fleet = random_fleet(coquimbo, rng, 6)
    made = Fleet((Provider("p"),), tuple(replace(unit_at(u.id, 0), location=place(coquimbo, rng)) for u in fleet.units))
    costs = {}
    for on_highways in (False, True):
        rules = CoverageRules(weight=30.0, on_highways=on_highways)
        dispatcher = Dispatcher(coquimbo, replace(Policy.default(), coverage=rules))
        state = dispatcher.prepare(made)
        found = dispatcher.recommend(call, state, NOW)
        assert found.best is not None
        costs[on_highways] = [c.cost.coverage for c in (found.best, *found.runners_up)]
    assert not any(costs[False])
    assert all(costs[True])


def _on_highway(region: Region) -> Location:
    """The middle of a motorway's arc, with no other road nearer."""
    network, promises = region.network, PromiseTable(region.network, Policy.default())
    for arc in filter(promises.on_highway, range(network.arc_count)):
        lon, lat = place_at(network, arc, 0.5)
        if promises.on_highway(int(region.snapper.snap([lon], [lat]).arc[0])):
            return Location(lon, lat)
    raise AssertionError("no motorway")


@pytest.mark.parametrize("seed", range(3))
def test_off_is_as_if_it_were_not_there(coquimbo: Region, seed: int) -> None:
    """Weight 0: no demand is looked at, no part is anything, and the policy's other values do not matter."""
    rng = Random(seed)
    fleet, incidents = random_fleet(coquimbo, rng, 40), random_incidents(coquimbo, rng, 15)
    plans = []
    for rules in (CoverageRules(), CoverageRules(busy_fraction=0.9, on_highways=True)):
        dispatcher = Dispatcher(coquimbo, replace(Policy.default(), coverage=rules))
        state = dispatcher.prepare(fleet)
        assert state.reach is None
        plans.append(dispatcher.optimize(incidents, state, NOW))
    assert plans[0].assignments == plans[1].assignments, f"seed {seed}"
    assert plans[0].cost == plans[1].cost, f"seed {seed}"
    assert plans[0].cost.coverage == 0


@pytest.mark.parametrize("lateness_of", ["point", "expected"])
@pytest.mark.parametrize("seed", range(3))
def test_the_index_is_exact_with_cover(coquimbo: Region, seed: int, lateness_of) -> None:
    """Rows, costs and times are those of looking at everybody, where units differ in cover by minutes."""
    rng = Random(seed)
    policy = replace(
        Policy.default(),
        cost=replace(Policy.default().cost, lateness_of=lateness_of),
        coverage=CoverageRules(weight=2000.0, busy_fraction=0.99),
    )
    dispatcher = Dispatcher(coquimbo, policy)
    state = dispatcher.prepare(with_terms(coquimbo, rng, random_fleet(coquimbo, rng, 400)))
    incidents = with_jobs(coquimbo, rng, random_incidents(coquimbo, rng, 50))
    wide = CellIndex.build(state.positions.lon, state.positions.lat, 0)
    everybody = replace(state, cells=replace(wide, radius_m=np.full(wide.cell.size, 1e9)))
    found, slow = (_ranked(each, dispatcher, incidents) for each in (state, everybody))
    assert found == slow, f"seed {seed}"
    intake = Intake.of(incidents, state, dispatcher.promises, NOW)
    assert intake.cover is not None
    some = intake.cover[intake.cover > 0]
    assert some.max() - some.min() > 500, f"seed {seed}"
    assert 0 < intake.counts_cover.sum() < len(incidents), f"seed {seed}"


def _ranked(state: FleetState, dispatcher: Dispatcher, incidents: list[Incident]) -> list[list[int]]:
    intake = Intake.of(incidents, state, dispatcher.promises, NOW)
    found = CandidateSearch(state, intake, dispatcher.fastest).ranked(np.full(len(incidents), 12))
    return [
        np.concatenate([a[found.of(i)] for a in (found.row, found.cost, found.travel_ms)]).tolist()
        for i in range(len(incidents))
    ]


@pytest.mark.parametrize("mode", [Tours.ONE_EACH, Tours.SEVERAL])
@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_is_that_of_all_plans(coquimbo: Region, seed: int, mode: Tours) -> None:
    """Every plan of four calls on two units and a contractor's crew, by the oracle: none is cheaper."""
    rng = Random(seed)
    policy = replace(Policy.default(), coverage=CoverageRules(weight=rng.choice([10.0, 34.0]), busy_fraction=0.3))
    dispatcher = Dispatcher(coquimbo, policy, tours=quick)
    units = [replace(unit_at(f"u{n}", 0), location=place(coquimbo, rng)) for n in range(3)]
    units[2] = replace(units[2], provider_id="hired")
    fleet = Fleet((Provider("p"), Provider("hired", contractor=True)), tuple(units))
    calls = random_incidents(coquimbo, rng, 4)
    incidents = [replace(call, requires=frozenset(), received_at=NOW) for call in calls]
    plan = dispatcher.optimize(incidents, dispatcher.prepare(fleet), NOW, tours=mode)
    assert plan.gap == 0, f"seed {seed}"
    facts = Facts(coquimbo, policy, fleet, incidents)
    names = [incident.id for incident in incidents]
    most = {unit.id: 1 if mode is Tours.ONE_EACH or unit.provider_id == "hired" else len(names) for unit in units}
    best = min(
        reckon(weights_of(policy), facts.units, facts.jobs, tours, facts.leg, facts.clock).cost
        for tours in _all_plans(names, most)
    )
    assert plan.cost.total == best, f"seed {seed}"
    assert plan.cost.coverage > 0, f"seed {seed}"
    checked = check_plan(dispatcher, incidents, dispatcher.prepare(fleet), NOW, _planned(plan), compare=False)
    assert checked.plan.cost == plan.cost, f"seed {seed}"


def _all_plans(names: list[str], most: dict[str, int]):
    """Every way to put the incidents, in any order, on units, which take so many at most, or on nobody."""
    for order in permutations(names):
        for where in product([None, *most], repeat=len(names)):
            tours = {unit: [name for name, at in zip(order, where, strict=True) if at == unit] for unit in most}
            if all(len(tour) <= most[unit] for unit, tour in tours.items()):
                yield tours


def _planned(plan: Plan) -> list[PlannedTour]:
    tours: dict[str, dict[int, PlannedStop]] = {}
    for item in plan.assignments:
        tours.setdefault(item.chosen.unit_id, {})[item.position] = PlannedStop(item.incident_id)
    return [PlannedTour(unit, tuple(stops[at] for at in sorted(stops))) for unit, stops in tours.items()]
