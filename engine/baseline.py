"""What a clerk does: incidents in order of call, each gets the nearest unit still free. Every plan's yardstick."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import numpy as np

from engine.decision import Plan
from engine.dispatch import Dispatcher
from engine.eligibility import capable, in_shift, in_time, on_duty, permitted
from engine.fleet.state import FleetState
from engine.jobs.expand import one_unit_each
from engine.model import Incident
from engine.pins import pinned_travel_ms
from engine.times import to_ms
from graphs.geodesy import EARTH_RADIUS_M
from graphs.search import INF


def nearest_in_order(
    dispatcher: Dispatcher,
    incidents: Sequence[Incident],
    state: FleetState,
    now: datetime,
    *,
    by: Literal["line", "eta"] = "line",
) -> Plan:
    """The clerk's plan: in order of call, the nearest capable unit that is free now, else the nearest busy one.

    Nearest by straight line (`line`) or by travel time (`eta`); a busy unit counts from where it will be free. Units
    keep to the same rules as in `Dispatcher.optimize` (services, territories, pins), and the plan is judged by the
    same cost.
    """
    incidents = one_unit_each(incidents)
    situation = dispatcher.situation(incidents, state, now)
    intake, arrays = situation.intake, state.arrays
    chosen: dict[int, tuple[int, int]] = {}
    taken = np.zeros(len(state), bool)
    for i, incident in enumerate(intake.incidents):
        travel = pinned_travel_ms(situation, i) if incident.pinned else INF
        if travel < INF:
            chosen[i] = (int(intake.announced[i]), travel)
            taken[intake.announced[i]] = True
    free_now = arrays.free_ms <= intake.now_ms
    for i in sorted(range(len(intake)), key=lambda i: (to_ms(incidents[i].received_at), i)):
        if intake.incidents[i].pinned:
            continue
        able = capable(arrays, intake, i) & permitted(arrays, intake, i) & on_duty(arrays, intake, i) & ~taken
        rows = np.flatnonzero(able)
        if not rows.size:
            continue
        if by == "line":
            distance = np.sqrt(((state.here[rows] - intake.here[i]) ** 2).sum(axis=1)) * EARTH_RADIUS_M
        else:
            distance = situation.driving_ms(rows, i)
        for row in rows[np.lexsort((rows, distance, ~free_now[rows]))]:
            travel = int(situation.driving_ms(np.array([row]), i)[0])
            arrival = np.array([arrays.ready_ms_of(row, intake.now_ms) + travel])
            fits = in_time(intake, i, arrival) & in_shift(state.policy, arrays, intake, i, row[None], arrival)
            if travel < INF and fits[0] and intake.jobs.reached[i]:
                chosen[i] = (int(row), travel)
                taken[row] = True
                break
    return dispatcher.judge(situation, chosen, solver=f"nearest in order of call, by {by}")
