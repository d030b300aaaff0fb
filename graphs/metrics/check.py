"""Checking entries of a feed: each is resolved to arcs, or refused with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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
from graphs.metrics.room import RefusedError, Room
from graphs.metrics.yielding import let_others
from graphs.network import Float32, Int32, Int64

#: Nothing on a road is faster; a greater speed is a mistake in unit or place.
HIGHEST_KPH = 300.0
#: The least speed that is "above 0"; slower than `LEAST_KPH` of arc_times.py counts as that.
LEAST_STATED_KPH = 1e-6
#: Entries checked before other threads get a turn; without it they wait for 5 ms (Python's switch interval).
TURN_OVER = 64
#: Ids are made of printable characters, at most so many.
LONGEST_ID = 128
#: A polygon wider than half the Earth is one across the antimeridian, read the wrong way round.
WIDEST_DEGREES = 180.0
#: A polygon is thicker (some 0.1 mm).
FLAT_DEGREES = 1e-9
#: Called now and then while entries are checked; may raise to give the update up.
Checkpoint = Callable[[], None]
NOWHERE, NOTHING = np.empty(0, np.int32), np.empty(0, np.float32)
ALWAYS, NEVER = -(1 << 62), 1 << 62


@dataclass(slots=True)
class Checked:
    """The entries of one update: taken ones on arcs, the others with their reasons."""

    taken: list[Resolved] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unknown_ways: list[int] = field(default_factory=list)


def check(
    entries: Sequence[TrafficEntry],
    finder: ArcFinder,
    now_ms: int,
    checkpoint: Checkpoint | None = None,
    room: Room | None = None,
) -> Checked:
    """Resolve entries to arcs, in order; an id that comes twice is refused the second time.

    Entries for which there is no `room` are refused before their roads are looked for, areas also after one too large.
    Entries of one way or arc each, which feeds have by the thousand, are looked up together: about 4 µs an arc,
    6 µs a way, 40 µs others; an area up to some milliseconds.
    """
    checked = Checked()
    seen: set[str] = set()
    lone: dict[Direction, list[tuple[int, int]]] = {}  # (place in taken, way)
    arcs_alone: list[tuple[int, int]] = []  # (place in taken, arc)
    lone_values: list[float] = []
    intervals: dict[tuple[int, int], tuple[int, int, TrafficEntry]] = {}  # by identity of the times, kept alive here
    arc_count = finder.network.arc_count
    room = room or Room()
    for number, entry in enumerate(entries):
        if number % TURN_OVER == TURN_OVER - 1:
            let_others()
            if checkpoint is not None:
                checkpoint()
        try:
            _check_id(entry.id)
            if entry.id in seen:
                raise RefusedError(RefusalCode.DUPLICATE_ID, "the id is there twice in one update; the first counts")
            known = intervals.get((id(entry.start), id(entry.end)))
            if known is None:
                known = intervals[id(entry.start), id(entry.end)] = (*_interval(entry, now_ms), entry)
            start_ms, end_ms, _ = known
            kind, value = _effect(entry)
            where = entry.where
            room.look(where)
            if type(value) is float and type(where) is Ways and type(where.ids) is int:
                lone.setdefault(_direction(where), []).append((len(checked.taken), where.ids))
                arcs, values = NOWHERE, np.array([value], np.float32)
            elif type(value) is float and type(where) is Arcs and type(where.indices) is int:
                if not 0 <= where.indices < arc_count:
                    _check_arcs(where.indices, where.indices, finder)
                arcs_alone.append((len(checked.taken), where.indices))
                lone_values.append(value)
                arcs, values = NOWHERE, NOTHING
            else:
                if checkpoint is not None:
                    checkpoint()  # a polygon may take long
                arcs, index, unknown = _where(entry.where, finder)
                values = _spread(entry, value, index)
                if type(where) is not Area:  # its arcs are there once
                    arcs, values = _once(arcs, values)
                room.take(where, arcs.size)
                checked.unknown_ways.extend(unknown)
        except RefusedError as refused:
            checked.refusals.append(Refusal(str(entry.id), refused.code, refused.message, number))
            continue
        seen.add(entry.id)
        checked.taken.append(Resolved(entry, start_ms, end_ms, arcs, kind, values, number))
    for direction, places in lone.items():
        _look_up(checked, places, direction, finder)
    if arcs_alone:
        together = np.array([arc for _, arc in arcs_alone], np.int32), np.array(lone_values, np.float32)
        for at, (place, _) in enumerate(arcs_alone):
            item = checked.taken[place]
            item.arc, item.value = together[0][at : at + 1], together[1][at : at + 1]
    checked.taken = [item for item in checked.taken if item.arc.size]
    return checked


def _look_up(checked: Checked, places: list[tuple[int, int]], direction: Direction, finder: ArcFinder) -> None:
    """Give entries of one way each their arcs; those whose way is unknown keep none and are refused."""
    ways = np.array([way for _, way in places], np.int64)
    arcs, index, missing = finder.of_ways(ways, direction)
    ends = np.searchsorted(index, np.arange(ways.size), side="right").tolist()
    begin = 0
    for (place, _), end in zip(places, ends, strict=True):
        item = checked.taken[place]
        item.arc = arcs[begin:end]
        item.value = item.value if end - begin == 1 else np.repeat(item.value, end - begin)
        begin = end
    for at in missing.tolist():
        place, way = places[at]
        item = checked.taken[place]
        text = _unknown_way(way, direction)
        checked.refusals.append(Refusal(item.entry.id, RefusalCode.UNKNOWN_WAY, text, item.index))


def _check_id(value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise RefusedError(RefusalCode.NO_ID, "the entry has no id; give every entry a unique one")
    if len(value) > LONGEST_ID or not value.isprintable():
        raise RefusedError(RefusalCode.BAD_ID, f"an id is made of 1 to {LONGEST_ID} printable characters")


def _unknown_way(way: int, direction: Direction) -> str:
    also = "" if direction is Direction.BOTH else f" {direction}"
    return f"way {way} is not driven{also} in the region; check the id and the extract's date"


def _direction(where: Ways) -> Direction:
    try:
        return Direction(where.direction)
    except ValueError:
        text = f"direction {where.direction!r} must be both, forward or backward"
        raise RefusedError(RefusalCode.BAD_SELECTOR, text) from None


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
        text = f"it ended at {entry.end}; what has ended is not kept, nor is an older entry of its id"
        raise RefusedError(RefusalCode.EXPIRED, text)
    return start_ms, end_ms


def _effect(entry: TrafficEntry) -> tuple[int, float | Float32]:
    """(kind, one value or one each)."""
    if (entry.speed_kph is not None) + (entry.factor is not None) + bool(entry.closed) != 1:
        raise RefusedError(RefusalCode.BAD_EFFECT, "state exactly one of speed_kph, factor and closed")
    if entry.closed:
        return CLOSED, 0.0
    if entry.speed_kph is not None:
        return SPEED, _values(entry.speed_kph, "speed_kph", RefusalCode.BAD_SPEED, LEAST_STATED_KPH, HIGHEST_KPH)
    return FACTOR, _values(entry.factor, "factor", RefusalCode.BAD_FACTOR, LEAST_FACTOR, GREATEST_FACTOR)


def _values(value: Any, name: str, code: RefusalCode, least: float, greatest: float) -> float | Float32:
    if (type(value) is float or type(value) is int) and least <= value <= greatest:
        return float(value)
    try:
        numbers = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise RefusedError(code, f"{name} {value!r} is no number") from None
    if numbers.ndim > 1 or isinstance(value, bool | str):
        raise RefusedError(code, f"{name} must be one number or a list of them")
    wrong = np.atleast_1d(numbers)[~((numbers >= least) & (numbers <= greatest)).reshape(-1)]
    if wrong.size:
        bound = "above 0" if least == LEAST_STATED_KPH else f"at least {least:g}"
        text = f"{name} {wrong[0]:g} must be {bound} and at most {greatest:g}; to close a road say closed"
        raise RefusedError(code, text)
    return numbers.astype(np.float32) if numbers.ndim else float(numbers)


def _where(where: Any, finder: ArcFinder) -> tuple[Int32, Int64, list[int]]:
    """(arcs, index of each arc's item in the selector, unknown ways)."""
    match where:
        case Ways():
            ids = _integers(where.ids, "way ids")
            direction = _direction(where)
            arcs, index, missing = finder.of_ways(ids, direction)
            if not arcs.size:
                raise RefusedError(RefusalCode.UNKNOWN_WAY, _unknown_way(int(ids[0]), direction))
            return arcs, index, ids[missing].tolist()
        case Arcs():
            arcs = _integers(where.indices, "arc indices")
            _check_arcs(int(arcs.min()), int(arcs.max()), finder)
            return arcs.astype(np.int32), np.arange(arcs.size), []
        case Area():
            arcs = finder.touching(*check_area(where))
            if not arcs.size:
                kind = "no road" if where.classes is None else "no road of those classes"
                raise RefusedError(RefusalCode.NO_ROADS, f"{kind} touches the polygon")
            return arcs, np.zeros(arcs.size, np.int64), []
    raise RefusedError(RefusalCode.BAD_SELECTOR, f"{type(where).__name__} is no Ways, Arcs or Area")


def _check_arcs(least: int, greatest: int, finder: ArcFinder) -> None:
    count = finder.network.arc_count
    if least < 0 or greatest >= count:
        wrong = least if least < 0 else greatest
        raise RefusedError(RefusalCode.UNKNOWN_ARC, f"arc {wrong} is not in the region; its arcs are 0 to {count - 1}")


def check_area(where: Area) -> tuple[Any, frozenset[str] | None]:
    """(polygon, classes) of an area; RefusedError when it is none: flat, crossing itself, off the Earth."""
    polygon = where.polygon
    if not isinstance(polygon, shapely.Polygon | shapely.MultiPolygon):
        raise RefusedError(RefusalCode.BAD_SELECTOR, f"{type(polygon).__name__} is no polygon")
    if not np.isfinite(shapely.get_coordinates(polygon)).all():
        raise RefusedError(RefusalCode.BAD_SELECTOR, "a corner of the polygon is no number; give degrees")
    if polygon.is_empty or any(_flat(part) for part in shapely.get_parts(polygon)):
        raise RefusedError(RefusalCode.EMPTY_POLYGON, "the polygon holds nothing; draw it around the roads it means")
    if not polygon.is_valid:
        raise RefusedError(RefusalCode.BAD_SELECTOR, f"the polygon is invalid ({shapely.is_valid_reason(polygon)})")
    west, south, east, north = polygon.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise RefusedError(RefusalCode.BAD_SELECTOR, "the polygon is not on Earth; give degrees, longitude first")
    if any(part[2] - part[0] > WIDEST_DEGREES for part in shapely.bounds(shapely.get_parts(polygon))):
        text = "the polygon spans half the Earth; cut one that crosses the antimeridian in two there, as a MultiPolygon"
        raise RefusedError(RefusalCode.BAD_SELECTOR, text)
    wrong = sorted((where.classes or frozenset()) - CLASS_INDEX.keys())
    if wrong:
        raise RefusedError(RefusalCode.BAD_SELECTOR, f"'{wrong[0]}' is no road class; use {', '.join(CLASS_INDEX)}")
    return polygon, where.classes


def _flat(polygon: shapely.Polygon) -> bool:
    """Whether all corners are on one line, but for their rounding; one that crosses itself has no area either."""
    around = shapely.convex_hull(polygon)
    return not around.area > FLAT_DEGREES * around.length


def _spread(entry: TrafficEntry, value: float | Float32, index: Int64) -> Float32:
    """One value an arc, from one for all or one a way or arc."""
    if isinstance(value, float | int):
        return np.full(index.size, value, np.float32)
    if isinstance(entry.where, Area):
        raise RefusedError(RefusalCode.BAD_EFFECT, "a polygon takes one number; list ways or arcs to give one each")
    items = np.size(entry.where.ids if isinstance(entry.where, Ways) else entry.where.indices)
    if value.size != items:
        raise RefusedError(RefusalCode.BAD_EFFECT, f"{value.size} numbers for {items} roads; give one, or one each")
    return value[index]


def _once(arcs: Int32, values: Float32) -> tuple[Int32, Float32]:
    """Each arc once; of several statements about one the slower counts."""
    order = np.lexsort((values, arcs))
    ordered = arcs[order]
    first = np.ones(arcs.size, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return (arcs, values) if first.all() else (ordered[first], values[order][first])


def _integers(value: Any, name: str) -> Int64:
    try:
        array = np.atleast_1d(np.asarray(value))
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.ndim != 1 or not array.size or array.dtype.kind not in "iu":
        raise RefusedError(RefusalCode.BAD_SELECTOR, f"{name} must be a list of at least one integer")
    return array.astype(np.int64)
