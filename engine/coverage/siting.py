"""Where the next contractor should be: candidates, demand and roads to numbers, and the answer back to a scenario."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.coverage.coverage import Coverage
from engine.coverage.evaluation import Result
from engine.coverage.planner import Planner
from engine.coverage.siting_arrivals import Sites, as_columns, site_arrivals, units_within
from engine.coverage.siting_candidates import Candidates
from engine.coverage.siting_question import check_question, refuse_taken
from engine.coverage.siting_rows import DemandRows
from engine.coverage.siting_steps import Exact, Figures, Goal
from engine.coverage.stands import Stands
from engine.coverage.worth import provider_worth
from engine.errors import SitingError, SitingImpossibleError
from engine.model import Service
from engine.scenario.model import AddProvider
from engine.scenario.scenario import Scenario
from engine.siting import SitingPlan, SitingProblem, expected_cover, max_cover, p_centre, p_median, set_cover
from engine.siting.expected import MOST_UNITS
from engine.siting.limits import PATIENCE
from graphs.network import Float64, Int64
from graphs.search import INF

#: Pairs of a place and a site beyond which places stand for others. The median cannot merge places that are alike.
MOST_PAIRS = {goal: 600_000 if goal is Goal.MEAN else 12_000_000 for goal in Goal}
#: Rows are not fewer than these for many sites' sake.
LEAST_ROWS = 500


@dataclass(frozen=True, slots=True)
class ChosenSite:
    """A candidate to contract."""

    row: int  # among the candidates
    id: str
    lon: float
    lat: float
    road: str
    crews: int
    contract_cost: float
    adds: float  # demand within promise, when it comes after those before it; of several moments the mean
    then: Figures  # with it and those before it
    first_for: float  # demand at which it is first, when all are there
    lost_without: float  # demand within promise then, and not if it alone leaves


@dataclass(frozen=True, eq=False)
class SiteAnswer:
    """The plan: what it does exactly, and how much better any could be."""

    goal: Goal
    service: Service
    candidates: Candidates
    plan: SitingPlan  # of the rows that were looked at
    rows: DemandRows
    busy: float | None
    chosen: tuple[ChosenSite, ...]  # the one that helps most first
    beyond: float  # demand that no site, existing or candidate, serves as asked (within promise, or at all)
    figures_before: Figures
    figures_after: Figures
    before: Result  # the fleet under the scenario, without the sites
    after: Result  # and with them
    scenario: Scenario  # that has them as added providers

    @property
    def objective(self) -> float:
        """What the plan achieves at the rows looked at: a share, minutes; for all: sites or their cost."""
        return self._shown(self.plan.objective)

    @property
    def bound(self) -> float:
        """What no choice beats at these rows, in the same unit."""
        return self._shown(self.plan.bound)

    def _shown(self, value: float) -> float:
        match self.goal:
            case Goal.MEAN | Goal.LONGEST:
                return value / 60_000
            case Goal.COVER | Goal.EXPECTED:
                return value / (self.rows.weight.sum() * len(self.before.evaluations))
            case Goal.ALL:
                return value


def choose_sites(
    planner: Planner,
    stands: Stands,
    candidates: Candidates,
    service: Service,
    goal: Goal | str = Goal.COVER,
    *,
    sites: int | None = None,
    budget: float | None = None,
    busy: float | None = None,
    scenario: Scenario | None = None,
    seconds: float = PATIENCE,
    gap: float = 0.0,
) -> SiteAnswer:
    """Which candidates to contract beside a fleet, for one service under a scenario; of several moments each counts.

    ``sites`` and ``budget`` limit what is added. For the goal `EXPECTED`, ``sites`` is a number of crews, each busy for
    the share ``busy``: several may stand at one candidate (at most its crews, where they are known), each at its cost.
    The goal `ALL` takes no limits: the cheapest where costs are known, else the fewest. Raises SitingError,
    SitingImpossibleError, ScenarioError, and what snapping raises.
    """
    goal = goal_of(goal)
    check_question(goal, service, candidates, sites, budget, busy, scenario)
    if scenario is not None:
        planner.checked(scenario, stands)  # tells lines of its file, which the one with more providers has not
    asked = replace(scenario or Scenario(), places={})
    asked = replace(asked, when=replace(asked.when, services=(service,)))
    usable = candidates.offering(service)
    known = planner.checked(asked, stands)
    if known.layer is not None:  # read once: before and after are of the same places
        asked = asked.changed(brought=known.layer)
    before = planner.evaluate(stands, known)
    refuse_taken(candidates, (provider.id for provider in before.evaluations[0].stands.providers))
    coverages = [each.coverage for each in before.evaluations]
    on_roads = Sites.of(candidates, coverages[0], planner.policy.limits.max_snap_m).take(usable)
    most = max(LEAST_ROWS, MOST_PAIRS[goal] // (usable.size + 1) // len(coverages))
    rows = DemandRows.of(coverages[0].demand, most)
    problem = _problem(coverages, rows, on_roads, candidates, usable, goal)
    plan = _solved(problem, goal, sites, budget, busy, candidates, usable, seconds, gap)
    held = problem.costs.size - usable.size
    local = plan.chosen - held
    crews = plan.units[plan.chosen] if goal is Goal.EXPECTED else None
    added = [
        candidates.provider(int(usable[j]), int(crews[i]) if crews is not None else None) for i, j in enumerate(local)
    ]
    made = with_sites(asked, added, service)
    after = planner.evaluate(stands, made)
    size = np.array([each.crews for each in added], np.int64)
    exact = _exact(coverages, on_roads.take(local), size, busy)
    order, figures = exact.in_order(goal)
    worth = [provider_worth(each.coverage) for each in after.evaluations]
    number = {provider.id: row for row, provider in enumerate(after.evaluations[0].stands.providers)}
    network = planner.region.network
    chosen = tuple(
        ChosenSite(
            row=int(usable[local[k]]),
            id=added[k].id,
            lon=added[k].lon,
            lat=added[k].lat,
            road=network.road(int(on_roads.positions.arc[local[k]])),
            crews=added[k].crews,
            contract_cost=added[k].contract_cost,
            adds=(figures[step + 1].covered - figures[step].covered) / len(coverages),
            then=figures[step + 1],
            first_for=float(np.mean([each.first[number[added[k].id]] for each in worth])),
            lost_without=float(np.mean([each.lost[number[added[k].id]] for each in worth])),
        )
        for step, k in enumerate(order)
    )
    return SiteAnswer(
        goal=goal,
        service=service,
        candidates=candidates,
        plan=plan,
        rows=rows,
        busy=busy,
        chosen=chosen,
        beyond=float(problem.weights[plan.beyond_all].sum()) / len(coverages),
        figures_before=figures[0],
        figures_after=figures[-1],
        before=before,
        after=after,
        scenario=made,
    )


def with_sites(scenario: Scenario, added: Sequence[AddProvider], service: Service) -> Scenario:
    """The scenario with more providers."""
    what = service.value.replace("_", " ")
    title = f"{len(added)} more for {what}"
    return replace(
        scenario,
        title=f"{scenario.title}: {title}"[:200] if scenario.title else title,
        providers=(*scenario.providers, *added),
    )


def goal_of(goal: Goal | str) -> Goal:
    """By its word; SitingError for another."""
    try:
        return Goal(goal)
    except ValueError:
        raise SitingError(f"{goal!r} is no goal; choose one of {', '.join(Goal)}", field="goal", value=goal) from None


def _problem(
    coverages: list[Coverage], rows: DemandRows, sites: Sites, candidates: Candidates, usable: Int64, goal: Goal
) -> SitingProblem:
    """All moments one below the other: existing units as columns, then the candidates."""
    first = np.concatenate([_first(each)[rows.place] for each in coverages])
    units = np.zeros(first.size, np.int64)
    if goal is Goal.EXPECTED:
        units = np.concatenate([units_within(each, rows.place) for each in coverages])
    existing, crews = as_columns(first, units)
    arrival = np.vstack([site_arrivals(each, sites, rows.place) for each in coverages])
    weight = np.tile(rows.weight, len(coverages))
    if not (arrival[weight > 0] < INF).any():
        raise SitingImpossibleError(
            f"no candidate of {candidates.name} has a way to any demand that it may serve: look for closed roads, "
            "places off the roads and exclusive concessions",
            field="candidates",
        )
    held = existing.shape[1]
    return SitingProblem(
        np.hstack([existing, arrival]),
        weight,
        np.concatenate([each.demand_within_ms[rows.place] for each in coverages]),
        np.concatenate([np.zeros(held), candidates.contract_cost[usable]]),
        np.arange(held + usable.size) < held,
        np.concatenate([crews, np.zeros(usable.size, np.int64)]),
    )


def _solved(
    problem: SitingProblem,
    goal: Goal,
    sites: int | None,
    budget: float | None,
    busy: float | None,
    candidates: Candidates,
    usable: Int64,
    seconds: float,
    gap: float,
) -> SitingPlan:
    match goal:
        case Goal.COVER:
            return max_cover(problem, sites, budget, seconds=seconds, gap=gap)
        case Goal.ALL:
            return set_cover(problem, "cost" if candidates.priced else "sites", seconds=seconds, gap=gap)
        case Goal.MEAN:
            return p_median(problem, sites, budget, seconds=seconds, gap=gap)
        case Goal.LONGEST:
            return p_centre(problem, sites, budget, seconds=seconds)
        case Goal.EXPECTED:
            most = np.full(usable.size, MOST_UNITS)
            if candidates.sized:
                most = np.minimum(candidates.crews[usable], MOST_UNITS)
            held = problem.costs.size - usable.size
            units = sites if sites is not None else _affordable(problem.costs[held:], most, budget or 0.0)
            at_site = np.concatenate([np.zeros(held, np.int64), most])
            assert busy is not None
            return expected_cover(problem, units, busy, budget, most_at_site=at_site, seconds=seconds, gap=gap)


def _affordable(cost: Float64, most: Int64, budget: float) -> int:
    """The most crews that a budget buys."""
    order = np.argsort(cost, kind="stable")
    money, units = budget * (1 + 1e-9), 0
    for each, number in zip(cost[order].tolist(), most[order].tolist(), strict=True):
        bought = number if not each else min(number, math.floor(money / each))
        money, units = money - bought * each, units + bought
    return min(max(units, 1), MOST_UNITS)


def _first(coverage: Coverage) -> Float64:
    ms = coverage.demand_ms[:, 0]
    return np.where(ms >= INF, np.inf, ms.astype(np.float64))


def _exact(coverages: list[Coverage], sites: Sites, crews: Int64, busy: float | None) -> Exact:
    every = np.arange(len(coverages[0].demand.places))
    arrival = np.vstack([site_arrivals(each, sites, every) for each in coverages])
    return Exact(
        weight=np.concatenate([each.demand.weight for each in coverages]),
        within_ms=np.concatenate([each.demand_within_ms for each in coverages]),
        first_ms=np.concatenate([_first(each) for each in coverages]),
        units=None if busy is None else np.concatenate([units_within(each, every) for each in coverages]),
        arrival_ms=np.where(arrival >= INF, np.inf, arrival.astype(np.float64)),
        crews=crews,
        busy=busy,
    )
