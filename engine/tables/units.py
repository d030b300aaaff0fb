"""The table of units."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from engine.errors import UnknownCapabilityError, UnknownReferenceError, UnknownServiceError, UnknownStatusError
from engine.model import Capability, Location, Provider, Service, Unit, UnitStatus
from engine.tables import locations
from engine.tables.numbers import coordinates, numbers
from engine.tables.places import Places
from engine.tables.problems import Problems
from engine.tables.table import Table
from engine.tables.terms import UNIT_COLUMNS, unit_terms
from engine.tables.times import times
from engine.tables.words import choice_sets, choices, identifiers, texts

REQUIRED = ("unit_id", "lon", "lat")
OPTIONAL = (
    "provider_id",
    "services",
    "capabilities",
    "status",
    "free_at",
    "free_lon",
    "free_lat",
    "mobilisation_minutes",
    *UNIT_COLUMNS,
    *locations.COLUMNS,
)
#: The provider of units that name none.
OWN = "own"
#: A crew that takes longer than a day to set off is a mistake.
MOST_MOBILISATION = 24 * 60.0


def parse_units(
    table: Table,
    providers: list[Provider] | None,
    problems: Problems,
    *,
    now: datetime,
    reading: locations.Reading = locations.Reading(),  # noqa: B008 - immutable
) -> tuple[list[Unit], list[Places]]:
    """The units of a table, and the places they name.

    Without ``providers`` an empty ``services`` means all services; with them it means the provider's.
    """
    table.require(locations.required(table, REQUIRED), OPTIONAL, problems)
    ids = identifiers(table, "unit_id", problems)
    owners = [cell or OWN for cell in texts(table, "provider_id", problems)]
    offered = _offered(table, owners, providers, problems)
    services = choice_sets(table, "services", Service, problems, reason=UnknownServiceError.reason)
    capabilities = choice_sets(table, "capabilities", Capability, problems, reason=UnknownCapabilityError.reason)
    reason = UnknownStatusError.reason
    statuses = choices(table, "status", UnitStatus, problems, default=UnitStatus.AVAILABLE, reason=reason)
    free_at = times(table, "free_at", problems, now=now)
    where, placed = locations.locations(table, problems, reading)
    free_lon, free_lat, moves = coordinates(table, "free_lon", "free_lat", problems, optional=True)
    free_lon, free_lat = locations.in_wgs84(table, Problems(), reading.datum, (free_lon, free_lat), moves)
    mobilisation = numbers(table, "mobilisation_minutes", problems, low=0, high=MOST_MOBILISATION, unit="minutes")
    delays = {m: timedelta(minutes=m) for m in np.unique(mobilisation[~np.isnan(mobilisation)]).tolist() if m >= 0}
    none = frozenset[Capability]()
    terms = unit_terms(table, problems, now)
    units = [
        Unit(
            id=ids[i],
            provider_id=owners[i],
            location=where[i] or Location(0.0, 0.0),
            services=services[i] or offered.get(owners[i], frozenset(Service)),
            capabilities=capabilities[i] or none,
            status=statuses[i] or UnitStatus.AVAILABLE,
            free_at=free_at[i],
            free_location=Location(free_x, free_y) if moves[i] else None,
            mobilisation=delays.get(delay, timedelta(0)),
            **terms[i],
        )
        for i, (free_x, free_y, delay) in enumerate(
            zip(free_lon.tolist(), free_lat.tolist(), mobilisation.tolist(), strict=True)
        )
    ]
    return units, [placed, Places(table, "free_lon", "free_lat", free_lon, free_lat, moves)]


def providers_of(units: list[Unit]) -> list[Provider]:
    """One provider for every name the units give, serving the whole region, for tables without providers."""
    crews: dict[str, int] = {}
    services: dict[str, frozenset[Service]] = {}
    for unit in units:
        crews[unit.provider_id] = crews.get(unit.provider_id, 0) + 1
        services[unit.provider_id] = services.get(unit.provider_id, frozenset()) | unit.services
    return [Provider(id=name, services=services[name], crews=count) for name, count in crews.items()]


def _offered(
    table: Table, owners: list[str], providers: list[Provider] | None, problems: Problems
) -> dict[str, frozenset[Service]]:
    if providers is None:
        return {}
    offered = {provider.id: provider.services for provider in providers}
    for index, owner in enumerate(owners):
        if owner not in offered:
            message = "is not in the table of providers; add it there or correct it"
            problems.add(table.problem(index, "provider_id", message, UnknownReferenceError.reason))
    return offered
