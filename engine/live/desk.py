"""Where a command works: the head, the fleet, the policy and the time, and the steps that several commands share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from msgspec.structs import replace

from engine import texts
from engine.decision import Candidate, ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import NotFoundError
from engine.live import offering, room
from engine.live.attending import free_or_booked
from engine.live.choosing import Choosing, Pick
from engine.live.clocks import settled
from engine.live.due import due_before
from engine.live.events import EventKind
from engine.live.fleet import LiveFleet
from engine.live.parts import parts_of
from engine.live.records import (
    IncidentRecord,
    Leg,
    LegState,
    asked_for,
    ends_at,
    legs_with,
    with_leg,
)
from engine.live.state import TOWLINE, DecisionMade, Head
from engine.live.turns import turn
from engine.model import Incident, Provider, Unit
from graphs.errors import TowlineError


@dataclass
class Desk:
    """One batch's; `actor` is that of the command at work."""

    head: Head
    dispatcher: Dispatcher
    fleet: LiveFleet
    actor: str = TOWLINE
    batch: Choosing | None = None  # for the incidents that come in with this batch
    gone: set[str] = field(default_factory=set)  # units that a command of the batch took out of the fleet
    came_free: set[str] = field(default_factory=set)  # units that the command at work left without something they had
    freed: set[str] = field(default_factory=set)  # units that came free: the fleet has them busy yet
    tried: set[str] = field(default_factory=set)  # who waits and was looked at in this batch
    _taken: np.ndarray | None = field(default=None, repr=False)
    _view: room.View | None = field(default=None, repr=False)
    _last: tuple[Sequence[Incident], Choosing] | None = field(default=None, repr=False)

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

    @property
    def view(self) -> room.View:
        """The fleet for choosing: units that a booking of later keeps are free."""
        if self._view is None:
            self._view = room.view_of(self)
        return self._view

    def free(self, units: set[str]) -> None:
        """From now on these units are looked at as free, or as kept by their booking alone, whatever the fleet says."""
        self.freed |= units
        self.batch = self._taken = self._view = self._last = None

    def stale(self, unit: str) -> bool:
        """Whether a unit has come free and the fleet has it busy yet: its arrival would be that of who is."""
        busy = self.fleet.engaged.get(unit)
        return busy is not None and unit not in self.view.free and not self.head.engaged(unit).issuperset(busy)

    def undo(self, freed: set[str], tried: set[str]) -> None:
        """What a command that was undone had freed is not free, and whom it had tried was not."""
        if (freed, tried) != (self.freed, self.tried):
            self.freed, self.tried = freed, tried
            self._taken = self._view = self._last = None

    def taken(self) -> np.ndarray:
        """Rows of the units that nobody of the batch need look at; of the others `usable` says which may be had."""
        if self._taken is None:
            row_of = self.fleet.state.row_of
            blocked = self.head.blocked() - self.freed if self.freed else self.head.blocked()
            self._taken = np.array([row_of[unit] for unit in blocked if unit in row_of], np.int64)
        return self._taken

    def _taken_of_booking(self) -> np.ndarray:
        """The same for a booking: it may stand behind the one incident that a unit has, or before another booking."""
        row_of, head = self.fleet.state.row_of, self.head
        blocked = (unit for unit in head.blocked() - head.followed() if len(head.engaged(unit)) > 1)
        return np.array([row_of[unit] for unit in blocked if unit in row_of], np.int64)

    def before(self, unit_id: str, record: IncidentRecord) -> IncidentRecord | None:
        """What a unit does right before an incident that it has."""
        others = room.stops_of(self, unit_id, but=record.id)
        asked = next((each for each in others if not legs_with(each, unit_id)), None)  # beside somebody else
        sooner = [each for each in others if each is not asked and turn(each, unit_id) < turn(record, unit_id)]
        return sooner[-1] if sooner else asked

    # -- choosing

    def choosing(self, parts: Sequence[Incident]) -> Choosing:
        """The search for units of some incidents, that of the whole batch where they are in it."""
        if self.batch is not None and all(part.earliest is None and self.batch.holds(part) for part in parts):
            return self.batch
        if self._last is None or self._last[0] != parts:
            taken = self.taken() if all(part.earliest is None for part in parts) else self._taken_of_booking()
            self._last = parts, Choosing(self.dispatcher, parts, self.view.state, self.now, taken)
        return self._last[1]

    def prefetch(self, parts: Sequence[Incident]) -> None:
        """Begin a batch: search for all its incidents at once. One that cannot be used leaves each to itself."""
        self.freed |= {unit for unit in self.head.unheard(self.fleet.engaged) if free_or_booked(self, unit)}
        if parts:
            try:
                self.batch = Choosing(self.dispatcher, parts, self.view.state, self.now, self.taken())
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
        if offering.may_ask(self, record, k) <= 0:
            why = texts.reason("offers_exhausted", asked=asked_for(record, k))
            return self.nobody(record, k, ReasonCode.OFFERS_EXHAUSTED.value, why.message)
        if chosen_by == "immediate" and (due := due_before(self, record)) is not None:
            return self.nobody(record, k, ReasonCode.KEPT_FOR_DUE.value, f"incident {due} has waited longer")

        def usable(unit: str) -> bool:
            return self.usable(record, unit, part) and not self.stale(unit)

        pick = self.choosing([part]).pick(part, usable)
        if sooner := room.come_free(self, part, pick):
            self.free(sooner)
            pick = self.choosing([part]).pick(part, usable)
        pick = room.idle_first(self, part, pick, usable)
        for taken, bookings in () if room.in_time(record, pick) else room.from_bookings(self, record, part):
            given = self._instead_of(record, k, chosen_by, room.beside(taken, pick), bookings)
            if given is not None:
                return given
        if pick.best is None:
            reason = pick.recommendation.unserved
            return self.nobody(record, k, reason.code.value if reason else "", reason.message if reason else "")
        record = self.assign(record, k, pick.best, pick, chosen_by)
        return offering.ask(self, record, k, pick)

    def _instead_of(
        self, record: IncidentRecord, k: int, chosen_by: str, pick: Pick, bookings: Sequence[tuple[str, int]]
    ) -> IncidentRecord | None:
        """Give a leg the unit of bookings, and these others. None, and nothing is done: one would not be served."""
        assert pick.best is not None
        mark, freed, tried = self.head.mark(), self.freed.copy(), self.tried.copy()
        why = f"incident {record.id} has no other unit in time"
        for booking, leg in bookings:
            self.release(self.head.incident(booking), leg, why, refuse=False, data={"given_to": record.id})
        record = self.assign(record, k, pick.best, pick, chosen_by, data={"taken_from": bookings[0][0]})
        record = offering.ask(self, record, k)
        try:
            if all(room.served(self, self.choose(self.head.incident(booking)), leg) for booking, leg in bookings):
                return record
        except TowlineError:  # the booking's place cannot be used any more
            pass
        self.head.undo(mark)
        self.undo(freed, tried)
        return None

    def usable(self, record: IncidentRecord, unit: str, part: Incident) -> bool:
        """Whether a unit may be chosen for a part of an incident by itself."""
        return unit not in record.refused and unit not in self.gone and room.may_have(self, unit, record, part)

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
        first: bool = False,
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
            given=self.head.number + 1,
            first=first,
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

    def release(
        self, record: IncidentRecord, k: int, reason: str, *, refuse: bool, data: dict[str, Any] | None = None
    ) -> IncidentRecord:
        """Take the unit of a leg off; its open offers are withdrawn."""
        record = offering.withdraw(self, record, k, reason)
        leg = record.legs[k]
        if leg.state is LegState.WAITING:
            return record
        refused = record.refused | {leg.unit} if refuse else record.refused
        record = replace(with_leg(record, k, Leg(since=self.now)), refused=refused)
        return self.put(
            record,
            EventKind.UNIT_UNASSIGNED,
            unit=leg.unit,
            provider=leg.provider,
            reason=reason,
            data={"leg": k, **(data or {})},
        )

    # -- what follows

    def quietly(self, record: IncidentRecord) -> IncidentRecord:
        """What follows from the last event, as part of it."""
        return self.head.amend(replace(record, clocks=settled(record.clocks, record, self.now)))

    def promote(self, units: Iterable[str]) -> None:
        """Units that have come free: those who have an incident to follow are asked for that now.

        Those who wait are looked at when the command is done (`attending`).
        """
        for unit in units:
            self.came_free.add(unit)
            for record in room.stops_of(self, unit)[:1]:
                for k in legs_with(record, unit):
                    if record.legs[k].state is LegState.ASSIGNED:
                        record = offering.ask(self, record, k)

    def close(self, record: IncidentRecord, kind: EventKind, **event: Any) -> IncidentRecord:
        """The last event of an incident whose `state` and `closed_at` say that it is over."""
        before = self.head.incident(record.id).units()
        record = self.put(record, kind, **event)
        self.promote(before)
        return record
