"""The optional parts of incidents, units and providers: windows, drop-offs, shifts, tariffs; errors name the field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, cast

import h3
from towline.v1 import fleet_pb2, incident_pb2

from engine.errors import ValueRangeError
from engine.fleet.check import MOST_NIGHT
from engine.fleet.territory import TerritoryError
from engine.jobs.check import MOST_SERVICE
from engine.model import Break, Capability, Garage, NightTariff
from engine.server import enums
from engine.server.incoming_places import location
from engine.server.wire_time import read_duration, read_time, require
from graphs.posts import Posts

#: More garages, breaks or ways in one message are a mistake.
MAX_GARAGES, MAX_BREAKS, MAX_WAYS = 50, 50, 100_000
_MINUTES_A_DAY = 1440


def incident_terms(
    message: incident_pb2.Incident, now: datetime, field: str, posts: Posts | None = None
) -> dict[str, Any]:
    """What `Incident` takes beyond the essentials."""
    check_few(message.garages, MAX_GARAGES, f"{field}.garages")
    check_few(message.unit_needs, MAX_GARAGES, f"{field}.unit_needs")
    terms: dict[str, Any] = {
        "garages": tuple(_garage(each, f"{field}.garages[{n}]", posts) for n, each in enumerate(message.garages)),
        "unit_requires": tuple(
            cast(
                frozenset[Capability],
                enums.CAPABILITY.read_all(each.capabilities, f"{field}.unit_needs[{n}].capabilities"),
            )
            for n, each in enumerate(message.unit_needs)
        ),
        "revenue": message.customer_price,
    }
    if message.HasField("unit_count"):
        terms["units_needed"] = message.unit_count
    if message.HasField("drop_off"):
        terms["drop_off"] = location(message.drop_off, f"{field}.drop_off", posts)
    for name in ("earliest", "latest"):
        if message.HasField(name):
            terms[name] = read_time(getattr(message, name), now, f"{field}.{name}")
    if message.HasField("service_duration"):
        path = f"{field}.service_duration"
        terms["service_time"] = read_duration(message.service_duration, path, positive=True, longest=MOST_SERVICE)
    return terms


def _garage(message: incident_pb2.Garage, field: str, posts: Posts | None) -> Garage:
    require(message.HasField("location"), f"{field}.location", "where the garage is")
    return Garage(location(message.location, f"{field}.location", posts), message.display_name, message.drop_off_price)


def unit_terms(message: fleet_pb2.Unit, now: datetime, field: str) -> dict[str, Any]:
    """What `Unit` takes beyond the essentials."""
    check_few(message.breaks, MAX_BREAKS, f"{field}.breaks")
    breaks = []
    for n, each in enumerate(message.breaks):
        path = f"{field}.breaks[{n}]"
        require(each.HasField("start") and each.HasField("end"), path, "start and end")
        breaks.append(Break(read_time(each.start, now, f"{path}.start"), read_time(each.end, now, f"{path}.end")))
    terms: dict[str, Any] = {"breaks": tuple(breaks), "overtime_price": message.overtime_price}
    for name in ("shift_start", "shift_end"):
        if message.HasField(name):
            terms[name] = read_time(getattr(message, name), now, f"{field}.{name}")
    return terms


def provider_terms(message: fleet_pb2.Provider, field: str) -> dict[str, Any]:
    """What `Provider` takes beyond the essentials."""
    check_few(message.exclusive_osm_way_ids, MAX_WAYS, f"{field}.exclusive_osm_way_ids")
    terms: dict[str, Any] = {
        "per_km_price": message.per_km_price,
        "recent_share": message.recent_share,
        "contractor": message.contractor,
        "exclusive_cells": cells(message.exclusive_cells, f"{field}.exclusive_cells"),
        "exclusive_ways": frozenset(message.exclusive_osm_way_ids),
    }
    if message.HasField("acceptance_probability"):
        terms["acceptance"] = message.acceptance_probability
    if message.HasField("quality_score"):
        terms["quality"] = message.quality_score
    if message.HasField("night_tariff"):
        night, path = message.night_tariff, f"{field}.night_tariff"
        factor = in_range(night.factor, 1, MOST_NIGHT, f"{path}.factor")
        usual = NightTariff(factor)
        start = _clock(night.start_minute, f"{path}.start_minute") if night.HasField("start_minute") else usual.start
        end = _clock(night.end_minute, f"{path}.end_minute") if night.HasField("end_minute") else usual.end
        terms["night"] = NightTariff(factor, start, end)
    return terms


def cells(texts: Sequence[str], field: str) -> frozenset[str]:
    """H3 cells; TerritoryError names the one that is none."""
    for index, cell in enumerate(texts):
        if not h3.is_valid_cell(cell):
            path = f"{field}[{index}]"
            raise TerritoryError(f"{path} {cell[:40]!r} is no H3 cell; write it like 88b2c27a3dfffff", field=path)
    return frozenset(texts)


def in_range(value: float, least: float, most: float, field: str) -> float:
    """The number; ValueRangeError when it is not finite or outside its bounds."""
    if not (math.isfinite(value) and least <= value <= most):
        raise ValueRangeError(f"{field} {value:g} must be {least:g} to {most:,g}", field=field, value=value)
    return value


def check_few(items: Sequence[Any], most: int, field: str) -> None:
    """ValueRangeError when there are more items than anybody means."""
    if len(items) > most:
        raise ValueRangeError(f"{field} has {len(items):,} entries; at most {most:,}", field=field, value=len(items))


def _clock(minute: int, field: str) -> time:
    in_range(minute, 0, _MINUTES_A_DAY - 1, field)
    return time(minute // 60, minute % 60)
