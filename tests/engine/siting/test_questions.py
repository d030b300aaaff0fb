"""Each question against every choice of sites on small random problems."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from engine.errors import SitingImpossibleError
from engine.siting import expected_cover, max_cover, p_centre, p_median, set_cover
from tests.engine.siting.cases import arrivals, best, limits, small

SEEDS = range(60)
CLOSE = 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_max_cover_is_the_best_choice(seed: int) -> None:
    """Maximal covering equals the best of all choices, proven, and its figures follow from its sites."""
    problem, within = small(seed), limits(small(seed), seed)
    plan = max_cover(problem, *within)

    def uncovered(chosen: np.ndarray) -> float:
        return float(problem.weights[arrivals(problem, chosen) > problem.within].sum())

    least = best(problem, within, uncovered)
    whole = problem.weights.sum()
    assert plan.proven, f"seed {seed}: gap {plan.gap}"
    assert plan.objective == pytest.approx(whole - least, abs=CLOSE), f"seed {seed}"
    assert plan.covered_share == pytest.approx((whole - uncovered(plan.chosen)) / whole, abs=CLOSE), f"seed {seed}"
    assert plan.cost == pytest.approx(problem.costs[plan.chosen].sum()), f"seed {seed}"
    assert (plan.arrival_ms == arrivals(problem, plan.chosen)).all(), f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS)
def test_p_median_is_the_best_choice(seed: int) -> None:
    """The p-median equals the best of all choices; rows left without a way cost what was said."""
    problem, within = small(seed), limits(small(seed), seed)
    plan = p_median(problem, *within, unreached_ms=300.0)
    rows = np.isfinite(problem.arrival).any(axis=1) & (problem.weights > 0)
    weight = problem.weights[rows]

    def mean(chosen: np.ndarray) -> float:
        return float((weight * np.minimum(arrivals(problem, chosen)[rows], 300.0)).sum() / weight.sum())

    assert plan.proven, f"seed {seed}: gap {plan.gap}"
    assert plan.objective == pytest.approx(best(problem, within, mean), rel=1e-6), f"seed {seed}"
    assert plan.objective == pytest.approx(mean(plan.chosen), rel=1e-9), f"seed {seed}"
    assert plan.bound <= plan.objective * (1 + 1e-12), f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS)
def test_p_centre_is_the_best_choice(seed: int) -> None:
    """The p-centre equals the best of all choices, and is refused exactly where no choice reaches everybody."""
    problem, within = small(seed), limits(small(seed), seed)
    rows = np.isfinite(problem.arrival).any(axis=1) & (problem.weights > 0)
    least = best(problem, within, lambda chosen: float(arrivals(problem, chosen)[rows].max()))
    if math.isinf(least):
        with pytest.raises(SitingImpossibleError, match="allow more sites"):
            p_centre(problem, *within)
        return
    plan = p_centre(problem, *within)
    assert plan.proven, f"seed {seed}"
    assert plan.objective == least == plan.longest_arrival_ms, f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("least", ["sites", "cost"])
def test_set_cover_is_the_best_choice(seed: int, least: str) -> None:
    """Set covering covers whoever can be covered, and no choice that does is smaller or cheaper."""
    problem = small(seed)
    plan = set_cover(problem, "cost" if least == "cost" else "sites")
    rows = problem.covers.any(axis=1) & (problem.weights > 0)

    def price(chosen: np.ndarray) -> float:
        if (arrivals(problem, chosen) > problem.within)[rows].any():
            return math.inf
        return float(problem.costs[chosen].sum()) if least == "cost" else float(chosen.size)

    assert plan.proven, f"seed {seed}: gap {plan.gap}"
    assert plan.objective == pytest.approx(best(problem, (None, None), price), abs=CLOSE), f"seed {seed}"
    assert price(plan.chosen) == pytest.approx(plan.objective, abs=CLOSE), f"seed {seed}"
    beyond = np.flatnonzero(~problem.covers.any(axis=1) & (problem.weights > 0))
    assert (plan.beyond_all == beyond).all(), f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS)
def test_expected_cover_is_the_best_placement(seed: int) -> None:
    """Expected coverage equals the best of all placements, existing crews and limits of sites included."""
    problem = small(seed)
    rng = np.random.default_rng(seed + 20_000)
    units, busy = int(rng.integers(1, 4)), float(rng.choice([0.0, 0.2, 0.5, 0.8]))
    most = rng.integers(0, 3, problem.costs.size)
    most[0] = 1
    budget = None if seed % 2 else float(problem.costs[most > 0].min() + rng.random() * 6)

    def covered(placed: np.ndarray) -> float:
        count = problem.covers @ (placed + problem.units)
        return float((problem.weights * (1.0 - busy**count)).sum())

    most_covered = 0.0
    for placed in itertools.product(*(range(min(units, each) + 1) for each in most)):
        row = np.array(placed)
        if row.sum() <= units and (budget is None or (row * problem.costs).sum() <= budget * (1 + 1e-9)):
            most_covered = max(most_covered, covered(row))
    plan = expected_cover(problem, units, busy, budget, most_at_site=most)
    assert plan.proven, f"seed {seed}: gap {plan.gap}"
    assert plan.objective == pytest.approx(most_covered, rel=1e-6), f"seed {seed}"
    assert plan.objective == pytest.approx(covered(plan.units), rel=1e-9), f"seed {seed}"
    assert (plan.units <= most).all(), f"seed {seed}"
    assert plan.units.sum() <= units, f"seed {seed}"
