"""Arrivals of units on their way, reckoned again as they move: when, how sure, and whom to warn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from engine.arrival.model import ArrivalModel
from engine.dispatch import Dispatcher
from engine.live.records import IncidentRecord, Leg, LegState, ends_at
from engine.model import Location, Unit
from engine.times import to_ms
from graphs.errors import TowlineError
from graphs.search import INF

#: Legs reckoned in one go: travel times of all pairs of them cost less than asking one by one.
TOGETHER = 48
#: A position may be that old before the way driven since is taken into account.
FRESH = timedelta(seconds=5)
#: Of a unit that has not set off: what is left of its mobilisation comes on top.
_BEFORE = frozenset({LegState.ASSIGNED, LegState.OFFERED, LegState.ACCEPTED})
TRACKED = _BEFORE | {LegState.UNDER_WAY}


class TrackedFleet(Protocol):
    """The fleet: `engine.server.fleet_store.FleetSnapshot`."""

    @property
    def observed(self) -> Mapping[str, datetime]: ...
    def find(self, unit_id: str) -> Unit | None: ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is expected of one leg, now."""

    incident: str
    leg: int
    unit: str
    state: LegState
    arrives_at: datetime
    probability: float
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tracked:
    """A leg whose unit is on its way, or soon will be."""

    record: IncidentRecord
    k: int
    unit: Unit
    place: Location  # of the incident
    observed_at: datetime | None

    @property
    def leg(self) -> Leg:
        return self.record.legs[self.k]


def tracked(records: Iterable[IncidentRecord], fleet: TrackedFleet, present: Mapping[str, str]) -> list[Tracked]:
    """The legs to be reckoned; those whose unit works on another incident first (``present``) are left out."""
    found = []
    for record in records:
        if record.need is None or record.closed:
            continue
        for k, leg in enumerate(record.legs):
            if leg.state not in TRACKED or present.get(leg.unit, record.id) != record.id:
                continue
            unit = fleet.find(leg.unit)
            if unit is not None:
                found.append(Tracked(record, k, unit, record.need.location, fleet.observed.get(leg.unit)))
    return found


def arrivals(dispatcher: Dispatcher, legs: Sequence[Tracked], now: datetime) -> list[Arrival]:
    """Expected arrivals, by the traffic of now. Legs whose places cannot be used any more are left out."""
    found: list[Arrival] = []
    for begin in range(0, len(legs), TOGETHER):
        some = legs[begin : begin + TOGETHER]
        try:
            found += _together(dispatcher, some, now)
        except TowlineError:
            for each in some:
                try:
                    found += _together(dispatcher, [each], now)
                except TowlineError:
                    continue
    return found


def _together(dispatcher: Dispatcher, legs: Sequence[Tracked], now: datetime) -> list[Arrival]:
    origins = dispatcher.positions([each.unit.location for each in legs])
    targets = dispatcher.positions([each.place for each in legs])
    times = dispatcher.durations(origins, targets, now if dispatcher.metrics is not None else None)
    model = ArrivalModel.of(dispatcher.policy)
    found = []
    for k, each in enumerate(legs):
        travel = int(times[k, k])
        if travel >= INF or each.record.promise is None:
            continue
        ready = _ready(each, now)
        arrives = now + ready + timedelta(milliseconds=travel)
        if each.observed_at is not None and not ready and now - each.observed_at > FRESH:
            # it has driven on since, as far as anybody knows
            arrives = max(now, each.observed_at + timedelta(milliseconds=travel))
        left_ms = max(0, round((arrives - now - ready).total_seconds() * 1000))
        ready_ms = round(ready.total_seconds() * 1000)
        due_ms = to_ms(each.record.promise.due_at) - to_ms(now)
        found.append(
            Arrival(
                each.record.id,
                each.k,
                each.unit.id,
                each.leg.state,
                arrives,
                model.kept((ready_ms, ready_ms, 0.0), left_ms, due_ms),
                each.observed_at,
            )
        )
    return found


def _ready(each: Tracked, now: datetime) -> timedelta:
    """What is left of the time from accepting to moving."""
    if each.leg.state not in _BEFORE:
        return timedelta(0)
    since = each.leg.since if each.leg.state is LegState.ACCEPTED and each.leg.since is not None else now
    return max(timedelta(0), since + each.unit.mobilisation - now)


def as_expected(record: IncidentRecord, expected: Mapping[tuple[str, int], Arrival]) -> IncidentRecord:
    """The incident with arrivals as they were reckoned last, where its units have not come yet."""
    legs = list(record.legs)
    for k, leg in enumerate(legs):
        found = expected.get((record.id, k))
        if found is None or leg.state not in TRACKED or found.unit != leg.unit:
            continue
        ends = ends_at(record, leg, found.arrives_at)
        legs[k] = replace(leg, arrives_at=found.arrives_at, probability=found.probability, ends_at=ends)
    return record if legs == list(record.legs) else replace(record, legs=tuple(legs))
