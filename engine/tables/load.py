"""Incidents and fleet from files: everything is read and checked before anything is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.model import Fleet, Incident, Provider, Unit
from engine.policy import Policy
from engine.tables.incidents import parse_incidents
from engine.tables.locations import Reading
from engine.tables.places import PlaceCheck, Places, on_roads_of
from engine.tables.problems import Problems
from engine.tables.providers import parse_providers, units_at_base
from engine.tables.read import read_table
from engine.tables.table import Table
from engine.tables.units import parse_units, providers_of
from graphs.errors import EmptyInputError

if TYPE_CHECKING:
    from graphs.region import Region


@dataclass(frozen=True)
class Batch:
    """What a batch decision needs, from files; ``notes`` are remarks that did not stop the reading."""

    incidents: tuple[Incident, ...]
    fleet: Fleet
    notes: tuple[str, ...] = ()


def load_batch(
    incidents: str | Path,
    units: str | Path | None,
    providers: str | Path | None = None,
    *,
    now: datetime,
    region: Region | None = None,
    policy: Policy | None = None,
    reading: Reading = Reading(),  # noqa: B008 - immutable
) -> Batch:
    """Open incidents and the fleet; all wrong rows of all files in one TableError.

    With a region, every place must lie within the policy's distance of one of its roads. Tables of incidents and of
    units may have no rows: nothing is open, nobody is there. The notes say so.
    Raises FileMissingError, FileFormatError, EmptyInputError, MissingColumnError at the first such file.
    """
    problems, check = Problems(), _place_check(region, policy)
    fleet = _fleet(units, providers, problems, now, check, reading, may_be_empty=True)
    table = read_table(incidents, problems, may_be_empty=True)
    _note_empty(table, "no incident is open, nothing is to be decided", problems)
    unit_ids, zone = {unit.id for unit in fleet.units}, None if region is None else region.timezone
    parsed, places = parse_incidents(table, unit_ids, problems, now=now, zone=zone, reading=reading)
    if check is not None:
        for found in places:
            check(found, problems)
    problems.raise_if_any()
    return Batch(tuple(parsed), fleet, tuple(problems.notes))


def load_fleet(
    units: str | Path | None,
    providers: str | Path | None = None,
    *,
    now: datetime,
    region: Region | None = None,
    policy: Policy | None = None,
    reading: Reading = Reading(),  # noqa: B008 - immutable
) -> tuple[Fleet, tuple[str, ...]]:
    """The fleet alone, and notes on its files; errors as in `load_batch`."""
    problems = Problems()
    fleet = _fleet(units, providers, problems, now, _place_check(region, policy), reading)
    problems.raise_if_any()
    return fleet, tuple(problems.notes)


def _place_check(region: Region | None, policy: Policy | None) -> PlaceCheck | None:
    if region is None:
        return None
    return on_roads_of(region, (policy or Policy.default()).limits.max_snap_m)


def _fleet(
    units: str | Path | None,
    providers: str | Path | None,
    problems: Problems,
    now: datetime,
    check: PlaceCheck | None,
    reading: Reading,
    *,
    may_be_empty: bool = False,
) -> Fleet:
    known: list[Provider] | None = None
    crews: list[Unit] = []
    places: list[Places] = []
    if providers is not None:
        table = read_table(providers, problems)
        known, bases = parse_providers(table, problems, reading)
        if units is None:
            places.append(bases)
            crews = units_at_base(table, known, problems)
    if units is not None:
        table = read_table(units, problems, may_be_empty=may_be_empty)
        _note_empty(table, "there are no units", problems)
        crews, named = parse_units(table, known, problems, now=now, reading=reading)
        places.extend(named)
    if units is None and providers is None:
        raise EmptyInputError("no fleet: give a table of units, or one of providers with their bases")
    if check is not None:
        for found in places:
            check(found, problems)
    return Fleet(tuple(known if known is not None else providers_of(crews)), tuple(crews))


def _note_empty(table: Table, meaning: str, problems: Problems) -> None:
    if not table.rows and not any(problem.file == table.file for problem in problems.rows):
        problems.notes.append(f"{table.file} has no rows: {meaning}")
