"""CSV: UTF-8, one header line, comma or semicolon.

The standard library's reader is used on purpose: for tables of this size it is as fast as pandas and spares every
command half a second of imports.
"""

from __future__ import annotations

import csv
from pathlib import Path

from engine.errors import FileFormatError
from engine.tables.problems import Problems, RowProblem
from engine.tables.table import Table
from graphs.errors import EmptyInputError


def read_csv(path: Path, problems: Problems) -> Table:
    """The rows of one CSV file; blank lines are skipped, rows of the wrong length are problems."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            head = file.readline()
            file.seek(0)
            separator = ";" if head.count(";") > head.count(",") else ","
            records = list(csv.reader(file, delimiter=separator))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileFormatError(
            f"{path.name} is not UTF-8 text in CSV form ({error}); export it again as UTF-8 CSV", file=path
        ) from None
    if not records or not any(cell.strip() for cell in records[0]):
        raise EmptyInputError(f"{path.name} is empty; its first line must name the columns", file=path)
    header = [name.strip().lower() for name in records[0]]
    _refuse_twins(path, header)
    width = len(header)
    rows: list[int] = []
    kept: list[list[str]] = []
    for number, record in enumerate(records[1:], start=2):
        if len(record) == width:
            rows.append(number)
            kept.append(record)
        elif any(cell.strip() for cell in record):
            message = f"has {len(record)} cells where the header has {width}; check its separators and quotes"
            problems.add(RowProblem(path.name, number, "", "", message, FileFormatError.reason))
    columns = [[cell.strip() for cell in column] for column in zip(*kept, strict=True)] or [[] for _ in header]
    return Table(path.name, dict(zip(header, columns, strict=True)), rows)


def _refuse_twins(path: Path, header: list[str]) -> None:
    twins = sorted({name for name in header if name and header.count(name) > 1})
    if twins:
        raise FileFormatError(f"{path.name} names the column {', '.join(twins)} twice; rename one of them", file=path)
