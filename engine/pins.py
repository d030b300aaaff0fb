"""Pinned incidents: the unit is promised or under way, whatever a solver would prefer."""

from __future__ import annotations

import numpy as np

from engine.decision import Reason, ReasonCode
from engine.model import Incident, UnitStatus
from engine.situation import Situation
from engine.texts import reason
from graphs.search import INF


def pinned_travel_ms(situation: Situation, index: int) -> int:
    """Travel time of the pinned unit to its incident; INF when it is off duty or cannot get there in time.

    A pin is a person's decision: capabilities, territories, shifts and the customer's latest time are not held against
    it, only the policy's longest wait.
    """
    state, intake = situation.state, situation.intake
    row = int(intake.announced[index])
    if state.units[row].status is UnitStatus.OFF_DUTY:
        return INF
    travel = int(situation.driving_ms(np.array([row]), index)[0])
    ready = state.arrays.ready_ms_of(row, intake.now_ms)
    latest = max(intake.latest_ms, int(intake.jobs.latest_ms[index]))
    return travel if travel < INF and ready + travel <= latest else INF


def pin_failed(incident: Incident) -> Reason:
    """Why a pinned incident is left over."""
    return reason(ReasonCode.PINNED_UNIT_UNAVAILABLE, unit=incident.assigned_unit_id or "")
