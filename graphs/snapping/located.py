"""Answers to a `LocationQuery`: one directed arc each, how sure it is, and what else it might be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from graphs.errors import TowlineError
from graphs.network import Float64, Int8, Int32, Int64, UInt8
from graphs.position import Positions
from graphs.snapping.query import Side
from graphs.snapping.weighing import (
    KIND_OPPOSITE,
    KIND_OTHER_ROAD,
    MATCH_EXACT,
    MATCH_NONE,
    MATCH_NOT_ASKED,
    MATCH_PARTIAL,
    MATCH_UNNAMED,
)


class RivalKind(IntEnum):
    """What a rival is to the answer."""

    OTHER_ROAD = KIND_OTHER_ROAD
    OPPOSITE_CARRIAGEWAY = KIND_OPPOSITE


class RoadMatch(IntEnum):
    """How the answered arc fits the road that was given."""

    OTHER = MATCH_NONE
    UNNAMED = MATCH_UNNAMED
    PARTIAL = MATCH_PARTIAL
    EXACT = MATCH_EXACT
    NOT_ASKED = MATCH_NOT_ASKED


class PassedOver(IntEnum):
    """A road nearer, or nearly as likely, on which nobody is looked for while a usable one is near."""

    NOTHING = 0
    FERRY = 1
    CUT_OFF = 2  # rules leave no way there, or none away from there
    NOT_IN_REGION = 3  # of the source, not of the region: it leads out of the map or cannot be reached


@dataclass(frozen=True, eq=False)
class Rivals:
    """Other arcs that one location may be on, likeliest first."""

    positions: Positions  # [r]
    confidence: Float64  # [r] of each, as that of the answer
    bearing: Float64  # [r] degrees clockwise from north in which the arc is driven there
    kind: UInt8  # [r] RivalKind
    level: Int8  # [r] of the arc, 0 where the network knows none

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def opposite(self) -> bool:
        """Whether the opposite carriageway is among them."""
        return bool((self.kind == RivalKind.OPPOSITE_CARRIAGEWAY).any())


@dataclass(frozen=True, eq=False)
class Located:
    """The answers for ``k`` locations."""

    positions: Positions  # [k] one directed arc each; -1 where refused
    confidence: Float64  # [k] 0 to 1 that this street, and one-way road's side, is right; 0 where refused
    ambiguous: npt.NDArray[np.bool_]  # [k] a rival is likely enough to ask rather than guess
    bearing: Float64  # [k] degrees in which the answered arc is driven there; NaN where refused
    side: UInt8  # [k] Side of the answered arc on which the location lies; ANY within a metre of its middle
    road_match: UInt8  # [k] RoadMatch
    level: Int8  # [k] of the answered arc; 0 where refused, or where the network knows none
    passed_over: UInt8  # [k] PassedOver
    errors: dict[int, TowlineError]  # by index of the refused location
    rival_first: (
        Int64  # [k + 1] rivals of location i are rows rival_first[i] .. rival_first[i + 1] - 1 of ``all_rivals``
    )
    all_rivals: Rivals
    turn_back_ms: Int32  # [k] what turning round costs who departs; 0 where it is not known which way that is

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def starts(self) -> Positions:
        """[k] the positions as those of units that depart: who said which way it faces pays for turning round."""
        return replace(self.positions, turn_back_ms=self.turn_back_ms) if self.turn_back_ms.any() else self.positions

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """[k] whether there is an answer."""
        return self.positions.arc >= 0

    def rivals(self, index: int) -> Rivals:
        """The rivals of one location; also listed when not likely enough to make it ambiguous."""
        rows = np.arange(self.rival_first[index], self.rival_first[index + 1])
        every = self.all_rivals
        return Rivals(
            every.positions.take(rows),
            every.confidence[rows],
            every.bearing[rows],
            every.kind[rows],
            every.level[rows],
        )

    def side_of(self, index: int) -> Side:
        return Side(int(self.side[index]))
