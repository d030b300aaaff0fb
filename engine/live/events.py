"""What happened: every change of live state is an event with time, actor and reason, numbered from 1 in its region."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class EventKind(StrEnum):
    """All kinds of events. The first part says of what."""

    INCIDENT_RECEIVED = "incident_received"
    INCIDENT_FILED = "incident_filed"
    INCIDENT_UPDATED = "incident_updated"
    UNIT_ASSIGNED = "unit_assigned"
    UNIT_UNASSIGNED = "unit_unassigned"
    OFFER_MADE = "offer_made"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_DECLINED = "offer_declined"
    OFFER_LAPSED = "offer_lapsed"
    OFFER_WITHDRAWN = "offer_withdrawn"
    UNIT_ACCEPTED = "unit_accepted"  # without an offer
    UNIT_UNDER_WAY = "unit_under_way"
    UNIT_ON_SCENE = "unit_on_scene"
    UNIT_TOWING = "unit_towing"
    UNIT_DONE = "unit_done"
    NOBODY_FOUND = "nobody_found"
    WRONG_LOCATION = "wrong_location"
    CUSTOMER_CALLED_BACK = "customer_called_back"
    INCIDENT_DONE = "incident_done"
    INCIDENT_CANCELLED = "incident_cancelled"
    INCIDENT_NO_SHOW = "incident_no_show"
    INCIDENT_REOPENED = "incident_reopened"
    PROMISE_AT_RISK = "promise_at_risk"
    PROMISE_SAFE = "promise_safe"
    CLOCK_WARNED = "clock_warned"
    CLOCK_BROKEN = "clock_broken"
    ESCALATED = "escalated"
    ESCALATION_ACKNOWLEDGED = "escalation_acknowledged"
    CUSTOMER_PURGED = "customer_purged"
    UNIT_STORED = "unit_stored"
    UNIT_REMOVED = "unit_removed"
    UNIT_SILENT = "unit_silent"
    UNIT_HEARD = "unit_heard"
    PROVIDER_STORED = "provider_stored"
    PROVIDER_REMOVED = "provider_removed"


class Entity(StrEnum):
    """What an event's record is of."""

    INCIDENT = "incident"
    UNIT = "unit"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``record`` is the entity after it (None: removed), ``data`` what is particular to the event."""

    number: int
    at: datetime
    kind: EventKind
    entity: Entity
    id: str  # of the entity
    actor: str
    reason: str = ""
    unit: str = ""
    provider: str = ""
    record: Any = None
    data: dict[str, Any] = field(default_factory=dict)


encoder = msgspec.json.Encoder(order="deterministic")
