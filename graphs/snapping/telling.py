"""Kernel: what is told of the arcs that were decided for."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from graphs.network import Float64, Int64, UInt8
from graphs.snapping.candidates import road_match
from graphs.snapping.placing import place_on, share_of


class Picks(NamedTuple):
    """Places on segments that were decided for; written and read by kernels."""

    location: Int64  # [room]
    segment: Int64  # [room]
    ahead: Float64  # [room] metres along it, on the plane
    way: Int64  # [room] 0 along the shape, 1 against it
    weight: Float64  # [room]
    kind: UInt8  # [room]

    @classmethod
    def empty(cls, count: int) -> Picks:
        """Room for so many."""
        whole = (np.empty(count, np.int64) for _ in range(3))
        return cls(next(whole), next(whole), np.empty(count), next(whole), np.empty(count), np.empty(count, np.uint8))


@njit(nogil=True, cache=True)
def bearing_of(line, s, way):
    """Degrees clockwise from north in which an arc runs at a segment."""
    return (math.degrees(math.atan2(line[s, 2], line[s, 3])) + 180.0 * way) % 360.0


@njit(nogil=True, cache=True)
def tell(grid, roads, ask, picks, count, each, rows):
    """Write ``count`` picks into ``rows``, one after the other or, with ``each``, every one at its location.

    One loop over all, every array at hand: a call with that many arrays would cost more than the work.
    """
    line, along, shape, span = grid.line, grid.along, grid.shape, grid.span
    shape_arc, names, refs, xs, lats = roads.shape_arc, roads.name, roads.ref, ask.x, ask.lat
    givens, road_first, road, matches = ask.road_given, ask.road_first, ask.road, ask.road_match
    location, segment, ahead, ways, weights, kinds = picks
    arcs, fraction, lon, lat, distance_m, weight, bearing, kind, match = rows
    for i in range(count):
        k, s, t, way = location[i], segment[i], ahead[i], ways[i]
        row = k if each else i
        arc = shape_arc[shape[s], way]
        share = share_of(along, span, shape, s, t)
        arcs[row], fraction[row] = arc, 1.0 - share if way else share
        lon[row], lat[row], distance_m[row] = place_on(line, s, t, xs[k], lats[k])
        weight[row], bearing[row], kind[row] = weights[i], bearing_of(line, s, way), kinds[i]
        match[row] = road_match(givens[k], road_first[k], road_first[k + 1], road, matches, names[arc], refs[arc])
