"""Which of a unit's incidents comes first: its stops, in turn. It has something to do, something to follow, and two
bookings at most.

Who has set off or works comes first, then what a person wants done first, then who has said yes to a call; the rest in
the order in which work begins, as expected: a booking begins when it is wanted. So a call may come before a booking
that keeps the unit, and after an incident that the unit works on, by one rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from engine.live.records import WORKING, IncidentRecord, LegState, legs_with

#: Of a leg whose unit has set off: nothing comes before it any more.
BEGUN = frozenset({LegState.UNDER_WAY, LegState.ON_SCENE, LegState.TOWING})
_MAY_WAIT = frozenset({LegState.ASSIGNED, LegState.ACCEPTED})
#: Bookings that a unit has at most, so that there is always room before them.
MOST_BOOKINGS = 2


def turn(record: IncidentRecord, unit: str) -> tuple[int, datetime, str]:
    """What a unit's incidents are sorted by; less comes first."""
    legs = [record.legs[k] for k in legs_with(record, unit)]
    wanted = record.need.earliest if record.need is not None else None
    known = (leg.arrives_at or leg.ends_at for leg in legs)  # the latter where no road leads now
    arrives = min((each for each in known if each is not None), default=record.received_at)
    if any(leg.state in BEGUN for leg in legs):
        rank = 0
    elif any(leg.first for leg in legs):
        rank = 1
    else:
        rank = 2 if wanted is None and any(leg.state is LegState.ACCEPTED for leg in legs) else 3
    return rank, arrives if wanted is None else max(arrives, wanted), record.id


def in_turn(records: Iterable[IncidentRecord], unit: str) -> list[IncidentRecord]:
    """The incidents of a unit in the order in which it does them."""
    found = list(records)
    return found if len(found) < 2 else sorted(found, key=lambda record: turn(record, unit))


def waits(record: IncidentRecord, unit: str) -> datetime | None:
    """When a booking is wanted that keeps a unit which has not set off to it; None: it is not so.

    Not while anybody is asked for it: who may be told yes cannot be given something else meanwhile.
    """
    wanted = record.need.earliest if record.need is not None else None
    if wanted is None:
        return None
    legs = [record.legs[k] for k in legs_with(record, unit)]
    if not legs or any(leg.state not in _MAY_WAIT for leg in legs):
        return None
    return None if any(offer.unit == unit for offer in record.open_offers()) else wanted


def works(record: IncidentRecord, unit: str) -> bool:
    """Whether a unit has said yes to an incident, or more, and is not asked for it any more."""
    legs = [record.legs[k] for k in legs_with(record, unit)]
    asked = any(offer.unit == unit for offer in record.open_offers())
    return bool(legs) and not asked and all(leg.state in WORKING for leg in legs)


def at_work(record: IncidentRecord, unit: str) -> bool:
    """Whether a unit has begun with an incident: it has said yes to it, or more, and it is no booking of later."""
    mine = legs_with(record, unit)
    return waits(record, unit) is None and any(record.legs[k].state in WORKING for k in mine)


def keep(has: Sequence[IncidentRecord], unit: str) -> bool:
    """Whether bookings alone keep a unit, to none of which it has set off: one incident may be done before these."""
    return bool(has) and all(waits(each, unit) is not None for each in has)


def may_lose(record: IncidentRecord, unit: str) -> int | None:
    """By which leg an incident has a unit that it may lose: nobody was asked, said yes or chose it by hand."""
    mine = legs_with(record, unit)
    if len(mine) != 1:
        return None
    leg = record.legs[mine[0]]
    return mine[0] if leg.state is LegState.ASSIGNED and not leg.held else None


def stops(records: Iterable[IncidentRecord]) -> dict[str, list[IncidentRecord]]:
    """The incidents of each unit that has several, in turn. O(legs)."""
    found: dict[str, IncidentRecord] = {}
    several: dict[str, dict[str, IncidentRecord]] = {}
    for record in records:
        for leg in record.legs:
            if leg.unit and leg.state is not LegState.DONE:
                known = found.setdefault(leg.unit, record)
                if known is not record:
                    several.setdefault(leg.unit, {known.id: known})[record.id] = record
    return {unit: in_turn(has.values(), unit) for unit, has in several.items()}
