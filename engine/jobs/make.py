"""From incidents to jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.cost import unserved_parts
from engine.decision import Promise
from engine.jobs.job import NOTHING, Job
from engine.jobs.kinds import kind_of
from engine.jobs.service_time import hand_over, service_time_of
from engine.model import Capability, Garage, Incident, bits
from engine.policy import Policy
from engine.times import require_zone, to_ms


def jobs_of(
    incident: Incident, promise: Promise, policy: Policy, now: datetime, *, weight: float | None = None
) -> tuple[Job, ...]:
    """The jobs of an incident, one for each unit it needs; checked incidents only (`engine.jobs.check`).

    ``weight`` replaces the policy's weight of the incident's priority (storm rules). An accident's vehicle is towed
    once: only the first job goes to the drop-off.
    """
    priority = policy.priority.of(incident.priority) if weight is None else weight
    latest = latest_of(incident, policy, now)
    earliest = incident.earliest and require_zone(incident.earliest, field="earliest")
    now_ms = to_ms(require_zone(now))
    due_ms, latest_ms = to_ms(promise.due_at) - now_ms, to_ms(latest) - now_ms
    earliest_ms = 0 if earliest is None else max(0, to_ms(earliest) - now_ms)
    jobs = []
    for number in range(1, incident.units_needed + 1):
        requires = requires_of(incident, number)
        ends = ends_of(incident) if number == 1 else ()
        jobs.append(
            Job(
                id=incident.id if number == 1 else f"{incident.id}#{number}",
                incident_id=incident.id,
                number=number,
                kind=kind_of(incident),
                service=incident.service,
                need=bits([incident.service], requires),
                start=incident.location,
                ends=ends,
                service_time=service_time_of(policy.service_time, incident, requires),
                hand_over=hand_over(policy.service_time) if ends else NOTHING,
                earliest=earliest,
                due_at=promise.due_at,
                latest=latest,
                priority=priority,
                unserved_cost=unserved_parts(
                    policy, priority, due_ms, latest_ms, earliest_ms, incident.revenue if number == 1 else 0.0
                ).total,
            )
        )
    return tuple(jobs)


def requires_of(incident: Incident, number: int) -> frozenset[Capability]:
    """What the unit for job ``number`` (from 1) of an incident must have beyond the service."""
    own = incident.unit_requires[number - 1] if incident.unit_requires else frozenset()
    return incident.requires | own


def ends_of(incident: Incident) -> tuple[Garage, ...]:
    """Where the job may end, the drop-off as a garage without a price; none: where it starts."""
    return incident.garages if incident.drop_off is None else (Garage(incident.drop_off),)


def latest_of(incident: Incident, policy: Policy, now: datetime) -> datetime:
    """The latest arrival that still makes sense: the incident's own, else the policy's longest wait from when work may
    begin."""
    if incident.latest is not None:
        return require_zone(incident.latest, field="latest")
    now = require_zone(now, field="now")
    begin = now if incident.earliest is None else max(now, require_zone(incident.earliest, field="earliest"))
    return begin + timedelta(minutes=policy.limits.max_wait_minutes)
