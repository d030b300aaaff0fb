"""The statements of the writer, compiled once for a dialect: rows go to the driver as plain tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import ClauseElement, Dialect, Table, bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from engine.ledger import rows, tables

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Tuples = list[tuple[Any, ...]]


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


@dataclass(frozen=True, slots=True)
class RowStatement:
    """A statement that writes rows of one kind."""

    text: str
    values: Callable[[Any], tuple[Any, ...]]

    def tuples(self, region: str, found: Iterable[Any]) -> Tuples:
        """One tuple a row, in the order of the statement's parameters."""
        values = self.values
        return [(region, *values(row)) for row in found]


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
        return RowStatement(compiled.text, attrgetter(*names))
