"""The optional parts of units and providers as fields of the contract; what is neutral stays unset."""

from __future__ import annotations

from datetime import time
from typing import Any

from towline.v1 import fleet_pb2

from engine.model import Provider, Unit
from engine.server.wire_time import write_time


def provider_terms(value: Provider) -> dict[str, Any]:
    night = value.night
    return {
        "per_km_price": value.per_km_price,
        "night_tariff": None
        if night is None
        else fleet_pb2.NightTariff(
            factor=night.factor, start_minute=_minute(night.start), end_minute=_minute(night.end)
        ),
        "exclusive_cells": sorted(value.exclusive_cells),
        "exclusive_osm_way_ids": sorted(value.exclusive_ways),
        "acceptance_probability": None if value.acceptance == 1.0 else value.acceptance,
        "quality_score": None if value.quality == 1.0 else value.quality,
        "recent_share": value.recent_share,
        "contractor": value.contractor,
    }


def unit_terms(value: Unit) -> dict[str, Any]:
    return {
        "shift_start": write_time(value.shift_start) if value.shift_start else None,
        "shift_end": write_time(value.shift_end) if value.shift_end else None,
        "overtime_price": value.overtime_price,
        "breaks": [fleet_pb2.Break(start=write_time(rest.start), end=write_time(rest.end)) for rest in value.breaks],
    }


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
