"""The optional columns of incidents, units and providers: windows, drop-offs, shifts, tariffs, concessions."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np

from engine.errors import TimeError, UnknownCapabilityError
from engine.fleet.check import MOST_NIGHT, MOST_PER_HOUR, MOST_PER_KM
from engine.jobs.check import MOST_MONEY, MOST_UNITS
from engine.jobs.errors import WindowError
from engine.model import Break, Capability, Garage, Location, NightTariff
from engine.tables import locations
from engine.tables.numbers import MOST_MINUTES, coordinates, numbers
from engine.tables.places import Places
from engine.tables.problems import Problems
from engine.tables.table import Table
from engine.tables.times import times
from engine.tables.words import flags
from engine.times import parse_time
from graphs.datum import Datum
from graphs.errors import CoordinateError, InputError

INCIDENT_COLUMNS = (
    "drop_lon",
    "drop_lat",
    "garages",
    "units_needed",
    "unit_requires",
    "earliest",
    "latest",
    "service_minutes",
    "revenue",
)
UNIT_COLUMNS = ("shift_start", "shift_end", "overtime_price", "breaks")
PROVIDER_COLUMNS = (
    "per_km_price",
    "night_factor",
    "night_start",
    "night_end",
    "exclusive_cells",
    "exclusive_ways",
    "acceptance",
    "quality",
    "recent_share",
    "contractor",
)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def incident_terms(
    table: Table, problems: Problems, now: datetime, datum: Datum
) -> tuple[list[dict[str, Any]], list[Places]]:
    """[n] what `Incident` takes beyond the essentials, and the drop-offs named."""
    terms: list[dict[str, Any]] = [{} for _ in range(len(table))]
    if not any(column in table for column in INCIDENT_COLUMNS):
        return terms, []
    lon, lat, drops = coordinates(table, "drop_lon", "drop_lat", problems, optional=True)
    lon, lat = locations.in_wgs84(table, Problems(), datum, (lon, lat), drops)
    earliest, latest = times(table, "earliest", problems, now=now), times(table, "latest", problems, now=now)
    _check_windows(table, earliest, latest, problems)
    units = numbers(table, "units_needed", problems, low=1, high=MOST_UNITS, whole=True)
    minutes = numbers(table, "service_minutes", problems, low=0, high=MOST_MINUTES, above_low=True, unit="minutes")
    revenue = numbers(table, "revenue", problems, low=0, high=MOST_MONEY)
    for i, known in enumerate(terms):
        if drops[i]:
            known["drop_off"] = Location(float(lon[i]), float(lat[i]))
        if earliest[i] is not None:
            known["earliest"] = earliest[i]
        if latest[i] is not None:
            known["latest"] = latest[i]
        if units[i] >= 1:
            known["units_needed"] = int(units[i])
        if 0 < minutes[i] <= MOST_MINUTES:
            known["service_time"] = timedelta(minutes=float(minutes[i]))
        if revenue[i] >= 0:
            known["revenue"] = float(revenue[i])
    for i, cell in enumerate(table.cells("garages")):
        terms[i]["garages"] = _in_wgs84(table, i, _garages(table, i, cell, bool(drops[i]), problems), datum)
    for i, cell in enumerate(table.cells("unit_requires")):
        terms[i]["unit_requires"] = _needs(table, i, cell, terms[i].get("units_needed", 1), problems)
    return terms, [Places(table, "drop_lon", "drop_lat", lon, lat, drops)]


def _check_windows(
    table: Table, earliest: list[datetime | None], latest: list[datetime | None], problems: Problems
) -> None:
    for i, (begin, end) in enumerate(zip(earliest, latest, strict=True)):
        if begin is not None and end is not None and end < begin:
            problems.add(table.problem(i, "latest", "is before earliest; correct one of them", WindowError.reason))


def _garages(table: Table, index: int, cell: str, drops: bool, problems: Problems) -> tuple[Garage, ...]:
    """``lon lat`` or ``lon lat price``, semicolons between garages."""
    found = []
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        try:
            values = [float(word) for word in part.split()]
        except ValueError:
            values = []
        wrong = len(values) not in (2, 3) or not np.isfinite(values).all()
        if wrong or abs(values[0]) > 180 or abs(values[1]) > 90:
            message = f"{part}: write each garage as lon lat or lon lat price, semicolons between them"
            problems.add(table.problem(index, "garages", message, CoordinateError.reason))
        elif len(values) == 3 and not 0 <= values[2] <= MOST_MONEY:
            message = f"{part}: the price must be 0 to {MOST_MONEY:,.0f}"
            problems.add(table.problem(index, "garages", message, InputError.reason))
        else:
            found.append(Garage(Location(values[0], values[1]), price=values[2] if len(values) == 3 else 0.0))
    if found and drops:
        message = "are given together with drop_lon and drop_lat; give one of them"
        problems.add(table.problem(index, "garages", message, InputError.reason))
    return tuple(found)


def _in_wgs84(table: Table, index: int, garages: tuple[Garage, ...], datum: Datum) -> tuple[Garage, ...]:
    """In the datum that the row names, else in ``datum``; a wrong name is reported with the row's own place."""
    if not garages:
        return garages
    lon, lat = np.array([[each.location.lon, each.location.lat] for each in garages]).T
    row = Table(table.file, {"datum": [table.cells("datum")[index]] * len(garages)}, [table.rows[index]] * len(garages))
    lon, lat = locations.in_wgs84(row, Problems(), datum, (lon, lat), np.ones(len(garages), bool))
    return tuple(
        replace(each, location=Location(float(x), float(y))) for each, x, y in zip(garages, lon, lat, strict=True)
    )


