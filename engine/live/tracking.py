"""Arrivals of units, reckoned again as they move: when, how sure, and whom to warn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Protocol

from msgspec.structs import replace

from engine.dispatch import Dispatcher
from engine.live.arriving import BEFORE, Coming, Leaving, after, end_of, expected, own_way
from engine.live.records import IncidentRecord, Leg, LegState, ends_at, legs_with
from engine.live.turns import stops
from engine.model import Unit
from graphs.errors import TowlineError

#: Legs reckoned in one go: travel times of all pairs of them cost less than asking one by one.
TOGETHER = 48
TRACKED = BEFORE | {LegState.UNDER_WAY}
WORKED = frozenset({LegState.ON_SCENE, LegState.TOWING})
NO_ROAD = "no open road leads there"


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
    arrives_at: datetime | None  # None: nobody can say
    probability: float
    observed_at: datetime | None  # None: never, or the unit has something else to do first
    given: int = 0  # as the leg's: what was reckoned counts for as long as the unit keeps it
    why: str = ""  # why nobody can say

    def of(self, leg: Leg) -> bool:
        """Whether it is about the unit that the leg has, since it has it."""
        return self.unit == leg.unit and self.given == leg.given


@dataclass(frozen=True, slots=True)
class Tracked:
    """A leg whose unit is on its way, or soon will be."""

    record: IncidentRecord
    k: int
    unit: Unit
    observed_at: datetime | None
    before: IncidentRecord | None = None  # what its unit does right before
    turn: int = 0  # how many incidents its unit does before

    @property
    def leg(self) -> Leg:
        return self.record.legs[self.k]


def tracked(records: Iterable[IncidentRecord], fleet: TrackedFleet) -> list[Tracked]:
    """The legs to be reckoned; those that their unit comes to after other incidents after those."""
    records = [record for record in records if record.need is not None and not record.closed]
    turns = {
        (unit, record.id): (has[k - 1], k) for unit, has in stops(records).items() for k, record in enumerate(has) if k
    }
    found: list[Tracked] = []
    for record in records:
        for k, leg in enumerate(record.legs):
            if leg.state not in TRACKED:
                continue
            unit = fleet.find(leg.unit)
            if unit is None:
                continue
            before, turn = turns.get((leg.unit, record.id), (None, 0))
            seen = None if turn else fleet.observed.get(leg.unit)
            found.append(Tracked(record, k, unit, seen, before, turn))
    return sorted(found, key=lambda each: each.turn)


def arrivals(dispatcher: Dispatcher, legs: Sequence[Tracked], now: datetime) -> list[Arrival]:
    """Expected arrivals, by the traffic of now; also of those that no road leads to any more (never, surely late)."""
    found: list[Arrival] = []
    known: dict[tuple[str, int], Arrival] = {}
    for _, some in groupby(sorted(legs, key=lambda each: each.turn), lambda each: each.turn):
        reckoned = _each(dispatcher, list(some), now, known)
        known.update({(each.incident, each.leg): each for each in reckoned})
        found += reckoned
    return found


def _each(
    dispatcher: Dispatcher, legs: Sequence[Tracked], now: datetime, known: Mapping[tuple[str, int], Arrival]
) -> list[Arrival]:
    found: list[Arrival] = []
    for begin in range(0, len(legs), TOGETHER):
        some = legs[begin : begin + TOGETHER]
        try:
            found += _together(dispatcher, some, now, known)
        except TowlineError:
            for each in some:
                try:
                    found += _together(dispatcher, [each], now, known)
                except TowlineError:
                    found.append(_lost(each, NO_ROAD))
    return found


def _together(
    dispatcher: Dispatcher, legs: Sequence[Tracked], now: datetime, known: Mapping[tuple[str, int], Arrival]
) -> list[Arrival]:
    never: list[Arrival] = []
    ways: list[tuple[Tracked, Coming]] = []
    for each in legs:
        if why := _never(each, known):
            never.append(_lost(each, why))
        elif (way := _way(dispatcher, each, now, known)) is not None:
            ways.append((each, way))
    found = expected(dispatcher, [way for _, way in ways], now) if ways else []
    return never + [
        _lost(each, NO_ROAD) if one is None else _arrival(each, one.arrives_at, one.probability)
        for (each, _), one in zip(ways, found, strict=True)
    ]


def _never(each: Tracked, known: Mapping[tuple[str, int], Arrival]) -> str:
    """Why a unit does not come, whatever the roads; empty: it does."""
    unfit = each.leg.unfit if each.leg.state in BEFORE else ""
    if unfit or each.before is None:
        return unfit
    k = legs_with(each.before, each.unit.id)
    before = known.get((each.before.id, k[0])) if k else None
    return f"first it has incident {each.before.id}, and {before.why}" if before is not None and before.why else ""


def _lost(each: Tracked, why: str) -> Arrival:
    return _arrival(each, None, 0.0, why)


def _arrival(each: Tracked, arrives: datetime | None, probability: float, why: str = "") -> Arrival:
    leg = each.leg
    return Arrival(
        each.record.id, each.k, each.unit.id, leg.state, arrives, probability, each.observed_at, leg.given, why
    )


def _way(
    dispatcher: Dispatcher, each: Tracked, now: datetime, known: Mapping[tuple[str, int], Arrival]
) -> Coming | None:
    if each.record.promise is None or each.record.need is None:
        return None
    return Coming(_leaving(dispatcher, each, now, known), each.record.need.location, each.record.promise.due_at)


def _leaving(dispatcher: Dispatcher, each: Tracked, now: datetime, known: Mapping[tuple[str, int], Arrival]) -> Leaving:
    if each.before is None:
        return own_way(dispatcher.policy, each.unit, each.leg, now, each.observed_at)
    before = as_expected(each.before, known)
    ends, place = end_of(before, before.legs[legs_with(before, each.unit.id)[0]])
    return after(dispatcher.policy, each.unit, ends, place, now)


def as_expected(
    record: IncidentRecord, known: Mapping[tuple[str, int], Arrival], now: datetime | None = None
) -> IncidentRecord:
    """The incident with arrivals as they were reckoned last, where its units have not come yet.

    ``now``: work that takes longer than expected does not end before. Without an arrival its end stays as it was told.
    """
    legs = list(record.legs)
    for k, leg in enumerate(legs):
        if now is not None and leg.state in WORKED and leg.ends_at is not None and leg.ends_at < now:
            legs[k] = replace(leg, ends_at=now)
        found = known.get((record.id, k))
        if found is None or leg.state not in TRACKED or not found.of(leg):
            continue
        ends = leg.ends_at if found.arrives_at is None else ends_at(record, leg, found.arrives_at)
        legs[k] = replace(leg, arrives_at=found.arrives_at, probability=found.probability, ends_at=ends)
    return record if legs == list(record.legs) else replace(record, legs=tuple(legs))
