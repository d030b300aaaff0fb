"""One unit for one incident as a decision tells of it: when it arrives, how sure that is, and what it costs."""

from __future__ import annotations

from datetime import timedelta

from engine.arrival.model import ArrivalModel
from engine.cost import doing_parts, unserved_parts
from engine.decision import Candidate, CostParts
from engine.fleet.charged import road_km
from engine.fleet.state import FleetState
from engine.intake import Intake
from engine.policy import Policy
from engine.times import from_ms


def candidate(policy: Policy, state: FleetState, intake: Intake, i: int, row: int, travel_ms: int) -> Candidate:
    """The unit at `row`, which drives `travel_ms`, for incident `i`."""
    arrays, terms, unit, jobs = state.arrays, state.terms(intake.now_ms), state.units[row], intake.jobs
    mobilisation = int(arrays.mobilisation_ms[row])
    ready = int(terms.free_ms[row]) - intake.now_ms + mobilisation
    due, announced = int(intake.due_ms[i]), int(intake.announced[i])
    readiness = (ready, mobilisation, float(terms.spread_ms[row]))
    price = float(terms.price[row] + jobs.end_price[i])
    if terms.per_km[row] > 0.0:
        price += float(terms.per_km[row]) * (road_km(state.here[row], intake.here[i]) + float(jobs.carry_km[i]))
    shift_end = int(arrays.shift_end_ms[row]) - intake.now_ms
    return Candidate(
        unit_id=unit.id,
        provider_id=unit.provider_id,
        departs_at=from_ms(intake.now_ms + ready),
        arrives_at=from_ms(intake.now_ms + ready + travel_ms),
        travel=timedelta(milliseconds=travel_ms),
        slack=timedelta(milliseconds=due - ready - travel_ms),
        cost=doing_parts(
            policy,
            (
                float(intake.priority[i]),
                due,
                int(jobs.earliest_ms[i]),
                int(jobs.carry_ms[i]),
                int(jobs.busy_ms[i]),
            ),
            readiness,
            (price, float(arrays.overtime_price[row]), shift_end, float(arrays.decline[row])),
            (int(arrays.quality[row]), int(arrays.rotation[row])),
            travel_ms,
            announced >= 0 and announced != row,
            intake.cover_cost(i, row),
        ),
        promise_probability=ArrivalModel.of(policy).kept(readiness, travel_ms, due),
    )


def left_parts(policy: Policy, intake: Intake, i: int) -> CostParts:
    """What leaving incident `i` costs."""
    jobs = intake.jobs
    return unserved_parts(
        policy,
        float(intake.priority[i]),
        int(intake.due_ms[i]),
        int(jobs.latest_ms[i]),
        int(jobs.earliest_ms[i]),
        float(jobs.revenue[i]),
    )
