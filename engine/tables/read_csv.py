"""CSV: UTF-8, one header line, comma, semicolon or tab.

The standard library's reader is used on purpose: for tables of this size it is as fast as pandas and spares every
command half a second of imports.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from engine.errors import FileFormatError
from engine.tables.problems import Problems, RowProblem
from engine.tables.table import Table
from graphs.errors import EmptyInputError

#: How zip files (Excel's workbooks among them), gzip files and old Excel files begin.
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")


def read_csv(path: Path, problems: Problems) -> Table:
    """The rows of one CSV file; blank lines are skipped, rows of the wrong length are problems."""
    text = _text(path)
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise FileFormatError(f"{path.name} is not CSV ({error}); export it again", file=path) from None
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


def _text(path: Path) -> str:
    """The file as text; FileFormatError names the encoding it seems to have and how to save it."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        if content.startswith(_PACKED):
            raise FileFormatError(f"{path.name} is a workbook or packed file; export it as CSV", file=path) from None
        found = "in UTF-16" if _is_utf16(content) else f"not in UTF-8 but probably in Latin-1 (line {line})"
    else:
        if not _is_utf16(content):
            return text
        found = "in UTF-16"
    raise FileFormatError(f"{path.name} is {found}; save it as UTF-8 (in Excel: 'CSV UTF-8')", file=path)


def _is_utf16(content: bytes) -> bool:
    return content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4]


def _refuse_twins(path: Path, header: list[str]) -> None:
    twins = sorted({name for name in header if name and header.count(name) > 1})
    if twins:
        raise FileFormatError(f"{path.name} names the column {', '.join(twins)} twice; rename one of them", file=path)
