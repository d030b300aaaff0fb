"""Columns of times: RFC 3339 with a zone, near the present."""

from __future__ import annotations

from datetime import datetime

from engine.errors import TimeError
from engine.tables.problems import Problems
from engine.tables.table import Table
from engine.times import ABSURD, parse_time, require_near


def times(
    table: Table, column: str, problems: Problems, *, now: datetime, required: bool = False
) -> list[datetime | None]:
    """[n] the times, None where the cell is empty or wrong.

    What is no time, has no zone or lies more than a year from now is a problem.
    """
    values: list[datetime | None] = []
    known: dict[str, datetime] = {}
    for index, cell in enumerate(table.cells(column)):
        if not cell:
            values.append(None)
            if required:
                message = "is empty; write it like 2026-03-01T08:30:00+08:00"
                problems.add(table.problem(index, column, message, TimeError.reason))
            continue
        value = known.get(cell)
        if value is None:
            try:
                value = known[cell] = require_near(parse_time(cell), now)
            except (TimeError, OverflowError) as error:
                problems.add(table.problem(index, column, _explain(error), TimeError.reason))
        values.append(value)
    return values


def _explain(error: TimeError | OverflowError) -> str:
    """The same message without the value, which the problem shows already."""
    if isinstance(error, TimeError):
        for sign in ("is not a time", "has no time zone", "is more than a year"):
            if sign in error.message:
                return sign + error.message.split(sign, 1)[1]
    return f"is more than {ABSURD.days} days from now"
