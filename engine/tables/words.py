"""Columns of words: ids, services, capabilities, states, yes or no."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from engine.errors import DuplicateIdError
from engine.tables.problems import Problems
from engine.tables.table import Table
from engine.tables.visible import has_commands
from graphs.errors import InputError

Word = TypeVar("Word", bound=StrEnum)

_SEPARATORS = re.compile(r"[;,|]")
_FLAGS = {"": False, "true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def identifiers(table: Table, column: str, problems: Problems) -> list[str]:
    """[n] the ids; an empty one or one that was there before is a problem, as are control characters."""
    cells = texts(table, column, problems)
    first: dict[str, int] = {}
    for index, cell in enumerate(cells):
        if not cell:
            problems.add(table.problem(index, column, "is empty; every row needs its own id", InputError.reason))
        elif cell in first:
            message = f"is also the id of row {table.rows[first[cell]]}; ids must be unique"
            problems.add(table.problem(index, column, message, DuplicateIdError.reason))
        else:
            first[cell] = index
    return cells


def texts(table: Table, column: str, problems: Problems) -> list[str]:
    """[n] the cells as they are; control characters in them are problems."""
    cells = table.cells(column)
    for index, cell in enumerate(cells):
        if has_commands(cell):
            message = "holds control characters or line breaks; remove them"
            problems.add(table.problem(index, column, message, InputError.reason))
    return cells


def choices(
    table: Table, column: str, kind: type[Word], problems: Problems, *, default: Word | None, reason: str
) -> list[Word | None]:
    """[n] one word of `kind` a cell; empty cells take the default, or are problems when there is none."""

    def parse(cell: str) -> Word | None:
        if not cell and default is not None:
            return default
        return kind(cell.lower())

    return _by_distinct(table, column, parse, problems, lambda cell: _unknown(cell, kind), reason)


def choice_sets(
    table: Table, column: str, kind: type[Word], problems: Problems, *, reason: str
) -> list[frozenset[Word] | None]:
    """[n] a set of words a cell, separated by semicolons; None where the cell is wrong."""

    def parse(cell: str) -> frozenset[Word]:
        return frozenset(kind(word) for word in _words(cell))

    def explain(cell: str) -> str:
        wrong = [word for word in _words(cell) if word not in set(kind)]
        return f"{', '.join(wrong)}: {_unknown(wrong[0], kind)}"

    return _by_distinct(table, column, parse, problems, explain, reason)


def flags(table: Table, column: str, problems: Problems) -> list[bool | None]:
    """[n] yes or no; empty cells are no."""
    return _by_distinct(
        table,
        column,
        lambda cell: _FLAGS[cell.lower()],
        problems,
        lambda _: "is neither true nor false",
        InputError.reason,
    )


Parsed = TypeVar("Parsed")


def _by_distinct(
    table: Table,
    column: str,
    parse: Callable[[str], Parsed],
    problems: Problems,
    explain: Callable[[str], str],
    reason: str,
) -> list[Parsed | None]:
    """Parse every distinct text once: thousands of units share a few dozen."""
    cells = table.cells(column)
    parsed: dict[str, Parsed | None] = {}
    wrong: dict[str, str] = {}
    for cell in dict.fromkeys(cells):
        try:
            parsed[cell] = parse(cell)
        except (ValueError, KeyError):
            parsed[cell], wrong[cell] = None, explain(cell)
    if wrong:
        for index, cell in enumerate(cells):
            if cell in wrong:
                problems.add(table.problem(index, column, wrong[cell], reason))
    return [parsed[cell] for cell in cells]


def _words(cell: str) -> list[str]:
    return [word for part in _SEPARATORS.split(cell.lower()) if (word := part.strip())]


def _unknown(cell: str, kind: type[StrEnum]) -> str:
    if not cell:
        return f"is empty; use one of {', '.join(kind)}"
    guess = difflib.get_close_matches(cell.lower(), list(kind), 1, 0.6)
    return f"is not known; did you mean {guess[0]}?" if guess else f"is not known; use one of {', '.join(kind)}"
