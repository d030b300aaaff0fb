"""Checking entries of a feed: each is resolved to arcs, or refused with its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import shapely

from graphs.classes import CLASS_INDEX
from graphs.metrics.entry import Arcs, Area, Direction, Refusal, RefusalCode, Resolved, TrafficEntry, Ways
from graphs.metrics.hours import to_ms
from graphs.metrics.locate import ArcFinder
from graphs.metrics.overlay import CLOSED, FACTOR, SPEED
from graphs.metrics.profile import GREATEST_FACTOR, LEAST_FACTOR
from graphs.network import Float32, Int32, Int64

#: Nothing on a road is faster; a greater speed is a mistake in unit or place.
HIGHEST_KPH = 300.0
ALWAYS, NEVER = -(1 << 62), 1 << 62


class RefusedError(Exception):
    """An entry is refused; never leaves this module."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def resolve(entry: TrafficEntry, finder: ArcFinder, now_ms: int) -> tuple[Resolved, list[int]] | Refusal:
    """(the entry on arcs, ids of its ways that the network does not have), or why it is refused."""
    try:
        if not isinstance(entry.id, str) or not entry.id:
            raise RefusedError(RefusalCode.NO_ID, "the entry has no id; give every entry a unique one")
        start_ms, end_ms = _interval(entry, now_ms)
        kind, value = _effect(entry)
        arcs, index, unknown = _where(entry.where, finder)
        if value.size > 1 or np.ndim(_stated(entry)) == 1:
            value = _spread(entry, value, index)
        else:
            value = np.broadcast_to(value.reshape(1), arcs.size)
        return Resolved(entry, start_ms, end_ms, arcs, kind, value.astype(np.float32)), unknown
    except RefusedError as refused:
        return Refusal(str(entry.id), refused.code, refused.message)


def _interval(entry: TrafficEntry, now_ms: int) -> tuple[int, int]:
    for name in ("start", "end"):
        value = getattr(entry, name)
        if value is not None and (not isinstance(value, datetime) or value.utcoffset() is None):
            raise RefusedError(RefusalCode.BAD_INTERVAL, f"{name} {value!r} is no time with a zone; add Z or an offset")
    start_ms = ALWAYS if entry.start is None else to_ms(entry.start)
    end_ms = NEVER if entry.end is None else to_ms(entry.end)
    if end_ms <= start_ms:
        raise RefusedError(RefusalCode.BAD_INTERVAL, "it ends before it starts; exchange start and end")
    if end_ms <= now_ms:
        raise RefusedError(RefusalCode.EXPIRED, f"it ended at {entry.end}; nothing was changed")
    return start_ms, end_ms


def _effect(entry: TrafficEntry) -> tuple[int, Float32]:
    stated = [entry.speed_kph is not None, entry.factor is not None, bool(entry.closed)]
    if sum(stated) != 1:
        raise RefusedError(RefusalCode.BAD_EFFECT, "state exactly one of speed_kph, factor and closed")
    if entry.closed:
        return CLOSED, np.zeros(1, np.float32)
    if entry.speed_kph is not None:
        values = _numbers(entry.speed_kph, RefusalCode.BAD_SPEED, "speed_kph")
        wrong = values[~((values > 0) & (values <= HIGHEST_KPH))]
        if wrong.size:
            text = f"speed_kph {wrong[0]:g} must be above 0 and at most {HIGHEST_KPH:g}; to close a road say closed"
            raise RefusedError(RefusalCode.BAD_SPEED, text)
        return SPEED, values.astype(np.float32)
    values = _numbers(entry.factor, RefusalCode.BAD_FACTOR, "factor")
    wrong = values[~((values >= LEAST_FACTOR) & (values <= GREATEST_FACTOR))]
    if wrong.size:
        text = f"factor {wrong[0]:g} must be {LEAST_FACTOR:g} to {GREATEST_FACTOR:g}; to close a road say closed"
        raise RefusedError(RefusalCode.BAD_FACTOR, text)
    return FACTOR, values.astype(np.float32)


