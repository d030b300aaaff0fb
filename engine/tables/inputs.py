"""Incidents, units and providers written in the very form they are read in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from engine.model import Fleet, Incident, Location, Provider, Unit
from engine.tables.outputs import Outputs
from engine.tables.terms import INCIDENT_COLUMNS, PROVIDER_COLUMNS, UNIT_COLUMNS
from engine.tables.terms_out import incident_columns, provider_columns, unit_columns
from engine.tables.write import check_folder, write_csv
from graphs.snapping.query import Side


def save_case(folder: Path, name: str, fleet: Fleet, incidents: Sequence[Incident]) -> None:
    """``{name}-incidents.csv``, ``{name}-units.csv`` and ``{name}-providers.csv`` in a folder that exists."""
    with Outputs() as files:
        stage_case(files, folder, name, fleet, incidents)


def stage_case(files: Outputs, folder: Path, name: str, fleet: Fleet, incidents: Sequence[Incident]) -> None:
    """The same, together with other files."""
    tables = {
        "incidents": _told(_rows(incidents, _incident, incident_columns), [item.location for item in incidents]),
        "units": _told(_rows(fleet.units, _unit, unit_columns), [item.location for item in fleet.units]),
        "providers": _told(
            _rows(fleet.providers, _provider, provider_columns), [item.base for item in fleet.providers]
        ),
    }
    for kind, rows in tables.items():
        files.write(check_folder(folder / f"{name}-{kind}.csv"), lambda part, rows=rows: write_csv(part, rows))


Item = TypeVar("Item", Incident, Unit, Provider)
Columns = Callable[[Item], dict[str, Any]]


def _rows(items: Sequence[Item], usual: Columns[Item], optional: Columns[Item]) -> list[dict[str, Any]]:
    """One row an item, with the optional columns that say something about any of them."""
    more = [optional(item) for item in items]
    varied = {name for row in more for name, value in row.items() if value not in _NEUTRAL[name]}
    return [
        usual(item) | {name: value for name, value in row.items() if name in varied}
        for item, row in zip(items, more, strict=True)
    ]


#: What an optional column holds where nothing is said.
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    **{name: (None, "", 0.0, frozenset()) for name in (*INCIDENT_COLUMNS, *UNIT_COLUMNS, *PROVIDER_COLUMNS)},
    **dict.fromkeys(("units_needed", "acceptance", "quality"), (1,)),
    "night_start": ("22:00",),
    "night_end": ("06:00",),
}


def _told(rows: list[dict[str, Any]], places: list[Location | None]) -> list[dict[str, Any]]:
    """The rows with what is known of their places beyond coordinates, if it is known of any."""
    if all(place is None or place.is_plain for place in places):
        return rows
    return [{**row, **_details(place)} for row, place in zip(rows, places, strict=True)]


def _details(place: Location | None) -> dict[str, Any]:
    known = place or Location(0.0, 0.0)
    return {
        "heading": known.heading,
        "heading_tolerance": known.heading_tolerance,
        "accuracy_m": known.accuracy_m,
        "road": known.road,
        "direction": known.direction,
        "level": known.level,
        "side": "" if known.side is Side.ANY else known.side.name.lower(),
    }


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "incident_id": incident.id,
        "lon": incident.location.lon,
        "lat": incident.location.lat,
        "service": incident.service.value,
        "requires": incident.requires,
        "priority": incident.priority.value,
        "received_at": incident.received_at,
        "promise_minutes": _minutes(incident.promise) if incident.promise else None,
        "due_at": incident.due_at,
        "assigned_unit_id": incident.assigned_unit_id,
        "pinned": incident.pinned,
    }


def _unit(unit: Unit) -> dict[str, Any]:
    free = unit.free_location
    return {
        "unit_id": unit.id,
        "provider_id": unit.provider_id,
        "lon": unit.location.lon,
        "lat": unit.location.lat,
        "services": unit.services,
        "capabilities": unit.capabilities,
        "status": unit.status.value,
        "free_at": unit.free_at,
        "free_lon": free.lon if free else None,
        "free_lat": free.lat if free else None,
        "mobilisation_minutes": _minutes(unit.mobilisation),
    }


def _provider(provider: Provider) -> dict[str, Any]:
    base = provider.base
    return {
        "provider_id": provider.id,
        "name": provider.name,
        "services": provider.services,
        "territory": provider.territory,
        "lon": base.lon if base else None,
        "lat": base.lat if base else None,
        "crews": provider.crews,
        "call_out_price": provider.call_out_price,
    }


def _minutes(value: timedelta) -> float:
    return round(value.total_seconds() / 60, 4)
