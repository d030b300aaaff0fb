"""The optional columns of incidents, units and providers, written as `engine.tables.terms` reads them."""

from __future__ import annotations

from typing import Any

from engine.model import Incident, NightTariff, Provider, Unit


def incident_columns(value: Incident) -> dict[str, Any]:
    drop, work = value.drop_off, value.service_time
    return {
        "drop_lon": drop.lon if drop else None,
        "drop_lat": drop.lat if drop else None,
        "garages": "; ".join(f"{each.location.lon} {each.location.lat} {each.price}" for each in value.garages),
        "units_needed": value.units_needed,
        "unit_requires": "|".join(";".join(sorted(needs)) for needs in value.unit_requires),
        "earliest": value.earliest,
        "latest": value.latest,
        "service_minutes": round(work.total_seconds() / 60, 4) if work else None,
        "revenue": value.revenue,
    }


def unit_columns(value: Unit) -> dict[str, Any]:
    return {
        "shift_start": value.shift_start,
        "shift_end": value.shift_end,
        "overtime_price": value.overtime_price,
        "breaks": ";".join(f"{rest.start.isoformat()}/{rest.end.isoformat()}" for rest in value.breaks),
    }


def provider_columns(value: Provider) -> dict[str, Any]:
    night, usual = value.night, NightTariff(1.0)
    return {
        "per_km_price": value.per_km_price,
        "night_factor": night.factor if night else None,
        "night_start": f"{(night or usual).start:%H:%M}",
        "night_end": f"{(night or usual).end:%H:%M}",
        "exclusive_cells": value.exclusive_cells,
        "exclusive_ways": ";".join(map(str, sorted(value.exclusive_ways))),
        "acceptance": value.acceptance,
        "quality": value.quality,
        "recent_share": value.recent_share,
        "contractor": value.contractor,
    }
