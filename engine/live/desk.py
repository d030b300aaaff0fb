"""Where a command works: the head, the fleet, the policy and the time, and the steps that several commands share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_
from datetime import datetime, timedelta
from typing import Any, Protocol

import numpy as np
from msgspec.structs import replace

from engine import texts
from engine.arrival.model import ArrivalModel
from engine.decision import Candidate, ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import NotFoundError, TowlineError
from engine.fleet.state import FleetState
from engine.jobs.deferment import is_due
from engine.jobs.expand import one_unit_each
from engine.live.choosing import Choosing, Pick
from engine.live.clocks import settled
from engine.live.events import EventKind
from engine.live.records import WORKING, IncidentRecord, Leg, LegState, Offer, OfferState, ends_at
from engine.live.state import TOWLINE, DecisionMade, Head, legs_with
from engine.model import Incident, Provider, Unit
from engine.times import to_ms
from graphs.search import INF

#: Why somebody waits who could have a unit that came free: not for want of a capable one, or of a way.
_WANTS_ANY = frozenset(
    {"", *(code.value for code in (ReasonCode.CAPACITY, ReasonCode.KEPT_FOR_DUE, ReasonCode.TOO_LATE))}
)


class LiveFleet(Protocol):
    """The fleet as commands see it: `engine.server.fleet_store.FleetSnapshot`."""

    @property
    def state(self) -> FleetState: ...
    @property
    def engaged(self) -> Mapping[str, str]: ...  # unit -> the incident that `state` has it busy with
    @property
    def observed(self) -> Mapping[str, datetime]: ...  # unit -> when it was seen last
    def find(self, unit_id: str) -> Unit | None: ...


@dataclass
class Desk:
    """One batch's; `actor` is that of the command at work."""

    head: Head
    dispatcher: Dispatcher
    fleet: LiveFleet
    actor: str = TOWLINE
    batch: Choosing | None = None  # for the incidents that come in with this batch
    gone: set[str] = field(default_factory=set)  # units that a command of the batch took out of the fleet
    _taken: np.ndarray | None = field(default=None, repr=False)

    @property
    def now(self) -> datetime:
        return self.head.now

    @property
    def policy(self) -> Any:
        return self.dispatcher.policy

    # -- the fleet

    def unit(self, unit_id: str) -> Unit:
        """NotFoundError when the server keeps no such unit."""
        found = None if unit_id in self.gone else self.fleet.find(unit_id)
        if found is None:
            raise NotFoundError(f"there is no unit {unit_id!r} on this server", unit=unit_id)
        return found

    def provider_of(self, unit_id: str) -> Provider:
        return self.fleet.state.providers[self.unit(unit_id).provider_id]

    def may_follow(self, unit_id: str, incident: str) -> bool:
        """Whether a unit can be given an incident: it has none, or works on one and has none to follow."""
        engaged = self.head.engaged(unit_id)
        if not engaged:
            return True
        if len(engaged) > 1 or incident in engaged:
            return False
        (present,) = engaged
        record = self.head.incident(present)
        working = legs_with(record, unit_id)
        if not working or any(offer.unit == unit_id for offer in record.open_offers()):
            return False
        return all(record.legs[k].state in WORKING for k in working) and self.fleet.engaged.get(unit_id) == present

    def taken(self) -> np.ndarray:
        """Rows of the units that nobody of the batch need look at; of the others `usable` says which may be had."""
        if self._taken is None:
            row_of = self.fleet.state.row_of
            self._taken = np.array([row_of[unit] for unit in self.head.blocked() if unit in row_of], np.int64)
        return self._taken

    def working_now(self, unit_id: str, incident: str) -> bool:
        """Whether a unit is engaged with another incident than this."""
        return bool(self.head.engaged(unit_id) - {incident})

    # -- choosing

    def choosing(self, parts: Sequence[Incident]) -> Choosing:
        """The search for units of some incidents, that of the whole batch where they are in it."""
        if self.batch is not None and all(self.batch.holds(part) for part in parts):
            return self.batch
        return Choosing(self.dispatcher, parts, self.fleet.state, self.now, self.taken())

    def coming(self, choosing: Choosing, record: IncidentRecord, part: Incident, unit_id: str) -> Candidate | None:
        """What a unit means for an incident; also of one that the fleet has busy with this very incident, or with one
        that it is not engaged with any more: that is nothing to wait for."""
        found = choosing.of_unit(part, unit_id)
        present = self.fleet.engaged.get(unit_id)
        if found is None or present is None or (present != record.id and present in self.head.engaged(unit_id)):
            return found
        unit, policy = self.unit(unit_id), self.policy
        moving = [record.legs[k] for k in legs_with(record, unit_id)]
        gone = any(leg.state in (LegState.UNDER_WAY, LegState.ON_SCENE) for leg in moving)
        origins, there = self.dispatcher.positions([unit.location]), self.dispatcher.positions([part.location])
        departure = self.now if self.dispatcher.metrics is not None else None
        travel = int(self.dispatcher.durations(origins, there, departure)[0, 0])
        if travel >= INF:
            return None
        ready = timedelta(0) if gone else unit.mobilisation
        arrives = self.now + ready + timedelta(milliseconds=travel)
        due = choosing.promise(part).due_at
        ready_ms = round(1000 * ready.total_seconds())
        kept = ArrivalModel.of(policy).kept((ready_ms, ready_ms, 0.0), travel, to_ms(due) - to_ms(self.now))
        return with_(
            found,
            departs_at=self.now + ready,
            arrives_at=arrives,
            travel=timedelta(milliseconds=travel),
            slack=due - arrives,
            promise_probability=kept,
        )

    def prefetch(self, parts: Sequence[Incident]) -> None:
        """Search for all incidents of a batch at once. One that cannot be used leaves each to itself."""
        if parts:
            try:
                self.batch = Choosing(self.dispatcher, parts, self.fleet.state, self.now, self.taken())
            except TowlineError:
                self.batch = None

    def waits_for_booking(self, record: IncidentRecord) -> bool:
        """Whether it is too early to choose a unit."""
        need = record.need
        lead = timedelta(minutes=self.policy.live.booking_lead_minutes)
        return need is not None and need.earliest is not None and need.earliest - lead > self.now

    def choose(
        self, record: IncidentRecord, chosen_by: str = "immediate", parts: Sequence[Incident] | None = None
    ) -> IncidentRecord:
        """Give every leg that waits the best unit there is, and ask its provider where that is wanted.

        ``parts``: the incident as the engine has been asked about it already, by leg.
        """
        if self.waits_for_booking(record):
            return record
        for k, leg in enumerate(record.legs):
            if leg.state is LegState.WAITING:
                record = self._choose_leg(record, k, chosen_by, (parts or parts_of(record))[k])
        return record

    def _choose_leg(self, record: IncidentRecord, k: int, chosen_by: str, part: Incident) -> IncidentRecord:
        if self.may_ask(record, k) <= 0:
            why = texts.reason("offers_exhausted", asked=asked_for(record, k))
            return self.nobody(record, k, ReasonCode.OFFERS_EXHAUSTED.value, why.message)
        if chosen_by == "immediate" and (due := self.due_before(record)) is not None:
            return self.nobody(record, k, ReasonCode.KEPT_FOR_DUE.value, f"incident {due} has waited longer")
        pick = self.choosing([part]).pick(part, lambda unit: self.usable(record, unit))
        if pick.best is None:
            reason = pick.recommendation.unserved
            return self.nobody(record, k, reason.code.value if reason else "", reason.message if reason else "")
        record = self.assign(record, k, pick.best, pick, chosen_by)
        return self.ask(record, k, pick)

    def due_before(self, record: IncidentRecord) -> str | None:
        """Somebody who called before, is as urgent, has waited past the bound and still waits; None: nobody.

        Who gets which unit is then for the plan that is made of all of them, at once after this (docs/jobs.md).
        """
        if record.need is None:
            return None
        weight, policy = self.policy.priority.of, self.policy
        return next(
            (
                each.id
                for each in self.head.waiting()
                if each.id != record.id
                and each.unserved in _WANTS_ANY
                and each.need is not None
                and each.promise is not None
                and each.need.received_at < record.need.received_at
                and weight(each.need.priority) >= weight(record.need.priority)
                and is_due(each.need, each.promise.due_at, policy, self.now)
            ),
            None,
        )

    def usable(self, record: IncidentRecord, unit: str) -> bool:
        """Whether a unit may be chosen for an incident by itself."""
        return unit not in record.refused and unit not in self.gone and self.may_follow(unit, record.id)

    def nobody(self, record: IncidentRecord, k: int, code: str, message: str = "") -> IncidentRecord:
        """A leg stays without a unit; told once for each reason."""
        if record.unserved == code:
            return record
        record = replace(record, unserved=code)
        return self.put(record, EventKind.NOBODY_FOUND, reason=message, data={"leg": k, "code": code})

    # -- steps

    def put(self, record: IncidentRecord, kind: EventKind, **event: Any) -> IncidentRecord:
        """One event; clocks are settled by what the incident has become."""
        clocks = settled(record.clocks, record, self.now)
        if clocks is not record.clocks:
            record = replace(record, clocks=clocks)
        return self.head.put(record, kind, actor=event.pop("actor", self.actor), **event)

    def assign(
        self,
        record: IncidentRecord,
        k: int,
        chosen: Candidate,
        pick: Pick,
        chosen_by: str,
        *,
        reason: str = "",
        held: bool = False,
        data: dict[str, Any] | None = None,
    ) -> IncidentRecord:
        """A unit for a leg that waits; the decision is kept."""
        leg = Leg(
            state=LegState.ASSIGNED,
            unit=chosen.unit_id,
            provider=chosen.provider_id,
            since=self.now,
            arrives_at=chosen.arrives_at,
            probability=chosen.promise_probability,
            work=pick.work,
            ends_in=pick.ends_in,
            held=held,
        )
        record = with_leg(record, k, replace(leg, ends_at=ends_at(record, leg, chosen.arrives_at)))
        if all(each.state is not LegState.WAITING for each in record.legs):
            record = replace(record, unserved="")
        more = {"leg": k, "chosen_by": chosen_by, "arrives_at": chosen.arrives_at.isoformat(), **(data or {})}
        record = self.put(
            record, EventKind.UNIT_ASSIGNED, unit=leg.unit, provider=leg.provider, reason=reason, data=more
        )
        self.head.decisions.append(
            DecisionMade(record.number, record.id, k, leg.unit, self.now, chosen_by, pick.record(k, chosen_by))
        )
        return record

    def release(self, record: IncidentRecord, k: int, reason: str, *, refuse: bool) -> IncidentRecord:
        """Take the unit of a leg off; its open offers are withdrawn."""
        record = self.withdraw(record, k, reason)
        leg = record.legs[k]
        if leg.state is LegState.WAITING:
            return record
        refused = record.refused | {leg.unit} if refuse else record.refused
        record = replace(with_leg(record, k, Leg(since=self.now)), refused=refused)
        return self.put(
            record, EventKind.UNIT_UNASSIGNED, unit=leg.unit, provider=leg.provider, reason=reason, data={"leg": k}
        )

    # -- offers

    def asks(self, unit: str) -> bool:
        """Whether the provider of a unit is asked before the unit is sent."""
        to = self.policy.offers.to
        return to == "everybody" or (to == "contractors" and self.provider_of(unit).contractor)

    def may_ask(self, record: IncidentRecord, k: int) -> int:
        """How many more offers may be made for a leg before a person must decide."""
        return self.policy.offers.most - asked_for(record, k)

    def ask(self, record: IncidentRecord, k: int, pick: Pick | None = None) -> IncidentRecord:
        """Offer a leg to the provider of its unit, and to those of runners-up where several are asked at once.

        Who is not asked is simply assigned; a unit that works on another incident is asked when that ends.
        """
        leg = record.legs[k]
        if not self.asks(leg.unit) or self.working_now(leg.unit, record.id):
            return record
        rivals = pick.recommendation.runners_up if pick is not None else ()
        also = [c for c in rivals if self.asks(c.unit_id) and not self.head.engaged(c.unit_id)]
        asked = [(leg.unit, leg.provider), *((c.unit_id, c.provider_id) for c in also)]
        for unit, provider in asked[: max(1, min(self.policy.offers.parallel, self.may_ask(record, k)))]:
            record = self._offer(record, k, unit, provider)
        return record

    def _offer(self, record: IncidentRecord, k: int, unit: str, provider: str) -> IncidentRecord:
        offer = Offer(
            id=str(len(record.offers) + 1),
            leg=k,
            unit=unit,
            provider=provider,
            made_at=self.now,
            expires_at=self.now + timedelta(seconds=self.policy.offers.seconds),
        )
        leg = replace(record.legs[k], state=LegState.OFFERED, since=self.now)
        record = replace(with_leg(record, k, leg), offers=(*record.offers, offer))
        return self.put(record, EventKind.OFFER_MADE, unit=unit, provider=provider, data={"leg": k, "offer": offer.id})

    def withdraw(self, record: IncidentRecord, k: int | None, reason: str, but: str = "") -> IncidentRecord:
        """Withdraw the open offers of a leg (None: of all), but one."""
        for offer in record.open_offers(k):
            if offer.id != but:
                record = self.answer(record, offer, OfferState.WITHDRAWN, EventKind.OFFER_WITHDRAWN, reason)
        return record

    def answer(
        self, record: IncidentRecord, offer: Offer, state: OfferState, kind: EventKind, reason: str
    ) -> IncidentRecord:
        """What became of an offer; the leg itself stays as it is."""
        after = replace(offer, state=state, answered_at=self.now, reason=reason)
        offers = tuple(after if each.id == offer.id else each for each in record.offers)
        return self.put(
            replace(record, offers=offers),
            kind,
            unit=offer.unit,
            provider=offer.provider,
            reason=reason,
            data={"leg": offer.leg, "offer": offer.id},
        )

    def refuse(
        self, record: IncidentRecord, offer: Offer, state: OfferState, kind: EventKind, reason: str
    ) -> IncidentRecord:
        """An offer came to nothing: those asked beside it may still accept, else the next best is asked."""
        record = self.answer(replace(record, refused=record.refused | {offer.unit}), offer, state, kind, reason)
        k = offer.leg
        others = record.open_offers(k)
        leg = record.legs[k]
        if others:
            if leg.unit == offer.unit:
                record = self.quietly(with_leg(record, k, self.instead(record, others[0])))
            return record
        record = self.quietly(with_leg(record, k, Leg(since=self.now)))
        return self.choose(record)

    def instead(self, record: IncidentRecord, offer: Offer) -> Leg:
        """The leg of an offer, with the unit that is asked in the place of the one it has."""
        part = parts_of(record)[offer.leg]
        found = self.choosing([part]).of_unit(part, offer.unit)
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

    def quietly(self, record: IncidentRecord) -> IncidentRecord:
        """What follows from the last event, as part of it."""
        return self.head.amend(replace(record, clocks=settled(record.clocks, record, self.now)))

    # -- what follows

    def promote(self, units: Iterable[str]) -> None:
        """Units that have come free: those who have an incident to follow are asked for that now."""
        for unit in units:
            engaged = self.head.engaged(unit)
            if len(engaged) == 1:
                (following,) = engaged
                record = self.head.incident(following)
                for k in legs_with(record, unit):
                    if record.legs[k].state is LegState.ASSIGNED:
                        record = self.ask(record, k)

    def close(self, record: IncidentRecord, kind: EventKind, **event: Any) -> IncidentRecord:
        """The last event of an incident whose `state` and `closed_at` say that it is over."""
        before = self.head.incident(record.id).units()
        record = self.put(record, kind, **event)
        self.promote(before)
        return record


def with_leg(record: IncidentRecord, k: int, leg: Leg) -> IncidentRecord:
    return replace(record, legs=(*record.legs[:k], leg, *record.legs[k + 1 :]))


def asked_for(record: IncidentRecord, k: int) -> int:
    """How many offers were made for a leg, since the incident was opened (again)."""
    since = record.reopened_at
    return sum(offer.leg == k and (since is None or offer.made_at >= since) for offer in record.offers)


def parts_of(record: IncidentRecord) -> list[Incident]:
    """An incident as the engine is asked about it, one for each leg; only of a filed one."""
    need = record.need
    assert need is not None
    if record.promise is not None:
        need = with_(need, due_at=record.promise.due_at, promise=None, refused=record.refused)
    return one_unit_each([need])
