"""Steady days: the project's simulated day with calls at the same rate all day, every unit on duty, nobody declining.

Calls come from the places of a demand layer, so that a model of the same demand and fleet can be held against them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, log, sqrt

import numpy as np

from engine.coverage.expected_streams import CallStream
from engine.coverage.planner import Planner
from engine.dispatch import Dispatcher
from engine.generate import generate_fleet
from engine.generate.places import Population, RoadPlaces
from engine.model import Fleet, Incident, Location, Service
from engine.policy_rules import Spread
from engine.simulate.day import HOUR_MS, Call, Day, Shift
from engine.simulate.draws import Draws
from engine.simulate.measures import Estimate
from engine.simulate.options import DayOptions
from engine.simulate.records import DayRecord
from engine.simulate.simulation import Simulation
from engine.simulate.strategies import strategy_named
from engine.times import to_ms
from graphs.position import Positions
from graphs.travel import travel_matrix

BEGIN = datetime(2026, 3, 3, 0, 0)
TOWS = 0.28  # of the calls
WARM_HOURS = 4.0  # left out of all figures, in which units get busy


@dataclass(frozen=True)
class Steady:
    """A region's demand, one fleet, and calls at one rate."""

    planner: Planner
    dispatcher: Dispatcher
    fleet: Fleet
    per_hour: float
    hours: float
    garages: Positions
    carry_minutes: np.ndarray  # [d] computed drive to the nearest garage

    @staticmethod
    def of(
        planner: Planner, population: Population | None, *, units: int, per_hour: float, hours: float, seed: int = 1
    ) -> Steady:
        """Every unit repairs, half of them tow; all stand at their bases when the day begins."""
        region = planner.region
        now = BEGIN.replace(tzinfo=region.timezone)
        fleet = generate_fleet(
            region,
            population,
            seed=seed,
            now=now,
            providers=max(1, round(units / 2.5)),
            units=units,
            busy_share=0.0,
            off_duty_share=0.0,
            territory_share=0.0,
        )
        everything = frozenset({Service.BREAKDOWN_REPAIR, Service.TOWING})
        able = tuple(
            replace(unit, services=everything if number % 2 else frozenset({Service.BREAKDOWN_REPAIR}))
            for number, unit in enumerate(fleet.units)
        )
        providers = tuple(replace(each, acceptance=1.0, services=everything) for each in fleet.providers)
        dispatcher = Dispatcher(region, planner.policy)
        lonlat = RoadPlaces(region.network, population).in_town(np.random.default_rng(seed), 12)
        garages = dispatcher.positions([Location(float(lon), float(lat)) for lon, lat in lonlat])
        places = planner.demand.places.positions
        carry = travel_matrix(region.network, region.metric, places, garages, graph=region.search_graph).min(axis=1)
        return Steady(planner, dispatcher, Fleet(providers, able), per_hour, hours, garages, carry / 60_000)

    @property
    def streams(self) -> list[CallStream]:
        """The same for the model."""
        stands = self.planner.stands(self.fleet)
        repair = self.planner.coverage(stands, Service.BREAKDOWN_REPAIR)
        towing = self.planner.coverage(stands, Service.TOWING)
        return [
            CallStream(repair, self.per_hour * (1 - TOWS)),
            CallStream(towing, self.per_hour * TOWS, carry_minutes=self.carry_minutes, ends=self.garages),
        ]

    def day(self, seed: int) -> Day:
        """Calls of a Poisson process, each with its own work; drives are drawn as the simulation draws them."""
        rng, draws = np.random.default_rng(seed), Draws(seed)
        start = BEGIN.replace(tzinfo=self.planner.region.timezone)
        begins = to_ms(start)
        count = int(rng.poisson(self.per_hour * self.hours))
        at = np.sort(rng.integers(0, round(self.hours * 3_600_000), count))
        weight = self.planner.demand.weight
        place = rng.choice(weight.size, count, p=weight / weight.sum())
        tows = rng.random(count) < TOWS
        calls = [self._call(n, int(at[n]), int(place[n]), bool(tows[n]), draws, start) for n in range(count)]
        ends = begins + round((self.hours + 12) * HOUR_MS)
        return Day(
            seed=seed,
            options=DayOptions(acceptance=(1.0, 1.0)),
            begins_ms=begins,
            ends_ms=ends,
            calls=tuple(calls),
            fleet=self.fleet,
            shifts={unit.id: (Shift(begins, ends + 100 * HOUR_MS),) for unit in self.fleet.units},
            arrival=self.planner.policy.arrival,
            draws=draws,
        )

    def _call(self, number: int, at_ms: int, place: int, tow: bool, draws: Draws, start: datetime) -> Call:
        times, rules = self.planner.policy.service_time, self.planner.policy.arrival
        at = self.planner.demand.places.positions
        name = f"I{number:05d}"
        parts = [times.towing, times.hand_over] if tow else [times.breakdown_repair]
        minutes = sum(lognormal(part, draws, name, k) for k, part in enumerate(parts))
        drop_off = None
        if tow:
            here = at.take([place])
            to = travel_matrix(
                self.planner.region.network,
                self.planner.region.metric,
                here,
                self.garages,
                graph=self.planner.region.search_graph,
            )[0]
            best = int(np.argmin(to))
            drop_off = Location(float(self.garages.lon[best]), float(self.garages.lat[best]))
            minutes += to[best] / 60_000 * draws.lognormal(rules.travel_factor, rules.travel_spread, "tow", name)
        incident = Incident(
            name,
            Location(float(at.lon[place]), float(at.lat[place])),
            Service.TOWING if tow else Service.BREAKDOWN_REPAIR,
            start + timedelta(milliseconds=at_ms),
            drop_off=drop_off,
        )
        takes = max(1, round(minutes * 60_000))
        return Call(incident, takes, takes, round(10_000 * HOUR_MS))

    def run(self, seed: int, *, returning: bool = False) -> DayRecord:
        """One day, the nearest free unit by arrival; ``returning``: who is free is at its base at once."""
        kind = Returning if returning else Simulation
        return kind(self.dispatcher, self.day(seed), strategy_named("nearest-eta")).run()

    def kept(self, day: DayRecord) -> tuple[float, float, float, float]:
        """(share kept, mean busy fraction, mean minutes to arrival, share that waited for a unit), after warming up."""
        begins = to_ms(BEGIN.replace(tzinfo=self.planner.region.timezone))
        first, last = begins + round(WARM_HOURS * HOUR_MS), begins + round(self.hours * HOUR_MS)
        calls = [each for each in day.incidents if each.received_ms >= first]
        within = sum(each.kept for each in calls) / len(calls)
        busy = sum(max(0, min(span.ends_ms, last) - max(span.begins_ms, first)) for span in day.spans)
        wait = [(each.arrived_ms - each.received_ms) / 60_000 for each in calls if each.arrived_ms is not None]
        later = sum(each.sent_ms is None or each.sent_ms > each.received_ms for each in calls) / len(calls)
        return within, busy / (last - first) / len(self.fleet.units), float(np.mean(wait)), later

    def simulated(self, seeds: range, *, returning: bool = False) -> list[Estimate]:
        """The figures of `kept` over seeds, with Student's 95 % interval of their means."""
        rows = [self.kept(self.run(seed, returning=returning)) for seed in seeds]
        return [Estimate.of(column) for column in zip(*rows, strict=True)]


class Returning(Simulation):
    """Who is free again is at its base at once: what tells the error of a model of stands from that of positions."""

    def _finished(self, unit_id: str) -> None:
        run = self._units[unit_id]
        run.ends_at = run.unit.location
        super()._finished(unit_id)


def lognormal(spread: Spread, draws: Draws, *identity: str | int) -> float:
    """Minutes of that mean and standard deviation."""
    mean, deviation = spread
    variance = log(1 + (deviation / mean) ** 2)
    return draws.lognormal(mean * exp(-variance / 2), sqrt(variance), "work", *identity)