def _needs(table: Table, index: int, cell: str, units: int, problems: Problems) -> tuple[frozenset[Capability], ...]:
    """The capabilities of each unit, a bar between units: ``winch|flatbed;heavy``."""
    if not cell:
        return ()
    needs = []
    for part in cell.lower().split("|"):
        words = [word.strip() for word in part.split(";") if word.strip()]
        unknown = [word for word in words if word not in set(Capability)]
        if unknown:
            message = f"{unknown[0]}: is not known; use {', '.join(Capability)}"
            problems.add(table.problem(index, "unit_requires", message, UnknownCapabilityError.reason))
        needs.append(frozenset(Capability(word) for word in words if word not in unknown))
    if len(needs) != units:
        message = f"is about {len(needs)} units, but units_needed is {units}; put a bar between units"
        problems.add(table.problem(index, "unit_requires", message, InputError.reason))
    return tuple(needs)


def unit_terms(table: Table, problems: Problems, now: datetime) -> list[dict[str, Any]]:
    """[n] what `Unit` takes beyond the essentials."""
    terms: list[dict[str, Any]] = [{} for _ in range(len(table))]
    if not any(column in table for column in UNIT_COLUMNS):
        return terms
    start, end = times(table, "shift_start", problems, now=now), times(table, "shift_end", problems, now=now)
    price = numbers(table, "overtime_price", problems, low=0, high=MOST_PER_HOUR)
    for i, known in enumerate(terms):
        begins, ends = start[i], end[i]
        if begins is not None and ends is not None and ends <= begins:
            message = "is not after shift_start; a night shift ends on the next day"
            problems.add(table.problem(i, "shift_end", message, WindowError.reason))
            continue
        known["shift_start"], known["shift_end"] = begins, ends
        if price[i] >= 0:
            known["overtime_price"] = float(price[i])
    for i, cell in enumerate(table.cells("breaks")):
        terms[i]["breaks"] = _breaks(table, i, cell, problems)
    return terms


def _breaks(table: Table, index: int, cell: str, problems: Problems) -> tuple[Break, ...]:
    """``start/end`` with zones, semicolons between breaks."""
    found = []
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        begins, _, ends = part.partition("/")
        try:
            rest = Break(parse_time(begins), parse_time(ends))
        except TimeError:
            message = f"{part}: write each break as start/end, both like 2026-03-01T12:00:00+08:00"
            problems.add(table.problem(index, "breaks", message, TimeError.reason))
            continue
        if rest.end <= rest.start:
            message = f"{part}: ends before it starts"
            problems.add(table.problem(index, "breaks", message, WindowError.reason))
        else:
            found.append(rest)
    return tuple(found)


def provider_terms(table: Table, problems: Problems) -> list[dict[str, Any]]:
    """[n] what `Provider` takes beyond the essentials."""
    terms: list[dict[str, Any]] = [{} for _ in range(len(table))]
    if not any(column in table for column in PROVIDER_COLUMNS):
        return terms
    columns = {
        "per_km_price": numbers(table, "per_km_price", problems, low=0, high=MOST_PER_KM),
        "acceptance": numbers(table, "acceptance", problems, low=0, high=1, above_low=True),
        "quality": numbers(table, "quality", problems, low=0, high=1),
        "recent_share": numbers(table, "recent_share", problems, low=0, high=1),
    }
    factor = numbers(table, "night_factor", problems, low=1, high=MOST_NIGHT)
    contractors = flags(table, "contractor", problems)
    for i, known in enumerate(terms):
        known |= {name: float(values[i]) for name, values in columns.items() if not np.isnan(values[i])}
        if factor[i] >= 1:
            usual = NightTariff(float(factor[i]))
            start = _clock(table, i, "night_start", usual.start, problems)
            known["night"] = NightTariff(usual.factor, start, _clock(table, i, "night_end", usual.end, problems))
        known["exclusive_ways"] = _ways(table, i, problems)
        known["exclusive_cells"] = _cells(table, i, problems)
        known["contractor"] = bool(contractors[i])
    return terms


def _clock(table: Table, index: int, column: str, usual: time, problems: Problems) -> time:
    cell = table.cells(column)[index]
    if not cell:
        return usual
    if found := _CLOCK.fullmatch(cell):
        return time(int(found[1]), int(found[2]))
    problems.add(table.problem(index, column, "is not a time of day; write it like 22:00", TimeError.reason))
    return usual


def _ways(table: Table, index: int, problems: Problems) -> frozenset[int]:
    words = [word.strip() for word in table.cells("exclusive_ways")[index].split(";") if word.strip()]
    if wrong := [word for word in words if not word.isdecimal()]:
        message = f"{wrong[0]} is no OSM way id; give ids separated by semicolons"
        problems.add(table.problem(index, "exclusive_ways", message, InputError.reason))
    return frozenset(int(word) for word in words if word not in wrong)


def _cells(table: Table, index: int, problems: Problems) -> frozenset[str]:
    from graphs.cells import is_cell

    words = [word.strip().lower() for word in table.cells("exclusive_cells")[index].split(";") if word.strip()]
    if wrong := [word for word in words if not is_cell(word)]:
        message = f"{wrong[0]} is no H3 cell; give H3 cells separated by semicolons"
        problems.add(table.problem(index, "exclusive_cells", message, InputError.reason))
    return frozenset(word for word in words if word not in wrong)
