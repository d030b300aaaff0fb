"""Pinned incidents: the unit is promised or under way, whatever a solver would prefer."""

from __future__ import annotations

import numpy as np

from engine.fleet.state import FleetState
from engine.intake import Intake
from engine.model import UnitStatus
from graphs.search import INF
from graphs.travel import travel_matrix


def pinned_travel_ms(state: FleetState, intake: Intake, index: int) -> int:
    """Travel time of the pinned unit to its incident; INF when it is off duty or cannot get there in time.

    A pin is a person's decision: capabilities and territories are not held against it.
    """
    row = int(intake.announced[index])
    if state.units[row].status is UnitStatus.OFF_DUTY:
        return INF
    place = np.array([index])
    region = state.region
    unit, target = state.positions.take([row]), intake.positions.take(place)
    travel = int(travel_matrix(region.network, state.metric, unit, target, graph=region.search_graph)[0, 0])
    ready = max(0, int(state.arrays.free_ms[row]) - intake.now_ms) + int(state.arrays.mobilisation_ms[row])
    return travel if travel < INF and ready + travel <= intake.latest_ms else INF
