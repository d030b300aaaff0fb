"""The compiled search for the cheapest units of an incident: cells outward until no farther cell can win.

Two bounds tell how soon anybody of a cell can arrive. By distance: its units are within `radius` of its centre, so none
is nearer than ``chord(centre, incident) - radius``, driven at the fastest speed anywhere on the network. By road: see
`cell_labels`. Cells come in order of the greater bound; the cost grows with travel, so the search ends at the first
cell whose bound costs more than the k-th cheapest unit found. The answer is that of a full scan.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.cost import EXPECTED, EXPECTED_SLACK, least_cost, pair_cost
from engine.fleet.charged import road_km
from engine.fleet.shift import fits_shift_kernel
from graphs.geodesy import EARTH_RADIUS_M
from graphs.search import INF, common_length, label_time

#: 1 m and 2 ms cover the rounding of stored coordinates and of the times at both ends of a trip.
SLACK_M = 1.0
SLACK_MS = 2
#: Unit is free from free_ms on; it is off duty, or busy and nobody knows how long (but can go on with the incident it
#: is busy with); it is given to somebody else whatever its state.
CAN_WORK, CANNOT_WORK, TAKEN = 1, 0, 2
#: Cost of what cannot be.
NEVER = np.iinfo(np.int64).max


@njit(nogil=True, cache=True)
def bound_cells(
    hierarchy, centre, radius_m, cell_labels, here, target_data, target_start, target_deep, speed_m_per_ms, out
):
    """Least travel time (ms, into out) from anybody of each cell to the target at `here` on the unit sphere.

    The bound by road holds where neither the target's node nor the cell's common path ends above the other: then no
    unit of the cell stands on the target's street either, where the direct way may be shorter than any label says.
    O(cells x shared ancestors).
    """
    least, start, lead = cell_labels
    mine = np.int64(hierarchy[0][target_deep]) + 1
    for c in range(radius_m.size):
        x = centre[c, 0] - here[0]
        y = centre[c, 1] - here[1]
        z = centre[c, 2] - here[2]
        metres = np.sqrt(x * x + y * y + z * z) * EARTH_RADIUS_M - radius_m[c] - SLACK_M
        out[c] = max(np.int64(0), np.int64(metres / speed_m_per_ms) - SLACK_MS)
        shared = np.int64(common_length(*hierarchy, lead[c], target_deep))
        if shared < mine and shared < start[c + 1] - start[c]:
            by_road = label_time(least, start[c], target_data, target_start, shared)
            out[c] = max(out[c], np.int64(by_road))


@njit(nogil=True, cache=True)
def _sift_down(heap, key, at, size):
    """Restore a binary heap of indices by key from position `at` on; O(log size)."""
    while True:
        child = 2 * at + 1
        if child >= size:
            return
        if child + 1 < size and key[heap[child + 1]] < key[heap[child]]:
            child += 1
        if key[heap[at]] <= key[heap[child]]:
            return
        heap[at], heap[child] = heap[child], heap[at]
        at = child


@njit(nogil=True, cache=True)
def travel_ms(hierarchy, labels, place, row, target_data, target_start, target_deep, target_place):
    """Travel time from unit `row` to a target position: the label scan, or the direct way on one street; O(height).

    hierarchy: its minima; labels: (data, start, deep) of the units; place: (arc, fraction, ms to turn back) of the
    units; target_place: (arc, twin or -1, fraction, ms to drive the whole arc, the same of its twin) of the target, INF
    where one may not.
    """
    data, start, deep = labels
    arc, fraction, turn_back = place
    shared = common_length(*hierarchy, deep[row], target_deep)
    best = label_time(data, start[row], target_data, target_start, shared)
    to_arc, to_twin, to_fraction, drive, twin_drive = target_place
    if arc[row] == to_arc or arc[row] == to_twin:
        same = arc[row] == to_arc
        span = (to_fraction if same else 1.0 - to_fraction) - fraction[row]  # as graphs.position.direct_ms has it
        ahead, back = (drive, twin_drive) if same else (twin_drive, drive)
        if span >= 0.0 and ahead < INF:
            best = min(best, np.int32(np.rint(span * ahead)))
        if span <= 0.0 and back < INF:
            best = min(best, np.int32(min(np.rint(-span * back) + turn_back[row], INF)))
    return best


@njit(nogil=True, cache=True)
def _insert(rows, costs, travels, count, row, cost, travel):
    """Put a unit into the list sorted by (cost, row); drops the last when full. Returns the new count; O(k)."""
    if count == rows.size:
        last = count - 1
        if cost > costs[last] or (cost == costs[last] and row > rows[last]):
            return count
        count -= 1
    at = count
    while at > 0 and (costs[at - 1] > cost or (costs[at - 1] == cost and rows[at - 1] > row)):
        rows[at], costs[at], travels[at] = rows[at - 1], costs[at - 1], travels[at - 1]
        at -= 1
    rows[at], costs[at], travels[at] = row, cost, travel
    return count + 1


@njit(nogil=True, cache=True, inline="always")
def cost_if_in_time(weights, job, readiness, terms, standing, travel, changed, latest_ms, most_overtime_ms):
    """What a unit costs that is ready in readiness[0] ms and drives so long; NEVER when it comes too late. O(1)."""
    arrival = readiness[0] + travel
    if travel >= INF or arrival > latest_ms:
        return NEVER
    if not fits_shift_kernel(terms[2], max(arrival, job[2]), job[4], most_overtime_ms):
        return NEVER
    return pair_cost(weights, job, readiness, terms, standing, travel, changed)


@njit(nogil=True, cache=True)
def cheapest_units(
    hierarchy, labels, place, cells, units, allowed, weights, speed_m_per_ms, incident,
    target_data, target_start, target_deep, target_place, here, rows, costs, travels,
):  # fmt: skip
    """The rows.size cheapest eligible units of one incident into rows, costs, travels; returns how many there are.

    cells: (centres, radii, first, rows, least mobilisation and price of each cell's units, cell labels);
    units: (bits, can_work, free_ms, mobilisation_ms, price, territory, standing cost [without cover or with, units],
    price of a kilometre, of an hour of overtime, shift end, probability of a decline, standard deviation of free_ms,
    start on the unit sphere);
    incident: (need bits, job, now_ms, latest_ms, announced row or -1, whether that unit works although busy, km from
    start to end, price of the end, most overtime, which standing cost), job as in `engine.cost.pair_parts`, due and
    latest relative to now.
    Ordered by (cost, row), so that ties are broken the same way everywhere.
    O(cells x shared ancestors + units visited x height).
    """
    centre, radius_m, first, member, least_ready_ms, least_price, cell_labels = cells
    bits, can_work, free_ms, mobilisation_ms, price, territory = units[:6]
    standing, per_km, overtime_price, shift_end_ms, decline, spread_ms, start = units[6:]
    need, job, now_ms, latest_ms, announced, announced_works, carry_km, end_price, most_overtime_ms, covers = incident
    earliest_ms, busy_ms, own = job[2], job[4], standing[covers]
    bound_ms = np.empty(radius_m.size, np.int64)
    bound_cells(
        hierarchy, centre, radius_m, cell_labels, here, target_data, target_start, target_deep, speed_m_per_ms, bound_ms
    )
    heap = np.arange(radius_m.size)
    left = heap.size
    for at in range(left // 2 - 1, -1, -1):
        _sift_down(heap, bound_ms, at, left)
    wanted = rows.size
    count = 0
    while left > 0:
        c = heap[0]
        left -= 1
        heap[0] = heap[left]
        _sift_down(heap, bound_ms, 0, left)
        bound = bound_ms[c]
        if bound > latest_ms:
            break
        if count == wanted:
            if least_cost(weights, job, np.int64(0), 0.0, bound) > costs[count - 1]:
                break
            if least_cost(weights, job, least_ready_ms[c], least_price[c], bound) > costs[count - 1]:
                continue
        for at in range(first[c], first[c + 1]):
            row = member[at]
            if (bits[row] & need) != need or not allowed[territory[row]]:
                continue
            if can_work[row] == TAKEN:
                continue
            if can_work[row] == CANNOT_WORK and not (row == announced and announced_works):
                continue
            ready = free_ms[row] - now_ms + mobilisation_ms[row]
            if not fits_shift_kernel(
                shift_end_ms[row] - now_ms, max(ready + bound, earliest_ms), busy_ms, most_overtime_ms
            ):
                continue
            changed = announced >= 0 and row != announced
            asked = price[row] + end_price
            if per_km[row] > 0.0:
                asked += per_km[row] * (road_km(start[row], here) + carry_km)
            readiness = (ready, mobilisation_ms[row], spread_ms[row])
            terms = (asked, overtime_price[row], shift_end_ms[row] - now_ms, decline[row])
            if count == wanted:
                least = pair_cost(weights, job, readiness, terms, own[row], bound, changed)
                if least - (EXPECTED_SLACK if weights[EXPECTED] != 0.0 else 0) > costs[count - 1]:
                    continue
            travel = np.int64(
                travel_ms(hierarchy, labels, place, row, target_data, target_start, target_deep, target_place)
            )
            cost = cost_if_in_time(
                weights, job, readiness, terms, own[row], travel, changed, latest_ms, most_overtime_ms
            )
            if cost == NEVER:
                continue
            count = _insert(rows, costs, travels, count, row, cost, travel)
    return count


@njit(nogil=True, cache=True)
def cheapest_units_of_many(
    hierarchy, labels, place, cells, units, allowed_first, allowed_id, of, territories, weights, speed_m_per_ms,
    incidents, target_data, target_start, target_deep, target_places, here, first, rows, costs, travels, counts,
    begin, end,
):  # fmt: skip
    """`cheapest_units` for incidents begin .. end - 1, each into its slice first[i] .. first[i + 1] of the outputs.

    Incident i is number of[i] of the intake, whose allowed territories are allowed_id[allowed_first[of[i]]: ...]; the
    tuples hold arrays over incidents.
    """
    allowed = np.zeros(territories, np.bool_)
    need, priority, due_ms, now_ms, latest_ms, announced, announced_works = incidents[:7]
    earliest_ms, carry_ms, busy_ms, carry_km, end_price, most_overtime_ms, covers = incidents[7:]
    to_arc, to_twin, to_fraction, drive, twin_drive = target_places
    for i in range(begin, end):
        for at in range(allowed_first[of[i]], allowed_first[of[i] + 1]):
            allowed[allowed_id[at]] = True
        counts[i] = cheapest_units(
            hierarchy, labels, place, cells, units, allowed, weights, speed_m_per_ms,
            (
                need[i], (priority[i], due_ms[i], earliest_ms[i], carry_ms[i], busy_ms[i]), now_ms, latest_ms[i],
                announced[i], announced_works[i], carry_km[i], end_price[i], most_overtime_ms, covers[i],
            ),
            target_data, target_start[i], target_deep[i],
            (to_arc[i], to_twin[i], to_fraction[i], drive[i], twin_drive[i]), here[i],
            rows[first[i] : first[i + 1]], costs[first[i] : first[i + 1]], travels[first[i] : first[i + 1]],
        )  # fmt: skip
        for at in range(allowed_first[of[i]], allowed_first[of[i] + 1]):
            allowed[allowed_id[at]] = False
