"""Roads of the map that are not part of the region: nobody is put on them, but nobody is put elsewhere in silence.

A motorway at the border of an extract leads out of it, so the largest strongly connected part lacks it. A driver on it
would otherwise be put on the next road with all confidence. Such a road is weighed against the answer as a rival is
(`graphs.snapping.weighing`, but for level and side); what makes the answer ambiguous is reported as
`PassedOver.NOT_IN_REGION`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from graphs.geodesy import great_circle_m
from graphs.network import Float64, RoadNetwork, UInt8
from graphs.search.arrays import frozen
from graphs.snapping.deciding import OTHER_WAY, answer
from graphs.snapping.grid import SegmentGrid
from graphs.snapping.located import PassedOver
from graphs.snapping.nearest import nearest_segments
from graphs.snapping.weighing import (
    AMBIGUOUS,
    AMBIGUOUS_OPPOSITE,
    HEADING_MOST,
    HEADING_OFF,
    MATCH_NONE,
    MATCH_PARTIAL,
    MATCH_UNNAMED,
    ROAD_OTHER,
    ROAD_PARTIAL,
    ROAD_UNNAMED,
    SAME_PLACE_M,
    Ask,
    Found,
    Roads,
    Rows,
)

#: A location nearer to its road than this (metres) is on it, as far as a place alone tells.
ON_ROAD_M = 15.0
#: A place this near the end of a road (metres) is its end.
END_M = 1.0


@dataclass(frozen=True, eq=False)
class LostRoads:
    """The index over the lost roads of a network."""

    grid: SegmentGrid
    roads: Roads

    @classmethod
    def of(cls, network: RoadNetwork) -> LostRoads | None:
        """None where the network lost none, or does not know; linear in their segments."""
        count = network.lost_class.size
        if count == 0:
            return None
        shapes = replace(network, shape_offset=network.lost_offset, shape_lonlat=network.lost_lonlat)
        along = np.arange(count)
        roads = Roads(  # arc i runs along road i, arc count + i against it
            shape_arc=frozen(np.stack((along, np.where(network.lost_two_way, count + along, -1)), axis=1), np.int32),
            name=frozen(np.tile(network.lost_name, 2), np.int32),
            ref=frozen(np.tile(network.lost_ref, 2), np.int32),
            kind=frozen(np.tile(network.lost_class, 2), np.uint8),
            ends=frozen(np.arange(2 * count).reshape(count, 2), np.int32),
            level=frozen(np.empty(0), np.int8),
        )
        return cls(SegmentGrid.build(shapes), roads)

    def tell_nearer(
        self, x: Float64, y: Float64, scale: Float64, square: Float64, passed_over: UInt8, beyond_m: float = ON_ROAD_M
    ) -> None:
        """Write into ``passed_over`` where a lost road is nearer than an answer farther away than ``beyond_m``.

        ``square`` [k] is the squared distance of the answer on the plane.
        """
        rows = np.flatnonzero(square > (beyond_m * scale) ** 2)
        if rows.size:
            away = self._nearest(x[rows], y[rows])[1]
            passed_over[rows[away < square[rows]]] = PassedOver.NOT_IN_REGION

    def weigh(self, network: RoadNetwork, ask: Ask, found: Found, rivals: Rows, passed_over: UInt8) -> None:
        """Where a lost road is likely beside the answer: less confidence, ambiguous, and told in ``passed_over``."""
        rows = np.flatnonzero(found.answer.arc >= 0)
        segment, square = np.zeros(ask.x.size, np.int64), np.full(ask.x.size, np.inf)
        segment[rows], square[rows] = self._nearest(ask.x[rows], ask.y[rows])
        chosen = found.answer
        with np.errstate(invalid="ignore"):
            sigma = np.maximum(ask.sigma, np.fmin(chosen.distance_m, np.sqrt(square) / ask.scale) / 2.0)
            cost = _cost(ask, chosen, sigma)
            near = (square / ask.scale**2 / (2.0 * sigma**2) <= cost + AMBIGUOUS_OPPOSITE) & (chosen.arc >= 0)
        if not near.any():
            return
        square[~near] = np.inf
        lost = answer(self.grid.arrays, self.roads, ask, segment, square)[0].answer
        here = np.flatnonzero(near & (lost.arc >= 0))
        lost_arc, one = lost.arc[here], Rows._make(column[here] for column in chosen)
        other = Rows._make(column[here] for column in lost)
        worse = _cost(ask, lost, sigma)[here] - cost[here]
        road = lost_arc % self.roads.shape_arc.shape[0]
        one_way = (self.roads.shape_arc[road, 1] < 0) & (network.arc_twin[one.arc] < 0)
        opposite = one_way & (np.cos(np.radians(other.bearing - one.bearing)) < OTHER_WAY)
        likely = worse <= np.where(opposite, AMBIGUOUS_OPPOSITE, AMBIGUOUS)
        likely &= ~self._one_place(one, other, road, ask.scale[here])
        at, worse = here[likely], worse[likely]
        before = found.answer.weight[at]
        found.answer.weight[at] = 1.0 / (1.0 / np.maximum(before, 1e-300) + np.exp(np.minimum(-worse, 700.0)))
        less = np.ones(ask.x.size)
        less[at] = found.answer.weight[at] / np.maximum(before, 1e-300)
        rivals.weight[:] *= np.repeat(less, found.rivals)
        found.ambiguous[at] = True
        passed_over[at] = PassedOver.NOT_IN_REGION

    def _nearest(self, x: Float64, y: Float64) -> tuple[npt.NDArray[np.int64], Float64]:
        segment, ahead, square = np.empty(x.size, np.int64), np.empty(x.size), np.empty(x.size)
        nearest_segments(self.grid.arrays, np.ascontiguousarray(x), np.ascontiguousarray(y), segment, ahead, square)
        return segment, square

    def _one_place(self, one: Rows, other: Rows, road: npt.NDArray[np.int32], scale: Float64) -> npt.NDArray[np.bool_]:
        """Whether the lost road only goes on where the answer is, or ends there and is no nearer."""
        left = np.minimum(other.fraction, 1.0 - other.fraction) * self.grid.arrays.span[road] / scale
        meet = (left <= SAME_PLACE_M) & (great_circle_m(one.lon, one.lat, other.lon, other.lat) <= SAME_PLACE_M)
        return meet | ((left <= END_M) & (other.distance_m >= one.distance_m))


def _cost(ask: Ask, rows: Rows, sigma: Float64) -> Float64:
    """[k] penalties of places: distance, heading, road."""
    cosine = np.cos(np.radians(rows.bearing - ask.heading))
    turned = np.minimum(ask.kappa * (1.0 - cosine), HEADING_MOST) + np.where(cosine < ask.widest, HEADING_OFF, 0.0)
    road = np.zeros(rows.match.size)
    for match, cost in ((MATCH_NONE, ROAD_OTHER), (MATCH_UNNAMED, ROAD_UNNAMED), (MATCH_PARTIAL, ROAD_PARTIAL)):
        road[rows.match == match] = cost
    heading = np.where(np.isnan(turned), 0.0, turned)
    return rows.distance_m**2 / (2.0 * sigma**2) + heading + np.where(ask.road_given, road, 0.0)
