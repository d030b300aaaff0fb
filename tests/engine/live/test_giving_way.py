"""Bookings that stand behind something not begun, or behind each other, and who else their unit serves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.decision import Candidate
from engine.errors import UnitEngagedError
from engine.live.commands.ending import CancelIncident
from engine.live.commands.filing import CreateIncident, UpdateIncident
from engine.live.commands.units import Advance, AnswerOffer, AssignUnit
from engine.live.commands.upkeep import Arrivals, Attend, Move, Replan, Sighted
from engine.live.parts import parts_of
from engine.live.records import LegState
from engine.live.tracking import arrivals, tracked
from engine.model import Fleet, Priority, Provider, Service, Unit, UnitStatus
from tests.engine.live.rooms import AWAY, SOON, advance, drive, one, order, two, unit_of
from tests.engine.live.world import World, dispatcher, fleet, need, place

SHORT = timedelta(minutes=5)
ACCEPTED = LegState.ACCEPTED


@pytest.mark.parametrize("work", [5, 65])
@pytest.mark.parametrize("booked", ["", "assigned", "accepted", "held", "urgent"])
def test_an_emergency_takes_the_unit_of_a_call_that_a_booking_stands_behind(booked: str, work: float) -> None:
    """As without that. What fits before the booking leaves it alone; else it gives way, if it may and is no more
    urgent; what a person or a provider wants stays."""
    world = one()
    if booked in ("accepted", "held"):
        world.create("b", 3, earliest=world.now + timedelta(minutes=80))
        world.do(
            AssignUnit("b", "", "he knows her", "u0") if booked == "held" else Advance("b", "", "", "u0", ACCEPTED)
        )
    world.create("a", 9, service_time=timedelta(minutes=40))
    if booked in ("assigned", "urgent"):
        urgent = Priority.EMERGENCY if booked == "urgent" else Priority.NORMAL
        world.create("b", 3, earliest=world.now + timedelta(minutes=80), priority=urgent)
    if booked:
        assert order(world) == ["a", "b"]
    e = world.create("e", 9, priority=Priority.EMERGENCY, service_time=timedelta(minutes=work))
    assert e.legs[0].unit == ""
    known = len(world.events)
    plan = world.replan()
    assert plan is not None
    world.run(plan, "towline")
    if work == 5 or booked in ("", "assigned"):
        has = ("", "u0")
        assert world.record("e").legs[0].arrives_at == world.now + drive(world, place(0), place(9))
    else:
        has = ("u0", "")
        assert world.kinds(known) == []
    assert (unit_of(world, "a"), unit_of(world, "e")) == has
    if booked:
        assert unit_of(world, "b") == ("" if booked == "assigned" and work == 65 else "u0")
        assert world.record("b").number <= known or work == 65
    for _ in range(2):
        world.after(seconds=15)
        world.run(Attend(), "towline")
        if (plan := world.replan()) is not None:
            world.run(plan, "towline")
    assert (unit_of(world, "a"), unit_of(world, "e")) == has


def two_bookings(ahead: float = 40, **rules: object) -> World:
    """The only unit has two bookings, to which it has not set off."""
    world = one(**rules)
    for key, minutes in (("b", ahead), ("c", ahead + 45)):
        world.create(key, 3, earliest=world.now + timedelta(minutes=minutes), service_time=SHORT)
    assert order(world) == ["b", "c"]
    return world


@pytest.mark.parametrize("how", ["assigned", "accepted", "held"])
@pytest.mark.parametrize("priority", [Priority.LOW, Priority.NORMAL, Priority.EMERGENCY])
def test_what_fits_before_two_bookings_goes_there(priority: Priority, how: str) -> None:
    """The idle unit serves who calls, and both bookings keep it, whatever somebody said of them."""
    world = two_bookings()
    for key in ("b", "c") if how != "assigned" else ():
        world.do(AssignUnit(key, "", "he knows her", "u0") if how == "held" else Advance(key, "", "", "u0", ACCEPTED))
    known = len(world.events)
    record = world.create("e", 9, priority=priority, service_time=SHORT)
    assert order(world) == ["e", "b", "c"]
    assert record.legs[0].arrives_at == world.now + drive(world, place(0), place(9))
    assert {event.id for event in world.events[known:]} == {"e"}
    assert world.create("f", 9, priority=Priority.EMERGENCY, service_time=SHORT).legs[0].unit == ""  # it is one
    advance(world, "e", "under_way", "on_scene", "done")
    assert order(world) == ["f", "b", "c"]


def test_a_third_booking_is_for_somebody_else() -> None:
    """A unit has two, so that there is room for whoever calls."""
    world = two_bookings()
    world.create("d", 3, earliest=world.now + timedelta(minutes=89), service_time=SHORT)
    assert order(world) == ["b", "c"]
    assert unit_of(world, "d") == ""
    world.create("e", 9, service_time=SHORT)
    assert order(world) == ["e", "b", "c"]


def test_a_booking_stands_behind_another_that_stands_behind_a_call() -> None:
    """In whatever order they come in."""
    world = one()
    world.create("b", 3, earliest=world.now + timedelta(minutes=40), service_time=SHORT)
    world.create("e", 9, service_time=SHORT)
    assert order(world) == ["e", "b"]
    world.create("c", 3, earliest=world.now + timedelta(minutes=50), service_time=SHORT)
    assert unit_of(world, "c") == ""  # not well before
    world.create("d", 3, earliest=world.now + timedelta(minutes=85), service_time=SHORT)
    assert order(world) == ["e", "b", "d"]


def test_each_stop_is_reckoned_from_the_end_of_the_one_before() -> None:
    """Also the third; and where the unit cannot get to the first, nobody knows of any."""
    world = two_bookings()
    world.create("e", 9, service_time=timedelta(minutes=8))
    legs = tracked(world.writer.state.incidents.values(), world.store.snapshot)
    assert [(each.record.id, each.turn) for each in legs] == [("e", 0), ("b", 1), ("c", 2)]
    found = {each.incident: each for each in arrivals(world.dispatcher, legs, world.now)}
    there = {key: found[key].arrives_at for key in "ebc"}
    e, b = world.record("e").legs[0], world.record("b")
    assert b.need is not None
    assert b.need.earliest is not None
    assert e.ends_at is not None
    assert there["b"] == e.ends_at + drive(world, place(9), place(3))
    assert there["c"] == b.need.earliest + SHORT + drive(world, place(3), place(3))


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("work", [5, 65])
def test_by_hand_an_incident_goes_before_two_bookings(work: float, force: bool) -> None:
    """What fits goes before the first without force, what does not with it; both stay."""
    world = two_bookings()
    world.status("u0", UnitStatus.OFF_DUTY)
    world.create("e", 9, service_time=timedelta(minutes=work))
    world.status("u0", UnitStatus.AVAILABLE)
    assert unit_of(world, "e") == ""
    if work == 65 and not force:
        with pytest.raises(UnitEngagedError, match="set force"):
            world.do(AssignUnit("e", "", "she is alone", "u0"))
        return
    world.do(AssignUnit("e", "", "she is alone", "u0", force=force))
    assert order(world) == ["e", "b", "c"]


@pytest.mark.parametrize("second", ["fits", "goes", "stays"])
def test_a_call_that_nobody_else_reaches_in_time_takes_the_unit_of_two_bookings(second: str) -> None:
    """The bookings before which it does not fit get another one, both if need be; else nothing changes."""
    world = two(offers_to="nobody")
    world.status("u1", UnitStatus.OFF_DUTY)
    for key, minutes in (("b", 30), ("c", 75)):
        world.create(key, 3, earliest=world.now + timedelta(minutes=minutes), service_time=SHORT)
    if second == "stays":
        world.do(AssignUnit("c", "", "he knows her", "u0"))
    world.status("u1", UnitStatus.AVAILABLE)
    assert order(world) == ["b", "c"]
    known = len(world.events)
    work = timedelta(minutes=25 if second == "fits" else 65)
    record = world.create("e", 9, promise=SOON, service_time=work)
    if second == "stays":  # it does not fit before the second either
        assert order(world) == ["b", "c"]
        assert record.legs[0].unit == "u1"
        return
    assert record.legs[0].unit == "u0"
    assert order(world) == (["e", "c"] if second == "fits" else ["e"])
    assert order(world, "u1") == (["b"] if second == "fits" else ["b", "c"])
    given = [event.id for event in world.events[known:] if event.data.get("given_to") == "e"]
    assert given == (["b"] if second == "fits" else ["b", "c"])
    assert "nobody_found" not in world.kinds(known)


@pytest.mark.parametrize("hears", [True, False])
def test_a_unit_that_got_a_booking_back_serves_who_calls(hears: bool) -> None:
    """At once, before the fleet has heard of it."""
    world = two_bookings()
    world.create("e", 9, service_time=SHORT)
    world.hears = hears
    advance(world, "e", "under_way", "on_scene", "done")
    world.do(AssignUnit("b", "", "he knows her", "u0"))
    assert world.create("f", 9, service_time=SHORT).legs[0].unit == "u0"
    assert order(world) == ["f", "b", "c"]


def test_a_booking_keeps_its_only_capable_unit_though_a_call_is_nearer_to_it() -> None:
    """Who calls goes before both bookings; nobody loses anything by that."""
    world = two(offers_to="nobody")
    world.status("u1", UnitStatus.OFF_DUTY)
    for key, minutes in (("b", 40), ("c", 85)):
        world.create(key, 3, earliest=world.now + timedelta(minutes=minutes), service_time=SHORT)
    world.status("u1", UnitStatus.AVAILABLE)
    world.create("e", 9, service_time=SHORT)
    assert order(world) == ["e", "b", "c"]


def test_an_emergency_takes_the_unit_of_two_bookings_before_which_it_does_not_fit() -> None:
    """The first goes, and the second stays where it can."""
    world = two_bookings(20)
    known = len(world.events)
    assert world.create("e", 9, priority=Priority.EMERGENCY, service_time=timedelta(minutes=30)).legs[0].unit == ""
    world.run(world.replan(), "towline")
    assert order(world) == ["e", "c"]
    assert {event.id for event in world.events[known:]} == {"e", "b"}


@pytest.mark.parametrize(("number", "apart"), [(4, True), (44, False)])
def test_bookings_do_not_stand_on_one_unit_while_another_is_near(number: int, apart: bool) -> None:
    """One that has nothing is better, unless it costs more by what a change of plan costs."""
    units = fleet(2, 0)
    near = replace(units.units[1], location=place(number) if apart else AWAY)
    world = World(dispatcher(offers_to="nobody"), replace(units, units=(units.units[0], near)))
    for key, minutes in (("b", 40), ("c", 85)):
        wanted = need(key, world.now, 0, earliest=world.now + timedelta(minutes=minutes), service_time=SHORT)
        done = world.run(CreateIncident(key, world.now, need=wanted))
    assert unit_of(world, "b") == "u0"
    assert unit_of(world, "c") == ("u1" if apart else "u0")
    if apart:
        told = done.decisions[0].recommendation.recommendation
        assert (told.best.unit_id, told.runners_up[0].unit_id) == ("u1", "u0")
        assert told.runners_up[0].lost.details["incident"] == "b"


@pytest.mark.parametrize("idle", [True, False])
def test_a_booking_that_would_be_late_behind_another_is_taken_from_there(idle: bool) -> None:
    """To a unit that is there in time; it stays where there is none. Nothing else that was tried stays done."""
    world = two(offers_to="nobody")
    world.status("u1", UnitStatus.OFF_DUTY)
    for key, minutes in (("b", 30), ("c", 75)):
        world.create(key, 3, earliest=world.now + timedelta(minutes=minutes), service_time=SHORT)
    assert order(world) == ["b", "c"]
    world.do(UpdateIncident("b", changes={"service_time": timedelta(minutes=100)}))
    late = world.now + timedelta(minutes=133)
    world.run(Arrivals((Sighted("c", 0, "u0", late, 0.1),)), "towline")
    if idle:
        world.status("u1", UnitStatus.AVAILABLE)
    world.after(seconds=40)
    known = len(world.events)
    world.run(Attend(), "towline")
    assert unit_of(world, "c") == ("u1" if idle else "u0")
    if idle:
        assert world.events[known].reason == "it would be late behind booking b"
    else:
        assert world.kinds(known) == []


@pytest.mark.parametrize("key", ["b", "c"])
def test_a_yes_noted_by_hand_costs_nobody_his_unit(key: str) -> None:
    """A person notes that the provider has said yes to one of a unit's two bookings: the other one stays as it is."""
    world = two_bookings()
    known = world.record(key).legs[0]
    leg = world.do(AssignUnit(key, "", "she said yes on the phone", "u0", 0, True)).legs[0]
    assert (leg.state, leg.held, leg.arrives_at) == (ACCEPTED, True, known.arrives_at)
    assert order(world) == ["b", "c"]
    assert world.record("c" if key == "b" else "b").legs[0].state is LegState.ASSIGNED


