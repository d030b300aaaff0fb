"""What turning costs: seconds lost at a junction between one arc and the next, by the angle between them.

The form and the constants of the comparison profile are those of the Open Source Routing Machine (profiles/car.lua,
BSD-2-Clause): a sigmoid over the angle that a sharp turn saturates, steeper for the turn away from oncoming traffic,
and more for crossing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba as nb
import numpy as np
import numpy.typing as npt

from graphs.classes import CLASS_INDEX
from graphs.delays import streets_at
from graphs.geodesy import EARTH_RADIUS_M
from graphs.network import SHAPE_SCALE, Float64, Int32, Int64, RoadNetwork

if TYPE_CHECKING:
    from graphs.speeds import TurnTimes

#: A road's direction at a junction is that of its first (or last) metres.
NEAR_M = 10.0
#: The first class of roads on which drivers may turn back at a junction.
SMALLER = CLASS_INDEX["primary"]
#: Metres for one degree of latitude.
DEGREE_M = float(np.pi / 180 * EARTH_RADIUS_M)  # read by kernels


@dataclass(frozen=True, eq=False)
class TurnTable:
    """``p`` turns, ordered by junction, then arc in, then arc out, and what each costs.

    Every pair of an arc into and an arc out of a junction is there, but where the only thing to do is to turn back in
    the middle of a street: that is not offered.
    """

    node: Int32  # [p] junction
    before: Int32  # [p] arc that ends there
    after: Int32  # [p] arc that begins there
    ms: Int32  # [p] time lost
    u_turn_ms: int  # of U-turns that are not listed, where rules leave nothing else

    def __len__(self) -> int:
        return int(self.node.size)


def turn_table(
    network: RoadNetwork,
    times: TurnTimes,
    *,
    drives_left: bool = False,
    turn_back_onto: npt.NDArray[np.bool_] | None = None,
) -> TurnTable:
    """Every turn of a network with its time; O(sum of arcs in x arcs out over junctions).

    At junctions of three or more streets a turn costs by its angle; a U-turn costs more, and is offered there (but not
    on motorways and trunk roads), where nothing else is, and onto the arcs ``turn_back_onto`` [m].
    """
    into, first_in = _arcs_into(network)
    count = np.diff(first_in) * np.diff(network.first_arc)
    node = np.repeat(np.arange(network.node_count), count)
    rank = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    out_degree = np.diff(network.first_arc)[node]
    before = into[first_in[node] + rank // out_degree]
    after = (network.first_arc[node] + rank % out_degree).astype(np.int32)
    u_turn = network.arc_twin[before] == after
    junction = streets_at(network.arc_tail, network.arc_head, network.node_count) >= 3
    offered = ~u_turn | (junction[node] & (network.arc_class[after] >= SMALLER)) | (out_degree == 1)
    if turn_back_onto is not None:
        offered |= turn_back_onto[after]
    node, before, after, u_turn = node[offered], before[offered], after[offered], u_turn[offered]
    leaving, arriving = bearings(network)
    angle = (leaving[after] - arriving[before] + 180.0) % 360.0 - 180.0
    one_way = (network.arc_twin[before] < 0) & (network.arc_twin[after] < 0)
    seconds = np.where(junction[node], turn_seconds(-angle if drives_left else angle, times, one_way), 0.0)
    seconds = np.where(u_turn, times.u_turn_s, seconds)
    ms = np.rint(seconds * 1000).astype(np.int32)
    return TurnTable(node.astype(np.int32), before, after, ms, round(times.u_turn_s * 1000))


def turn_seconds(angle: Float64, times: TurnTimes, one_way: npt.NDArray[np.bool_]) -> Float64:
    """[k] s of turns by ``angle`` [k] in degrees, -180 .. 180, positive away from oncoming traffic.

    ``one_way`` [k]: both roads are driven one way, so nothing comes toward the turn.
    """
    share, bias = np.abs(angle) / 180.0, times.bias
    away = times.sharp_s / (1.0 + np.exp(-(13.0 / bias * share - 6.5 * bias)))
    across = times.sharp_s / (1.0 + np.exp(-(13.0 * bias * share - 6.5 / bias)))
    waiting = np.where(one_way, 0.0, times.oncoming_s / (1.0 + np.exp(-(13.0 * share - 3.25))))
    return np.where(angle >= 0, away, across + waiting)


def bearings(network: RoadNetwork) -> tuple[Float64, Float64]:
    """([m] degrees clockwise from north in which each arc leaves its tail, [m] in which it arrives at its head)."""
    begin, end = np.empty(network.arc_count), np.empty(network.arc_count)
    _bearings(network.arc_shape, network.shape_offset, network.shape_lonlat, begin, end)
    return begin, end


def _arcs_into(network: RoadNetwork) -> tuple[Int32, Int64]:
    """([m] arcs by head, [n + 1] where those of each node begin)."""
    into = np.argsort(network.arc_head, kind="stable").astype(np.int32)
    first = np.searchsorted(network.arc_head[into], np.arange(network.node_count + 1))
    return into, first.astype(np.int64)


@nb.njit(nogil=True, cache=True)
def _bearings(arc_shape, shape_offset, shape_lonlat, begin, end):  # pragma: no cover - compiled
    """Bearings of both ends of every arc, over its first and last `NEAR_M` metres; O(points)."""
    for arc in range(arc_shape.size):
        along = arc_shape[arc] >= 0
        shape = arc_shape[arc] if along else ~arc_shape[arc]
        low, high = shape_offset[shape], shape_offset[shape + 1] - 1
        if along:
            begin[arc] = _toward(shape_lonlat, low, high, 1)
            end[arc] = (_toward(shape_lonlat, high, low, -1) + 180.0) % 360.0
        else:
            begin[arc] = _toward(shape_lonlat, high, low, -1)
            end[arc] = (_toward(shape_lonlat, low, high, 1) + 180.0) % 360.0


@nb.njit(nogil=True, cache=True)
def _toward(lonlat, start, stop, step):  # pragma: no cover - compiled
    """Degrees from the point ``start`` to the place `NEAR_M` metres along the line toward ``stop``; O(points)."""
    scale = np.cos(np.radians(lonlat[start, 1] / SHAPE_SCALE))
    x, y, driven, at = 0.0, 0.0, 0.0, start
    while at != stop and driven < NEAR_M:
        dx = (lonlat[at + step, 0] - lonlat[at, 0]) / SHAPE_SCALE * DEGREE_M * scale
        dy = (lonlat[at + step, 1] - lonlat[at, 1]) / SHAPE_SCALE * DEGREE_M
        length = np.hypot(dx, dy)
        share = min(1.0, (NEAR_M - driven) / length) if length > 0.0 else 1.0
        x, y, driven, at = x + dx * share, y + dy * share, driven + length, at + step
    return np.degrees(np.arctan2(x, y)) % 360.0
