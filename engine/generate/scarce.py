"""The scarce hour: more calls than free units, most of the others busy until later.

What it is for: with units to spare almost any rule keeps every promise on a small city. Here the choice matters. All
sizes are assumptions, chosen once; docs/cli.md states what comes of them for ten seeds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.generate.fleet import generate_fleet
from engine.generate.incidents import generate_incidents
from engine.generate.places import Population
from engine.model import Capability, Fleet, Incident, Service
from graphs.region import Region

#: A Tuesday, in the evening rush.
HOUR = datetime(2026, 3, 3, 18, 30)
UNITS = 60
INCIDENTS = 45
PROVIDERS = 24
#: Three of four units are busy, for up to three quarters of an hour.
BUSY_SHARE = 0.75
BUSY_MINUTES = (2.0, 45.0)
#: The calls came in over this long and none is under way yet.
WINDOW_MINUTES = 10.0


@dataclass(frozen=True)
class Case:
    """A situation to decide: a fleet, its open incidents in order of call, and the time."""

    fleet: Fleet
    incidents: tuple[Incident, ...]
    now: datetime


def scarce_hour(region: Region, demand: Population | None, *, seed: int) -> Case:
    """60 units able to do everything asked, three of four busy for up to 45 minutes; 45 open incidents."""
    now = HOUR.replace(tzinfo=region.timezone)
    fleet = generate_fleet(
        region,
        demand,
        seed=seed,
        now=now,
        providers=PROVIDERS,
        units=UNITS,
        busy_share=BUSY_SHARE,
        off_duty_share=0.0,
        territory_share=0.0,
        busy_minutes=BUSY_MINUTES,
    )
    incidents = generate_incidents(
        region,
        demand,
        seed=seed,
        count=INCIDENTS,
        now=now,
        window_minutes=WINDOW_MINUTES,
        services=(Service.BREAKDOWN_REPAIR, Service.TOWING),
    )
    providers = tuple(replace(provider, services=frozenset(Service)) for provider in fleet.providers)
    units = tuple(
        replace(unit, services=frozenset(Service), capabilities=frozenset(Capability)) for unit in fleet.units
    )
    return Case(Fleet(providers, units), tuple(incidents), now)
