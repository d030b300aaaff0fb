"""Random situations, plans for them, and the same in the oracle's plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, time, timedelta
from random import Random

import h3.api.basic_str as h3

from engine.check import PlannedStop, PlannedTour
from engine.cover_lost.demand import Demand
from engine.jobs.make import ends_of
from engine.jobs.service_time import hand_over, service_time_of
from engine.model import Break, Fleet, Garage, Incident, NightTariff, Provider, Service, Unit, UnitStatus
from engine.policy import Policy
from engine.promise import PromiseTable
from graphs.region import Region
from graphs.search import INF
from graphs.travel import travel_matrix
from tests.engine import cover_oracle
from tests.engine.cost_oracle import Weights
from tests.engine.fleets import NOW, place, random_fleet, random_incidents
from tests.engine.plan_oracle import DAY, JobFacts, UnitFacts

MS = timedelta(milliseconds=1)


def random_case(region: Region, seed: int, units: int = 7, incidents: int = 14) -> tuple[Fleet, list[Incident]]:
    """Every kind of unit and job: shifts, breaks, tariffs, nights, tows, garages, bookings, announced units, pins."""
    rng = Random(seed)
    drawn = random_fleet(region, rng, units)
    providers = tuple(
        replace(
            provider,
            per_km_price=rng.choice([0.0, 0.0, 2.5]),
            night=rng.choice([None, NightTariff(1.5, time(rng.randrange(24)), time(rng.randrange(24)))]),
            acceptance=rng.choice([1.0, rng.uniform(0.3, 1)]),
            quality=rng.choice([1.0, rng.random()]),
            recent_share=rng.choice([0.0, rng.random()]),
            contractor=rng.random() < 0.3,
        )
        for provider in drawn.providers
    )
    made = tuple(
        replace(
            unit,
            services=frozenset(Service) if rng.random() < 0.7 else unit.services,
            shift_start=NOW + timedelta(minutes=rng.randint(0, 60)) if rng.random() < 0.2 else None,
            shift_end=NOW + timedelta(minutes=rng.randint(70, 400)) if rng.random() < 0.5 else None,
            overtime_price=rng.choice([0.0, 90.0]),
            breaks=(Break(NOW, NOW + timedelta(minutes=20)),) if rng.random() < 0.2 else (),
        )
        for unit in drawn.units
    )
    calls = []
    for call in random_incidents(region, rng, incidents):
        kind = rng.random()
        if kind < 0.25:
            call = replace(call, service=Service.TOWING, drop_off=place(region, rng))
        elif kind < 0.4:
            garages = tuple(Garage(place(region, rng), price=rng.choice([0.0, 80.0])) for _ in range(3))
            call = replace(call, service=Service.TOWING, garages=garages)
        if rng.random() < 0.25:
            earliest = NOW + timedelta(minutes=rng.randint(10, 120))
            latest = earliest + timedelta(minutes=rng.randint(15, 200)) if rng.random() < 0.7 else None
            call = replace(call, earliest=earliest, latest=latest, promise=timedelta(minutes=30))
        if rng.random() < 0.3:
            call = replace(call, assigned_unit_id=rng.choice(made).id)
        calls.append(replace(call, revenue=rng.choice([0.0, 300.0])))
    busy = {UnitStatus.AVAILABLE}
    if rng.random() < 0.4 and (free := [unit.id for unit in made if unit.status in busy]):
        calls[0] = replace(calls[0], assigned_unit_id=rng.choice(free), pinned=True)
    return Fleet(providers, made), calls


def random_plan(rng: Random, units: Sequence[Unit], incidents: Sequence[Incident]) -> tuple[PlannedTour, ...]:
    """Incidents on units at random, some left out; whether that may be is not asked."""
    tours: dict[str, list[PlannedStop]] = {}
    for incident in rng.sample(list(incidents), len(incidents)):
        if rng.random() < 0.85:
            tours.setdefault(rng.choice(units).id, []).append(PlannedStop(incident.id))
    return tuple(PlannedTour(unit, tuple(stops)) for unit, stops in tours.items())


def weights_of(policy: Policy) -> Weights:
    return Weights(**asdict(policy.cost), max_call_out_price=policy.limits.max_call_out_price)


class Facts:
    """A case as the oracle takes it; travel times are the road engine's."""

    def __init__(self, region: Region, policy: Policy, fleet: Fleet, incidents: Sequence[Incident]) -> None:
        self._region, self._policy = region, policy
        providers = {provider.id: provider for provider in fleet.providers}
        self._starts = {unit.id: self._snap(_starts_from(unit)) for unit in fleet.units}
        self._places = {incident.id: self._snap(incident.location) for incident in incidents}
        self._ends = dict(self._places)
        promises = PromiseTable(region.network, policy)
        self.units = {unit.id: self._unit(unit, providers[unit.provider_id]) for unit in fleet.units}
        self.jobs = {incident.id: self._job(incident, promises) for incident in incidents}
        local = NOW.astimezone(region.timezone)
        self.clock = (local.hour * 3600 + local.minute * 60 + local.second) * 1000 % DAY
        self._legs: dict[tuple[str, str], int | None] = {}
        if policy.coverage.weight:
            self._cover(fleet, incidents, promises)

    def _cover(self, fleet: Fleet, incidents: Sequence[Incident], promises: PromiseTable) -> None:
        """What each unit leaves uncovered, by the oracle of that."""
        region, rules = self._region, self._policy.coverage
        demand = Demand.of_network(region.network)
        at = region.snapper.snap(demand.lon, demand.lat)
        spots = list(zip(at.arc.tolist(), at.lon.tolist(), at.lat.tolist(), strict=True))
        within = [round(promises.classify(*spot)[1] * 60_000) for spot in spots]
        territory = {provider.id: provider.territory for provider in fleet.providers}
        facts = {}
        for unit in fleet.units:
            here, mine = self._starts[unit.id], territory[unit.provider_id]
            drives = travel_matrix(region.network, region.metric, here, at, graph=region.search_graph)[0].tolist()
            known_end = unit.status is UnitStatus.BUSY and unit.free_at is not None
            facts[unit.id] = cover_oracle.CoverFacts(
                drives=[None if drive >= INF else drive for drive in drives],
                may=[
                    not mine or any(h3.latlng_to_cell(y, x, h3.get_resolution(c)) == c for c in mine)
                    for _, x, y in spots
                ],
                works=unit.status is UnitStatus.AVAILABLE or known_end,
                free=self.units[unit.id].free,
                breaks=self.units[unit.id].breaks,
                shift_end=self.units[unit.id].shift_end,
                mobilisation=self.units[unit.id].mobilisation,
            )
        kept = {incident.assigned_unit_id or "" for incident in incidents if incident.pinned}
        named = [(float(weight), most) for weight, most in zip(demand.weight, within, strict=True)]
        lost = cover_oracle.lost(named, facts, kept, rules.weight, rules.busy_fraction)
        self.units = {name: replace(unit, cover=lost[name]) for name, unit in self.units.items()}

    def leg(self, one: str, other: str) -> int | None:
        """ms from a unit's place, or from where a job ends, to a job."""
        if (one, other) not in self._legs:
            here = self._starts.get(one) or self._ends[one]
            self._legs[one, other] = self._drive(here, self._places[other])
        return self._legs[one, other]

    def _snap(self, at):
        return self._region.snapper.snap([at.lon], [at.lat])

    def _drive(self, here, there) -> int | None:
        region = self._region
        found = int(travel_matrix(region.network, region.metric, here, there, graph=region.search_graph)[0, 0])
        return None if found >= INF else found

    def _unit(self, unit: Unit, provider: Provider) -> UnitFacts:
        busy = unit.free_at if unit.status is UnitStatus.BUSY and unit.free_at else None
        free = max(_ms(busy) or 0, _ms(unit.shift_start) or 0)
        night = provider.night
        at = self._starts[unit.id]
        return UnitFacts(
            at=(float(at.lon[0]), float(at.lat[0])),
            free=free,
            mobilisation=round(unit.mobilisation / MS),
            breaks=tuple((_ms(rest.start) or 0, _ms(rest.end) or 0) for rest in unit.breaks),
            shift_end=_ms(unit.shift_end),
            overtime_price=unit.overtime_price,
            call_out=provider.call_out_price,
            per_km=provider.per_km_price,
            night=None if night is None else (night.factor, night.start.hour * 3_600_000, night.end.hour * 3_600_000),
            acceptance=provider.acceptance,
            quality=provider.quality,
            recent_share=provider.recent_share,
            contractor=provider.contractor,
        )

    def _job(self, incident: Incident, promises: PromiseTable) -> JobFacts:
        policy, here = self._policy, self._places[incident.id]
        made = promises.promise(incident, int(here.arc[0]), float(here.lon[0]), float(here.lat[0]))
        work = service_time_of(policy.service_time, incident, incident.requires).mean
        carry, price, end = 0, 0.0, here
        if ends := ends_of(incident):
            work += hand_over(policy.service_time).mean
            reached = [(self._drive(here, self._snap(garage.location)), garage) for garage in ends]
            cost = policy.cost
            carry, chosen = min(
                ((drive, garage) for drive, garage in reached if drive is not None),
                key=lambda pair: cost.driving * pair[0] / 60_000 + cost.tariff * pair[1].price,
            )
            price, end = chosen.price, self._snap(chosen.location)
        self._ends[incident.id] = end
        earliest = max(0, _ms(incident.earliest) or 0)
        latest = _ms(incident.latest)
        return JobFacts(
            at=(float(here.lon[0]), float(here.lat[0])),
            end=(float(end.lon[0]), float(end.lat[0])),
            weight=policy.priority.of(incident.priority),
            due=_ms(made.due_at) or 0,
            latest=earliest + round(policy.limits.max_wait_minutes * 60_000) if latest is None else latest,
            work=round(work / MS),
            earliest=earliest,
            carry=carry,
            garage=price,
            revenue=incident.revenue,
            announced=incident.assigned_unit_id,
            counts_cover=earliest <= 45 * 60_000
            and (policy.coverage.on_highways or not promises.on_highway(int(here.arc[0]))),
        )


def named_tours(tours: Sequence[PlannedTour]) -> Mapping[str, list[str]]:
    return {tour.unit_id: [stop.incident_id for stop in tour.stops] for tour in tours}


def _starts_from(unit: Unit):
    return unit.free_location if unit.status is UnitStatus.BUSY and unit.free_location else unit.location


def _ms(value: datetime | None) -> int | None:
    return None if value is None else (value - NOW) // MS


Solve = Callable[..., object]
