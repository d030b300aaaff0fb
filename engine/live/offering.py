"""Offers: who is asked whether it comes, beside whom, and what becomes of that."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace as with_
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.decision import Recommendation
from engine.explain import why_lost
from engine.live.choosing import Pick
from engine.live.events import EventKind
from engine.live.parts import parts_of
from engine.live.records import IncidentRecord, Leg, LegState, Offer, OfferState, asked_for, ends_at, with_leg
from engine.model import Unit

if TYPE_CHECKING:
    from engine.live.desk import Desk


def asks(desk: Desk, unit: str) -> bool:
    """Whether the provider of a unit is asked before the unit is sent."""
    to = desk.policy.offers.to
    return to == "everybody" or (to == "contractors" and desk.provider_of(unit).contractor)


def may_ask(desk: Desk, record: IncidentRecord, k: int) -> int:
    """How many more offers may be made for a leg before a person must decide."""
    return desk.policy.offers.most - asked_for(record, k)


def ask(desk: Desk, record: IncidentRecord, k: int, pick: Pick | None = None) -> IncidentRecord:
    """Offer a leg to its unit's provider if, and once, that is to be asked; picked with rivals, to others too."""
    leg = record.legs[k]
    if not asks(desk, leg.unit) or desk.before(leg.unit, record) is not None:
        return record
    beside = pick is not None and pick.recommendation.runners_up
    most = min(desk.policy.offers.parallel, may_ask(desk, record, k)) if beside else 1
    asked = {leg.provider: leg.unit}
    while len(asked) < most and (unit := _beside(desk, record, k, asked)) is not None:
        asked[unit.provider_id] = unit.id
    if len(asked) > 1:
        _named(desk, record, k, asked.values())
    for provider, unit_id in asked.items():
        record = _offer(desk, record, k, unit_id, provider)
    return record


def _beside(desk: Desk, record: IncidentRecord, k: int, asked: Container[str]) -> Unit | None:
    """The next best unit that is free, of a provider that is not asked yet."""
    part = parts_of(record)[k]

    def may(unit: str) -> bool:
        free = not desk.head.engaged(unit) and desk.usable(record, unit, part)
        return free and desk.unit(unit).provider_id not in asked and asks(desk, unit)

    return desk.choosing([part]).unit_for(part, may)


def _named(desk: Desk, record: IncidentRecord, k: int, units: Iterable[str]) -> None:
    """The decision that was just made names all units that are asked, also where nearer ones of the same provider stood
    among the runners-up instead."""
    made, part = desk.head.decisions[-1], parts_of(record)[k]
    known: Recommendation = made.recommendation.recommendation
    best = known.best
    if (made.incident, made.leg) != (record.id, k) or best is None:
        return
    has = {best.unit_id, *(each.unit_id for each in known.runners_up)}
    found = (desk.choosing([part]).of_unit(part, unit) for unit in units if unit not in has)
    more = tuple(with_(each, lost=why_lost(each, best, None)) for each in found if each is not None)
    told = replace(made.recommendation, recommendation=with_(known, runners_up=(*known.runners_up, *more)))
    desk.head.decisions[-1] = with_(made, recommendation=told)


def _offer(desk: Desk, record: IncidentRecord, k: int, unit: str, provider: str) -> IncidentRecord:
    offer = Offer(
        id=str(len(record.offers) + 1),
        leg=k,
        unit=unit,
        provider=provider,
        made_at=desk.now,
        expires_at=desk.now + timedelta(seconds=desk.policy.offers.seconds),
    )
    leg = replace(record.legs[k], state=LegState.OFFERED, since=desk.now)
    record = replace(with_leg(record, k, leg), offers=(*record.offers, offer))
    return desk.put(record, EventKind.OFFER_MADE, unit=unit, provider=provider, data={"leg": k, "offer": offer.id})


def withdraw(desk: Desk, record: IncidentRecord, k: int | None, reason: str, but: str = "") -> IncidentRecord:
    """Withdraw the open offers of a leg (None: of all), but one."""
    for offer in record.open_offers(k):
        if offer.id != but:
            record = answer(desk, record, offer, OfferState.WITHDRAWN, EventKind.OFFER_WITHDRAWN, reason)
    return record


def answer(
    desk: Desk, record: IncidentRecord, offer: Offer, state: OfferState, kind: EventKind, reason: str
) -> IncidentRecord:
    """What became of an offer; the leg itself stays as it is."""
    after = replace(offer, state=state, answered_at=desk.now, reason=reason)
    offers = tuple(after if each.id == offer.id else each for each in record.offers)
    return desk.put(
        replace(record, offers=offers),
        kind,
        unit=offer.unit,
        provider=offer.provider,
        reason=reason,
        data={"leg": offer.leg, "offer": offer.id},
    )


def refuse(
    desk: Desk, record: IncidentRecord, offer: Offer, state: OfferState, kind: EventKind, reason: str
) -> IncidentRecord:
    """An offer came to nothing: those asked beside it may still accept, else the next best is asked."""
    record = answer(desk, replace(record, refused=record.refused | {offer.unit}), offer, state, kind, reason)
    k = offer.leg
    others = record.open_offers(k)
    leg = record.legs[k]
    if others:
        if leg.unit == offer.unit:
            record = desk.quietly(with_leg(record, k, instead(desk, record, others[0])))
        return record
    record = desk.quietly(with_leg(record, k, Leg(since=desk.now)))
    return desk.choose(record)


def instead(desk: Desk, record: IncidentRecord, offer: Offer) -> Leg:
    """The leg of an offer, with the unit that is asked in the place of the one it has."""
    part = parts_of(record)[offer.leg]
    found = desk.choosing([part]).of_unit(part, offer.unit)
    leg = record.legs[offer.leg]
    return replace(
        leg,
        unit=offer.unit,
        provider=offer.provider,
        arrives_at=None if found is None else found.arrives_at,
        probability=None if found is None else found.promise_probability,
        ends_at=None if found is None else ends_at(record, leg, found.arrives_at),
        warned=False,
        silent=False,
    )
