"""EtaService: converts, asks the dispatcher, converts back."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
from towline.v1 import eta_service_pb2 as pb
from towline.v1 import eta_service_pb2_grpc

from engine.dispatch import Dispatcher
from engine.server import matrix, snapping, ways
from engine.server.budget import Budget
from engine.server.hosted import HostedRegion, HostedRegions
from engine.server.incoming_places import locations
from engine.server.options import ServerOptions
from engine.server.wire_time import read_time
from graphs.snapping.query import LocationQuery


class EtaServicer(eta_service_pb2_grpc.EtaServiceServicer):
    """Changes nothing on the server."""

    def __init__(self, regions: HostedRegions, options: ServerOptions) -> None:
        self._regions, self._options = regions, options

    def Matrix(self, request: pb.MatrixRequest, context: grpc.ServicerContext) -> pb.MatrixResponse:
        dispatcher, origins, destinations, _ = self._asked(request, context)
        return pb.MatrixResponse(
            durations_ms=matrix.whole(dispatcher, origins, destinations, self._options),
            origin_count=len(request.origins),
            destination_count=len(request.destinations),
            metric_version=dispatcher.metric_version,
        )

    def StreamMatrix(
        self, request: pb.StreamMatrixRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.StreamMatrixResponse]:
        dispatcher, origins, destinations, budget = self._asked(request, context)
        for rows in matrix.in_blocks(dispatcher, origins, destinations, self._options, budget):
            yield pb.StreamMatrixResponse(
                durations_ms=rows.durations_ms,
                first_origin=rows.first,
                origin_count=rows.count,
                destination_count=len(request.destinations),
                metric_version=dispatcher.metric_version,
            )

    def _asked(
        self, request: pb.MatrixRequest | pb.StreamMatrixRequest, context: grpc.ServicerContext
    ) -> tuple[Dispatcher, LocationQuery, LocationQuery, Budget]:
        """Whose roads, from where, to where, and the time there is."""
        budget = Budget(context, self._options)
        budget.solver_s()
        region = self._regions.named(request.region, "region")
        posts = region.dispatcher.posts
        origins = locations(request, "origins", posts)
        destinations = locations(request, "destinations", posts)
        return self._departing(request, region), origins, destinations, budget

    def _departing(
        self,
        request: pb.MatrixRequest | pb.StreamMatrixRequest | pb.RouteRequest | pb.IsochroneRequest,
        region: HostedRegion,
    ) -> Dispatcher:
        """The roads as they are at the departure: one snapshot for the whole answer."""
        now = self._options.clock()
        given = request.HasField("departure")
        return region.dispatcher.departing(read_time(request.departure, now, "departure") if given else now)

    def Route(self, request: pb.RouteRequest, context: grpc.ServicerContext) -> pb.RouteResponse:
        Budget(context, self._options).solver_s()
        dispatcher = self._departing(request, self._regions.named(request.region, "region"))
        return ways.routes(dispatcher, request)

    def Snap(self, request: pb.SnapRequest, context: grpc.ServicerContext) -> pb.SnapResponse:
        Budget(context, self._options).solver_s()
        dispatcher = self._regions.named(request.region, "region").dispatcher
        return snapping.snap(dispatcher, request)

    def Isochrone(self, request: pb.IsochroneRequest, context: grpc.ServicerContext) -> pb.IsochroneResponse:
        Budget(context, self._options).solver_s()
        dispatcher = self._departing(request, self._regions.named(request.region, "region"))
        return ways.isochrone(dispatcher, request)
