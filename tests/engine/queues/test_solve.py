"""Queues on small random cases, against every plan there is."""

from __future__ import annotations

import threading

import pytest

from engine.queues.plan import QueuePlan
from engine.queues.solve import Budget, solve_queues
from tests.engine.queues.cases import QueueInstance, optimum, random_instance, slow_tour_cost


def _enclosed(instance: QueueInstance, plan: QueuePlan, seed: int) -> None:
    """The bound is never above the best of all plans, the plan never below it, and its tours cost what it says."""
    best = optimum(instance)
    assert instance.constant <= plan.lower <= best <= plan.cost, (seed, plan.lower, best, plan.cost)
    tours = [slow_tour_cost(instance, unit, tour) for unit, tour in enumerate(plan.tours)]
    served = [cost for cost, tour in zip(tours, plan.tours, strict=True) if tour]
    assert None not in served, (seed, plan.tours)
    left = sum(int(instance.unserved_cost[j]) for j in plan.left)
    options = sum(int(instance.option_cost[p, j]) for j, p in enumerate(plan.contractor) if p >= 0)
    assert sum(cost for cost in served if cost is not None) + left + options == plan.cost, seed
    if plan.gap == 0:
        assert plan.cost == best, seed


@pytest.mark.parametrize("seed", range(4))
def test_plan_and_bound_enclose_the_optimum(seed: int) -> None:
    """Of small cases, some of whose jobs a unit can only have after another; the same answer every time."""
    instance = random_instance(seed, jobs=5, units=2, unreachable=0.3)
    budget = Budget(rounds=12, iterations=300)
    plan = solve_queues(instance, budget, seed=seed)
    _enclosed(instance, plan, seed)
    again = solve_queues(instance, budget, seed=seed)
    assert (again.tours, again.cost, again.lower) == (plan.tours, plan.cost, plan.lower), seed


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(24))
def test_more_plans_and_bounds(seed: int) -> None:
    """The same at greater length, with the clock."""
    instance = random_instance(seed, jobs=5, units=3, unreachable=(0.0, 0.2, 0.7)[seed % 3])
    _enclosed(instance, solve_queues(instance, Budget(seconds=2.0), seed=seed), seed)


@pytest.mark.parametrize("seed", range(4))
def test_options_that_come_as_they_pay(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one option of each job in the program at first, the others come when they are worth it: the same proof."""
    monkeypatch.setattr("engine.queues.colgen.OPTIONS", 0)
    monkeypatch.setattr("engine.queues.colgen.FIRST_OPTIONS", 1)
    instance = random_instance(seed, jobs=5, units=2, contractors=5)
    plan = solve_queues(instance, Budget(rounds=40, iterations=100, dives=4), seed=seed)
    _enclosed(instance, plan, seed)
    monkeypatch.undo()
    whole = solve_queues(instance, Budget(rounds=40, iterations=100, dives=4), seed=seed)
    assert (plan.cost, plan.lower) == (whole.cost, whole.lower), seed


def test_contractors_alone() -> None:
    """Without a single unit options are all there is, and the assignment of them is proven."""
    instance = random_instance(5, jobs=5, units=0, contractors=4)
    plan = solve_queues(instance, Budget(rounds=20, iterations=100))
    _enclosed(instance, plan, 5)
    assert plan.gap == 0
    assert plan.tours == ()


def test_a_plan_begins_with_what_contractors_had() -> None:
    """What stands behind the tours of the units in `start` is taken over, as far as crews go."""
    instance = random_instance(5, jobs=5, units=1, contractors=2)
    wanted = [(p, j) for p in range(2) for j in range(5) if instance.option_cost[p, j] >= 0]
    (p, j) = next(pair for pair in wanted if pair[1] not in instance.pins)
    start = [[], [], []]
    start[1 + p].append(j)
    plan = solve_queues(instance, Budget(seconds=0.0), start=start)
    assert plan.contractor[j] == p


def test_no_time_at_all_still_gives_a_plan() -> None:
    """Pinned jobs are served, and the bound holds."""
    instance = random_instance(6, jobs=5, units=2)
    plan = solve_queues(instance, Budget(seconds=0.0))
    assert plan.lower <= optimum(instance) <= plan.cost
    assert 0.0 <= plan.gap <= 1.0


def test_giving_up_ends_the_threads() -> None:
    """What the checkpoint raises comes through once nothing runs any more."""
    before = threading.active_count()

    def look() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        solve_queues(random_instance(7, jobs=30, units=8), Budget(seconds=600.0, gap=-1.0), checkpoint=look)
    assert threading.active_count() == before
