"""What changes a fleet: each change reads the request and applies it under the store's writer lock, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from google.protobuf.message import Message
from towline.v1 import fleet_pb2
from towline.v1 import fleet_service_pb2 as pb

from engine.live.commands.fleet import StoreFleet
from engine.live.writer import Asked
from engine.server import incoming, outgoing
from engine.server.etags import etag, require_etag
from engine.server.fault_field import fault_fields
from engine.server.fleet_store import FleetSnapshot, Report
from engine.server.hosted import HostedRegion
from engine.server.incoming_places import location
from engine.server.limits import check_cells
from engine.server.names import ids, require_region
from engine.server.options import ServerOptions
from engine.server.replies import content_digest
from engine.server.security import require_own
from engine.server.validation import part_check
from engine.server.wire_time import read_time
from graphs.errors import TowlineError

Reply = TypeVar("Reply", bound=Message)
_check_position = part_check(pb.UnitPosition)


def once(region: HostedRegion, request: Any, method: str, change: Callable[[], Reply]) -> Reply:
    """Do a change that is telemetry, or give the answer it got before under the same request_id.

    Answers are kept in memory; validate_only ones are not.
    """
    if request.validate_only:
        return change()
    return region.replies.once(method, request.request_id, request, change)


def kept(region: HostedRegion, request: Any, actor: str, change: Callable[[], Reply]) -> Reply | bytes:
    """Do a change of the fleet and answer when it is in the ledger; repeated, it gets the answer that was given then.

    It is checked and prepared here, not by the region's writer, whom a large batch would keep from incidents.
    """
    if request.validate_only:
        return change()
    method = type(request).DESCRIPTOR.name.removesuffix("Request")
    digest = content_digest(request)
    with region.store.staging() as staged:
        if (known := region.live.answered(method, request.request_id, digest)) is not None:
            return known
        reply = change()
        asked = Asked(
            StoreFleet(tuple(staged)),
            actor,
            method,
            request.request_id,
            digest,
            tell=lambda _: reply.SerializeToString(),
            publish=lambda: [region.store.publish(each) for each in staged],
        )
        return region.live.submit(asked).result().told


class UpsertProviders:
    def __init__(self, region: HostedRegion, request: pb.BatchUpsertProvidersRequest, options: ServerOptions) -> None:
        self._region, self._request, self._options = region, request, options

    def __call__(self) -> pb.BatchUpsertProvidersResponse:
        region, sent, posts = self._region.id, self._request.providers, self._region.dispatcher.posts
        check_cells(sent, "providers", self._options)
        providers = incoming.unique(sent, lambda item, path: incoming.provider(item, region, path, posts), "providers")
        store = self._region.store
        with store.writing(), fault_fields(provider=("providers", providers)):
            for index, (item, message) in enumerate(zip(providers, sent, strict=True)):
                known = store.snapshot.providers.get(item.id)
                require_etag(message.etag, known, f"providers[{index}].etag", message.name)
            store.upsert_providers(providers, validate_only=self._request.validate_only)
        stored = [outgoing.provider(item, region, etag(item)) for item in providers]
        return pb.BatchUpsertProvidersResponse(providers=stored)


class UpsertUnits:
    def __init__(self, region: HostedRegion, request: pb.BatchUpsertUnitsRequest) -> None:
        self._region, self._request = region, request

    def __call__(self) -> pb.BatchUpsertUnitsResponse:
        region, sent, store = self._region.id, self._request.units, self._region.store
        now = self._region.live.now()
        with store.writing():
            before = store.snapshot

            def read(message: fleet_pb2.Unit, path: str) -> Any:
                known = before.find(ids(message.name)[2])
                require_etag(message.etag, known, f"{path}.etag", message.name)
                place = known.location if known else None
                return incoming.unit(message, region, before.providers, now, path, place, self._region.dispatcher.posts)

            units = incoming.unique(sent, read, "units")
            with fault_fields(unit=("units", units)):
                after = store.upsert_units(units, now, validate_only=self._request.validate_only)
        observed = after.observed
        stored = [outgoing.unit(item, region, etag(item), observed.get(item.id)) for item in units]
        return pb.BatchUpsertUnitsResponse(units=stored)


class DeleteProvider:
    def __init__(self, region: HostedRegion, request: pb.DeleteProviderRequest) -> None:
        self._region, self._request = region, request

    def __call__(self) -> pb.DeleteProviderResponse:
        request, store = self._request, self._region.store
        provider_id = ids(request.name)[1]
        with store.writing():
            found = store.snapshot.provider(self._region.id, provider_id)
            require_etag(request.etag, found, "etag", request.name)
            removed = store.delete_provider(provider_id, force=request.force, validate_only=request.validate_only)
        return pb.DeleteProviderResponse(removed_unit_count=removed)


class DeleteUnit:
    def __init__(self, region: HostedRegion, request: pb.DeleteUnitRequest) -> None:
        self._region, self._request = region, request

    def __call__(self) -> pb.DeleteUnitResponse:
        request, store = self._request, self._region.store
        _, provider_id, unit_id = ids(request.name)
        with store.writing():
            found = store.snapshot.unit(self._region.id, provider_id, unit_id)
            require_etag(request.etag, found, "etag", request.name)
            store.delete_unit(provider_id, unit_id, validate_only=request.validate_only)
        return pb.DeleteUnitResponse()


class ReportPositions:
    def __init__(
        self, region: HostedRegion, request: pb.ReportPositionsRequest, options: ServerOptions, context: Any
    ) -> None:
        self._region, self._request, self._options, self._context = region, request, options, context

    def __call__(self) -> pb.ReportPositionsResponse:
        request, now = self._request, self._region.live.now()
        reports: list[Report | TowlineError] = []
        for index, message in enumerate(request.positions):
            try:
                reports.append(self._read(message, now, f"positions[{index}]"))
            except TowlineError as error:
                reports.append(error)
        refused = self._region.store.report(
            reports, now, validate_only=request.validate_only, wall=self._options.clock()
        )
        return pb.ReportPositionsResponse(
            accepted_count=len(reports) - len(refused),
            rejected_positions=[
                pb.RejectedPosition(
                    index=index,
                    unit=request.positions[index].unit,
                    reason=error.reason,
                    message=error.message,
                    metadata=error.metadata,
                )
                for index, error in sorted(refused.items())
            ],
        )

    def _read(self, message: pb.UnitPosition, now: datetime, path: str) -> Report:
        _check_position(message, path)
        region, provider_id, unit_id = ids(message.unit)
        require_region(region, self._region.id, message.unit, path, "unit")
        require_own(self._context, provider_id, message.unit)
        observed = (
            read_time(message.observed_at, now, f"{path}.observed_at") if message.HasField("observed_at") else now
        )
        place = location(message.location, f"{path}.location", self._region.dispatcher.posts)
        return Report(provider_id, unit_id, place, observed)


def unit_message(snapshot: FleetSnapshot, unit_id: str, region: str) -> fleet_pb2.Unit:
    """A stored unit with its etag and the time of its position."""
    found = snapshot.find(unit_id)
    assert found is not None
    return outgoing.unit(found, region, etag(found), snapshot.observed.get(unit_id))
