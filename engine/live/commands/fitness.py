"""Units that are stored anew while they have work: whether they are still right for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from engine.fleet.shift import fits_shift
from engine.live.arriving import BEFORE
from engine.live.commands.upkeep import Sighted, remedy
from engine.live.desk import Desk
from engine.live.events import EventKind
from engine.live.parts import parts_of
from engine.live.records import LOOSE, IncidentRecord, legs_with, with_leg
from engine.model import Incident, Provider, Unit
from engine.policy import Policy
from engine.tables.fitness import unfit
from engine.times import to_ms
from graphs.errors import TowlineError


@dataclass(frozen=True, slots=True)
class CheckUnits:
    """Work of units that changed, or whose providers did, as long as they have not set off.

    One that nobody has accepted, and no person chose, gets another unit; else who is to be sent is for people to say,
    and they are told once. ``anew``: nothing of them changed; who was chosen by hand is left alone. ``free``: units
    that changed and have no work; who waits may have them.
    """

    units: frozenset[str]
    anew: bool = False
    free: frozenset[str] = frozenset()

    def run(self, desk: Desk) -> None:
        named: set[str] = set()  # units that are a remedy already
        freed = {unit for unit in sorted(self.units) if self._unit(desk, unit, named)}
        desk.promote(sorted(freed))
        desk.came_free |= self.free

    def _unit(self, desk: Desk, unit_id: str, named: set[str]) -> bool:
        """Whether the unit was taken off anything."""
        freed, unit = False, None if unit_id in desk.gone else desk.fleet.find(unit_id)
        if unit is None:
            return False
        for incident in sorted(desk.head.engaged(unit_id)):
            record = desk.head.incident(incident)
            if record.need is None:
                continue
            for k in legs_with(record, unit_id):
                leg = record.legs[k]
                if leg.state not in BEFORE or (self.anew and leg.held):
                    continue
                why = _why(desk.policy, record, k, parts_of(record)[k], unit, desk.provider_of(unit_id))
                if why and leg.state in LOOSE and not leg.held:
                    record, freed = desk.release(record, k, why, refuse=False), True
                    mark = desk.head.mark()
                    try:
                        desk.choose(record)
                    except TowlineError:  # it waits, and is tried again; the others are not to suffer
                        desk.head.undo(mark)
                elif why != leg.unfit:
                    _told(desk, record, k, why, named)
                record = desk.head.incident(incident)
        return freed


def _why(policy: Policy, record: IncidentRecord, k: int, part: Incident, unit: Unit, provider: Provider) -> str:
    """Why a unit cannot do what it was given, in words; empty: it can. O(1)."""
    why, leg = unfit(part, unit, provider), record.legs[k]
    begins = leg.arrives_at if part.earliest is None or leg.arrives_at is None else max(leg.arrives_at, part.earliest)
    if not why and unit.shift_end is not None and begins is not None:
        work_ms = round(1000 * (leg.work or timedelta(0)).total_seconds())
        most_ms = round(60_000 * policy.limits.max_overtime_minutes)
        if not fits_shift(to_ms(unit.shift_end), to_ms(begins), work_ms, most_ms):
            why = "ends its shift too soon"
    return f"unit {unit.id} {why}" if why else ""


def _told(desk: Desk, record: IncidentRecord, k: int, why: str, named: set[str]) -> None:
    """It is told that a unit which stays is not right, or is right again."""
    leg, data = record.legs[k], dict[str, Any](leg=k)
    about = {"unit": leg.unit, "provider": leg.provider}
    if not why:
        fit = with_leg(record, k, replace(leg, unfit=""))
        desk.put(fit, EventKind.INCIDENT_UPDATED, reason=f"unit {leg.unit} is right for it again",
                 data={"fields": ["unfit"], **data}, **about)  # fmt: skip
        return
    sighted = Sighted(record.id, k, leg.unit, None, 0.0)
    found = remedy(desk, record, sighted, named)
    leg = replace(leg, unfit=why, warned=True, arrives_at=None, probability=0.0)
    desk.put(with_leg(record, k, leg), EventKind.PROMISE_AT_RISK, reason=why,
             data={**data, "probability": 0.0, **found}, **about)  # fmt: skip
