"""Work that fits before a booking: its unit counts as free until it must leave, and is given work that ends in time.

Where that is not enough, a call that nobody else would reach in time takes the unit of bookings that can have another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from engine.cost import UNITS_PER_MINUTE
from engine.decision import Candidate
from engine.explain import why_lost
from engine.fleet.cells import unit_vectors
from engine.fleet.state import FleetState
from engine.live.arriving import Coming, after, end_of, expected, free_of, own_way
from engine.live.attending import free_or_booked
from engine.live.choosing import RUNNERS_UP, Pick
from engine.live.records import WORKING, IncidentRecord, Leg, LegState, legs_with
from engine.live.turns import MOST_BOOKINGS, in_turn, keep, may_lose, waits, works
from engine.model import Incident, Unit, UnitStatus

if TYPE_CHECKING:
    from engine.live.desk import Desk

#: Bookings whose unit a call might take that are looked at, the cheapest unit first.
MOST_ASKED = 3
#: Units that have come free and are not shown so yet that are looked at for a call, the nearest first.
MOST_STALE = 8

#: Of a fleet, the units shown otherwise last, and the fleet with them: batches come faster than fleets change.
_SHOWN: WeakKeyDictionary[FleetState, tuple[dict[str, Unit], FleetState]] = WeakKeyDictionary()


def stands_off(desk: Desk, booking: IncidentRecord, unit: str) -> bool:
    """Whether a unit that a booking keeps may do something before it, if that fits."""
    wanted = waits(booking, unit)
    return wanted is not None and wanted - _margin(desk) > desk.now


def _margin(desk: Desk) -> timedelta:
    return timedelta(minutes=desk.policy.live.booking_margin_minutes)


def stops_of(desk: Desk, unit: str, but: str = "") -> list[IncidentRecord]:
    """What a unit has, in turn; without one incident."""
    return in_turn((desk.head.incident(each) for each in desk.head.engaged(unit) - {but}), unit)


@dataclass(frozen=True)
class View:
    """The fleet for choosing."""

    state: FleetState
    free: frozenset[str] = frozenset()  # busy units that are looked at as free: a booking of later keeps them
    until: frozenset[str] = frozenset()  # units that are looked at as busy until the end of what they do first


def rest_of(has: Sequence[IncidentRecord], unit: str) -> Sequence[IncidentRecord]:
    """The bookings that keep a unit, to which it has not set off, though it may do something before; none: other things
    come before these, or it has none."""
    rest = has[1:] if has and waits(has[0], unit) is None and works(has[0], unit) else has
    return rest if keep(rest, unit) else ()


def view_of(desk: Desk) -> View:
    """Units that bookings of later keep are free; those that do something before these, or have left what came next,
    are busy with that alone. O(units that bookings keep).
    """
    shown: dict[str, Unit] = {}
    for unit in desk.head.booked() | desk.freed:
        if not desk.fleet.engaged.get(unit):
            continue  # it is free as it is
        has = stops_of(desk, unit)
        if free_or_booked(desk, unit) if unit in desk.freed else keep(has, unit) and stands_off(desk, has[0], unit):
            found = desk.fleet.find(unit)
            if found is not None:
                shown[unit] = found
    free = frozenset(shown)
    for unit in {*desk.head.moved(), *desk.head.followed()} - free:
        known = desk.fleet.engaged.get(unit, ())
        if len(known) < 2:
            continue  # the fleet has it busy with the first alone
        has = stops_of(desk, unit)
        found = desk.fleet.find(unit) if has and known[0] == has[0].id and waits(has[0], unit) is None else None
        if found is not None and legs_with(has[0], unit):
            ends, place = free_of(has[0], unit)
            shown[unit] = replace(found, status=UnitStatus.BUSY, free_at=max(ends, desk.now), free_location=place)
    if not shown:
        return View(desk.fleet.state)
    made = _SHOWN.get(desk.fleet.state)
    if made is None or made[0] != shown:
        made = _SHOWN[desk.fleet.state] = shown, desk.fleet.state.updated(units=shown.values())
    return View(made[1], free, frozenset(shown) - free)


def may_have(desk: Desk, unit: str, record: IncidentRecord, part: Incident) -> bool:
    """Whether a unit can be given a part of an incident: it has none; or works on one and has none to follow; or is
    kept by bookings, which this one fits before, after what it works on; or this is a booking, and fits behind what it
    has."""
    has = stops_of(desk, unit)
    if not has:
        return True
    if any(each.id == record.id for each in has) or (part.earliest is not None and _booked_up(has)):
        return False
    rest = rest_of(has, unit)
    apart = len(rest) == len(has) or _told(desk, unit, has)
    if rest and apart and stands_off(desk, rest[0], unit) and fits(desk, part, unit, rest[0]):
        return True
    if part.earliest is not None and behind(desk, part, unit, has):
        return True
    return len(has) == 1 and works(has[0], unit) and not stands_off(desk, has[0], unit) and _told(desk, unit, has)


def _told(desk: Desk, unit: str, has: Sequence[IncidentRecord]) -> bool:
    """Whether the fleet that is looked at says when a unit is free of what it has."""
    view = desk.view
    known = desk.fleet.engaged.get(unit) == tuple(each.id for each in has)
    return unit in view.until or (unit not in view.free and known)


def fits(desk: Desk, part: Incident, unit: str, booking: IncidentRecord) -> bool:
    """Whether a unit can do an incident, and be at its booking in time and with the probability that policy wants."""
    wanted, choosing = waits(booking, unit), desk.choosing([part])
    work, _ = choosing.job(part)
    if wanted is None or desk.now + work + _margin(desk) > wanted:
        return False
    found = choosing.of_unit(part, unit)
    if found is None:
        return False
    begins = found.arrives_at if part.earliest is None else max(found.arrives_at, part.earliest)
    return _leaves_time(desk, part, unit, begins, booking)


def _booked_up(has: Sequence[IncidentRecord]) -> bool:
    return sum(each.need is not None and each.need.earliest is not None for each in has) >= MOST_BOOKINGS


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
    has = stops_of(desk, found.unit_id)
    wanted = waits(has[0], found.unit_id) if has else None
    if wanted is None or part.earliest is not None:
        return found
    known = desk.choosing([part]).of_unit(part, found.unit_id) if found.unit_id in desk.view.free else None
    if known is not None and known.arrives_at < found.arrives_at:
        found = known
    late = record.promise is not None and found.arrives_at > record.promise.due_at
    return None if late and found.arrives_at >= wanted else found


def behind(desk: Desk, part: Incident, unit: str, has: Sequence[IncidentRecord]) -> bool:
    """Whether a booking may stand behind something that its unit has: that ends well before, as sure as policy wants,
    and so does the booking before what comes next. Not while anybody is asked."""
    if any(offer.unit == unit for each in has for offer in each.open_offers()):
        return False
    if len(has) > 1 and waits(has[-1], unit) is None:
        return False  # what follows is no booking
    if unit in desk.fleet.engaged and unit not in desk.view.free and not _told(desk, unit, has):
        return False
    return any(
        _stands_behind(desk, part, unit, has[k - 1], several=len(has) > 1)
        and (k == len(has) or (part.earliest is not None and _leaves_time(desk, part, unit, part.earliest, has[k])))
        for k in range(1, 1 + len(has))
    )


def _stands_behind(desk: Desk, part: Incident, unit: str, before: IncidentRecord, *, several: bool) -> bool:
    """Whether a unit comes well in time to a booking from what it does before: that it has not set off to, or, with
    something behind that, works on."""
    mine = legs_with(before, unit)
    if part.earliest is None or before.need is None or len(mine) != 1:
        return False
    leg = before.legs[mine[0]]
    apart = before.need.earliest is not None and leg.state is LegState.ACCEPTED
    if leg.state is not LegState.ASSIGNED and not apart and not (several and leg.state in WORKING):
        return False
    leaving = after(desk.policy, desk.unit(unit), *end_of(before, leg), desk.now)
    due = desk.choosing([part]).promise(part).due_at
    return _well_before(desk, Coming(leaving, part.location, due), part.earliest)


def _leaves_time(desk: Desk, part: Incident, unit: str, begins: datetime, following: IncidentRecord) -> bool:
    """Whether a unit comes from work that begins then well in time to its next booking, with which it has not begun."""
    wanted = waits(following, unit)
    if wanted is None or following.need is None or following.promise is None:
        return False
    work, ends_in = desk.choosing([part]).job(part)
    leaving = after(desk.policy, desk.unit(unit), begins + work, ends_in or part.location, desk.now)
    return _well_before(desk, Coming(leaving, following.need.location, following.promise.due_at), wanted)


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
    told = replace(best, lost=why_lost(best, idle.best, stops_of(desk, best.unit_id)[0].id))
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


def from_bookings(desk: Desk, record: IncidentRecord, part: Incident) -> Iterator[tuple[Pick, list[tuple[str, int]]]]:
    """For a call that nobody else reaches in time: units that bookings keep, the cheapest first, with the bookings that
    must have another one then, and by which legs.

    Only of bookings that are no more urgent, and that nobody has accepted, been asked for or chosen by hand.
    """
    if record.need is None or record.need.earliest is not None:
        return
    barred, choosing = record.refused | desk.gone, desk.choosing([part])
    loose = {unit for unit in desk.head.booked() - barred if _loose(desk, record, unit)}
    for _ in range(min(MOST_ASKED, len(loose))):
        pick = choosing.pick_of(part, loose, loose.__contains__)
        if pick.best is None or not in_time(record, pick):
            return
        unit = pick.best.unit_id
        loose.discard(unit)
        found = [(each, may_lose(each, unit)) for each in in_the_way(desk, part, unit, stops_of(desk, unit))]
        if all(k is not None and not _more_urgent(desk, each, record) for each, k in found):
            yield pick, [(each.id, k) for each, k in found if k is not None]


def in_the_way(desk: Desk, part: Incident, unit: str, has: Sequence[IncidentRecord]) -> list[IncidentRecord]:
    """Of the bookings that keep a unit those that must leave it, the first first, so that a part of an incident fits
    before the rest."""
    return next(list(has[:k]) for k in range(1, 1 + len(has)) if k == len(has) or fits(desk, part, unit, has[k]))


def beside(chosen: Pick, late: Pick) -> Pick:
    """The choice of a booking's unit, with those beside it who would have been the best without."""
    best = chosen.best
    assert best is not None
    rivals = (late.best, *late.recommendation.runners_up)
    told = tuple(replace(c, lost=why_lost(c, best, None)) for c in rivals if c is not None)
    return replace(chosen, recommendation=replace(chosen.recommendation, runners_up=told[:RUNNERS_UP]))


def _loose(desk: Desk, record: IncidentRecord, unit: str) -> bool:
    """Whether the first of the bookings that keep a unit may lose it to an incident."""
    has = stops_of(desk, unit)
    if not keep(has, unit) or not stands_off(desk, has[0], unit):
        return False
    return may_lose(has[0], unit) is not None and not _more_urgent(desk, has[0], record)


def _more_urgent(desk: Desk, booking: IncidentRecord, record: IncidentRecord) -> bool:
    weight = desk.policy.priority.of
    return (
        booking.need is not None
        and record.need is not None
        and weight(booking.need.priority) > weight(record.need.priority)
    )


def served(desk: Desk, booking: IncidentRecord, k: int) -> bool:
    """Whether a booking has a unit that is there in time, as sure as policy wants it."""
    leg, promise = booking.legs[k], booking.promise
    late = promise is not None and leg.arrives_at is not None and leg.arrives_at > promise.due_at
    return bool(leg.unit) and not late and (leg.probability or 0.0) >= desk.policy.live.booking_probability
