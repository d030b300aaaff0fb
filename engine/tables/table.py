"""A table in memory: columns of text, whatever the file was, and the row numbers people see."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from engine.tables.problems import Problems, RowProblem
from graphs.errors import MissingColumnError


@dataclass(frozen=True)
class Table:
    """``n`` rows; every cell is stripped text and an absent value is the empty string."""

    file: str
    columns: dict[str, list[str]]
    rows: list[int]  # [n] row numbers in the file
    headed: bool = True  # names its columns although it has no rows

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def cells(self, column: str) -> list[str]:
        """[n] the text of one column; all empty when the table has no such column."""
        return self.columns.get(column) or [""] * len(self.rows)

    def problem(self, index: int, column: str, message: str, reason: str) -> RowProblem:
        value = self.columns[column][index] if column in self.columns else ""
        return RowProblem(self.file, self.rows[index], column, value, message, reason)

    def require(self, columns: Iterable[str], optional: Iterable[str], problems: Problems) -> None:
        """MissingColumnError naming every required column that is not there.

        A column of no known name is left alone, but noted when it looks like a misspelt one.
        """
        required, known = list(columns), [*columns, *optional]
        missing = [column for column in required if column not in self.columns] if self.headed else []
        if missing:
            found = ", ".join(self.columns) or "none"
            raise MissingColumnError(
                f"{self.file} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; "
                f"it has: {found}. Needed are {', '.join(required)}; also read: {', '.join(optional)}.",
                file=self.file,
                missing=", ".join(missing),
                found=found,
            )
        for column in self.columns:
            absent = [name for name in known if name not in self.columns]
            if column not in known and (guess := difflib.get_close_matches(column, absent, 1, 0.75)):
                problems.notes.append(f"{self.file}: column {column} is ignored; did you mean {guess[0]}?")
