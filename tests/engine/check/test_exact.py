"""What a plan costs: the check, the solvers and an independent oracle agree to the last milli-minute."""

from __future__ import annotations

from dataclasses import asdict, replace
from random import Random

import pytest

from engine.check import Severity, ViolationCode, check_plan
from engine.check.planned import tours_of_plan
from engine.decision import CostParts
from engine.dispatch import Dispatcher
from engine.policy import Policy
from engine.policy_rules import CoverageRules
from engine.queues.solve import Budget, solve_queues
from engine.tours.size import Tours
from graphs.region import Region
from tests.engine.check.facts import Facts, named_tours, random_case, random_plan, weights_of
from tests.engine.fleets import NOW
from tests.engine.plan_oracle import Reckoning, reckon

PLANS = 10  # of each case, beside those of two solvers


def quick(instance, _budget, seed, start):
    """The same answer every time: no clock."""
    return solve_queues(instance, Budget(rounds=2, iterations=40), seed=seed, start=start)


def agree(region: Region, seed: int, policy: Policy | None = None) -> int:
    """Every plan of one case; returns how many."""
    fleet, incidents = random_case(region, seed)
    policy, rng = policy or Policy.default(), Random(seed)
    dispatcher = Dispatcher(region, policy, tours=quick)
    state = dispatcher.prepare(fleet)
    facts = Facts(region, policy, fleet, incidents)
    solved = [dispatcher.optimize(incidents, state, NOW, tours=mode) for mode in (Tours.ONE_EACH, Tours.SEVERAL)]
    plans = [tours_of_plan(plan) for plan in solved] + [random_plan(rng, fleet.units, incidents) for _ in range(PLANS)]
    for number, tours in enumerate(plans):
        label = f"seed {seed}, plan {number}"
        found = check_plan(dispatcher, incidents, state, NOW, tours, compare=False)
        slow = reckon(weights_of(policy), facts.units, facts.jobs, named_tours(tours), facts.leg, facts.clock)
        costs = {item.incident_id: item.chosen.cost for item in found.plan.assignments}
        costs |= {left.incident_id: left.cost for left in found.plan.unserved}
        for incident, parts in slow.parts.items():
            assert told(costs[incident]) == {name: value for name, value in parts.items() if value}, (label, incident)
        assert found.plan.cost.total == slow.cost, label
        if number < len(solved):
            assert found.plan.cost == solved[number].cost, label
            rules = {item.code for item in found.violations if item.severity is Severity.RULE}
            assert rules <= {ViolationCode.NOT_PLANNED, ViolationCode.PIN_IGNORED}, label
        amounts(found.violations, slow, facts, label)
    return len(plans)


def told(parts: CostParts) -> dict[str, int]:
    return {name: value for name, value in asdict(parts).items() if value}


def amounts(violations, slow: Reckoning, facts: Facts, label: str) -> None:
    """Late after the promise, waiting, too many for a contractor's crew: by the oracle, every one and no other."""
    for code, amount in (
        (ViolationCode.PROMISE_BROKEN, lambda job, times: times[1] - job.due),
        (ViolationCode.WAITS, lambda job, times: job.earliest - times[0]),
    ):
        wanted = {key: over for key, times in slow.times.items() if (over := amount(facts.jobs[key], times)) > 0}
        found = {v.incident_id: round(v.over.total_seconds() * 1000) for v in violations if v.code is code}
        assert found == wanted, (label, code)
    several = {v.unit_id: v.count for v in violations if v.code is ViolationCode.CONTRACTOR_TAKES_ONE}
    assert several == slow.beyond_one, label


@pytest.mark.parametrize("seed", range(5))
def test_check_solvers_and_oracle_agree(coquimbo: Region, seed: int) -> None:
    """Twelve plans of a random case: two of the solvers, ten at random whatever rules they break."""
    assert agree(coquimbo, seed) == PLANS + 2


@pytest.mark.parametrize("on_highways", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_they_agree_about_cover_lost(coquimbo: Region, seed: int, on_highways: bool) -> None:
    """The same where the policy prices the demand that a unit leaves without cover."""
    rules = CoverageRules(weight=Random(seed).uniform(5, 30), busy_fraction=0.4, on_highways=on_highways)
    assert agree(coquimbo, seed, replace(Policy.default(), coverage=rules)) == PLANS + 2


@pytest.mark.nightly
def test_they_agree_on_a_thousand_plans(coquimbo: Region) -> None:
    """The same on 84 more cases."""
    assert sum(agree(coquimbo, seed) for seed in range(100, 184)) >= 1000
