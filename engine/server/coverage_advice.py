"""Advice: ChooseSites, AdviseStandby and PlanShifts, each one task."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from google.protobuf.message import Message
from towline.v1 import planning_service_pb2 as pb

from engine.coverage.planner import offered
from engine.coverage.siting import choose_sites
from engine.coverage.siting_candidates import Candidates
from engine.coverage.siting_question import check_question
from engine.coverage.siting_steps import Goal
from engine.coverage.siting_told import ToldSites
from engine.errors import StaffingError
from engine.model import Service
from engine.scenario.scenario import Scenario
from engine.server import coverage_advice_incoming as reading
from engine.server import coverage_advice_outgoing as writing
from engine.server import coverage_incoming as incoming
from engine.server import coverage_outgoing as outgoing
from engine.server import enums
from engine.server.coverage_files import check_letters, files_of, page_file, shift_files
from engine.server.coverage_job import Job
from engine.server.coverage_work import Work, World
from engine.siting.limits import PATIENCE
from engine.staffing import plan_shifts, play_shifts, usual_shares
from engine.staffing.plan import GAP
from engine.staffing.plan import PATIENCE as SHIFTS_PATIENCE
from engine.staffing.roads import planned_bases
from engine.standby import StandbyLimits, WaitingPlaces, advise
from engine.standby.candidates import CELLS
from engine.standby.moment import refuse_changes, roads_at, shares_at, versions_at
from engine.standby.page import page_of


class Advice(Work):
    """One task."""

    def answer(self, number: int) -> bytes:
        assert number == 0, number
        return self.advice().SerializeToString()

    def advice(self) -> Message:
        """The response without its head."""
        raise NotImplementedError


class SiteWork(Advice):
    """The best of some candidates."""

    asks, answers = pb.ChooseSitesRequest, pb.ChooseSitesResponse

    def __init__(self, world: World, job: Job) -> None:
        super().__init__(world, job)
        self.scenario = self.one_scenario()
        check_letters(self.request.files, self.request.language_code)
        self.service: Service = enums.SERVICE.read(self.request.service)  # ty: ignore[invalid-assignment]
        self.goal = Goal.COVER
        if self.request.goal:
            self.goal = Goal(enums.SITING_GOAL.read(self.request.goal))
        self.given = None
        if self.request.HasField("candidates"):
            self.given = reading.candidates_of(self.request.candidates, world.region, world.policy, self.stands)
        with reading.asked_in(self.request):
            check_question(
                self.goal, self.service, self.candidates, *self.limits, reading.optional(self.request, "busy_share"),
                self.scenario,
            )  # fmt: skip

    @cached_property
    def candidates(self) -> Candidates:
        """The request's, or those in the cells with most demand."""
        cells = self.request.heaviest_cells
        return self.given or reading.heaviest_of(cells, self.planner, self.stands, self.service)

    @property
    def limits(self) -> tuple[int | None, float | None]:
        """(sites, budget)."""
        return reading.optional(self.request, "site_count"), reading.optional(self.request, "budget")

    def advice(self) -> Message:
        request, (sites, budget) = self.request, self.limits
        with reading.asked_in(request):
            answer = choose_sites(
                self.planner,
                self.stands,
                self.candidates,
                self.service,
                self.goal,
                sites=sites,
                budget=budget,
                busy=reading.optional(request, "busy_share"),
                scenario=self.scenario,
                seconds=reading.seconds_of(request, PATIENCE),
            )
        files = files_of(
            request.files, self.planner, answer.before, answer.after, self.world.folder, request.language_code
        )
        plan = writing.sites(ToldSites.of(answer), answer)
        if self.given is None:
            minutes = float(answer.candidates.mobilisation_minutes[0])  # of all of them
            plan.mobilisation_duration.FromMilliseconds(round(60_000 * minutes))
        return pb.ChooseSitesResponse(plan=plan, files=files)


class StandbyWork(Advice):
    """Where free units should wait."""

    asks, answers, crews = pb.AdviseStandbyRequest, pb.AdviseStandbyResponse, "free"

    def __init__(self, world: World, job: Job) -> None:
        super().__init__(world, job)
        self.scenario = self.one_scenario()
        with reading.asked_in(self.request):
            self.limits = reading.limits_of(self.request, StandbyLimits())
            refuse_changes(self.scenario)
            self.shares  # noqa: B018 - raises
        self.units = reading.units_of(self.request.units, self.region_id, self.fleet, self.at)
        self.places = reading.places_of(self.request.places, world.region, world.policy)

    @property
    def at(self) -> datetime:
        """The time that the advice is for."""
        return incoming.time_of(self.request, self.now)

    @cached_property
    def shares(self) -> dict[Service, float]:
        """Of the calls, by service."""
        return shares_at(self.planner, self.stands, self.at, incoming.services_of(self.request.services), self.scenario)

    def advice(self) -> Message:
        request, planner = self.request, self.planner
        metric, promises = roads_at(planner, self.stands, self.at, self.scenario)
        with reading.asked_in(request):
            advice = advise(
                planner,
                self.fleet,
                self.at,
                self.shares,
                metric=metric,
                places=None if self.places is None else WaitingPlaces(*self.places),
                cells=request.cell_count if request.HasField("cell_count") else CELLS,
                units=self.units,
                busy=reading.optional(request, "busy_share"),
                limits=self.limits,
                told_minutes=incoming.told_minutes(request),
                promise_minutes=promises,
                scenario=self.scenario,
            )
        versions = versions_at(planner, self.stands, self.at, self.scenario, self.shares)
        files = []
        if request.files:
            page = page_of(advice, planner, self.stands, self.shares, versions, request.language_code)
            files.append(page_file(page))
        return pb.AdviseStandbyResponse(
            advice=writing.standby(advice, self.region_id),
            files=files,
            versions=outgoing.versions(versions),
            digest=advice.digest,
        )


class ShiftsWork(Advice):
    """How many crews, where and when."""

    asks, answers, crews = pb.PlanShiftsRequest, pb.PlanShiftsResponse, "all"

    def __init__(self, world: World, job: Job) -> None:
        super().__init__(world, job)
        self.scenario = self.one_scenario()
        check_letters(self.request.files, self.request.language_code)
        self.rules = reading.rules_of(self.request.shift_rules)
        if not self.services:
            raise StaffingError("nobody in the fleet offers anything; name services, or store units", field="services")
        with reading.asked_in(self.request):
            planned_bases(self.planner, self.stands, self.rules, self.services, self.scenario or Scenario())

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """The request's, else the scenario's, else all that is offered."""
        known = () if self.scenario is None else tuple(self.scenario.when.services or ())
        return incoming.services_of(self.request.services) or known or tuple(offered(self.stands))

    def advice(self) -> Message:
        gap = self.request.gap_share if self.request.HasField("gap_share") else GAP
        seconds = reading.seconds_of(self.request, SHIFTS_PATIENCE)
        with reading.asked_in(self.request):
            found = plan_shifts(
                self.planner,
                self.stands,
                self.rules,
                usual_shares(self.services),
                self.scenario,
                seconds=seconds,
                gap=gap,
            )
        if not self.request.skip_play:
            found = play_shifts(found)
        told = found.told()
        plan = writing.shifts(told, found.scenario(), self.region_id)
        files = shift_files(self.request.files, found, self.world.folder, self.request.language_code)
        versions = outgoing.versions(told.versions)
        return pb.PlanShiftsResponse(plan=plan, versions=versions, digest=told.digest, files=files)
