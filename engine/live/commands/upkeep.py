"""What happens by itself: time passes, plans are made again, arrivals come nearer or do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from engine.decision import Candidate
from engine.errors import NotFoundError
from engine.live import offering
from engine.live.attending import attend_in_time
from engine.live.clocks import broken, rungs, warned
from engine.live.commands.base import Change
from engine.live.desk import Desk
from engine.live.events import EventKind
from engine.live.parts import parts_of
from engine.live.records import IncidentRecord, Leg, LegState, OfferState, ends_at, legs_with, with_leg
from engine.live.room import before_booking, in_the_way, rest_of, stands_off, stops_of
from engine.live.turns import keep, may_lose
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
                record = offering.refuse(
                    desk, record, offer, OfferState.LAPSED, EventKind.OFFER_LAPSED, "no answer in time"
                )
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
class Attend:
    """Time has passed for all who wait: what nobody could do a minute ago may fit by now."""

    def run(self, desk: Desk) -> None:
        attend_in_time(desk)


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
        """Moves that hang together, by units that one leaves and another gets, are made all or none."""
        plan, mark, freed, tried = self, desk.head.mark(), desk.freed.copy(), desk.tried.copy()
        while failed := plan._carry_out(desk):
            desk.head.undo(mark)
            desk.undo(freed.copy(), tried.copy())
            plan = Replan(_without(plan.moves, failed), plan.solver)
        for move in self.moves:
            if not move.had and move not in plan.moves and self._stands(desk, move):
                desk.choose(desk.head.incident(move.incident), "immediate")  # its unit was given away meanwhile

    def _carry_out(self, desk: Desk) -> list[Move]:
        """Make the moves; those that cannot be made, or leave somebody without a unit for nobody more urgent."""
        meant = self._without_room(desk, self._meant(desk))
        refused = [move for move in self.moves if move not in meant and self._fits_no_more(desk, move)]
        given = {move.to.unit_id: move.incident for move in meant if move.to is not None}
        for move in meant:
            if move.had:
                _give_up(desk, move, given)
        desk.free(set())  # the fleet has units busy with what they have left
        behind = [later for move in meant for later in _in_the_way(desk, move)]
        stay = [later for later in behind if may_lose(desk.head.incident(later.incident), later.had) is None]
        if stay:
            return stay
        for later in behind:
            _give_up(desk, later, given)
        failed = [move for move in meant if move.to is not None and not self._made(desk, move, move.to)]
        if failed:
            return failed
        gave = [*(move for move in meant if move.to is None), *behind]
        for move in (*refused, *gave):
            desk.choose(desk.head.incident(move.incident), "reoptimised" if move.had else "immediate")
        return [move for move in gave if self._robbed(desk, move, meant)]

    def _made(self, desk: Desk, move: Move, found: Candidate) -> bool:
        """Give a leg its unit; False: it cannot have that any more, or would come after a booking and too late."""
        record = desk.head.incident(move.incident)
        part = parts_of(record)[move.leg]
        if record.legs[move.leg].state is not LegState.WAITING or not desk.usable(record, found.unit_id, part):
            return False
        # as the plan reckoned it, a moment ago: the fleet may still have the unit busy with what it leaves
        choosing, chosen = desk.choosing([part]), before_booking(desk, record, part, found)
        if chosen is None:
            return False
        pick = choosing.about(part, chosen)
        why, data = "planned again" if move.had else "", {"solver": self.solver}
        record = desk.assign(record, move.leg, chosen, pick, "reoptimised", reason=why, data=data)
        offering.ask(desk, record, move.leg, pick)
        return True

    @staticmethod
    def _robbed(desk: Desk, move: Move, meant: list[Move]) -> bool:
        """Whether an incident has lost its unit for nobody who is more urgent, and has no other one."""
        record, weight = desk.head.incident(move.incident), desk.policy.priority.of
        if record.need is None or record.legs[move.leg].unit:
            return False
        takers = (desk.head.incident(m.incident).need for m in meant if m.to is not None and m.to.unit_id == move.had)
        return not any(need is not None and weight(need.priority) > weight(record.need.priority) for need in takers)

    @staticmethod
    def _without_room(desk: Desk, meant: Sequence[Move]) -> list[Move]:
        """Without the bookings that need not give up their unit, as what it is given fits before."""
        taker = {move.to.unit_id: move for move in meant if move.to is not None}

        def stays(move: Move) -> bool:
            by = None if move.to is not None else taker.get(move.had)
            return by is not None and _has_room(desk, by.incident, by.leg, move.had)

        return [move for move in meant if not stays(move)]

    @staticmethod
    def _fits_no_more(desk: Desk, move: Move) -> bool:
        """Whether somebody waits who was to get the unit of a booking, and would not be done in time."""
        if move.had or move.to is None or not Replan._stands(desk, move):
            return False
        has = stops_of(desk, move.to.unit_id)
        return keep(has, move.to.unit_id) and stands_off(desk, has[0], move.to.unit_id)

    def _meant(self, desk: Desk) -> Sequence[Move]:
        """The moves that still make sense: nobody gives up a unit for one that somebody else has been given."""
        meant = self.moves
        while True:
            given = {move.to.unit_id for move in meant if move.to is not None}
            freed = {move.had for move in meant if move.had}
            senseless = [move for move in meant if not self._makes_sense(desk, move, given, freed)]
            if not senseless:
                return meant
            meant = _without(meant, senseless)

    def _makes_sense(self, desk: Desk, move: Move, given: set[str], freed: set[str]) -> bool:
        if not self._stands(desk, move):
            return False
        if move.to is None:
            return move.had in given
        useful = move.had in given or not _late_for_nothing(desk, move)
        return useful and (move.to.unit_id in freed or self._usable(desk, move))

    @staticmethod
    def _usable(desk: Desk, move: Move) -> bool:
        if move.to is None:
            return False
        record = desk.head.incident(move.incident)
        return desk.usable(record, move.to.unit_id, parts_of(record)[move.leg])

    @staticmethod
    def _stands(desk: Desk, move: Move) -> bool:
        record = desk.head.find(move.incident)
        if record is None or record.closed or move.leg >= len(record.legs):
            return False
        leg = record.legs[move.leg]
        if offering.may_ask(desk, record, move.leg) <= 0:
            return False  # for a person to decide
        return leg.state in (LegState.WAITING, LegState.ASSIGNED) and leg.unit == move.had and not leg.held


def _late_for_nothing(desk: Desk, move: Move) -> bool:
    """Whether somebody would lose a unit that is there in time for one that is not."""
    record = desk.head.incident(move.incident)
    if move.to is None or record.promise is None:
        return False
    leg, due = record.legs[move.leg], record.promise.due_at
    return leg.arrives_at is not None and leg.arrives_at <= due < move.to.arrives_at


def _without(moves: Sequence[Move], failed: Sequence[Move]) -> list[Move]:
    """The moves that have nothing to do with those that failed: no unit in common, nor with what has."""
    gone = {unit for move in failed for unit in _units(move)}
    while more := {unit for move in moves if _units(move) & gone for unit in _units(move)} - gone:
        gone |= more
    return [move for move in moves if not _units(move) & gone]


def _units(move: Move) -> set[str]:
    return {unit for unit in (move.had, move.to.unit_id if move.to is not None else "") if unit}


def _give_up(desk: Desk, move: Move, given: Mapping[str, str]) -> None:
    """Take the unit off that a leg had; the event says for whom. ``given``: by unit, the incident that gets it."""
    data = {"given_to": given[move.had]} if move.had in given else None
    desk.release(desk.head.incident(move.incident), move.leg, "planned again", refuse=False, data=data)


def _in_the_way(desk: Desk, move: Move) -> list[Move]:
    """The bookings that stood behind what a unit has just left, where what it is given leaves no time for them."""
    if move.to is None:
        return []
    unit, record = move.to.unit_id, desk.head.incident(move.incident)
    part, rest = parts_of(record)[move.leg], rest_of(stops_of(desk, unit), unit)
    if not rest or desk.usable(record, unit, part):
        return []
    desk.free({unit})  # the fleet has it busy with what it has left
    if desk.usable(record, unit, part):
        return []
    return [Move(each.id, legs_with(each, unit)[0], unit, None) for each in in_the_way(desk, part, unit, rest)]


def _has_room(desk: Desk, incident: str, leg: int, unit: str) -> bool:
    """Whether a unit that a booking keeps can do a part of an incident before."""
    record = desk.head.incident(incident)
    return bool(desk.head.engaged(unit)) and desk.usable(record, unit, parts_of(record)[leg])


@dataclass(frozen=True, slots=True)
class Sighted:
    """What is known now of the arrival of a unit under way."""

    incident: str
    leg: int
    unit: str
    arrives_at: datetime | None  # None: nobody can say
    probability: float
    silent: bool = False  # nothing was heard of it for too long
    given: int | None = None  # as the leg's; None: whichever
    why: str = ""  # why nobody can say


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Warnings about promises that will probably break, about units that have gone silent, and their end."""

    sighted: Sequence[Sighted]

    def run(self, desk: Desk) -> None:
        """Remedies of one round name different units: the most urgent, and least sure, are looked at first."""
        named: set[str] = set()
        for each in sorted(self.sighted, key=lambda each: _urgency(desk, each)):
            record = desk.head.find(each.incident)
            if record is None or record.closed or each.leg >= len(record.legs):
                continue
            leg = record.legs[each.leg]
            if (
                leg.unit != each.unit
                or each.given not in (None, leg.given)
                or leg.state in (LegState.ON_SCENE, LegState.TOWING, LegState.DONE)
            ):
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
                    remedy(desk, record, each, named),
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
            ends_at=leg.ends_at if each.arrives_at is None else ends_at(record, leg, each.arrives_at),
        )

    @staticmethod
    def _told(
        desk: Desk, record: IncidentRecord, each: Sighted, leg: Leg, kind: EventKind, more: dict[str, Any]
    ) -> IncidentRecord:
        arrives = {} if each.arrives_at is None else {"arrives_at": each.arrives_at.isoformat()}
        data = {"leg": each.leg, **arrives, "probability": each.probability, **more}
        return desk.put(
            with_leg(record, each.leg, leg), kind, unit=leg.unit, provider=leg.provider, reason=each.why, data=data
        )


def _urgency(desk: Desk, each: Sighted) -> tuple[float, float]:
    """What warnings of one round are sorted by; less comes first."""
    record = desk.head.find(each.incident)
    need = record.need if record is not None else None
    return -desk.policy.priority.of(need.priority) if need is not None else 0.0, each.probability


def remedy(desk: Desk, record: IncidentRecord, each: Sighted, named: set[str]) -> dict[str, Any]:
    """The unit that would be there soonest of those that could be sent instead, if it is sooner.

    ``named``: units that are somebody else's remedy already; this one's is added.
    """
    try:
        part = parts_of(record)[each.leg]
        best = desk.choosing([part]).pick(part, lambda unit: unit not in named and desk.usable(record, unit, part)).best
    except TowlineError:
        return {"remedy": "none"}
    if best is None or (each.arrives_at is not None and best.arrives_at >= each.arrives_at):
        return {"remedy": "none"}
    named.add(best.unit_id)
    return {
        "remedy_unit": best.unit_id,
        "remedy_provider": best.provider_id,
        "remedy_arrives_at": best.arrives_at.isoformat(),
        "remedy_probability": best.promise_probability,
    }
