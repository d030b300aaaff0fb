"""When each unit could be with an open incident: the engine's own conditions, for rules that rank by arrival."""

from __future__ import annotations

import numpy as np

from engine.eligibility import capable, in_shift, in_time, on_duty, permitted
from engine.simulate.moment import Moment
from graphs.network import Int64
from graphs.search import INF


def arrivals_ms(moment: Moment, at: int) -> Int64:
    """[units] ms from now until each unit would reach open incident ``at``; INF for who cannot, may not or comes too
    late. O(units) label scans."""
    situation = moment.situation
    state, intake = situation.state, situation.intake
    travel = situation.travel_to(at).astype(np.int64)
    arrival = state.arrays.ready_ms(moment.now_ms) + travel
    able = capable(state.arrays, intake, at) & permitted(state.arrays, intake, at) & on_duty(state.arrays, intake, at)
    able &= (travel < INF) & in_time(intake, at, arrival)
    able &= in_shift(state.policy, state.arrays, intake, at, np.arange(len(state)), arrival)
    return np.where(able, arrival, INF)
