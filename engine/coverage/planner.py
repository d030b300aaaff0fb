"""The front door of coverage planning: one region, one demand layer, any fleet at any moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

import numpy as np

from engine.coverage.apply import changed_stands
from engine.coverage.arrivals import Reach
from engine.coverage.changed import KnownReach
from engine.coverage.coverage import Coverage
from engine.coverage.evaluation import Evaluation, Result, Versions
from engine.coverage.layer import DemandLayer
from engine.coverage.placed import PlacedDemand, place_demand
from engine.coverage.places import CLASSES, RESOLUTION, RoadPieces
from engine.coverage.stands import Crews, Stands
from engine.decision import PromiseClass
from engine.model import Capability, Fleet, Service
from engine.policy import Policy, PromiseRules
from engine.promise import PromiseTable
from engine.scenario.check import CheckedScenario, check
from engine.scenario.layer import changed_demand
from engine.scenario.moments import Moment
from engine.scenario.problems import Problems
from engine.scenario.scenario import Scenario
from engine.scenario.sweep import refuse_sweep
from graphs.metrics import FREE_FLOW, MetricStore, free_flow_profile
from graphs.metrics.arc_times import ArcTimes
from graphs.metrics.label_book import METRICS_HELD
from graphs.metrics.once import OnceCache
from graphs.position import Positions
from graphs.region import Region
from graphs.search import Metric

#: Reaches that are kept for changes of their fleets: by roads and services.
REACHES_HELD = 8
#: Demand layers of scenarios that are kept on their roads: variants of one scenario share theirs.
LAYERS_HELD = 4


class Planner:
    """What stays the same from one question to the next; safe to share between threads."""

    def __init__(
        self,
        region: Region,
        demand: DemandLayer,
        policy: Policy | None = None,
        *,
        metrics: MetricStore | None = None,
        resolution: int = RESOLUTION,
        highway_share: float = 0.0,
        remark: Callable[[str], object] | None = None,
    ) -> None:
        """``metrics``: speeds by hour, weather and live feed; without, every hour is free flow, weather still slows.

        ``highway_share``: see `place_demand`. ``remark`` hears once what was assumed of each table that a scenario
        names (`CheckedScenario.notes`). Raises DemandError for demand that is not on the region's roads,
        OptionError for a resolution out of range.
        """
        self.region, self.metrics, self.highway_share = region, metrics, highway_share
        self._remark, self._remarked = remark, set[str]()
        self.policy = policy or Policy.default()
        self.promises = PromiseTable(region.network, self.policy)
        self.pieces = RoadPieces(region, self.promises, resolution)
        self.demand = self.placed(demand)
        times = ArcTimes(region.network, free_flow_profile()) if metrics is None else metrics.times
        self._times = metrics or times
        #: Whose speeds by hour count: the name of a traffic profile; `FREE_FLOW` where hours do not differ.
        self.traffic = times.profile.name if times.profile.by_hour else FREE_FLOW
        self._known: OnceCache[tuple[Metric, Stands, Service], KnownReach] = OnceCache(REACHES_HELD, lambda _: 1)
        self._layers: OnceCache[int, tuple[DemandLayer, PlacedDemand]] = OnceCache(LAYERS_HELD, lambda _: 1)
        self._metrics: OnceCache[bytes, Metric] = OnceCache(METRICS_HELD, lambda _: 1)

    def placed(self, layer: DemandLayer) -> PlacedDemand:
        """Another demand layer on the region's roads."""
        return place_demand(layer, self.pieces, self.policy, self.promises, highway_share=self.highway_share)

    def stands(
        self, fleet: Fleet, *, crews: Crews = "all", at: datetime | None = None, told_minutes: float = 0.0
    ) -> Stands:
        """The stands of a fleet; see `Stands.of`."""
        return Stands.of(self.region, fleet, self.policy, crews=crews, at=at, told_minutes=told_minutes)

    def coverage(
        self,
        stands: Stands,
        service: Service,
        *,
        metric: Metric | None = None,
        promise_minutes: Mapping[PromiseClass, float] | None = None,
        requires: Iterable[Capability] = (),
        demand: PlacedDemand | None = None,
    ) -> Coverage:
        """One service, by free flow unless a ``metric`` is given; ``promise_minutes`` replace those of the policy."""
        reach = Reach(self.region, metric or self.region.metric, stands.take(stands.serving(service, tuple(requires))))
        minutes = minutes_of(self.policy.promise, promise_minutes)
        return Coverage(reach, service, self.pieces, demand or self.demand, minutes)

    def checked(self, scenario: Scenario, stands: Stands) -> CheckedScenario:
        """A scenario held against the region, the fleet and the policy; ScenarioError names every problem."""
        known = check(scenario, self.region, [provider.id for provider in stands.providers], self.policy)
        for note in known.notes:
            if self._remark is not None and note not in self._remarked:
                self._remarked.add(note)
                self._remark(note)
        return known

    def evaluate(
        self,
        stands: Stands,
        scenario: Scenario | CheckedScenario | None = None,
        services: Collection[Service] = (),
    ) -> Result:
        """A fleet under a scenario at its moments; without one as it is, at noon of a working day.

        ``services`` where the scenario names none; all that anybody offers without either. ScenarioError for a sweep.
        """
        known = scenario if isinstance(scenario, CheckedScenario) else self.checked(scenario or Scenario(), stands)
        refuse_sweep(known.scenario)
        asked = services_of(known.scenario, stands, services)
        answers = [each for moment in known.moments for each in self.evaluate_at(stands, known, moment, asked)]
        return Result(known.scenario.title, tuple(answers))

    def evaluate_at(
        self, stands: Stands, known: CheckedScenario, moment: Moment, services: Iterable[Service]
    ) -> list[Evaluation]:
        """One of a scenario's moments, for some services."""
        demand, minutes = self.demand_of(known), minutes_of(known.promise)
        there = changed_stands(stands, known.scenario, moment.slot, self.snapped)
        metric, name = self.metric(known, moment)
        region, policy = self.region.metadata.version, known.policy.version
        versions = Versions(known.version, region, policy, name, there.digest, demand.digest)
        answers = []
        for service in services:
            reach = self._reach(metric, stands, there, service)
            answers.append(
                Evaluation(
                    moment,
                    service,
                    Coverage(reach, service, self.pieces, demand, minutes),
                    there,
                    versions,
                    self.traffic,
                )
            )
        return answers

    def metric(self, known: CheckedScenario, moment: Moment) -> tuple[Metric, str]:
        """(metric, version) of a scenario's roads at a moment; roads that take the same times share one metric."""
        weights = known.weights(self._times, moment)
        digest = hashlib.blake2b(np.ascontiguousarray(weights).data, digest_size=8)
        metric = self._metrics.get(digest.digest(), lambda: self.region.customise(weights))
        return metric, f"{moment}+{digest.hexdigest()}"

    def demand_of(self, known: CheckedScenario) -> PlacedDemand:
        """The demand of a scenario: the planner's own, or the layer that it names, with its factors."""
        change = known.scenario.demand
        layer = known.layer
        placed = self.demand
        if layer is not None:
            placed = self._layers.get(id(layer), lambda: (layer, self.placed(layer)))[1]
        if change.factor == 1.0 and not change.areas:
            return placed
        at = placed.places.positions
        said = Problems(known.scenario.places).named(("demand", "area", 0) if change.areas else ("demand", "factor"))
        return placed.weighing(changed_demand(change, at.lon, at.lat, placed.weight), said)

    def snapped(self, lon: list[float], lat: list[float]) -> Positions:
        """Places on the region's roads; the error of the first that is too far from any by the policy."""
        return self.region.snapper.snap(lon, lat, self.policy.limits.max_snap_m)

    def _reach(self, metric: Metric, stands: Stands, there: Stands, service: Service) -> Reach:
        """Of the stands ``there``, made from ``stands``, whose own reach is kept."""
        serving = stands.serving(service)
        known = self._known.get((metric, stands, service), lambda: KnownReach(self.region, metric, stands, serving))
        return known if there is stands else known.with_stands(there.take(there.serving(service)))


def services_of(scenario: Scenario, stands: Stands, services: Collection[Service] = ()) -> tuple[Service, ...]:
    """What a scenario is evaluated for: the services it names, else those given, else all that anybody offers."""
    return tuple(scenario.when.services or ()) or tuple(services) or offered(stands)


def offered(stands: Stands) -> tuple[Service, ...]:
    """The services that some crew does, in their order."""
    return tuple(service for service in Service if stands.serving(service).size)


def minutes_of(rules: PromiseRules, given: Mapping[PromiseClass, float] | None = None) -> tuple[float, float, float]:
    """The promise of each of `CLASSES`: the policy's, but for those that are given."""
    usual = {
        PromiseClass.URBAN: rules.urban_minutes,
        PromiseClass.HIGHWAY: rules.highway_minutes,
        PromiseClass.OTHER: rules.other_minutes,
    }
    urban, highway, other = ({**usual, **(given or {})}[each] for each in CLASSES)
    return urban, highway, other
