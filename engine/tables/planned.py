"""The table of a plan made by hand: who serves which incident, in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from engine.check.planned import PlannedStop, PlannedTour
from engine.tables.numbers import numbers
from engine.tables.problems import Problems
from engine.tables.read import read_table
from engine.tables.table import Table
from engine.tables.times import times
from engine.tables.words import texts
from graphs.errors import InputError

REQUIRED = ("incident", "unit")
OPTIONAL = ("position", "arrives_at")
#: What `towline reassign --out` calls them, so that its plans can be checked after a person changed them.
OTHER_NAMES = {"incident_id": "incident", "unit_id": "unit"}


def load_planned(path: str | Path, *, now: datetime) -> tuple[tuple[PlannedTour, ...], tuple[str, ...]]:
    """The tours of a table, and remarks; rows without a unit are incidents that nobody serves,
    and so are all without rows.

    Raises TableError with all wrong rows, and what `read_table` raises.
    """
    problems = Problems()
    table = _renamed(read_table(path, problems, may_be_empty=True))
    tours = parse_planned(table, problems, now=now)
    problems.raise_if_any()
    return tours, tuple(problems.notes)


def parse_planned(table: Table, problems: Problems, *, now: datetime) -> tuple[PlannedTour, ...]:
    """Tours by unit, in the order in which the units first come."""
    table.require(REQUIRED, OPTIONAL, problems)
    incidents, units = texts(table, "incident", problems), texts(table, "unit", problems)
    positions = numbers(table, "position", problems, low=1, high=1_000_000, whole=True)
    arrivals = times(table, "arrives_at", problems, now=now)
    rows: dict[str, list[int]] = {}
    for index, (incident, unit) in enumerate(zip(incidents, units, strict=True)):
        if not incident:
            problems.add(table.problem(index, "incident", "is empty; name the incident", InputError.reason))
        if unit:
            rows.setdefault(unit, []).append(index)
    tours = []
    for unit, mine in rows.items():
        given = positions[mine]
        if np.isnan(given).all():
            ordered = mine
        else:
            _check_order(table, mine, given, problems)
            ordered = [mine[at] for at in np.argsort(given, kind="stable")]
        tours.append(PlannedTour(unit, tuple(PlannedStop(incidents[row], arrivals[row]) for row in ordered)))
    return tuple(tours)


def _check_order(table: Table, rows: list[int], given: np.ndarray, problems: Problems) -> None:
    first: dict[float, int] = {}
    for row, position in zip(rows, given.tolist(), strict=True):
        if position != position:
            if not table.cells("position")[row]:
                message = "is empty, but other rows of the unit have one; give all of them or none"
                problems.add(table.problem(row, "position", message, InputError.reason))
        elif position in first:
            message = f"is also that of row {table.rows[first[position]]} of the unit; order them"
            problems.add(table.problem(row, "position", message, InputError.reason))
        else:
            first[position] = row


def _renamed(table: Table) -> Table:
    names = {old: new for old, new in OTHER_NAMES.items() if old in table and new not in table}
    return replace(table, columns={names.get(name, name): cells for name, cells in table.columns.items()})
