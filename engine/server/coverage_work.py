"""What a process that evaluates coverage does with a job: checks it, then answers its tasks one by one."""

from __future__ import annotations

import copy
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.stands import Crews
from engine.errors import DemandError, ScenarioError, TableError
from engine.scenario.check import CheckedScenario, check
from engine.scenario.scenario import Scenario
from engine.scenario.sweep import refuse_sweep
from engine.server import coverage_incoming as incoming
from engine.server import coverage_outgoing as outgoing
from engine.server.coverage_job import Job, Summary, WorldParts, fleet_of
from engine.server.coverage_size import check_size
from engine.server.coverage_words import DemandSource
from graphs.metrics import FREE_FLOW, MetricStore
from graphs.store import open_region


class World:
    """A region with what is known of it."""

    def __init__(self, parts: WorldParts) -> None:
        self.parts, self.region, self.policy = parts, open_region(parts.path), parts.policy

    @property
    def folder(self) -> Path:
        """Where files may stand for a while: the server clears it away, whatever becomes of this process."""
        return Path(self.parts.path).parent

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
        """The same with other demand of a request; DemandError with the field."""
        planner = copy.copy(self.planner)
        try:
            planner.demand = planner.placed(layer)
        except TableError as error:
            raise incoming.off_roads(error) from None
        except DemandError as error:
            raise error.about(layer.file, field=layer.file) from None
        return planner


class Work:
    """One job in one region, read and checked. Raises the typed error of whatever cannot be done."""

    #: The message that the job asks with, and the one that answers it.
    asks: ClassVar[Any]
    answers: ClassVar[Any]
    #: Whose crews count, whatever the request says.
    crews: ClassVar[Crews | None] = None

    def __init__(self, world: World, job: Job) -> None:
        self.world, self.region_id, self.now = world, job.region, job.now
        self.request = self.asks.FromString(job.request)
        check_size(self.request)
        stored = None if job.fleet is None else fleet_of(job.fleet)
        self.fleet = incoming.fleet_of(self.request, stored, job.region, world.parts.posts, job.now)
        crews = self.crews or incoming.crews_of(self.request)
        self.stands = incoming.stands_of(self.request, self.fleet, world.region, world.policy, job.now, crews)
        self.brought: list[DemandLayer] = []  # of scenarios
        self.own = incoming.layer_of(self.request.terms)

    @property
    def count(self) -> int:
        """How many tasks there are."""
        return 1

    def answer(self, number: int) -> bytes:
        """A response with one task's part alone: all of them, one after the other, are the whole one's bytes."""
        raise NotImplementedError

    def failed(self, number: int, error: bytes) -> bytes:
        """The same of a task that nobody could do, whose google.rpc.Status is given; of work that has variants."""
        raise NotImplementedError

    @property
    def closes(self) -> bool:
        """Whether something is made of all tasks together."""
        return False

    def closing(self, whole: bytes) -> bytes:
        """The last part of the response, made of the ones before; of work that closes."""
        raise NotImplementedError

    def summary(self) -> Summary:
        """How much there is to do; demand of the request is put on roads to see whether it is near any."""
        if self.own is not None:
            self.planner  # noqa: B018 - raises
        source = self.world.parts.source if self.own is None else DemandSource.REQUEST
        for layer in self.brought:
            self.world.planner_for(layer)
        profile = self.world.parts.profile
        head = self.answers(
            demand=outgoing.demand(self.own or self.world.layer, source),
            traffic=profile.name if profile.by_hour else FREE_FLOW,
        )
        return Summary(self.count, head.SerializeToString(), self.closes)

    @cached_property
    def planner(self) -> Planner:
        return self.world.planner if self.own is None else self.world.planner_for(self.own)

    def one_scenario(self) -> Scenario | None:
        """The one that the request names, checked."""
        if not self.request.HasField("scenario"):
            return None
        read = incoming.scenario_of(self.request.scenario, "scenario")
        self.check(read, self.request.scenario, "scenario")
        try:
            refuse_sweep(read)
        except ScenarioError as error:
            raise error.about("scenario", field=f"scenario.{self.request.scenario.WhichOneof('form')}") from None
        return read

    def check(self, scenario: Scenario, sent: Any, path: str) -> CheckedScenario:
        """Held against the region and the fleet; ScenarioError with the path of the message."""
        if scenario.brought is not None:
            self.brought.append(scenario.brought)
        ids = [provider.id for provider in self.stands.providers]
        try:
            return check(scenario, self.world.region, ids, self.world.policy)
        except ScenarioError as error:
            raise error.about(path, field=f"{path}.{sent.WhichOneof('form')}") from None
