"""The table of providers."""

from __future__ import annotations

import numpy as np

from engine.errors import TooLargeError, UnknownCapabilityError, UnknownServiceError
from engine.model import Capability, Provider, Service, Unit
from engine.tables import locations
from engine.tables.numbers import numbers
from engine.tables.places import Places
from engine.tables.problems import Problems
from engine.tables.table import Table
from engine.tables.terms import PROVIDER_COLUMNS, provider_terms
from engine.tables.words import choice_sets, identifiers, texts
from graphs.errors import InputError

REQUIRED = ("provider_id",)
OPTIONAL = (
    "name",
    "services",
    "territory",
    "lon",
    "lat",
    "crews",
    "call_out_price",
    "capabilities",
    *PROVIDER_COLUMNS,
    *locations.COLUMNS,
)
#: More crews of one provider, or of all of them, are a mistake in the table (and more than memory holds).
MOST_CREWS, MOST_UNITS = 10_000, 1_000_000


def parse_providers(
    table: Table,
    problems: Problems,
    reading: locations.Reading = locations.Reading(),  # noqa: B008 - immutable
) -> tuple[list[Provider], Places]:
    """The providers of a table, and where their bases are."""
    table.require(REQUIRED, OPTIONAL, problems)
    ids = identifiers(table, "provider_id", problems)
    services = choice_sets(table, "services", Service, problems, reason=UnknownServiceError.reason)
    choice_sets(table, "capabilities", Capability, problems, reason=UnknownCapabilityError.reason)
    territories = _territories(table, problems)
    crews = numbers(table, "crews", problems, low=1, high=MOST_CREWS, whole=True)
    usable = (crews >= 1) & (crews <= MOST_CREWS) & (crews == np.floor(crews))
    prices = numbers(table, "call_out_price", problems, low=0, high=1e6)
    where, places = locations.locations(table, problems, reading, optional=True)
    names = texts(table, "name", problems)
    terms = provider_terms(table, problems)
    providers = [
        Provider(
            id=ids[i],
            name=names[i],
            services=services[i] or frozenset(Service),
            territory=territories[i],
            base=where[i],
            crews=int(crews[i]) if usable[i] else 1,
            call_out_price=0.0 if np.isnan(prices[i]) else float(prices[i]),
            **terms[i],
        )
        for i in range(len(table))
    ]
    return providers, places


def units_at_base(table: Table, providers: list[Provider], problems: Problems) -> list[Unit]:
    """One available unit for every crew, at its provider's base, for fleets without live positions.

    Empty when they would be too many: that is a problem of the first row past the limit.
    """
    total = np.cumsum([provider.crews for provider in providers])
    if total.size and total[-1] > MOST_UNITS:
        index = int(np.argmax(total > MOST_UNITS))
        message = f"brings all crews to {total[index]:,} of {total[-1]:,}; at most {MOST_UNITS:,} make one fleet"
        problems.add(table.problem(index, "crews", message, TooLargeError.reason))
        return []
    ignored = Problems()
    capabilities = choice_sets(table, "capabilities", Capability, ignored, reason=UnknownCapabilityError.reason)
    units: list[Unit] = []
    for index, provider in enumerate(providers):
        if provider.base is None:
            message = "is empty; without a table of units every provider needs a base"
            problems.add(table.problem(index, "lon", message, InputError.reason))
            continue
        units.extend(
            Unit(
                id=f"{provider.id}/{crew}",
                provider_id=provider.id,
                location=provider.base,
                services=provider.services,
                capabilities=capabilities[index] or frozenset(),
            )
            for crew in range(1, provider.crews + 1)
        )
    return units


def _territories(table: Table, problems: Problems) -> list[frozenset[str]]:
    if "territory" not in table:
        return [frozenset()] * len(table)
    import h3

    from graphs.cells import is_cell

    territories: list[frozenset[str]] = []
    for index, cell in enumerate(table.cells("territory")):
        cells = [part.strip().lower() for part in cell.split(";") if part.strip()]
        wrong = [part for part in cells if not is_cell(part)]
        if wrong:
            message = f"{wrong[0]} is no H3 cell; give H3 cells separated by semicolons"
            problems.add(table.problem(index, "territory", message, InputError.reason))
        elif len({h3.get_resolution(part) for part in cells}) > 1:
            message = "mixes H3 resolutions; give cells of one resolution"
            problems.add(table.problem(index, "territory", message, InputError.reason))
        territories.append(frozenset() if wrong else frozenset(cells))
    return territories
