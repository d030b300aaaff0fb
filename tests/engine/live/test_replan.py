"""Planning again: what it moves, what it never touches, and plans that come too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.live.commands.ending import CancelIncident
from engine.live.commands.units import Advance, AssignUnit, UnassignUnit
from engine.live.commands.upkeep import Move, Replan
from engine.live.records import LegState
from engine.live.replan import free_legs
from engine.model import Priority, UnitStatus
from tests.engine.live.world import World, dispatcher, fleet


def candidate(world: World, key: str, unit: str):
    """The unit as it was when it was chosen for another incident: all that a plan needs to say which it means."""
    answer = world.run(AssignUnit(key, "", "to see", unit), validate_only=True)
    best = answer.decisions[0].recommendation.recommendation.best
    assert best is not None
    return best


def two() -> tuple[World, str, str]:
    """Two incidents and the units they have, and one unit more."""
    world = World(dispatcher(offers_to="nobody"), fleet(3, 0))
    return world, world.create("a").legs[0].unit, world.create("b", 20).legs[0].unit


def unit_of(world: World, key: str) -> str:
    return world.record(key).legs[0].unit


def spare(world: World) -> str:
    (free,) = {"u0", "u1", "u2"} - set(world.writer.state.engaged)
    return free


def test_units_are_swapped() -> None:
    """Both are taken off before either is given anew; each change is an event with the solver's name."""
    world, first, second = two()
    third = spare(world)
    to_first, to_second = replace(candidate(world, "b", third), unit_id=first), candidate(world, "b", third)
    swap = Replan((Move("a", 0, first, replace(to_second, unit_id=second)), Move("b", 0, second, to_first)), "exact")
    begun = len(world.events)
    world.run(swap, "towline")
    assert (unit_of(world, "a"), unit_of(world, "b")) == (second, first)
    assert world.kinds(begun) == ["unit_unassigned"] * 2 + ["unit_assigned"] * 2
    assert {event.data.get("solver") for event in world.events[begun + 2 :]} == {"exact"}
    assert {event.data.get("chosen_by") for event in world.events[begun + 2 :]} == {"reoptimised"}
    assert {event.id: event.data["given_to"] for event in world.events[begun : begun + 2]} == {"a": "b", "b": "a"}


@pytest.mark.parametrize("why", ["held", "offered", "accepted", "under way", "other unit", "closed"])
def test_what_is_promised_stays(why: str) -> None:
    """A plan that was made before is not carried out where people, providers or the unit itself have gone on."""
    world = World(dispatcher(offers_to="everybody" if why == "offered" else "nobody"), fleet(3, 0))
    had = world.create("a").legs[0].unit
    free = next(unit for unit in ("u0", "u1", "u2") if unit != had)
    plan = Replan((Move("a", 0, had, candidate(world, "a", free)),), "exact")
    if why == "held":
        world.do(AssignUnit("a", "", "he knows the way", had))
    elif why in ("accepted", "under way"):
        world.do(Advance("a", "", "", had, LegState.ACCEPTED))
    if why == "under way":
        world.do(Advance("a", "", "", had, LegState.UNDER_WAY))
    elif why == "other unit":
        world.do(AssignUnit("a", "", "nearer", next(unit for unit in ("u0", "u1", "u2") if unit not in (had, free))))
    elif why == "closed":
        world.do(CancelIncident("a"))
    before = world.record("a")
    world.run(plan, "towline")
    assert world.record("a") == before


def test_a_unit_that_was_given_away_meanwhile() -> None:
    """The plan's unit is gone: who has one keeps it, and who was to get that one, too."""
    world, had, other = two()
    free = spare(world)
    to_free = candidate(world, "a", free)
    plan = Replan((Move("a", 0, had, to_free), Move("b", 0, other, replace(to_free, unit_id=had))), "exact")
    world.create("c", 44)
    assert unit_of(world, "c") == free
    number = world.writer.state.number
    world.run(plan, "towline")
    assert (unit_of(world, "a"), unit_of(world, "b")) == (had, other)
    assert world.writer.state.number == number


def test_nobody_gives_up_a_unit_for_nothing() -> None:
    """A unit taken off for somebody who does not want it any more stays."""
    world, had, other = two()
    gives = Move("a", 0, had, None)
    takes = Move("b", 0, other, replace(candidate(world, "b", spare(world)), unit_id=had))
    world.do(CancelIncident("b"))
    world.run(Replan((gives, takes), "exact"), "towline")
    assert unit_of(world, "a") == had


def test_the_one_who_waits_gets_the_unit_that_comes_free() -> None:
    """When a unit comes on duty, planning again gives it to who had none."""
    world = World(dispatcher(offers_to="nobody"), fleet(1, 0))
    world.status("u0", UnitStatus.OFF_DUTY)
    assert world.create("b", 9).legs[0].unit == ""
    assert world.replan() is None
    world.status("u0", UnitStatus.AVAILABLE)
    world.run(world.replan(), "towline")
    record = world.record("b")
    assert (record.legs[0].unit, record.unserved) == ("u0", "")
    assert world.replan() is None


