"""FleetService: converts, asks the region's store, converts back."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
from towline.v1 import fleet_service_pb2 as pb
from towline.v1 import fleet_service_pb2_grpc

from engine.server import fleet_changes, outgoing
from engine.server.etags import etag
from engine.server.hosted import HostedRegions
from engine.server.names import ANY, ids
from engine.server.options import ServerOptions
from engine.server.paging import page
from engine.server.position_stream import take_all
from engine.server.security import caller, own_provider, require_own


class FleetServicer(fleet_service_pb2_grpc.FleetServiceServicer):
    """Reads here; what changes state is in `fleet_changes`, done once per request_id."""

    def __init__(self, regions: HostedRegions, options: ServerOptions) -> None:
        self._regions, self._led, self._options = regions, regions.led, options

    def BatchUpsertProviders(
        self, request: pb.BatchUpsertProvidersRequest, context: grpc.ServicerContext
    ) -> pb.BatchUpsertProvidersResponse | bytes:
        region = self._led.named(request.parent, "parent")
        change = fleet_changes.UpsertProviders(region, request, self._options)
        return fleet_changes.kept(region, request, caller(context).subject, change)

    def BatchUpsertUnits(
        self, request: pb.BatchUpsertUnitsRequest, context: grpc.ServicerContext
    ) -> pb.BatchUpsertUnitsResponse | bytes:
        region = self._led.named(request.parent, "parent")
        change = fleet_changes.UpsertUnits(region, request)
        return fleet_changes.kept(region, request, caller(context).subject, change)

    def DeleteProvider(
        self, request: pb.DeleteProviderRequest, context: grpc.ServicerContext
    ) -> pb.DeleteProviderResponse | bytes:
        region = self._led.get(ids(request.name)[0], "name")
        change = fleet_changes.DeleteProvider(region, request)
        return fleet_changes.kept(region, request, caller(context).subject, change)

    def DeleteUnit(self, request: pb.DeleteUnitRequest, context: grpc.ServicerContext) -> pb.DeleteUnitResponse | bytes:
        region = self._led.get(ids(request.name)[0], "name")
        change = fleet_changes.DeleteUnit(region, request)
        return fleet_changes.kept(region, request, caller(context).subject, change)

    def ReportPositions(
        self, request: pb.ReportPositionsRequest, context: grpc.ServicerContext
    ) -> pb.ReportPositionsResponse:
        region = self._led.named(request.parent, "parent")
        change = fleet_changes.ReportPositions(region, request, self._options, context)
        return fleet_changes.once(region, request, "ReportPositions", change)

    def StreamPositions(
        self, request_iterator: Iterator[pb.StreamPositionsRequest], context: grpc.ServicerContext
    ) -> pb.StreamPositionsResponse:
        return take_all(request_iterator, self._led, self._options, own_provider(context))

    def GetProvider(self, request: pb.GetProviderRequest, context: grpc.ServicerContext) -> pb.GetProviderResponse:
        region_id, provider_id = ids(request.name)
        require_own(context, provider_id, request.name)
        found = self._regions.get(region_id, "name").store.snapshot.provider(region_id, provider_id)
        return pb.GetProviderResponse(provider=outgoing.provider(found, region_id, etag(found)))

    def GetUnit(self, request: pb.GetUnitRequest, context: grpc.ServicerContext) -> pb.GetUnitResponse:
        region_id, provider_id, unit_id = ids(request.name)
        require_own(context, provider_id, request.name)
        snapshot = self._regions.get(region_id, "name").store.snapshot
        snapshot.unit(region_id, provider_id, unit_id)
        return pb.GetUnitResponse(unit=fleet_changes.unit_message(snapshot, unit_id, region_id))

    def ListProviders(
        self, request: pb.ListProvidersRequest, context: grpc.ServicerContext
    ) -> pb.ListProvidersResponse:
        region_id = ids(request.parent)[0]
        snapshot = self._regions.get(region_id, "parent").store.snapshot
        scope = f"ListProviders {request.parent}"
        keys, following = page(snapshot.provider_ids(), request.page_size, request.page_token, scope)
        found = [snapshot.provider(region_id, key) for key in keys]
        messages = [outgoing.provider(item, region_id, etag(item)) for item in found]
        return pb.ListProvidersResponse(providers=messages, next_page_token=following)

    def ListUnits(self, request: pb.ListUnitsRequest, context: grpc.ServicerContext) -> pb.ListUnitsResponse:
        region_id, provider_id = ids(request.parent)
        if provider_id == ANY:
            provider_id = own_provider(context) or ANY
        else:
            require_own(context, provider_id, request.parent)
        snapshot = self._regions.get(region_id, "parent").store.snapshot
        if provider_id != ANY:
            snapshot.provider(region_id, provider_id)
        known = snapshot.unit_ids(None if provider_id == ANY else provider_id)
        keys, following = page(known, request.page_size, request.page_token, f"ListUnits {request.parent}")
        messages = [fleet_changes.unit_message(snapshot, key, region_id) for key in keys]
        return pb.ListUnitsResponse(units=messages, next_page_token=following)
