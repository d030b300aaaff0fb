"""When units arrive, and how sure that is, as live state reckons it: by the traffic of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as with_
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine.arrival.model import ArrivalModel, Ready
from engine.decision import Candidate
from engine.dispatch import Dispatcher
from engine.live.records import IncidentRecord, Leg, LegState, legs_with
from engine.live.turns import waits
from engine.model import Incident, Location, Unit, UnitStatus
from engine.policy import Policy
from engine.times import to_ms
from graphs.search import INF

if TYPE_CHECKING:
    from engine.live.choosing import Choosing
    from engine.live.desk import Desk

#: A position may be that old before the way driven since is taken into account.
FRESH = timedelta(seconds=5)
#: Of a unit that has not set off: what is left of its mobilisation comes on top.
BEFORE = frozenset({LegState.ASSIGNED, LegState.OFFERED, LegState.ACCEPTED})
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where a unit sets off, and in what time from now: as expected, at the soonest, and its standard deviation."""

    place: Location
    ready: timedelta = NONE
    soonest: timedelta = NONE
    spread: timedelta = NONE
    seen_at: datetime | None = None  # of one under way: since when it has driven from there

    def numbers(self) -> Ready:
        """In ms."""
        expected, soonest, spread = (1000 * each.total_seconds() for each in (self.ready, self.soonest, self.spread))
        return round(expected), round(soonest), spread


@dataclass(frozen=True, slots=True)
class Coming:
    """A unit's way to an incident."""

    leaving: Leaving
    target: Location
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """When a unit is there, after so long on the road, and the probability that it is by the promise."""

    arrives_at: datetime
    travel: timedelta
    probability: float


def own_way(policy: Policy, unit: Unit, leg: Leg, now: datetime, observed_at: datetime | None = None) -> Leaving:
    """From where a unit is to the incident that it does next; ``unit`` as it was stored, not as it is engaged.

    Only one under way has driven on since it was seen. Who has not set off does so when it is free of what its provider
    says that it does, on shift, not resting and mobilised.
    """
    if leg.state not in BEFORE:
        seen_at = observed_at if observed_at is None or leg.since is None else max(observed_at, leg.since)
        return Leaving(unit.location, seen_at=seen_at)
    begins = leg.since if leg.state is LegState.ACCEPTED and leg.since is not None else now
    busy, place = NONE, unit.location
    if unit.status is UnitStatus.BUSY and unit.free_at is not None:
        busy, place = max(NONE, unit.free_at - now), unit.free_location or place
        begins = max(begins, unit.free_at)
    begins = rested(unit, begins if unit.shift_start is None else max(begins, unit.shift_start), now)
    ready = max(NONE, begins + unit.mobilisation - now)
    return Leaving(place, ready, min(ready, unit.mobilisation) if busy else ready, policy.arrival.busy_spread * busy)


def rested(unit: Unit, at: datetime, now: datetime) -> datetime:
    """When a unit that could set off then, or now, does so: not while it rests."""
    for rest in sorted(unit.breaks, key=lambda rest: rest.start):
        at = rest.end if rest.start <= max(at, now) < rest.end else at
    return at


def after(policy: Policy, unit: Unit, ends_at: datetime, place: Location, now: datetime) -> Leaving:
    """From where a unit will be free, at a time that is as uncertain as that of any busy unit (docs/arrival.md)."""
    busy = max(NONE, ends_at - now)
    rest = rested(unit, now + busy, now) - (now + busy)
    soonest = rest + unit.mobilisation
    return Leaving(place, busy + soonest, soonest, policy.arrival.busy_spread * busy)


def end_of(record: IncidentRecord, leg: Leg) -> tuple[datetime, Location]:
    """When and where a unit has done a leg that it has, as expected."""
    assert record.need is not None
    return leg.ends_at or leg.arrives_at or record.received_at, leg.ends_in or record.need.location


def free_of(record: IncidentRecord, unit: str) -> tuple[datetime, Location]:
    """When and where a unit is free of an incident, as expected."""
    mine = legs_with(record, unit)
    return end_of(record, record.legs[mine[0] if mine else 0])  # without a leg: it is asked beside another


def expected(dispatcher: Dispatcher, ways: Sequence[Coming], now: datetime) -> list[Expected | None]:
    """[k] of each way; None where no road leads. Raises the error of a place that cannot be used."""
    origins = dispatcher.positions([each.leaving.place for each in ways])
    targets = dispatcher.positions([each.target for each in ways])
    times = dispatcher.durations(origins, targets, now if dispatcher.metrics is not None else None)
    model = ArrivalModel.of(dispatcher.policy)
    return [_one(model, each, int(times[k, k]), now) for k, each in enumerate(ways)]


def _one(model: ArrivalModel, way: Coming, travel_ms: int, now: datetime) -> Expected | None:
    if travel_ms >= INF:
        return None
    leaving, travel = way.leaving, timedelta(milliseconds=travel_ms)
    arrives = now + leaving.ready + travel
    if leaving.seen_at is not None and not leaving.ready and now - leaving.seen_at > FRESH:
        arrives = max(now, leaving.seen_at + travel)  # it has driven on since, as far as anybody knows
    left_ms = max(0, round(1000 * (arrives - now - leaving.ready).total_seconds()))
    return Expected(arrives, travel, model.kept(leaving.numbers(), left_ms, to_ms(way.due_at) - to_ms(now)))


def _kept_by(desk: Desk, engaged: frozenset[str], unit_id: str) -> IncidentRecord | None:
    """What a unit has that it does before anything else: not a booking that it has not set off to."""
    records = (desk.head.incident(each) for each in engaged)
    return next((record for record in records if waits(record, unit_id) is None), None)


def coming(desk: Desk, choosing: Choosing, record: IncidentRecord, part: Incident, unit_id: str) -> Candidate | None:
    """What a unit means for a part of an incident, also for one that it has: the fleet has it busy with that then.

    Nor does it wait for one that it is not engaged with any more. None when no road leads there.
    """
    found, busy = choosing.of_unit(part, unit_id), desk.fleet.engaged.get(unit_id)
    mine, engaged = legs_with(record, unit_id), desk.head.engaged(unit_id)
    if found is None or busy is None or (not mine and engaged.issuperset(busy)):
        return found
    unit, first = desk.unit(unit_id), desk.before(unit_id, record) if mine else _kept_by(desk, engaged, unit_id)
    before = legs_with(first, unit_id) if first is not None else []
    if first is not None and before:
        leaving = after(desk.policy, unit, *end_of(first, first.legs[before[0]]), desk.now)
    else:
        leaving = own_way(desk.policy, unit, record.legs[mine[0]] if mine else Leg(state=LegState.ASSIGNED), desk.now)
    due = choosing.promise(part).due_at
    (there,) = expected(desk.dispatcher, [Coming(leaving, part.location, due)], desk.now)
    if there is None:
        return None
    return with_(
        found,
        departs_at=desk.now + leaving.ready,
        arrives_at=there.arrives_at,
        travel=there.travel,
        slack=due - there.arrives_at,
        promise_probability=there.probability,
    )
