"""Batch assignment against scipy's exact dense solver and against brute force."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from engine.assign.greedy import solve_greedy
from engine.assign.prices import bound
from engine.assign.problem import NO_CUTOFF, SparseProblem
from engine.assign.solve import Candidates, solve_batch
from graphs.network import Int64


def _candidates(costs: Int64, unserved: Int64) -> Candidates:
    """The `wanted` cheapest units of each incident out of a full matrix, with its cut-off."""
    n, units = costs.shape
    order = np.argsort(costs, axis=1, kind="stable").astype(np.int32)

    def take(wanted: np.ndarray) -> SparseProblem:
        kept = np.minimum(wanted, units)
        rows = [order[i, : kept[i]] for i in range(n)]
        return SparseProblem(
            first=np.concatenate([[0], np.cumsum(kept)]).astype(np.int64),
            unit=np.concatenate(rows).astype(np.int32),
            cost=np.concatenate([costs[i, rows[i]] for i in range(n)]),
            unserved=unserved,
            cutoff=np.array([costs[i, order[i, k]] if (k := kept[i]) < units else NO_CUTOFF for i in range(n)]),
        )

    return take


def _dense_optimum(costs: Int64, unserved: Int64) -> int:
    n = unserved.size
    leave = np.where(np.eye(n, dtype=bool), unserved[:, None], 10**12)
    dense = np.hstack([costs, leave])
    rows, columns = linear_sum_assignment(dense)
    return int(dense[rows, columns].sum())


@pytest.mark.parametrize("seed", range(30))
def test_equals_dense_optimum(seed: int) -> None:
    """Growing candidate lists end at the optimum over all units, with a gap proven to be zero."""
    rng = np.random.default_rng(seed)
    n, units = int(rng.integers(1, 70)), int(rng.integers(1, 250))
    top = 1000 if seed % 2 else 12  # few distinct costs: many ties
    costs = rng.integers(0, top, (n, units)) + rng.integers(0, 500, units)  # popular units: long lists needed
    unserved = rng.integers(200, 1500, n)
    solution = solve_batch(_candidates(costs, unserved), n)
    assert solution.cost == _dense_optimum(costs, unserved), f"seed {seed}"
    assert solution.gap == 0, f"seed {seed}"
    taken = solution.chosen[solution.chosen >= 0]
    assert np.unique(taken).size == taken.size, f"seed {seed}"


@pytest.mark.parametrize("seed", range(20))
def test_equals_brute_force(seed: int) -> None:
    """On tiny cases the answer equals the best of all assignments, leaving incidents included."""
    rng = np.random.default_rng(1000 + seed)
    n, units = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    costs, unserved = rng.integers(0, 50, (n, units)), rng.integers(0, 60, n)
    slots = [*range(units), *[-1] * n]
    best = min(
        sum(unserved[i] if unit < 0 else costs[i, unit] for i, unit in enumerate(pick))
        for pick in set(permutations(slots, n))
    )
    assert solve_batch(_candidates(costs, unserved), n).cost == best, f"seed {1000 + seed}"


def test_crowded_popular_units_lengthen_the_lists() -> None:
    """Sixty incidents that all prefer the same forty units need more than the first candidates, and get them."""
    rng = np.random.default_rng(5)
    costs = np.hstack([rng.integers(0, 10, (60, 40)), rng.integers(100, 200, (60, 300))])
    unserved = np.full(60, 10**6)
    solution = solve_batch(_candidates(costs, unserved), 60)
    assert solution.problem.unit.size > 60 * 32
    assert solution.cost == _dense_optimum(costs, unserved)


@pytest.mark.parametrize("seed", range(10))
def test_bound_of_any_choice_is_valid(seed: int) -> None:
    """The bound fitted to a greedy choice never exceeds the optimum, and greedy never beats it."""
    rng = np.random.default_rng(seed)
    costs, unserved = rng.integers(0, 300, (40, 30)) + rng.integers(0, 200, 30), np.full(40, 600)
    problem = _candidates(costs, unserved)(np.full(40, 8))
    chosen = solve_greedy(problem)
    optimum = _dense_optimum(costs, unserved)
    assert bound(problem, chosen).lower <= optimum <= problem.cost_of(chosen), f"seed {seed}"


def test_past_deadline_answers_with_the_incumbent_and_its_gap() -> None:
    """With no time left the quick answer comes back, and its gap covers the distance to the optimum."""
    rng = np.random.default_rng(3)
    costs, unserved = rng.integers(0, 300, (40, 30)), np.full(40, 600)
    solution = solve_batch(_candidates(costs, unserved), 40, stop_at=0.0, clock=lambda: 1.0)
    assert solution.solver.startswith("greedy")
    assert solution.cost - solution.gap <= _dense_optimum(costs, unserved) <= solution.cost
