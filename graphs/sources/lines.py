"""Geometries in a table's cells (WKT, WKB, hex, shapely) as one array of points."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from graphs.errors import GeometryError
from graphs.geodesy import check_coordinates
from graphs.network import SHAPE_SCALE, Float64, Int32, Int64


def read_lines(cells: np.ndarray, rows: np.ndarray) -> tuple[Int64, Float64]:
    """([rows + 1] offsets, [points, 2] degrees) of one line per cell; ``rows`` are the rows' names in messages.

    Raises `GeometryError` naming the first row that is empty, unreadable or not one line, and `CoordinateError`.
    """
    lines = _parse(cells, rows)
    kind = shapely.get_type_id(lines)
    several = kind == shapely.GeometryType.MULTILINESTRING
    if several.any():
        lines[several] = shapely.line_merge(lines[several])
        kind = shapely.get_type_id(lines)
    wrong = np.flatnonzero((kind != shapely.GeometryType.LINESTRING) | shapely.is_empty(lines))
    if wrong.size:
        line, row = lines[wrong[0]], rows[wrong[0]]
        what = "empty" if line is None or line.is_empty else line.geom_type
        raise GeometryError(
            f"Edge row {row}: the geometry is {what}; every edge needs one LineString ({wrong.size:,} rows are wrong).",
            row=row,
            rows=wrong.size,
        )
    points, row = shapely.get_coordinates(lines, return_index=True)
    check_coordinates(points[:, 0], points[:, 1], "Edge geometry point")
    return np.concatenate(([0], np.cumsum(np.bincount(row, minlength=lines.size)))).astype(np.int64), points


def to_fixed(points: Float64) -> Int32:
    """Degrees as integers of 1e-7 degree."""
    return np.rint(points * SHAPE_SCALE).astype(np.int32)


def _parse(cells: np.ndarray, rows: np.ndarray) -> np.ndarray:
    sample: Any = next((cell for cell in cells if cell is not None and not isinstance(cell, float)), None)
    if sample is None or isinstance(sample, shapely.Geometry):
        return np.array([cell if isinstance(cell, shapely.Geometry) else None for cell in cells], dtype=object)
    present = np.array([cell if isinstance(cell, str | bytes) else None for cell in cells], dtype=object)
    binary = isinstance(sample, bytes) or is_hex(sample)
    parse = shapely.from_wkb if binary else shapely.from_wkt
    with np.errstate(invalid="ignore"):  # a NaN among the coordinates is reported later, with its row
        try:
            return parse(present)
        except (shapely.errors.ShapelyError, UnicodeDecodeError):
            lines = parse(present, on_invalid="ignore")
    row = int(np.flatnonzero(shapely.is_missing(lines))[0])
    shown = str(cells[row])[:40]
    raise GeometryError(
        f"Edge row {rows[row]}: {shown!r} is no geometry; write WKT such as LINESTRING(8.69 49.41, 8.7 49.42), or WKB.",
        row=rows[row],
        value=shown,
    )


def is_hex(text: str) -> bool:
    return text[:2] in ("00", "01") and all(letter in "0123456789abcdefABCDEF" for letter in text[:20])
