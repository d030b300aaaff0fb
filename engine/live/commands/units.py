"""Which unit has an incident: what people decide, what providers answer, and how far the unit has come."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as with_
from datetime import datetime

from msgspec.structs import replace

from engine.decision import Candidate
from engine.eligibility import capable, on_duty, permitted
from engine.errors import NotFoundError, OfferClosedError, UnitEngagedError, UnitUnfitError
from engine.explain import why_lost
from engine.live.choosing import Choosing, Pick
from engine.live.commands.base import Change, check_words, illegal, leg_of
from engine.live.commands.filing import check_time
from engine.live.desk import Desk, parts_of, with_leg
from engine.live.events import EventKind
from engine.live.records import WORKING, IncidentRecord, IncidentState, LegState, Offer, OfferState, ends_at
from engine.live.state import legs_with
from engine.model import Incident

#: From which states a leg may come to each, besides by offers.
ADVANCES: dict[LegState, frozenset[LegState]] = {
    LegState.ACCEPTED: frozenset({LegState.ASSIGNED, LegState.OFFERED}),
    LegState.UNDER_WAY: frozenset({LegState.ASSIGNED, LegState.ACCEPTED}),
    LegState.ON_SCENE: frozenset({LegState.ACCEPTED, LegState.UNDER_WAY}),
    LegState.TOWING: frozenset({LegState.ON_SCENE}),
    LegState.DONE: frozenset({LegState.ON_SCENE, LegState.TOWING}),
}
_KINDS = {
    LegState.ACCEPTED: EventKind.UNIT_ACCEPTED,
    LegState.UNDER_WAY: EventKind.UNIT_UNDER_WAY,
    LegState.ON_SCENE: EventKind.UNIT_ON_SCENE,
    LegState.TOWING: EventKind.UNIT_TOWING,
    LegState.DONE: EventKind.UNIT_DONE,
}
#: A unit that is there is not simply exchanged.
_EXCHANGEABLE = frozenset(
    {LegState.WAITING, LegState.ASSIGNED, LegState.OFFERED, LegState.ACCEPTED, LegState.UNDER_WAY}
)


@dataclass(frozen=True, slots=True)
class AssignUnit(Change):
    """A person sends a unit, and says why; only people take it away again."""

    unit: str = ""
    leg: int = 0
    accepted: bool = False  # the provider has agreed already
    force: bool = False  # also a unit that cannot, or may not

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.open_record(desk, "assigned")
        check_words(self.reason, required=True)
        if not 0 <= self.leg < len(record.legs):
            raise NotFoundError(
                f"incident {record.id} has no leg {self.leg}; it wants {len(record.legs)} units",
                field="leg_index",
                value=self.leg,
            )
        leg = record.legs[self.leg]
        if leg.state not in _EXCHANGEABLE:
            raise illegal(record, "assigned", leg.state.value)
        unit = desk.unit(self.unit)
        mine = legs_with(record, unit.id)
        if (
            mine == [self.leg]
            and leg.state is not LegState.OFFERED
            and not (self.accepted and leg.state is LegState.ASSIGNED)
        ):
            kept = with_leg(record, self.leg, replace(leg, held=True))  # it has it already: now by a person's will
            data = {"fields": ["held"], "leg": self.leg}
            return desk.put(
                kept, EventKind.INCIDENT_UPDATED, reason=self.reason, unit=unit.id, provider=leg.provider, data=data
            )
        if mine and mine != [self.leg]:
            raise illegal(record, f"served twice by unit {unit.id}")
        if not mine and not self._may_have(desk, record, unit.id):
            others = ", ".join(sorted(desk.head.engaged(unit.id)))
            raise UnitEngagedError(
                f"unit {unit.id} is engaged with {others}; take it off there first", unit=unit.id, incidents=others
            )
        part = parts_of(replace(record, refused=record.refused - {unit.id}))[self.leg]
        choosing = desk.choosing([part])
        chosen = self._candidate(desk, record, choosing, part, unit.id)
        ours = choosing.pick(part, lambda each: desk.usable(record, each))
        had = choosing.of_unit(part, leg.unit) if leg.unit and leg.unit != unit.id else None
        instead = leg.unit or (ours.best.unit_id if ours.best else "")
        if leg.state is not LegState.WAITING:
            record = desk.release(record, self.leg, self.reason, refuse=False)
        record = desk.assign(
            replace(record, refused=record.refused - {unit.id}),
            self.leg,
            chosen,
            _beside(choosing.about(part, chosen), ours, had),
            desk.actor,
            reason=self.reason,
            held=True,
            data={"instead_of": "" if instead == unit.id else instead, "forced": self.force},
        )
        desk.promote([leg.unit] if leg.unit and leg.unit != unit.id else [])
        if self.accepted:
            _free_for(desk, record, unit.id)
            return _advanced(desk, record, self.leg, LegState.ACCEPTED, desk.now, self.reason)
        return desk.ask(record, self.leg)

    @staticmethod
    def _may_have(desk: Desk, record: IncidentRecord, unit: str) -> bool:
        own = {offer.unit for offer in record.open_offers()}
        return desk.may_follow(unit, record.id) or (unit in own and desk.head.engaged(unit) == {record.id})

    def _candidate(
        self, desk: Desk, record: IncidentRecord, choosing: Choosing, part: Incident, unit: str
    ) -> Candidate:
        situation = choosing.situation
        row, arrays, intake = situation.state.row_of[unit], situation.state.arrays, situation.intake
        at = intake.incidents.index(part)
        wrong = [
            name
            for name, able in (
                ("it lacks the service or a capability", capable(arrays, intake, at)),
                ("its provider does not serve the place", permitted(arrays, intake, at)),
                ("it is off duty, or busy without a known end", on_duty(arrays, intake, at)),
            )
            if not able[row]
        ]
        found = desk.coming(choosing, record, part, unit)
        if found is None:
            raise UnitUnfitError(
                f"no road leads unit {unit} to the incident; choose another one", unit=unit, why="unreachable"
            )
        if wrong and not self.force:
            raise UnitUnfitError(
                f"unit {unit} is not fit for the incident: {'; '.join(wrong)}; choose another one, or set force",
                unit=unit,
                why="; ".join(wrong),
            )
        return found


def _beside(chosen: Pick, ours: Pick, had: Candidate | None) -> Pick:
    """A person's choice with the unit that had it, and what Towline would have chosen, beside it."""
    best = chosen.best
    assert best is not None
    rivals = [
        c for c in (had, ours.best, *ours.recommendation.runners_up) if c is not None and c.unit_id != best.unit_id
    ]
    told = tuple(with_(c, lost=why_lost(c, best, None)) for c in rivals[:3])
    return with_(chosen, recommendation=with_(chosen.recommendation, runners_up=told))


