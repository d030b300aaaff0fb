"""RegionService: what the server's regions say about themselves, and the traffic on their roads."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
from towline.v1 import location_pb2, region_service_pb2_grpc
from towline.v1 import region_service_pb2 as pb

from engine.server import outgoing_traffic, traffic_changes
from engine.server.budget import Budget
from engine.server.fleet_changes import once
from engine.server.hosted import HostedRegion, HostedRegions
from engine.server.names import ids, region_name
from engine.server.options import ServerOptions
from engine.server.paging import page
from engine.server.region_traffic import store_of
from engine.server.security.identity import caller
from engine.server.traffic_page import traffic_page
from graphs.errors import TowlineError


class RegionServicer(region_service_pb2_grpc.RegionServiceServicer):
    """Reads here; what changes traffic is in `traffic_changes`, done once per request_id."""

    def __init__(self, regions: HostedRegions, options: ServerOptions) -> None:
        self._regions, self._options = regions, options

    def GetRegion(self, request: pb.GetRegionRequest, context: grpc.ServicerContext) -> pb.GetRegionResponse:
        return pb.GetRegionResponse(region=_message(self._regions.named(request.name, "name")))

    def ListRegions(self, request: pb.ListRegionsRequest, context: grpc.ServicerContext) -> pb.ListRegionsResponse:
        own = caller(context).regions
        shown = [key for key in self._regions.ids() if own is None or key in own]
        keys, following = page(shown, request.page_size, request.page_token, "ListRegions")
        regions = [_message(self._regions.get(key, "name")) for key in keys]
        return pb.ListRegionsResponse(regions=regions, next_page_token=following)

    def UpdateTraffic(
        self, request: pb.UpdateTrafficRequest, context: grpc.ServicerContext
    ) -> pb.UpdateTrafficResponse:
        region = self._regions.named(request.parent, "parent")
        update = traffic_changes.UpdateTraffic(region, request, self._options, Budget(context, self._options))
        return once(region, request, "UpdateTraffic", lambda: pb.UpdateTrafficResponse(result=update()))

    def StreamTraffic(
        self, request_iterator: Iterator[pb.StreamTrafficRequest], context: grpc.ServicerContext
    ) -> Iterator[pb.StreamTrafficResponse]:
        for index, request in enumerate(request_iterator):
            try:
                region = self._regions.named(request.parent, "parent")
                update = traffic_changes.UpdateTraffic(region, request, self._options, Budget(context, self._options))
                done = once(region, request, "StreamTraffic", update)
            except TowlineError as error:
                error.metadata["index"] = str(index)
                raise
            yield pb.StreamTrafficResponse(index=index, result=done)

    def GetTraffic(self, request: pb.GetTrafficRequest, context: grpc.ServicerContext) -> pb.GetTrafficResponse:
        region = self._regions.get(ids(request.name)[0], "name")
        store, now = store_of(region.dispatcher, region.id), self._options.clock()
        return pb.GetTrafficResponse(traffic=outgoing_traffic.traffic(region.id, store, region.traffic, now))

    def ListTraffic(self, request: pb.ListTrafficRequest, context: grpc.ServicerContext) -> pb.ListTrafficResponse:
        region = self._regions.named(request.parent, "parent")
        feed = store_of(region.dispatcher, region.id).view().snapshot.feed
        return traffic_page(feed, request, self._options.clock())

    def ClearTraffic(self, request: pb.ClearTrafficRequest, context: grpc.ServicerContext) -> pb.ClearTrafficResponse:
        region = self._regions.named(request.parent, "parent")
        return once(region, request, "ClearTraffic", traffic_changes.ClearTraffic(region, request, self._options))

    def SetWeather(self, request: pb.SetWeatherRequest, context: grpc.ServicerContext) -> pb.SetWeatherResponse:
        region = self._regions.named(request.parent, "parent")
        return once(region, request, "SetWeather", traffic_changes.SetWeather(region, request, self._options))


def _message(hosted: HostedRegion) -> pb.Region:
    region = hosted.dispatcher.region
    west, south, east, north = region.bounds
    return pb.Region(
        name=region_name(hosted.id),
        display_name=region.metadata.title,
        time_zone=region.metadata.timezone,
        version=region.metadata.version,
        policy_version=hosted.dispatcher.policy.version,
        node_count=region.network.node_count,
        arc_count=region.network.arc_count,
        south_west=location_pb2.Location(lon=west, lat=south),
        north_east=location_pb2.Location(lon=east, lat=north),
        attribution=f"{'; '.join(region.metadata.credits)} ({region.metadata.licence})",
        leading=hosted.leading.leads,
        leader=hosted.leading.leader,
    )
