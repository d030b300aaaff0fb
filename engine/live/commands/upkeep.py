"""What happens by itself: time passes, plans are made again, arrivals come nearer or do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from engine.decision import Candidate
from engine.errors import NotFoundError
from engine.live.clocks import broken, rungs, warned
from engine.live.commands.base import Change
from engine.live.desk import Desk, parts_of, with_leg
from engine.live.events import EventKind
from engine.live.records import IncidentRecord, Leg, LegState, OfferState, ends_at
from graphs.errors import TowlineError


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed for an incident: offers lapse, clocks warn and break, somebody higher is told.

    Nothing of it is done twice, however often it runs: the record says what was done.
    """

    incident: str

    def run(self, desk: Desk) -> IncidentRecord | None:
        record = desk.head.find(self.incident)
        if record is None or record.closed:
            return record
        for offer in record.open_offers():
            if offer.expires_at <= desk.now and offer in record.open_offers():
                record = desk.refuse(record, offer, OfferState.LAPSED, EventKind.OFFER_LAPSED, "no answer in time")
                desk.promote([offer.unit])
                record = desk.head.incident(record.id)
        record = self._clocks(desk, record)
        for rung in rungs(record, desk.policy, desk.now):
            record = replace(record, escalations=(*record.escalations, rung))
            record = desk.put(
                record, EventKind.ESCALATED, data={"escalation": rung.id, "owner": rung.owner, "clock": rung.kind.value}
            )
        return desk.choose(record) if record.need is not None and not record.unserved else record

    @staticmethod
    def _clocks(desk: Desk, record: IncidentRecord) -> IncidentRecord:
        for index, clock in enumerate(record.clocks):
            if broken(clock, desk.now):
                kind, after = EventKind.CLOCK_BROKEN, replace(clock, broken_at=desk.now)
            elif warned(clock, desk.now):
                kind, after = EventKind.CLOCK_WARNED, replace(clock, warned_at=desk.now)
            else:
                continue
            clocks = (*record.clocks[:index], after, *record.clocks[index + 1 :])
            record = desk.put(
                replace(record, clocks=clocks),
                kind,
                data={"clock": clock.kind.value, "due_at": clock.due_at.isoformat()},
            )
        return record


@dataclass(frozen=True, slots=True)
class AcknowledgeEscalation(Change):
    """Whoever was told knows of it."""

    escalation: str = ""

    def run(self, desk: Desk) -> IncidentRecord:
        record = self.record(desk)
        found = next((each for each in record.escalations if each.id == self.escalation), None)
        if found is None:
            raise NotFoundError(f"incident {record.id} has no escalation {self.escalation!r}", incident=record.id)
        if found.acknowledged_at is not None:
            return record  # said before: nothing is new
        known = replace(found, acknowledged_at=desk.now, acknowledged_by=desk.actor)
        record = replace(
            record, escalations=tuple(known if each.id == known.id else each for each in record.escalations)
        )
        return desk.put(record, EventKind.ESCALATION_ACKNOWLEDGED, reason=self.reason, data={"escalation": known.id})


@dataclass(frozen=True, slots=True)
class Move:
    """A leg that should have another unit than it has (empty: none)."""

    incident: str
    leg: int
    had: str
    to: Candidate | None


