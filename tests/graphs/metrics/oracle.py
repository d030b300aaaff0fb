"""A slow second opinion on road weights: arc by arc, entry by entry, in plain Python floats."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import shapely

from graphs.classes import ROAD_CLASSES
from graphs.metrics import Arcs, Area, Direction, TrafficEntry, TrafficProfile, Ways, Weather
from graphs.network import Int32
from graphs.region import Region

INF = 2**30 - 1


def covers(region: Region, entry: TrafficEntry, arc: int) -> list[int]:
    """Positions in the entry's list of roads that mean this arc ([0] for a polygon)."""
    network = region.network
    match entry.where:
        case Ways():
            forward = network.arc_shape[arc] >= 0
            if entry.where.direction is not Direction.BOTH and forward != (entry.where.direction is Direction.FORWARD):
                return []
            return [i for i, way in enumerate(np.atleast_1d(entry.where.ids)) if way == network.arc_way[arc] != 0]
        case Arcs():
            return [i for i, one in enumerate(np.atleast_1d(entry.where.indices)) if one == arc]
        case Area():
            name = ROAD_CLASSES[network.arc_class[arc]]
            meant = entry.where.classes is None or name in entry.where.classes
            return [0] if meant and shapely.LineString(network.shape(arc)).intersects(entry.where.polygon) else []


def holds(entry: TrafficEntry, when: datetime) -> bool:
    return (entry.start is None or entry.start <= when) and (entry.end is None or when < entry.end)


def weights(
    region: Region, profile: TrafficProfile, weather: Weather, entries: list[TrafficEntry], when: datetime
) -> Int32:
    """[m] ms of every road arc for a departure at `when`."""
    network = region.network
    local = when.astimezone(region.timezone)
    slot = 24 * local.weekday() + local.hour
    found = []
    for arc in range(network.arc_count):
        kind = int(network.arc_class[arc])
        usual = float(network.arc_speed_kph[arc]) * (
            float(profile.hours[kind, slot]) * float(profile.weather[list(Weather).index(weather), kind])
        )
        closed, stated = False, []
        speeds, factors = [], []
        for entry in entries:
            for at in covers(region, entry, arc) if holds(entry, when) else []:
                closed |= entry.closed
                if entry.speed_kph is not None:
                    speeds.append(np.float32(np.resize(entry.speed_kph, at + 1)[at]))
                if entry.factor is not None:
                    factors.append(np.float32(np.resize(entry.factor, at + 1)[at]))
        stated = [float(speed) for speed in speeds] + [usual * float(factor) for factor in factors]
        kph = max(min(stated) if stated else usual, 1.0)
        ms = round(float(network.arc_length_m[arc]) / kph * 3600.0) + int(network.arc_delay_ms[arc])
        found.append(INF if closed else max(ms, 1))
    return np.array(found, np.int32)
