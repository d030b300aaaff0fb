"""RegionService: what the server's regions say about themselves."""

from __future__ import annotations

import grpc
from towline.v1 import location_pb2, region_service_pb2_grpc
from towline.v1 import region_service_pb2 as pb

from engine.server.hosted import HostedRegion, HostedRegions
from engine.server.names import region_name
from engine.server.paging import page


class RegionServicer(region_service_pb2_grpc.RegionServiceServicer):
    """Changes nothing on the server."""

    def __init__(self, regions: HostedRegions) -> None:
        self._regions = regions

    def GetRegion(self, request: pb.GetRegionRequest, context: grpc.ServicerContext) -> pb.GetRegionResponse:
        return pb.GetRegionResponse(region=_message(self._regions.named(request.name, "name")))

    def ListRegions(self, request: pb.ListRegionsRequest, context: grpc.ServicerContext) -> pb.ListRegionsResponse:
        ids, following = page(self._regions.ids(), request.page_size, request.page_token, "ListRegions")
        regions = [_message(self._regions.get(key, "name")) for key in ids]
        return pb.ListRegionsResponse(regions=regions, next_page_token=following)


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
    )
