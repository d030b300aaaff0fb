"""Columns of numbers: coordinates, minutes, counts, prices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tables.problems import Problems
from engine.tables.table import Table
from graphs.errors import CoordinateError, InputError

Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

#: Longer than a week, a number of minutes is taken for a mistake.
MOST_MINUTES = 7 * 24 * 60.0


def numbers(
    table: Table,
    column: str,
    problems: Problems,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    above_low: bool = False,
    whole: bool = False,
    unit: str = "",
    reason: str = InputError.reason,
) -> Float64:
    """[n] the column as numbers, NaN where the cell is empty; what is no finite number in [low, high] is a problem.

    With ``whole`` so is a fraction.
    """
    cells = table.cells(column)
    values, bad = _floats(cells)
    for index in bad:
        problems.add(table.problem(index, column, "is not a number; correct it or leave it empty", reason))
    with np.errstate(invalid="ignore"):
        wrong = (values < low) | (values > high) | ((values == low) if above_low else False)
    for index in np.flatnonzero(wrong):
        bounds = f"{'above' if above_low else 'from'} {low:g} {'and at most' if above_low else 'to'} {high:,g} {unit}"
        if np.isinf(high):
            bounds = f"{'more than' if above_low else 'at least'} {low:g} {unit}"
        problems.add(table.problem(int(index), column, f"must be {bounds.strip()}", reason))
    if whole:
        for index in np.flatnonzero(~wrong & ~np.isnan(values) & (values != np.floor(values))):
            problems.add(table.problem(int(index), column, "must be a whole number", reason))
    return values


def coordinates(
    table: Table,
    lon_column: str,
    lat_column: str,
    problems: Problems,
    *,
    optional: bool = False,
    excused: Bool | None = None,
) -> tuple[Float64, Float64, Bool]:
    """Longitudes [n], latitudes [n] in degrees and whether [n] both can be used; the others are problems.

    With ``optional``, or where it is ``excused`` [n], a row may leave both empty (but not one of them).
    """
    lon, bad_lon = _floats(table.cells(lon_column))
    lat, bad_lat = _floats(table.cells(lat_column))
    good = np.ones(len(table), np.bool_)
    for column, bad in ((lon_column, bad_lon), (lat_column, bad_lat)):
        good[bad] = False
        for index in bad:
            message = "is not a number of degrees; write it like -71.2519"
            problems.add(table.problem(index, column, message, CoordinateError.reason))
    may_lack = np.full(len(table), optional) | (False if excused is None else excused)
    _check_empty(table, lon_column, lat_column, problems, good, may_lack)
    with np.errstate(invalid="ignore"):
        wrong_lat, wrong_lon = good & (np.abs(lat) > 90), good & (np.abs(lon) > 180)
        swapped = wrong_lat & (np.abs(lon) <= 90) & (np.abs(lat) <= 180)
    for index in np.flatnonzero(wrong_lat | wrong_lon):
        column = lat_column if wrong_lat[index] else lon_column
        limit = "-90 to 90" if wrong_lat[index] else "-180 to 180"
        hint = f"; {lon_column} and {lat_column} look swapped" if swapped[index] else ""
        problems.add(table.problem(int(index), column, f"is outside {limit} degrees{hint}", CoordinateError.reason))
    good &= ~(wrong_lat | wrong_lon)
    return lon, lat, good


def _check_empty(
    table: Table, lon_column: str, lat_column: str, problems: Problems, good: Bool, may_lack: Bool
) -> None:
    no_lon = np.array([cell == "" for cell in table.cells(lon_column)], np.bool_)
    no_lat = np.array([cell == "" for cell in table.cells(lat_column)], np.bool_)
    for index in np.flatnonzero(good & (no_lon | no_lat)):
        if may_lack[index] and no_lon[index] and no_lat[index]:
            continue
        column, other = (lon_column, lat_column) if no_lon[index] else (lat_column, lon_column)
        message = (
            f"is empty but {other} is not; give both or none" if may_lack[index] else "is empty; give both coordinates"
        )
        problems.add(table.problem(int(index), column, message, CoordinateError.reason))
    good &= ~(no_lon | no_lat)


def _floats(cells: list[str]) -> tuple[Float64, list[int]]:
    """[n] numbers with NaN for empty cells, and the indices of the cells that are no finite numbers."""
    filled = np.array([cell != "" for cell in cells], np.bool_)
    try:
        values = np.array([cell or "nan" for cell in cells], dtype=np.float64) if cells else np.empty(0)
    except ValueError:
        values = np.array([_float(cell) for cell in cells])
    bad = filled & ~np.isfinite(values)
    values[bad] = np.nan
    return values, np.flatnonzero(bad).tolist()


def _float(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.nan
