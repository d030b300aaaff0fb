"""The promise that could be offered: how soon somebody will be there, at a given confidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numba import njit

from engine.arrival.kernels import arrival_quantile, kept_probability
from engine.arrival.model import ArrivalModel
from engine.decision import Reason
from engine.eligibility import capable, in_shift, in_time, on_duty, permitted
from engine.errors import ValueRangeError
from engine.explain import why_unserved
from engine.situation import Situation
from graphs.network import Int64
from graphs.search import INF
from graphs.search.arrays import frozen

#: No promise is shorter, not even of a unit that is there before a booking's wanted time: zero would be no promise.
LEAST_PROMISE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Offerable:
    """By when somebody can be promised to be there; without a unit, why nobody can."""

    incident_id: str
    confidence: float
    within: timedelta | None  # from now
    promise: timedelta | None  # from the call, or the wanted time of a booking, as promises count; at least a minute
    unit_id: str | None
    provider_id: str | None
    unserved: Reason | None


def check_confidence(confidence: float, field: str = "confidence") -> None:
    """Raises ValueRangeError unless it is above 0 and below 1; ``field`` is what the caller calls it."""
    if not 0 < confidence < 1:
        raise ValueRangeError(
            f"{field} {confidence} must be above 0 and below 1; 0.9 means nine times in ten",
            field=field,
            value=confidence,
        )


@njit(nogil=True, cache=True)
def soonest(prior, floor_ms, ready_ms, spread_ms, travel_ms, confidence):
    """(index, ms) of the unit whose arrival has the least quantile; units in order of expected arrival. O(units).

    Quantiles are only computed for units that beat the best so far.
    """
    best, best_ms = -1, np.int64(0)
    for u in range(ready_ms.size):
        floor, ready, travel = np.float64(floor_ms[u]), np.float64(ready_ms[u]), np.float64(travel_ms[u])
        if best >= 0:
            kept = kept_probability(prior, floor, ready, spread_ms[u], travel, np.float64(best_ms - 1))
            if kept < confidence:
                continue
        best = u
        best_ms = arrival_quantile(prior, floor, ready, spread_ms[u], travel, confidence)
    return best, best_ms


def offerable(situation: Situation, confidence: float, model: ArrivalModel) -> Offerable:
    """For the situation's one incident: the soonest anybody is there with that confidence, looking at every unit.

    Whoever is free or will be, whatever else waits: the promise is for this incident as if it were the only one.
    Raises ValueRangeError for a confidence that is not above 0 and below 1.
    """
    check_confidence(confidence)
    intake, arrays = situation.intake, situation.state.arrays
    incident = intake.incidents[0]
    rows, ready, travel = _able(situation)
    if not rows.size:
        return Offerable(incident.id, confidence, None, None, None, None, why_unserved(situation, 0))
    order = np.lexsort((rows, ready + travel))
    rows, ready, travel = rows[order], ready[order], travel[order]
    best, ms = soonest(
        model.prior,
        frozen(arrays.mobilisation_ms[rows], np.int64),
        frozen(ready, np.int64),
        frozen(situation.state.terms(intake.now_ms).spread_ms[rows], np.float64),
        frozen(travel, np.int64),
        confidence,
    )
    earliest = timedelta(milliseconds=int(intake.jobs.earliest_ms[0]))
    within = max(timedelta(milliseconds=int(ms)), earliest)
    unit = situation.state.units[int(rows[best])]
    counts_from = incident.received_at if incident.earliest is None else max(incident.received_at, incident.earliest)
    return Offerable(
        incident_id=incident.id,
        confidence=confidence,
        within=within,
        promise=max(intake.now + within - counts_from, LEAST_PROMISE),
        unit_id=unit.id,
        provider_id=unit.provider_id,
        unserved=None,
    )


def _able(situation: Situation) -> tuple[Int64, Int64, Int64]:
    """(row, ms until ready, ms of travel) of each unit that could serve the first incident."""
    state, intake = situation.state, situation.intake
    arrays = state.arrays
    able = capable(arrays, intake, 0) & permitted(arrays, intake, 0) & on_duty(arrays, intake, 0)
    rows = np.flatnonzero(able & bool(intake.jobs.reached[0]))
    travel = situation.all_driving_ms(0)[rows].astype(np.int64)
    ready = arrays.ready_ms(intake.now_ms)[rows]
    fits = (travel < INF) & in_time(intake, 0, ready + travel)
    fits &= in_shift(state.policy, arrays, intake, 0, rows, ready + travel)
    return rows[fits], ready[fits], travel[fits]
