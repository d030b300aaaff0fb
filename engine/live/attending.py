"""Who waits is looked at when a unit comes free, and as time goes by: as a new call is, and before any of those."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.live.records import IncidentRecord, LegState
from engine.live.state import TOWLINE
from engine.live.turns import at_work, may_lose, stops, waits
from graphs.errors import TowlineError

if TYPE_CHECKING:
    from engine.live.desk import Desk

#: Who is looked at at most when units come free, and when time has gone by: others are for the plan made of all.
MOST_TRIED, MOST_IN_TIME = 8, 32


def attend(desk: Desk, came_free: Iterable[str]) -> None:
    """Units came free by a command: those who wait may have them, the most urgent first, then who called first.

    Nothing without a waiting incident. O(waiting log waiting) and a search for each of `MOST_TRIED`.
    """
    units = {unit for unit in came_free if free_or_booked(desk, unit)}
    found = _waiting(desk) if units else []
    if not found:
        return
    desk.free(units)
    for record in found[:MOST_TRIED]:
        if not units:
            return
        _try(desk, record)
        units = {unit for unit in units if free_or_booked(desk, unit)}


def attend_in_time(desk: Desk) -> None:
    """Time has gone by: bookings that wait may stand behind what ends, orders that are silly are taken apart."""
    _apart(desk)
    for record in _waiting(desk)[:MOST_IN_TIME]:
        _try(desk, record)


def free_or_booked(desk: Desk, unit: str) -> bool:
    """Whether a unit has nothing, or bookings alone to which it has not set off."""
    return all(waits(desk.head.incident(each), unit) is not None for each in desk.head.engaged(unit))


def _waiting(desk: Desk) -> list[IncidentRecord]:
    weight = desk.policy.priority.of

    def turn(record: IncidentRecord) -> tuple[float, datetime, str]:
        assert record.need is not None
        return -weight(record.need.priority), record.need.received_at, record.id

    found = [record for record in desk.head.waiting() if record.need is not None and not desk.waits_for_booking(record)]
    return sorted(found, key=turn)


def _try(desk: Desk, record: IncidentRecord) -> None:
    """Give a unit to who waits; where there still is none, nothing is told but another reason."""
    mark, actor = desk.head.mark(), desk.actor
    desk.actor = TOWLINE
    try:
        record = desk.head.incident(record.id)
        given = desk.choose(record)
        if _lacks(given) >= _lacks(record) and given.unserved == record.unserved:
            desk.head.undo(mark)
    except TowlineError:  # its place cannot be used any more: it is no reason to refuse what somebody else wanted
        desk.head.undo(mark)
    finally:
        desk.actor = actor
        desk.tried.add(record.id)


def _lacks(record: IncidentRecord) -> int:
    return sum(leg.state is LegState.WAITING for leg in record.legs)


def _apart(desk: Desk) -> None:
    """What would be late behind something not begun is taken from there, when it is in time otherwise."""
    settle = timedelta(seconds=desk.policy.live.settle_seconds)
    for unit, has in stops(desk.head.open_incidents()).items():
        for first, last in reversed(list(pairwise(has))):
            if _taken_apart(desk, unit, first, last, settle):
                break


def _taken_apart(desk: Desk, unit: str, first: IncidentRecord, last: IncidentRecord, settle: timedelta) -> bool:
    """Whether the later of two stops of a unit, one right after the other, was taken off it, and is in time now."""
    k = may_lose(last, unit)
    if k is None or at_work(first, unit) or last.need is None or last.promise is None:
        return False
    leg, due = last.legs[k], last.promise.due_at
    if leg.arrives_at is None or leg.arrives_at <= due or (leg.since and desk.now - leg.since < settle):
        return False
    mark, freed, tried = desk.head.mark(), desk.freed.copy(), desk.tried.copy()
    try:
        what = "incident" if first.need is None or first.need.earliest is None else "booking"
        loose = desk.release(last, k, f"it would be late behind {what} {first.id}", refuse=False)
        desk.free({unit})
        there = desk.choose(replace(loose, unserved="")).legs[k].arrives_at
        if there is not None and there <= due:
            return True
    except TowlineError:
        pass
    desk.head.undo(mark)
    desk.undo(freed, tried)
    return False
