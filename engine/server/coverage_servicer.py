"""CoverageService and PlanningService: have requests checked, and begin operations; other processes do the work."""

from __future__ import annotations

import hashlib
from typing import Any

import grpc
from google.longrunning import operations_pb2
from towline.v1 import coverage_service_pb2 as pb
from towline.v1 import coverage_service_pb2_grpc, planning_service_pb2_grpc
from towline.v1 import planning_service_pb2 as planning_pb

from engine.errors import CancelledError
from engine.fleet import FleetState
from engine.server import limits
from engine.server.coverage_job import Job, slices_of
from engine.server.coverage_planning import Planning
from engine.server.hosted import HostedRegion, HostedRegions
from engine.server.operations_messages import checked_only, message_of, owner_of
from engine.server.operations_runner import Runner
from engine.server.operations_store import UNHEARD, Operation, Operations
from engine.server.options import ServerOptions
from engine.server.peers import ended_unheard

#: After each slice of a fleet that is pickled: as long as it takes, and more.
PAUSE_S = 0.001


class CoverageServicer(
    coverage_service_pb2_grpc.CoverageServiceServicer, planning_service_pb2_grpc.PlanningServiceServicer
):
    """Any server of a region answers, whether it leads or not: nothing but its own list of operations changes."""

    def __init__(
        self,
        regions: HostedRegions,
        options: ServerOptions,
        operations: Operations,
        planning: Planning,
        runner: Runner,
    ) -> None:
        self._regions, self._options = regions, options
        self._operations, self._planning, self._runner = operations, planning, runner
        self._fleets: dict[str, tuple[FleetState, tuple[bytes, ...]]] = {}  # by region, the last that was asked about

    def EvaluateCoverage(
        self, request: pb.EvaluateCoverageRequest, context: grpc.ServicerContext
    ) -> operations_pb2.Operation:
        return self._begun(request, context, "EvaluateCoverage", pb.EvaluateCoverageResponse)

    def CompareCoverage(
        self, request: pb.CompareCoverageRequest, context: grpc.ServicerContext
    ) -> operations_pb2.Operation:
        return self._begun(request, context, "CompareCoverage", pb.CompareCoverageResponse)

    def ChooseSites(
        self, request: planning_pb.ChooseSitesRequest, context: grpc.ServicerContext
    ) -> operations_pb2.Operation:
        return self._begun(request, context, "ChooseSites", planning_pb.ChooseSitesResponse)

    def AdviseStandby(
        self, request: planning_pb.AdviseStandbyRequest, context: grpc.ServicerContext
    ) -> operations_pb2.Operation:
        return self._begun(request, context, "AdviseStandby", planning_pb.AdviseStandbyResponse)

    def PlanShifts(
        self, request: planning_pb.PlanShiftsRequest, context: grpc.ServicerContext
    ) -> operations_pb2.Operation:
        return self._begun(request, context, "PlanShifts", planning_pb.PlanShiftsResponse)

    def _begun(
        self, request: Any, context: grpc.ServicerContext, method: str, response: Any
    ) -> operations_pb2.Operation:
        region = self._regions.named(request.parent, "parent")
        owner = owner_of(context)
        raw = request.SerializeToString(deterministic=True)
        digest, request_id = hashlib.blake2b(raw, digest_size=16).digest(), request.request_id
        if not request.validate_only:
            if (known := self._operations.known(owner, region.id, method, request_id, digest)) is not None:
                return message_of(self._operations, known)
            self._operations.check_room(owner)
        job = self._job(request, raw, region, method)

        def wanted() -> None:
            if not context.is_active():  # nobody would hear of what begins now
                raise CancelledError("the caller went away")

        summary = self._planning.check(job, owner.key, wanted)
        kind = response.DESCRIPTOR.full_name
        if request.validate_only:
            return checked_only(method, owner, self._options.clock(), summary, kind)
        wanted()  # checking takes a while
        begun = self._operations.add(
            owner,
            region.id,
            method,
            total=summary.tasks,
            response_type=kind,
            work=(job, summary),
            request_id=request_id,
            digest=digest,
        )
        if not request_id:
            self._unless_unheard(context, begun)
        self._runner.start()
        return message_of(self._operations, begun)

    def _unless_unheard(self, context: Any, begun: Operation) -> None:
        """Cancel it once its call ends without an answer: its caller has no name to ask for, nor a request_id.

        CancelledError when that is so already.
        """

        def over() -> None:
            if ended_unheard(context):
                self._operations.cancel(begun, UNHEARD)

        if not context.add_callback(over):
            self._operations.cancel(begun, UNHEARD)
            raise CancelledError("the caller went away")

    def _job(self, request: Any, raw: bytes, region: HostedRegion, method: str) -> Job:
        now = self._options.clock()
        if request.HasField("fleet"):
            limits.check_cells(request.fleet.providers, "fleet.providers", self._options)
            return Job(method, region.id, raw, now, None)
        return Job(method, region.id, raw, now, self._slices(region))

    def _slices(self, region: HostedRegion) -> tuple[bytes, ...]:
        """The fleet as it is now; while it stays so, it is pickled once."""
        state = region.store.snapshot.state
        known = self._fleets.get(region.id)
        if known is None or known[0] is not state:
            known = self._fleets[region.id] = state, slices_of(tuple(state.providers.values()), state.units, PAUSE_S)
        return known[1]
