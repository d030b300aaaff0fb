"""Places on Earth: distances on the sphere, the Mercator plane, and coordinates that cannot be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphs.errors import CoordinateError
from graphs.network import Float64, Int64

#: Mean radius (IUGG; read by kernels), so that great-circle distances agree with OSMnx and H3.
EARTH_RADIUS_M = 6_371_008.8
#: Beyond this the Mercator plane is no longer usable.
MERCATOR_LIMIT = 89.0


def great_circle_m(lon_a: npt.ArrayLike, lat_a: npt.ArrayLike, lon_b: npt.ArrayLike, lat_b: npt.ArrayLike) -> Float64:
    """Great-circle distance in metres between places in degrees; broadcasts. Haversine formula."""
    lat_a, lat_b = np.radians(lat_a), np.radians(lat_b)
    half_lon = np.radians(np.subtract(lon_b, lon_a)) / 2
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin(half_lon) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def to_mercator(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Float64, Float64]:
    """Metres on the spherical Mercator plane: conformal, so what is nearest locally is nearest there."""
    lat = np.clip(lat, -MERCATOR_LIMIT, MERCATOR_LIMIT)
    x = EARTH_RADIUS_M * np.radians(lon)
    return np.asarray(x), EARTH_RADIUS_M * np.arcsinh(np.tan(np.radians(lat)))


def from_mercator(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Float64, Float64]:
    """The inverse of `to_mercator`: longitude and latitude in degrees."""
    lon = np.degrees(np.asarray(x) / EARTH_RADIUS_M)
    return lon, np.degrees(np.arctan(np.sinh(np.asarray(y) / EARTH_RADIUS_M)))


def shape_lengths_m(offset: Int64, lon: Float64, lat: Float64) -> Float64:
    """[s] metres along each of s shapes whose points are ``offset[i]:offset[i + 1]`` of lon, lat."""
    leg = np.zeros(lon.size)
    leg[1:] = great_circle_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    along = np.concatenate(([0.0], np.cumsum(leg)))
    last = np.maximum(offset[1:], offset[:-1] + 1)
    return along[last] - along[offset[:-1] + 1]


def coordinate_faults(lon: Float64, lat: Float64) -> npt.NDArray[np.bool_]:
    """[k] true where a longitude or latitude is NaN, infinite or out of range."""
    with np.errstate(invalid="ignore"):
        return ~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0))


def check_coordinates(lon: Float64, lat: Float64, what: str) -> None:
    """Raise `CoordinateError` about the first of ``what`` that is no place on Earth, e.g. with lat/lon swapped."""
    faults = np.flatnonzero(coordinate_faults(lon, lat))
    if faults.size:
        raise coordinate_error(lon, lat, int(faults[0]), what, int(faults.size))


def coordinate_error(lon: Float64, lat: Float64, index: int, what: str, count: int = 1) -> CoordinateError:
    """The error for one impossible place."""
    here_lon, here_lat = float(lon[index]), float(lat[index])
    if np.isnan(here_lon) or np.isnan(here_lat):
        advice = "a coordinate is missing (NaN); fill it in or leave the row out"
    elif abs(here_lat) > 90.0 and abs(here_lat) <= 180.0 and abs(here_lon) <= 90.0:
        advice = "latitude and longitude look swapped; swap the two"
    elif max(abs(here_lat), abs(here_lon)) > 1000.0:
        advice = "these look like metres of a projected plane; give degrees (EPSG:4326)"
    else:
        advice = "longitude must lie in -180..180 and latitude in -90..90"
    more = f" ({count:,} rows in all)" if count > 1 else ""
    return CoordinateError(
        f"{what} {index}: longitude {here_lon:.9g}, latitude {here_lat:.9g}: {advice}{more}.",
        index=index,
        lon=here_lon,
        lat=here_lat,
        count=count,
    )


def distance_in_words(metres: float) -> str:
    """``7,250 m``, and from 10 km on ``12.3 km``."""
    return f"{metres / 1000:,.1f} km" if metres >= 10_000 else f"{metres:,.0f} m"


def short_way(degrees: Float64) -> Float64:
    """Differences of longitudes the short way round, -180 to 180: across the antimeridian a step is small, too."""
    return np.where(np.abs(degrees) > 180.0, degrees - np.copysign(360.0, degrees), degrees)


def extent(lon: Float64, lat: Float64) -> tuple[float, float, float, float]:
    """West, south, east, north of places in degrees; across the antimeridian west is greater than east (RFC 7946).

    The longitudes leave out the widest gap between two neighbours on the circle.
    """
    order = np.unique(lon)
    gap = np.append(order[1:] - order[:-1], order[0] + 360.0 - order[-1])
    widest = int(gap.argmax()) if gap[:-1].max(initial=0.0) > 180.0 else order.size - 1
    west, east = order[(widest + 1) % order.size], order[widest]
    return float(west), float(lat.min()), float(east), float(lat.max())
