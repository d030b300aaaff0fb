"""Kernel: of the arcs a location may be on, the answer, its confidence and the rivals worth a question."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from graphs.network import Float64, Int64
from graphs.snapping.candidates import CHUNK, Candidates, collect
from graphs.snapping.grid import GridArrays
from graphs.snapping.telling import Picks, tell
from graphs.snapping.weighing import (
    AMBIGUOUS,
    AMBIGUOUS_OPPOSITE,
    KEEP,
    KIND_OPPOSITE,
    KIND_OTHER_ROAD,
    NO_LEVEL,
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
    Rows,
)

#: Cosines: more than 135 degrees apart is the other way, less than 45 the same.
OTHER_WAY = -math.sqrt(0.5)
SAME_WAY = math.sqrt(0.5)


@njit(nogil=True, cache=True)
def cosine_of(line, s, way, other, other_way):
    """Cosine of the angle between two segments, each along (0) or against (1) its shape."""
    cosine = line[s, 2] * line[other, 2] + line[s, 3] * line[other, 3]
    return cosine if way == other_way else -cosine


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
def overshadowed(line, ends, rival, way, one_way, low, high, listed, penalty, segment_of, end):
    """Whether, of a street that is near by only at its ``end`` (0 or 1), another street of that junction is likelier.

    The location then lies beyond the end. A one-way road gives way only to its own continuation: a link across the
    median says nothing about the side.
    """
    s, own, node = segment_of[rival, way], penalty[rival, way], ends[listed[rival], 1 if end else 0]
    for slot in range(low, high):
        if slot == rival or (ends[listed[slot], 0] != node and ends[listed[slot], 1] != node):
            continue
        side = 0 if penalty[slot, 0] <= penalty[slot, 1] else 1
        if penalty[slot, side] > own or (penalty[slot, side] == own and slot > rival):
            continue
        if not one_way or cosine_of(line, s, way, segment_of[slot, side], side) > SAME_WAY:
            return True
    return False


@njit(nogil=True, cache=True)
def side_of(line, px, py, no_side, s, way):
    """The side of an arc on which a location lies."""
    left = line[s, 2] * (py - line[s, 1]) - line[s, 3] * (px - line[s, 0])
    if abs(left) <= no_side:
        return SIDE_ANY
    return SIDE_LEFT if (left > 0.0) == (way == 0) else SIDE_RIGHT


@njit(nogil=True, cache=True)
def same_road(kind, names, refs, arc, other):
    """Whether two arcs are of one class, or of one name or number."""
    if kind[arc] == kind[other] or (names[arc] != 0 and names[arc] == names[other]):
        return True
    return refs[arc] != 0 and refs[arc] == refs[other]


def answer(grid: GridArrays, roads: Roads, ask: Ask, nearest: Int64, square: Float64) -> tuple[Found, Rows]:
    """Answers of all locations whose nearest segment (at ``square`` squared plane metres) is within the limit.

    And the rivals of all of them, one after the other.
    """
    k = ask.x.size
    chunk = min(k, CHUNK)
    found, room, first, others = Found.empty(k), Candidates.empty(k), Picks.empty(chunk), Picks.empty(RIVALS * chunk)
    rivals = Rows.room(RIVALS * chunk)
    parts, begin = [rivals.first(0)], 0
    while begin < k:
        end = collect(grid, roads, ask, nearest, square, begin, room)
        answers, more = decide(grid, roads, ask, nearest, room, begin, end, found, first, others)
        tell(grid, roads, ask, first, answers, True, found.answer)
        tell(grid, roads, ask, others, more, False, rivals)
        parts.append(rivals.first(more))
        begin = end
    return found, Rows._make(map(np.concatenate, zip(*parts, strict=True)))


@njit(nogil=True, cache=True)
def decide(grid, roads, ask, nearest, room, begin, end, found, first, others):
    """Pick the answers of locations ``begin`` up to ``end``, and their rivals, from their candidates; how many each.

    Of whom nothing but a place is known gets the street of the ``nearest`` segment, also where others are as near: so
    do all who ask for no more than that.
    """
    line, along, span = grid.line, grid.along, grid.span
    shape_arc, ends, kind, names, refs = roads.shape_arc, roads.ends, roads.kind, roads.name, roads.ref
    xs, ys, scales, shape = ask.x, ask.y, ask.scale, grid.shape
    headings, sides_asked, givens, levels_asked = ask.heading, ask.side, ask.road_given, ask.level
    street_first, listed, penalty, segment_of, ahead_of = (
        room.first, room.shape, room.penalty, room.segment, room.ahead
    )  # fmt: skip
    sides, ambiguous, how_many = found.side, found.ambiguous, found.rivals
    location, segment, ahead, way_of, weight, kind_of = first
    rival_location, rival_segment, rival_ahead, rival_way, rival_weight, rival_kind = others
    slots, ways, kinds = np.empty(1 + RIVALS, np.int64), np.empty(1 + RIVALS, np.int64), np.empty(1 + RIVALS, np.uint8)
    costs = np.empty(1 + RIVALS)
    answers, count = 0, 0
    for k in range(begin, end):
        low, high, scale = street_first[k - begin], street_first[k - begin + 1], scales[k]
        if low == high:
            continue
        best, best_way, least = low, 0, np.inf
        for slot in range(low, high):
            for way in range(2):
                if penalty[slot, way] < least:
                    best, best_way, least = slot, way, penalty[slot, way]
        if not (headings[k] >= 0.0 or sides_asked[k] != SIDE_ANY or givens[k] or levels_asked[k] != NO_LEVEL):
            street = shape[nearest[k]]
            for slot in range(low, high):
                if listed[slot] == street:
                    best, best_way = slot, 0 if penalty[slot, 0] <= penalty[slot, 1] else 1
                    least = penalty[best, best_way]
        s, street = segment_of[best, best_way], listed[best]
        one_way = shape_arc[street, 1 - best_way] < 0
        here = along[s] + ahead_of[best, best_way]
        rivals, own, ask_back = 0, math.exp(-least), False
        total = OFF_ROAD + own
        for slot in range(low, high):
            way = 0 if penalty[slot, 0] <= penalty[slot, 1] else 1
            cost = penalty[slot, way]
            if cost > least + KEEP or slot == best:
                continue
            r, other = segment_of[slot, way], listed[slot]
            rival_one_way = shape_arc[other, 1 - way] < 0
            cosine = cosine_of(line, s, best_way, r, way)
            there = along[r] + ahead_of[slot, way]
            either_way = not (one_way or rival_one_way) or cosine > SAME_WAY
            if either_way and same_place(ends, span, street, here, other, there, SAME_PLACE_M * scale):
                continue
            if (there <= scale or span[other] - there <= scale) and overshadowed(
                line, ends, slot, way, rival_one_way, low, high, listed, penalty, segment_of, there > scale
            ):
                continue
            total += math.exp(-cost)
            opposite = one_way and rival_one_way and cosine < OTHER_WAY
            if opposite:
                opposite = same_road(kind, names, refs, shape_arc[street, best_way], shape_arc[other, way])
            ask_back |= cost <= least + (AMBIGUOUS_OPPOSITE if opposite else AMBIGUOUS)
            if rivals == RIVALS and costs[RIVALS] <= cost:
                continue
            at = min(rivals, RIVALS - 1) + 1
            while at > 1 and costs[at - 1] > cost:
                slots[at], ways[at], kinds[at], costs[at] = slots[at - 1], ways[at - 1], kinds[at - 1], costs[at - 1]
                at -= 1
            slots[at], ways[at], costs[at] = slot, way, cost
            kinds[at] = KIND_OPPOSITE if opposite else KIND_OTHER_ROAD
            rivals = min(rivals + 1, RIVALS)
        how_many[k] = rivals
        ambiguous[k] = ask_back
        sides[k] = side_of(line, xs[k], ys[k], NO_SIDE_M * scale, s, best_way)
        location[answers], segment[answers], ahead[answers] = k, s, ahead_of[best, best_way]
        way_of[answers], weight[answers], kind_of[answers] = best_way, own / total, 0
        answers += 1
        for i in range(1, rivals + 1):
            slot, way = slots[i], ways[i]
            rival_location[count], rival_segment[count] = k, segment_of[slot, way]
            rival_ahead[count], rival_way[count] = ahead_of[slot, way], way
            rival_weight[count], rival_kind[count] = math.exp(-costs[i]) / total, kinds[i]
            count += 1
    return answers, count
