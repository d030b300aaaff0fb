"""How far one gets in a given time: the earliest arrival on every road, gathered in H3 cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import h3.api.basic_str as h3_text
import h3.api.numpy_int as h3
import numpy as np

from graphs.errors import InputError
from graphs.geodesy import short_way
from graphs.network import SHAPE_SCALE, Float64, Int32, Int64
from graphs.position import Positions, destination_seeds, direct_ms, origin_seeds
from graphs.region import Region
from graphs.search import INF, Metric

#: Default cells: edges of about 200 m.
RESOLUTION = 9
#: Longest time asked for; beyond it the answer is the whole region.
MAX_LIMIT_MS = 24 * 3_600_000


@dataclass(frozen=True, eq=False)
class Isochrone:
    """Cells with a road reached within the limit, and the earliest time at which one of their roads is."""

    cell: Int64  # [c] H3 ids, ascending
    time_ms: Int32  # [c]
    limit_ms: int

    def cells(self) -> dict[str, int]:
        """H3 cell as text -> earliest ms."""
        return {h3_text.int_to_str(int(c)): int(t) for c, t in zip(self.cell, self.time_ms, strict=True)}

    def polygons(self, within_ms: int | None = None) -> dict[str, Any]:
        """GeoJSON MultiPolygon (or Polygon) of the cells reached within a time, the limit by default."""
        kept = self.cell[self.time_ms <= (self.limit_ms if within_ms is None else within_ms)]
        if not kept.size:
            return {"type": "MultiPolygon", "coordinates": []}
        return dict(h3_text.cells_to_geo([h3_text.int_to_str(int(c)) for c in kept], tight=False))


def isochrone(
    region: Region,
    metric: Metric,
    place: Positions,
    limit_ms: int,
    *,
    resolution: int = RESOLUTION,
    toward: bool = False,
) -> Isochrone:
    """Cells reached from the one position within `limit_ms`; `toward`: cells from which it is reached.

    A cell counts when a point of a road in it is reached; roads are looked at every half cell edge.
    """
    if not 0 < limit_ms <= MAX_LIMIT_MS:
        raise InputError(f"The limit must be above 0 and at most 24 hours, not {limit_ms / 60_000:g} minutes.")
    if not 5 <= resolution <= 11:
        raise InputError(f"The resolution must be 5 to 11, not {resolution}.", resolution=resolution)
    lon, lat, time = _samples(region, metric, place, limit_ms, resolution, toward)
    reached = time <= limit_ms
    ids = np.fromiter(
        (h3.latlng_to_cell(y, x, resolution) for x, y in zip(lon[reached], lat[reached], strict=True)), np.int64
    )
    cell, inverse = np.unique(ids, return_inverse=True)
    earliest = np.full(cell.size, INF, np.int64)
    np.minimum.at(earliest, inverse, time[reached])
    return Isochrone(cell, earliest.astype(np.int32), limit_ms)


def _samples(
    region: Region, metric: Metric, place: Positions, limit_ms: int, resolution: int, toward: bool
) -> tuple[Float64, Float64, Int64]:
    """(lon, lat, earliest ms) of points along every road that is reached at all."""
    network, graph = region.network, region.search_graph
    weights = np.asarray(metric.weights, np.int64)
    if toward:
        times = metric.all_to_one(destination_seeds(network, metric.weights, place, graph))
        touch = times[graph.head].astype(np.int64)  # time from an arc's end to the place
    else:
        times = metric.one_to_all(origin_seeds(network, metric.weights, place, graph))
        touch = times[graph.tail].astype(np.int64)
    road_arc = graph.road_arc
    usable = (road_arc >= 0) & (weights < INF) & (touch <= limit_ms)
    arc, touch, weight = road_arc[usable], touch[usable], weights[usable]
    delay = np.minimum(network.arc_delay_ms[arc], weight)
    edge_m = h3_text.average_hexagon_edge_length(resolution, unit="m")
    pieces = np.maximum(1, np.ceil(network.arc_length_m[arc] / (edge_m / 2))).astype(np.int64)
    at = np.repeat(np.arange(arc.size), pieces + 1)
    first = np.cumsum(pieces + 1) - (pieces + 1)
    share = (np.arange(at.size) - np.repeat(first, pieces + 1)) / np.repeat(pieces, pieces + 1)
    ahead = 1.0 - share if toward else share
    time = touch[at] + np.rint(ahead * (weight - delay)[at]).astype(np.int64)
    if not toward:  # who stands on an arc has paid its delay
        time += delay[at]
    own_arc, own_share, own_time = _own_street(region, metric, place, toward)
    lon, lat = along(region, np.append(arc[at], own_arc), np.append(share, own_share))
    return lon, lat, np.append(time, own_time)


def _own_street(region: Region, metric: Metric, place: Positions, toward: bool) -> tuple[Int32, Float64, Int64]:
    """(arc, share, ms) of points of the street the place is on, reached without leaving it."""
    share = np.append(np.linspace(0.0, 1.0, 21), place.fraction[:1])  # the place itself, too: 0 ms unless closed
    arc = np.repeat(place.arc[:1], share.size)
    nowhere = np.zeros(share.size)  # only their place on the street counts
    points = Positions(arc, share, nowhere, nowhere, nowhere)
    here = place.take(np.zeros(share.size, np.int64))
    pair = (points, here) if toward else (here, points)
    return arc, share, direct_ms(region.network, metric.weights, *pair).astype(np.int64)


def along(region: Region, arc: Int32, share: Float64) -> tuple[Float64, Float64]:
    """(lon, lat) at a share of each arc's shape, measured on the ground; O(points of the shapes touched)."""
    network = region.network
    shape = np.where(network.arc_shape[arc] >= 0, network.arc_shape[arc], ~network.arc_shape[arc])
    share = np.where(network.arc_shape[arc] >= 0, share, 1.0 - share)
    lonlat = network.shape_lonlat / SHAPE_SCALE
    steps = np.zeros(len(lonlat))
    scale = np.cos(np.radians(lonlat[1:, 1]))
    steps[1:] = np.hypot(short_way(np.diff(lonlat[:, 0])) * scale, np.diff(lonlat[:, 1]))
    travelled = np.cumsum(steps)
    begin, end = network.shape_offset[shape], network.shape_offset[shape + 1] - 1
    target = travelled[begin] + share * (travelled[end] - travelled[begin])
    at = np.clip(np.searchsorted(travelled, target, side="right") - 1, begin, np.maximum(begin, end - 1))
    span = travelled[at + 1] - travelled[at]
    part = np.clip(np.divide(target - travelled[at], span, out=np.zeros(at.size), where=span > 0), 0.0, 1.0)
    east, north = (lonlat[at + 1] - lonlat[at]).T
    return short_way(lonlat[at, 0] + part * short_way(east)), lonlat[at, 1] + part * north