@dataclass(frozen=True, slots=True)
class Replan:
    """A better plan for those who wait, or whose unit has not been asked yet. What changed meanwhile is left alone."""

    moves: Sequence[Move]
    solver: str

    def run(self, desk: Desk) -> None:
        meant = self._meant(desk)
        for move in meant:
            if move.had:
                record = desk.head.incident(move.incident)
                desk.release(record, move.leg, "planned again", refuse=False)
        for move in meant:
            record = desk.head.incident(move.incident)
            if move.to is None:
                continue
            if record.legs[move.leg].state is not LegState.WAITING:
                continue
            if not desk.usable(record, move.to.unit_id):
                desk.choose(record, "reoptimised")  # its unit was given away meanwhile
                continue
            # as the plan reckoned it, a moment ago: the fleet may still have the unit busy with what it leaves
            part, found = parts_of(record)[move.leg], move.to
            choosing = desk.choosing([part])
            pick = choosing.about(part, found)
            record = desk.assign(
                record,
                move.leg,
                found,
                pick,
                "reoptimised",
                reason="planned again" if move.had else "",
                data={"solver": self.solver},
            )
            desk.ask(record, move.leg, pick)

    def _meant(self, desk: Desk) -> list[Move]:
        """The moves that still make sense: nobody gives up a unit for one that somebody else has been given."""
        meant = [move for move in self.moves if self._stands(desk, move)]
        while True:
            given = {move.to.unit_id for move in meant if move.to is not None}
            freed = {move.had for move in meant if move.had}
            kept = [
                move
                for move in meant
                if (move.had in given if move.to is None else move.to.unit_id in freed or self._usable(desk, move))
            ]
            if len(kept) == len(meant):
                return kept
            meant = kept

    @staticmethod
    def _usable(desk: Desk, move: Move) -> bool:
        return move.to is not None and desk.usable(desk.head.incident(move.incident), move.to.unit_id)

    @staticmethod
    def _stands(desk: Desk, move: Move) -> bool:
        record = desk.head.find(move.incident)
        if record is None or record.closed or move.leg >= len(record.legs):
            return False
        leg = record.legs[move.leg]
        if desk.may_ask(record, move.leg) <= 0:
            return False  # for a person to decide
        return leg.state in (LegState.WAITING, LegState.ASSIGNED) and leg.unit == move.had and not leg.held


@dataclass(frozen=True, slots=True)
class Sighted:
    """What is known now of the arrival of a unit under way."""

    incident: str
    leg: int
    unit: str
    arrives_at: datetime
    probability: float
    silent: bool = False  # nothing was heard of it for too long


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Warnings about promises that will probably break, about units that have gone silent, and their end."""

    sighted: Sequence[Sighted]

    def run(self, desk: Desk) -> None:
        for each in self.sighted:
            record = desk.head.find(each.incident)
            if record is None or record.closed or each.leg >= len(record.legs):
                continue
            leg = record.legs[each.leg]
            if leg.unit != each.unit or leg.state in (LegState.ON_SCENE, LegState.TOWING, LegState.DONE):
                continue
            if each.silent != leg.silent:
                leg = replace(leg, silent=each.silent)
                kind = EventKind.UNIT_SILENT if each.silent else EventKind.UNIT_HEARD
                record = self._told(desk, record, each, leg, kind, {})
            rules = desk.policy.live
            if not leg.warned and each.probability < rules.risk_probability:
                self._told(
                    desk,
                    record,
                    each,
                    self._seen(record, leg, each, True),
                    EventKind.PROMISE_AT_RISK,
                    remedy(desk, record, each),
                )
            elif leg.warned and each.probability >= rules.safe_probability:
                self._told(desk, record, each, self._seen(record, leg, each, False), EventKind.PROMISE_SAFE, {})

    @staticmethod
    def _seen(record: IncidentRecord, leg: Leg, each: Sighted, risk: bool) -> Leg:
        return replace(
            leg,
            warned=risk,
            arrives_at=each.arrives_at,
            probability=each.probability,
            ends_at=ends_at(record, leg, each.arrives_at),
        )

    @staticmethod
    def _told(
        desk: Desk, record: IncidentRecord, each: Sighted, leg: Leg, kind: EventKind, more: dict[str, Any]
    ) -> IncidentRecord:
        data = {"leg": each.leg, "arrives_at": each.arrives_at.isoformat(), "probability": each.probability, **more}
        return desk.put(with_leg(record, each.leg, leg), kind, unit=leg.unit, provider=leg.provider, data=data)


def remedy(desk: Desk, record: IncidentRecord, each: Sighted) -> dict[str, Any]:
    """The unit that would be there soonest of those that could be sent instead, if it is sooner."""
    try:
        part = parts_of(record)[each.leg]
        best = desk.choosing([part]).pick(part, lambda unit: desk.usable(record, unit)).best
    except TowlineError:
        return {"remedy": "none"}
    if best is None or best.arrives_at >= each.arrives_at:
        return {"remedy": "none"}
    return {
        "remedy_unit": best.unit_id,
        "remedy_provider": best.provider_id,
        "remedy_arrives_at": best.arrives_at.isoformat(),
        "remedy_probability": best.promise_probability,
    }
