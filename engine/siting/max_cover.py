"""Maximal covering: as much weight as possible within promise (Church & ReVelle 1974)."""

from __future__ import annotations

import math

import numpy as np

from engine.search_progress import seen_as
from engine.siting.capped import Capped
from engine.siting.limits import PATIENCE, Deadline, Limits
from engine.siting.merging import merged
from engine.siting.plan import SitingPlan, make_plan
from engine.siting.problem import SitingProblem
from engine.siting.solve_capped import solve_capped


def max_cover(
    problem: SitingProblem,
    sites: int | None = None,
    budget: float | None = None,
    *,
    seconds: float = PATIENCE,
    gap: float = 0.0,
) -> SitingPlan:
    """The most weight within promise with at most `sites` new sites, at most `budget`, or both.

    The objective is covered weight. Rows that equal sites cover are merged, rows that existing sites cover are settled.
    Raises SitingError, SitingImpossibleError.
    """
    deadline = Deadline.start(seconds)
    limits = Limits.of(problem, sites, budget)
    covers, candidates = problem.covers, problem.candidates
    open_rows = ~covers[:, problem.open].any(axis=1) & (problem.weights > 0)
    patterns, weight = merged(covers[open_rows][:, candidates], problem.weights[open_rows])
    capped = Capped.of(np.where(patterns, 0.0, weight[:, None]), weight, problem.costs[candidates], limits)
    everything = math.fsum(problem.weights.tolist())
    with seen_as(lambda missed: everything - missed):
        found = solve_capped(capped, deadline, gap)
    beyond = np.flatnonzero(~covers.any(axis=1) & (problem.weights > 0))
    chosen = candidates[found.chosen]
    return make_plan("max_cover", problem, chosen, everything - found.total, everything - found.bound, beyond, deadline)
