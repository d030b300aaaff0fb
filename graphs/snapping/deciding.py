"""Kernel: of the arcs a location may be on, the answer, its confidence and the rivals worth a question."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from graphs.network import Float64, Int64
from graphs.snapping.candidates import Candidates, collect, road_match
from graphs.snapping.grid import GridArrays
from graphs.snapping.weighing import (
    AMBIGUOUS,
    KEEP,
    KIND_OPPOSITE,
    KIND_OTHER_ROAD,
    NO_SIDE_M,
    OFF_ROAD,
    RIVALS,
    SAME_PLACE_M,
    SIDE_ANY,
    SIDE_LEFT,
    SIDE_RIGHT,
    Ask,
    Found,
    Roads,
)

#: Cosines: more than 135 degrees apart is the other way, less than 45 the same.
OTHER_WAY = -math.sqrt(0.5)
SAME_WAY = math.sqrt(0.5)


@njit(nogil=True, cache=True)
def cosine_of(xy, s, way, other, other_way):
    """Cosine of the angle between two segments, each along (0) or against (1) its shape."""
    ax, ay = xy[s + 1, 0] - xy[s, 0], xy[s + 1, 1] - xy[s, 1]
    bx, by = xy[other + 1, 0] - xy[other, 0], xy[other + 1, 1] - xy[other, 1]
    lengths = math.sqrt((ax * ax + ay * ay) * (bx * bx + by * by))
    cosine = (ax * bx + ay * by) / lengths if lengths > 0.0 else 1.0
    return cosine if way == other_way else -cosine


@njit(nogil=True, cache=True)
def along_of(along, s, t):
    """Plane metres from the first point of the shape to a share of a segment."""
    return along[s] + t * (along[s + 1] - along[s])


@njit(nogil=True, cache=True)
def same_place(ends, span, shape, here, other, there, near):
    """Whether two streets meet within ``near`` of both places, so that a tow truck at one sees the other."""
    for i in range(2):
        if (here if i == 0 else span[shape] - here) > near:
            continue
        for j in range(2):
            if ends[shape, i] == ends[other, j] and (there if j == 0 else span[other] - there) <= near:
                return True
    return False


@njit(nogil=True, cache=True)
def overshadowed(xy, along, span, ends, rival, way, one_way, low, high, listed, penalty, segment_of, share_of, scale):
    """Whether a street is only near by its very end, and another street of that junction is likelier.

    The location then lies beyond the end. A one-way road gives way only to its own continuation: a link across the
    median says nothing about the side.
    """
    s, own, shape = segment_of[rival, way], penalty[rival, way], listed[rival]
    there = along_of(along, s, share_of[rival, way])
    if there <= scale:
        node = ends[shape, 0]
    elif span[shape] - there <= scale:
        node = ends[shape, 1]
    else:
        return False
    for slot in range(low, high):
        if slot == rival or (ends[listed[slot], 0] != node and ends[listed[slot], 1] != node):
            continue
        side = 0 if penalty[slot, 0] <= penalty[slot, 1] else 1
        if penalty[slot, side] > own or (penalty[slot, side] == own and slot > rival):
            continue
        if not one_way or cosine_of(xy, s, way, segment_of[slot, side], side) > SAME_WAY:
            return True
    return False


@njit(nogil=True, cache=True)
def bearing_of(xy, s, way):
    """Degrees clockwise from north in which an arc runs at a segment."""
    return (math.degrees(math.atan2(xy[s + 1, 0] - xy[s, 0], xy[s + 1, 1] - xy[s, 1])) + 180.0 * way) % 360.0


@njit(nogil=True, cache=True)
def side_of(xy, px, py, no_side, s, way):
    """The side of an arc on which a location lies."""
    dx, dy = xy[s + 1, 0] - xy[s, 0], xy[s + 1, 1] - xy[s, 1]
    cross = dx * (py - xy[s, 1]) - dy * (px - xy[s, 0])
    if abs(cross) <= no_side * math.sqrt(dx * dx + dy * dy):
        return SIDE_ANY
    return SIDE_LEFT if (cross > 0.0) == (way == 0) else SIDE_RIGHT


@njit(nogil=True, cache=True)
def same_road(kind, names, refs, arc, other):
    """Whether two arcs are of one class, or of one name or number."""
    if kind[arc] == kind[other] or (names[arc] != 0 and names[arc] == names[other]):
        return True
    return refs[arc] != 0 and refs[arc] == refs[other]


def answer(grid: GridArrays, roads: Roads, ask: Ask, nearest: Int64, square: Float64) -> Found:
    """Answers of all locations whose nearest segment (at ``square`` squared plane metres) is within the limit."""
    found, room = Found.empty(ask.x.size), Candidates.empty()
    begin = 0
    while begin < ask.x.size:
        end = collect(grid, roads, ask, nearest, square, begin, room)
        decide(grid, roads, ask, room, begin, end, found)
        begin = end
    return found


@njit(nogil=True, cache=True)
def decide(grid, roads, ask, room, begin, end, found):
    """Answers of locations ``begin`` up to ``end`` from their candidates."""
    xy, along, span = grid.xy, grid.along, grid.span
    shape_arc, ends, kind, names, refs = roads.shape_arc, roads.ends, roads.kind, roads.name, roads.ref
    xs, ys, scales = ask.x, ask.y, ask.scale
    givens, road_first, road, matches = ask.road_given, ask.road_first, ask.road, ask.road_match
    street_first, listed, penalty, segment_of, share_of = (
        room.first, room.shape, room.penalty, room.segment, room.share
    )  # fmt: skip
    arc_of, segments, shares, weights, bearings = found.arc, found.segment, found.share, found.weight, found.bearing
    found_kind, found_match, found_side, ambiguous = found.kind, found.match, found.side, found.ambiguous
    slots, ways, kinds = np.empty(1 + RIVALS, np.int64), np.empty(1 + RIVALS, np.int64), np.empty(1 + RIVALS, np.uint8)
    costs = np.empty(1 + RIVALS)
    for k in range(begin, end):
        low, high, scale = street_first[k - begin], street_first[k - begin + 1], scales[k]
        if low == high:
            continue
        best, best_way = low, 0
        for slot in range(low, high):
            for way in range(2):
                if penalty[slot, way] < penalty[best, best_way]:
                    best, best_way = slot, way
        least, s, line = penalty[best, best_way], segment_of[best, best_way], listed[best]
        one_way = shape_arc[line, 1 - best_way] < 0
        here = along_of(along, s, share_of[best, best_way])
        slots[0], ways[0], kinds[0], costs[0] = best, best_way, 0, least
        rivals, total = 0, OFF_ROAD + math.exp(-least)
        for slot in range(low, high):
            way = 0 if penalty[slot, 0] <= penalty[slot, 1] else 1
            cost, r, other = penalty[slot, way], segment_of[slot, way], listed[slot]
            if slot == best or cost > least + KEEP:
                continue
            rival_one_way = shape_arc[other, 1 - way] < 0
            cosine = cosine_of(xy, s, best_way, r, way)
            there = along_of(along, r, share_of[slot, way])
            either_way = not (one_way or rival_one_way) or cosine > SAME_WAY
            if either_way and same_place(ends, span, line, here, other, there, SAME_PLACE_M * scale):
                continue
            if overshadowed(
                xy, along, span, ends, slot, way, rival_one_way, low, high, listed, penalty, segment_of, share_of, scale
            ):
                continue
            total += math.exp(-cost)
            if rivals == RIVALS and costs[RIVALS] <= cost:
                continue
            at = min(rivals, RIVALS - 1) + 1
            while at > 1 and costs[at - 1] > cost:
                slots[at], ways[at], kinds[at], costs[at] = slots[at - 1], ways[at - 1], kinds[at - 1], costs[at - 1]
                at -= 1
            slots[at], ways[at], costs[at], kinds[at] = slot, way, cost, KIND_OTHER_ROAD
            opposite = one_way and rival_one_way and cosine < OTHER_WAY
            if opposite and same_road(kind, names, refs, shape_arc[line, best_way], shape_arc[other, way]):
                kinds[at] = KIND_OPPOSITE
            rivals = min(rivals + 1, RIVALS)
        ambiguous[k] = rivals > 0 and costs[1] <= least + AMBIGUOUS
        found_side[k] = side_of(xy, xs[k], ys[k], NO_SIDE_M * scale, s, best_way)
        for i in range(rivals + 1):
            slot, way = slots[i], ways[i]
            arc, r = shape_arc[listed[slot], way], segment_of[slot, way]
            arc_of[k, i], segments[k, i], shares[k, i] = arc, r, share_of[slot, way]
            weights[k, i], bearings[k, i], found_kind[k, i] = (
                math.exp(-costs[i]) / total,
                bearing_of(xy, r, way),
                kinds[i],
            )
            found_match[k, i] = road_match(
                givens[k], road_first[k], road_first[k + 1], road, matches, names[arc], refs[arc]
            )
