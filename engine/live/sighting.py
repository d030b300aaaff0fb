"""What of arrivals that were reckoned is worth saying, to the fleet and in events; and whose work to look at again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

from engine.live.commands.fitness import CheckUnits
from engine.live.commands.upkeep import Sighted
from engine.live.events import EventKind
from engine.live.records import IncidentRecord
from engine.live.tracking import Arrival
from engine.model import Unit, UnitStatus
from engine.policy import Policy

#: An arrival that is expected by so much sooner or later changes when its unit is expected to be free.
OTHERWISE = timedelta(seconds=30)
#: What may make a unit wrong for what it has.
STORED = frozenset({EventKind.UNIT_STORED, EventKind.PROVIDER_STORED})
#: In the place of a unit: any.
ANY = ""


def otherwise(before: Arrival | None, now: Arrival) -> bool:
    """Whether an arrival is expected at another time than when the fleet was told of it last."""
    if before is None or before.unit != now.unit or before.given != now.given:
        return True
    if before.arrives_at is None or now.arrives_at is None:
        return before.arrives_at is not now.arrives_at
    return abs(before.arrives_at - now.arrives_at) > OTHERWISE


def sightings(
    found: Iterable[Arrival], records: Iterable[IncidentRecord], policy: Policy, now: datetime
) -> list[Sighted]:
    """Arrivals that begin or end a warning, or a silence."""
    rules, known = policy.live, {record.id: record for record in records}
    silent, sighted = timedelta(minutes=rules.silent_minutes), list[Sighted]()
    for each in found:
        leg = known[each.incident].legs[each.leg]
        quiet = leg.silent if each.observed_at is None else now - each.observed_at > silent
        crossing = each.probability < rules.risk_probability if not leg.warned else (
            each.probability >= rules.safe_probability
        )  # fmt: skip
        if crossing or quiet != leg.silent:
            sighted.append(
                Sighted(
                    each.incident, each.leg, each.unit, each.arrives_at, each.probability, quiet, leg.given, each.why
                )
            )
    return sighted


def check_of(
    stored: Collection[str], engaged: Mapping[str, object], find: Callable[[str], Unit | None]
) -> CheckUnits | None:
    """To look at the work of units that were stored, or whose provider was, and at who waits where they have none.

    None: there is nothing to look at. O(stored + engaged)
    """
    have = {key: unit.provider_id for key in list(engaged) if (unit := find(key)) is not None}
    units = {key for key, provider in have.items() if ANY in stored or key in stored or provider in stored}
    came = (unit for key in stored if key not in have and (unit := find(key)) is not None)
    free = frozenset(unit.id for unit in came if unit.status is UnitStatus.AVAILABLE)
    return CheckUnits(frozenset(units), ANY in stored, free) if units or free else None
