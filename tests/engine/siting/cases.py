"""Small problems, every choice of sites, and the files beside the repository."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.siting import SitingProblem
from graphs.search import INF

DATA = Path(__file__).parents[4] / "shared" / "data" / "siting"
ROW = {"within_ms": [60], "contract_cost": [1.0], "existing": [False]}


def small(seed: int, *, whole: bool = False) -> SitingProblem:
    """Up to 9 rows and 7 sites, with missing ways, weights of zero, equal sites and existing ones."""
    rng = np.random.default_rng(seed)
    rows, sites = int(rng.integers(1, 10)), int(rng.integers(2, 8))
    arrival = rng.integers(0, 100, (rows, sites)).astype(np.int64)
    if not whole:
        arrival[rng.random((rows, sites)) < 0.15] = INF
    if rng.random() < 0.3:
        arrival[:, 0] = arrival[:, 1]
    arrival[0, -1] = 5
    weight = rng.integers(0, 5, rows).astype(np.float64) if rng.random() < 0.5 else rng.random(rows)
    weight[0] = 1.0
    existing = rng.random(sites) < 0.25
    existing[0] = False
    cost = rng.integers(0, 6, sites).astype(np.float64) if rng.random() < 0.5 else rng.random(sites) * 5
    return SitingProblem(arrival, weight, rng.integers(20, 70, rows), cost, existing, rng.integers(0, 3, sites))


def limits(problem: SitingProblem, seed: int) -> tuple[int | None, float | None]:
    """A number of sites, a budget that buys the cheapest, or both."""
    rng = np.random.default_rng(seed + 10_000)
    sites = int(rng.integers(1, problem.candidates.size + 1))
    costs = problem.costs[problem.candidates]
    budget = float(costs.min() + rng.random() * costs.sum())
    return [(sites, None), (None, budget), (sites, budget)][seed % 3]


def choices(problem: SitingProblem, sites: int | None, budget: float | None) -> Iterator[np.ndarray]:
    """Every choice of candidates within the limits, the empty one too."""
    candidates = problem.candidates.tolist()
    for count in range((len(candidates) if sites is None else sites) + 1):
        for chosen in itertools.combinations(candidates, count):
            picked = np.array(chosen, np.int64)
            if budget is None or problem.costs[picked].sum() <= budget * (1 + 1e-9):
                yield picked


def arrivals(problem: SitingProblem, chosen: np.ndarray) -> np.ndarray:
    """[d] from the nearest of the chosen and the existing sites."""
    serving = np.union1d(np.flatnonzero(problem.open), chosen).astype(np.int64)
    if not serving.size:
        return np.full(len(problem), np.inf)
    return problem.arrival[:, serving].min(axis=1)


def best(problem: SitingProblem, limits: tuple, value: Callable[[np.ndarray], float]) -> float:
    """The least value over every choice."""
    return min(value(chosen) for chosen in choices(problem, *limits))


def need(name: str) -> Path:
    """A file beside the repository; the test skips by name without it."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the repository")
    return path
