"""A fleet of providers and units, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import h3
import numpy as np
import numpy.typing as npt

from engine.errors import OptionError
from engine.generate.crews import draw_crews
from engine.generate.places import Float64, Population, RoadPlaces
from engine.model import Capability, Fleet, Location, Provider, Service, Unit, UnitStatus
from graphs.region import Region

#: Shares of the providers that offer each service, and of the units that carry each equipment (assumptions).
SERVICE_SHARE: dict[Service, float] = {
    Service.BREAKDOWN_REPAIR: 0.85,
    Service.TOWING: 0.55,
    Service.AIRPORT_TRANSFER: 0.12,
    Service.DESIGNATED_DRIVER: 0.15,
    Service.VEHICLE_BOOKING: 0.10,
}
CAPABILITY_SHARE: dict[Service, dict[Capability, float]] = {
    Service.BREAKDOWN_REPAIR: {
        Capability.BATTERY: 0.8,
        Capability.TYRE: 0.8,
        Capability.FUEL: 0.7,
        Capability.LOCKOUT: 0.5,
        Capability.ELECTRIC: 0.2,
    },
    Service.TOWING: {
        Capability.WINCH: 0.6,
        Capability.FLATBED: 0.6,
        Capability.HEAVY: 0.1,
        Capability.ELECTRIC: 0.2,
    },
    Service.AIRPORT_TRANSFER: {Capability.WHEELCHAIR: 0.15},
}
TERRITORY_RESOLUTION = 7  # cells of about 5 km2


def generate_fleet(
    region: Region,
    demand: Population | None,
    *,
    seed: int,
    now: datetime,
    providers: int = 3000,
    units: int = 8000,
    busy_share: float = 0.25,
    off_duty_share: float = 0.10,
    territory_share: float = 0.4,
    busy_minutes: tuple[float, float] = (3.0, 60.0),
    contractor_share: float = 0.0,
) -> Fleet:
    """Providers with 1 to 40 crews each, ``units`` in all, bases where people live; the same for the same seed.

    A share of the units is busy until ``busy_minutes`` from now and then free somewhere else, a share is off duty; a
    share of the providers serves only the H3 cells around its base, a share are contractors, the others the same
    whatever that share is. Raises OptionError for impossible sizes.
    """
    for name, share in (
        ("busy", busy_share),
        ("off-duty", off_duty_share),
        ("territory", territory_share),
        ("contractor", contractor_share),
    ):
        if not 0 <= share <= 1:
            raise OptionError(f"the {name} share must lie between 0 and 1, not {share}", share=share)
    rng = np.random.default_rng(seed)
    places = RoadPlaces(region.network, demand)
    crews = draw_crews(rng, providers, units)
    bases = places.in_town(rng, providers)
    companies = _providers(rng, crews, bases, territory_share)
    owner = np.repeat(np.arange(providers), crews)
    here = _positions(rng, places, bases[owner])
    later = places.near(rng, here, 3_000.0)
    draw = rng.random(units)
    busy, off = draw < busy_share, draw >= 1.0 - off_duty_share
    wait = np.rint(rng.uniform(*busy_minutes, units) * 60)
    mobilisation = np.rint(rng.uniform(1.0, 6.0, units) * 2) / 2
    equipment = _equipment(rng, units)
    crew_number = np.arange(units) - np.repeat(np.cumsum(crews) - crews, crews) + 1
    fleet_units = tuple(
        Unit(
            id=f"{companies[owner[u]].id}-{crew_number[u]:02d}",
            provider_id=companies[owner[u]].id,
            location=_location(here[u]),
            services=companies[owner[u]].services,
            capabilities=equipment(u, companies[owner[u]].services),
            status=UnitStatus.BUSY if busy[u] else UnitStatus.OFF_DUTY if off[u] else UnitStatus.AVAILABLE,
            free_at=now + timedelta(seconds=float(wait[u])) if busy[u] else None,
            free_location=_location(later[u]) if busy[u] else None,
            mobilisation=timedelta(minutes=float(mobilisation[u])),
        )
        for u in range(units)
    )
    hired = np.random.default_rng([seed, 1]).random(providers) < contractor_share
    return Fleet(tuple(replace(p, contractor=bool(h)) for p, h in zip(companies, hired, strict=True)), fleet_units)


def _providers(
    rng: np.random.Generator, crews: npt.NDArray[np.int64], bases: Float64, territory_share: float
) -> list[Provider]:
    count = len(crews)
    offers = rng.random((count, len(Service))) < np.array([SERVICE_SHARE[service] for service in Service])
    offers[~offers.any(axis=1), 0] = True
    local = rng.random(count) < territory_share
    rings = rng.integers(1, 4, count)
    price = np.rint(rng.lognormal(np.log(25.0), 0.35, count))
    width = max(4, len(str(count)))
    return [
        Provider(
            id=f"P{p + 1:0{width}d}",
            name=f"Provider {p + 1}",
            services=frozenset(service for service, offered in zip(Service, offers[p], strict=True) if offered),
            territory=_around(bases[p], int(rings[p])) if local[p] else frozenset(),
            base=_location(bases[p]),
            crews=int(crews[p]),
            call_out_price=float(price[p]),
        )
        for p in range(count)
    ]


def _around(lonlat: Float64, rings: int) -> frozenset[str]:
    cell = h3.latlng_to_cell(float(lonlat[1]), float(lonlat[0]), TERRITORY_RESOLUTION)
    return frozenset(h3.grid_disk(cell, rings))


def _positions(rng: np.random.Generator, places: RoadPlaces, bases: Float64) -> Float64:
    """[k, 2] half the units stand at their base, the others roam around it."""
    roaming = rng.random(len(bases)) < 0.5
    here = bases.copy()
    here[roaming] = places.near(rng, bases[roaming], 2_500.0)
    return here


def _equipment(rng: np.random.Generator, units: int) -> Callable[[int, frozenset[Service]], frozenset[Capability]]:
    """Gives the capabilities of one unit, by the services it offers."""
    names = list(Capability)
    draw = rng.random((units, len(names))).tolist()

    def carried(unit: int, services: frozenset[Service]) -> frozenset[Capability]:
        return frozenset(
            capability
            for service in services
            for capability, share in CAPABILITY_SHARE.get(service, {}).items()
            if draw[unit][names.index(capability)] < share
        )

    return carried


def _location(lonlat: Float64) -> Location:
    return Location(float(lonlat[0]), float(lonlat[1]))
