"""Set covering: the least that covers everybody who can be covered (Toregas, Swain, ReVelle & Bergman 1971)."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from engine.errors import SitingError
from engine.siting.cover_model import least_cover
from engine.siting.limits import PATIENCE, Deadline, Limits
from engine.siting.plan import SitingPlan, make_plan
from engine.siting.problem import SitingProblem

Least = Literal["sites", "cost"]


def set_cover(
    problem: SitingProblem, least: Least = "sites", *, seconds: float = PATIENCE, gap: float = 0.0
) -> SitingPlan:
    """The fewest new sites, or the cheapest, with which every row with weight that can be covered is.

    The objective is their number or cost; rows that no site can cover are `beyond_all`. Raises SitingError.
    """
    if least not in ("sites", "cost"):
        raise SitingError(f"least is {least!r}; choose sites or cost", field="least", value=least)
    deadline = Deadline.start(seconds)
    Limits.of(problem, None, None, needed=False)
    covers, candidates = problem.covers, problem.candidates
    wanted = problem.weights > 0
    beyond = np.flatnonzero(wanted & ~covers.any(axis=1))
    rows = wanted & covers.any(axis=1) & ~covers[:, problem.open].any(axis=1)
    cost = problem.costs[candidates] if least == "cost" else np.ones(candidates.size)
    # sites that cost nothing are taken at once, and those that are not needed dropped by the reductions before
    found = least_cover(np.ascontiguousarray(covers[rows][:, candidates]), cost, deadline, gap)
    chosen = candidates[:0] if found.columns is None else candidates[found.columns]
    return make_plan("set_cover", problem, chosen, found.total, _least(found.bound), beyond, deadline)


def _least(bound: float) -> float:
    return bound if math.isfinite(bound) else 0.0
