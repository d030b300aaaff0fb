"""The statements of the writer, compiled once for a dialect: rows go to the driver as plain tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import ClauseElement, Dialect, Table, bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from engine.ledger import rows, tables

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: Rows in one statement. For SQLite alone: its driver lets go of the interpreter at each step, of which `executemany`
#: makes one a row, and gets it back only when other threads allow.
TOGETHER = 32


@dataclass(frozen=True, slots=True)
class Statement:
    """Text for the driver and the names of its parameters, in order."""

    text: str
    names: tuple[str, ...]

    @classmethod
    def compiled(cls, element: ClauseElement, dialect: Dialect, columns: Sequence[str] | None = None) -> Statement:
        """For one dialect with positional parameters."""
        compiled = element.compile(dialect=dialect, column_keys=columns)
        if not isinstance(compiled, SQLCompiler):
            raise AssertionError(f"{element} is no statement")
        return cls(str(compiled), tuple(compiled.positiontup or ()))


@dataclass(frozen=True)
class RowStatement:
    """A statement that writes rows of one kind."""

    text: str
    values: Callable[[Any], tuple[Any, ...]]
    group: str = ""  # what stands for one row, where several go into one statement

    def calls(self, region: str, found: Sequence[Any]) -> Iterator[tuple[str, Any]]:
        """What the driver is told: texts and parameters, in the order of the rows."""
        rows = [(region, *self.values(row)) for row in found]
        if not self.group:
            yield self.text, rows
            return
        begin, size = 0, TOGETHER
        while begin < len(rows):
            while size > len(rows) - begin:
                size //= 2
            yield self._together[size], tuple(chain.from_iterable(rows[begin : begin + size]))
            begin += size

    @cached_property
    def _together(self) -> dict[int, str]:
        """By number of rows, a power of two: few statements, so that the driver keeps them all prepared."""
        sizes = [1 << power for power in range(TOGETHER.bit_length())]
        return {size: self.text.replace(self.group, ", ".join([self.group] * size), 1) for size in sizes}


class Statements:
    """What one dialect is told."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect.name]

    @cached_property
    def events(self) -> RowStatement:
        """Insert."""
        return self._rows(tables.events, rows.EventRow, upsert=False)

    @cached_property
    def decisions(self) -> RowStatement:
        """Insert."""
        return self._rows(tables.decisions, rows.DecisionRow, upsert=False)

    @cached_property
    def answers(self) -> RowStatement:
        """Insert."""
        return self._rows(tables.answers, rows.AnswerRow, upsert=False)

    @cached_property
    def incidents(self) -> RowStatement:
        """Insert or replace."""
        return self._rows(tables.incidents, rows.IncidentRow)

    @cached_property
    def providers(self) -> RowStatement:
        """Insert or replace."""
        return self._rows(tables.providers, rows.ProviderRow)

    @cached_property
    def units(self) -> RowStatement:
        """Insert or replace."""
        return self._rows(tables.units, rows.UnitRow)

    @cached_property
    def positions(self) -> RowStatement:
        """Insert or replace."""
        return self._rows(tables.positions, rows.PositionRow)

    @cached_property
    def tracks(self) -> RowStatement:
        """Insert or replace."""
        return self._rows(tables.tracks, rows.TrackRow)

    @cached_property
    def without(self) -> dict[str, str]:
        """Delete by (region, id) from a table."""
        return {
            table.name: Statement.compiled(
                delete(table).where(table.c.region == bindparam("r"), table.c[key] == bindparam("k")), self._dialect
            ).text
            for table, key in ((tables.providers, "id"), (tables.units, "id"), (tables.positions, "unit"))
        }

    @cached_property
    def advance(self) -> Statement:
        """Move a region on, if nobody else did: one row changes, or none."""
        table = tables.regions
        return Statement.compiled(
            update(table)
            .values(last_number=bindparam("new_number"), last_us=bindparam("new_us"))
            .where(
                table.c.region == bindparam("r"),
                table.c.last_number == bindparam("after"),
                table.c.epoch == bindparam("by"),
            ),
            self._dialect,
        )

    @cached_property
    def hold(self) -> Statement:
        """Lock a region's row without moving it on, if nobody else did."""
        table = tables.regions
        return Statement.compiled(
            update(table)
            .values(last_number=table.c.last_number)
            .where(
                table.c.region == bindparam("r"),
                table.c.last_number == bindparam("after"),
                table.c.epoch == bindparam("by"),
            ),
            self._dialect,
        )

    def _rows(self, table: Table, kind: type[DataclassInstance], *, upsert: bool = True) -> RowStatement:
        names = [field.name for field in fields(kind)]
        statement = self._insert(table)
        if upsert:
            keys = [column.name for column in table.primary_key]
            statement = statement.on_conflict_do_update(
                index_elements=keys, set_={name: statement.excluded[name] for name in names if name not in keys}
            )
        compiled = Statement.compiled(statement, self._dialect, ["region", *names])
        if compiled.names != ("region", *names):
            raise AssertionError(f"parameters of {table.name}: {compiled.names}")
        group = f"({', '.join('?' * len(compiled.names))})" if self._dialect.name == "sqlite" else ""
        if group not in compiled.text:
            raise AssertionError(f"rows of {table.name}: {compiled.text}")
        return RowStatement(compiled.text, attrgetter(*names), group)
