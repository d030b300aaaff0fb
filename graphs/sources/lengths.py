"""Stated lengths against the coordinates of their roads."""

from __future__ import annotations

import numpy as np

from graphs.errors import CoordinateError, LengthError
from graphs.geodesy import shape_lengths_m
from graphs.network import Float64
from graphs.sources.places import EdgeShapes

#: No single edge between two junctions is longer.
LONGEST_M = 1_000_000.0
#: Edges shorter than this say little about units: rounding is a large part of them.
TELLING_M = 20.0
#: A stated length of 0 is a rounded one when the road is no longer than this.
ROUNDED_TO_ZERO_M = 1.0


def checked_lengths(stated: Float64, measured: Float64, shapes: EdgeShapes, title: str, rows: np.ndarray) -> Float64:
    """``stated``, with the measured length where it was rounded to 0.

    Raises `LengthError` on a length that is missing, not positive or absurd, or on a column that is not in metres.

    Raises `CoordinateError` when the lengths fit the coordinates only with latitude and longitude swapped, which is
    how a swap shows where both orders are places on Earth.
    """
    stated = np.where((stated == 0) & (measured < ROUNDED_TO_ZERO_M), measured, stated)
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero(~((stated > 0) & (stated <= LONGEST_M)))
    if wrong.size:
        row = int(wrong[0])
        raise LengthError(
            f"Edge row {rows[row]}: '{title}' is {stated[row]:g}; a length must be above 0 and at most "
            f"{LONGEST_M:,.0f} metres ({wrong.size:,} rows are wrong).",
            row=rows[row],
            length=stated[row],
            rows=wrong.size,
        )
    telling = measured >= TELLING_M
    if not telling.any():
        return stated
    ratio = float(np.median(stated[telling] / measured[telling]))
    swapped = _swapped_lengths(shapes)
    if swapped is not None:
        spread = np.median(np.abs(np.log(stated[telling] / measured[telling])))
        with np.errstate(divide="ignore"):
            spread_swapped = np.median(np.abs(np.log(stated[telling] / np.maximum(swapped[telling], 1e-3))))
        if spread > 0.05 and spread_swapped < spread / 4:
            raise CoordinateError(
                "Latitude and longitude look swapped: the lengths agree with the coordinates only the other way round. "
                "Swap the two.",
                spread=f"{spread:.3f}",
            )
    if not 0.5 <= ratio <= 2.0:
        unit = "kilometres" if 0.0005 < ratio < 0.002 else "feet" if 3.0 < ratio < 3.6 else "another unit"
        raise LengthError(
            f"'{title}' is typically {ratio:.3g} times the distance along the coordinates, so it looks like {unit}; "
            "give metres, or leave the column out to have it measured.",
            ratio=f"{ratio:.4g}",
        )
    return stated


def _swapped_lengths(shapes: EdgeShapes) -> Float64 | None:
    lon, lat = shapes.points[:, 0], shapes.points[:, 1]
    if np.abs(lon).max() > 90.0:
        return None
    return shape_lengths_m(shapes.offset, lat, lon)
