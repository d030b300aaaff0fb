"""A fastest route between two positions: the arcs driven, their geometry, and what people ask about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from graphs.classes import CLASS_INDEX, ROAD_CLASSES
from graphs.errors import NoRouteError
from graphs.geodesy import short_way
from graphs.network import Float64, Int32, Int64, RoadNetwork
from graphs.position import Positions, destination_seeds, direct_ms, origin_seeds, part_ms
from graphs.region import Region
from graphs.search import INF, Metric
from graphs.search_graph import TURN

#: Roads one may enter and leave only at junctions built for it.
CONTROLLED = frozenset({CLASS_INDEX["motorway"], CLASS_INDEX["motorway_link"]})
COORDINATE_DIGITS = 7


@dataclass(frozen=True)
class Stretch:
    """Consecutive arcs of one road and class."""

    road: str
    road_class: str
    length_m: float
    duration_ms: int


@dataclass(frozen=True, eq=False)
class Route:
    """``k`` road arcs in driving order; arc i is driven from share begin[i] to share end[i] of its length."""

    network: RoadNetwork
    arcs: Int64  # [k]
    begin: Float64  # [k] 0 but for the first
    end: Float64  # [k] 1 but for the last
    durations_ms: Int32  # [k] junction delays and turning included where an arc is entered
    duration_ms: int  # of the search: the sum of durations_ms

    @cached_property
    def lengths_m(self) -> Float64:
        """[k] metres driven on each arc."""
        return self.network.arc_length_m[self.arcs] * (self.end - self.begin)

    @property
    def length_m(self) -> float:
        return float(self.lengths_m.sum())

    @cached_property
    def lonlat(self) -> Float64:
        """[p, 2] degrees along the way, without repeated points; two equal points where nothing is driven."""
        ends = sorted({0, len(self.arcs) - 1})
        parts = [cut(self.network.shape(int(self.arcs[i])), float(self.begin[i]), float(self.end[i])) for i in ends]
        parts.insert(1, self.network.line(self.arcs[1:-1]))
        points = np.round(np.concatenate(parts), COORDINATE_DIGITS)
        kept = np.append(True, (points[1:] != points[:-1]).any(axis=1))
        line = points[kept]
        return line if len(line) > 1 else np.repeat(line, 2, axis=0)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The roads driven, in order; neighbouring arcs of one road and class are one stretch."""
        found: list[Stretch] = []
        for arc, length, duration in zip(self.arcs, self.lengths_m, self.durations_ms, strict=True):
            road = self.network.road(int(arc))
            road_class = ROAD_CLASSES[self.network.arc_class[arc]]
            if found and (found[-1].road, found[-1].road_class) == (road, road_class):
                last = found.pop()
                found.append(Stretch(road, road_class, last.length_m + float(length), last.duration_ms + int(duration)))
            else:
                found.append(Stretch(road, road_class, float(length), int(duration)))
        return tuple(found)

    @property
    def by_class(self) -> dict[str, tuple[float, int]]:
        """Metres and ms on each road class driven, largest road first."""
        length = np.bincount(self.network.arc_class[self.arcs], self.lengths_m, len(ROAD_CLASSES))
        duration = np.bincount(self.network.arc_class[self.arcs], self.durations_ms, len(ROAD_CLASSES))
        return {ROAD_CLASSES[c]: (float(length[c]), int(duration[c])) for c in np.flatnonzero((length + duration) > 0)}

    @property
    def entrances(self) -> tuple[int, ...]:
        """The arcs by which the route enters controlled-access roads: its legal entrances."""
        inside = np.isin(self.network.arc_class[self.arcs], list(CONTROLLED))
        return tuple(int(arc) for arc in self.arcs[1:][inside[1:] & ~inside[:-1]])


def find_route(region: Region, metric: Metric, origins: Positions, targets: Positions) -> Route:
    """The fastest route from the one origin to the one target under a metric of the region.

    Raises NoRouteError when no open road leads there.
    """
    network, graph = region.network, region.search_graph
    direct = int(direct_ms(network, metric.weights, origins, targets)[0])
    out = origin_seeds(network, metric.weights, origins, graph)
    into = destination_seeds(network, metric.weights, targets, graph)
    path, duration = metric.path(out, into)
    if min(direct, duration) >= INF:
        raise NoRouteError(
            "No open road leads from the origin to the target; check for closures around either.",
            origin=f"{origins.lon[0]:.6f},{origins.lat[0]:.6f}",
            target=f"{targets.lon[0]:.6f},{targets.lat[0]:.6f}",
        )
    if direct <= duration:
        return _turned(_along_street(network, metric, origins, targets, direct), origins)
    first, last = _ends(region, metric, origins, targets, path)
    roads = graph.road_arc[path]
    turning = roads == TURN
    middle = roads[~turning]
    arcs = np.concatenate([[first[0]], middle, [last[0]]]).astype(np.int64)
    begin, end = np.zeros(arcs.size), np.ones(arcs.size)
    begin[0], end[-1] = first[1], last[1]
    route = _route(network, metric, arcs, begin, end, duration)
    entered = np.cumsum(~turning)[turning] + 1  # the arc that a turn leads onto
    turns = np.bincount(entered, np.asarray(metric.weights)[path[turning]], arcs.size)
    return _turned(replace(route, durations_ms=(route.durations_ms + turns).astype(np.int32)), origins)


