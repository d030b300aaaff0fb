"""One unit for one incident as a decision tells of it: when it arrives, and what that costs."""

from __future__ import annotations

from datetime import timedelta

from engine.cost import serve_parts
from engine.decision import Candidate
from engine.fleet.state import FleetState
from engine.intake import Intake
from engine.policy import Policy
from engine.times import from_ms


def candidate(policy: Policy, state: FleetState, intake: Intake, i: int, row: int, travel_ms: int) -> Candidate:
    """The unit at `row`, which drives `travel_ms`, for incident `i`."""
    arrays, unit = state.arrays, state.units[row]
    ready = arrays.ready_ms_of(row, intake.now_ms)
    announced = int(intake.announced[i])
    arrives = from_ms(intake.now_ms + ready + travel_ms)
    return Candidate(
        unit_id=unit.id,
        provider_id=unit.provider_id,
        departs_at=from_ms(intake.now_ms + ready),
        arrives_at=arrives,
        travel=timedelta(milliseconds=travel_ms),
        slack=timedelta(milliseconds=int(intake.due_ms[i]) - ready - travel_ms),
        cost=serve_parts(
            policy,
            float(intake.priority[i]),
            int(intake.due_ms[i]),
            ready,
            travel_ms,
            float(arrays.price[row]),
            announced >= 0 and announced != row,
        ),
    )
