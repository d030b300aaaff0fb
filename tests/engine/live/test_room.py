"""Calls before a booking: what fits, what does not, who gets the unit then, and what becomes of both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.dispatch import Dispatcher
from engine.errors import UnitEngagedError
from engine.live.commands.ending import CancelIncident, ReportNoShow, ReportWrongLocation
from engine.live.commands.units import AnswerOffer, AssignUnit, UnassignUnit
from engine.live.records import IncidentRecord
from engine.model import Fleet, Priority
from graphs.metrics import MetricStore, load_traffic_profile
from tests.engine.live.rooms import AWAY, MARGIN, SOON, WORK, advance, drive, two, unit_of
from tests.engine.live.world import NOW, World, dispatcher, fleet, need, place, region


def booked(world: World, minutes: float = 80, number: int = 44, **fields: Any) -> IncidentRecord:
    """The booking b, whose unit is the one in town."""
    record = world.create("b", number, earliest=world.now + timedelta(minutes=minutes), **fields)
    assert record.legs[0].unit == "u0"
    return record


def end_of(world: World, key: str = "e") -> datetime:
    found = world.record(key).legs[0].ends_at
    assert found is not None
    return found


def test_a_call_before_a_booking() -> None:
    """The idle unit in town is sent; both stand on it, the call first, and it is busy until both are done."""
    world = two(offers_to="nobody")
    booked(world)
    record = world.create("e", 9)
    leg = record.legs[0]
    assert leg.unit == "u0"
    assert leg.arrives_at == world.now + drive(world, place(0), place(9)), "at once"
    assert world.writer.state.engaged["u0"] == {"e", "b"}
    assert world.store.snapshot.engaged["u0"] == ("e", "b")
    (shown,) = [unit for unit in world.store.snapshot.state.units if unit.id == "u0"]
    assert shown.free_at == end_of(world, "b")
    assert unit_of(world, "b") == "u0"
    assert world.kinds(4)[-1] == "unit_assigned"
    assert world.create("f", 3).legs[0].unit == "u1", "there is one thing before a booking"


def test_questions_see_the_unit_busy_until_all_is_done() -> None:
    """Nothing is recommended that the booking would suffer from, whether or not a call comes before it."""
    world = two(offers_to="nobody")
    booked(world)
    for _ in range(2):
        found = world.dispatcher.recommend(need("x", world.now, 9), world.store.snapshot.state, world.now)
        assert found.best is not None
        assert found.best.unit_id == "u1"
        (rival,) = found.runners_up
        assert rival.departs_at == end_of(world, "b")
        if "e" not in world.writer.state.incidents:
            world.create("e", 9)


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("spare", [0, -1])
def test_it_must_fit_to_the_minute(spare: int, accepted: bool) -> None:
    """Drive, work, drive on and the margin: with a minute too little the unit stays the booking's."""
    world = two(offers_to="nobody")
    least = drive(world, place(0), place(9)) + WORK + drive(world, place(9), place(44)) + MARGIN
    booked(world, least.total_seconds() / 60 + spare)
    if accepted:
        advance(world, "b", "accepted")
    record = world.create("e", 9, promise=timedelta(hours=2))
    assert record.legs[0].unit == ("u0" if spare == 0 else "u1")


def test_how_sure_the_booking_is_counts() -> None:
    """Where an hour of work may well take longer, the expected end alone does not do."""
    long = timedelta(minutes=55)
    for probability, unit in ((0.9, "u0"), (0.999999, "u1")):
        world = two(offers_to="nobody", live_booking_probability=probability)
        booked(world, 85, promise=timedelta(minutes=5))
        assert world.create("e", 9, service_time=long, promise=timedelta(hours=2)).legs[0].unit == unit


def test_a_call_takes_the_unit_of_a_booking_that_can_have_another() -> None:
    """Nobody else is there in time: the booking gets the one far away in the same command, and the story says why."""
    world = two(offers_to="nobody")
    booked(world, 50)
    begun = len(world.events)
    record = world.create("e", 9, promise=SOON)
    assert (record.legs[0].unit, unit_of(world, "b")) == ("u0", "u1")
    assert world.kinds(begun) == [
        "incident_received",
        "incident_filed",
        "unit_unassigned",
        "unit_assigned",
        "unit_assigned",
    ]
    gone, taken, instead = world.events[-3:]
    assert (gone.id, gone.unit, gone.data["given_to"], gone.reason) == (
        "b", "u0", "e", "incident e has no other unit in time",
    )  # fmt: skip
    assert (taken.id, taken.data["taken_from"]) == ("e", "b")
    assert (instead.id, instead.unit) == ("b", "u1")


