"""Steady days: the project's simulated day with calls at the same rate all day, every unit on duty, nobody declining.

Calls come from the places of a demand layer, so that a model of the same demand and fleet can be held against them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, log, sqrt

import numpy as np

from engine.coverage.expected import AfterWork, ExpectedCoverage, tallied
from engine.coverage.expected_calls import Calls, Course
from engine.coverage.expected_streams import CallStream, Streams
from engine.coverage.expected_world import World
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
        return Steady(planner, dispatcher, Fleet(providers, able), per_hour, hours, garages)

    @property
    def streams(self) -> list[CallStream]:
        """The same for the model."""
        stands = self.planner.stands(self.fleet)
        repair = self.planner.coverage(stands, Service.BREAKDOWN_REPAIR)
        towing = self.planner.coverage(stands, Service.TOWING)
        return [
            CallStream(repair, self.per_hour * (1 - TOWS)),
            CallStream(towing, self.per_hour * TOWS, ends=self.garages),
        ]

    def day(self, seed: int) -> Day:
        """Calls of a Poisson process, each with its own work; drives are drawn as the simulation draws them."""
        draws, start = Draws(seed), BEGIN.replace(tzinfo=self.planner.region.timezone)
        begins = to_ms(start)
        called = zip(*(each.tolist() for each in self.drawn(seed)), strict=True)
        calls = [self._call(n, at, place, tow, draws, start) for n, (at, place, tow) in enumerate(called)]
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

    def drawn(self, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """([n] ms from the begin, [n] place with demand, [n] whether a tow) of a day's calls."""
        rng, weight = np.random.default_rng(seed), self.planner.demand.weight
        count = int(rng.poisson(self.per_hour * self.hours))
        at = np.sort(rng.integers(0, round(self.hours * 3_600_000), count))
        return at, rng.choice(weight.size, count, p=weight / weight.sum()), rng.random(count) < TOWS

    def played(self, seed: int, after_work: AfterWork) -> ExpectedCoverage:
        """The same day by the kernel of expected coverage: same calls at the same places, same work, other traffic."""
        planner, streams = self.planner, Streams(self.streams, self.planner.policy)
        region, demand, stands = planner.region, planner.demand, streams.crews.size
        at, place, tow = self.drawn(seed)
        here, count = demand.places.positions.take(place), at.size
        sources = Positions.concatenate([streams.positions, here, self.garages])
        network, metric, graph = region.network, region.metric, region.search_graph
        to_garage = travel_matrix(network, metric, here, self.garages, graph=graph).argmin(axis=1)
        ends = np.stack([stands + np.arange(count), stands + count + to_garage])
        within = np.stack([each.coverage.demand_within_ms[place] for each in streams.streams]).astype(float)
        world = World(
            streams=streams,
            rows=place,
            first=np.zeros(2, np.int64),
            sample=count,
            travel=np.ascontiguousarray(travel_matrix(network, metric, sources, here, graph=graph).T),
            near=np.empty((count, 0), np.int32),
            allowed=demand.places.allowed(streams.territories)[place],
            within_ms=within,
            kind=demand.places.kind[place].astype(np.int64),
            end=ends,
            carry_ms=np.zeros((2, count)),
            stand=np.repeat(np.arange(stands), streams.crews),
        )
        stream, call = tow.astype(np.int64), np.arange(count)
        factor, sigma, delay, spread = streams.prior
        normal = np.random.default_rng([seed, 1]).standard_normal((2, count))
        calls = Calls(
            first=np.array([0, count]),
            day=np.zeros(count, np.int64),
            called=at.astype(float),
            stream=stream,
            place=call,
            within=within[stream, call],
            work=np.array([each.takes_ms for each in self.day(seed).calls], float),
            factor=factor * np.exp(sigma * normal[0]),
            delay=np.maximum(0.0, delay + spread * normal[1]),
            end=ends[stream, call],
        )
        course = Course.steady(2, round(self.hours), round(WARM_HOURS))
        return ExpectedCoverage(
            world, course, after_work, "wait", seed, tallied(world, course, calls, after_work, "wait")
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

    def simulated(self, seeds: range, *, returning: bool = False) -> tuple[list[Estimate], list[Estimate]]:
        """The figures of `kept` over seeds, and what `played` has more on the same days.

        Means, with Student's 95 % interval.
        """
        rows = np.array([self.kept(self.run(seed, returning=returning)) for seed in seeds])
        same = np.array([figures_of(self.played(seed, "return" if returning else "stay")) for seed in seeds])
        return [Estimate.of(column) for column in rows.T], [Estimate.of(column) for column in (same - rows).T]


def figures_of(found: ExpectedCoverage) -> tuple[float, float, float, float]:
    """Those of `Steady.kept`."""
    figures = found.figures
    return found.share, found.mean_busy, figures.mean_minutes or float("inf"), figures.nobody_free


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