def test_a_unit_does_not_set_off_to_what_comes_later() -> None:
    """Who has said yes to both bookings goes to the first first."""
    world = two_bookings()
    for key in "cb":
        advance(world, key, "accepted")
    with pytest.raises(UnitEngagedError, match="has incident b to do first"):
        advance(world, "c", "under_way")
    assert order(world) == ["b", "c"]


def working() -> World:
    """The only unit works on x for ten minutes more; a booking it has said yes to, and another one, stand behind."""
    world = one()
    world.create("x", 9, service_time=timedelta(minutes=10))
    advance(world, "x", "accepted", "under_way", "on_scene")
    world.create("b", 3, service_time=SHORT, earliest=world.now + timedelta(minutes=40))
    advance(world, "b", "accepted")
    world.create("y", 3, service_time=SHORT, earliest=world.now + timedelta(minutes=80))
    assert order(world) == ["x", "b", "y"]
    world.after(minutes=1)
    return world


@pytest.mark.parametrize("work", [5, 70])
def test_what_fits_between_work_and_bookings_goes_there_and_nothing_else_moves(work: float) -> None:
    """An emergency that does not fit before what was promised waits; no plan takes what comes later apart for that."""
    world = working()
    known = len(world.events)
    record = world.create("z", 9, priority=Priority.EMERGENCY, service_time=timedelta(minutes=work))
    if work == 5:
        assert order(world) == ["x", "z", "b", "y"]
        x = world.record("x").legs[0]
        assert x.ends_at is not None
        assert record.legs[0].arrives_at == x.ends_at + drive(world, place(9), place(9))
    for _ in range(4):
        world.after(seconds=15)
        world.run(Attend(), "towline")
        if (plan := world.replan()) is not None:
            world.run(plan, "towline")
    assert {event.id for event in world.events[known:]} == {"z"}
    assert order(world) == (["x", "z", "b", "y"] if work == 5 else ["x", "b", "y"])


