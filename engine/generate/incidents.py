"""Open incidents, drawn from a seed."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from engine.generate.curves import minutes_ago, service_mix
from engine.generate.places import Population, RoadPlaces
from engine.model import Capability, Incident, Location, Priority, Service
from graphs.region import Region

#: What an incident may require beyond its service, and how often (assumptions; the rest requires nothing).
REQUIREMENTS: dict[Service, dict[frozenset[Capability], float]] = {
    Service.BREAKDOWN_REPAIR: {
        frozenset({Capability.BATTERY}): 0.40,
        frozenset({Capability.TYRE}): 0.20,
        frozenset({Capability.FUEL}): 0.06,
        frozenset({Capability.LOCKOUT}): 0.09,
        frozenset({Capability.ELECTRIC}): 0.05,
    },
    Service.TOWING: {
        frozenset({Capability.FLATBED}): 0.30,
        frozenset({Capability.WINCH}): 0.15,
        frozenset({Capability.HEAVY}): 0.03,
        frozenset({Capability.FLATBED, Capability.ELECTRIC}): 0.07,
    },
    Service.AIRPORT_TRANSFER: {frozenset({Capability.WHEELCHAIR}): 0.05},
}
PRIORITIES: dict[Priority, float] = {
    Priority.LOW: 0.05,
    Priority.NORMAL: 0.80,
    Priority.HIGH: 0.12,
    Priority.EMERGENCY: 0.03,
}


def generate_incidents(
    region: Region,
    demand: Population | None,
    *,
    seed: int,
    count: int,
    now: datetime,
    window_minutes: float = 10.0,
    highway_share: float = 0.12,
    services: tuple[Service, ...] = tuple(Service),
) -> list[Incident]:
    """``count`` incidents received within the last ``window_minutes``, in order of call; the same for the same seed.

    Places follow the population (junctions where it is unknown), a share stands on motorways if there are any; how
    many ask for which of ``services`` follows the hour of the region's day.
    """
    rng = np.random.default_rng(seed)
    places = RoadPlaces(region.network, demand)
    on_highway = (rng.random(count) < highway_share) & places.has_motorway
    lonlat = places.in_town(rng, count)
    if on_highway.any():
        lonlat[on_highway] = places.on_motorway(rng, int(on_highway.sum()))
    clock = now.astimezone(region.timezone)
    hour = clock.hour + clock.minute / 60
    mix = service_mix(hour) * np.array([service in services for service in Service])
    wanted = rng.choice(len(Service), count, p=mix / mix.sum())
    kinds = list(Service)
    priorities = rng.choice(len(PRIORITIES), count, p=list(PRIORITIES.values()))
    ages = np.sort(minutes_ago(hour, count, window_minutes, rng))[::-1]
    width = max(4, len(str(count)))
    return [
        Incident(
            id=f"I{i + 1:0{width}d}",
            location=Location(float(lonlat[i, 0]), float(lonlat[i, 1])),
            service=kinds[wanted[i]],
            received_at=now - timedelta(seconds=int(ages[i] * 60)),
            requires=_requirement(rng, kinds[wanted[i]]),
            priority=list(PRIORITIES)[priorities[i]],
        )
        for i in range(count)
    ]


def _requirement(rng: np.random.Generator, service: Service) -> frozenset[Capability]:
    draw = rng.random()
    for needed, share in REQUIREMENTS.get(service, {}).items():
        if draw < share:
            return needed
        draw -= share
    return frozenset()
