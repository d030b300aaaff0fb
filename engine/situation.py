"""Incidents and fleet at one moment, under the metric that each unit departs in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from engine.closures import closures_between
from engine.fleet.candidates import CandidateSearch, UnitSearch
from engine.fleet.hourly import HourlySearch
from engine.fleet.speed import FastestRoads
from engine.fleet.state import FleetState
from engine.intake import Intake
from engine.model import Incident
from engine.promise import PromiseTable
from engine.times import require_zone, to_ms
from graphs.metrics import MetricView
from graphs.network import Int32, Int64
from graphs.search import INF, many_to_one
from graphs.travel import travel_matrix


@dataclass(frozen=True, eq=False)
class Hour:
    """The whole fleet and all incidents under one metric."""

    state: FleetState
    intake: Intake
    others: Int64  # rows of the units that depart under another one


@dataclass(frozen=True, eq=False)
class Situation:
    """What one question sees. There is one hour unless units depart at times that differ in traffic."""

    hours: tuple[Hour, ...]
    hour_of: Int64 | None  # [units] index into hours; None: all in the first
    metric_version: str  # of all metrics, joined by "+"
    view: MetricView | None  # None: one metric, whatever the time

    @staticmethod
    def under_one_metric(
        incidents: Sequence[Incident], state: FleetState, promises: PromiseTable, now: datetime, version: str
    ) -> Situation:
        """Everybody departs under the state's metric."""
        intake = Intake.of(incidents, state, promises, now)
        return Situation((Hour(state, intake, np.empty(0, np.int64)),), None, version, None)

    @staticmethod
    def by_hour(
        incidents: Sequence[Incident], state: FleetState, promises: PromiseTable, now: datetime, view: MetricView
    ) -> Situation:
        """Each unit departs under the metric of the moment at which it is free and mobilised."""
        now_ms = to_ms(require_zone(now, field="now"))
        keys, hour_of = view.grouped(departures_ms(state, now_ms))
        keys = keys or [view.snapshot.key_at(now_ms)]
        metrics = [view.metric(key) for key in keys]
        distinct = list(dict.fromkeys(metrics))  # hours alike are searched together
        hour_of = np.array([distinct.index(metric) for metric in metrics])[hour_of]
        states = [state.under(metric) for metric in distinct]
        intake = Intake.of(incidents, states[0], promises, now)
        intakes = [intake, *(intake.under(other) for other in states[1:])]
        hours = tuple(
            Hour(each, taken_in, np.flatnonzero(hour_of != number))
            for number, (each, taken_in) in enumerate(zip(states, intakes, strict=True))
        )
        return Situation(hours, hour_of if len(distinct) > 1 else None, "+".join(map(str, keys)), view)

    @property
    def state(self) -> FleetState:
        """The fleet; under the first metric, so for everything that no travel time is part of."""
        return self.hours[0].state

    @property
    def intake(self) -> Intake:
        """The incidents; see `state`."""
        return self.hours[0].intake

    def search(self, fastest: FastestRoads, taken: Int64 | None = None) -> UnitSearch:
        """The search for the cheapest units, each under its own metric; `taken` ones are left out."""
        gone = np.empty(0, np.int64) if taken is None else taken
        parts = [
            CandidateSearch(h.state, h.intake, fastest.m_per_ms(h.state.metric), np.concatenate((gone, h.others)))
            for h in self.hours
        ]
        return parts[0] if len(parts) == 1 else HourlySearch(parts)

    def travel_to(self, index: int) -> Int32:
        """[units] ms from each unit to one incident through the nodes, INF where there is no way."""
        times = np.full(len(self.state), INF, np.int32)
        for number, hour in enumerate(self.hours):
            mine = slice(None) if self.hour_of is None else self.hour_of == number
            times[mine] = many_to_one(hour.state.labels, hour.intake.labels, index)[mine]
        return times

    def driving_ms(self, rows: Int64, index: int) -> Int32:
        """[rows] ms from some units to one incident, the direct way along one street included."""
        place = self.intake.positions.take([index])
        times = np.full(rows.size, INF, np.int32)
        for number, hour in enumerate(self.hours):
            mine = np.ones(rows.size, bool) if self.hour_of is None else self.hour_of[rows] == number
            if mine.any():
                region, units = self.state.region, self.state.positions.take(rows[mine])
                times[mine] = travel_matrix(region.network, hour.state.metric, units, place, graph=region.search_graph)[
                    :, 0
                ]
        return times

    def closures_before(self, index: int, row: int) -> list[str]:
        """Ids of the traffic entries that close roads on the free-flow path of a unit to an incident."""
        if self.view is None:
            return []
        unit, place = self.state.positions.take([row]), self.intake.positions.take([index])
        departure = int(departures_ms(self.state, self.intake.now_ms)[row])
        return closures_between(self.state.region, self.view.snapshot, unit, place, departure)


def departures_ms(state: FleetState, now_ms: int) -> Int64:
    """[units] ms since 1970 at which each unit is free and mobilised; now for those that are too late for anything."""
    ready = state.arrays.ready_ms(now_ms)
    latest = round(state.policy.limits.max_wait_minutes * 60_000)
    return now_ms + np.where(ready > latest, 0, ready)
