"""Which roads a location may be put on.

Roads that a trip can start and end on, private ones included. Not the streets that rules leave without a way there or
back (`graphs.network.ACCESS_CUT_OFF`): nobody could come. And a ferry only where it is nearer than any road and no road
is near: who is on board is at sea, who waits at the quay is on the road. What was passed over is told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphs.classes import CLASS_INDEX
from graphs.network import ACCESS_CUT_OFF, Float64, Int64, RoadNetwork, UInt8
from graphs.snapping.deciding import answer
from graphs.snapping.grid import SegmentGrid
from graphs.snapping.located import PassedOver
from graphs.snapping.nearest import nearest_segments
from graphs.snapping.weighing import Ask, Found, Roads, Rows

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest place an answer may lie at, for each of k locations."""

    segment: Int64  # [k]
    ahead: Float64  # [k] metres along it, on the plane
    square: Float64  # [k] squared distance on the plane
    at_sea: Bools | None  # [k] whether the segment is a ferry's; None: none is
    passed_over: UInt8  # [k] PassedOver

    def take(self, rows: Int64) -> Nearest:
        """Some of them."""
        at_sea = None if self.at_sea is None else self.at_sea[rows]
        return Nearest(self.segment[rows], self.ahead[rows], self.square[rows], at_sea, self.passed_over[rows])


@dataclass(frozen=True, eq=False)
class Indices:
    """The roads of one network by what they are good for; all share their segments."""

    usable: SegmentGrid
    ferries: SegmentGrid | None
    cut_off: SegmentGrid | None

    @classmethod
    def build(cls, network: RoadNetwork) -> Indices:
        """Linear in segments and cells; where no road is usable, all are."""
        shape = np.where(network.arc_shape < 0, ~network.arc_shape, network.arc_shape)
        cut_off, ferry = (np.zeros(network.shape_offset.size - 1, np.bool_) for _ in range(2))
        cut_off[shape[(network.arc_access & ACCESS_CUT_OFF) > 0]] = True
        ferry[shape[network.arc_class == CLASS_INDEX["ferry"]]] = True
        ferry &= ~cut_off
        usable = ~(cut_off | ferry)
        if usable.all() or not usable.any():
            return cls(SegmentGrid.build(network), None, None)
        grid = SegmentGrid.build(network, usable)
        return cls(grid, *(grid.over(some) if some.any() else None for some in (ferry, cut_off)))

    def nearest(self, x: Float64, y: Float64, scale: Float64, near_m: float | Float64) -> Nearest:
        """The nearest road of each place on the plane, or a ferry where no road is within ``near_m``."""
        segment, ahead, square = _search(self.usable, x, y)
        passed_over = np.zeros(x.size, np.uint8)
        if self.cut_off:
            passed_over[_search(self.cut_off, x, y)[2] < square] = PassedOver.CUT_OFF
        if self.ferries is None:
            return Nearest(segment, ahead, square, None, passed_over)
        ferry, along, away = _search(self.ferries, x, y)
        nearer = away < square
        at_sea = nearer & (square > (near_m * scale) ** 2)
        passed_over[nearer & ~at_sea & (passed_over == PassedOver.NOTHING)] = PassedOver.FERRY
        segment[at_sea], ahead[at_sea], square[at_sea] = ferry[at_sea], along[at_sea], away[at_sea]
        return Nearest(segment, ahead, square, at_sea, passed_over)

    def answer(self, roads: Roads, ask: Ask, nearest: Nearest) -> tuple[Found, Rows]:
        """What `graphs.snapping.deciding.answer` finds among the roads, and at sea among the ferries."""
        if self.ferries is None or nearest.at_sea is None or not nearest.at_sea.any():
            return answer(self.usable.arrays, roads, ask, nearest.segment, nearest.square)
        ashore = np.where(nearest.at_sea, np.inf, nearest.square)
        at_sea = np.where(nearest.at_sea, nearest.square, np.inf)
        found, rivals = answer(self.usable.arrays, roads, ask, nearest.segment, ashore)
        more, others = answer(self.ferries.arrays, roads, ask, nearest.segment, at_sea)
        first = np.repeat(np.arange(ask.x.size), found.rivals)
        second = np.repeat(np.arange(ask.x.size), more.rivals)
        for column, other in zip((*found.answer, *found[1:]), (*more.answer, *more[1:]), strict=True):
            column[nearest.at_sea] = other[nearest.at_sea]
        order = np.argsort(np.concatenate((first, second)), kind="stable")
        return found, Rows._make(np.concatenate(pair)[order] for pair in zip(rivals, others, strict=True))


def _search(grid: SegmentGrid, x: Float64, y: Float64) -> tuple[Int64, Float64, Float64]:
    """[k] segment, metres along it and squared distance on the plane."""
    segment, ahead, square = np.empty(x.size, np.int64), np.empty(x.size), np.empty(x.size)
    nearest_segments(grid.arrays, x, y, segment, ahead, square)
    return segment, ahead, square
