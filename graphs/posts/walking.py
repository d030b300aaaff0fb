"""Walking along a road: from one position to the next the way it is driven, and places on the way."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from graphs.geodesy import from_mercator, to_mercator
from graphs.network import Float64, RoadNetwork

#: An arc of another road counts this many times its length: a walk keeps to its road where it can.
OTHER_ROAD = 3.0


@dataclass(frozen=True, eq=False)
class Walk:
    """Arcs in driving order, the first and the last in part."""

    arcs: tuple[int, ...]
    begin: Float64  # [a] share of each arc at which the walk enters it
    end: Float64  # [a] and leaves it
    length_m: float

    def at(self, network: RoadNetwork, share: float) -> tuple[int, float]:
        """The arc and the fraction of it at a share of the walk's length."""
        part = (self.end - self.begin) * network.arc_length_m[list(self.arcs)]
        passed = np.concatenate(([0.0], np.cumsum(part)))
        goal = share * passed[-1]
        i = int(min(np.searchsorted(passed, goal, side="right") - 1, len(self.arcs) - 1))
        within = (goal - passed[i]) / part[i] if part[i] > 0.0 else 0.0
        return self.arcs[i], float(np.clip(self.begin[i] + within * (self.end[i] - self.begin[i]), 0.0, 1.0))


def walk(network: RoadNetwork, start: tuple[int, float], goal: tuple[int, float], limit_m: float) -> Walk | None:
    """The way from (arc, fraction) to (arc, fraction) along directed arcs, arcs of the same road preferred.

    None when there is none within ``limit_m`` metres. A Dijkstra search bounded by that length; never turns back on
    the arc just driven.
    """
    (first, leaves), (last, reaches) = start, goal
    if first == last and reaches >= leaves:
        length = float((reaches - leaves) * network.arc_length_m[first])
        return Walk((first,), np.array([leaves]), np.array([reaches]), length)
    rest = float((1.0 - leaves) * network.arc_length_m[first])
    heap: list[tuple[float, float, int, int]] = [(rest, rest, first, -1)]  # cost, metres, arc, the arc before
    came: dict[int, int] = {}
    while heap:
        cost, length, arc, before = heapq.heappop(heap)
        if arc in came:
            continue
        came[arc] = before
        node = int(network.arc_head[arc])
        for after in range(int(network.first_arc[node]), int(network.first_arc[node + 1])):
            if after == network.arc_twin[arc]:
                continue
            if after == last:
                return _assembled(network, came, arc, last, leaves, reaches)
            step = float(network.arc_length_m[after])
            if after not in came and length + step <= limit_m:
                weight = step if _same_road(network, first, after) else OTHER_ROAD * step
                heapq.heappush(heap, (cost + weight, length + step, after, arc))
    return None


def place_at(network: RoadNetwork, arc: int, fraction: float) -> tuple[float, float]:
    """Longitude and latitude in degrees at a fraction of an arc."""
    x, y = to_mercator(*network.shape(arc).T)
    along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    lon, lat = from_mercator(np.interp(fraction * along[-1], along, x), np.interp(fraction * along[-1], along, y))
    return float(lon), float(lat)


def _same_road(network: RoadNetwork, arc: int, other: int) -> bool:
    name, ref = network.arc_name[arc], network.arc_ref[arc]
    if not name and not ref:
        return bool(network.arc_class[arc] == network.arc_class[other])
    return bool((ref and ref == network.arc_ref[other]) or (name and name == network.arc_name[other]))


def _assembled(network: RoadNetwork, came: dict[int, int], arc: int, last: int, leaves: float, reaches: float) -> Walk:
    arcs = [last]
    while arc >= 0:
        arcs.append(arc)
        arc = came[arc]
    arcs.reverse()
    begin, end = np.zeros(len(arcs)), np.ones(len(arcs))
    begin[0], end[-1] = leaves, reaches
    return Walk(tuple(arcs), begin, end, float(((end - begin) * network.arc_length_m[arcs]).sum()))