def test_an_emergency_takes_the_unit_of_who_can_wait() -> None:
    """Only while nobody has been asked or set off; the other waits, and is told why at once."""
    world = World(dispatcher(offers_to="nobody"), fleet(1, 0))
    world.create("a", priority=Priority.LOW)
    world.create("b", priority=Priority.EMERGENCY)
    world.run(world.replan(), "towline")
    assert (unit_of(world, "a"), unit_of(world, "b")) == ("", "u0")
    assert world.record("a").unserved
    assert world.kinds()[-1] == "nobody_found"
    assert [(e.id, e.data["given_to"]) for e in world.events if e.kind.value == "unit_unassigned"] == [("a", "b")]
    world.do(Advance("b", "", "", "u0", LegState.ACCEPTED))
    world.create("c", priority=Priority.EMERGENCY)
    plan = world.replan()
    assert plan is None or all(move.incident != "b" for move in plan.moves)


def test_a_plan_does_not_give_a_unit_away_twice() -> None:
    """Carried out twice, the second time does nothing."""
    world = World(dispatcher(offers_to="nobody"), fleet(2, 0))
    for unit in ("u0", "u1"):
        world.status(unit, UnitStatus.OFF_DUTY)
    for k in range(4):
        world.create(f"i{k}", 10 * k)
    world.status("u0", UnitStatus.AVAILABLE)
    plan = world.replan()
    world.run(plan, "towline")
    number = world.writer.state.number
    world.run(plan, "towline")
    assert world.writer.state.number == number
    assert all(len(incidents) == 1 for incidents in world.writer.state.engaged.values())


def test_who_refused_does_not_keep_others_from_coming() -> None:
    """With the nearest unit refused and idle, the next one is sent as soon as that is free."""
    world = World(dispatcher(offers_to="nobody"), fleet(2, 0))
    first = world.create("a").legs[0].unit
    second = world.create("b", 20).legs[0].unit
    world.do(UnassignUnit("a", "", "no battery on board", first))
    assert world.record("a").legs[0].unit == ""
    world.do(CancelIncident("b"))
    assert unit_of(world, "a") == second
    assert world.replan() is None


def test_a_swap_says_when_units_come_though_the_fleet_is_told_later() -> None:
    """A unit that is taken off one incident for another is not reckoned to finish the first one before."""
    world = World(dispatcher(offers_to="nobody"), fleet(1, 0))
    world.create("a", priority=Priority.LOW)
    world.hears = False
    world.create("b", priority=Priority.EMERGENCY)
    world.run(world.replan(), "towline")
    leg = world.record("b").legs[0]
    assert leg.unit == "u0"
    assert leg.arrives_at is not None
    assert leg.arrives_at - world.now < timedelta(minutes=15)


def test_crews_are_not_sent_here_and_there() -> None:
    """Who was told where to go a moment ago is told otherwise only for somebody more urgent."""
    world = World(dispatcher(offers_to="nobody"), fleet(2, 0))
    had = world.create("a", 30).legs[0].unit
    world.after(seconds=1)
    world.create("b")
    records = list(world.writer.state.incidents.values())
    assert free_legs(records, world.dispatcher, world.now)[1] == {}
    assert set(free_legs(records, world.dispatcher, world.now + timedelta(minutes=1))[1]) == {"a", "b"}
    assert unit_of(world, "a") == had


@pytest.mark.parametrize("calls", [3, 4])
@pytest.mark.parametrize("gap_s", [1, 60])
def test_nobody_loses_a_unit_to_who_gains_nothing(calls: int, gap_s: float) -> None:
    """Equal calls at one place: who has a unit keeps it, though another order costs the same."""
    world = World(dispatcher(offers_to="nobody"), fleet(2, 0))
    for k in range(calls):
        world.create(f"a{k}", 5, service_time=timedelta(minutes=20))
        world.after(seconds=gap_s)
    known = len(world.events)
    for _ in range(4):
        world.after(seconds=35)
        plan = world.replan()
        if plan is not None:
            world.run(plan, "towline")
    assert "unit_unassigned" not in world.kinds(known)


@pytest.mark.parametrize("calls", [2, 3, 5])
def test_who_called_first_is_served_first(calls: int) -> None:
    """Equal calls at one place, when a unit comes on duty."""
    world = World(dispatcher(offers_to="nobody"), fleet(1, 0))
    world.status("u0", UnitStatus.OFF_DUTY)
    for k in range(calls):
        world.create(f"a{k}", 5, service_time=timedelta(minutes=5))
        world.after(minutes=1)
    world.status("u0", UnitStatus.AVAILABLE)
    world.run(world.replan(), "towline")
    assert [key for key in (f"a{k}" for k in range(calls)) if unit_of(world, key)] == ["a0"]