@pytest.mark.parametrize("on_scene", [False, True])
def test_a_booking_that_fits_between_two_stops_goes_there(on_scene: bool) -> None:
    """In whatever order they were called in."""
    world = one()
    world.create("b", 3, earliest=world.now + timedelta(minutes=88), service_time=SHORT)
    world.create("e", 5, service_time=timedelta(minutes=8))
    if on_scene:
        advance(world, "e", "accepted", "under_way", "on_scene")
    world.create("late", 5, earliest=world.now + timedelta(minutes=80), service_time=SHORT)
    assert unit_of(world, "late") == "", "no time before the next one"
    record = world.create("c", 5, earliest=world.now + timedelta(minutes=45), service_time=SHORT)
    assert order(world) == ["e", "c", "b"]
    e = world.record("e").legs[0]
    assert e.ends_at is not None
    assert record.legs[0].arrives_at == e.ends_at + drive(world, place(5), place(5))


@pytest.mark.parametrize("book", [False, True])
def test_who_follows_gives_way_to_an_emergency_in_one_step(book: bool) -> None:
    """The unit that one loses the other has, though the fleet has it busy with both."""
    world = one()
    world.create("x", 9, service_time=timedelta(minutes=10))
    advance(world, "x", "accepted", "under_way", "on_scene")
    earliest = {"earliest": world.now + timedelta(minutes=80)} if book else {"priority": Priority.LOW}
    world.create("y", 3, service_time=timedelta(minutes=30), **earliest)
    world.after(minutes=1)
    world.create("z", 9, service_time=timedelta(minutes=70), priority=Priority.EMERGENCY)
    assert order(world) == ["x", "y"]
    world.run(world.replan(), "towline")
    assert order(world) == ["x", "z"]
    x, z = world.record("x").legs[0], world.record("z").legs[0]
    assert z.arrives_at is not None
    assert x.ends_at is not None
    assert abs(z.arrives_at - x.ends_at - drive(world, place(9), place(9))) < timedelta(seconds=1)


