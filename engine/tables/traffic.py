"""The table of traffic: closures, speeds and factors on ways, arcs or (in GeoJSON) polygons."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.geometry
from shapely.errors import ShapelyError

from engine.errors import FileFormatError, TimeError
from engine.tables.numbers import numbers
from engine.tables.problems import Problems
from engine.tables.read_csv import read_csv
from engine.tables.read_geojson import features_of
from engine.tables.table import Table
from engine.tables.text import as_text
from engine.tables.words import choices, flags, identifiers
from engine.times import parse_time
from graphs.errors import FileMissingError, GeometryError, InputError
from graphs.metrics import Arcs, Area, Direction, TrafficEntry, Ways

READABLE = (".csv", ".tsv", ".geojson", ".json")
REQUIRED = ("id",)
OPTIONAL = ("way", "arc", "direction", "classes", "speed_kph", "factor", "closed", "start", "end")


def read_traffic(path: str | Path, problems: Problems) -> list[TrafficEntry]:
    """The entries of one file; what is not written as it should be is a problem, what the roads say to it is not known.

    Raises FileMissingError, FileFormatError, MissingColumnError. A file without rows has no entries.
    """
    path = Path(path)
    check_ending(path)
    if not path.is_file():
        raise FileMissingError(f"{path} is no file; give the path of a table of traffic", file=path)
    try:
        if path.suffix.lower() in (".csv", ".tsv"):
            return parse_traffic(table := read_csv(path, problems), [None] * len(table), problems)
        features = features_of(path)
    except PermissionError:
        raise FileMissingError(f"{path} may not be read; check its permissions", file=path) from None
    names = dict.fromkeys([*REQUIRED, *(name for each in features for name in (each.get("properties") or {}))])
    columns = {
        name.strip().lower(): [as_text((each.get("properties") or {}).get(name)) for each in features] for name in names
    }
    table = Table(path.name, columns, list(range(1, len(features) + 1)))
    return parse_traffic(table, [each.get("geometry") for each in features], problems)


def check_ending(path: Path) -> None:
    """FileFormatError when a file's name does not say that it is such a table."""
    if path.suffix.lower() not in READABLE:
        text = f"{path.name} ends in {path.suffix or 'nothing'}; give traffic as {', '.join(READABLE)}"
        raise FileFormatError(text, file=path, ending=path.suffix)


def parse_traffic(table: Table, geometries: list[Any], problems: Problems) -> list[TrafficEntry]:
    """The entries of a table whose rows may have GeoJSON geometries."""
    table.require(REQUIRED, OPTIONAL, problems)
    ids = identifiers(table, "id", problems)
    ways, arcs = _integers(table, "way", problems), _integers(table, "arc", problems)
    directions = choices(table, "direction", Direction, problems, default=Direction.BOTH, reason=InputError.reason)
    speeds, factors = numbers(table, "speed_kph", problems), numbers(table, "factor", problems)
    closed = flags(table, "closed", problems)
    starts, ends = _times(table, "start", problems), _times(table, "end", problems)
    classes = [frozenset(cell.replace(",", ";").lower().split(";")) - {""} for cell in table.cells("classes")]
    polygons = [_polygon(table, row, geometry, problems) for row, geometry in enumerate(geometries)]
    wrong = {problem.row for problem in problems.rows if problem.file == table.file}
    entries = []
    for row, polygon in enumerate(polygons):
        named = [name for name, value in (("way", ways[row]), ("arc", arcs[row]), ("geometry", polygon)) if value]
        if table.rows[row] in wrong:
            continue
        if len(named) != 1:
            what = f"names roads by {' and '.join(named)}" if named else "names no roads"
            message = f"{what}; give one of way, arc and a polygon"
            problems.add(table.problem(row, "", message, InputError.reason))
            continue
        where: Ways | Arcs | Area
        if polygon is not None:
            where = Area(polygon, classes[row] or None)
        else:
            where = Ways(_one_or_all(ways[row]), directions[row] or Direction.BOTH) if ways[row] else Arcs(arcs[row])
        entries.append(
            TrafficEntry(
                ids[row],
                where,
                speed_kph=None if math.isnan(speeds[row]) else float(speeds[row]),
                factor=None if math.isnan(factors[row]) else float(factors[row]),
                closed=bool(closed[row]),
                start=starts[row],
                end=ends[row],
            )
        )
    return entries


def _one_or_all(values: list[int]) -> int | np.ndarray:
    """Entries of a single way are looked up together."""
    return values[0] if len(values) == 1 else np.array(values, np.int64)


def _integers(table: Table, column: str, problems: Problems) -> list[list[int]]:
    """[n] the ids in each cell."""
    found: list[list[int]] = []
    for index, cell in enumerate(table.cells(column)):
        try:
            found.append([int(part) for part in cell.replace(",", ";").split(";") if part.strip()])
            if any(abs(value) >= 1 << 62 for value in found[-1]):
                raise ValueError
        except ValueError:
            found[index:] = [[]]
            message = "is no id; write one number, or several with semicolons between"
            problems.add(table.problem(index, column, message, InputError.reason))
    return found


def _times(table: Table, column: str, problems: Problems) -> list[datetime | None]:
    """[n] the times, however far away, None where the cell is empty or wrong."""
    found: list[datetime | None] = []
    for index, cell in enumerate(table.cells(column)):
        value = None
        if cell:
            try:
                value = parse_time(cell)
            except (TimeError, OverflowError):
                message = "is no time with a zone; write it like 2026-03-01T08:30:00+08:00"
                problems.add(table.problem(index, column, message, TimeError.reason))
        found.append(value)
    return found


def _polygon(
    table: Table, row: int, geometry: Any, problems: Problems
) -> shapely.Polygon | shapely.MultiPolygon | None:
    """The polygon of a feature; None when it has no geometry, or one that is a problem."""
    if geometry is None:
        return None
    try:
        found = shapely.geometry.shape(geometry)
    except (ShapelyError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        found = None
    if isinstance(found, shapely.Polygon | shapely.MultiPolygon):
        return found
    message = "is no polygon; draw one, or leave the geometry out and name a way"
    problems.add(table.problem(row, "geometry", message, GeometryError.reason))
    return None
