"""Work that fits before a booking: its unit counts as free until it must leave, and is given work that ends in time.

A later booking of the unit gives way to that, and is planned again. Where all that is not enough, a call that nobody
else would reach in time takes the unit of a booking that can have another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from engine.cost import UNITS_PER_MINUTE
from engine.decision import Candidate
from engine.explain import why_lost
from engine.fleet.cells import unit_vectors
from engine.fleet.state import FleetState
from engine.live.arriving import Coming, after, end_of, expected, own_way
from engine.live.attending import free_or_booked
from engine.live.choosing import RUNNERS_UP, Pick
from engine.live.parts import parts_of
from engine.live.records import WORKING, IncidentRecord, Leg, LegState, legs_with
from engine.live.turns import in_turn, may_lose, waits
from engine.model import Incident, Unit
from graphs.errors import TowlineError

if TYPE_CHECKING:
    from engine.live.desk import Desk

#: Bookings whose unit a call might take that are looked at, the cheapest unit first.
MOST_ASKED = 3
#: Units that have come free and are not shown so yet that are looked at for a call, the nearest first.
MOST_STALE = 8

#: Of a fleet, the units that were made free last, and the fleet with them: batches come faster than fleets change.
_FREE: WeakKeyDictionary[FleetState, tuple[frozenset[str], FleetState]] = WeakKeyDictionary()


def stands_off(desk: Desk, booking: IncidentRecord, unit: str) -> bool:
    """Whether a unit that a booking keeps may do something before it, if that fits."""
    wanted = waits(booking, unit)
    return wanted is not None and wanted - _margin(desk) > desk.now


def _margin(desk: Desk) -> timedelta:
    return timedelta(minutes=desk.policy.live.booking_margin_minutes)


def first_of(desk: Desk, unit: str) -> IncidentRecord:
    """What a unit that has something does first."""
    return in_turn((desk.head.incident(each) for each in desk.head.engaged(unit)), unit)[0]


def gives_way(desk: Desk, unit: str, record: IncidentRecord) -> tuple[IncidentRecord, int] | None:
    """The later one of a unit's two bookings, and by which leg: it gives way to an incident that the unit does before
    both, if nobody has said yes to it or chose the unit by hand, and it is no more urgent."""
    weight, engaged = desk.policy.priority.of, desk.head.engaged(unit)
    if len(engaged) < 2 or record.id in engaged or record.need is None:
        return None
    has = in_turn((desk.head.incident(each) for each in engaged), unit)
    last, k = has[-1], may_lose(has[-1], unit)
    if k is None or last.need is None or any(waits(each, unit) is None for each in has):
        return None
    return None if weight(last.need.priority) > weight(record.need.priority) else (last, k)


def with_room(desk: Desk) -> tuple[FleetState, frozenset[str]]:
    """The fleet with those units free that a booking of later keeps busy; and which these are. O(units) if any are."""
    state, free = desk.fleet.state, dict[str, Unit]()
    for unit in desk.head.booked() | desk.freed:
        busy = desk.fleet.engaged.get(unit, ())
        if unit in desk.freed:
            free_now = bool(busy) and free_or_booked(desk, unit)
        else:
            alone = bool(busy) and desk.head.engaged(unit) == set(busy)
            free_now = alone and stands_off(desk, first_of(desk, unit), unit)
        if free_now:
            found = desk.fleet.find(unit)
            if found is not None:
                free[unit] = found
    if not free:
        return state, frozenset()
    which = frozenset(free)
    known = _FREE.get(state)
    if known is None or known[0] != which:
        known = _FREE[state] = which, state.updated(units=free.values())
    return known[1], which


def may_have(desk: Desk, unit: str, record: IncidentRecord, part: Incident) -> bool:
    """Whether a unit can be given a part of an incident: it has none; or works on one and has none to follow; or is
    kept by a booking, which this one fits before, and has none behind that or one that gives way."""
    engaged = desk.head.engaged(unit)
    if not engaged:
        return True
    if record.id in engaged:
        return False
    other, alone = first_of(desk, unit), len(engaged) == 1
    has_room = stands_off(desk, other, unit) and (alone or gives_way(desk, unit, record) is not None)
    if has_room and fits(desk, part, unit, other):
        return True
    if not alone:
        return False
    if follows(desk, part, unit, other):
        return True
    working = legs_with(other, unit)
    if not working or any(offer.unit == unit for offer in other.open_offers()):
        return False
    if stands_off(desk, other, unit) or unit in desk.made_free or desk.fleet.engaged.get(unit) != (other.id,):
        return False  # the fleet that is looked at does not say when it is free of that
    return all(other.legs[k].state in WORKING for k in working)


def fits(desk: Desk, part: Incident, unit: str, booking: IncidentRecord) -> bool:
    """Whether a unit can do an incident, and be at its booking in time and with the probability that policy wants."""
    wanted, choosing = waits(booking, unit), desk.choosing([part])
    work, ends_in = choosing.job(part)
    if wanted is None or booking.need is None or booking.promise is None or desk.now + work + _margin(desk) > wanted:
        return False
    found = choosing.of_unit(part, unit)
    if found is None:
        return False
    ends = (found.arrives_at if part.earliest is None else max(found.arrives_at, part.earliest)) + work
    leaving = after(desk.policy, desk.unit(unit), ends, ends_in or part.location, desk.now)
    return _well_before(desk, Coming(leaving, booking.need.location, booking.promise.due_at), wanted)


def _well_before(desk: Desk, way: Coming, wanted: datetime) -> bool:
    """Whether a unit is at a booking by the time it is wanted, with the margin and as surely as policy wants it."""
    (there,) = expected(desk.dispatcher, [way], desk.now)
    return (
        there is not None
        and there.arrives_at + _margin(desk) <= wanted
        and there.probability >= desk.policy.live.booking_probability
    )


def before_booking(desk: Desk, record: IncidentRecord, part: Incident, found: Candidate) -> Candidate | None:
    """What a plan gives a call, where a booking keeps the unit: it goes there first. None when it would come after
    the booking, later than its promise."""
    has = desk.head.engaged(found.unit_id)
    wanted = waits(first_of(desk, found.unit_id), found.unit_id) if has else None
    if wanted is None or part.earliest is not None:
        return found
    known = desk.choosing([part]).of_unit(part, found.unit_id) if found.unit_id in desk.made_free else None
    if known is not None and known.arrives_at < found.arrives_at:
        found = known
    late = record.promise is not None and found.arrives_at > record.promise.due_at
    return None if late and found.arrives_at >= wanted else found


def follows(desk: Desk, part: Incident, unit: str, first: IncidentRecord) -> bool:
    """Whether a booking may stand behind a call or booking to which its unit has not set off: that ends well before, as
    sure as policy wants it. Not while anybody is asked."""
    mine = legs_with(first, unit)
    if part.earliest is None or first.need is None or len(mine) != 1:
        return False
    leg = first.legs[mine[0]]
    apart = first.need.earliest is not None
    states = (LegState.ASSIGNED, LegState.ACCEPTED) if apart else (LegState.ASSIGNED,)
    if leg.state not in states or any(offer.unit == unit for offer in first.open_offers()):
        return False
    known = apart if unit in desk.made_free else desk.fleet.engaged.get(unit, (first.id,)) == (first.id,)
    if not known:
        return False
    leaving = after(desk.policy, desk.unit(unit), *end_of(first, leg), desk.now)
    due = desk.choosing([part]).promise(part).due_at
    return _well_before(desk, Coming(leaving, part.location, due), part.earliest)


def idle_first(desk: Desk, part: Incident, pick: Pick, usable: Callable[[str], bool]) -> Pick:
    """For a booking a unit that has nothing, unless the one picked, which has, costs less by more than a change of
    plan: who has two cannot be given what comes in before the first without that."""
    best = pick.best
    if part.earliest is None or best is None or not desk.head.engaged(best.unit_id):
        return pick
    idle = desk.choosing([part]).pick(part, lambda unit: not desk.head.engaged(unit) and usable(unit))
    most = round(UNITS_PER_MINUTE * desk.policy.cost.plan_change)
    if idle.best is None or idle.best.cost.total - best.cost.total > most:
        return pick
    told = replace(best, lost=why_lost(best, idle.best, first_of(desk, best.unit_id).id))
    rivals = (told, *idle.recommendation.runners_up)[:RUNNERS_UP]
    return replace(idle, recommendation=replace(idle.recommendation, runners_up=rivals))


def come_free(desk: Desk, part: Incident, pick: Pick) -> set[str]:
    """Units that have come free in this batch, and are not looked at so yet, which reach a call sooner than the unit
    picked."""
    stale = [unit for unit in desk.head.moved() if desk.stale(unit) and free_or_booked(desk, unit)]
    row_of, here = desk.fleet.state.row_of, desk.fleet.state.here
    rows = np.array([row_of[unit] for unit in stale if unit in row_of], np.int64)
    if part.earliest is not None or not rows.size:
        return set()
    there = unit_vectors(np.array([part.location.lon]), np.array([part.location.lat]))[0]
    near = rows[np.argsort(((here[rows] - there) ** 2).sum(axis=1), kind="stable")[:MOST_STALE]]
    units = [desk.unit(desk.fleet.state.units[row].id) for row in near.tolist()]
    due, leg = desk.choosing([part]).promise(part).due_at, Leg(state=LegState.ASSIGNED)
    ways = [Coming(own_way(desk.policy, unit, leg, desk.now), part.location, due) for unit in units]
    found = zip(units, expected(desk.dispatcher, ways, desk.now), strict=True)
    best = pick.best
    return {unit.id for unit, way in found if way is not None and (best is None or way.arrives_at < best.arrives_at)}


def in_time(record: IncidentRecord, pick: Pick) -> bool:
    """Whether the best unit is expected to keep the promise."""
    return pick.best is not None and (record.promise is None or pick.best.arrives_at <= record.promise.due_at)


def from_booking(desk: Desk, record: IncidentRecord, part: Incident) -> tuple[Pick, IncidentRecord, int] | None:
    """For a call that nobody else reaches in time: the unit of a booking, which gets another one; None: there is none.

    Only of a booking that is no more urgent, and that nobody has accepted, been asked for or chosen by hand.
    """
    if record.need is None or record.need.earliest is not None or not desk.head.booked():
        return None
    barred, choosing = record.refused | desk.gone, desk.choosing([part])
    loose = {unit: found for unit in desk.head.booked() - barred if (found := _loose(desk, record, unit)) is not None}
    for _ in range(MOST_ASKED):
        pick = choosing.pick_of(part, loose, loose.__contains__) if loose else None
        if pick is None or pick.best is None or not in_time(record, pick):
            return None
        booking, k = loose.pop(pick.best.unit_id)
        if _has_another(desk, booking, k, pick.best.unit_id):
            return pick, booking, k
    return None


def beside(chosen: Pick, late: Pick) -> Pick:
    """The choice of a booking's unit, with those beside it who would have been the best without."""
    best = chosen.best
    assert best is not None
    rivals = (late.best, *late.recommendation.runners_up)
    told = tuple(replace(c, lost=why_lost(c, best, None)) for c in rivals if c is not None)
    return replace(chosen, recommendation=replace(chosen.recommendation, runners_up=told[:RUNNERS_UP]))


def _loose(desk: Desk, record: IncidentRecord, unit: str) -> tuple[IncidentRecord, int] | None:
    """The booking that keeps a unit and may lose it to an incident, and by which leg."""
    engaged, weight = desk.head.engaged(unit), desk.policy.priority.of
    if len(engaged) != 1 or record.need is None:
        return None
    (incident,) = engaged
    booking = desk.head.incident(incident)
    if booking.need is None or not stands_off(desk, booking, unit):
        return None
    k, urgent = may_lose(booking, unit), weight(booking.need.priority) > weight(record.need.priority)
    return None if k is None or urgent else (booking, k)


def _has_another(desk: Desk, booking: IncidentRecord, k: int, unit: str) -> bool:
    """Whether a booking can have another unit that is there in time, as sure as policy wants it."""
    part = parts_of(booking)[k]
    try:
        pick = desk.choosing([part]).pick(part, lambda each: each != unit and desk.usable(booking, each, part))
    except TowlineError:
        return False
    best = pick.best
    return (
        best is not None and in_time(booking, pick) and best.promise_probability >= desk.policy.live.booking_probability
    )
