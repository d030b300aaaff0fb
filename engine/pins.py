"""Pinned incidents: the unit is promised or under way, whatever a solver would prefer."""

from __future__ import annotations

import numpy as np

from engine.decision import Reason, ReasonCode
from engine.eligibility import arrivals_ms
from engine.model import Incident, UnitStatus
from engine.situation import Situation
from engine.texts import reason
from graphs.network import Int64
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
    return travel if travel < INF and ready + travel <= intake.longest_wait_ms(index) else INF


def held(situation: Situation) -> Int64:
    """Indices of the incidents whose unit is not up for change: pinned ones, and those within the policy's freeze.

    An announced unit that would arrive within ``stability.freeze_minutes`` stays, if it may serve the incident and is
    nobody else's by a pin or an earlier freeze.
    """
    intake, state = situation.intake, situation.state
    found = [i for i, incident in enumerate(intake.incidents) if incident.pinned]
    freeze_ms = state.policy.stability.freeze_minutes * 60_000
    if freeze_ms:
        taken = {int(intake.announced[i]) for i in found}
        for i, row in enumerate(intake.announced.tolist()):
            if row >= 0 and row not in taken and _arrives_within(situation, i, row, freeze_ms):
                found.append(i)
                taken.add(row)
    return np.array(sorted(found), np.int64)


def _arrives_within(situation: Situation, index: int, row: int, most_ms: float) -> bool:
    state, travel = situation.state, np.array([pinned_travel_ms(situation, index)])
    arrival = arrivals_ms(state.policy, state.arrays, situation.intake, index, np.array([row]), travel)
    return bool(arrival[0] <= most_ms)


def pin_failed(incident: Incident) -> Reason:
    """Why a pinned incident is left over."""
    return reason(ReasonCode.PINNED_UNIT_UNAVAILABLE, unit=incident.assigned_unit_id or "")
