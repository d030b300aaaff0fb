"""What a process that evaluates coverage does: checks a job, then answers its tasks one by one."""

from __future__ import annotations

import copy
from collections import OrderedDict
from functools import cached_property
from typing import Any

from towline.v1 import coverage_service_pb2 as pb

from engine.coverage.changes import baseline_of
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner, offered
from engine.errors import DemandError, ScenarioError, TooLargeError
from engine.model import Service
from engine.scenario.check import CheckedScenario, check
from engine.scenario.scenario import Scenario
from engine.scenario.sweep import Variant, count_variants
from engine.server import coverage_incoming as incoming
from engine.server import coverage_outgoing as outgoing
from engine.server.coverage_job import Job, Summary, WorldParts, fleet_of
from engine.server.coverage_words import DemandSource
from graphs.metrics import MetricStore
from graphs.store import open_region

#: Answers about the fleet as it is that a job keeps, by what they are of.
BEFORE_KEPT = 64
_REQUESTS = {"EvaluateCoverage": pb.EvaluateCoverageRequest, "CompareCoverage": pb.CompareCoverageRequest}


class World:
    """A region with what is known of it."""

    def __init__(self, parts: WorldParts) -> None:
        self.parts, self.region, self.policy = parts, open_region(parts.path), parts.policy

    @cached_property
    def layer(self) -> DemandLayer:
        """What is to be reached."""
        return self.parts.layer or DemandLayer.of_junctions(self.region.network)

    @cached_property
    def planner(self) -> Planner:
        """Takes a second or more for a large region: only those who evaluate ask for it."""
        parts = self.parts
        store = MetricStore(self.region, parts.profile)
        return Planner(self.region, self.layer, self.policy, metrics=store, highway_share=parts.highway_share)

    def planner_for(self, layer: DemandLayer) -> Planner:
        """The same with other demand; DemandError with the field."""
        planner = copy.copy(self.planner)
        try:
            planner.demand = planner.placed(layer)
        except DemandError as error:
            raise error.about("terms.demand", field=incoming.demand_field(error)) from None
        return planner


class Work:
    """One job in one region, read and checked. Raises the typed error of whatever cannot be done."""

    def __init__(self, world: World, job: Job) -> None:
        self._world, self._region_id = world, job.region
        self.request: Any = _REQUESTS[job.method].FromString(job.request)
        self.compares = job.method == "CompareCoverage"
        stored = None if job.fleet is None else fleet_of(job.fleet)
        parts = world.parts
        self.stands = incoming.stands_of(
            self.request, stored, job.region, world.region, world.policy, parts.posts, job.now
        )
        self.own = incoming.layer_of(self.request.terms.demand) if self.request.terms.HasField("demand") else None
        self.services = incoming.services_of(self.request.services) or offered(self.stands) or tuple(Service)
        self.scenarios = self._scenarios()
        self._count()
        self._before: OrderedDict[str, list[pb.CoverageEvaluation]] = OrderedDict()

    def summary(self) -> Summary:
        """How many tasks there are; demand of the request is put on roads to see whether that can be done."""
        if self.own is not None:
            self._planner  # noqa: B018 - raises
        source = self._world.parts.source if self.own is None else DemandSource.REQUEST
        kind = pb.CompareCoverageResponse if self.compares else pb.EvaluateCoverageResponse
        head = kind(demand=outgoing.demand(self.own or self._world.layer, source))
        return Summary(len(self.tasks), head.SerializeToString())

    def answer(self, number: int) -> bytes:
        """A response with one task's part alone: all of them, one after the other, are the whole one's bytes."""
        index, variant, known = self.tasks[number]
        detail, region = self.request.detail, self._region_id
        services = tuple(known.scenario.when.services or self.services)
        try:
            found = self._planner.evaluate(self.stands, known, services)
            after = [outgoing.evaluation(each, detail, region) for each in found.evaluations]
        except ScenarioError as error:
            whose = ", ".join(part for part in (self._path(index), str(variant)) if part)
            raise error.about(whose, field=self._path(index)) from None
        title, values = known.scenario.title, outgoing.values(variant)
        if not self.compares:
            part = pb.CoverageVariant(title=title, values=values, evaluations=after)
            return pb.EvaluateCoverageResponse(variants=[part]).SerializeToString()
        both = pb.CoverageComparison(
            scenario_index=index,
            title=title,
            values=values,
            before=self._as_it_is(known.scenario, services),
            after=after,
        )
        return pb.CompareCoverageResponse(comparisons=[both]).SerializeToString()

    @cached_property
    def tasks(self) -> list[tuple[int, Variant, CheckedScenario]]:
        """(number of the scenario, variant, the same checked)."""
        most = self._world.parts.options.variants
        return [(index, *each) for index, known in enumerate(self.scenarios) for each in known.variants(most)]

    @cached_property
    def _planner(self) -> Planner:
        return self._world.planner if self.own is None else self._world.planner_for(self.own)

    def _path(self, index: int) -> str:
        return f"scenarios[{index}]" if self.compares else "scenario"

    def _scenarios(self) -> list[CheckedScenario]:
        """Read by their form, all of them, then held against the region and the fleet."""
        if self.compares:
            read = [incoming.scenario_of(each, self._path(index)) for index, each in enumerate(self.request.scenarios)]
        elif self.request.HasField("scenario"):
            read = [incoming.scenario_of(self.request.scenario, self._path(0))]
        else:
            read = [Scenario()]
        ids = [provider.id for provider in self.stands.providers]
        found = []
        for index, scenario in enumerate(read):
            try:
                found.append(check(scenario, self._world.region, ids, self._world.policy))
            except ScenarioError as error:
                sent = self.request.scenarios[index] if self.compares else self.request.scenario
                path = self._path(index)
                raise error.about(path, field=f"{path}.{sent.WhichOneof('form')}") from None
        return found

    def _count(self) -> None:
        """TooLargeError before anything is expanded."""
        options, variants, evaluations = self._world.parts.options, 0, 0
        for known in self.scenarios:
            services = tuple(known.scenario.when.services or self.services)
            count = count_variants(known.scenario, known.provider_ids)
            variants += count
            evaluations += count * len(known.moments) * len(services)
        for count, most, what in (
            (variants, options.variants, "variants of scenarios"),
            (evaluations, options.evaluations, "evaluations (variants times moments times services)"),
        ):
            if count > most:
                raise TooLargeError(
                    f"{count:,} {what} are more than the {most:,} of one request; send several, or shorten a sweep",
                    count=count,
                    max_count=most,
                    field="scenarios" if self.compares else "scenario",
                )

    def _as_it_is(self, scenario: Scenario, services: tuple[Service, ...]) -> list[pb.CoverageEvaluation]:
        baseline = baseline_of(scenario)
        key = f"{baseline.version} {services}"
        if key not in self._before:
            while len(self._before) >= BEFORE_KEPT:
                self._before.popitem(last=False)
            found = self._planner.evaluate(self.stands, baseline, services)
            self._before[key] = [outgoing.before(each, self.request.detail) for each in found.evaluations]
        return self._before[key]
