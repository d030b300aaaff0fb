"""A checked query as the arrays the kernels read."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from graphs.network import Int32, UInt8
from graphs.snapping.names import RoadNames
from graphs.snapping.plane import Plane
from graphs.snapping.query import CheckedQuery
from graphs.snapping.weighing import Ask

#: A circle of 1.515 sigma holds two places in three when both axes err alike (Rayleigh).
RADIUS_TO_SIGMA = 1.515
#: Metres between a lane and the line drawn for its road: half a carriageway, and the map's own error.
MAP_ERROR_M = 5.0
#: How narrow a direction in words is (the kappa of a heading): of two opposite arcs it decides, against a question,
#: where the road runs within 75 degrees of it, and says nothing where the road bends square to it.
DIRECTION_KAPPA = 3.0


def ask_of(asked: CheckedQuery, plane: Plane, names: RoadNames, max_distance_m: float) -> Ask:
    """Every distinct road text is looked up once."""
    k = asked.lon.size
    x, y, scale = plane.locations(asked.lon, asked.lat)
    given, first, road, match = _roads(asked.road, k, names)
    tolerance = np.radians(asked.tolerance)
    heading, kappa, widest = asked.heading, (1.5 / tolerance) ** 2, np.cos(tolerance) - 1e-9
    if not np.isnan(asked.direction).all():
        worded = np.isnan(heading) & ~np.isnan(asked.direction)
        heading = np.where(worded, asked.direction, heading)
        kappa, widest = np.where(worded, DIRECTION_KAPPA, kappa), np.where(worded, -2.0, widest)
    return Ask(
        x=x,
        y=y,
        lat=asked.lat,
        scale=scale,
        heading=_every(heading, k),
        kappa=_every(kappa, k),
        widest=_every(widest, k),
        sigma=_every(np.hypot(asked.accuracy_m / RADIUS_TO_SIGMA, MAP_ERROR_M), k),
        side=_every(asked.side, k),
        level=_every(asked.level, k),
        road_given=given,
        road_first=first,
        road=road,
        road_match=match,
        limit=np.full(k, float(max_distance_m)),
    )


def _every(column: npt.NDArray[Any], k: int) -> npt.NDArray[Any]:
    """[k] values of a column of k or of one for all."""
    return np.ascontiguousarray(column) if column.size == k else np.full(k, column[0])


def _roads(texts: tuple[str, ...], k: int, names: RoadNames) -> tuple[npt.NDArray[np.bool_], Int32, Int32, UInt8]:
    """Whether a road is given, and the strings that match each text: offsets, strings, how well."""
    distinct = {text: names.matches(text) for text in set(texts) if text.strip()}
    first = np.zeros(k + 1, np.int32)
    if not distinct or k == 0:
        return np.zeros(k, np.bool_), first, np.empty(0, np.int32), np.empty(0, np.uint8)
    texts = texts if len(texts) == k else texts * k
    found = [distinct.get(text, {}) for text in texts]
    np.cumsum([len(one) for one in found], out=first[1:])
    road = np.fromiter((string for one in found for string in one), np.int32, int(first[-1]))
    match = np.fromiter((level for one in found for level in one.values()), np.uint8, int(first[-1]))
    return np.array([text in distinct for text in texts], np.bool_), first, road, match
