"""What becomes of offers, clocks and escalations from one event to the next."""

from __future__ import annotations

from datetime import datetime

from engine.live.records import ClockKind, IncidentRecord, LegState, Offer, OfferState
from engine.live.verify.faults import Fault, Said

_ANSWERS = {
    "offer_accepted": OfferState.ACCEPTED,
    "offer_declined": OfferState.DECLINED,
    "offer_lapsed": OfferState.LAPSED,
    "offer_withdrawn": OfferState.WITHDRAWN,
}
#: Events at which clocks are set.
_SET = frozenset({"incident_filed", "incident_updated", "incident_reopened"})
_THERE = (LegState.ON_SCENE, LegState.TOWING, LegState.DONE)
_ACCEPTED = (LegState.ACCEPTED, LegState.UNDER_WAY, *_THERE)


def offers(before: IncidentRecord, after: IncidentRecord, kind: str, offer: str | None, at: datetime) -> Said:
    """One is made, or one is answered, by the event that says so; an answered one never changes."""
    if len(after.offers) < len(before.offers):
        yield Fault.OFFER, f"{kind} lost an offer"
        return
    for was, now in zip(before.offers, after.offers, strict=False):
        if was != now:
            yield from _answered(was, now, kind, offer, at)
    made = after.offers[len(before.offers) :]
    if (len(made) == 1) != (kind == "offer_made") or len(made) > 1:
        yield Fault.OFFER, f"{kind} made {len(made)} offers"
    for new in made:
        if new.state is not OfferState.OPEN or new.made_at != at or new.expires_at <= new.made_at or new.id != offer:
            yield Fault.OFFER, f"offer {new.id} begins as {new.state}, made at {new.made_at}"
        if any(each.id == new.id for each in before.offers):
            yield Fault.OFFER, f"two offers {new.id}"
    if kind in _ANSWERS and not any(was != now for was, now in zip(before.offers, after.offers, strict=False)):
        yield Fault.OFFER, f"{kind} answered none"
    if kind != "offer_withdrawn":
        for each in before.open_offers():
            if each.leg < len(before.legs) and before.legs[each.leg].state in _ACCEPTED:
                yield Fault.OFFER, f"offer {each.id} was left open though leg {each.leg} is accepted"


def _answered(was: Offer, now: Offer, kind: str, offer: str | None, at: datetime) -> Said:
    if was.state is not OfferState.OPEN:
        yield Fault.OFFER, f"{kind} changed offer {was.id}, which is {was.state}"
    elif _ANSWERS.get(kind) is not now.state or offer != was.id:
        yield Fault.OFFER, f"{kind} of offer {offer} made offer {was.id} {now.state}"
    elif now.answered_at != at:
        yield Fault.OFFER, f"offer {was.id} was answered at {now.answered_at}"
    elif now.state is OfferState.LAPSED and at < was.expires_at:
        yield Fault.OFFER, f"offer {was.id} lapsed before {was.expires_at}"
    if (was.id, was.leg, was.unit, was.made_at, was.expires_at) != (
        now.id,
        now.leg,
        now.unit,
        now.made_at,
        now.expires_at,
    ):
        yield Fault.OFFER, f"{kind} made offer {was.id} another one"


def clocks(before: IncidentRecord | None, after: IncidentRecord, kind: str, at: datetime) -> Said:
    """They run until what they wait for is there; what they said once stays said."""
    known = {} if before is None or kind == "incident_reopened" else {each.kind: each for each in before.clocks}
    for now in after.clocks:
        met = _met(after, now.kind)
        if met != (now.met_at is not None):
            yield Fault.CLOCK, f"{now.kind} is {'running' if met else 'met'}"
        if any(time is not None and time > at for time in (now.met_at, now.warned_at, now.broken_at)):
            yield Fault.CLOCK, f"{now.kind} says something about the future"
        if now.broken_at is not None and now.broken_at < now.due_at:
            yield Fault.CLOCK, f"{now.kind} was found broken before {now.due_at}"
        if now.kind is ClockKind.ARRIVAL and (after.promise is None or after.promise.due_at != now.due_at):
            yield Fault.CLOCK, "the clock of the arrival does not run to the promise"
        was = known.pop(now.kind, None)
        if was is None:
            continue
        if was.due_at != now.due_at:
            if kind not in _SET:
                yield Fault.CLOCK, f"{kind} set the {now.kind} clock anew"
            continue
        for said, stays in ((was.warned_at, now.warned_at), (was.broken_at, now.broken_at)):
            if said is not None and said != stays:
                yield Fault.CLOCK, f"{kind} made the {now.kind} clock forget"
        if now.warned_at != was.warned_at and kind != "clock_warned":
            yield Fault.CLOCK, f"{kind} warned of {now.kind}"
        if now.broken_at != was.broken_at and kind != "clock_broken":
            yield Fault.CLOCK, f"{kind} broke {now.kind}"
    for lost in known:
        yield Fault.CLOCK, f"{kind} lost the {lost} clock"


def _met(record: IncidentRecord, kind: ClockKind) -> bool:
    states = [leg.state for leg in record.legs]
    match kind:
        case ClockKind.FILING:
            return record.need is not None
        case ClockKind.ASSIGNMENT:
            return bool(states) and LegState.WAITING not in states
        case ClockKind.CALLBACK:
            return record.called_back_at is not None
        case ClockKind.ARRIVAL:
            return bool(states) and all(state in _THERE for state in states)
        case ClockKind.RESPONSE:
            return any(state in _ACCEPTED for state in states)
        case ClockKind.RESOLUTION:
            return record.closed_at is not None
    return False


def escalations(before: IncidentRecord, after: IncidentRecord, kind: str, at: datetime) -> Said:
    """Each rung is raised once, by its event, and known to somebody at most once."""
    ids = [each.id for each in after.escalations]
    if len(set(ids)) != len(ids):
        yield Fault.ESCALATION, "a rung was raised twice"
    if [each.id for each in before.escalations] != ids[: len(before.escalations)]:
        yield Fault.ESCALATION, f"{kind} took a rung back"
    raised = after.escalations[len(before.escalations) :]
    if len(raised) != (kind == "escalated") or any(each.raised_at != at for each in raised):
        yield Fault.ESCALATION, f"{kind} raised {len(raised)} rungs"
    for was, now in zip(before.escalations, after.escalations, strict=False):
        if was != now and (kind != "escalation_acknowledged" or was.acknowledged_at is not None):
            yield Fault.ESCALATION, f"{kind} changed rung {was.id}"
