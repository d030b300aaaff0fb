"""Random fleets and incidents at the junctions of a region, for tests that need no realism."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import h3.api.basic_str as h3

from engine.model import Capability, Fleet, Incident, Location, Priority, Provider, Service, Unit, UnitStatus
from engine.policy import Policy
from graphs.region import Region

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def place(region: Region, rng: Random) -> Location:
    """Near a random junction."""
    node = rng.randrange(region.network.node_count)
    lon, lat = float(region.network.node_lon[node]), float(region.network.node_lat[node])
    return Location(lon + rng.uniform(-1e-3, 1e-3), lat + rng.uniform(-1e-3, 1e-3))


def random_fleet(region: Region, rng: Random, units: int) -> Fleet:
    """Units of every kind and state; a third of the providers keep to a territory."""
    providers = []
    for number in range(max(1, units // 3)):
        base = place(region, rng)
        cells = h3.grid_disk(h3.latlng_to_cell(base.lat, base.lon, 7), rng.randint(0, 3))
        territory = frozenset(cells) if rng.random() < 0.3 else frozenset()
        providers.append(Provider(f"p{number}", territory=territory, call_out_price=rng.choice([0.0, 30.0, 250.0])))
    return Fleet(tuple(providers), tuple(random_unit(region, rng, number, providers) for number in range(units)))


def random_unit(region: Region, rng: Random, number: int, providers: list[Provider]) -> Unit:
    """One unit; half are free, the others busy until later, busy for nobody knows how long, or off duty."""
    kind = rng.choice(["free", "free", "free", "later", "later", "elsewhere", "unknown", "off"])
    status = {"free": UnitStatus.AVAILABLE, "off": UnitStatus.OFF_DUTY}.get(kind, UnitStatus.BUSY)
    known_end = kind in ("later", "elsewhere")
    return Unit(
        id=f"u{number}",
        provider_id=rng.choice(providers).id,
        location=place(region, rng),
        services=frozenset(rng.sample(list(Service)[:2], rng.randint(1, 2))),
        capabilities=frozenset(rng.sample(list(Capability)[:3], rng.randint(0, 3))),
        status=status,
        free_at=NOW + timedelta(minutes=rng.uniform(-10, 90)) if known_end else None,
        free_location=place(region, rng) if kind == "elsewhere" else None,
        mobilisation=timedelta(seconds=rng.choice([0, 0, 60, 400])),
    )


def random_incidents(region: Region, rng: Random, count: int) -> list[Incident]:
    """Incidents of two services, some needing more, some long overdue."""
    return [
        Incident(
            id=f"i{number}",
            location=place(region, rng),
            service=rng.choice(list(Service)[:2]),
            received_at=NOW - timedelta(minutes=rng.choice([0, 3, 10, 45, 200])),
            requires=frozenset(rng.sample(list(Capability)[:3], rng.choice([0, 0, 1, 2]))),
            priority=rng.choice(list(Priority)),
        )
        for number in range(count)
    ]


def impatient() -> Policy:
    """The default policy, but nobody is ever due: what others may not take is left out of the comparison."""
    policy = Policy.default()
    return replace(policy, deferment=replace(policy.deferment, bound_minutes=1e6))
