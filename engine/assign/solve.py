"""Batch assignment over growing candidate lists until the optimum is proven."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.assign.flow import solve_flow
from engine.assign.greedy import solve_greedy
from engine.assign.prices import bound
from engine.assign.problem import SparseProblem
from graphs.network import Int32, Int64

#: Candidates per incident in the first round, and how much longer the lists of those who need more become.
FIRST_CANDIDATES = 32
GROWTH = 4
#: Pairs per second that the flow is expected to manage when a deadline decides whether to start it (cautious).
FLOW_PAIRS_PER_SECOND = 500_000.0

#: Solves one flow: the unit of each incident or -1; None when `timeout_s` (None: no limit) was not enough.
Flow = Callable[[SparseProblem, float | None], Int32 | None]
#: Gives the problem with at least wanted[i] candidates for incident i.
Candidates = Callable[[Int32], SparseProblem]


@dataclass(frozen=True)
class Solution:
    """A choice, its cost and the cost no assignment can go below (all in milli-minutes)."""

    problem: SparseProblem
    chosen: Int32
    cost: int
    lower: int
    solver: str

    @property
    def gap(self) -> int:
        return self.cost - self.lower


def flow_here(problem: SparseProblem, timeout_s: float | None) -> Int32 | None:
    """`solve_flow` in this thread; not begun when it would not end in time. Holds the interpreter lock meanwhile."""
    pairs = problem.unit.size + problem.incident_count
    if timeout_s is not None and pairs / FLOW_PAIRS_PER_SECOND > timeout_s:
        return None
    return solve_flow(problem)


def solve_batch(
    candidates: Candidates,
    incident_count: int,
    *,
    stop_at: float | None = None,
    clock: Callable[[], float] = time.monotonic,
    checkpoint: Callable[[], None] | None = None,
    flow: Flow = flow_here,
    wanted: Int32 | None = None,
) -> Solution:
    """The cheapest assignment, proven over all units by dual prices; or the best so far when time is short.

    An incident's list is long enough when no unit beyond it could lower the bound (its cut-off is no less than what
    the incident costs at the prices). `stop_at` is a time of `clock`; past it, the incumbent and its gap are returned.
    `checkpoint` is called before each flow and may raise to give up. `wanted` is how long the lists are to begin with.
    """
    wanted = np.full(incident_count, FIRST_CANDIDATES, np.int32) if wanted is None else wanted
    best: Solution | None = None
    search_s = 0.0
    while True:
        began = clock()
        if best is not None and stop_at is not None and began + GROWTH * search_s > stop_at:
            return best
        problem = candidates(wanted)
        search_s = clock() - began
        if checkpoint is not None:
            checkpoint()
        chosen = flow(problem, None if stop_at is None else stop_at - clock())
        if chosen is None:
            return best or _solution(problem, solve_greedy(problem), "greedy (deadline)", 0)[0]
        best, short = _solution(problem, chosen, "min-cost flow", best.lower if best else 0)
        if short.size == 0:
            return best
        wanted[short] *= GROWTH


def _solution(problem: SparseProblem, chosen: Int32, solver: str, lower: int) -> tuple[Solution, Int64]:
    """The solution with the best bound so far (no cost is negative, so 0 is one), and whose lists are too short."""
    proof = bound(problem, chosen)
    return Solution(problem, chosen, problem.cost_of(chosen), max(lower, proof.lower), solver), proof.beyond
