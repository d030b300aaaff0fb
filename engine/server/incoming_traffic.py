"""Messages of a live feed as entries: what cannot even be read is refused here, one by one, the rest checked later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import cast

import numpy as np
import shapely
from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import traffic_pb2

from engine.server import enums
from engine.server.wire_time import check_time, read_any_time
from graphs.datum import Datum, to_wgs84
from graphs.errors import TowlineError
from graphs.metrics import Arcs, Area, Direction, Refusal, RefusalCode, TrafficEntry, Ways, Weather, WeatherSpell
from graphs.metrics.yielding import let_others
from graphs.network import Float64

#: Entries read before other threads get a turn.
TURN_OVER = 512
#: Corners of one area: its roads are found in milliseconds.
MAX_CORNERS = 10_000
_FEWEST_CORNERS = 3


class _UnreadableError(Exception):
    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(slots=True)
class ReadEntries:
    """The entries of one message that could be read, and why the others could not."""

    entries: list[TrafficEntry] = field(default_factory=list)
    index: list[int] = field(default_factory=list)  # of each entry, in the message
    refusals: list[Refusal] = field(default_factory=list)


def read_entries(messages: Sequence[traffic_pb2.TrafficEntry], region_version: str) -> ReadEntries:
    """About 8 µs each; areas more."""
    found = ReadEntries()
    for index, message in enumerate(messages):
        if index % TURN_OVER == TURN_OVER - 1:
            let_others()
        try:
            found.entries.append(_entry(message, region_version))
            found.index.append(index)
        except _UnreadableError as error:
            found.refusals.append(Refusal(message.id, error.code, error.message, index))
    return found


def read_spells(messages: Sequence[traffic_pb2.WeatherSpell]) -> list[WeatherSpell]:
    """Spells of weather."""
    spells = []
    for message in messages:
        weather = cast(Weather, enums.WEATHER.read(message.weather))
        start = read_any_time(message.start) if message.HasField("start") else None
        end = read_any_time(message.end) if message.HasField("end") else None
        spells.append(WeatherSpell(weather, start, end))
    return spells


def _entry(message: traffic_pb2.TrafficEntry, region_version: str) -> TrafficEntry:
    effect = message.WhichOneof("effect")
    if effect is None:
        raise _UnreadableError(RefusalCode.BAD_EFFECT, "it says nothing about its roads; set one of effect")
    start = _time(message.start, "start") if message.HasField("start") else None
    end = _time(message.end, "end") if message.HasField("end") else None
    where = _where(message, region_version)
    match effect:
        case "speed_kph":
            return TrafficEntry(message.id, where, speed_kph=message.speed_kph, start=start, end=end)
        case "factor":
            return TrafficEntry(message.id, where, factor=message.factor, start=start, end=end)
        case "closed":
            return TrafficEntry(message.id, where, closed=message.closed, start=start, end=end)
        case "speeds_kph":
            values = np.array(message.speeds_kph.values, np.float64)
            return TrafficEntry(message.id, where, speed_kph=values, start=start, end=end)
    return TrafficEntry(message.id, where, factor=np.array(message.factors.values, np.float64), start=start, end=end)


def _time(message: Timestamp, name: str) -> datetime:
    try:
        check_time(message, name)
        return read_any_time(message)
    except TowlineError as error:
        raise _UnreadableError(RefusalCode.BAD_INTERVAL, error.message) from None


def _where(message: traffic_pb2.TrafficEntry, region_version: str) -> Ways | Arcs | Area:
    match message.WhichOneof("roads"):
        case "ways":
            direction, ids = Direction.BOTH, message.ways.way_ids
            if message.ways.direction:
                direction = cast(Direction, _known(enums.WAY_DIRECTION, message.ways.direction, "direction"))
            return Ways(ids[0] if len(ids) == 1 else np.array(ids, np.int64), direction)
        case "arcs":
            arcs = message.arcs
            if arcs.region_version and arcs.region_version != region_version:
                text = f"its arcs are numbered for region version {arcs.region_version[:64]}, this is {region_version}"
                raise _UnreadableError(RefusalCode.BAD_SELECTOR, text)
            return Arcs(arcs.arc_ids[0] if len(arcs.arc_ids) == 1 else np.array(arcs.arc_ids, np.int64))
        case "area":
            return _area(message.area)
    raise _UnreadableError(RefusalCode.BAD_SELECTOR, "it names no roads; set ways, arcs or an area")


def _known(values: enums.EnumMap, number: int, name: str) -> Enum:
    value = values.find(number)
    if value is None:
        raise _UnreadableError(
            RefusalCode.BAD_SELECTOR, f"{name} has the unknown value {number}; use one that is known"
        )
    return value


def _area(message: traffic_pb2.TrafficArea) -> Area:
    corners = sum(len(ring.lon) for part in message.polygons for ring in (part.outer, *part.holes))
    if corners > MAX_CORNERS:
        text = f"the area has {corners} corners, more than {MAX_CORNERS}; simplify it"
        raise _UnreadableError(RefusalCode.BAD_SELECTOR, text)
    datum = cast(Datum, _known(enums.DATUM, message.datum, "datum")) if message.datum else Datum.WGS84
    parts = [
        shapely.Polygon(_ring(part.outer, datum), [_ring(hole, datum) for hole in part.holes])
        for part in message.polygons
    ]
    if not parts:
        raise _UnreadableError(RefusalCode.EMPTY_POLYGON, "the area has no polygon; give at least one")
    if len(parts) == 1:
        whole = parts[0]
    elif all(part.is_valid for part in parts):
        whole = shapely.union_all(parts)  # parts may overlap
    else:
        whole = shapely.MultiPolygon(parts)  # refused later, with what is wrong
    return Area(whole, frozenset(message.road_classes) or None)


def _ring(message: traffic_pb2.TrafficRing, datum: Datum) -> Float64:
    """[k, 2] degrees, WGS-84."""
    if len(message.lon) != len(message.lat):
        text = f"a ring has {len(message.lon)} longitudes and {len(message.lat)} latitudes; give one of each a corner"
        raise _UnreadableError(RefusalCode.BAD_SELECTOR, text)
    lon, lat = np.array(message.lon, np.float64), np.array(message.lat, np.float64)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise _UnreadableError(RefusalCode.BAD_SELECTOR, "a corner is no number; give degrees")
    if len({*zip(lon.tolist(), lat.tolist(), strict=True)}) < _FEWEST_CORNERS:
        text = f"a ring of {lon.size} corners holds nothing; give at least {_FEWEST_CORNERS} different ones"
        raise _UnreadableError(RefusalCode.EMPTY_POLYGON, text)
    if datum is not Datum.WGS84:
        lon, lat = to_wgs84(lon, lat, datum)
    return np.column_stack((lon, lat))