@pytest.mark.parametrize("why", ["accepted", "held", "urgent", "other in time", "nobody else", "too near"])
def test_when_it_does_not(why: str) -> None:
    """Accepted, chosen by a person, more urgent; or the call has another; or the booking would have none in time."""
    world = two(offers_to="nobody", away=place(30) if why == "other in time" else AWAY)
    if why == "nobody else":
        world = World(dispatcher(offers_to="nobody"), fleet(1, 0))
    elif why == "too near":
        world = two(offers_to="nobody", live_booking_probability=1.0)
    booked(world, 50, priority=Priority.EMERGENCY if why == "urgent" else Priority.NORMAL)
    if why == "accepted":
        advance(world, "b", "accepted")
    elif why == "held":
        world.do(AssignUnit("b", "", "he knows her", "u0"))
    record = world.create("e", 9, promise=SOON)
    assert unit_of(world, "b") == "u0"
    assert record.legs[0].unit == ("" if why == "nobody else" else "u1")


def test_the_unit_does_one_after_the_other() -> None:
    """It cannot set off to the booking before; then it can, and the booking's leg was not touched meanwhile."""
    world = two(offers_to="nobody")
    booked(world)
    advance(world, "b", "accepted")
    before = world.record("b")
    world.create("e", 9)
    with pytest.raises(UnitEngagedError):
        advance(world, "b", "under_way")
    advance(world, "e", "under_way")
    world.after(minutes=10)
    advance(world, "e", "on_scene")
    with pytest.raises(UnitEngagedError):
        advance(world, "b", "under_way")
    assert world.record("b") == before
    world.after(minutes=30)
    advance(world, "e", "done")
    assert world.writer.state.engaged["u0"] == {"b"}
    assert world.store.snapshot.engaged["u0"] == ("b",)
    assert advance(world, "b", "under_way", "on_scene").legs[0].state == "on_scene"


def test_a_contractor_who_has_said_yes_is_asked_for_the_call() -> None:
    """What he answers to that changes nothing of the booking; while he is asked for the booking he is asked nothing."""
    world = two(contractor=True)
    record = booked(world)
    assert record.state == "offered"
    assert world.create("d", 3).legs[0].unit == "u1"
    world.do(AnswerOffer("b", "", "", "1", True), "p0")
    yes = world.record("b")
    record = world.create("e", 9)
    assert [(offer.unit, offer.state) for offer in record.offers] == [("u0", "open")]
    with pytest.raises(UnitEngagedError):
        advance(world, "b", "under_way")
    record = world.do(AnswerOffer("e", "", "no time", "1", False), "p0")
    assert record.legs[0].unit != "u0"
    assert world.record("b") == yes
    assert world.writer.state.engaged["u0"] == {"b"}
    world.do(CancelIncident("d"))
    assert world.create("f", 9).legs[0].unit == "u0"
    assert world.do(AnswerOffer("f", "", "", "1", True), "p0").state == "accepted"


@pytest.mark.parametrize("how", ["cancel call", "cancel booking", "unassign call", "unassign booking", "no show"])
def test_when_one_of_both_goes(how: str) -> None:
    """The other one keeps the unit, which then has that alone."""
    world = two(offers_to="nobody")
    booked(world)
    world.create("e", 9)
    gone, rest = ("b", "e") if "booking" in how else ("e", "b")
    before = world.record(rest)
    if how.startswith("cancel"):
        world.do(CancelIncident(gone))
    elif how == "no show":
        advance(world, "e", "under_way", "on_scene")
        world.do(ReportNoShow("e"))
    else:
        world.do(UnassignUnit(gone, "", "better so", "u0"))
        assert unit_of(world, gone) == "u1"
    assert world.record(rest) == before
    assert world.writer.state.engaged["u0"] == {rest}
    assert world.store.snapshot.engaged["u0"] == (rest,)


