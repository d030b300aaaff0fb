"""Polygons of a scenario: corners as GeoJSON lists them, one ring, one with holes, or several polygons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from engine.scenario.kinds import MISSING, number
from engine.scenario.lines import Path
from engine.scenario.problems import Problems, shown
from graphs.metrics import Area
from graphs.metrics.check import check_area
from graphs.metrics.room import RefusedError

#: [lon, lat] of each corner in degrees, the first one not again at the end.
Ring = tuple[tuple[float, float], ...]
#: For each polygon its outer ring and its holes.
Rings = tuple[tuple[Ring, ...], ...]

#: What Python may give: lists as in a file, an array of one ring, or a shape.
PolygonLike = Rings | Sequence[Any] | npt.NDArray[np.floating] | shapely.Polygon | shapely.MultiPolygon

MOST_CORNERS = 10_000
#: How deep lists are nested: corner, ring, polygon with holes, several polygons.
_CORNER, _RING, _POLYGON, _SEVERAL = 1, 2, 3, 4
_LON, _LAT = number(-180, 180), number(-90, 90)
_CROSSING = re.compile(r"Self-intersection\[(\S+) (\S+)\]")


def polygon(value: Any, path: Path, problems: Problems) -> Any:
    """Rings of what a file lists; all corners that are wrong are told."""
    depth, inner = 0, value
    while isinstance(inner, list) and inner and depth <= _SEVERAL:
        depth, inner = depth + 1, inner[0]
    if not isinstance(value, list) or depth not in (_RING, _POLYGON, _SEVERAL):
        text = f"must be a list of corners, [[lon, lat], [lon, lat], …] with at least 3 of them, not {shown(value)}"
        problems.add(path, text)
        return MISSING
    parts: list[tuple[Any, Path]] = _items(value, path) if depth == _SEVERAL else [(value, path)]
    found: list[Any] = []
    for part, at in parts:
        rings = _items(part, at) if depth >= _POLYGON else [(part, at)]
        if not rings:
            problems.add(at, "must be a list of rings, not empty")
        read = [_ring(ring, place, problems) for ring, place in rings]
        found.append(MISSING if not read or MISSING in read else tuple(read))
    if MISSING in found:
        return MISSING
    whole: Rings = tuple(found)
    corners = sum(len(ring) for rings in whole for ring in rings)
    complaint = f"has {corners:,} corners; at most {MOST_CORNERS:,} are read, simplify it"
    if corners <= MOST_CORNERS:
        complaint = _complaint(whole)
    if complaint:
        problems.add(path, complaint)
        return MISSING
    return whole


def _items(value: Any, path: Path) -> list[tuple[Any, Path]]:
    """Items of a list with their paths; a value that is none stands for itself and will be refused as a ring."""
    if not isinstance(value, list):
        return [(value, path)]
    return [(item, (*path, at)) for at, item in enumerate(value)]


def _ring(value: Any, path: Path, problems: Problems) -> Any:
    if not isinstance(value, list):
        problems.add(path, f"must be a ring of corners [lon, lat], not {shown(value)}")
        return MISSING
    corners: list[Any] = []
    for at, corner in enumerate(value):
        if not isinstance(corner, list) or len(corner) != 2:
            problems.add((*path, at), f"must be a corner [lon, lat] in degrees, not {shown(corner)}")
            corners.append(MISSING)
            continue
        lon, lat = _LON(corner[0], (*path, at, 0), problems), _LAT(corner[1], (*path, at, 1), problems)
        corners.append(MISSING if lon is MISSING or lat is MISSING else (lon, lat))
    if MISSING in corners:
        return MISSING
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(set(corners)) < 3:
        problems.add(path, f"has {len(set(corners))} different corners; a polygon has at least 3")
        return MISSING
    return tuple(corners)


def shape_of(polygon: PolygonLike | None) -> BaseGeometry:
    """The polygon, or polygons, of a checked scenario as shapely has them."""
    rings: Any = polygon
    return _shape(rings)


@lru_cache(maxsize=4096)
def _shape(rings: Rings) -> BaseGeometry:
    parts = [shapely.Polygon(outer, holes) for outer, *holes in rings]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


@lru_cache(maxsize=4096)
def _complaint(rings: Rings) -> str:
    """What is wrong with the shape: it crosses itself, holds nothing, spans half the Earth; or an empty text."""
    try:
        check_area(Area(_shape(rings)))
    except RefusedError as refused:
        if crossing := _CROSSING.search(refused.message):
            return (
                f"crosses itself at [{crossing[1]}, {crossing[2]}]; list the corners in the order of a walk around it"
            )
        return refused.message.removeprefix("the polygon ")
    return ""


def overlapping(areas: Iterable[PolygonLike | None]) -> list[tuple[int, int]]:
    """Pairs of polygons, the first one's number first, that share more than a border."""
    shapes = [shape_of(rings) for rings in areas]
    if len(shapes) < 2:
        return []
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="intersects")
    pairs = sorted((i, j) for i, j in zip(first.tolist(), second.tolist(), strict=True) if i < j)
    return [(i, j) for i, j in pairs if shapely.intersection(shapes[i], shapes[j]).area > 0]


def lists_of(rings: Rings) -> list[Any]:
    """Nested lists as a file has them, as shallow as can be."""
    whole = [[[list(corner) for corner in ring] for ring in part] for part in rings]
    if len(whole) > 1:
        return whole
    return whole[0] if len(whole[0]) > 1 else whole[0][0]
