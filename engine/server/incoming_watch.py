"""What watchers ask for: filters with names as ids, intervals; every error names the field by its path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

import grpc
import h3
from towline.v1 import watch_service_pb2 as pb

from engine.live.events import EventKind
from engine.live.telemetry import UnitFilter
from engine.live.watch.filters import EventFilter
from engine.server import enums
from engine.server.names import ids, require_region
from engine.server.security.identity import own_provider, require_own
from engine.server.wire_time import read_duration

#: Where a request leaves them out.
HEARTBEAT, INTERVAL = timedelta(seconds=15), timedelta(seconds=1)


def event_filter(message: pb.EventFilter, region: str, context: grpc.ServicerContext) -> EventFilter:
    """PermissionDeniedError when a provider asks for what is another one's."""
    units = []
    for index, name in enumerate(message.units):
        path = f"filter.units[{index}]"
        found, provider_id, unit_id = ids(name)
        require_region(found, region, name, path)
        require_own(context, provider_id, name)
        units.append(unit_id)
    kinds = enums.EVENT_KIND.read_all(message.kinds)
    return EventFilter(
        incidents=_incidents(message.incidents, region, "filter.incidents"),
        providers=_providers(message.providers, region, context, "filter.providers"),
        units=frozenset(units),
        kinds=cast(frozenset[EventKind], kinds),
        cells=_cells(message.cells),
        own=own_provider(context),
    )


def unit_filter(message: pb.WatchTelemetryRequest, region: str, context: grpc.ServicerContext) -> UnitFilter:
    """PermissionDeniedError when a provider asks for what is another one's."""
    return UnitFilter(
        cells=_cells(message.cells),
        providers=_providers(message.providers, region, context, "providers"),
        incidents=_incidents(message.incidents, region, "incidents"),
        own=own_provider(context),
    )


def heartbeat_s(message: pb.WatchEventsRequest) -> float:
    return (read_duration(message.heartbeat) if message.HasField("heartbeat") else HEARTBEAT).total_seconds()


def interval_s(message: pb.WatchTelemetryRequest) -> float:
    return (read_duration(message.interval) if message.HasField("interval") else INTERVAL).total_seconds()


def _incidents(names: Sequence[str], region: str, field: str) -> frozenset[str]:
    return frozenset(_ids(names, region, field))


def _providers(names: Sequence[str], region: str, context: grpc.ServicerContext, field: str) -> frozenset[str]:
    found = _ids(names, region, field)
    for name, key in zip(names, found, strict=True):
        require_own(context, key, name)
    return frozenset(found)


def _ids(names: Sequence[str], region: str, field: str) -> list[str]:
    """The second id of each name."""
    found = []
    for index, name in enumerate(names):
        in_region, key = ids(name)
        require_region(in_region, region, name, f"{field}[{index}]")
        found.append(key)
    return found


def _cells(texts: Sequence[str]) -> dict[int, frozenset[int]]:
    """By resolution."""
    found: dict[int, set[int]] = {}
    for text in texts:
        found.setdefault(h3.get_resolution(text), set()).add(h3.str_to_int(text))
    return {resolution: frozenset(cells) for resolution, cells in found.items()}
