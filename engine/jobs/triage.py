"""Storm rules: when calls outrun units, people on highways and beside their vehicles come first."""

from __future__ import annotations

from collections.abc import Sequence

from engine.jobs.kinds import STRANDED
from engine.model import Incident
from engine.policy import Policy


def is_storm(policy: Policy, open_incidents: int, units_on_duty: int) -> bool:
    """Whether open incidents outnumber units on duty by the policy's factor."""
    return 0 < policy.triage.storm_from * units_on_duty <= open_incidents


def weights_of(
    policy: Policy, incidents: Sequence[Incident], on_highway: Sequence[bool], units_on_duty: int
) -> list[float]:
    """The weight of each incident: its priority's, and in a storm the triage's factors on top."""
    weights = [policy.priority.of(incident.priority) for incident in incidents]
    if not is_storm(policy, len(incidents), units_on_duty):
        return weights
    triage = policy.triage
    return [
        weight * (triage.highway if highway else 1.0) * (triage.stranded if incident.service in STRANDED else 1.0)
        for weight, incident, highway in zip(weights, incidents, on_highway, strict=True)
    ]
