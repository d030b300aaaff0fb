"""The state machine of incidents against a plain picture of it, whatever happens in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine.errors import (
    IllegalTransitionError,
    IncidentExistsError,
    NotFoundError,
    OfferClosedError,
    RequiredFieldError,
    UnitEngagedError,
)
from engine.live.clocks import next_time
from engine.live.commands.base import Command
from engine.live.commands.ending import (
    CancelIncident,
    CloseIncident,
    ReopenIncident,
    ReportNoShow,
    ReportWrongLocation,
)
from engine.live.commands.filing import CreateIncident, FileIncident, RecordCallback, UpdateIncident
from engine.live.commands.units import Advance, AnswerOffer, AssignUnit, UnassignUnit
from engine.live.commands.upkeep import AcknowledgeEscalation, Arrivals, Sighted, Tick
from engine.live.records import LegState
from engine.live.rows import incident_of
from engine.live.writer import Asked
from engine.model import Priority
from tests.engine.live.naive import BEGUN, STEPS, THERE, WORKS, Case, Leg, Naive
from tests.engine.live.world import World, dispatcher, fleet, need, place

RULES: list[dict[str, Any]] = [
    {},
    {"offers_to": "everybody", "offers_parallel": 2, "offers_most": 4},
    {"offers_to": "everybody", "offers_parallel": 3, "offers_most": 3, "clocks_warn_share": 0},
    {"offers_to": "nobody"},
]
PLACES = st.integers(0, 49)
PICK = st.integers(0, 1_000_000)
UNITS = [f"u{k}" for k in range(4)]  # few, so that most have an incident to follow
SOMEBODY = st.sampled_from([*UNITS, "nobody"])
#: Mostly the unit that has the leg.
PERHAPS = st.sampled_from([""] * len(UNITS) + UNITS)
LEGS = st.sampled_from([0, 0, 0, 1, 2])
#: Minutes until it is wanted.
LATER = st.sampled_from([0, 0, 0, 20, 60, 85, 85, 200])
#: Minutes promised; with few who are so near, calls take the units of bookings.
WITHIN = st.sampled_from([0, 0, 0, 2, 3])
#: 5 s to a day: offers lapse after 90 s, ladders begin at 2 h and 48 h.
GONE = st.sampled_from([5, 10, 30, 60, 95, 95, 150, 600, 7200, 90_000])


#: For rules about an incident: there is one.
some = precondition(lambda self: self.naive.cases)


class Machine(RuleBasedStateMachine):
    @initialize(rules=st.sampled_from(RULES), together=st.booleans())
    def begin(self, rules: dict[str, Any], together: bool) -> None:
        """``together``: two providers have two units each."""
        made = fleet(len(UNITS))
        if together:
            units = tuple(replace(unit, provider_id=f"p{2 * (k // 2)}") for k, unit in enumerate(made.units))
            made = replace(made, units=units)
        self.world = World(dispatcher(**rules), made)
        self.naive = Naive(self.world.dispatcher.policy)
        self.seen = 0
        self.plan: Any = None

    # -- helpers

    def case(self, pick: int) -> Case:
        """One of the incidents; of the later ones rather."""
        cases = list(self.naive.cases.values())[-8:]
        return cases[pick % len(cases)]

    def leg(self, pick: int) -> tuple[Case, Leg]:
        """One that has a unit, where there is any."""
        legs = [(c, leg) for c in self.naive.cases.values() if c.open for leg in c.legs if leg.unit]
        return legs[pick % len(legs)] if legs else (self.case(pick), Leg(unit=UNITS[pick % len(UNITS)]))

    def shot(self) -> Any:
        """Everything that a command may change."""
        state = self.world.writer.state
        known = dict(state.incidents), dict(state.engaged), set(state.blocked), set(state.booked)
        return *known, state.number, len(self.world.ledger.rows)

    def follow(self) -> None:
        for event in self.world.events[self.seen :]:
            self.naive.see(event)
        self.seen = len(self.world.events)

    def apply(
        self, command: Command, wrong: type[Exception] | None = None, actor: str = "ada", perhaps: bool = False
    ) -> None:
        """In one batch: tried, then done. Both go the same way, and what is refused or only tried changes nothing.

        ``perhaps``: it may be refused in that way or not.
        """
        before = self.shot()
        (tried,) = self.world.batch(Asked(command, actor, validate_only=True))
        assert self.shot() == before
        tried_too, done = self.world.batch(Asked(command, actor, validate_only=True), Asked(command, actor))
        for asked in (tried, tried_too, done):
            found = asked.future.exception(timeout=0)
            assert (perhaps and found is None) or type(found) is (wrong or type(None)), found
        if done.future.exception() is not None:
            assert self.shot() == before
            assert tried.future.exception() is not None
            assert tried_too.future.exception() is not None
        else:
            assert tried.future.result() == tried_too.future.result() == done.future.result()
        assert self.world.troubles == []
        self.follow()

    # -- incidents come

    @rule(at=PLACES, units=st.sampled_from([1, 1, 1, 2, 3]), ago=st.integers(0, 120), later=LATER, within=WITHIN)
    def create(self, at: int, units: int, ago: int, later: int, within: int) -> None:
        key, received = f"i{len(self.naive.cases)}", self.world.now - timedelta(seconds=ago)
        earliest = self.world.now + timedelta(minutes=later) if later else None
        promise = timedelta(minutes=within) if within else None
        wanted = need(key, received, at, units_needed=units, earliest=earliest, promise=promise)
        self.naive.wants[key] = units
        self.apply(CreateIncident(key, received, need=wanted))

    @precondition(lambda self: not any(c.open and not c.filed for c in self.naive.cases.values()))
    @rule()
    def call(self) -> None:
        key = f"i{len(self.naive.cases)}"
        self.apply(CreateIncident(key, self.world.now))

    @some
    @rule(pick=PICK, at=PLACES)
    def file(self, pick: int, at: int) -> None:
        drafts = [c for c in self.naive.cases.values() if c.open and not c.filed]
        case = drafts[pick % len(drafts)] if drafts else self.case(pick)
        wrong = None if case.open and not case.filed else IllegalTransitionError
        self.apply(FileIncident(need(case.id, self.world.now, at, units_needed=case.units)), wrong)

    @rule(ats=st.lists(PLACES, min_size=2, max_size=5), odd=st.integers(0, 4))
    def create_at_once(self, ats: list[int], odd: int) -> None:
        """Several in one batch, one of them only to see what would be, one refused."""
        count, now = len(self.naive.cases), self.world.now
        made = [CreateIncident(f"i{count + k}", now, need=need(f"i{count + k}", now, at)) for k, at in enumerate(ats)]
        asked = [Asked(command, "ada") for command in made]
        asked.insert(odd % len(ats), Asked(CreateIncident("x", now, need=need("x", now, 1)), "ada", validate_only=True))
        asked.append(Asked(CreateIncident(made[0].id, now), "ada"))
        self.world.batch(*asked)
        for each in asked[:-1]:
            assert each.future.exception(timeout=0) is None
        assert type(asked[-1].future.exception()) is IncidentExistsError
        self.follow()

    # -- people and providers

    @some
    @rule(pick=PICK, unit=SOMEBODY, leg=LEGS, accepted=st.booleans(), why=st.sampled_from(["nearer"] * 3 + [" "]))
    def assign(self, pick: int, unit: str, leg: int, accepted: bool, why: str) -> None:
        case = self.case(pick)
        wrong = self.wrong_with(case, unit, leg, accepted, why)
        may = self.may_fit(unit) or self.works_before(unit) or case.wanted is not None  # a booking may follow a call
        perhaps = wrong is UnitEngagedError and case.leg_of(unit) is None and may
        self.apply(AssignUnit(case.id, "", why, unit, leg, accepted), wrong, perhaps=perhaps)

    def may_fit(self, unit: str) -> bool:
        """It is kept by bookings alone that it has not set off to: whether there is time before is not known here."""
        engaged = [self.naive.cases[each] for each in self.naive.engaged(unit)]
        return bool(engaged) and all(self.naive.kept_off(case, unit) for case in engaged)

    def wrong_with(self, case: Case, unit: str, leg: int, accepted: bool, why: str) -> type[Exception] | None:
        if not case.open or not case.filed:
            return IllegalTransitionError
        if not why.strip():
            return RequiredFieldError
        if leg >= len(case.legs) or (case.legs[leg].state not in THERE and unit == "nobody"):
            return NotFoundError
        if case.legs[leg].state in THERE:
            return IllegalTransitionError
        mine = case.leg_of(unit)
        if mine is not None and mine is not case.legs[leg]:
            return IllegalTransitionError
        engaged = self.naive.engaged(unit)
        if mine is None and not (engaged <= {case.id} or self.may_follow(unit, engaged)):
            return UnitEngagedError
        if mine is None and self.may_fit(unit):
            return UnitEngagedError
        behind = self.naive.before(unit, case) if mine is not None else engaged - {case.id}
        return UnitEngagedError if accepted and behind and case.wanted is None else None

    def may_follow(self, unit: str, engaged: set[str]) -> bool:
        """It works on one incident, the fleet has heard of it, and nobody asks for it besides."""
        if len(engaged) != 1:
            return False
        other = self.naive.cases[next(iter(engaged))]
        leg = other.leg_of(unit)
        heard = self.world.store.snapshot.engaged.get(unit) == (other.id,)
        return heard and leg is not None and leg.state in WORKS and unit not in {o.unit for o in other.asked()}

    @some
    @rule(pick=PICK, other=PERHAPS)
    def unassign(self, pick: int, other: str) -> None:
        case, leg = self.leg(pick)
        unit = other or leg.unit
        found = case.leg_of(unit)
        fine = case.open and case.filed and found is not None and found.state != "towing"
        self.apply(UnassignUnit(case.id, "", "taken off", unit), None if fine else IllegalTransitionError)

    @some
    @rule(pick=PICK, accepted=st.booleans(), late=st.booleans())
    def answer(self, pick: int, accepted: bool, late: bool) -> None:
        offers = [
            (case, key)
            for case in self.naive.cases.values()
            for key, o in case.offers.items()
            if late or o.state == "open"
        ]
        case, key = offers[pick % len(offers)] if offers else (self.case(pick), "99")
        wrong: type[Exception] | None = NotFoundError
        if key in case.offers:
            wrong = None if case.offers[key].state == "open" else OfferClosedError
        self.apply(AnswerOffer(case.id, "", "", key, accepted), wrong, "provider")

    @some
    @rule(pick=PICK, to=st.sampled_from(sorted({to for _, to in STEPS})), other=PERHAPS)
    def advance(self, pick: int, to: str, other: str) -> None:
        case, leg = self.leg(pick)
        follow = [each for each in UNITS if len(self.naive.engaged(each)) > 1]
        if not other and follow and pick % 2:  # one that has an incident to follow, with that
            case = next(
                c for key in self.naive.engaged(follow[0]) if self.naive.before(follow[0], c := self.naive.cases[key])
            )
            leg = case.leg_of(follow[0]) or leg
        unit = other or leg.unit
        found = case.leg_of(unit)
        wrong: type[Exception] | None = None
        if not case.open or not case.filed or found is None or (found.state, to) not in STEPS:
            wrong = IllegalTransitionError
        elif self.naive.before(unit, case) and (to != "accepted" or case.wanted is None):
            wrong = UnitEngagedError  # but a booking may be said yes to long before
        self.apply(Advance(case.id, "", "", unit, LegState(to)), wrong, unit)

    @some
    @rule(pick=PICK, steps=st.integers(1, 4))
    def go_on(self, pick: int, steps: int) -> None:
        """A unit comes as far as it can, so that ends are reached."""
        case, leg = self.leg(pick)
        for _ in range(steps):
            nexts = [to for state, to in sorted(STEPS) if state == leg.state]
            if not nexts or case.leg_of(leg.unit) is not leg or self.naive.before(leg.unit, case):
                return
            self.apply(Advance(case.id, "", "", leg.unit, LegState(nexts[pick % len(nexts)])), None, leg.unit)

    # -- ends

    @some
    @rule(pick=PICK, closes=st.booleans())
    def end(self, pick: int, closes: bool) -> None:
        case = self.case(pick)
        command = CloseIncident(case.id, "", "solved") if closes else CancelIncident(case.id)
        self.apply(command, None if case.open else IllegalTransitionError)

    @some
    @rule(pick=PICK)
    def no_show(self, pick: int) -> None:
        case, _ = self.leg(pick)
        fine = case.open and any(leg.state == "on_scene" for leg in case.legs)
        self.apply(ReportNoShow(case.id), None if fine else IllegalTransitionError)

    @some
    @rule(pick=PICK)
    def reopen(self, pick: int) -> None:
        ended = [case for case in self.naive.cases.values() if not case.open]
        case = ended[pick % len(ended)] if ended else self.case(pick)
        fine = not case.open and case.filed
        self.apply(ReopenIncident(case.id, "", "called again"), None if fine else IllegalTransitionError)

    @some
    @rule(pick=PICK, at=PLACES)
    def elsewhere(self, pick: int, at: int) -> None:
        there = [c for c in self.naive.cases.values() if c.open and any(leg.state == "on_scene" for leg in c.legs)]
        case = there[pick % len(there)] if there else self.leg(pick)[0]
        fine = case.open and case.filed and not any(leg.state in ("towing", "done") for leg in case.legs)
        command = ReportWrongLocation(case.id, "", "the other side", place(at))
        self.apply(command, None if fine else IllegalTransitionError)

    @some
    @rule(pick=PICK, priority=st.sampled_from(list(Priority)), minutes=st.sampled_from([None, 10, 90]))
    def update(self, pick: int, priority: Priority, minutes: int | None) -> None:
        case = self.case(pick)
        changes = {"priority": priority, **({"promise": timedelta(minutes=minutes)} if minutes else {})}
        fine = case.open and case.filed
        self.apply(UpdateIncident(case.id, changes=changes), None if fine else IllegalTransitionError)

    @some
    @rule(pick=PICK)
    def call_back(self, pick: int) -> None:
        case = self.case(pick)
        self.apply(RecordCallback(case.id), None if case.open else IllegalTransitionError)

    @some
    @rule(pick=PICK)
    def acknowledge(self, pick: int) -> None:
        told = [(case, rung) for case in self.naive.cases.values() for rung in case.rungs]
        case, rung = told[pick % len(told)] if told else (self.case(pick), "response-9")
        self.apply(AcknowledgeEscalation(case.id, "", "", rung), None if told else NotFoundError)

    @rule(seconds=GONE)
    def time_goes_by(self, seconds: int) -> None:
        """And whatever is due then is looked at, as timers do."""
        self.world.after(seconds=seconds)
        due = [r.id for r in self.world.writer.state.incidents.values() if self.is_due(r)]
        for key in due:
            self.tick(key)

    def is_due(self, record: Any) -> bool:
        when = next_time(record, self.world.dispatcher.policy)
        return when is not None and when <= self.world.now

    def tick(self, key: str) -> None:
        self.apply(Tick(key), None, "towline")
        self.naive.ticked(self.naive.cases[key], self.world.record(key), self.world.now)
        again = len(self.world.events)
        self.apply(Tick(key), None, "towline")
        assert self.world.kinds(again) == [], "nothing is done twice"

    @some
    @rule(pick=PICK, probability=st.sampled_from([0.1, 0.6, 0.9]), silent=st.booleans())
    def sight(self, pick: int, probability: float, silent: bool) -> None:
        case, leg = self.leg(pick)
        index = case.legs.index(leg) if leg in case.legs else 0
        at = self.world.now + timedelta(minutes=20)
        self.apply(Arrivals((Sighted(case.id, index, leg.unit, at, probability, silent),)), None, "towline")

    @rule()
    def make_a_plan(self) -> None:
        self.plan = self.world.replan()

    @rule()
    def carry_out(self) -> None:
        """A plan that was made then, whatever has happened since."""
        if self.plan is not None:
            self.apply(self.plan, None, "towline")
        self.plan = None

    @rule(hears=st.booleans())
    def tell_the_fleet(self, hears: bool) -> None:
        """Or leave it behind for a while."""
        self.world.hears = hears
        self.world.hear()

    @rule()
    def restart(self) -> None:
        """What the ledger has is the state."""
        before = self.shot()
        self.world.restart()
        assert self.shot() == before

    @invariant()
    def agrees(self) -> None:
        state, cases = self.world.writer.state, self.naive.cases
        assert set(state.incidents) == {case.id for case in cases.values() if case.open}
        assert state.engaged == self.naive.index()
        for record in self.world.kept():
            self.naive.agree(record)
            assert record.closed == (record.id not in state.incidents)
            assert record.closed or record == state.incidents[record.id]

    @invariant()
    def nobody_is_at_two_places(self) -> None:
        for unit in UNITS:
            engaged = self.naive.engaged(unit)
            begun = {
                each
                for each in engaged
                for leg in self.naive.cases[each].legs
                if leg.unit == unit and leg.state in BEGUN
            }
            assert len(begun) <= 1, unit
            works = self.naive.works_on(unit)
            assert len(works) <= 1 or any(self.naive.kept_off(self.naive.cases[each], unit) for each in works), unit
            bookings = sum(self.naive.cases[each].wanted is not None for each in engaged)
            assert bookings <= 2, unit
            assert len(engaged) - bookings <= 2, unit

    @invariant()
    def indices_are_what_records_say(self) -> None:
        state = self.world.writer.state
        booked = {unit for unit in state.engaged if self.may_fit(unit)}
        free = {unit for unit, has in state.engaged.items() if self.one_to_follow(unit, has)}
        assert state.booked == booked
        assert state.followed == {unit for unit in state.engaged if self.has_behind(unit)} - booked
        free |= {unit for unit in state.engaged if self.works_before(unit)}
        assert state.blocked == set(state.engaged) - free - booked
        assert state.waiting == {
            c.id for c in self.naive.cases.values() if c.open and any(not leg.unit for leg in c.legs)
        }

    def works_before(self, unit: str) -> bool:
        """It works on something, and has bookings alone behind that."""
        has = sorted((self.naive.cases[each] for each in self.naive.engaged(unit)), key=self.naive.turn_of(unit))
        if len(has) < 2 or not all(self.naive.kept_off(each, unit) for each in has[1:]):
            return False
        leg = has[0].leg_of(unit)
        return leg is not None and leg.state in WORKS and unit not in {offer.unit for offer in has[0].asked()}

    def has_behind(self, unit: str) -> bool:
        engaged = sorted((self.naive.cases[each] for each in self.naive.engaged(unit)), key=self.naive.turn_of(unit))
        return len(engaged) > 1 and self.naive.kept_off(engaged[-1], unit)

    def one_to_follow(self, unit: str, has: frozenset[str]) -> bool:
        leg = self.naive.cases[next(iter(has))].leg_of(unit)
        return len(has) == 1 and leg is not None and leg.state in WORKS

    @invariant()
    def the_story_gives_the_state(self) -> None:
        rows = self.world.ledger.rows
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        last = {row.id: row.record for row in rows}
        assert {key: incident_of(raw) for key, raw in last.items()} == {r.id: r for r in self.world.kept()}


def run(examples: int, steps: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    bounds = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Machine, settings=settings(bounds, print_blob=True))


def test_whatever_happens() -> None:
    """Every step leads where the plain picture says, and every index follows from the records."""
    run(40, 40)


@pytest.mark.nightly
def test_whatever_happens_for_long() -> None:
    """The same, longer."""
    run(1500, 80)


def begun(*, hears: bool) -> Machine:
    machine = Machine()
    machine.begin(rules={}, together=False)
    machine.tell_the_fleet(hears=hears)
    return machine


def test_a_booking_is_elsewhere_whose_units_have_a_call_before() -> None:
    """They are reckoned as free from what they still have, not from what the fleet has heard of last."""
    machine = begun(hears=True)
    machine.create(ago=100, at=28, later=85, units=2, within=0)
    machine.create(ago=0, at=0, later=0, units=2, within=0)
    machine.elsewhere(at=0, pick=0)
    booking = machine.world.record("i0")
    assert booking.need is not None
    assert booking.need.earliest is not None
    assert all(leg.arrives_at is not None and leg.arrives_at < booking.need.earliest for leg in booking.legs)


def test_a_call_for_two_is_elsewhere_while_a_booking_keeps_a_unit() -> None:
    """Each leg has a unit of its own, whatever the fleet has heard."""
    machine = begun(hears=False)
    machine.create(ago=0, at=2, later=60, units=1, within=0)
    machine.tell_the_fleet(hears=False)
    machine.create(ago=0, at=0, later=0, units=2, within=0)
    machine.elsewhere(at=0, pick=0)
    machine.elsewhere(at=0, pick=1)
    call = machine.world.record("i1")
    assert len({leg.unit for leg in call.legs}) == 2


def test_a_booking_accepted_a_moment_ago_is_no_work_to_follow_on() -> None:
    """Another one of the same time does not come behind it in the command that says yes: it would be late."""
    machine = Machine()
    machine.begin(rules=RULES[2], together=False)
    machine.create(ago=0, at=0, later=85, units=1, within=0)
    machine.restart()
    machine.create(ago=0, at=0, later=85, units=3, within=0)
    machine.go_on(pick=0, steps=1)
    assert machine.world.writer.state.engaged["u0"] == {"i0"}
