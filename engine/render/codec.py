"""Polylines as text: quantised to about a metre, delta-encoded, zigzag varints, base64.

The stream is: number of lines, number of points, then per line its number of points and per point the difference of
longitude and latitude (in units of 1e-5 degree) to the point before it, across lines too. Counts are plain varints,
differences zigzag varints: https://protobuf.dev/programming-guides/encoding/#varints

It is not deflated on purpose: it would save a sixth of an already small stream, but bytes would then depend on the
zlib build, and the page on a browser API younger than some operators' browsers.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from graphs.errors import CoordinateError

#: Units per degree: 1e-5 degree is 1.1 m of latitude.
UNITS_PER_DEGREE = 100_000

Int64 = npt.NDArray[np.int64]


def checked_degrees(lon: npt.ArrayLike, lat: npt.ArrayLike, what: str) -> npt.NDArray[np.float64]:
    """[n, 2] lon, lat in degrees; raise `CoordinateError` naming ``what`` unless every pair is a place on Earth."""
    east, north = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
    if east.ndim != 1 or east.shape != north.shape:
        raise CoordinateError(
            f"{what}: {east.size} longitudes but {north.size} latitudes; give one of each per place",
            layer=what,
        )
    wrong = np.flatnonzero(
        ~((np.abs(east) <= 180) & (np.abs(north) <= 90))
    )  # NaN compares false, hence the double negation
    if wrong.size:
        row = int(wrong[0])
        raise CoordinateError(
            f"{what}: place {row} is at longitude {east[row]}, latitude {north[row]}, which is nowhere on Earth; "
            "use WGS-84 degrees, longitude first",
            layer=what,
            row=row,
            lon=east[row],
            lat=north[row],
        )
    return np.column_stack((east, north))


def quantise(degrees: npt.NDArray[np.float64]) -> Int64:
    """[n, 2] degrees as integers of 1e-5 degree."""
    return np.rint(degrees * UNITS_PER_DEGREE).astype(np.int64)


def encode_lines(points: Int64, offset: npt.NDArray[Any]) -> str:
    """Base64 of lines ``points[offset[i]:offset[i + 1]]`` ([p, 2] quantised); O(points)."""
    counts = np.diff(offset).astype(np.int64)
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64))
    zigzag = (steps << 1) ^ (steps >> 63)
    line_of_point = np.repeat(np.arange(counts.size), counts)
    # Point j of line i stands after 2 header values, i + 1 counts and j earlier points.
    at = 3 + line_of_point + 2 * np.arange(points.shape[0])
    values = np.empty(2 + counts.size + 2 * points.shape[0], np.int64)
    values[:2] = counts.size, points.shape[0]
    values[2 + np.arange(counts.size) + 2 * np.asarray(offset[:-1], np.int64)] = counts
    values[at], values[at + 1] = zigzag[:, 0], zigzag[:, 1]
    return base64.b64encode(_varints(values)).decode("ascii")


def encode_points(points: Int64) -> str:
    """Base64 of a set of places, as one line through all of them in order."""
    return encode_lines(points, np.array([0, points.shape[0]]))


def encode_values(values: npt.NDArray[np.float64], decimals: int) -> str:
    """Base64 of numbers rounded up to ``decimals``, as varints: 0 is NaN, 1 and 2 are plus and minus infinity,
    any other value is 3 + its zigzag. Rounding up keeps "at most 30" true of exactly those of which it was."""
    finite = np.isfinite(values)
    # Rounded first: 1.1 times 10 is a little more than 11.
    units = np.ceil(np.round(np.where(finite, values, 0.0) * 10.0**decimals, 4)).astype(np.int64)
    codes = 3 + ((units << 1) ^ (units >> 63))
    codes[np.isnan(values)], codes[values == np.inf], codes[values == -np.inf] = 0, 1, 2
    return base64.b64encode(_varints(codes)).decode("ascii")


def _varints(values: Int64) -> bytes:
    """Base-128 varints, least significant group first, of non-negative integers."""
    width = np.ones(values.size, np.int64)
    for bits in range(7, 63, 7):
        width += values >= (1 << bits)
    end = np.cumsum(width)
    out = np.empty(int(end[-1]) if end.size else 0, np.uint8)
    start = end - width
    for group in range(int(width.max(initial=0))):
        has = width > group
        more = (width[has] > group + 1).astype(np.int64) << 7
        out[start[has] + group] = ((values[has] >> (7 * group)) & 0x7F) | more
    return out.tobytes()
