"""Kernel: every directed arc a location may be on, with its penalty (see `graphs.snapping.weighing`)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from graphs.network import Float64, Int64
from graphs.snapping.grid import square_distance
from graphs.snapping.nearest import cell_of, gap
from graphs.snapping.weighing import (
    HEADING_MOST,
    HEADING_OFF,
    KEEP,
    LEVEL_NEAR,
    LEVEL_OTHER,
    MATCH_NONE,
    MATCH_NOT_ASKED,
    MATCH_PARTIAL,
    MATCH_UNNAMED,
    NO_LEVEL,
    ROAD_OTHER,
    ROAD_PARTIAL,
    ROAD_UNNAMED,
    SIDE_ANY,
    SIDE_LEFT,
    SIDE_M,
    STREETS,
)

#: Locations dealt with at a time, and streets there is room for on average: what fits into a cache.
CHUNK, AVERAGE = 2048, 16


class Candidates(NamedTuple):
    """Streets of a chunk of locations; written and read by kernels."""

    first: Int64  # [chunk + 1] streets of location i of the chunk are first[i] .. first[i + 1] - 1
    shape: Int64  # [room]
    fixed: Float64  # [room, 2] penalty but for distance, heading and side; along and against the shape
    penalty: Float64  # [room, 2] at the best place, infinite for none
    segment: Int64  # [room, 2] the best place
    ahead: Float64  # [room, 2] metres along it

    @classmethod
    def empty(cls, count: int) -> Candidates:
        """Room for the chunks of ``count`` locations."""
        chunk = min(count, CHUNK)
        room = AVERAGE * chunk + STREETS
        pair = (room, 2)
        return cls(
            np.zeros(chunk + 1, np.int64),
            np.empty(room, np.int64),
            np.empty(pair),
            np.empty(pair),
            np.empty(pair, np.int64),
            np.empty(pair),
        )


@njit(nogil=True, cache=True)
def road_match(given, begin, end, road, matches, name, ref):
    """How an arc of that name and number fits the road asked for (``road[begin:end]``)."""
    if not given:
        return MATCH_NOT_ASKED
    found = MATCH_NONE if name or ref else MATCH_UNNAMED
    for i in range(begin, end):
        if (road[i] == name or road[i] == ref) and matches[i] > found:
            found = matches[i]
    return found


@njit(nogil=True, cache=True)
def slot_of(shape, listed, base, count):
    """The place of ``shape`` in ``listed[base:count]``, ``count`` when it is new, -1 when there are too many.

    From the last one back: neighbouring segments are mostly of one street, and there are five or so.
    """
    for slot in range(count - 1, base - 1, -1):
        if listed[slot] == shape:
            return slot
    return count if count - base < STREETS else -1


@njit(nogil=True, cache=True)
def way_penalty(turned, sign, cosine, kappa, widest, aside, leaning, per_square):
    """What the direction and the side cost along (sign 1) or against (-1) a segment.

    ``aside`` is how far to the left of its road the location lies by what was said of its side (negative: right, 0:
    nothing said); ``leaning`` how far to the left of the segment by its coordinates.
    """
    cost = aside * (aside - 2.0 * sign * leaning) * per_square  # (leaning - aside)^2 in place of leaning^2
    if turned:
        cost += min(kappa * (1.0 - sign * cosine), HEADING_MOST)
        if sign * cosine < widest:
            cost += HEADING_OFF
    return cost


@njit(nogil=True, cache=True)
def farthest(variance, bound, aside):
    """Squared distance at which nothing can cost ``bound`` or less."""
    most = variance * bound
    return most + 1e-6 if aside == 0.0 else (math.sqrt(most) + abs(aside)) ** 2 + 1e-6


@njit(nogil=True, cache=True)
def arc_penalty(match, wanted, levels, arc):
    """What does not depend on the place along the arc: road and level."""
    cost = 0.0
    if match == MATCH_PARTIAL:
        cost = ROAD_PARTIAL
    elif match == MATCH_UNNAMED:
        cost = ROAD_UNNAMED
    elif match == MATCH_NONE:
        cost = ROAD_OTHER
    if wanted != NO_LEVEL and levels.size > 0 and levels[arc] != wanted:
        cost += LEVEL_NEAR if levels[arc] * wanted > 0 else LEVEL_OTHER
    return cost


@njit(nogil=True, cache=True)
def direction(line, s, px, py, east, north):
    """Cosine between a segment and a direction, and how many plane metres a place lies to its left."""
    ux, uy = line[s, 2], line[s, 3]
    return ux * east + uy * north, ux * (py - line[s, 1]) - uy * (px - line[s, 0])


@njit(nogil=True, cache=True)
def collect(grid, roads, ask, nearest, square, begin, room):
    """Write the candidates of locations ``begin`` and on into ``room``; returns how far it got before that was full.

    Of each street the least penalty either way is kept, infinite where no arc runs that way or another place is so
    much better that this one cannot matter. ``nearest`` is the nearest segment, ``square`` its squared distance: its
    penalty bounds the least of all, and with it how far to look. A location beyond its limit has no candidates.

    One loop over all locations, every array at hand: a call with that many arrays would cost as much as the search.
    """
    line, shape, first, segment, occupied = grid.line, grid.shape, grid.first, grid.segment, grid.occupied
    west, south, width, columns, rows = grid.origin[0], grid.origin[1], grid.origin[2], grid.size[0, 0], grid.size[0, 1]
    shape_arc, names, refs, levels = roads.shape_arc, roads.name, roads.ref, roads.level
    xs, ys, scales, headings, kappas, widests = ask.x, ask.y, ask.scale, ask.heading, ask.kappa, ask.widest
    sigmas, sides, wanteds, limits = ask.sigma, ask.side, ask.level, ask.limit
    givens, road_first, road, matches = ask.road_given, ask.road_first, ask.road, ask.road_match
    street_first, listed, fixed = room.first, room.shape, room.fixed
    penalty, segment_of, ahead_of = room.penalty, room.segment, room.ahead
    count = 0
    street_first[0] = 0
    for k in range(begin, xs.size):
        if k - begin + 1 == street_first.size or count + STREETS > listed.size:
            return k
        base = count
        street_first[k - begin + 1] = count
        px, py, scale, heading, kappa, widest = xs[k], ys[k], scales[k], headings[k], kappas[k], widests[k]
        side, wanted, given, far = sides[k], wanteds[k], givens[k], (limits[k] * scales[k]) ** 2
        if not square[k] <= far:
            continue
        sigma = max(sigmas[k] * scale, math.sqrt(square[k]) / 2.0)
        variance = 2.0 * sigma * sigma
        per_square, aside = 1.0 / variance, 0.0
        if side != SIDE_ANY:
            aside = SIDE_M * scale if side == SIDE_LEFT else -SIDE_M * scale
        u, v = px - west, py - south
        turned = heading >= 0.0  # NaN is unknown
        east, north = math.sin(math.radians(heading)), math.cos(math.radians(heading))
        fixes = given or (wanted != NO_LEVEL and levels.size > 0)
        looks = turned or side != SIDE_ANY
        cosine, leaning, bound = 0.0, 0.0, np.inf
        if looks:
            cosine, leaning = direction(line, nearest[k], px, py, east, north)
        for way in range(2):
            arc = shape_arc[shape[nearest[k]], way]
            if arc >= 0:
                cost = square[k] * per_square
                cost += way_penalty(turned, 1.0 - 2.0 * way, cosine, kappa, widest, aside, leaning, per_square)
                if fixes:
                    match = road_match(given, road_first[k], road_first[k + 1], road, matches, names[arc], refs[arc])
                    cost += arc_penalty(match, wanted, levels, arc)
                bound = min(bound, cost)
        most = min(farthest(variance, bound + KEEP, aside), far)
        reach = math.sqrt(most)
        left, right = cell_of(u - reach, width, columns), cell_of(u + reach, width, columns)
        for j in range(cell_of(v - reach, width, rows), cell_of(v + reach, width, rows) + 1):
            dy = gap(v, j * width, (j + 1) * width)
            for i in range(left, right + 1):
                cell = j * columns + i
                dx = gap(u, i * width, (i + 1) * width)
                if not occupied[cell] or dx * dx + dy * dy > most:
                    continue
                for at in range(first[cell], first[cell + 1]):
                    s = segment[at]
                    away, t = square_distance(line, s, px, py)
                    if away > most:
                        continue
                    street = np.int64(shape[s])
                    slot = slot_of(street, listed, base, count)
                    if slot < 0:
                        continue
                    if slot == count:
                        listed[slot] = street
                        count += 1
                        for way in range(2):
                            penalty[slot, way], fixed[slot, way] = np.inf, np.inf
                            arc = shape_arc[street, way]
                            if arc < 0:
                                continue
                            fixed[slot, way] = 0.0
                            if fixes:
                                match = road_match(
                                    given, road_first[k], road_first[k + 1], road, matches, names[arc], refs[arc]
                                )
                                fixed[slot, way] = arc_penalty(match, wanted, levels, arc)
                    plain = away * per_square
                    least = plain if aside == 0.0 else max(math.sqrt(away) - abs(aside), 0.0) ** 2 * per_square
                    if least + fixed[slot, 0] >= penalty[slot, 0] and least + fixed[slot, 1] >= penalty[slot, 1]:
                        continue
                    if looks:
                        cosine, leaning = direction(line, s, px, py, east, north)
                    for way in range(2):
                        cost = plain + fixed[slot, way]
                        if looks:
                            cost += way_penalty(
                                turned, 1.0 - 2.0 * way, cosine, kappa, widest, aside, leaning, per_square
                            )
                        if cost < penalty[slot, way]:
                            penalty[slot, way], segment_of[slot, way], ahead_of[slot, way] = cost, s, t
                            if cost < bound:
                                bound = cost
                                most = min(most, farthest(variance, bound + KEEP, aside))
        street_first[k - begin + 1] = count
    return xs.size