@dataclass(frozen=True, slots=True)
class UnassignUnit(Change):
    """A unit is taken off; the next best one is chosen at once."""

    unit: str = ""

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.open_record(desk, "unassigned")
        check_words(self.reason, required=True)
        k = leg_of(record, self.unit, "waiting")
        if record.legs[k].state is LegState.TOWING:
            raise illegal(record, "waiting", LegState.TOWING.value)
        record = desk.release(record, k, self.reason, refuse=True)
        record = desk.choose(record)
        desk.promote([self.unit])
        return desk.head.incident(record.id)


@dataclass(frozen=True, slots=True)
class AnswerOffer(Change):
    """A provider answers an offer."""

    offer: str = ""
    accepted: bool = True

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.record(desk)
        offer = next((each for each in record.offers if each.id == self.offer), None)
        if offer is None:
            raise NotFoundError(f"incident {record.id} has no offer {self.offer!r}", incident=record.id)
        if offer.state is not OfferState.OPEN:
            raise OfferClosedError(
                f"offer {offer.id} of incident {record.id} is {offer.state.value}; it cannot be answered any more",
                incident=record.id,
                offer=offer.id,
                state=offer.state.value,
            )
        if not self.accepted:
            record = desk.refuse(record, offer, OfferState.DECLINED, EventKind.OFFER_DECLINED, self.reason)
            desk.promote([offer.unit])
            return desk.head.incident(record.id)
        return accept(desk, record, offer, self.reason)


