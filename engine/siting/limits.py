"""What may be opened and how long may be thought: a number of sites, a budget, a deadline."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from engine.errors import SitingError, SitingImpossibleError
from engine.search_progress import step
from engine.siting.problem import SitingProblem
from graphs.network import Float64

#: Seconds by default.
PATIENCE = 60.0
#: Sums of costs may exceed a budget by so little (relative), as 0.1 + 0.2 does 0.3.
SLACK = 1e-9


@dataclass(frozen=True)
class Deadline:
    """The clock runs from when it is made."""

    seconds: float = PATIENCE
    begun: float = 0.0

    @staticmethod
    def start(seconds: float) -> Deadline:
        """Raises SitingError unless the seconds are a number above 0."""
        if not 0 < seconds < math.inf:
            raise SitingError(f"the deadline is {seconds} s; give a number above 0", field="seconds", value=seconds)
        return Deadline(seconds, time.perf_counter())

    @property
    def spent(self) -> float:
        return time.perf_counter() - self.begun

    @property
    def left(self) -> float:
        return self.seconds - self.spent

    @property
    def over(self) -> bool:
        """Whoever looks at the clock has made a step."""
        step()
        return self.left <= 0


@dataclass(frozen=True)
class Limits:
    """At most so many new sites, and at most so much for them; infinite where not limited."""

    sites: int
    budget: float

    @staticmethod
    def of(problem: SitingProblem, sites: int | None, budget: float | None, *, needed: bool = True) -> Limits:
        """Raises SitingError or SitingImpossibleError: no candidates, no limit, out of range, a budget for nothing."""
        return Limits.among(problem.costs[problem.candidates], sites, budget, needed=needed)

    @staticmethod
    def among(costs: Float64, sites: int | None, budget: float | None, *, needed: bool = True) -> Limits:
        """The same of candidates with these costs."""
        count = costs.size
        if not count:
            raise SitingError("there are no candidates: every site exists already; add sites", field="existing")
        if sites is None and budget is None and needed:
            raise SitingError("say how many sites may be opened, or what they may cost", field="sites")
        if sites is not None and (sites != int(sites) or not 1 <= sites <= count):
            raise SitingError(
                f"{sites} sites cannot be opened; give 1 to {count:,}, the number of candidates",
                field="sites",
                value=sites,
                most=count,
            )
        if budget is not None:
            if not 0 <= budget < math.inf:
                raise SitingError(f"the budget is {budget}; give a number from 0", field="budget", value=budget)
            cheapest = float(costs.min())
            if cheapest > budget * (1 + SLACK):
                raise SitingImpossibleError(
                    f"the budget of {budget:g} buys nothing: the cheapest candidate costs {cheapest:g}",
                    field="budget",
                    value=budget,
                    least=cheapest,
                )
        return Limits(count if sites is None else int(sites), math.inf if budget is None else budget * (1 + SLACK))

    def allow(self, cost: Float64) -> bool:
        """Whether sites of these costs may be opened together."""
        return cost.size <= self.sites and float(np.sum(cost)) <= self.budget
