"""Mistakes in tables: collected over all rows and files, reported together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.errors import TableError
from engine.tables.visible import visible

#: How many problems the message spells out; the exception carries all of them.
SHOWN = 20
_VALUE_SHOWN = 40


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One cell (or row) that cannot be used, and what to do about it."""

    file: str
    row: int  # as a spreadsheet counts: the header of a CSV is row 1; features and Parquet rows count from 1
    column: str  # empty when the whole row is meant
    value: str
    message: str  # what is wrong and what to do
    reason: str  # UPPER_SNAKE, the reason of the error this would be on its own

    def of(self, column: str, value: str) -> RowProblem:
        """The same problem of another cell."""
        return replace(self, column=column, value=value)

    def __str__(self) -> str:
        short = self.value if len(self.value) <= _VALUE_SHOWN else self.value[: _VALUE_SHOWN - 1] + "…"
        value = f" '{visible(short)}'" if short else ""
        cell = f" {self.column}" if self.column else ""
        return f"row {self.row}{cell}{value}: {self.message}"


class Problems:
    """Gathers `RowProblem`s while tables are read, and notes that do not stop the work."""

    def __init__(self) -> None:
        self.rows: list[RowProblem] = []
        self.notes: list[str] = []

    def add(self, problem: RowProblem) -> None:
        self.rows.append(problem)

    def raise_if_any(self) -> None:
        """TableError with every problem, ordered by file and row; nothing when all rows are good."""
        if self.rows:
            ordered = tuple(sorted(self.rows, key=lambda problem: (problem.file, problem.row)))
            raise TableError(summary(ordered), ordered)


def summary(problems: tuple[RowProblem, ...]) -> str:
    """The first problems one a line, grouped by file, then how many more there are of which kind."""
    count = len(problems)
    lines = [f"{count:,} problem{'s' if count > 1 else ''} in the input; nothing was done."]
    file = ""
    for problem in problems[:SHOWN]:
        if problem.file != file:
            file = problem.file
            lines.append(f"{file}:")
        lines.append(f"  {problem}")
    if count > SHOWN:
        kinds = ", ".join(f"{many:,} {kind}" for kind, many in _kinds(problems[SHOWN:]))
        lines.append(f"and {count - SHOWN:,} more: {kinds}.")
    return "\n".join(lines)


def _kinds(problems: Iterable[RowProblem]) -> list[tuple[str, int]]:
    counts = Counter(f"{problem.file} {problem.column}".strip() for problem in problems)
    return counts.most_common(6)
