"""What stands in a table's cells: plain values, lists, lists written out as text, numbers, yes and no.

Every function works once per distinct value, so that a table of a million rows costs its few hundred words.
"""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphs.classes import NOT_DRIVABLE, UNKNOWN_CLASS, class_index
from graphs.errors import InputError
from graphs.maxspeed import HIGHEST_KPH, parse_maxspeed
from graphs.network import Float32, Float64, Int64

SKIPPED = -1
FORWARD, BOTH, BACKWARD = 1, 0, -1

_ONEWAY = {
    **dict.fromkeys(("yes", "true", "1", "1.0", "t", "y"), FORWARD),
    **dict.fromkeys(("no", "false", "0", "0.0", "f", "n", "", "reversible", "alternating"), BOTH),
    **dict.fromkeys(("-1", "-1.0", "reverse"), BACKWARD),
}


def values_of(cell: Any) -> tuple[str, ...]:
    """The values one cell holds: none, one, or those of a list, also one written as ``['residential', 'service']``."""
    if isinstance(cell, str):
        text = cell.strip()
        if text.startswith("[") and text.endswith("]"):
            try:
                return values_of(ast.literal_eval(text))
            except (ValueError, SyntaxError):
                return (text,)
        return (text,) if text else ()
    if cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell)):
        return ()
    if isinstance(cell, list | tuple | set | np.ndarray):
        return tuple(value for item in cell for value in values_of(item))
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return (str(int(cell)),)
    return (str(cell),)


def distinct(column: pd.Series) -> tuple[Int64, list[tuple[str, ...]]]:
    """([rows] index into the distinct cells, the values of each distinct cell)."""
    cells = column.to_numpy(dtype=object)
    unhashable = np.fromiter((isinstance(cell, list | set | np.ndarray) for cell in cells), bool, cells.size)
    if unhashable.any():
        cells = cells.copy()
        cells[unhashable] = [_Listed(values_of(cell)) for cell in cells[unhashable]]
    codes, uniques = pd.factorize(cells, use_na_sentinel=False)
    return codes, [cell.values if isinstance(cell, _Listed) else values_of(cell) for cell in uniques]


class _Listed:
    """A list as one hashable cell (pandas would unpack a plain tuple into a row of an index)."""

    __slots__ = ("values",)

    def __init__(self, values: tuple[str, ...]) -> None:
        self.values = values

    def __hash__(self) -> int:
        return hash(self.values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Listed) and other.values == self.values


def road_classes(column: pd.Series) -> tuple[npt.NDArray[np.int16], dict[str, int], dict[str, int]]:
    """([rows] road class or `SKIPPED`, rows skipped by value, rows taken for 'road' by value).

    Of several values in one cell the slowest class counts, so that an ETA errs on the careful side.
    """
    codes, cells = distinct(column)
    rows = np.bincount(codes, minlength=len(cells))
    found = np.full(len(cells), SKIPPED, np.int16)
    skipped: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for index, values in enumerate(cells):
        known = [c for c in map(class_index, values) if c is not None]
        if known:
            found[index] = max(known)
        elif all(value in NOT_DRIVABLE for value in values):
            reason = f"highway={values[0]}" if values else "without highway"
            skipped[reason] = skipped.get(reason, 0) + int(rows[index])
        else:
            found[index] = UNKNOWN_CLASS
            unknown[values[0]] = unknown.get(values[0], 0) + int(rows[index])
    return found[codes], skipped, unknown


def maxspeeds(column: pd.Series) -> tuple[Float32, dict[str, int]]:
    """([rows] km/h or NaN, rows per value that was not understood). Of several values the lowest counts."""
    if pd.api.types.is_float_dtype(column) or pd.api.types.is_integer_dtype(column):
        kph = column.to_numpy(dtype=np.float32, na_value=np.nan)
        wrong = np.isfinite(kph) & ((kph <= 0) | (kph > HIGHEST_KPH)) | np.isinf(kph)
        values, counts = np.unique(kph[wrong], return_counts=True)
        unread = {f"{value:g}": int(count) for value, count in zip(values, counts, strict=True)}
        return np.where(wrong, np.nan, kph).astype(np.float32), unread
    codes, cells = distinct(column)
    rows = np.bincount(codes, minlength=len(cells))
    kph = np.full(len(cells), np.nan, np.float32)
    unread = {}
    for index, values in enumerate(cells):
        speeds = [speed for speed in map(parse_maxspeed, values) if speed is not None]
        if speeds:
            kph[index] = min(speeds)
        elif values:
            unread[values[0]] = unread.get(values[0], 0) + int(rows[index])
    return kph[codes], unread


