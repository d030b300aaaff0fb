"""Datums: WGS-84, and the two that China's phones and maps report instead.

GCJ-02 ("Mars coordinates") moves every place in China by a smooth field of up to about 700 m; BD-09 (Baidu) moves
GCJ-02 once more, by about a kilometre. Towline works in WGS-84; convert what comes in. The formulas are those of the
published reconstructions (https://en.wikipedia.org/wiki/Restrictions_on_geographic_data_in_China), on the Krasovsky
1940 ellipsoid; their inverses have no closed form and are found by iteration, exact to well under a millimetre.

Outside the box of `in_china` nothing is moved. Within about a kilometre of the edge of that box (sea and foreign
land) the shift begins at once, so a place there may have two origins or none: the inverse then prefers the one inside.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from graphs.errors import DatumError
from graphs.network import Float64

Pair = tuple[Float64, Float64]

WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
SEMI_MAJOR_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323  # flattening 1 / 298.3
REFERENCE_LON, REFERENCE_LAT = 105.0, 35.0
BAIDU_LON, BAIDU_LAT = 0.0065, 0.0060
#: Degrees; a hundredth of a millimetre.
PRECISION = 1e-10
ROUNDS = 30  # each divides the error by a hundred or more; four or five do


class Datum(StrEnum):
    """What longitudes and latitudes are given in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @classmethod
    def parse(cls, text: str) -> Datum:
        """The datum of a name in any usual spelling (``GCJ-02``, ``wgs 84``, ``EPSG:4326``); raises `DatumError`."""
        plain = "".join(letter for letter in text.casefold() if letter.isalnum())
        aliases = {"wgs84": cls.WGS84, "epsg4326": cls.WGS84, "gps": cls.WGS84, "": cls.WGS84}
        aliases |= {"gcj02": cls.GCJ02, "gcj": cls.GCJ02, "bd09": cls.BD09, "bd09ll": cls.BD09, "bd": cls.BD09}
        if plain not in aliases:
            raise DatumError(f"'{text}' is no datum Towline knows; give WGS-84, GCJ-02 or BD-09.", datum=text)
        return aliases[plain]


def in_china(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """[k] whether places in degrees lie in the box in which the shift is applied."""
    lon, lat = np.asarray(lon), np.asarray(lat)
    return (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)


def wgs_to_gcj(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """WGS-84 degrees as GCJ-02; arrays of one shape."""
    lon, lat = _pair(lon, lat)
    return _where(in_china(lon, lat), _shifted(lon, lat), (lon, lat))


def gcj_to_wgs(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """GCJ-02 degrees as WGS-84."""
    lon, lat = _pair(lon, lat)
    origin = _inverse(_shifted, lon, lat)
    return _where(in_china(*origin), origin, (lon, lat))


def gcj_to_bd(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """GCJ-02 degrees as BD-09."""
    lon, lat = _pair(lon, lat)
    return _where(in_china(lon, lat), _turned(lon, lat), (lon, lat))


def bd_to_gcj(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """BD-09 degrees as GCJ-02."""
    lon, lat = _pair(lon, lat)
    origin = _inverse(_turned, lon, lat)
    return _where(in_china(*origin), origin, (lon, lat))


def wgs_to_bd(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """WGS-84 degrees as BD-09."""
    return gcj_to_bd(*wgs_to_gcj(lon, lat))


def bd_to_wgs(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """BD-09 degrees as WGS-84."""
    return gcj_to_wgs(*bd_to_gcj(lon, lat))


TO_WGS: dict[Datum, Callable[[npt.ArrayLike, npt.ArrayLike], Pair]] = {
    Datum.WGS84: lambda lon, lat: _pair(lon, lat),
    Datum.GCJ02: gcj_to_wgs,
    Datum.BD09: bd_to_wgs,
}
FROM_WGS: dict[Datum, Callable[[npt.ArrayLike, npt.ArrayLike], Pair]] = {
    Datum.WGS84: lambda lon, lat: _pair(lon, lat),
    Datum.GCJ02: wgs_to_gcj,
    Datum.BD09: wgs_to_bd,
}


def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> Pair:
    """Degrees in ``datum`` as WGS-84. NaN stays NaN, and what is no place on Earth stays as it is."""
    return TO_WGS[datum](lon, lat)


def from_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> Pair:
    """WGS-84 degrees in ``datum``, e.g. to draw on a Chinese map."""
    return FROM_WGS[datum](lon, lat)


def _pair(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64)


def _where(mask: npt.NDArray[np.bool_], inside: Pair, outside: Pair) -> Pair:
    return np.where(mask, inside[0], outside[0]), np.where(mask, inside[1], outside[1])


def _shifted(lon: Float64, lat: Float64) -> Pair:
    """GCJ-02's field, whatever the place: two polynomials with waves, in metres on the ellipsoid."""
    x, y = lon - REFERENCE_LON, lat - REFERENCE_LAT
    pi = np.pi
    ripple = 20.0 * np.sin(6.0 * pi * x) + 20.0 * np.sin(2.0 * pi * x)
    root = np.sqrt(np.abs(x))
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
        + 2.0 / 3.0 * (ripple + 20.0 * np.sin(pi * y) + 40.0 * np.sin(pi * y / 3.0))
        + 2.0 / 3.0 * (160.0 * np.sin(pi * y / 12.0) + 320.0 * np.sin(pi * y / 30.0))
    )  # fmt: skip
    east = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
        + 2.0 / 3.0 * (ripple + 20.0 * np.sin(pi * x) + 40.0 * np.sin(pi * x / 3.0))
        + 2.0 / 3.0 * (150.0 * np.sin(pi * x / 12.0) + 300.0 * np.sin(pi * x / 30.0))
    )  # fmt: skip
    angle = np.radians(lat)
    bulge = 1.0 - ECCENTRICITY_SQUARED * np.sin(angle) ** 2
    meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / bulge**1.5  # radii of curvature
    normal = SEMI_MAJOR_M / np.sqrt(bulge)
    return lon + np.degrees(east / (normal * np.cos(angle))), lat + np.degrees(north / meridian)


def _turned(lon: Float64, lat: Float64) -> Pair:
    """Baidu's field: a ripple in polar coordinates, then an offset."""
    wave = np.pi * 3000.0 / 180.0
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * wave)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * wave)
    return radius * np.cos(angle) + BAIDU_LON, radius * np.sin(angle) + BAIDU_LAT


def _inverse(field: Callable[[Float64, Float64], Pair], lon: Float64, lat: Float64) -> Pair:
    """The place that ``field`` moves to ``lon``, ``lat``, by going back by what it was off; far away, as it is."""
    near = (lon > WEST - 1.0) & (lon < EAST + 1.0) & (lat > SOUTH - 1.0) & (lat < NORTH + 1.0)
    goal_lon, goal_lat = np.where(near, lon, REFERENCE_LON), np.where(near, lat, REFERENCE_LAT)
    from_lon, from_lat = goal_lon, goal_lat
    for _ in range(ROUNDS):
        to_lon, to_lat = field(from_lon, from_lat)
        from_lon, from_lat = from_lon + (goal_lon - to_lon), from_lat + (goal_lat - to_lat)
        if max(np.abs(goal_lon - to_lon).max(initial=0.0), np.abs(goal_lat - to_lat).max(initial=0.0)) < PRECISION:
            break
    return _where(near, (from_lon, from_lat), (lon, lat))
