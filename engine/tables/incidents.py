"""The table of incidents."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo
from typing import Any

from engine.errors import (
    TimeError,
    UnknownCapabilityError,
    UnknownPriorityError,
    UnknownReferenceError,
    UnknownServiceError,
)
from engine.jobs.errors import WindowError
from engine.model import Capability, Incident, Location, Priority, Service
from engine.tables import locations
from engine.tables.numbers import MOST_MINUTES, numbers
from engine.tables.places import Places
from engine.tables.problems import Problems
from engine.tables.table import Table
from engine.tables.terms import INCIDENT_COLUMNS, incident_terms
from engine.tables.times import times
from engine.tables.words import choice_sets, choices, flags, identifiers
from graphs.errors import InputError

REQUIRED = ("incident_id", "lon", "lat", "service", "received_at")
OPTIONAL = (
    "requires",
    "priority",
    "promise_minutes",
    "due_at",
    "assigned_unit_id",
    "pinned",
    *INCIDENT_COLUMNS,
    *locations.COLUMNS,
)
#: Clocks of other systems may run ahead of ours by this much.
CLOCK_SKEW = timedelta(minutes=5)


def parse_incidents(
    table: Table,
    unit_ids: Collection[str],
    problems: Problems,
    *,
    now: datetime,
    zone: tzinfo | None = None,
    reading: locations.Reading = locations.Reading(),  # noqa: B008 - immutable
) -> tuple[list[Incident], list[Places]]:
    """The incidents of a table, and the places they name; messages have ``now`` on the clock of ``zone``."""
    table.require(locations.required(table, REQUIRED), OPTIONAL, problems)
    ids = identifiers(table, "incident_id", problems)
    services = choices(table, "service", Service, problems, default=None, reason=UnknownServiceError.reason)
    requires = choice_sets(table, "requires", Capability, problems, reason=UnknownCapabilityError.reason)
    reason = UnknownPriorityError.reason
    priorities = choices(table, "priority", Priority, problems, default=Priority.NORMAL, reason=reason)
    received = times(table, "received_at", problems, now=now, required=True)
    due = times(table, "due_at", problems, now=now)
    promise = numbers(table, "promise_minutes", problems, low=0, high=MOST_MINUTES, above_low=True, unit="minutes")
    pinned = flags(table, "pinned", problems)
    where, places = locations.locations(table, problems, reading)
    terms, drops = incident_terms(table, problems, now, reading.datum)
    _check_order(table, received, due, now, now if zone is None else now.astimezone(zone), problems)
    _check_terms(table, received, due, terms, problems)
    _check_units(table, pinned, unit_ids, problems)
    assigned = table.cells("assigned_unit_id")
    incidents = [
        Incident(
            id=ids[i],
            location=where[i] or Location(0.0, 0.0),
            service=services[i] or Service.BREAKDOWN_REPAIR,
            received_at=received[i] or now,
            requires=requires[i] or frozenset(),
            priority=priorities[i] or Priority.NORMAL,
            promise=timedelta(minutes=float(promise[i])) if promise[i] > 0 else None,
            due_at=due[i],
            assigned_unit_id=assigned[i] or None,
            pinned=bool(pinned[i]),
            **terms[i],
        )
        for i in range(len(table))
    ]
    return incidents, [places, *drops]


def _check_order(
    table: Table,
    received: list[datetime | None],
    due: list[datetime | None],
    now: datetime,
    shown: datetime,
    problems: Problems,
) -> None:
    for index, (start, end) in enumerate(zip(received, due, strict=True)):
        if start is not None and start > now + CLOCK_SKEW:
            message = f"lies after now ({shown.isoformat(timespec='seconds')}); correct it, or say what time it is"
            problems.add(table.problem(index, "received_at", message, TimeError.reason))
        if start is not None and end is not None and end < start:
            problems.add(table.problem(index, "due_at", "is before received_at; correct one of them", TimeError.reason))


def _check_terms(
    table: Table,
    received: list[datetime | None],
    due: list[datetime | None],
    terms: list[dict[str, Any]],
    problems: Problems,
) -> None:
    for index, known in enumerate(terms):
        start, promised = received[index], due[index]
        earliest, latest = known.get("earliest"), known.get("latest")
        if start is not None and latest is not None and latest < start:
            message = "is before received_at; correct one of them"
            problems.add(table.problem(index, "latest", message, WindowError.reason))
        if promised is not None and earliest is not None and promised < earliest:
            message = "is before earliest; correct one of them"
            problems.add(table.problem(index, "due_at", message, WindowError.reason))


def _check_units(table: Table, pinned: list[bool | None], unit_ids: Collection[str], problems: Problems) -> None:
    held: dict[str, int] = {}
    for index, unit in enumerate(table.cells("assigned_unit_id")):
        if unit and unit not in unit_ids:
            message = "is not among the units; correct it, add the unit, or leave it empty"
            problems.add(table.problem(index, "assigned_unit_id", message, UnknownReferenceError.reason))
        if not pinned[index]:
            continue
        if not unit:
            message = "is true but assigned_unit_id is empty; name the unit or unpin"
            problems.add(table.problem(index, "pinned", message, InputError.reason))
        elif unit in held:
            message = f"is pinned in row {table.rows[held[unit]]} too; a unit serves one incident at a time"
            problems.add(table.problem(index, "assigned_unit_id", message, InputError.reason))
        else:
            held[unit] = index
