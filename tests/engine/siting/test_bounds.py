"""Bounds hold at any prices, and nothing is settled that a better plan needs."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from engine.siting import expected_cover, max_cover, p_median
from engine.siting.busy import Busy, bound_of_units
from engine.siting.capped import Capped, greedy
from engine.siting.lagrangean import ascend, bound_of
from engine.siting.limits import Deadline, Limits
from engine.siting.problem import SitingProblem
from engine.siting.solve_capped import solve_capped


def _capped(seed: int) -> tuple[Capped, float]:
    """A random capped median and its optimum over every choice."""
    rng = np.random.default_rng(seed)
    rows, sites = int(rng.integers(2, 12)), int(rng.integers(2, 8))
    value, cap = rng.integers(0, 50, (rows, sites)).astype(float), rng.integers(1, 60, rows).astype(float)
    cost = rng.random(sites) * 3
    most = int(rng.integers(1, sites + 1))
    budget = math.inf if seed % 2 else float(cost.min() + rng.random() * cost.sum())
    least = float(cap.sum())
    for count in range(1, most + 1):
        for chosen in itertools.combinations(range(sites), count):
            if cost[list(chosen)].sum() <= budget:
                least = min(least, float(np.minimum(cap, value[:, list(chosen)].min(axis=1)).sum()))
    return Capped.of(value, cap, cost, Limits(most, budget)), least


@pytest.mark.parametrize("seed", range(40))
def test_no_prices_bound_above_the_optimum(seed: int) -> None:
    """L(l) at random prices, and at those found, is never above the optimum."""
    problem, least = _capped(seed)
    rng = np.random.default_rng(seed)
    for _ in range(20):
        prices = rng.random(problem.cap.size) * 60
        assert bound_of(problem, prices) + problem.constant <= least + 1e-9, f"seed {seed}"
    if problem.cap.size:
        deadline = Deadline.start(10)
        found = ascend(problem, greedy(problem, deadline), deadline)
        assert found.bound + problem.constant <= least + 1e-9, f"seed {seed}"
        assert bound_of(problem, found.prices) >= found.bound - 1e-9, f"seed {seed}"


@pytest.mark.parametrize("seed", range(40))
def test_a_bad_plan_in_hand_settles_nothing_wrongly(seed: int) -> None:
    """However the search ended, settled sites and the integer program still give the optimum."""
    problem, least = _capped(seed)
    assert solve_capped(problem, Deadline.start(10)).total == pytest.approx(least), f"seed {seed}"


@pytest.mark.parametrize("seed", range(20))
def test_no_prices_of_units_bound_below_the_optimum(seed: int) -> None:
    """U(u) at random prices is never below what the best placement covers."""
    rng = np.random.default_rng(seed)
    covers, weight = rng.random((6, 4)) < 0.5, rng.random(6)
    busy = Busy.of(covers, weight, 0.4, np.full(4, 2), np.ones(4), 3, math.inf)
    most = max(busy.total(np.array(placed)) for placed in itertools.product(range(3), repeat=4) if sum(placed) <= 3)
    for _ in range(20):
        assert bound_of_units(busy, rng.random(6) * 0.6) >= most - 1e-12, f"seed {seed}"


def _large(seed: int) -> SitingProblem:
    rng = np.random.default_rng(seed)
    demand, sites = rng.random((400, 2)) * 40_000, rng.random((80, 2)) * 40_000
    arrival = np.hypot(*(demand[:, None, :] - sites[None, :, :]).transpose(2, 0, 1)).astype(np.int32)
    return SitingProblem(
        arrival, rng.integers(1, 100, 400), np.full(400, 6_000), rng.random(80) + 0.5, np.zeros(80, bool)
    )


@pytest.mark.parametrize("seconds", [1e-6, 5.0])
def test_a_deadline_answers_with_a_bound(seconds: float) -> None:
    """However little time there is, the plan keeps its limits and its bound holds against the plan with time."""
    seed = 3
    problem = _large(seed)
    quick, slow = p_median(problem, 12, seconds=seconds), p_median(problem, 12)
    assert quick.bound <= slow.objective * (1 + 1e-9), f"seed {seed}"
    assert quick.chosen.size <= 12, f"seed {seed}"
    quick, slow = max_cover(problem, 6, seconds=seconds), max_cover(problem, 6)
    assert quick.bound >= slow.objective * (1 - 1e-9), f"seed {seed}"
    quick, slow = expected_cover(problem, 6, 0.3, seconds=seconds), expected_cover(problem, 6, 0.3, seconds=10)
    assert quick.bound >= slow.objective * (1 - 1e-9), f"seed {seed}"