def directions(column: pd.Series) -> npt.NDArray[np.int8]:
    """[rows] FORWARD where one-way as drawn, BACKWARD where one-way against it, BOTH otherwise."""
    if pd.api.types.is_bool_dtype(column):
        return np.where(column.to_numpy(dtype=bool), FORWARD, BOTH).astype(np.int8)
    codes, cells = distinct(column)
    found = np.zeros(len(cells), np.int8)
    for index, values in enumerate(cells):
        ways = {_ONEWAY.get(value.lower()) for value in values or ("",)}
        if None in ways:
            raise InputError(
                f"The one-way column holds {values[0]!r}; it understands yes, no, true, false, 1, 0 and -1.",
                value=values[0],
            )
        found[index] = ways.pop() if len(ways) == 1 else FORWARD
    return found[codes]


def texts(column: pd.Series) -> tuple[Int64, list[str]]:
    """([rows] index, distinct texts); of a list the first value."""
    codes, cells = distinct(column)
    return codes, [values[0] if values else "" for values in cells]


def numbers(column: pd.Series, title: str) -> Float64:
    """[rows] float64; raises `InputError` naming the first cell that is no number."""
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    found = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(np.isnan(found) & column.notna().to_numpy())
    if wrong.size:
        row = int(wrong[0])
        value = column.iloc[row]
        if str(value).strip().lower() not in ("nan", ""):
            raise InputError(
                f"Column '{title}', row {row}: {value!r} is not a number.", column=title, row=row, value=value
            )
    return found


def identifiers(column: pd.Series) -> Int64:
    """[rows] int64 identifiers, of a list the first; 0 where the cell holds no whole number."""
    exact = _exact_integers(column)
    if exact is not None:
        return exact
    codes, cells = distinct(column)
    return np.array([_as_int(values[0]) if values else 0 for values in cells], np.int64)[codes]


def node_keys(columns: list[pd.Series], title: str) -> tuple[list[Int64], Int64]:
    """Node identifiers of several columns as indices into one list, and that list as int64.

    Integers are kept; other texts are numbered in order of appearance. Raises `InputError` on an empty cell.
    """
    sizes = [len(column) for column in columns]
    exact = [_exact_integers(column) for column in columns]
    if all(values is not None for values in exact):
        ids, index = np.unique(np.concatenate([values for values in exact if values is not None]), return_inverse=True)
    else:
        merged = pd.concat([column.astype("string").str.strip() for column in columns], ignore_index=True)
        empty = np.flatnonzero((merged.isna() | (merged == "")).to_numpy(dtype=bool))
        if empty.size:
            raise InputError(f"{title}: a node identifier is empty (row {int(empty[0])}).", row=int(empty[0]))
        index, names = pd.factorize(merged)
        ids = np.arange(len(names), dtype=np.int64)
    return np.split(index.astype(np.int64), np.cumsum(sizes)[:-1]), ids


def _exact_integers(column: pd.Series) -> Int64 | None:
    if pd.api.types.is_integer_dtype(column) and not column.hasnans:
        return column.to_numpy(dtype=np.int64)
    try:
        if pd.api.types.is_float_dtype(column):
            values = column.to_numpy(dtype=np.float64, na_value=np.nan)
            exact = values.astype(np.int64) if np.isfinite(values).all() else None
            return exact if exact is not None and (exact == values).all() else None
        return column.to_numpy(dtype=object).astype(np.int64)
    except (ValueError, TypeError, OverflowError):
        return None


def _as_int(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        return 0
    return value if abs(value) < 2**63 else 0
