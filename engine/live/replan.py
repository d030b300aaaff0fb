"""Planning again in the background: everything that is not promised or under way yet, within a share of a core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace as with_
from datetime import datetime, timedelta
from typing import Any

from engine.decision import Plan
from engine.dispatch import Dispatcher
from engine.fleet.state import FleetState
from engine.live.commands.upkeep import Move, Replan
from engine.live.desk import asked_for, parts_of
from engine.live.records import IncidentRecord, Leg, LegState
from engine.model import Incident, Unit
from engine.tours.size import Tours

#: A leg by the id that the optimiser knows it by.
Legs = dict[str, tuple[str, int, str]]


def free_legs(records: Iterable[IncidentRecord], dispatcher: Dispatcher, now: datetime) -> tuple[list[Incident], Legs]:
    """What may still be planned otherwise, as incidents with the unit they have; and which leg each is."""
    rules = dispatcher.policy.live
    lead, settle = timedelta(minutes=rules.booking_lead_minutes), timedelta(seconds=rules.settle_seconds)
    weight = dispatcher.policy.priority.of
    records = list(records)
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


def _settled(leg: Leg, settle: timedelta, now: datetime) -> bool:
    """Whether a unit was told long enough ago to be told otherwise: its crew is not to be sent here and there."""
    return leg.state is LegState.WAITING or leg.since is None or now - leg.since >= settle


def plan_again(
    dispatcher: Dispatcher,
    records: list[IncidentRecord],
    state: FleetState,
    engaged: Mapping[str, str],
    declared: Mapping[str, Unit],
    now: datetime,
    checkpoint: Callable[[], None] | None = None,
) -> Replan | None:
    """A better plan than the one there is, or None when that is as good.

    ``engaged``: the incident that each unit is busy with in ``state``; ``declared``: these units as they are when
    nobody has them, which is how those with a loose leg alone are planned for.
    """
    wanted, legs = free_legs(records, dispatcher, now)
    if not wanted:
        return None
    back = [
        declared[had]
        for incident, _, had in legs.values()
        if had in declared and engaged.get(had) == incident  # not one that works on another incident first
    ]
    known = state.row_of
    wanted = [
        with_(i, assigned_unit_id=None) if i.assigned_unit_id and i.assigned_unit_id not in known else i for i in wanted
    ]
    if back:
        state = state.updated(units=back)
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
    moves = _moves(plan, legs, _spoken_for(records, loose))
    return Replan(tuple(moves), plan.solver) if moves else None


def _spoken_for(records: Iterable[IncidentRecord], loose: set[tuple[str, int]]) -> set[str]:
    """Units that were told of an incident, or asked, and have not said yes yet: nobody follows on that."""
    found = {offer.unit for record in records for offer in record.open_offers()}
    return found | {
        leg.unit
        for record in records
        for k, leg in enumerate(record.legs)
        if leg.state is LegState.ASSIGNED and (record.id, k) not in loose
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
