"""DispatchService: converts, asks the dispatcher, converts back."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import grpc
from towline.v1 import dispatch_service_pb2 as pb
from towline.v1 import dispatch_service_pb2_grpc

from engine.bookings.slots import offer_slots
from engine.check import check_plan
from engine.fleet import FleetState
from engine.model import Fleet
from engine.processes import giving_up
from engine.server import enums, incoming, limits, outgoing, plan_check
from engine.server.budget import Budget
from engine.server.fault_field import fault_fields
from engine.server.fleet_store import find_unit
from engine.server.hosted import HostedRegion, HostedRegions
from engine.server.incoming_slots import read_slots
from engine.server.options import ServerOptions
from engine.server.wire_time import read_now
from engine.texts import Language, recommendation_in, translated
from engine.tours.size import Tours

RUNNERS_UP, MAX_RUNNERS_UP = 5, 50


class DispatchServicer(dispatch_service_pb2_grpc.DispatchServiceServicer):
    """Changes nothing on the server."""

    def __init__(self, regions: HostedRegions, options: ServerOptions) -> None:
        self._regions, self._options = regions, options

    def Optimize(self, request: pb.OptimizeRequest, context: grpc.ServicerContext) -> pb.OptimizeResponse:
        budget = Budget(context, self._options, len(request.incidents))
        budget.solver_s()
        region = self._regions.named(request.region, "region")
        now = read_now(request.now, request.HasField("now"), self._options.clock())
        language = Language.of(request.language_code)
        tours = Tours(enums.TOUR_MODE.read(request.tour_mode))
        incidents = incoming.incidents(request.incidents, region.id, now, posts=region.dispatcher.posts)
        state = _fleet_state(request, region, now, budget, self._options)
        _check_assigned(request, state)
        budget.check()
        with fault_fields(incident=("incidents", incidents)), giving_up(budget.check):
            plan = region.dispatcher.optimize(
                incidents, state, now, deadline_s=budget.solver_s(), checkpoint=budget.check, tours=tours
            )
        previous = {item.id: sent.assigned_unit for item, sent in zip(incidents, request.incidents, strict=True)}
        return pb.OptimizeResponse(plan=outgoing.plan(translated(plan, language), region.id, previous))

    def Recommend(self, request: pb.RecommendRequest, context: grpc.ServicerContext) -> pb.RecommendResponse:
        budget = Budget(context, self._options)
        budget.solver_s()
        region = self._regions.named(request.region, "region")
        now = read_now(request.now, request.HasField("now"), self._options.clock())
        incident = incoming.incident(request.incident, region.id, now, "incident", region.dispatcher.posts)
        runners_up, language = _runners_up(request), Language.of(request.language_code)
        confidence = request.offer_confidence  # 0: not asked
        state = _fleet_state(request, region, now, budget, self._options)
        incoming.check_assigned([request.incident], partial(find_unit, state), ["incident"])
        budget.check()
        with fault_fields(incident=("incident", incident)):
            answer = region.dispatcher.recommend(incident, state, now, runners_up=runners_up)
            offer = region.dispatcher.offerable(incident, state, now, confidence) if confidence else None
        return pb.RecommendResponse(
            recommendation=outgoing.recommendation(recommendation_in(answer, language), region.id),
            offerable=outgoing.offerable(offer, region.id, language) if offer else None,
        )

    def OfferSlots(self, request: pb.OfferSlotsRequest, context: grpc.ServicerContext) -> pb.OfferSlotsResponse:
        budget = Budget(context, self._options, len(request.incidents))
        budget.solver_s()
        region = self._regions.named(request.region, "region")
        now = read_now(request.now, request.HasField("now"), self._options.clock())
        language = Language.of(request.language_code)
        posts = region.dispatcher.posts
        booking = incoming.incident(request.booking, region.id, now, "booking", posts)
        known = incoming.incidents(request.incidents, region.id, now, posts=posts) if request.incidents else []
        slots = read_slots(request, now)
        state = _fleet_state(request, region, now, budget, self._options)
        _check_assigned(request, state)
        budget.check()
        known_fields, wanted_fields = (
            fault_fields(incident=("incidents", known)),
            fault_fields(incident=("booking", booking)),
        )
        with known_fields, wanted_fields, giving_up(budget.check):
            answer = offer_slots(
                region.dispatcher, booking, known, state, now, slots,
                deadline_s=budget.solver_s(), checkpoint=budget.check,
            )  # fmt: skip
        provider_of = {unit.id: unit.provider_id for unit in state.units}
        return pb.OfferSlotsResponse(
            slots=[outgoing.slot(slot, region.id, provider_of, language) for slot in answer.slots],
            policy_version=answer.policy_version,
            region_version=answer.region_version,
            metric_version=answer.metric_version,
        )

    def CheckPlan(self, request: pb.CheckPlanRequest, context: grpc.ServicerContext) -> pb.CheckPlanResponse:
        budget = Budget(context, self._options, len(request.incidents))
        budget.solver_s()
        region = self._regions.named(request.region, "region")
        now = read_now(request.now, request.HasField("now"), self._options.clock())
        plan_check.check_tours(request.tours, self._options)
        language = Language.of(request.language_code)
        mode = Tours(enums.TOUR_MODE.read(request.tour_mode))
        incidents = incoming.incidents(request.incidents, region.id, now, posts=region.dispatcher.posts)
        state = _fleet_state(request, region, now, budget, self._options)
        _check_assigned(request, state)
        tours = plan_check.read_tours(request.tours, region.id, state, now)
        budget.check()
        with fault_fields(incident=("incidents", incidents)), giving_up(budget.check):
            found = check_plan(
                region.dispatcher, incidents, state, now, tours,
                compare=not request.violations_only, mode=mode, deadline_s=budget.solver_s(), checkpoint=budget.check,
            )  # fmt: skip
        previous = {item.id: sent.assigned_unit for item, sent in zip(incidents, request.incidents, strict=True)}
        return plan_check.reply(found.in_language(language), region.id, request, state, previous)


def _fleet_state(
    request: pb.OptimizeRequest | pb.RecommendRequest | pb.OfferSlotsRequest | pb.CheckPlanRequest,
    region: HostedRegion,
    now: datetime,
    budget: Budget,
    options: ServerOptions,
) -> FleetState:
    """The server's fleet as it is now, or that of the request, prepared."""
    if request.HasField("server_fleet"):
        return region.store.snapshot.state
    limits.check_cells(request.fleet.providers, "fleet.providers", options)
    fleet: Fleet = incoming.fleet(request.fleet, region.id, now, posts=region.dispatcher.posts)
    budget.check()
    with fault_fields(unit=("fleet.units", fleet.units), provider=("fleet.providers", fleet.providers)):
        return region.dispatcher.prepare(fleet, once=True)


def _check_assigned(
    request: pb.OptimizeRequest | pb.OfferSlotsRequest | pb.CheckPlanRequest, state: FleetState
) -> None:
    """Whether the units that incidents were announced with are there."""
    paths = [f"incidents[{index}]" for index in range(len(request.incidents))]
    incoming.check_assigned(request.incidents, partial(find_unit, state), paths)


def _runners_up(request: pb.RecommendRequest) -> int:
    count = request.max_runners_up if request.HasField("max_runners_up") else RUNNERS_UP
    return min(count, MAX_RUNNERS_UP)
