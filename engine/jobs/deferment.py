"""Bounded patience: an incident past its bound is due; `engine.deferment` has what others may not do then."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.model import Incident
from engine.policy import Policy
from engine.times import require_zone


def due_from(incident: Incident, promised: datetime, policy: Policy) -> datetime:
    """When patience ends: the bound after the call, or after the wanted time of a booking, but never before what was
    promised: nobody is overdue who was told to wait for longer."""
    begins = require_zone(incident.received_at, field="received_at")
    if incident.earliest is not None:
        begins = max(begins, require_zone(incident.earliest, field="earliest"))
    return max(begins + timedelta(minutes=policy.deferment.bound_minutes), promised)


def is_due(incident: Incident, promised: datetime, policy: Policy, now: datetime) -> bool:
    """Whether an incident that is promised for a time has waited past its bound."""
    return require_zone(now, field="now") >= due_from(incident, promised, policy)
