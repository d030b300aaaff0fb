"""The p-centre: nobody waits longer than need be (Hakimi 1964; by covers, Minieka 1970)."""

from __future__ import annotations

import math

import numpy as np

from engine.errors import SitingImpossibleError
from engine.search_progress import known
from engine.siting.cover_model import dual_bound, greedy_cover, least_cover
from engine.siting.limits import PATIENCE, Deadline, Limits
from engine.siting.plan import SitingPlan, make_plan
from engine.siting.problem import Bool, SitingProblem
from graphs.network import Float64, Int64


def p_centre(
    problem: SitingProblem,
    sites: int | None = None,
    budget: float | None = None,
    *,
    seconds: float = PATIENCE,
) -> SitingPlan:
    """The least longest arrival over the rows with weight that any site has a way to.

    Binary search over the arrivals there are: those that a cover within the limits reaches, and those that none does.
    First with greedy covers and dual bounds alone, then with integer programs between the two.
    Raises SitingError; SitingImpossibleError if the limits allow no way to everybody.
    """
    deadline = Deadline.start(seconds)
    limits = Limits.of(problem, sites, budget)
    reachable = np.isfinite(problem.arrival).any(axis=1) & (problem.weights > 0)
    beyond = np.flatnonzero(~np.isfinite(problem.arrival).any(axis=1) & (problem.weights > 0))
    times = problem.arrival[reachable]
    search = _Centre(
        times[:, problem.candidates], problem.nearest_existing()[reachable], problem.costs[problem.candidates], limits
    )
    values = search.values()
    low, high, best = 0, values.size, None  # no cover below values[low]; `best` covers within values[high]
    low, high, best = search.quick(values)
    while low < high and not deadline.over:
        middle = (low + high) // 2
        found, certain = search.exact(values[middle], deadline)
        if found is not None:
            best = found
            high = int(np.searchsorted(values, search.longest(found)))
        elif certain:
            low = middle + 1
        else:
            break
        if best is not None:
            known(search.longest(best), float(values[low]))
    if best is None:
        if low < values.size:
            raise SitingImpossibleError(
                "no plan that reaches everybody was found in time: allow more sites or seconds", field="seconds"
            )
        raise SitingImpossibleError(
            "these limits leave rows without any way: allow more sites or a greater budget, or remove such rows",
            field="sites",
        )
    return make_plan(
        "p_centre", problem, problem.candidates[best], search.longest(best), float(values[low]), beyond, deadline
    )


class _Centre:
    """Whether everybody can be reached within a time; `times` is [n, m], `cap` [n] the existing sites' arrivals."""

    def __init__(self, times: Float64, cap: Float64, cost: Float64, limits: Limits) -> None:
        self.times, self.cap, self.cost, self.limits = times, cap, cost, limits

    def values(self) -> Float64:
        """Longest arrivals that may be the answer, ascending: none is below the best that all sites together do."""
        everything = np.concatenate([self.times.ravel(), self.cap])
        least = np.minimum(self.times.min(axis=1), self.cap).max()
        return np.unique(everything[np.isfinite(everything) & (everything >= least)])

    def longest(self, chosen: Int64) -> float:
        if not chosen.size:
            return float(self.cap.max())
        return float(np.minimum(self.times[:, chosen].min(axis=1), self.cap).max())

    def _matrix(self, within: float) -> Bool:
        return np.ascontiguousarray(self.times[self.cap > within] <= within)

    def quick(self, values: Float64) -> tuple[int, int, Int64 | None]:
        """(first value that may do, one that does, with whom), by greedy covers and dual bounds."""
        low, high, best = 0, values.size, None
        first, last = 0, values.size - 1
        while first <= last:
            middle = (first + last) // 2
            matrix = self._matrix(values[middle])
            found = greedy_cover(matrix, np.ones(self.cost.size)) if matrix.size else np.empty(0, np.int64)
            if self.limits.allow(self.cost[found]):
                high, best = middle, found
                last = middle - 1
            else:
                first = middle + 1
        first, last = 0, high - 1
        while first <= last:
            middle = (first + last) // 2
            if self._hopeless(values[middle]):
                low = middle + 1
                first = middle + 1
            else:
                last = middle - 1
        return low, high, best

    def _hopeless(self, within: float) -> bool:
        matrix = self._matrix(within)
        if not matrix.size:
            return False
        if dual_bound(matrix, np.ones(self.cost.size)) > self.limits.sites + 1e-6:
            return True
        return math.isfinite(self.limits.budget) and dual_bound(matrix, self.cost) > self.limits.budget * (1 + 1e-9)

    def exact(self, within: float, deadline: Deadline) -> tuple[Int64 | None, bool]:
        """(a choice that reaches all in time or None, whether None is certain)."""
        matrix = self._matrix(within)
        if not matrix.size:
            return np.empty(0, np.int64), True
        if math.isinf(self.limits.budget):
            found = least_cover(matrix, np.ones(self.cost.size), deadline, most=self.limits.sites, enough=True)
        else:
            found = least_cover(matrix, self.cost, deadline, most=self.limits.sites)
        if found.columns is not None and self.limits.allow(self.cost[found.columns]):
            return found.columns, True
        # without a cover the bound says how sure that is
        least = self.limits.sites if math.isinf(self.limits.budget) else self.limits.budget
        return None, found.bound > least * (1 + 1e-9)
