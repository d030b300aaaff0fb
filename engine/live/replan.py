"""Planning again in the background: everything that is not promised or under way yet, within a share of a core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace as with_
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from engine.decision import Plan
from engine.dispatch import Dispatcher
from engine.fleet.state import FleetState
from engine.live.arriving import free_of
from engine.live.commands.upkeep import Move, Replan
from engine.live.parts import parts_of
from engine.live.records import IncidentRecord, Leg, LegState, asked_for, legs_with
from engine.live.turns import at_work, keep, stops, waits
from engine.model import Incident, Unit, UnitStatus
from engine.tours.size import ROOM_MS, Tours

#: By unit, its incidents, in turn.
Engaged = Mapping[str, tuple[str, ...]]
#: A leg by the id that the optimiser knows it by.
Legs = dict[str, tuple[str, int, str]]


def free_legs(records: Iterable[IncidentRecord], dispatcher: Dispatcher, now: datetime) -> tuple[list[Incident], Legs]:
    """What may still be planned otherwise, as incidents with the unit they have; and which leg each is.

    A booking whose unit does something else first stays with it, until that has begun.
    """
    rules = dispatcher.policy.live
    lead, settle = timedelta(minutes=rules.booking_lead_minutes), timedelta(seconds=rules.settle_seconds)
    weight = dispatcher.policy.priority.of
    records = list(records)
    later = _later(records)
    urgent = max(
        (weight(r.need.priority) for r in records if r.need and any(leg.state is LegState.WAITING for leg in r.legs)),
        default=0.0,
    )
    wanted: list[Incident] = []
    legs: Legs = {}
    for record in records:
        if record.closed or record.need is None:
            continue
        if record.need.earliest is not None and record.need.earliest - lead > now:
            continue
        loose = [
            k
            for k, leg in enumerate(record.legs)
            if leg.state in (LegState.WAITING, LegState.ASSIGNED)
            and not leg.held
            and (record.id, leg.unit) not in later
            and (_settled(leg, settle, now) or weight(record.need.priority) < urgent)
            and asked_for(record, k) < dispatcher.policy.offers.most  # else a person must decide
        ]
        if not loose:
            continue
        parts = parts_of(record)
        for k in loose:
            had = record.legs[k].unit
            wanted.append(with_(parts[k], assigned_unit_id=had or None))
            legs[parts[k].id] = (record.id, k, had)
    return wanted, legs


def _later(records: list[IncidentRecord]) -> set[tuple[str, str]]:
    """Incidents, with their units, that come after one that has not begun: such a pair is not taken apart."""
    return {
        (later.id, unit)
        for unit, has in stops(records).items()
        for first, later in pairwise(has)
        if not at_work(first, unit)
    }


def _settled(leg: Leg, settle: timedelta, now: datetime) -> bool:
    """Whether a unit was told long enough ago to be told otherwise: its crew is not to be sent here and there."""
    return leg.state is LegState.WAITING or leg.since is None or now - leg.since >= settle


def plan_again(
    dispatcher: Dispatcher,
    records: list[IncidentRecord],
    state: FleetState,
    engaged: Engaged,
    declared: Mapping[str, Unit],
    now: datetime,
    checkpoint: Callable[[], None] | None = None,
) -> Replan | None:
    """A better plan than the one there is, or None when that is as good.

    ``engaged``: the incidents that each unit is busy with in ``state``, in turn; ``declared``: these units as they are
    when nobody has them, which is how those with a loose leg alone are planned for.
    """
    wanted, legs = free_legs(records, dispatcher, now)
    if not wanted:
        return None
    room = _with_room(records, engaged, declared, now)
    back = {**room, **_given_back(records, legs, engaged, declared, now)}
    known = state.row_of
    wanted = [
        with_(i, assigned_unit_id=None) if i.assigned_unit_id and i.assigned_unit_id not in known else i for i in wanted
    ]
    if back:
        state = state.updated(units=back.values())
    plan = dispatcher.optimize(
        wanted,
        state,
        now,
        deadline_s=dispatcher.policy.live.replan_seconds,
        runners_up=0,
        tours=Tours.AUTO,
        checkpoint=checkpoint,
    )
    loose = {(incident, k) for incident, k, _ in legs.values()}
    moves = _moves(plan, legs, _spoken_for(records, loose) - room.keys())
    return Replan(tuple(moves), plan.solver) if moves else None


def _given_back(
    records: Iterable[IncidentRecord],
    legs: Legs,
    engaged: Engaged,
    declared: Mapping[str, Unit],
    now: datetime,
) -> dict[str, Unit]:
    """Units that the fleet has busy with what the plan may give to others, as they are without that."""
    before = {(later.id, unit): first for unit, has in stops(records).items() for first, later in pairwise(has)}
    found: dict[str, Unit] = {}
    for incident, _, had in legs.values():
        first = before.get((incident, had))
        if had not in declared:
            continue
        (busy, *_) = engaged.get(had) or ("",)
        if busy == incident:
            found[had] = declared[had]
        elif first is not None and busy == first.id:  # it works on that before
            ends, place = free_of(first, had)
            found[had] = with_(declared[had], status=UnitStatus.BUSY, free_at=max(ends, now), free_location=place)
    return found


def _with_room(
    records: Iterable[IncidentRecord],
    engaged: Engaged,
    declared: Mapping[str, Unit],
    now: datetime,
) -> dict[str, Unit]:
    """Units that bookings of later keep; what is done in time is looked at when it is given."""
    several = stops(records)
    kept = {unit: [record] for record in records for unit in {leg.unit for leg in record.legs} & declared.keys()}
    found: dict[str, Unit] = {}
    for unit, has in kept.items():
        has = several.get(unit, has)
        wanted = waits(has[0], unit) if engaged.get(unit) == tuple(record.id for record in has) else None
        if wanted is not None and keep(has, unit) and wanted - now > timedelta(milliseconds=ROOM_MS):
            found[unit] = declared[unit]
    return found


def _spoken_for(records: Sequence[IncidentRecord], loose: set[tuple[str, int]]) -> set[str]:
    """Units that were told of an incident, or asked, and have not said yes yet: nobody follows on that.

    What comes after something loose speaks for nobody: it stays behind what its unit is given, or gives way.
    """
    asked = {offer.unit for record in records for offer in record.open_offers()}
    firsts = {unit: has[0] for unit, has in stops(records).items()}
    open_ = {unit for unit, first in firsts.items() if any((first.id, k) in loose for k in legs_with(first, unit))}
    return asked | {
        leg.unit
        for record in records
        for k, leg in enumerate(record.legs)
        if leg.state is LegState.ASSIGNED and (record.id, k) not in loose and leg.unit not in open_
    }


def _moves(plan: Plan, legs: Legs, spoken_for: set[str]) -> list[Move]:
    moves: list[Move] = []
    given: set[str] = set()
    for assignment in plan.assignments:
        if assignment.position != 1:
            continue  # it waits for its unit: nothing is said to anybody yet
        incident, leg, had = legs[assignment.incident_id]
        if assignment.chosen.unit_id != had and assignment.chosen.unit_id not in spoken_for:
            moves.append(Move(incident, leg, had, assignment.chosen))
            given.add(assignment.chosen.unit_id)
    placed = {a.incident_id for a in plan.assignments if a.position == 1}
    left = [leg for key, leg in legs.items() if key not in placed]
    # who keeps a unit in no plan gives it up only to somebody who gets it
    moves += [Move(incident, leg, had, None) for incident, leg, had in left if had in given]
    return moves


def declared_units(snapshot: Any) -> dict[str, Unit]:
    """Units as they are stored, of those that the snapshot has busy with an incident."""
    return {unit: found for unit in snapshot.engaged if (found := snapshot.find(unit)) is not None}