def accept(desk: Desk, record: IncidentRecord, offer: Offer, reason: str) -> IncidentRecord:
    """The first who accepts has it; others who were asked are told so."""
    _free_for(desk, record, offer.unit)
    leg = record.legs[offer.leg]
    if leg.unit != offer.unit:
        leg = desk.instead(record, offer)
    leg = replace(leg, state=LegState.ACCEPTED, since=desk.now)
    record = desk.answer(with_leg(record, offer.leg, leg), offer, OfferState.ACCEPTED, EventKind.OFFER_ACCEPTED, reason)
    before = record.units()
    record = desk.withdraw(record, offer.leg, "another provider accepted", but=offer.id)
    desk.promote(before - record.units())
    return record


@dataclass(frozen=True, slots=True)
class Advance(Change):
    """A unit has come so far."""

    unit: str = ""
    to: LegState = LegState.UNDER_WAY
    at: datetime | None = None  # None: now

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.open_record(desk, self.to.value)
        k = leg_of(record, self.unit, self.to.value)
        leg = record.legs[k]
        if leg.state not in ADVANCES.get(self.to, frozenset()):
            allowed = [state.value for state, sources in ADVANCES.items() if leg.state in sources]
            raise illegal(record, self.to.value, leg.state.value, allowed)
        at = desk.now if self.at is None else self.at
        check_time(at, leg.since or record.received_at, desk.now, f"the time it was {leg.state.value}")
        at = min(at, desk.now)
        _free_for(desk, record, self.unit)
        if self.to is LegState.ACCEPTED:
            offers = [offer for offer in record.open_offers(k) if offer.unit == self.unit]
            if offers:
                return accept(desk, record, offers[0], self.reason)
        return _advanced(desk, record, k, self.to, at, self.reason)


def _free_for(desk: Desk, record: IncidentRecord, unit: str) -> None:
    """UnitEngagedError while the unit works on another incident: this one follows when that is over."""
    for incident in sorted(desk.head.engaged(unit) - {record.id}):
        other = desk.head.incident(incident)
        if any(other.legs[k].state in WORKING for k in legs_with(other, unit)):
            raise UnitEngagedError(
                f"unit {unit} works on incident {incident}; it can go on to {record.id} when it is done there",
                unit=unit,
                incidents=incident,
            )


def _advanced(desk: Desk, record: IncidentRecord, k: int, to: LegState, at: datetime, reason: str) -> IncidentRecord:
    leg = replace(record.legs[k], state=to, since=at)
    if to is LegState.ON_SCENE:
        due = record.promise.due_at if record.promise is not None else at
        expected = leg.arrives_at
        leg = replace(leg, arrives_at=at, probability=1.0 if at <= due else 0.0, warned=False)
        leg = replace(leg, ends_at=ends_at(record, leg, at))
        data = {"leg": k, "expected_at": expected.isoformat() if expected is not None else ""}
    else:
        if to is LegState.DONE:
            leg = replace(leg, ends_at=at)
        data = {"leg": k}
    record = desk.put(
        with_leg(record, k, leg), _KINDS[to], unit=leg.unit, provider=leg.provider, reason=reason,
        data={**data, "at": at.isoformat()},
    )  # fmt: skip
    if to is not LegState.DONE:
        return record
    if all(each.state is LegState.DONE for each in record.legs):
        over = replace(record, state=IncidentState.DONE, closed_at=desk.now, outcome=reason or "done")
        record = desk.close(over, EventKind.INCIDENT_DONE, reason=reason)
    desk.promote([leg.unit])
    return record
