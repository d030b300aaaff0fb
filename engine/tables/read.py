"""Reads a file into a `Table`, by its ending."""

from __future__ import annotations

from pathlib import Path

from engine.errors import FileFormatError
from engine.tables.problems import Problems
from engine.tables.table import Table
from graphs.errors import EmptyInputError, FileMissingError

READABLE = (".csv", ".tsv", ".geojson", ".json", ".parquet", ".geoparquet")


def read_table(path: str | Path, problems: Problems, *, may_be_empty: bool = False) -> Table:
    """One table of text cells; coordinates of point geometries become the columns ``lon`` and ``lat``.

    Raises FileMissingError, FileFormatError (ending or content), EmptyInputError (of a table that names its columns and
    has no rows only unless it ``may_be_empty``); rows that cannot be read as rows go to ``problems``.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if path.is_dir():
        raise FileMissingError(f"{path} is a folder; give the path of a table file", file=path)
    if ending not in READABLE:
        raise FileFormatError(
            f"{path.name} ends in {ending or 'nothing'}; give a file that ends in {', '.join(READABLE)}",
            file=path,
            ending=ending,
        )
    if not path.is_file():
        raise FileMissingError(f"{path} does not exist; give the path of a table file", file=path)
    try:
        if ending in (".csv", ".tsv"):
            from engine.tables.read_csv import read_csv

            table = read_csv(path, problems)
        elif ending in (".geojson", ".json"):
            from engine.tables.read_geojson import read_geojson

            table = read_geojson(path, problems)
        else:
            from engine.tables.read_parquet import read_parquet

            table = read_parquet(path, problems)
    except PermissionError:
        raise FileMissingError(f"{path} may not be read; check its permissions", file=path) from None
    if not may_be_empty and not table.rows and not any(problem.file == table.file for problem in problems.rows):
        raise EmptyInputError(f"{path.name} has no rows; nothing to do", file=path)
    return table
