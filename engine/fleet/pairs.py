"""Some units for some incidents, pair by pair: travel times and costs as the search for the cheapest units has them."""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.fleet.charged import road_km
from engine.fleet.scan import cost_if_in_time, travel_ms
from engine.fleet.state import FleetState
from engine.intake import Intake
from graphs.network import Int32, Int64


def travels_of(state: FleetState, intake: Intake, rows: Int32, at: Int64) -> Int64:
    """[k] ms from unit rows[k] to incident at[k] under the metric of the state, INF where there is no way."""
    out = np.empty(rows.size, np.int64)
    labels, into = state.labels, intake.labels
    pair_travels(
        state.metric.hierarchy.minima,
        (labels.data, labels.start, labels.deep),
        state.place,
        rows,
        at,
        into.data,
        into.start,
        into.deep,
        intake.places,
        out,
    )
    return out


@njit(nogil=True, cache=True)
def pair_travels(hierarchy, labels, place, rows, at, target_data, target_start, target_deep, target_places, out):
    """ms from unit rows[k] to incident at[k] into out [k]; arguments as in `scan.travel_ms`. O(k x height)."""
    to_arc, to_twin, to_fraction, drive, twin_drive = target_places
    for k in range(rows.size):
        i = at[k]
        target = (to_arc[i], to_twin[i], to_fraction[i], drive[i], twin_drive[i])
        out[k] = travel_ms(hierarchy, labels, place, rows[k], target_data, target_start[i], target_deep[i], target)


@njit(nogil=True, cache=True)
def pair_costs(units, weights, incidents, here, rows, at, travels, out):
    """Cost of unit rows[k] for incident at[k] when it drives travels[k] ms into out [k], `scan.NEVER` if too late.

    units, incidents: as in `scan.cheapest_units_of_many`. Whether a unit may serve an incident at all is not asked.
    O(k).
    """
    _, _, free_ms, mobilisation_ms, price, _ = units[:6]
    standing, per_km, overtime_price, shift_end_ms, decline, spread_ms, start = units[6:]
    _, priority, due_ms, now_ms, latest_ms, announced, _ = incidents[:7]
    earliest_ms, carry_ms, busy_ms, carry_km, end_price, most_overtime_ms, covers = incidents[7:]
    for k in range(rows.size):
        row, i = rows[k], at[k]
        ready = free_ms[row] - now_ms + mobilisation_ms[row]
        asked = price[row] + end_price[i]
        if per_km[row] > 0.0:
            asked += per_km[row] * (road_km(start[row], here[i]) + carry_km[i])
        out[k] = cost_if_in_time(
            weights,
            (priority[i], due_ms[i], earliest_ms[i], carry_ms[i], busy_ms[i]),
            (ready, mobilisation_ms[row], spread_ms[row]),
            (asked, overtime_price[row], shift_end_ms[row] - now_ms, decline[row]),
            standing[covers[i], row],
            np.int64(travels[k]),
            announced[i] >= 0 and row != announced[i],
            latest_ms[i],
            most_overtime_ms,
        )
