"""Who waits when a unit comes free, what a plan may not do with bookings, and orders of two that are silly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from engine.live.commands.ending import CancelIncident
from engine.live.commands.filing import CreateIncident
from engine.live.commands.units import Advance, AnswerOffer, AssignUnit, UnassignUnit
from engine.live.commands.upkeep import Arrivals, Attend, Move, Replan, Sighted
from engine.live.records import LegState
from engine.live.sighting import check_of
from engine.live.writer import Asked
from engine.model import Priority, UnitStatus
from tests.engine.live.rooms import advance, drive, one, order, two, unit_of
from tests.engine.live.world import World, dispatcher, fleet, need, place

SHORT = timedelta(minutes=5)
ACCEPTED = LegState.ACCEPTED


def waiting_behind_a_booking(accepted: bool = True) -> World:
    """The unit has a call and a booking in 40 minutes; a call of five minutes waits."""
    world = one()
    world.create("b", 3, earliest=world.now + timedelta(minutes=40))
    if accepted:
        advance(world, "b", "accepted")
    world.create("a", 9, service_time=SHORT)
    assert world.create("e", 12, service_time=SHORT, promise=timedelta(minutes=20)).legs[0].unit == ""
    advance(world, "a", "under_way", "on_scene")
    world.after(minutes=2)
    return world


@pytest.mark.parametrize("accepted", [False, True])
def test_who_waits_goes_before_the_booking_of_a_unit_that_comes_free(accepted: bool) -> None:
    """In the same command, and first: it can set off at once."""
    world = waiting_behind_a_booking(accepted)
    advance(world, "a", "done")
    assert unit_of(world, "e") == "u0"
    assert order(world) == ["e", "b"]
    assert world.record("e").legs[0].arrives_at == world.now + drive(world, place(0), place(12))
    assert world.events[-1].actor == "towline"
    world.after(minutes=1)
    assert advance(world, "e", "under_way").state == "under_way"


def test_nobody_new_overtakes_who_waits() -> None:
    """Not even in the same batch: the unit that came free is that of who called before."""
    world = one()
    world.create("a", 9)
    world.create("e", 12)
    new = CreateIncident("f", world.now, need=need("f", world.now, 9))
    done = world.batch(Asked(CancelIncident("a"), "ada"), Asked(new, "ada"))
    assert all(each.future.exception(timeout=0) is None for each in done)
    assert (unit_of(world, "e"), unit_of(world, "f")) == ("u0", "")


@pytest.mark.parametrize("urgent", [False, True])
def test_the_most_urgent_first_then_who_called_first(urgent: bool) -> None:
    """Among those who wait, when there is one unit for all of them."""
    world = one()
    world.create("a", 9)
    world.create("e", 12)
    world.after(minutes=1)
    world.create("f", 9, priority=Priority.HIGH if urgent else Priority.NORMAL)
    world.do(CancelIncident("a"))
    assert world.writer.state.engaged["u0"] == {"f" if urgent else "e"}


def test_a_unit_taken_off_or_exchanged_is_looked_at() -> None:
    """Whoever leaves a unit, and however, others who wait may have it."""
    world = one()
    world.create("a", 9)
    world.create("e", 12)
    record = world.do(UnassignUnit("a", "", "no battery on board", "u0"))
    assert record.id == "a"
    assert (unit_of(world, "a"), unit_of(world, "e")) == ("", "u0")


def test_what_is_only_tried_frees_nobody() -> None:
    """A command that is to be checked alone leaves everything as it was, also for the next one of the batch."""
    world = one()
    world.create("a", 9)
    world.create("e", 12)
    before = world.writer.state.number
    world.batch(Asked(CancelIncident("a"), "ada", validate_only=True))
    assert world.writer.state.number == before
    assert (unit_of(world, "a"), unit_of(world, "e")) == ("u0", "")


@pytest.mark.parametrize(("minutes", "unit"), [(80, "u0"), (25, "")])
def test_a_plan_puts_nobody_behind_a_booking_later_than_promised(minutes: float, unit: str) -> None:
    """It had the unit busy until the booking is done: the call goes before that where it fits, else it waits."""
    world = one()
    world.create("e", 12, promise=timedelta(minutes=20))
    world.do(UnassignUnit("e", "", "to see", "u0"))
    record = world.record("e")
    world.create("b", 3, earliest=world.now + timedelta(minutes=minutes))
    advance(world, "b", "accepted")
    late = world.dispatcher.recommend(need("e", world.now, 12), world.store.snapshot.state, world.now).best
    assert late is not None
    assert late.arrives_at > world.now + timedelta(minutes=minutes)
    world.writer.state.incidents["e"] = replace(record, refused=frozenset())
    world.run(Replan((Move("e", 0, "", late),), "exact"), "towline")
    assert unit_of(world, "e") == unit
    if unit:
        assert order(world) == ["e", "b"]


def test_a_person_says_now() -> None:
    """With force a call goes before the booking behind which it was, or would be; without it keeps its place."""
    world = one()
    world.create("b", 3, earliest=world.now + timedelta(minutes=14))
    advance(world, "b", "accepted")
    record = world.create("e", 12, promise=timedelta(hours=3))
    assert (record.legs[0].unit, order(world)) == ("u0", ["b", "e"])
    world.do(AssignUnit("e", "", "she is alone", "u0"))
    assert order(world) == ["b", "e"]
    record = world.do(AssignUnit("e", "", "she is alone", "u0", force=True))
    assert order(world) == ["e", "b"]
    assert record.legs[0].arrives_at == world.now + drive(world, place(0), place(12))
    assert advance(world, "e", "under_way").state == "under_way"


def test_an_order_that_is_silly_is_taken_apart() -> None:
    """A call late behind a booking goes to the unit that is there in time, when it is settled; one in time stays."""
    world = two(offers_to="nobody", live_settle_seconds=30)
    world.create("b", 3, earliest=world.now + timedelta(minutes=14))
    advance(world, "b", "accepted")
    world.create("x", 9)
    assert unit_of(world, "x") == "u1"
    record = world.create("e", 12, promise=timedelta(minutes=40))
    assert order(world) == ["b", "e"]
    assert record.promise is not None
    world.do(CancelIncident("x"))
    world.after(seconds=40)
    world.run(Attend(), "towline")
    assert unit_of(world, "e") == "u1"
    assert world.writer.state.engaged["u0"] == {"b"}


@pytest.mark.parametrize("priority", [Priority.NORMAL, Priority.EMERGENCY])
def test_a_plan_leaves_no_booking_with_nobody(priority: Priority) -> None:
    """It neither fits before nor has another unit: only who is more urgent gets the unit."""
    world = one()
    found = world.dispatcher.recommend(need("f", world.now, 12), world.store.snapshot.state, world.now).best
    world.create("b", 3, earliest=world.now + timedelta(minutes=40))
    assert world.create("f", 12, priority=priority).legs[0].unit == ""
    begun = len(world.events)
    plan = Replan((Move("f", 0, "", found), Move("b", 0, "u0", None)), "exact")
    world.run(plan, "towline")
    if priority is Priority.NORMAL:
        assert (unit_of(world, "f"), unit_of(world, "b")) == ("", "u0")
        assert len(world.events) == begun
    else:
        assert (unit_of(world, "f"), unit_of(world, "b")) == ("u0", "")


@pytest.mark.parametrize("state", ["assigned", "under_way"])
@pytest.mark.parametrize("fits", [True, False])
def test_a_booking_behind_a_call(state: str, fits: bool) -> None:
    """Its only unit has a call that ends well before, begun or not: it follows that. Else not before it has begun."""
    world = one()
    world.create("a", 9)
    if state == "under_way":
        advance(world, "a", "under_way")
    record = world.create("b", 12, earliest=world.now + timedelta(minutes=85 if fits else 40))
    if fits or state == "under_way":
        assert order(world) == ["a", "b"]
    else:
        assert record.legs[0].unit == ""
        world.do(CancelIncident("a"))
        assert unit_of(world, "b") == "u0"


def test_a_booking_that_waits_is_looked_at_again() -> None:
    """While a provider is asked for the call nothing stands behind it; as time goes by it gets its place."""
    world = World(dispatcher(offers_to="everybody"), fleet(1, 0))
    offer = world.create("a", 9).offers[0]
    assert world.create("b", 12, earliest=world.now + timedelta(minutes=85)).legs[0].unit == ""
    world.do(AnswerOffer("a", "", "", offer.id, True))
    world.after(seconds=15)
    world.run(Attend(), "towline")
    assert order(world) == ["a", "b"]
    number = world.writer.state.number
    world.run(Attend(), "towline")
    assert world.writer.state.number == number


def test_several_units_are_several() -> None:
    """Who has done one part of an incident is not chosen for another by itself; a person may choose it."""
    world = one()
    world.create("a", 9, units_needed=2)
    advance(world, "a", "under_way", "on_scene", "done")
    assert [leg.state for leg in world.record("a").legs] == [LegState.DONE, LegState.WAITING]
    assert world.replan() is None
    record = world.do(AssignUnit("a", "", "nobody else", "u0", leg=1))
    assert record.legs[1].unit == "u0"


def test_remedies_of_one_round_name_different_units() -> None:
    """The most urgent is given the unit that would be sooner; the other is told that there is none."""
    world = World(dispatcher(offers_to="nobody"), fleet(3, 0))
    has = {key: world.create(key, 3, priority=p).legs[0].unit for key, p in (("a", Priority.LOW), ("c", Priority.HIGH))}
    late = world.now + timedelta(hours=2)
    world.run(Arrivals(tuple(Sighted(key, 0, unit, late, 0.1) for key, unit in has.items())), "towline")
    told = {event.id: event.data for event in world.events[-2:]}
    assert told["c"]["remedy_unit"] not in has.values()
    assert told["a"].get("remedy") == "none"


def test_a_unit_that_comes_on_duty_is_given_to_who_waits() -> None:
    """As one that comes free: in the command that looks at it, who called first."""
    world = one()
    world.status("u0", UnitStatus.OFF_DUTY)
    for key in ("a", "b", "c"):
        world.create(key, 5)
        world.after(minutes=1)
    world.status("u0", UnitStatus.AVAILABLE)
    check = check_of({"u0": None}, world.writer.state.engaged, world.store.snapshot.find)
    assert check is not None
    world.run(check, "towline")
    assert [unit_of(world, key) for key in ("a", "b", "c")] == ["u0", "", ""]
    assert check_of({"u0": None}, {}, lambda _: None) is None


def test_who_waits_is_told_when_the_reason_is_another() -> None:
    """Once for each, when it is looked at as time goes by."""
    world = one()
    world.status("u0", UnitStatus.OFF_DUTY)
    first = world.create("a", 5).unserved
    world.status("u0", UnitStatus.AVAILABLE)
    world.create("e", 9, priority=Priority.EMERGENCY)
    assert unit_of(world, "e") == "u0"
    begun = len(world.events)
    for _ in range(2):
        world.run(Attend(), "towline")
    assert world.kinds(begun) == ["nobody_found"]
    assert world.record("a").unserved not in ("", first)


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_unit_that_came_free_a_moment_ago_is_reckoned_as_free(by_hand: bool) -> None:
    """Though the fleet has not heard of it: nobody is told a time at which it would have been free else."""
    world = one()
    world.create("b", 44, earliest=world.now + timedelta(minutes=85))
    world.hears = False
    world.do(CancelIncident("b"))
    if by_hand:
        world.status("u0", UnitStatus.AVAILABLE)
    record = world.create("a", 9)
    if by_hand:
        record = world.do(AssignUnit("a", "", "the same", "u0"))
    assert record.legs[0].unit == "u0"
    assert record.legs[0].arrives_at == world.now + drive(world, place(0), place(9))


@pytest.mark.parametrize("accepted", [False, True])
def test_a_booking_may_stand_behind_an_earlier_one(accepted: bool) -> None:
    """Whichever is made first, one unit does both; also when its provider has said yes to the first."""
    for first, second in ((30, 90), (90, 30)):
        world = one()
        for key, minutes in (("a", first), ("b", second)):
            world.create(key, 9, earliest=world.now + timedelta(minutes=minutes), service_time=SHORT)
            if accepted and key == "a":
                advance(world, "a", "accepted")
        assert order(world) == (["a", "b"] if first < second else ["b", "a"]), (first, second)


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("booked", [False, True])
def test_who_calls_as_a_unit_comes_free_gets_that(booked: bool, together: bool) -> None:
    """Though the fleet has not heard of it, and another one is in time; in one batch with that, or in the next."""
    world = two(offers_to="nobody")
    if booked:
        world.create("b", 3, earliest=world.now + timedelta(minutes=80))
        advance(world, "b", "accepted")
    world.create("a", 0)
    assert unit_of(world, "a") == "u0"
    advance(world, "a", "under_way", "on_scene")
    world.hears = False
    done, new = Advance("a", "", "", "u0", LegState.DONE), CreateIncident("e", world.now, need=need("e", world.now, 0))
    for batch in ([done, new],) if together else ([done], [new]):
        world.batch(*(Asked(command, "ada") for command in batch))
    record = world.record("e")
    assert record.legs[0].unit == "u0"
    assert record.legs[0].arrives_at == world.now
    world.hear()
    assert not world.writer.state.unheard(world.store.snapshot.engaged)
