"""A day drawn from a seed: calls where people live and when they call, crews on shifts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from math import exp, log, sqrt

import numpy as np

from engine.dispatch import Dispatcher
from engine.generate import generate_fleet, generate_incidents
from engine.generate.places import Population, RoadPlaces
from engine.jobs.job import Spread
from engine.jobs.service_time import hand_over, service_time_of
from engine.model import Capability, Fleet, Incident, Location, Service, Unit
from engine.simulate.day import HOUR_MS, MINUTE_MS, Call, Day, Shift
from engine.simulate.draws import Draws
from engine.simulate.options import SERVICES, SHIFTS, DayOptions
from engine.times import to_ms
from graphs.search import INF

#: Units per provider.
CREWS = 2.5
#: What every crew carries, and what a part of those that tow does.
BASIC = frozenset({Capability.BATTERY, Capability.TYRE, Capability.FUEL, Capability.LOCKOUT})
SPECIAL: dict[Capability, float] = {
    Capability.ELECTRIC: 0.6,
    Capability.WINCH: 0.8,
    Capability.FLATBED: 0.7,
    Capability.HEAVY: 0.3,
}


def make_day(dispatcher: Dispatcher, demand: Population | None, seed: int, options: DayOptions | None = None) -> Day:
    """The same for the same seed, whatever is then decided; where no population is known calls come from junctions."""
    options = options or DayOptions()
    region, draws = dispatcher.region, Draws(seed)
    start = datetime.combine(options.date, time(options.begins_hour), region.timezone)
    end = start + timedelta(days=1)
    incidents = generate_incidents(
        region,
        demand,
        seed=seed,
        count=options.incidents,
        now=end,
        window_minutes=24 * 60.0,
        highway_share=options.highway_share,
        services=SERVICES,
    )
    fleet = generate_fleet(
        region,
        demand,
        seed=seed,
        now=start,
        providers=max(1, round(options.units / CREWS)),
        units=options.units,
        busy_share=0.0,
        off_duty_share=0.0,
        territory_share=0.0,
    )
    begins_ms, last_ms = to_ms(start), to_ms(end)
    low, high = options.acceptance
    units = tuple(_equipped(unit, draws, options) for unit in fleet.units)
    providers = tuple(
        replace(p, acceptance=low + (high - low) * draws.uniform("acceptance", p.id)) for p in fleet.providers
    )
    return Day(
        seed=seed,
        options=options,
        begins_ms=begins_ms,
        ends_ms=last_ms + round(options.drain_hours * HOUR_MS),
        calls=_calls(dispatcher, demand, incidents, draws, options),
        fleet=Fleet(providers, units),
        shifts=_shifts(units, start, begins_ms, draws),
        arrival=dispatcher.policy.arrival,
        draws=draws,
    )


def _equipped(unit: Unit, draws: Draws, options: DayOptions) -> Unit:
    tows = draws.chance(options.tow_share, "tows", unit.id)
    special = {item for item, share in SPECIAL.items() if draws.chance(share, item.value, unit.id)}
    if not tows:
        special &= {Capability.ELECTRIC}
    services = frozenset(SERVICES if tows else (Service.BREAKDOWN_REPAIR,))
    return replace(unit, services=services, capabilities=BASIC | special)


def _shifts(units: tuple[Unit, ...], start: datetime, begins_ms: int, draws: Draws) -> dict[str, tuple[Shift, ...]]:
    """Shifts are dealt in the order of a draw, so that their shares come out right for small fleets too."""
    order = sorted(units, key=lambda unit: draws.uniform("shift", unit.id))
    midnight = datetime.combine(start.date(), time(0), start.tzinfo)
    found: dict[str, tuple[Shift, ...]] = {}
    for place, unit in enumerate(order):
        begins, hours = _kind((place + 0.5) / len(order))
        days = [to_ms(midnight + timedelta(days=day, hours=begins)) for day in (-1, 0, 1)]
        spans = [Shift(max(at, begins_ms), at + hours * HOUR_MS) for at in days]
        found[unit.id] = tuple(span for span in spans if span.ends_ms > span.begins_ms)
    return found


def _kind(share: float) -> tuple[int, int]:
    """Begin and length in hours of the shift of the unit at that share of the deal."""
    for begins, hours, part in SHIFTS.values():
        if share < part:
            return begins, hours
        share -= part
    begins, hours, _ = SHIFTS["night"]
    return begins, hours


def _calls(
    dispatcher: Dispatcher,
    demand: Population | None,
    incidents: list[Incident],
    draws: Draws,
    options: DayOptions,
) -> tuple[Call, ...]:
    places = RoadPlaces(dispatcher.region.network, demand)
    garages = places.in_town(draws.generator("garages"), options.garages)
    locations = [Location(float(lon), float(lat)) for lon, lat in garages]
    tows = [at for at, incident in enumerate(incidents) if incident.service is Service.TOWING]
    nearest: dict[int, tuple[int, int]] = {}
    if tows:
        stops = dispatcher.positions([incidents[at].location for at in tows])
        to_garage = dispatcher.durations(stops, dispatcher.positions(locations), incidents[0].received_at)
        best = np.argmin(to_garage, axis=1)
        nearest = {at: (int(best[k]), int(to_garage[k, best[k]])) for k, at in enumerate(tows)}
    times = dispatcher.policy.service_time
    found = []
    for at, incident in enumerate(incidents):
        garage, tow_ms = nearest.get(at, (0, INF))
        drop_off = locations[garage] if tow_ms < INF else None
        parts = [service_time_of(times, incident, incident.requires)] + ([hand_over(times)] if drop_off else [])
        works = sum(_lognormal_ms(part, draws, incident.id, str(number)) for number, part in enumerate(parts))
        expected = sum(part.mean / timedelta(milliseconds=1) for part in parts)
        if drop_off is not None:
            rules = dispatcher.policy.arrival
            works += tow_ms * draws.lognormal(rules.travel_factor, rules.travel_spread, "tow", incident.id)
            expected += tow_ms
        patience = draws.lognormal(*options.patience_minutes, "patience", incident.id) * MINUTE_MS
        told = replace(incident, drop_off=drop_off)
        found.append(Call(told, max(1, round(works)), max(1, round(expected)), max(1, round(patience))))
    return tuple(found)


def _lognormal_ms(time: Spread, draws: Draws, *identity: str) -> float:
    """A duration of that mean and standard deviation."""
    mean, ratio = time.mean / timedelta(milliseconds=1), time.deviation / time.mean
    variance = log(1.0 + ratio * ratio)
    return draws.lognormal(mean * exp(-variance / 2), sqrt(variance), "work", *identity)