def test_a_person_may_insist() -> None:
    """By hand as by itself: what fits goes before; what does not needs force."""
    world = two(offers_to="nobody")
    booked(world, 50)
    advance(world, "b", "accepted")
    world.create("e", 9)
    with pytest.raises(UnitEngagedError, match="set force"):
        world.do(AssignUnit("e", "", "he can make it", "u0"))
    world.do(AssignUnit("e", "", "he can make it", "u0", force=True))
    assert (unit_of(world, "e"), unit_of(world, "b")) == ("u0", "u0")
    assert advance(world, "e", "accepted").state == "accepted"


def test_a_wrong_location_of_the_booking_counts_from_the_end_of_the_call() -> None:
    """The accepted booking stays with its unit, whose way there begins where and when the call ends."""
    world = two(offers_to="nobody")
    booked(world)
    advance(world, "b", "accepted")
    world.create("e", 9)
    record = world.do(ReportWrongLocation("b", "", "the other gate", place(21)))
    assert record.legs[0].unit == "u0"
    assert record.legs[0].arrives_at == end_of(world) + drive(world, place(9), place(21))


def test_planning_again_leaves_both() -> None:
    """Neither taken apart nor doubled, before the unit has set off and after."""
    world = two(offers_to="nobody")
    booked(world)
    world.create("e", 9)
    world.after(minutes=1)
    plan = world.replan()
    assert plan is None, plan
    advance(world, "e", "under_way", "on_scene")
    assert world.replan() is None
    assert (unit_of(world, "e"), unit_of(world, "b")) == ("u0", "u0")


@pytest.mark.parametrize("held", [False, True])
def test_who_waits_gets_the_unit_that_comes_free_before_its_booking(held: bool) -> None:
    """It is sent at once, though it has a booking; that stays where it is."""
    world = World(dispatcher(offers_to="nobody"), fleet(1, 0))
    world.create("a", 3)
    advance(world, "a", "accepted")
    world.create("b", 44, earliest=world.now + timedelta(minutes=85))
    assert unit_of(world, "b") == "u0", "to follow"
    assert world.create("e", 9, service_time=timedelta(minutes=45)).legs[0].unit == ""
    if held:
        world.do(AssignUnit("b", "", "he knows her", "u0"))
    world.do(CancelIncident("a"))
    assert (unit_of(world, "e"), unit_of(world, "b")) == ("u0", "u0")
    assert world.record("e").legs[0].arrives_at == world.now + drive(world, place(0), place(9))
    assert world.replan() is None


def test_a_restart_knows_both() -> None:
    """Who is engaged with what follows from the records; so does the order."""
    world = two(offers_to="nobody")
    booked(world)
    world.create("e", 9)
    busy = world.store.snapshot.state.units
    world.restart()
    assert world.writer.state.engaged["u0"] == {"e", "b"}
    assert world.store.snapshot.engaged["u0"] == ("e", "b")
    assert world.store.snapshot.state.units == busy


def test_by_the_traffic_of_the_hour() -> None:
    """With a metric for each hour calls go before bookings, and take their units, just so."""
    plain = two(offers_to="nobody")
    known = plain.store.snapshot
    units = Fleet(tuple(known.providers.values()), known.state.units)
    served = Dispatcher(region(), plain.dispatcher.policy, metrics=MetricStore(region(), load_traffic_profile()))
    for ahead, promise, has in ((80, timedelta(minutes=30), "u0"), (50, SOON, "u1")):
        world = World(served, units, now=NOW + timedelta(minutes=40))
        booked(world, ahead)
        assert (world.create("e", 9, promise=promise).legs[0].unit, unit_of(world, "b")) == ("u0", has)


class Look:
    """Whether the fleet that commands look at is that of the server itself."""

    def run(self, desk: Any) -> None:
        self.same = desk.view.state is desk.fleet.state


def test_nothing_is_made_anew_without_bookings() -> None:
    """Nor for bookings that begin too soon, nor a second time for the same fleet."""
    world = two(offers_to="nobody")
    world.create("a", 3)
    look = Look()
    world.run(look)
    assert look.same
    world.do(CancelIncident("a"))
    booked(world, 16)
    world.run(look)
    assert not look.same
    world.after(minutes=2)
    world.run(look)
    assert look.same
