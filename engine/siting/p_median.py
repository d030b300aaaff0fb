"""The p-median: the least weighted mean arrival (Hakimi 1964)."""

from __future__ import annotations

import math

import numpy as np

from engine.errors import SitingError
from engine.siting.capped import Capped
from engine.siting.limits import PATIENCE, Deadline, Limits
from engine.siting.plan import SitingPlan, make_plan
from engine.siting.problem import SitingProblem
from engine.siting.solve_capped import solve_capped


def p_median(
    problem: SitingProblem,
    sites: int | None = None,
    budget: float | None = None,
    *,
    unreached_ms: float | None = None,
    seconds: float = PATIENCE,
    gap: float = 0.0,
) -> SitingPlan:
    """The least mean arrival, by weight, with at most `sites` new sites, at most `budget`, or both.

    The objective is the mean over the rows that any site has a way to, each from its nearest open site; a row that is
    not reached although it could be counts as `unreached_ms`, by default twice the longest arrival there is.
    Raises SitingError, SitingImpossibleError.
    """
    deadline = Deadline.start(seconds)
    limits = Limits.of(problem, sites, budget)
    reachable = np.isfinite(problem.arrival).any(axis=1) & (problem.weights > 0)
    arrival, weight = problem.arrival[reachable], problem.weights[reachable]
    longest = float(arrival[np.isfinite(arrival)].max())
    penalty = 2.0 * longest if unreached_ms is None else unreached_ms
    if not longest <= penalty < math.inf:
        raise SitingError(
            f"unreached_ms is {penalty}; give at least the longest arrival, {longest:g}",
            field="unreached_ms",
            value=penalty,
            least=longest,
        )
    candidates = problem.candidates
    cap = weight * np.minimum(problem.nearest_existing()[reachable], penalty)
    value = weight[:, None] * arrival[:, candidates]
    found = solve_capped(Capped.of(value, cap, problem.costs[candidates], limits), deadline, gap)
    whole = math.fsum(weight.tolist())
    beyond = np.flatnonzero(~np.isfinite(problem.arrival).any(axis=1) & (problem.weights > 0))
    chosen = candidates[found.chosen]
    return make_plan("p_median", problem, chosen, found.total / whole, found.bound / whole, beyond, deadline)
