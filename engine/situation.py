"""Incidents and fleet at one moment, under the metric that each unit departs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from engine.closures import closures_between
from engine.fleet.booked import BookedSearch
from engine.fleet.candidates import CandidateSearch, UnitSearch
from engine.fleet.hourly import HourlySearch
from engine.fleet.pairs import travels_of
from engine.fleet.settled import SettledSearch
from engine.fleet.speed import FastestRoads
from engine.fleet.state import FleetState
from engine.intake import Intake
from engine.model import Incident
from engine.promise import PromiseTable
from engine.times import require_zone, to_ms
from graphs.metrics import MetricView
from graphs.network import Int32, Int64
from graphs.position import Positions, destination_seeds, direct_ms, origin_seeds
from graphs.region import Region
from graphs.search import INF, Labels, Metric, many_to_one, one_to_many
from graphs.search.arrays import frozen
from graphs.travel import travel_matrix


@dataclass(frozen=True, eq=False)
class Hour:
    """The whole fleet and all incidents under one metric, which is that of some units.

    Where their departures are too many to have a metric each (`graphs.metrics.spans`), it is the fastest that any of
    them may depart under, and `slow` has everything under the slowest: where both give one travel time, it holds.
    """

    state: FleetState
    intake: Intake
    others: Int64  # rows of the units that depart under another one
    slow: tuple[FleetState, Intake] | None = None


@dataclass(frozen=True, eq=False)
class Situation:
    """What one question sees. There is one hour unless units depart at times that differ in traffic."""

    hours: tuple[Hour, ...]
    hour_of: Int64 | None  # [units] index into hours; None: all in the first
    metric_version: str  # of all metrics, joined by "+"
    view: MetricView | None  # None: one metric, whatever the time
    departures_ms: Int64  # [units] ms since 1970
    later: Mapping[int, Situation] = field(default_factory=dict)  # by booked incident: departures for its wanted time

    @staticmethod
    def under_one_metric(
        incidents: Sequence[Incident], state: FleetState, promises: PromiseTable, now: datetime, version: str
    ) -> Situation:
        """Everybody departs under the state's metric."""
        intake = Intake.of(incidents, state, promises, now)
        hour = Hour(state, intake, np.empty(0, np.int64))
        return Situation((hour,), None, version, None, departures_ms(state, intake.now_ms))

    @staticmethod
    def by_hour(
        incidents: Sequence[Incident], state: FleetState, promises: PromiseTable, now: datetime, view: MetricView
    ) -> Situation:
        """Each unit departs under the metric of the moment at which it is free and mobilised.

        To somebody who is to be reached later it need not depart at once: it then does under that of the wanted time.
        """
        now_ms = to_ms(require_zone(now, field="now"))
        departures = departures_ms(state, now_ms)
        intake: Intake | None = None

        def taken_in(under: FleetState) -> Intake:
            nonlocal intake
            if intake is None:
                intake = Intake.of(incidents, under, promises, now, view)
                return intake
            return intake.under(under)

        whole = _departing(state, view, departures, now_ms, taken_in)
        booked = np.flatnonzero(whole.intake.jobs.earliest_ms > 0)
        if not booked.size:
            return whole
        wanted = now_ms + whole.intake.jobs.earliest_ms[booked]
        keys, group = view.snapshot.grouped(wanted)
        later: dict[int, Situation] = {}
        for number in range(len(keys)):
            mine = group == number
            then = _departing(state, view, departures_ms(state, now_ms, int(wanted[mine].min())), now_ms, taken_in)
            if not then.like(whole):
                later.update(dict.fromkeys(booked[mine].tolist(), then))
        version = "+".join(dict.fromkeys(each.metric_version for each in (whole, *later.values())))
        return replace(whole, later=later, metric_version=version)

    def like(self, other: Situation) -> bool:
        """Whether every unit departs under the same metrics as in another."""
        if len(self.hours) != len(other.hours):
            return False
        same = (
            a.state is b.state and np.array_equal(a.others, b.others)
            for a, b in zip(self.hours, other.hours, strict=True)
        )
        return self.exact and other.exact and all(same)

    @property
    def state(self) -> FleetState:
        """The fleet; under the first metric, so for everything that no travel time is part of."""
        return self.hours[0].state

    @property
    def intake(self) -> Intake:
        """The incidents; see `state`."""
        return self.hours[0].intake

    @property
    def exact(self) -> bool:
        """Whether every unit's own metric is that of its hour."""
        return all(hour.slow is None for hour in self.hours)

    def search(self, fastest: FastestRoads, taken: Int64 | None = None) -> UnitSearch:
        """The search for the cheapest units, each under its own metric; `taken` ones are left out."""
        if self.later:
            now = replace(self, later={})
            searches = {each: each.search(fastest, taken) for each in dict.fromkeys(self.later.values())}
            later = {index: searches[each] for index, each in self.later.items()}
            return BookedSearch(now.search(fastest, taken), later, len(self.intake))
        gone = np.empty(0, np.int64) if taken is None else taken
        parts = [
            CandidateSearch(h.state, h.intake, fastest.m_per_ms(h.state.metric), np.concatenate((gone, h.others)))
            for h in self.hours
        ]
        search = parts[0] if len(parts) == 1 else HourlySearch(parts)
        return search if self.exact else SettledSearch(search, self._settled, parts[0].costs, len(self.intake))

    def travel_to(self, index: int) -> Int32:
        """[units] ms from each unit to one incident, INF where there is no way.

        The direct way along one street is left out where it might be shorter: see `driving_ms`.
        """
        if index in self.later:
            return self.later[index].travel_to(index)
        times = np.full(len(self.state), INF, np.int32)
        for number, hour in enumerate(self.hours):
            mine = slice(None) if self.hour_of is None else self.hour_of == number
            found = many_to_one(hour.state.labels, hour.intake.labels, index)
            if hour.slow is not None:
                state, intake = hour.slow
                unsure = found != many_to_one(state.labels, intake.labels, index)
                unsure[hour.others] = False
                rows = np.flatnonzero(unsure)
                found[rows] = self._own_ms(rows, self._place(index, rows.size))
            times[mine] = found[mine]
        return times

    def all_driving_ms(self, index: int) -> Int32:
        """[units] as `travel_to`, the direct way along one street included."""
        travel = self.travel_to(index)
        arc = int(self.intake.positions.arc[index])
        street = [arc, int(self.state.region.network.arc_twin[arc])]
        near = np.flatnonzero(np.isin(self.state.positions.arc, [a for a in street if a >= 0]))
        if near.size:
            travel[near] = self.driving_ms(near, index)
        return travel

    def driving_ms(self, rows: Int64, index: int) -> Int32:
        """[rows] ms from some units to one incident, the direct way along one street included."""
        if index in self.later:
            return self.later[index].driving_ms(rows, index)
        place = self.intake.positions.take([index])

        def drive(state: FleetState, mine: Int64) -> Int32:
            region, units = state.region, state.positions.take(rows[mine])
            return travel_matrix(region.network, state.metric, units, place, graph=region.search_graph)[:, 0]

        return self._by_hour(rows, drive, self._place(index, rows.size))

    def travels_ms(self, rows: Int64, at: Int64) -> Int64:
        """[k] ms from unit rows[k] to incident at[k] as it departs now, all from labels; INF where there is no way."""
        times = np.full(rows.size, INF, np.int64)
        for number, hour in enumerate(self.hours):
            mine = self._of_hour(number, rows)
            times[mine] = travels_of(hour.state, hour.intake, rows[mine].astype(np.int32), at[mine])
        return self._settled(rows.astype(np.int32), at, times)

    def pairs_ms(self, rows: Int64, targets: Positions, incidents: Int64) -> Int32:
        """[k] ms from unit rows[i] to target i, a place of incidents[i], as they depart for it; INF: no way."""
        if self.later:
            times, now = np.empty(rows.size, np.int32), replace(self, later={})
            for situation in (now, *dict.fromkeys(self.later.values())):
                mine = np.array([self.later.get(i, now) is situation for i in incidents.tolist()], bool)
                if mine.any():
                    times[mine] = situation.pairs_ms(rows[mine], targets.take(np.flatnonzero(mine)), incidents[mine])
            return times

        def drive(state: FleetState, mine: Int64) -> Int32:
            return _pairs(state.region, state.metric, state.labels, state.positions, rows[mine], targets.take(mine))

        return self._by_hour(rows, drive, targets)

    def _by_hour(self, rows: Int64, drive: Callable[[FleetState, Int64], Int32], targets: Positions) -> Int32:
        """[rows] what `drive` finds in the state of each row's hour, or its own time where that may be another."""
        times = np.full(rows.size, INF, np.int32)
        for number, hour in enumerate(self.hours):
            mine = self._of_hour(number, rows)
            if not mine.size:
                continue
            times[mine] = drive(hour.state, mine)
            if hour.slow is not None:
                unsure = mine[times[mine] != drive(hour.slow[0], mine)]
                times[unsure] = self._own_ms(rows[unsure], targets.take(unsure))
        return times

    def _settled(self, rows: Int32, at: Int64, travels: Int64) -> Int64:
        """[k] travel time of unit rows[k] to incident at[k], given the least it may be."""
        times = travels.copy()
        for number, hour in enumerate(self.hours):
            if hour.slow is None:
                continue
            mine = self._of_hour(number, rows)
            unsure = mine[travels_of(*hour.slow, rows[mine], at[mine]) != travels[mine]]
            times[unsure] = self._own_ms(rows[unsure].astype(np.int64), self.intake.positions.take(at[unsure]))
        return times

    def _own_ms(self, rows: Int64, targets: Positions) -> Int32:
        """[k] ms from the unit of row i to target i under the very metric of its departure. O(metrics) to make them."""
        times = np.full(rows.size, INF, np.int32)
        if rows.size:
            assert self.view is not None
            keys, group = self.view.snapshot.grouped(self.departures_ms[rows])
            region = self.state.region
            for number, key in enumerate(keys):
                mine = np.flatnonzero(group == number)
                some, which = np.unique(rows[mine], return_inverse=True)
                metric, units = self.view.metric(key), self.state.positions.take(some)
                out = metric.labels_from(origin_seeds(region.network, metric.weights, units, region.search_graph))
                times[mine] = _pairs(region, metric, out, units, which, targets.take(mine))
        return times

    def _of_hour(self, number: int, rows: Int32 | Int64) -> Int64:
        """Indices of those rows whose units depart in an hour."""
        return np.arange(rows.size) if self.hour_of is None else np.flatnonzero(self.hour_of[rows] == number)

    def _place(self, index: int, count: int) -> Positions:
        return self.intake.positions.take(np.full(count, index))

    def closures_before(self, index: int, row: int) -> list[str]:
        """Ids of the traffic entries that close roads on the free-flow path of a unit to an incident."""
        if self.view is None:
            return []
        if index in self.later:
            return self.later[index].closures_before(index, row)
        unit, place = self.state.positions.take([row]), self.intake.positions.take([index])
        departure = int(self.departures_ms[row])
        return closures_between(self.state.region, self.view.snapshot, unit, place, departure)


