"""Queues on small random cases, against every plan there is."""

from __future__ import annotations

import pytest

from engine.queues.solve import Budget, solve_queues
from tests.engine.queues.cases import optimum, random_instance, slow_tour_cost


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(12))
def test_plan_and_bound_enclose_the_optimum(seed: int) -> None:
    """The bound is never above the best of all plans, the plan never below it, and its tours cost what it says."""
    instance = random_instance(seed, jobs=5, units=3)
    plan = solve_queues(instance, Budget(seconds=3.0), seed=seed)
    best = optimum(instance)
    assert plan.lower <= best <= plan.cost, (seed, plan.lower, best, plan.cost)
    tours = [slow_tour_cost(instance, unit, tour) for unit, tour in enumerate(plan.tours)]
    assert all(cost is not None for cost in tours), (seed, plan.tours)
    left = sum(int(instance.unserved_cost[j]) for j in plan.left)
    options = sum(int(instance.option_cost[p, j]) for j, p in enumerate(plan.contractor) if p >= 0)
    assert sum(cost for cost in tours if cost is not None) + left + options == plan.cost, seed
    if plan.gap == 0:
        assert plan.cost == best, seed
