"""Which directed arc a location is on, and which others it might be: candidates weighed, not only measured.

The weight of a directed arc is ``exp(-penalty)``, and its penalty the sum, in nats, of

- distance: ``d^2 / (2 sigma^2)``, d metres to the arc, sigma the error of the location in one axis (Newson & Krumm,
  Hidden Markov map matching through noise and sparseness, 2009). A location farther than 2 sigma from every road is
  worse than it says: sigma then is half the distance to the nearest;
- heading: ``min(k (1 - cos D), HEADING_MOST)``, D the angle between heading and arc, ``k = (1.5 / tolerance)^2``: the
  von Mises density, whose spread at the peak is two thirds of the tolerance; beyond the tolerance `HEADING_OFF` more.
  A direction in words is a heading without tolerance, ``k = 3``;
- road: 0 for the name or number given, more for a partial match, an unnamed arc, another road;
- level: 0 for the level given, little when both are above the ground or both below, more otherwise;
- side: distance is measured not from the line of the arc but from `SIDE_M` to that side of it, so a poor fix makes
  little of it.

Every arc whose penalty can be within ``KEEP`` of the least is found, so the answer is the least
of all. Read by kernels.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from graphs.levels import NO_LEVEL as NO_LEVEL  # where kernels find the other constants
from graphs.network import Float64, Int32, UInt8

HEADING_MOST = 7.0
HEADING_OFF = 2.0
ROAD_PARTIAL = 0.5
ROAD_UNNAMED = 1.5
ROAD_OTHER = 4.0
LEVEL_OTHER = 3.0
#: Both above the ground, or both below it.
LEVEL_NEAR = 1.0
#: Metres from the line of a road to a car on its side: half a carriageway.
SIDE_M = 5.0
#: Rivals this much (in nats) worse than the answer are not worth a mention: a twentieth of its weight.
KEEP = 3.0
#: A location this near the middle of the road (metres) is on no side of it.
NO_SIDE_M = 1.0
#: The weight of "on no road of the map": that of a road 3 sigma away.
OFF_ROAD = math.exp(-4.5)
#: Two arcs that meet this near (metres along both) are one place for a tow truck.
SAME_PLACE_M = 10.0
#: Rivals told of per location.
RIVALS = 6
#: Most streets weighed per location; the first found when there are more (an accuracy of hundreds of metres in town).
STREETS = 512
#: A rival at least this likely relative to the answer (a fifth, in nats) makes it ambiguous ...
AMBIGUOUS = math.log(5.0)
#: ... and the opposite carriageway already at a twentieth: the wrong one costs half an hour, a question a minute.
AMBIGUOUS_OPPOSITE = math.log(20.0)

KIND_OTHER_ROAD, KIND_OPPOSITE = 1, 2
MATCH_NONE, MATCH_UNNAMED, MATCH_PARTIAL, MATCH_EXACT, MATCH_NOT_ASKED = 0, 1, 2, 3, 4
SIDE_ANY, SIDE_LEFT, SIDE_RIGHT = 0, 1, 2


class Roads(NamedTuple):
    """What is weighed of a network; read by kernels."""

    shape_arc: Int32  # [s, 2] the arc along and the arc against each shape, or -1
    name: Int32  # [m] index into strings
    ref: Int32  # [m]
    kind: UInt8  # [m] road class
    ends: Int32  # [s, 2] the nodes at the first and the last point of each shape
    level: npt.NDArray[np.int8]  # [m], or empty when the network knows no levels


class Ask(NamedTuple):
    """What is known of k locations; read by kernels."""

    x: Float64  # [k] on the plane
    y: Float64  # [k]
    lat: Float64  # [k] degrees
    scale: Float64  # [k] plane metres in a metre on the ground
    heading: Float64  # [k] degrees, NaN unknown
    kappa: Float64  # [k] how narrow the heading is
    widest: Float64  # [k] cosine of the tolerance
    sigma: Float64  # [k] metres
    side: UInt8  # [k] SIDE_*
    level: npt.NDArray[np.int16]  # [k] NO_LEVEL unknown
    road_given: npt.NDArray[np.bool_]  # [k]
    road_first: Int32  # [k + 1] strings that match the road given: road[road_first[i]:road_first[i + 1]]
    road: Int32
    road_match: UInt8  # MATCH_PARTIAL or MATCH_EXACT of each
    limit: Float64  # [k] metres; no road farther away is an answer


class Rows(NamedTuple):
    """Places on arcs, with what was weighed of them; written by kernels."""

    arc: Int32  # [r] -1 for none
    fraction: Float64  # [r] of the arc
    lon: Float64  # [r] degrees
    lat: Float64  # [r]
    distance_m: Float64  # [r] from the location
    weight: Float64  # [r] share of all weights
    bearing: Float64  # [r] degrees of the arc at the place
    kind: UInt8  # [r] KIND_*
    match: UInt8  # [r] MATCH_*

    @classmethod
    def room(cls, count: int) -> Rows:
        """Room for ``count`` places, none yet."""
        return cls(
            np.full(count, -1, np.int32),
            *(np.full(count, np.nan) for _ in range(4)),
            np.zeros(count),
            np.full(count, np.nan),
            np.zeros(count, np.uint8),
            np.zeros(count, np.uint8),
        )

    def first(self, count: int) -> Rows:
        """A copy of the first ``count``."""
        return Rows._make(column[:count].copy() for column in self)


class Found(NamedTuple):
    """What is found of k locations; written by kernels."""

    answer: Rows  # [k]
    side: UInt8  # [k] side of the answered arc on which the location lies, SIDE_*
    ambiguous: npt.NDArray[np.bool_]  # [k]
    rivals: Int32  # [k] how many

    @classmethod
    def empty(cls, k: int) -> Found:
        """Room for k answers, none found yet."""
        return cls(Rows.room(k), np.zeros(k, np.uint8), np.zeros(k, np.bool_), np.zeros(k, np.int32))