def _departing(
    state: FleetState, view: MetricView, departures: Int64, now_ms: int, taken_in: Callable[[FleetState], Intake]
) -> Situation:
    """Each unit under the metric of its departure; ``taken_in`` gives the incidents under a state."""
    spans, span_of = view.spans(departures if departures.size else np.array([now_ms]))
    bounds = [view.bounds(span) for span in spans]
    distinct = list(dict.fromkeys(bounds))  # hours alike are searched together
    hour_of = np.array([distinct.index(each) for each in bounds])[span_of[: departures.size]]
    hours = []
    for number, (fast, slow) in enumerate(distinct):
        under, slower = state.under(fast), None if slow is fast else state.under(slow)
        others = np.flatnonzero(hour_of != number)
        hours.append(Hour(under, taken_in(under), others, None if slower is None else (slower, taken_in(slower))))
    version = "+".join(span.name for span in spans)
    return Situation(tuple(hours), hour_of if len(distinct) > 1 else None, version, view, departures)


def departures_ms(state: FleetState, now_ms: int, wanted_ms: int | None = None) -> Int64:
    """[units] ms since 1970 at which each unit is free and mobilised, but not before a wanted time.

    Now, or the wanted time, for those that are too late for anything.
    """
    begin = now_ms if wanted_ms is None else wanted_ms
    ready = now_ms + state.arrays.ready_ms(now_ms)
    latest = begin + round(state.policy.limits.max_wait_minutes * 60_000)
    return np.where(ready > latest, begin, np.maximum(ready, begin))


def _pairs(region: Region, metric: Metric, out: Labels, units: Positions, rows: Int64, targets: Positions) -> Int32:
    """[k] ms from unit row i to target i; `out` labels all `units` under the metric. O(k) labels and label scans."""
    network = region.network
    into = metric.labels_to(destination_seeds(network, metric.weights, targets, region.search_graph))
    times = direct_ms(network, metric.weights, units.take(rows), targets)
    for row in np.unique(rows):
        mine = np.flatnonzero(rows == row)
        some = replace(into, deep=frozen(into.deep[mine], np.uint32), start=frozen(into.start[mine], np.int64))
        times[mine] = np.minimum(times[mine], one_to_many(out, int(row), some))
    return times
