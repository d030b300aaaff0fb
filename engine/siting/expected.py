"""Expected coverage with busy units, several at one site: MEXCLP (Daskin 1983)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.errors import SitingError, SitingImpossibleError
from engine.siting.busy import Busy, solve_busy
from engine.siting.limits import PATIENCE, SLACK, Deadline
from engine.siting.merging import merged
from engine.siting.plan import SitingPlan, make_plan
from engine.siting.problem import SitingProblem
from graphs.network import Float64, Int64

#: More units than anybody places at once; each adds a step to every row.
MOST_UNITS = 500


def expected_cover(
    problem: SitingProblem,
    units: int,
    busy: float,
    budget: float | None = None,
    *,
    most_at_site: npt.ArrayLike | None = None,
    seconds: float = PATIENCE,
    gap: float = 0.0,
) -> SitingPlan:
    """Where to place at most `units` new units so that most weight finds a unit within promise that is not busy.

    Each unit is busy for the share `busy` of the time, whatever the others do: a row within promise of k units counts
    (1 - busy^k) of its weight. The crews of existing sites count. `most_at_site` [s] limits the new units at a site: by
    default all of them at a candidate, none at an existing site. A unit costs the site's `contract_cost`. The objective
    is expected covered weight. Raises SitingError, SitingImpossibleError.
    """
    deadline = Deadline.start(seconds)
    check_units(units, busy)
    most = _most(problem, int(units), most_at_site)
    places = np.flatnonzero(most > 0)
    limit = spendable(problem.costs[places], budget)
    covers, wanted = problem.covers, problem.weights > 0
    there = (covers * problem.units[None, :]).sum(axis=1)
    share = 1.0 - busy ** there.astype(np.float64)  # what the existing crews cover
    constant = math.fsum((problem.weights * share).tolist())
    rows = wanted & covers[:, places].any(axis=1)
    patterns, weight = merged(covers[rows][:, places], (problem.weights * (1.0 - share))[rows])
    found = solve_busy(
        Busy.of(patterns, weight, float(busy), most[places], problem.costs[places], int(units), limit), deadline, gap
    )
    placed = np.zeros(problem.costs.size, np.int64)
    placed[places] = found.units
    return make_plan(
        "expected_cover",
        problem,
        np.flatnonzero((placed > 0) & ~problem.open),
        constant + found.total,
        constant + found.bound,
        np.flatnonzero(wanted & ~covers.any(axis=1)),
        deadline,
        placed,
    )


def _most(problem: SitingProblem, units: int, most_at_site: npt.ArrayLike | None) -> Int64:
    if most_at_site is None:
        most = np.where(problem.open, 0, units)
        if not most.any():
            raise SitingError("there are no candidates: every site exists already; add sites", field="existing")
        return most.astype(np.int64)
    try:
        given = np.array(most_at_site, np.float64)
    except (TypeError, ValueError):
        raise SitingError("most_at_site must be an array of numbers", field="most_at_site") from None
    if given.shape != problem.costs.shape:
        raise SitingError(
            f"most_at_site must have one value for each site ({problem.costs.size:,}), not the shape {given.shape}",
            field="most_at_site",
        )
    wrong = ~((given >= 0) & (given == np.floor(given)))
    if wrong.any():
        site = int(np.argmax(wrong))
        raise SitingError(
            f"most_at_site[{site}] is {given[site]}; give a whole number from 0", field="most_at_site", index=site
        )
    if not given.any():
        raise SitingError("most_at_site allows no unit anywhere; allow some", field="most_at_site")
    return np.minimum(given, units).astype(np.int64)


def check_units(units: int, busy: float) -> None:
    """SitingError for numbers that cannot be."""
    if units != int(units) or not 1 <= units <= MOST_UNITS:
        raise SitingError(f"{units} units cannot be placed; give 1 to {MOST_UNITS}", field="units", value=units)
    if not 0 <= busy < 1:
        raise SitingError(f"busy is {busy}; give a share from 0 to below 1", field="busy", value=busy)


def spendable(costs: Float64, budget: float | None) -> float:
    """What may be spent on units at places of these costs; SitingError, SitingImpossibleError."""
    if budget is None:
        return math.inf
    if not 0 <= budget < math.inf:
        raise SitingError(f"the budget is {budget}; give a number from 0", field="budget", value=budget)
    limit, cheapest = budget * (1 + SLACK), float(costs.min())
    if cheapest > limit:
        raise SitingImpossibleError(
            f"the budget of {budget:g} buys nothing: the cheapest site costs {cheapest:g} a unit",
            field="budget",
            value=budget,
            least=cheapest,
        )
    return limit
