"""What stands behind something not begun: it gives way to what is more pressing, and is planned again."""

from __future__ import annotations

from dataclasses import replace as with_
from datetime import timedelta

import pytest

from engine.errors import UnitEngagedError
from engine.live.commands.filing import CreateIncident, UpdateIncident
from engine.live.commands.units import Advance, AssignUnit
from engine.live.commands.upkeep import Arrivals, Attend, Sighted
from engine.live.records import LegState
from engine.model import Priority, UnitStatus
from tests.engine.live.rooms import AWAY, advance, drive, one, order, two, unit_of
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


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("priority", [Priority.LOW, Priority.NORMAL, Priority.EMERGENCY])
def test_the_second_booking_gives_way_to_what_fits_before_the_first(priority: Priority, accepted: bool) -> None:
    """The idle unit serves who calls, unless he is less urgent; the booking gets it again when that is done."""
    world = two_bookings()
    if accepted:
        advance(world, "b", "accepted")
    known = len(world.events)
    record = world.create("e", 9, priority=priority, service_time=SHORT)
    if priority is Priority.LOW:
        assert (record.legs[0].unit, order(world)) == ("", ["b", "c"])
        return
    assert order(world) == ["e", "b"]
    assert record.legs[0].arrives_at == world.now + drive(world, place(0), place(9))
    lost = next(event for event in world.events[known:] if event.id == "c")
    assert (lost.kind.value, lost.data.get("given_to")) == ("unit_unassigned", "e")
    assert world.kinds(known)[-1] == "nobody_found"
    advance(world, "e", "under_way", "on_scene", "done")
    assert order(world) == ["b", "c"]


@pytest.mark.parametrize("how", ["accepted", "held"])
def test_a_second_booking_that_somebody_wants_so_does_not(how: str) -> None:
    """Who has said yes, or was chosen by hand, keeps both."""
    world = one()
    world.create("c", 3, earliest=world.now + timedelta(minutes=85), service_time=SHORT)
    if how == "accepted":
        advance(world, "c", "accepted")
    else:
        world.do(AssignUnit("c", "", "he knows her", "u0"))
    world.create("b", 3, earliest=world.now + timedelta(minutes=40), service_time=SHORT)
    assert order(world) == ["b", "c"]
    assert world.create("e", 9, priority=Priority.EMERGENCY, service_time=SHORT).legs[0].unit == ""
    with pytest.raises(UnitEngagedError):
        world.do(AssignUnit("e", "", "she is alone", "u0", force=True))


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("work", [5, 65])
def test_by_hand_the_second_booking_gives_way_too(work: float, force: bool) -> None:
    """What fits goes before the first without force, what does not with it."""
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
    assert order(world) == ["e", "b"]
    assert unit_of(world, "c") == ""


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
    near = with_(units.units[1], location=place(number) if apart else AWAY)
    world = World(dispatcher(offers_to="nobody"), with_(units, units=(units.units[0], near)))
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
    """A person notes that the provider has said yes to one of a unit's two bookings: the other one stays."""
    world = two_bookings()
    command = AssignUnit(key, "", "she said yes on the phone", "u0", 0, True)
    if key == "b":
        assert world.do(command).legs[0].state is ACCEPTED
    else:  # it comes after the first
        with pytest.raises(UnitEngagedError):
            world.do(command)
    assert order(world) == ["b", "c"]
    assert world.record("c").legs[0].state is LegState.ASSIGNED