def _turn_back_ms(origins: Positions) -> int:
    """What turning back costs at the one origin."""
    return 0 if origins.turn_back_ms is None else int(origins.turn_back_ms[0])


def _turned(route: Route, origins: Positions) -> Route:
    """The route whose first part has the time of turning back, where it begins with that."""
    back = _turn_back_ms(origins)
    if not back or route.arcs[0] == origins.arc[0]:
        return route
    durations = route.durations_ms.copy()
    durations[0] += back
    return replace(route, durations_ms=durations)


def _along_street(network: RoadNetwork, metric: Metric, origins: Positions, targets: Positions, ms: int) -> Route:
    """The route that never leaves the street both positions stand on."""
    arc, begin = int(origins.arc[0]), float(origins.fraction[0])
    end = float(targets.fraction[0])
    if int(targets.arc[0]) != arc:
        end = 1.0 - end
    if end < begin or (end == begin and metric.weights[arc] >= INF):
        arc, begin, end = int(network.arc_twin[arc]), 1.0 - begin, 1.0 - end
    return _route(network, metric, np.array([arc]), np.array([begin]), np.array([end]), ms)


def _ends(
    region: Region, metric: Metric, origins: Positions, targets: Positions, path: Int64
) -> tuple[tuple[int, float], tuple[int, float]]:
    """(arc, share where it begins) that the trip starts on, and (arc, share where it ends) that it ends on."""
    network, graph = region.network, region.search_graph
    weights = metric.weights

    def ways(positions: Positions) -> list[tuple[int, float]]:
        arc, share = int(positions.arc[0]), float(positions.fraction[0])
        twin = int(network.arc_twin[arc])
        return [(arc, share)] + ([(twin, 1.0 - share)] if twin >= 0 else [])

    def cost(arc: int, share: float, enters: bool) -> int:
        return int(part_ms(network, weights, np.array([arc]), np.array([share]), enters=enters)[0])

    back = _turn_back_ms(origins)
    leaving = [
        (a, s, int(graph.head[graph.start_arc[a]]), cost(a, 1.0 - s, False) + (back if a != origins.arc[0] else 0))
        for a, s in ways(origins)
    ]
    arriving = [(a, s, int(graph.tail[graph.end_arc[a]]), cost(a, s, True)) for a, s in ways(targets)]
    if path.size:
        leaving = [way for way in leaving if way[2] == int(graph.tail[path[0]])]
        arriving = [way for way in arriving if way[2] == int(graph.head[path[-1]])]
        pairs = [(one, other) for one in leaving for other in arriving]
    else:
        pairs = [(one, other) for one in leaving for other in arriving if one[2] == other[2]]
    one, other = min(pairs, key=lambda pair: pair[0][3] + pair[1][3])
    return (one[0], one[1]), (other[0], other[1])


def _route(network: RoadNetwork, metric: Metric, arcs: Int64, begin: Float64, end: Float64, duration: int) -> Route:
    share = end - begin
    first = part_ms(network, metric.weights, arcs[:1], share[:1], enters=False)
    entered = part_ms(network, metric.weights, arcs[1:], share[1:], enters=True)
    return Route(network, arcs.astype(np.int64), begin, end, np.concatenate([first, entered]), duration)


def cut(points: Float64, begin: float, end: float) -> Float64:
    """[k, 2] the part of a line between two shares of its length, ends included."""
    if begin <= 0.0 and end >= 1.0:
        return points
    scale = np.cos(np.radians(points[:, 1].mean()))
    east = short_way(np.diff(points[:, 0]))
    lon = points[0, 0] + np.concatenate([[0.0], np.cumsum(east)])  # without a jump at the antimeridian
    along = np.concatenate([[0.0], np.cumsum(np.hypot(east * scale, np.diff(points[:, 1])))])
    share = along / (along[-1] or 1.0)
    inside = points[(share > begin) & (share < end)]
    edges = [[short_way(np.interp(at, share, lon)), np.interp(at, share, points[:, 1])] for at in (begin, end)]
    return np.vstack([edges[0], inside, edges[1]])
