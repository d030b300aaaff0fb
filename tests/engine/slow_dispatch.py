"""A slow second opinion: costs of every unit for every incident, from travel times between all pairs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import numpy as np

from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, UnitStatus
from graphs.search import INF
from tests.engine import cost_oracle
from tests.engine.fleets import NOW

#: Dearer than any plan, small enough that sums of doubles stay exact.
IMPOSSIBLE = 1 << 44


def cost_matrix(dispatcher: Dispatcher, fleet: Fleet, incidents: list[Incident]) -> tuple[np.ndarray, np.ndarray]:
    """([incidents, units] cost in milli-minutes or IMPOSSIBLE, [incidents] cost of leaving each), one by one."""
    policy = dispatcher.policy
    weights = cost_oracle.Weights(**asdict(policy.cost))
    latest = round(policy.limits.max_wait_minutes * 60_000)
    providers = {p.id: p for p in fleet.providers}
    starts = [u.free_location if u.free_location and u.status is UnitStatus.BUSY else u.location for u in fleet.units]
    travel = dispatcher.matrix(
        [p.lon for p in starts],
        [p.lat for p in starts],
        [i.location.lon for i in incidents],
        [i.location.lat for i in incidents],
    )
    costs = np.full((len(incidents), len(fleet.units)), IMPOSSIBLE, np.int64)
    unserved = np.zeros(len(incidents), np.int64)
    plan_state = dispatcher.prepare(fleet)
    for i, incident in enumerate(incidents):
        promise = dispatcher.recommend(incident, plan_state, NOW).promise
        due = round((promise.due_at - NOW).total_seconds() * 1000)
        weight = policy.priority.of(incident.priority)
        unserved[i] = sum(cost_oracle.left(weights, weight, due, latest).values())
        for j, unit in enumerate(fleet.units):
            if not can_serve(incident, unit, providers[unit.provider_id].territory):
                continue
            busy = unit.status is UnitStatus.BUSY and unit.free_at is not None
            free = (unit.free_at - NOW) // timedelta(milliseconds=1) if busy else 0
            ready = max(0, free) + round(unit.mobilisation.total_seconds() * 1000)
            drive = int(travel[j, i])
            if drive >= INF or ready + drive > latest:
                continue
            price = providers[unit.provider_id].call_out_price
            changed = incident.assigned_unit_id is not None and incident.assigned_unit_id != unit.id
            costs[i, j] = sum(cost_oracle.served(weights, weight, due, ready, drive, price, changed).values())
    return costs, unserved


def can_serve(incident: Incident, unit, territory: frozenset[str]) -> bool:
    """Services, capabilities, territory and status, in plain sets."""
    import h3.api.basic_str as h3

    if incident.service not in unit.services or not incident.requires <= unit.capabilities:
        return False
    if unit.status is UnitStatus.OFF_DUTY:
        return False
    if unit.status is UnitStatus.BUSY and unit.free_at is None and incident.assigned_unit_id != unit.id:
        return False
    if not territory:
        return True
    here = incident.location
    return any(h3.latlng_to_cell(here.lat, here.lon, h3.get_resolution(cell)) == cell for cell in territory)
