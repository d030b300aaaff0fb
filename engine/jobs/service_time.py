"""How long work takes: mean and spread from the policy, by service and by the works that an incident names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from engine.jobs.job import Spread
from engine.jobs.kinds import works_of
from engine.model import Capability, Incident, Service
from engine.policy_rules import ServiceTimes


def service_time(times: ServiceTimes, service: Service, requires: Collection[Capability]) -> Spread:
    """Work at the place before anybody drives on.

    A repair takes as long as all works it names, one after the other, or the service's own time when it names none;
    any other service takes its own time, and winching on top where that is required.
    """
    named = [work.value for work in works_of(requires)]
    if service is not Service.BREAKDOWN_REPAIR:
        named = [service.value, *(name for name in named if name == Capability.WINCH.value)]
    total: Spread | None = None
    for name in named or [service.value]:
        part = minutes(getattr(times, name))
        total = part if total is None else total + part
    assert total is not None
    return total


def service_time_of(times: ServiceTimes, incident: Incident, requires: Collection[Capability]) -> Spread:
    """The same for an incident, whose own service time replaces the mean; the spread keeps its share of it."""
    usual = service_time(times, incident.service, requires)
    if incident.service_time is None:
        return usual
    return Spread(incident.service_time, usual.deviation * (incident.service_time / usual.mean))


def hand_over(times: ServiceTimes) -> Spread:
    """Work at the end of a job that ends elsewhere."""
    return minutes(times.hand_over)


def minutes(value: tuple[float, float]) -> Spread:
    """A policy's [mean, spread]."""
    return Spread(timedelta(minutes=value[0]), timedelta(minutes=value[1]))
