"""The engine's front door: prepare a fleet, recommend for one incident, optimise many, ask for travel times."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.arrival.model import ArrivalModel
from engine.arrival.offer import Offerable, offerable
from engine.assign.solve import Flow, flow_here
from engine.candidate import candidate
from engine.closures import Moment, closures_between, open_routes
from engine.cover_lost.demand import Demand
from engine.cover_lost.places import DemandPlaces
from engine.cover_lost.reach import ReachBook
from engine.decision import Candidate, Plan, Reason, Recommendation
from engine.deferment import Deferment
from engine.elsewhere import Chosen, snapped_incidents
from engine.errors import DeadlineError
from engine.explain import why_lost, why_unserved
from engine.fleet.speed import FastestRoads
from engine.fleet.state import FleetState
from engine.intake import Intake
from engine.jobs.expand import one_unit_each
from engine.locating import locate, none_refused, positions, query_of
from engine.model import Fleet, Incident, Location
from engine.one_each import OneEachSolver
from engine.pins import pin_failed, pinned_travel_ms
from engine.planning import Solved, plan_of
from engine.policy import Policy
from engine.promise import PromiseTable
from engine.queues.plan import QueuePlan
from engine.situation import Situation, departures_ms
from engine.stages import Checkpoint, Stages
from engine.times import require_zone, to_ms
from engine.tours.choose import Asked, Choice, choose, plan_tours, too_late
from engine.tours.numbers import TourNumbers
from engine.tours.patience import all_stops
from engine.tours.size import Tours
from engine.tours.solver import TourSolver, solve_here
from graphs.errors import InputError
from graphs.metrics import MetricKey, MetricStore, MetricView
from graphs.network import Int32, Int64
from graphs.position import Positions
from graphs.posts import Posts
from graphs.region import Region
from graphs.routes import Isochrone, Route, isochrone
from graphs.routes.isochrone import RESOLUTION as ISOCHRONE_RESOLUTION
from graphs.search import INF, Metric
from graphs.snapping.located import Located
from graphs.snapping.query import LocationQuery
from graphs.travel import travel_matrix

#: Shares of a deadline after which the assignment ends, after which its incumbent is completed no further, and after
#: which tours end; the rest is for explaining.
SOLVING_SHARE, COMPLETING_SHARE, TOURS_SHARE = 0.6, 0.8, 0.85


class Dispatcher:
    """Decisions in one region under one policy and one metric, or one an hour; safe to share between threads."""

    def __init__(
        self,
        region: Region,
        policy: Policy | None = None,
        metric: Metric | None = None,
        flow: Flow = flow_here,
        metrics: MetricStore | None = None,
        posts: Posts | None = None,
        tours: TourSolver = solve_here,
        demand: Demand | None = None,
    ) -> None:
        """`metric` (free flow by default) for every departure, or with `metrics` that of each departure's hour.

        `posts` are the region's kilometre posts, for those who ask about kilometres. `demand` is where calls come from,
        by default the region's junctions: a policy with a price on lost cover asks (`[coverage]`). Raises
        CoordinateError or OutsideRegionError when a place of it cannot be used.
        """
        if metric is not None and metrics is not None:
            raise ValueError("give one metric, or a store of metrics")
        self.region = region
        self.policy = policy or Policy.default()
        self.metric = metric or region.metric
        self.promises = PromiseTable(region.network, self.policy)
        self.metrics = metrics
        self.posts = posts
        self._metric_version = "free-flow" if metric is None else "given"
        self._moment: Moment | None = None  # what `metric` is of, and for which departure
        self.fastest_roads = FastestRoads(region.network)
        self._flow, self._tours = flow, tours
        self._demand = demand
        if demand is not None and self.policy.coverage.weight > 0:
            self._demand_places  # noqa: B018 - a place that cannot be used is an error at once

    @property
    def fastest(self) -> float:
        """Metres per millisecond that nobody exceeds under `metric`: what the index bounds with."""
        return self.fastest_roads.m_per_ms(self.metric)

    def prepare(self, fleet: Fleet, *, once: bool = False) -> FleetState:
        """The fleet snapped, labelled and indexed; the first unit that cannot be used raises its own typed error.

        With `once` it is labelled only as its one question needs it, not for the hours to come.
        """
        reach = ReachBook(self._demand_places) if self.policy.coverage.weight > 0 else None
        state = FleetState.of(self.region, self.metric, self.policy, fleet, reach)
        if not once:
            self._label(state, self._kept_warm())
        return state

    def label(self, state: FleetState) -> None:
        """Label a fleet that has changed for departures now, so that no question has to; later hours are left to it."""
        self._label(state, self._kept_warm()[:1])

    def _kept_warm(self) -> list[Metric]:
        return [self.metric] if self.metrics is None else self.metrics.warm_metrics()

    def warm(self, state: FleetState, view: MetricView, keys: Sequence[MetricKey], now: datetime) -> None:
        """Label the fleet under a view before questions see it: a `MetricStore.follow` follower, bound to a fleet.

        With the current key alone only that; with more also what the fleet's departures need, and labels under
        metrics of older snapshots are forgotten.
        """
        metrics = [view.metric(key) for key in keys]
        if len(keys) > 1:
            spans, _ = view.spans(departures_ms(state, to_ms(now)))
            metrics = list(dict.fromkeys([*metrics, *(metric for span in spans for metric in view.bounds(span))]))
            state.keep_only(metrics)
        self._label(state, metrics)

    def _label(self, state: FleetState, metrics: Sequence[Metric]) -> None:
        for metric in metrics:
            labelled = state.under(metric)
            if len(labelled):
                labelled.cell_labels  # noqa: B018 - made on first use, and kept
            self.fastest_roads.m_per_ms(metric)
        if state.reach is not None and metrics:
            state.reach.under(state.under(metrics[0]))  # cover is reckoned by the traffic of now

    @cached_property
    def _demand_places(self) -> DemandPlaces:
        return DemandPlaces.of(self.region, self.policy, self.promises, self._demand)

    def situation(self, incidents: Sequence[Incident], state: FleetState, now: datetime) -> Situation:
        """The incidents, taken in, and the fleet under the metric that each unit departs in."""
        if self.metrics is None:
            return Situation.under_one_metric(incidents, state, self.promises, now, self._metric_version)
        return Situation.by_hour(incidents, state, self.promises, now, self.metrics.view())

    def departing(self, departure: datetime) -> Dispatcher:
        """This dispatcher with the one metric of a departure, whatever is published meanwhile.

        All that it answers is of one snapshot, which `metric_version` names.
        """
        if self.metrics is None:
            return self
        when, view = require_zone(departure, field="departure"), self.metrics.view()
        fixed = copy.copy(self)
        key, fixed.metric = view.at(when)
        fixed._metric_version, fixed._moment, fixed.metrics = str(key), (view.snapshot, to_ms(when)), None
        return fixed

    @property
    def metric_version(self) -> str:
        """What `metric` is called; without meaning where there is a store of metrics."""
        return self._metric_version

    def metric_at(self, departure: datetime | None = None) -> tuple[str, Metric]:
        """The metric for a departure and its version; InputError without one when the metric depends on it."""
        if self.metrics is None:
            return self._metric_version, self.metric
        if departure is None:
            raise InputError("travel times depend on the hour and on live traffic; give a departure time")
        key, metric = self.metrics.view().at(require_zone(departure, field="departure"))
        return str(key), metric

    def matrix(
        self,
        origin_lon: npt.ArrayLike,
        origin_lat: npt.ArrayLike,
        target_lon: npt.ArrayLike,
        target_lat: npt.ArrayLike,
        departure: datetime | None = None,
    ) -> Int32:
        """[k, l] travel times in ms between places in degrees, INF where there is no way; see `metric_at`.

        Raises CoordinateError or OutsideRegionError with the index of the first place that cannot be used.
        """
        return self.durations(self.snap(origin_lon, origin_lat), self.snap(target_lon, target_lat), departure)

    def snap(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Positions:
        """[k] places in degrees on roads, no farther from them than the policy allows; errors as in `matrix`."""
        return self.region.snapper.snap(lon, lat, self.policy.limits.max_snap_m)

    def positions(self, places: LocationQuery | Sequence[Location]) -> Positions:
        """[k] locations on roads, whatever is known of them; raises the error of the first that cannot be used."""
        return positions(self.region.snapper, query_of(places), self.policy.limits.max_snap_m)

    def locate(self, places: LocationQuery | Sequence[Location]) -> Located:
        """[k] locations on roads with confidence and rivals; every one has its own answer or error."""
        return locate(self.region.snapper, places, self.policy.limits.max_snap_m)

    def located(self, places: LocationQuery | Sequence[Location]) -> Located:
        """As `locate`, but raises the error of the first location that cannot be used."""
        return none_refused(self.locate(places))

    def durations(self, origins: Positions, targets: Positions, departure: datetime | None = None) -> Int32:
        """[k, l] travel times in ms between positions, INF where there is no way; see `metric_at`."""
        _, metric = self.metric_at(departure)
        return travel_matrix(self.region.network, metric, origins, targets, threads=2, graph=self.region.search_graph)

    def routes(self, lon: npt.ArrayLike, lat: npt.ArrayLike, departure: datetime | None = None) -> list[Route]:
        """The fastest route from each stop (degrees) to the next, all under the metric of the departure.

        Raises CoordinateError, OutsideRegionError with the index of a stop that cannot be used, NoRouteError.
        """
        return self.routes_between(self.snap(lon, lat), departure)

    def routes_between(self, stops: Positions, departure: datetime | None = None) -> list[Route]:
        """The fastest route from each position to the next; see `routes`."""
        fixed = self if departure is None else self.departing(departure)
        _, metric = fixed.metric_at()
        return open_routes(self.region, metric, stops, fixed._moment)

    def closures(self, origin: Positions, target: Positions) -> list[str]:
        """Ids of the traffic entries that close the way from the one origin to the one target at the departure.

        None where no feed is known: see `departing`.
        """
        return closures_between(self.region, self._moment[0], origin, target, self._moment[1]) if self._moment else []

    def isochrone(
        self,
        place: Location,
        limit: timedelta,
        *,
        resolution: int = ISOCHRONE_RESOLUTION,
        toward: bool = False,
        departure: datetime | None = None,
    ) -> Isochrone:
        """Cells reached from a place within a time, or (`toward`) from which it is reached."""
        _, metric = self.metric_at(departure)
        limit_ms = round(limit.total_seconds() * 1000)
        at = self.positions([place])
        return isochrone(self.region, metric, at, limit_ms, resolution=resolution, toward=toward)

    def recommend(self, incident: Incident, state: FleetState, now: datetime, runners_up: int = 5) -> Recommendation:
        """The cheapest unit for one incident, the next ones and why each lost; exact over the whole fleet."""
        situation = self.situation([incident], state, now)
        intake = situation.intake
        if incident.pinned:
            return self._pinned(situation)
        found = situation.search(self.fastest_roads).ranked(np.array([runners_up + 1]))
        listed = self._listed(state, intake, 0, found.row[found.of(0)], found.travel_ms[found.of(0)])
        best, rest = (listed[0], listed[1:]) if listed else (None, [])
        return self._recommendation(
            situation,
            best,
            tuple(replace(c, lost=why_lost(c, listed[0], None)) for c in rest),
            None if best else why_unserved(situation, 0),
        )

    def offerable(self, incident: Incident, state: FleetState, now: datetime, confidence: float) -> Offerable:
        """The promise one could offer the incident, kept with that confidence, were it the only one."""
        return offerable(self.situation([incident], state, now), confidence, ArrivalModel.of(self.policy))

    def _pinned(self, situation: Situation) -> Recommendation:
        """A pinned incident has one candidate: its unit."""
        state, intake = situation.state, situation.intake
        travel = pinned_travel_ms(situation, 0)
        if travel >= INF:
            return self._recommendation(situation, None, (), pin_failed(intake.incidents[0]))
        return self._recommendation(
            situation, self._candidate(state, intake, 0, int(intake.announced[0]), travel), (), None
        )

    def _recommendation(
        self, situation: Situation, best: Candidate | None, runners_up: tuple[Candidate, ...], unserved: Reason | None
    ) -> Recommendation:
        intake = situation.intake
        chosen: Chosen = {}
        if best is not None:
            chosen = {0: (situation.state.row_of[best.unit_id], round(best.travel.total_seconds() * 1000))}
        return Recommendation(
            incident_id=intake.incidents[0].id,
            promise=intake.promises[0],
            best=best,
            runners_up=runners_up,
            unserved=unserved,
            policy_version=self.policy.version,
            region_version=self.region.metadata.version,
            metric_version=situation.metric_version,
            snapped=snapped_incidents(situation, chosen, all_of_them=True)[0],
        )

    def optimize(
        self,
        incidents: Sequence[Incident],
        state: FleetState,
        now: datetime,
        *,
        deadline_s: float | None = None,
        runners_up: int = 2,
        checkpoint: Checkpoint | None = None,
        tours: Tours = Tours.ONE_EACH,
        rule: Deferment | None = None,
    ) -> Plan:
        """The cheapest plan that puts nobody due behind; every incident is assigned or says why not.

        At most one incident a unit, or several in order (``tours``) where that is asked for or not enough: `Plan.why`
        says which and why.
        Incidents that need several units come as several (`engine.jobs.expand`), pinned ones keep theirs. `deadline_s`
        is how long the caller will wait: when it is too short for the exact answer the best plan found comes back with
        its gap. Raises DeadlineError when even that cannot be had. ``rule`` is the bound on deferment as another
        policy has it (`engine.deferment`).
        """
        started = time.monotonic()
        if deadline_s is not None and deadline_s <= 0:
            raise DeadlineError(
                f"{deadline_s * 1000:.0f} ms are left to answer; allow more time", remaining_ms=deadline_s * 1000
            )
        stages = Stages(checkpoint)
        situation = self.situation(one_unit_each(incidents), state, now)
        stages.done("intake")
        solve_by = None if deadline_s is None else started + SOLVING_SHARE * deadline_s
        each = OneEachSolver(
            situation,
            self.fastest_roads,
            self._flow,
            solve_by=solve_by,
            complete_by=None if deadline_s is None else started + COMPLETING_SHARE * deadline_s,
            checkpoint=checkpoint,
            rule=rule,
        ).solve()
        stages.done("assignment")
        left_s = None if deadline_s is None else started + TOURS_SHARE * deadline_s - time.monotonic()
        asked = Asked(situation, each.chosen, each.held, each.lists, each.free)
        choice = choose(asked, tours, left_s)
        solved = Solved(each.chosen, each.gap, each.solver, choice.why, kept_for=each.kept_for)
        if choice.jobs is not None:
            found = plan_tours(asked, choice.jobs, self._tours, left_s)
            solved, choice = (solved, too_late(asked)) if found is None else (_several(asked, *found, choice), choice)
            stages.done("tours")
        plan = plan_of(situation, replace(solved, why=choice.why), each.lists, each.free, runners_up)
        if not choice.enough:  # nothing is known about plans of several jobs a unit
            plan = replace(plan, gap=plan.cost.total)
        stages.done("explanation")
        return replace(plan, durations=stages.durations)

    def judge(self, situation: Situation, chosen: dict[int, tuple[int, int]], *, solver: str) -> Plan:
        """A plan made elsewhere (incident index -> unit row, travel ms) in this engine's terms, without a bound.

        Its gap is its whole cost: nothing is claimed about it.
        """
        plan = plan_of(situation, Solved(chosen, 0, solver))
        return replace(plan, gap=plan.cost.total)

    def _listed(self, state: FleetState, intake: Intake, i: int, rows: Int32, travels: Int64) -> list[Candidate]:
        return [
            self._candidate(state, intake, i, int(row), int(travel)) for row, travel in zip(rows, travels, strict=True)
        ]

    def _candidate(self, state: FleetState, intake: Intake, i: int, row: int, travel_ms: int) -> Candidate:
        return candidate(self.policy, state, intake, i, row, travel_ms)


def _several(asked: Asked, numbers: TourNumbers, plan: QueuePlan, choice: Choice) -> Solved:
    """Tours as a solution; incidents that were left out of them may cost nothing in a better plan."""
    told = all_stops(asked.situation, numbers, plan)
    chosen = {i: (stop.row, stop.travel_ms) for i, stop in told.items()}
    out = np.setdiff1d(asked.free, numbers.incidents)
    unplanned = int(asked.situation.intake.left_costs(asked.situation.state.policy)[out].sum())
    return Solved(chosen, plan.cost - plan.lower + unplanned, plan.solver, choice.why, told)
