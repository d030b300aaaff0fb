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
from engine.live import offering
from engine.live.arriving import coming
from engine.live.choosing import Choosing, Pick
from engine.live.commands.base import Change, check_words, illegal, leg_of
from engine.live.commands.filing import check_time
from engine.live.desk import Desk
from engine.live.events import EventKind
from engine.live.parts import parts_of
from engine.live.records import (
    LOOSE,
    IncidentRecord,
    IncidentState,
    LegState,
    Offer,
    OfferState,
    ends_at,
    legs_with,
    with_leg,
)
from engine.live.room import may_have, stands_off, stops_of
from engine.live.turns import MOST_BOOKINGS, keep
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
        if mine == [self.leg] and leg.state is LegState.ASSIGNED and self._first(desk, record, unit.id):
            record = desk.release(record, self.leg, self.reason, refuse=False)  # from behind its booking to before that
            leg, mine = record.legs[self.leg], []
        if mine == [self.leg] and (self.accepted or leg.state is not LegState.OFFERED):
            return self._kept(desk, record)
        if mine and mine != [self.leg]:
            raise illegal(record, f"served twice by unit {unit.id}")
        part = parts_of(record)[self.leg]
        part = with_(part, refused=part.refused - {unit.id})
        first = self._first(desk, record, unit.id)
        if not (first or mine or self._may_have(desk, record, part, unit.id)):
            raise _engaged(desk, unit.id, part)
        if first or (not desk.head.engaged(unit.id) and desk.stale(unit.id)):
            desk.free({unit.id})
        choosing = desk.choosing([part])
        chosen = self._candidate(desk, record, choosing, part, unit.id)
        ours = choosing.pick(part, lambda each: desk.usable(record, each, part))
        had = choosing.of_unit(part, leg.unit) if leg.unit and leg.unit != unit.id else None
        instead = leg.unit or (ours.best.unit_id if ours.best else "")
        if leg.state is not LegState.WAITING:
            record = desk.release(record, self.leg, self.reason, refuse=False)
        for offer in record.open_offers():
            if offer.unit == unit.id:  # asked beside, for another leg
                record = offering.answer(
                    desk, record, offer, OfferState.WITHDRAWN, EventKind.OFFER_WITHDRAWN, self.reason
                )
        record = desk.assign(
            replace(record, refused=record.refused - {unit.id}),
            self.leg,
            chosen,
            _beside(choosing.about(part, chosen), ours, had),
            desk.actor,
            reason=self.reason,
            held=True,
            first=first,
            data={"instead_of": "" if instead == unit.id else instead, "forced": self.force},
        )
        desk.promote([leg.unit] if leg.unit and leg.unit != unit.id else [])
        if self.accepted:
            _free_for(desk, record, unit.id, LegState.ACCEPTED)
            return _advanced(desk, record, self.leg, LegState.ACCEPTED, desk.now, self.reason)
        return offering.ask(desk, record, self.leg)

    def _kept(self, desk: Desk, record: IncidentRecord) -> IncidentRecord:
        """The unit has it already: now by a person's will, and perhaps its provider has said yes."""
        leg = record.legs[self.leg]
        record = with_leg(record, self.leg, replace(leg, held=True, unfit=""))
        data = {"fields": ["held"], "leg": self.leg}
        record = desk.put(
            record, EventKind.INCIDENT_UPDATED, reason=self.reason, unit=leg.unit, provider=leg.provider, data=data
        )
        if not self.accepted or leg.state not in LOOSE:
            return record
        offer = next((each for each in record.open_offers(self.leg) if each.unit == leg.unit), None)
        if offer is not None:
            return accept(desk, record, offer, self.reason)
        _free_for(desk, record, leg.unit, LegState.ACCEPTED)
        return _advanced(desk, record, self.leg, LegState.ACCEPTED, desk.now, self.reason)

    def _first(self, desk: Desk, record: IncidentRecord, unit: str) -> bool:
        """Before a booking that keeps the unit also what does not fit, if somebody insists."""
        if not self.force or record.need is None or record.need.earliest is not None:
            return False
        mine = [record.legs[k] for k in legs_with(record, unit)]
        if any(leg.first or leg.state is not LegState.ASSIGNED for leg in mine):
            return False
        if not keep(stops_of(desk, unit, but=record.id), unit):
            return False
        return not mine or desk.before(unit, record) is not None

    def _may_have(self, desk: Desk, record: IncidentRecord, part: Incident, unit: str) -> bool:
        own, engaged = {offer.unit for offer in record.open_offers()}, desk.head.engaged(unit)
        if unit in own and engaged == {record.id}:
            return True
        if self.force and record.id not in engaged and _insisted(desk, unit, part):
            return True
        return may_have(desk, unit, record, part)

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
        found = coming(desk, choosing, record, part, unit)
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


def _insisted(desk: Desk, unit: str, part: Incident) -> bool:
    """Whether a unit that bookings keep can be sent elsewhere before, if somebody insists."""
    has = stops_of(desk, unit)
    full = part.earliest is not None and len(has) >= MOST_BOOKINGS
    return keep(has, unit) and stands_off(desk, has[0], unit) and not full


def _engaged(desk: Desk, unit: str, part: Incident) -> UnitEngagedError:
    others = ", ".join(sorted(desk.head.engaged(unit)))
    room = _insisted(desk, unit, part)
    what = "take it off there first" + ("; or set force: this would not be done in time before that" if room else "")
    return UnitEngagedError(f"unit {unit} is engaged with {others}; {what}", unit=unit, incidents=others)


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
            record = offering.refuse(desk, record, offer, OfferState.DECLINED, EventKind.OFFER_DECLINED, self.reason)
            desk.promote([offer.unit])
            return desk.head.incident(record.id)
        return accept(desk, record, offer, self.reason)


def accept(desk: Desk, record: IncidentRecord, offer: Offer, reason: str) -> IncidentRecord:
    """The first who accepts has it; others who were asked are told so."""
    _free_for(desk, record, offer.unit, LegState.ACCEPTED)
    leg = record.legs[offer.leg]
    if leg.unit != offer.unit:
        leg = offering.instead(desk, record, offer)
    leg = replace(leg, state=LegState.ACCEPTED, since=desk.now)
    record = offering.answer(
        desk, with_leg(record, offer.leg, leg), offer, OfferState.ACCEPTED, EventKind.OFFER_ACCEPTED, reason
    )
    before = record.units()
    record = offering.withdraw(desk, record, offer.leg, "another provider accepted", but=offer.id)
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
        _free_for(desk, record, self.unit, self.to)
        if self.to is LegState.ACCEPTED:
            offers = [offer for offer in record.open_offers(k) if offer.unit == self.unit]
            if offers:
                return accept(desk, record, offers[0], self.reason)
        return _advanced(desk, record, k, self.to, at, self.reason)


def _free_for(desk: Desk, record: IncidentRecord, unit: str, to: LegState) -> None:
    """UnitEngagedError while the unit has another incident to do first: this one follows when that is over.

    A booking may be said yes to long before: that changes nothing for what comes first.
    """
    if to is LegState.ACCEPTED and record.need is not None and record.need.earliest is not None:
        return
    first = desk.before(unit, record)
    if first is not None and legs_with(first, unit):
        raise UnitEngagedError(
            f"unit {unit} has incident {first.id} to do first; it can go on to {record.id} when that is done",
            unit=unit,
            incidents=first.id,
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
