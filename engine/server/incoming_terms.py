"""The optional parts of incidents, units and providers: windows, drop-offs, shifts, tariffs."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, cast

from towline.v1 import fleet_pb2, incident_pb2

from engine.model import Break, Capability, Garage, NightTariff
from engine.server import enums
from engine.server.incoming_places import location
from engine.server.wire_time import read_duration, read_time
from graphs.posts import Posts


def incident_terms(
    message: incident_pb2.Incident, now: datetime, field: str, posts: Posts | None = None
) -> dict[str, Any]:
    """What `Incident` takes beyond the essentials."""
    terms: dict[str, Any] = {
        "garages": tuple(_garage(each, f"{field}.garages[{n}]", posts) for n, each in enumerate(message.garages)),
        "unit_requires": tuple(
            cast(frozenset[Capability], enums.CAPABILITY.read_all(each.capabilities)) for each in message.unit_needs
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
        terms["service_time"] = read_duration(message.service_duration)
    return terms


def _garage(message: incident_pb2.Garage, field: str, posts: Posts | None) -> Garage:
    return Garage(location(message.location, f"{field}.location", posts), message.display_name, message.drop_off_price)


def unit_terms(message: fleet_pb2.Unit, now: datetime, field: str) -> dict[str, Any]:
    """What `Unit` takes beyond the essentials."""
    breaks = []
    for n, each in enumerate(message.breaks):
        path = f"{field}.breaks[{n}]"
        breaks.append(Break(read_time(each.start, now, f"{path}.start"), read_time(each.end, now, f"{path}.end")))
    terms: dict[str, Any] = {"breaks": tuple(breaks), "overtime_price": message.overtime_price}
    for name in ("shift_start", "shift_end"):
        if message.HasField(name):
            terms[name] = read_time(getattr(message, name), now, f"{field}.{name}")
    return terms


def provider_terms(message: fleet_pb2.Provider) -> dict[str, Any]:
    """What `Provider` takes beyond the essentials."""
    terms: dict[str, Any] = {
        "per_km_price": message.per_km_price,
        "recent_share": message.recent_share,
        "contractor": message.contractor,
        "exclusive_cells": frozenset(message.exclusive_cells),
        "exclusive_ways": frozenset(message.exclusive_osm_way_ids),
    }
    if message.HasField("acceptance_probability"):
        terms["acceptance"] = message.acceptance_probability
    if message.HasField("quality_score"):
        terms["quality"] = message.quality_score
    if message.HasField("night_tariff"):
        night, usual = message.night_tariff, NightTariff(message.night_tariff.factor)
        start = _clock(night.start_minute) if night.HasField("start_minute") else usual.start
        end = _clock(night.end_minute) if night.HasField("end_minute") else usual.end
        terms["night"] = NightTariff(usual.factor, start, end)
    return terms


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)
