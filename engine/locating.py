"""Locations of dispatch on the roads of a region: the nearest road for mere degrees, all that is known weighed else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.model import Location
from graphs.errors import TowlineError
from graphs.network import Float64
from graphs.position import Positions
from graphs.snap import Snapper
from graphs.snapping.located import Located
from graphs.snapping.query import HEADING_TOLERANCE, LocationQuery
from graphs.snapping.weighing import NO_LEVEL


def query_of(places: LocationQuery | Sequence[Location]) -> LocationQuery:
    """[k] what is known of the places; nothing but coordinates when that is all of every one."""
    if isinstance(places, LocationQuery):
        return places
    k = len(places)
    lon = np.fromiter((place.lon for place in places), np.float64, k)
    lat = np.fromiter((place.lat for place in places), np.float64, k)
    if all(place.is_plain for place in places):
        return LocationQuery(lon, lat)
    return LocationQuery(
        lon,
        lat,
        heading=_numbers(places, lambda place: place.heading, np.nan),
        heading_tolerance=_numbers(places, lambda place: place.heading_tolerance, HEADING_TOLERANCE),
        accuracy_m=_numbers(places, lambda place: place.accuracy_m, np.nan),
        road=[place.road for place in places],
        direction=[place.direction for place in places],
        level=_numbers(places, lambda place: place.level, NO_LEVEL),
        side=[place.side for place in places],
    )


def is_plain(query: LocationQuery) -> bool:
    """Whether a query holds nothing but coordinates; `query_of` leaves the other fields alone then."""
    return isinstance(query.heading, float) and isinstance(query.road, str)


def positions_each(snapper: Snapper, query: LocationQuery, limit_m: float) -> tuple[Positions, dict[int, TowlineError]]:
    """[k] positions of units that depart or are to be reached, arc -1 where refused, and by index why.

    Mere coordinates get the road that `Snapper.locate` gives them, without the weighing of rivals.
    """
    if is_plain(query):
        plain = snapper.snap_each(query.lon, query.lat, limit_m)
        return plain.positions, plain.errors
    found = snapper.locate(query, limit_m)
    return found.starts, found.errors


def positions(snapper: Snapper, query: LocationQuery, limit_m: float) -> Positions:
    """[k] positions; raises the error of the first location that cannot be used."""
    found, errors = positions_each(snapper, query, limit_m)
    if errors:
        raise errors[min(errors)]
    return found


def locate(snapper: Snapper, places: LocationQuery | Sequence[Location], limit_m: float) -> Located:
    """[k] arcs with confidence and rivals."""
    return snapper.locate(query_of(places), limit_m)


def none_refused(located: Located) -> Located:
    """The same; raises the error of the first location that was refused."""
    if located.errors:
        raise located.errors[min(located.errors)]
    return located


def _numbers(places: Sequence[Location], of: Callable[[Location], float | None], unknown: float) -> Float64:
    values = (of(place) for place in places)
    return np.fromiter((unknown if value is None else value for value in values), np.float64, len(places))
