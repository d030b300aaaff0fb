"""A plain picture of live state, made from events alone: who may come to what, by tables of its own.

It imports nothing of the commands, the desk or the clocks: whatever they do, it must be able to follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.live.events import Event
from engine.live.records import IncidentRecord
from engine.policy import Policy

FAR = ("waiting", "assigned", "offered", "accepted", "under_way", "on_scene", "towing", "done")
WORKS = {"accepted", "under_way", "on_scene", "towing"}
BEGUN = {"under_way", "on_scene", "towing"}
THERE = {"on_scene", "towing", "done"}
#: What a unit can be said to have come to, from where.
STEPS = {
    ("assigned", "accepted"), ("offered", "accepted"),
    ("assigned", "under_way"), ("accepted", "under_way"),
    ("accepted", "on_scene"), ("under_way", "on_scene"),
    ("on_scene", "towing"),
    ("on_scene", "done"), ("towing", "done"),
}  # fmt: skip
ENDS = {"incident_done": "done", "incident_cancelled": "cancelled", "incident_no_show": "no_show"}
ADVANCED = {f"unit_{state}": state for state in ("accepted", "under_way", "on_scene", "towing", "done")}
ANSWERS = {
    "offer_accepted": "accepted",
    "offer_declined": "declined",
    "offer_lapsed": "lapsed",
    "offer_withdrawn": "withdrawn",
}


@dataclass
class Leg:
    state: str = "waiting"
    unit: str = ""
    held: bool = False
    nobody: bool = False  # could be found


@dataclass
class Offer:
    leg: int
    unit: str
    expires_at: datetime
    opened: int = 0  # how often the incident had been opened again
    provider: str = ""
    state: str = "open"


@dataclass
class Case:
    """One incident."""

    id: str
    received: datetime
    units: int  # wanted
    ended: str = ""
    filed: bool = False
    called: bool = False
    began: datetime | None = None  # when it was opened again
    opened: int = 0
    legs: list[Leg] = field(default_factory=list)
    offers: dict[str, Offer] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    fired: set[tuple[str, str, str]] = field(default_factory=set)
    rungs: dict[str, str] = field(default_factory=dict)
    wanted: datetime | None = None  # of a booking
    had: datetime | None = None  # before the last event
    arrives: list[datetime | None] = field(default_factory=list)  # by leg, as expected when it was told last
    ends: list[datetime | None] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return not self.ended

    @property
    def state(self) -> str:
        if self.ended:
            return self.ended
        if not self.filed:
            return "received"
        least = min((leg.state for leg in self.legs), key=FAR.index)
        return "filed" if least == "waiting" else least

    def asked(self, leg: int | None = None) -> list[Offer]:
        return [each for each in self.offers.values() if each.state == "open" and leg in (None, each.leg)]

    def engages(self) -> set[str]:
        """Units kept from other work."""
        if not self.open:
            return set()
        return {leg.unit for leg in self.legs if leg.unit and leg.state != "done"} | {o.unit for o in self.asked()}

    def leg_of(self, unit: str) -> Leg | None:
        return next((leg for leg in self.legs if leg.unit == unit and leg.state != "done"), None)


class Naive:
    """All incidents; `see` each event, then `agree` with what is kept."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.cases: dict[str, Case] = {}
        self.number = 0
        self.at: datetime | None = None
        self.wants: dict[str, int] = {}  # units wanted by incidents to come

    # -- who has what

    def engaged(self, unit: str) -> set[str]:
        return {case.id for case in self.cases.values() if unit in case.engages()}

    def works_on(self, unit: str) -> set[str]:
        return {
            case.id
            for case in self.cases.values()
            for leg in case.legs
            if case.open and leg.unit == unit and leg.state in WORKS
        }

    def index(self) -> dict[str, frozenset[str]]:
        units = {unit for case in self.cases.values() for unit in case.engages()}
        return {unit: frozenset(self.engaged(unit)) for unit in units}

    def kept_off(self, case: Case, unit: str) -> bool:
        """Whether it is a booking that a unit has, has not set off to and is not asked for."""
        legs = [leg for leg in case.legs if leg.unit == unit and leg.state != "done"]
        asked = unit in {offer.unit for offer in case.asked()}
        return bool(case.wanted and legs and not asked) and all(leg.state in ("assigned", "accepted") for leg in legs)

    def turn_of(self, unit: str) -> Callable[[Case], tuple[int, datetime, str]]:
        return lambda case: self._turn(unit, case)

    def before(self, unit: str, case: Case) -> set[str]:
        """What a unit does before an incident: by how far that has come, then by when work begins."""
        others = self.engaged(unit) - {case.id}
        return {each for each in others if self._turn(unit, self.cases[each]) < self._turn(unit, case)}

    def _turn(self, unit: str, case: Case) -> tuple[int, datetime, str]:
        mine = [k for k, leg in enumerate(case.legs) if leg.unit == unit and leg.state != "done"]
        if not mine:
            return -1, case.received, case.id  # it is asked beside another
        states = {case.legs[k].state for k in mine}
        at = min((found for k in mine if (found := case.arrives[k] or case.ends[k]) is not None), default=case.received)
        rank = 0 if states & BEGUN else 1 if "accepted" in states and not case.wanted else 2
        return rank, max(at, case.wanted or at), case.id

    # -- events

    def see(self, event: Event) -> None:
        """Follow one event; AssertionError when it cannot have happened."""
        assert event.number == self.number + 1
        assert self.at is None or event.at >= self.at
        self.number, self.at = event.number, event.at
        kind, data = event.kind.value, event.data
        if kind == "incident_received":
            assert event.id not in self.cases
            self.cases[event.id] = Case(event.id, event.record.received_at, self.wants.get(event.id, 1))
            return
        case = self.cases[event.id]
        case.had, case.wanted = case.wanted, event.record.need.earliest if event.record.need is not None else None
        if kind in ADVANCED:
            leg = case.legs[data["leg"]]
            assert case.open
            assert leg.unit == event.unit
            assert (leg.state, ADVANCED[kind]) in STEPS, (event, leg)
            assert not case.asked(data["leg"])
            leg.state = ADVANCED[kind]
        elif kind in ANSWERS:
            self._answered(case, event, ANSWERS[kind])
        elif kind in ENDS:
            assert case.open
            assert not case.asked()
            assert kind != "incident_no_show" or any(leg.state == "on_scene" for leg in case.legs)
            case.ended = ENDS[kind]
        else:
            getattr(self, f"_{kind}")(case, event, data)
        case.arrives = [leg.arrives_at for leg in event.record.legs]
        case.ends = [leg.ends_at for leg in event.record.legs]

    def _incident_filed(self, case: Case, _event: Event, _data: Any) -> None:
        assert case.open
        assert not case.filed
        case.filed, case.legs = True, [Leg() for _ in range(case.units)]

    def _unit_assigned(self, case: Case, event: Event, data: Any) -> None:
        leg, by_hand = case.legs[data["leg"]], data["chosen_by"] not in ("immediate", "reoptimised")
        assert case.open
        assert leg.state == "waiting"
        assert event.unit not in case.engages()
        assert by_hand or event.unit not in case.refused
        others = sorted((self.cases[each] for each in self.engaged(event.unit)), key=self.turn_of(event.unit))
        if others:
            self._beside(case, event, others, event.record.legs[data["leg"]])
        case.refused -= {event.unit} if by_hand else set()
        case.legs[data["leg"]] = Leg("assigned", event.unit, by_hand)

    def _beside(self, case: Case, event: Event, others: list[Case], leg: Any) -> None:
        """It may go before bookings if it leaves time, follow what is worked on, or, a booking, stand well behind."""
        unit, first, last = event.unit, others[0], others[-1]
        margin, there = timedelta(minutes=self.policy.live.booking_margin_minutes), last.leg_of(unit)
        assert case.wanted is None or sum(each.wanted is not None for each in others) <= 1, f"{unit}: three bookings"
        assert there is not None, f"{unit} is asked for {last.id}"
        apart = first.wanted is not None and all(self.kept_off(each, unit) for each in others)
        apart = apart and first.wanted - margin > event.at
        if apart and leg.ends_at + margin <= first.wanted:
            return
        if len(others) == 1 and there.state in WORKS and not apart:
            return
        rest, now = others[1:], first.leg_of(unit)
        wanted = rest[0].wanted if rest and all(self.kept_off(each, unit) for each in rest) else None
        if wanted is not None and now is not None and now.state in WORKS and leg.ends_at + margin <= wanted:
            return  # between what it works on and its bookings
        assert case.wanted is not None, f"{unit} is wanted for {first.id}"
        earlier = [each for each in others if each.wanted is None or each.wanted <= case.wanted or each is first]
        last, later = earlier[-1], others[len(earlier) :]
        there = last.leg_of(unit)
        assert there is not None
        assert there.state == "assigned" or (there.state in WORKS and (last.wanted is not None or len(others) > 1))
        over = leg.arrives_at if last.wanted is None else last.ends[last.legs.index(there)]
        assert over is not None
        assert over + margin <= case.wanted, "not well before"
        for each in later:
            assert self.kept_off(each, unit)
            assert each.wanted is not None
            assert leg.ends_at + margin <= each.wanted, "no time before the next one"

    def _unit_unassigned(self, case: Case, event: Event, data: Any) -> None:
        leg = case.legs[data["leg"]]
        assert leg.unit == event.unit
        assert leg.state in ("assigned", "offered", "accepted", "under_way", "on_scene")
        assert not case.asked(data["leg"])
        if event.reason == "planned again" or "given_to" in data:
            assert (leg.state, leg.held) == ("assigned", False), event
        if event.actor != "towline" and event.reason == "taken off":
            case.refused.add(event.unit)
        case.legs[data["leg"]] = Leg()

    def _offer_made(self, case: Case, event: Event, data: Any) -> None:
        leg = case.legs[data["leg"]]
        assert leg.state in ("assigned", "offered")
        others = self.engaged(event.unit) - {case.id}
        assert event.unit == leg.unit or not self.engaged(event.unit), "asked beside, and busy"
        assert all(self.kept_off(self.cases[each], event.unit) for each in others), "asked while it works"
        offer = next(each for each in event.record.offers if each.id == data["offer"])
        assert data["offer"] not in case.offers
        asked = sum(each.leg == data["leg"] and each.opened == case.opened for each in case.offers.values())
        assert leg.held or asked < self.policy.offers.most, "a person must decide"
        beside = case.asked(data["leg"])
        assert event.provider not in {each.provider for each in beside}, "one provider asked twice at once"
        assert len(beside) < self.policy.offers.parallel, "more at once than the policy says"
        case.offers[data["offer"]] = Offer(data["leg"], event.unit, offer.expires_at, case.opened, event.provider)
        leg.state = "offered"

    def _answered(self, case: Case, event: Event, answer: str) -> None:
        offer = case.offers[event.data["offer"]]
        assert (offer.state, offer.unit) == ("open", event.unit)
        assert answer != "lapsed" or offer.expires_at <= event.at
        offer.state = answer
        leg = case.legs[offer.leg]
        assert leg.state == ("accepted" if leg.state == "accepted" else "offered")
        if answer == "accepted":
            assert all(self.kept_off(self.cases[each], event.unit) for each in self.works_on(event.unit))
            leg.state, leg.unit = "accepted", event.unit
        elif answer in ("declined", "lapsed"):
            case.refused.add(event.unit)
            others = case.asked(offer.leg)
            if not others:
                case.legs[offer.leg] = Leg()
            elif leg.unit == event.unit:
                leg.unit = others[0].unit

    def _wrong_location(self, case: Case, _event: Event, _data: Any) -> None:
        assert case.open
        for leg in case.legs:
            assert leg.state not in ("towing", "done")
            leg.state = "under_way" if leg.state == "on_scene" else leg.state

    def _incident_reopened(self, case: Case, event: Event, data: Any) -> None:
        assert not case.open
        was = case.had
        case.ended, case.called, case.began, case.opened = "", False, event.at, case.opened + 1
        case.legs, case.refused = [Leg() for _ in case.legs], set()
        assert case.wanted is None or case.wanted > event.at, "wanted in the past"
        gone = None if was is None or was > event.at else was.isoformat()
        assert data.get("dropped_earliest") == gone, (was, data)
        assert case.wanted == (None if gone else was), "a booking's time was lost"

    def _nobody_found(self, case: Case, _event: Event, data: Any) -> None:
        assert case.legs[data["leg"]].state == "waiting"
        case.legs[data["leg"]].nobody = True

    def _customer_called_back(self, case: Case, _event: Event, _data: Any) -> None:
        assert case.open
        case.called = True

    def _incident_updated(self, case: Case, _event: Event, data: Any) -> None:
        assert case.open
        assert case.filed
        if "promise" in data["fields"]:  # another one sets its clock anew, also one that was promised before
            case.fired = {key for key in case.fired if key[1] != "arrival"}
        if data["fields"] == ["held"]:  # a person wants the unit that it has
            case.legs[data["leg"]].held = True

    def _warned_or_not(self, case: Case, event: Event, data: Any) -> None:
        assert case.legs[data["leg"]].unit == event.unit

    _promise_at_risk = _promise_safe = _unit_silent = _unit_heard = _warned_or_not

    # -- clocks

    def _clock(self, case: Case, event: Event, data: Any) -> None:
        word, name = event.kind.value, data["clock"]
        due, since = self.due(case, event.record)[name]
        assert data["due_at"] == due.isoformat()
        assert not self.met(case, name), "a clock that is met does not warn"
        share = self.policy.clocks.warn_share if word == "clock_warned" else 0
        assert event.at >= due - (due - since) * share
        key = (word, name, data["due_at"])
        assert key not in case.fired, "twice"
        case.fired.add(key)

    _clock_warned = _clock_broken = _clock

    def _escalated(self, case: Case, event: Event, data: Any) -> None:
        assert data["escalation"] not in case.rungs
        due, owner = self.ladder(case, event.record)[data["escalation"]]
        assert (data["owner"], event.at >= due) == (owner, True)
        case.rungs[data["escalation"]] = owner

    def _escalation_acknowledged(self, case: Case, _event: Event, data: Any) -> None:
        assert data["escalation"] in case.rungs

    def due(self, case: Case, record: IncidentRecord) -> dict[str, tuple[datetime, datetime]]:
        """When each clock must be met, and from when it counts."""
        rules, start = self.policy.clocks, case.began or case.received
        wanted = record.need.earliest if record.need is not None else None
        begins = wanted if wanted is not None and wanted > start else start
        lead = timedelta(minutes=self.policy.live.booking_lead_minutes)
        chosen = max(start, begins - lead) if begins > start else start
        found = {
            "filing": (start + timedelta(minutes=rules.filing_minutes), start),
            "assignment": (chosen + timedelta(minutes=rules.assignment_minutes), chosen),
            "callback": (start + timedelta(minutes=rules.callback_minutes), start),
            "response": (begins + timedelta(minutes=rules.response_minutes), begins),
            "resolution": (begins + timedelta(minutes=rules.resolution_minutes), begins),
        }
        if record.promise is not None:
            found["arrival"] = (record.promise.due_at, begins)
        return found

    def met(self, case: Case, name: str) -> bool:
        states = [leg.state for leg in case.legs]
        return {
            "filing": case.filed,
            "assignment": bool(states) and "waiting" not in states,
            "callback": case.called,
            "arrival": bool(states) and set(states) <= THERE,
            "response": any(state in WORKS | THERE for state in states),
            "resolution": not case.open,
        }[name]

    def ladder(self, case: Case, record: IncidentRecord) -> dict[str, tuple[datetime, str]]:
        """Rungs that can be raised as things stand: 2 h without an answer, 48 h unsolved, a day more."""
        if not case.open:
            return {}
        due, owners, again = self.due(case, record), self.policy.clocks.owners, f"-{case.opened}" if case.opened else ""
        further = timedelta(minutes=self.policy.clocks.further_minutes)
        found = {} if self.met(case, "response") else {f"response-1{again}": (due["response"][0], owners[0])}
        if case.open:
            found[f"resolution-2{again}"] = due["resolution"][0], owners[1]
            found[f"resolution-3{again}"] = due["resolution"][0] + further, owners[2]
        return found

    def ticked(self, case: Case, record: IncidentRecord, now: datetime) -> None:
        """After time was let pass for an incident: all that is due has been told, and nothing lapses unseen."""
        if not case.open:
            return
        assert all(offer.expires_at > now for offer in case.asked())
        for name, (due, _) in self.due(case, record).items():
            told = ("clock_broken", name, due.isoformat()) in case.fired
            assert told or self.met(case, name) or due > now, (case, name, due)
        for rung, (due, _) in self.ladder(case, record).items():
            assert rung in case.rungs or due > now, (case, rung)

    # -- what is kept

    def agree(self, record: IncidentRecord) -> None:
        case = self.cases[record.id]
        assert record.state.value == case.state
        assert [(leg.state.value, leg.unit, leg.held) for leg in record.legs] == [
            (leg.state, leg.unit, leg.held) for leg in case.legs
        ], record.id
        kept = [(o.id, o.leg, o.unit, o.state.value, o.expires_at) for o in record.offers]
        assert kept == [(key, o.leg, o.unit, o.state, o.expires_at) for key, o in case.offers.items()]
        assert record.refused == case.refused
        assert {each.id for each in record.escalations} == set(case.rungs)
        assert not case.asked() or case.open
        for offer in case.asked():
            assert case.legs[offer.leg].state == "offered"
        if case.open and case.filed:
            waiting = [leg for leg in case.legs if leg.state == "waiting"]
            assert record.unserved or not any(leg.nobody for leg in waiting), record.id
            assert waiting or not record.unserved, (record.id, record.unserved)
        for k, leg in enumerate(case.legs if case.open else ()):
            assert leg.state != "offered" or any(o.unit == leg.unit for o in case.asked(k)), "offered to nobody"
        for clock in record.clocks:
            assert (clock.met_at is not None) == self.met(case, clock.kind.value), clock
