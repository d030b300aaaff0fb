"""The answer: which sites, how good it is, how good any answer could be, and who is served from where."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.siting.limits import Deadline
from engine.siting.problem import SitingProblem
from graphs.network import Float64, Int64

#: A gap below this cannot be told from none.
PROVEN = 1e-6


@dataclass(frozen=True, eq=False)
class SitingPlan:
    """What to open; every figure counts the existing sites too.

    `objective` and `bound` are in the unit of the question; a gap is their difference over the objective. Shares are of
    all weight; `mean_arrival_ms` and `longest_arrival_ms` are over the rows with weight that somebody has a way to.
    """

    question: str
    chosen: Int64  # candidates to open, ascending
    units: Int64  # [s] units to place, 1 at each chosen site unless the question places several
    objective: float
    bound: float
    gap: float
    proven: bool
    covered_share: float
    mean_arrival_ms: float
    longest_arrival_ms: float
    assignment: Int64  # [d] the nearest site that is open, -1 where none has a way
    arrival_ms: Float64  # [d] from there, infinite where none has a way
    cost: float
    beyond_all: Int64  # rows with weight that no site can serve as asked (within promise, or at all)
    seconds: float


def make_plan(
    question: str,
    problem: SitingProblem,
    chosen: Int64,
    objective: float,
    bound: float,
    beyond_all: Int64,
    deadline: Deadline,
    units: Int64 | None = None,
) -> SitingPlan:
    """Everything that follows from the chosen sites. O(d x open sites)."""
    chosen = np.sort(np.asarray(chosen, np.int64))
    placed = np.zeros(problem.costs.size, np.int64)
    placed[chosen] = 1
    placed = placed if units is None else units
    serving = np.flatnonzero(problem.open | (placed > 0))
    nearest, arrival = np.full(len(problem), -1, np.int64), np.full(len(problem), np.inf)
    if serving.size:
        best = np.argmin(problem.arrival[:, serving], axis=1)
        arrival = problem.arrival[np.arange(len(problem)), serving[best]]
        nearest = np.where(np.isfinite(arrival), serving[best], -1)
    weight = problem.weights
    counted = (weight > 0) & np.isfinite(arrival)
    all_weight = math.fsum(weight.tolist())
    served = math.fsum(weight[counted].tolist())
    apart = abs(objective - bound)
    gap = apart / abs(objective) if objective else (0.0 if apart == 0 else math.inf)
    gap = 0.0 if gap < 1e-12 else gap
    return SitingPlan(
        question=question,
        chosen=chosen,
        units=placed,
        objective=objective,
        bound=bound,
        gap=gap,
        proven=gap <= PROVEN,
        covered_share=math.fsum(weight[arrival <= problem.within].tolist()) / all_weight,
        mean_arrival_ms=math.fsum((weight[counted] * arrival[counted]).tolist()) / served if served else math.inf,
        longest_arrival_ms=float(arrival[counted].max()) if served else math.inf,
        assignment=nearest,
        arrival_ms=arrival,
        cost=math.fsum((problem.costs * placed * ~problem.open).tolist()) if units is None
        else math.fsum((problem.costs * placed).tolist()),
        beyond_all=beyond_all,
        seconds=deadline.spent,
    )  # fmt: skip