def _where(where: Any, finder: ArcFinder) -> tuple[Int32, Int64, list[int]]:
    """(arcs, index of each arc's item in the selector, unknown ways)."""
    match where:
        case Ways():
            ids = _integers(where.ids, "way ids")
            try:
                direction = Direction(where.direction)
            except ValueError:
                text = f"direction {where.direction!r} must be both, forward or backward"
                raise RefusedError(RefusalCode.BAD_SELECTOR, text) from None
            arcs, index, missing = finder.of_ways(ids, direction)
            if not arcs.size:
                text = f"way {ids[0]} is not in the region in that direction; check the id and the extract's date"
                raise RefusedError(RefusalCode.UNKNOWN_WAY, text)
            return arcs, index, ids[missing].tolist()
        case Arcs():
            arcs = _integers(where.indices, "arc indices")
            count = finder.network.arc_count
            wrong = arcs[(arcs < 0) | (arcs >= count)]
            if wrong.size:
                text = f"arc {wrong[0]} is not in the region; its arcs are 0 to {count - 1}"
                raise RefusedError(RefusalCode.UNKNOWN_ARC, text)
            return arcs.astype(np.int32), np.arange(arcs.size), []
        case Area():
            arcs = finder.touching(*_area(where))
            if not arcs.size:
                raise RefusedError(RefusalCode.NO_ROADS, "no road of those classes touches the polygon")
            return arcs, np.zeros(arcs.size, np.int64), []
    raise RefusedError(RefusalCode.BAD_SELECTOR, f"{type(where).__name__} is no Ways, Arcs or Area")


def _area(where: Area) -> tuple[Any, frozenset[str] | None]:
    polygon = where.polygon
    if not isinstance(polygon, shapely.Polygon | shapely.MultiPolygon):
        raise RefusedError(RefusalCode.BAD_SELECTOR, f"{type(polygon).__name__} is no polygon")
    if polygon.is_empty or not polygon.area > 0:
        raise RefusedError(RefusalCode.EMPTY_POLYGON, "the polygon holds nothing; draw it around the roads it means")
    if not polygon.is_valid:
        raise RefusedError(RefusalCode.BAD_SELECTOR, f"the polygon is invalid ({shapely.is_valid_reason(polygon)})")
    west, south, east, north = polygon.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise RefusedError(RefusalCode.BAD_SELECTOR, "the polygon is not on Earth; give degrees, longitude first")
    wrong = sorted((where.classes or frozenset()) - CLASS_INDEX.keys())
    if wrong:
        raise RefusedError(RefusalCode.BAD_SELECTOR, f"'{wrong[0]}' is no road class; use {', '.join(CLASS_INDEX)}")
    return polygon, where.classes


def _stated(entry: TrafficEntry) -> Any:
    return entry.speed_kph if entry.speed_kph is not None else entry.factor


def _spread(entry: TrafficEntry, value: Float32, index: Int64) -> Float32:
    """One value an arc from one value a way or arc."""
    if isinstance(entry.where, Area):
        raise RefusedError(RefusalCode.BAD_EFFECT, "a polygon takes one number; list ways or arcs to give one each")
    items = np.size(entry.where.ids if isinstance(entry.where, Ways) else entry.where.indices)
    if value.size != items:
        raise RefusedError(RefusalCode.BAD_EFFECT, f"{value.size} numbers for {items} roads; give one, or one each")
    return value[index]


def _numbers(value: Any, code: RefusalCode, name: str) -> np.ndarray:
    try:
        numbers = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise RefusedError(code, f"{name} {value!r} is no number") from None
    if numbers.ndim > 1 or isinstance(value, bool | str):
        raise RefusedError(code, f"{name} must be one number or a list of them")
    return np.atleast_1d(numbers)


def _integers(value: Any, name: str) -> Int64:
    try:
        array = np.atleast_1d(np.asarray(value))
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.ndim != 1 or not array.size or array.dtype.kind not in "iu":
        raise RefusedError(RefusalCode.BAD_SELECTOR, f"{name} must be a list of at least one integer")
    return array.astype(np.int64)