@pytest.mark.parametrize("behind", [1, 2])
@pytest.mark.parametrize("how", ["done", "cancelled"])
def test_who_is_done_is_asked_for_what_comes_next(behind: int, how: str) -> None:
    """However many bookings stand behind."""
    contractor = Fleet((Provider("p0", contractor=True),), (Unit("u0", "p0", place(0), frozenset(Service)),))
    world = World(dispatcher(), contractor)
    world.create("e", 9, service_time=timedelta(minutes=10))
    (offer,) = world.record("e").open_offers()
    world.do(AnswerOffer("e", "", "", offer.id, True))
    for key, minutes in (("b", 45), ("c", 88))[:behind]:
        world.create(key, 3, earliest=world.now + timedelta(minutes=minutes), service_time=SHORT)
    if how == "done":
        advance(world, "e", "under_way", "on_scene", "done")
    else:
        world.do(CancelIncident("e"))
    assert [offer.unit for offer in world.record("b").open_offers()] == ["u0"]
    if behind > 1:
        assert world.record("c").legs[0].state is LegState.ASSIGNED
        assert not world.record("c").offers


def test_a_plan_that_cannot_be_made_whole_takes_nothing_apart() -> None:
    """Who was to get a unit cannot: then nobody loses it, nor goes elsewhere to make room."""
    world = World(dispatcher(offers_to="nobody"), fleet(3, 0))
    for key, number in (("a", 0), ("b", 7)):
        world.create(key, number)
    assert (unit_of(world, "a"), unit_of(world, "b")) == ("u0", "u1")
    world.status("u2", UnitStatus.OFF_DUTY)
    world.create("c", 14)
    assert unit_of(world, "c") == ""
    world.status("u2", UnitStatus.AVAILABLE)

    def to(key: str, unit: str) -> Candidate:
        record = world.record(key)
        found = world.dispatcher.recommend(parts_of(record)[0], world.store.snapshot.state, world.now)
        assert found.best is not None
        return replace(found.best, unit_id=unit, provider_id=unit.replace("u", "p"))

    moves = (Move("a", 0, "u0", to("a", "u1")), Move("b", 0, "u1", to("b", "u2")), Move("c", 0, "", to("c", "u0")))
    world.do(Advance("b", "", "", "u1", ACCEPTED))  # meanwhile
    known = len(world.events)
    world.run(Replan(moves, "exact"), "towline")
    assert (unit_of(world, "a"), unit_of(world, "b")) == ("u0", "u1")
    assert {event.id for event in world.events[known:]} <= {"c"}
