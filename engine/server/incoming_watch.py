"""What watchers ask for: filters with names as ids, intervals; every error names the field by its path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, cast

import grpc
import h3
from towline.v1 import watch_service_pb2 as pb

from engine.errors import ValueRangeError
from engine.fleet.territory import TerritoryError
from engine.live.events import EventKind
from engine.live.telemetry import UnitFilter
from engine.live.watch.entry import FINEST
from engine.live.watch.filters import EventFilter
from engine.server import enums
from engine.server.incoming_terms import check_few
from engine.server.names import parse_incident, parse_provider, parse_unit, require_region
from engine.server.security.identity import own_provider, require_own
from engine.server.wire_time import read_duration

#: Names of one kind, and cells, in one filter.
MAX_NAMES, MAX_CELLS = 1000, 10_000
HEARTBEAT, HEARTBEAT_FROM, HEARTBEAT_TO = timedelta(seconds=15), timedelta(seconds=1), timedelta(minutes=5)
INTERVAL, INTERVAL_TO = timedelta(seconds=1), timedelta(minutes=1)


def event_filter(message: pb.EventFilter, region: str, context: grpc.ServicerContext) -> EventFilter:
    """PermissionDeniedError when a provider asks for what is another one's."""
    check_few(message.units, MAX_NAMES, "filter.units")
    units = []
    for index, name in enumerate(message.units):
        path = f"filter.units[{index}]"
        found, provider_id, unit_id = parse_unit(name, path)
        require_region(found, region, name, path)
        require_own(context, provider_id, name)
        units.append(unit_id)
    kinds = enums.EVENT_KIND.read_all(message.kinds, "filter.kinds")
    return EventFilter(
        incidents=_incidents(message.incidents, region, "filter.incidents"),
        providers=_providers(message.providers, region, context, "filter.providers"),
        units=frozenset(units),
        kinds=cast(frozenset[EventKind], kinds),
        cells=_cells(message.cells, "filter.cells"),
        own=own_provider(context),
    )


def unit_filter(message: pb.WatchTelemetryRequest, region: str, context: grpc.ServicerContext) -> UnitFilter:
    """PermissionDeniedError when a provider asks for what is another one's."""
    return UnitFilter(
        cells=_cells(message.cells, "cells"),
        providers=_providers(message.providers, region, context, "providers"),
        incidents=_incidents(message.incidents, region, "incidents"),
        own=own_provider(context),
    )


def heartbeat_s(message: pb.WatchEventsRequest) -> float:
    return _seconds(message, "heartbeat", HEARTBEAT, HEARTBEAT_FROM, HEARTBEAT_TO)


def interval_s(message: pb.WatchTelemetryRequest) -> float:
    return _seconds(message, "interval", INTERVAL, INTERVAL, INTERVAL_TO)


def _seconds(message: Any, field: str, usual: timedelta, least: timedelta, most: timedelta) -> float:
    if not message.HasField(field):
        return usual.total_seconds()
    value = read_duration(getattr(message, field), field, longest=most)
    if value < least:
        text = f"{field} of {value.total_seconds():g} s must be at least {least.total_seconds():g} s"
        raise ValueRangeError(text, field=field, value=value.total_seconds())
    return value.total_seconds()


def _incidents(names: Sequence[str], region: str, field: str) -> frozenset[str]:
    return _ids(names, field, region, parse_incident)


def _providers(names: Sequence[str], region: str, context: grpc.ServicerContext, field: str) -> frozenset[str]:
    found = _ids(names, field, region, parse_provider)
    for name in names:
        require_own(context, parse_provider(name, field)[1], name)
    return found


def _ids(names: Sequence[str], field: str, region: str, parse: Callable[[str, str], tuple[str, str]]) -> frozenset[str]:
    check_few(names, MAX_NAMES, field)
    ids = set()
    for index, name in enumerate(names):
        path = f"{field}[{index}]"
        found, key = parse(name, path)
        require_region(found, region, name, path)
        ids.add(key)
    return frozenset(ids)


def _cells(texts: Sequence[str], field: str) -> dict[int, frozenset[int]]:
    """By resolution; TerritoryError names the one that is no cell, or a finer one than are told apart."""
    check_few(texts, MAX_CELLS, field)
    found: dict[int, set[int]] = {}
    for index, text in enumerate(texts):
        if not h3.is_valid_cell(text) or h3.get_resolution(text) > FINEST:
            path = f"{field}[{index}]"
            what = f"is no H3 cell of a resolution from 0 to {FINEST}; write it like 88b2c27a3dfffff"
            raise TerritoryError(f"{path} {text[:40]!r} {what}", field=path)
        found.setdefault(h3.get_resolution(text), set()).add(h3.str_to_int(text))
    return {resolution: frozenset(cells) for resolution, cells in found.items()}
