"""Offers: lapses lead to the next, several at once, the most of them, and units that have an incident to follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.errors import OfferClosedError, UnitEngagedError, UnitUnfitError
from engine.live.commands.ending import CancelIncident, CloseIncident, ReopenIncident, ReportWrongLocation
from engine.live.commands.units import Advance, AnswerOffer, AssignUnit, UnassignUnit
from engine.live.commands.upkeep import Tick
from engine.live.records import IncidentRecord, LegState, OfferState
from engine.live.watch.entry import Entry
from engine.live.watch.filters import EventFilter
from engine.model import Capability, Fleet, Provider, Service, Unit, UnitStatus
from tests.engine.live.world import NOW, World, dispatcher, fleet, place

ASK: dict[str, Any] = {"offers_to": "everybody"}


def states(record: IncidentRecord) -> list[tuple[str, str]]:
    return [(offer.unit, offer.state.value) for offer in record.offers]


def test_a_lapse_leads_to_the_next() -> None:
    """After 90 s the next best is asked, and the unit that did not answer not again."""
    world = World(dispatcher(**ASK))
    first = world.create("a").legs[0].unit
    world.after(seconds=89)
    assert states(world.do(Tick("a"))) == [(first, "open")]
    world.after(seconds=1)
    record = world.do(Tick("a"))
    assert states(record)[0] == (first, "lapsed")
    assert states(record)[1][1] == "open"
    assert record.legs[0].unit == states(record)[1][0] != first
    assert record.refused == {first}
    assert record.offers[1].expires_at == world.now + timedelta(seconds=90)
    assert first not in world.writer.state.engaged


def test_a_late_answer_is_refused() -> None:
    """Whoever accepts what has lapsed is told so, and nothing changes."""
    world = World(dispatcher(**ASK))
    world.create("a")
    world.after(seconds=90)
    number = world.do(Tick("a")).number
    with pytest.raises(OfferClosedError):
        world.run(AnswerOffer("a", offer="1"))
    assert world.record("a").number == number


def test_the_first_of_several_has_it() -> None:
    """Three are asked at once, the second accepts: the others are told; the arrival is that of the one who comes."""
    world = World(dispatcher(**ASK, offers_parallel=3))
    record = world.create("a", 30)
    assert [state for _, state in states(record)] == ["open"] * 3
    assert set(world.writer.state.engaged) == {unit for unit, _ in states(record)}
    expected = record.legs[0].arrives_at
    record = world.do(AnswerOffer("a", offer="2"))
    assert [state for _, state in states(record)] == ["withdrawn", "accepted", "withdrawn"]
    leg = record.legs[0]
    assert (leg.unit, leg.state) == (record.offers[1].unit, LegState.ACCEPTED)
    assert leg.arrives_at > expected  # ty: ignore[unsupported-operator]
    assert leg.ends_at == leg.arrives_at + leg.work  # ty: ignore[unsupported-operator]
    assert set(world.writer.state.engaged) == {leg.unit}


@pytest.mark.parametrize("own", [3, 18])
def test_each_provider_is_asked_once(own: int) -> None:
    """However many units of the nearest one are nearer, others are asked beside it; who is engaged is not."""
    providers = tuple(Provider(key, contractor=key != "own") for key in ("own", "con", "con2", "con3"))
    units = [Unit(f"own-{k}", "own", place(k), frozenset(Service)) for k in range(own)]
    for k, key in enumerate(("con", "con2", "con3")):
        units += [Unit(f"{key}-{j}", key, place(own + 2 * k + j), frozenset(Service)) for j in range(2)]
    world = World(dispatcher(**ASK, offers_parallel=3), Fleet(providers, tuple(units)))
    record = world.create("a")
    assert (record.offers[0].unit, len({offer.provider for offer in record.offers})) == ("own-0", 3)
    again = world.create("b")
    assert len({offer.provider for offer in again.offers}) == 3
    assert {offer.unit for offer in again.offers}.isdisjoint(offer.unit for offer in record.offers)


def test_who_is_asked_does_not_hear_of_rivals() -> None:
    """Of three who are asked each is told of its own offer, and that the leg has become its own; the desk of all."""
    world = World(dispatcher(**ASK, offers_parallel=3))
    first, second, third = world.create("a", 30).offers
    world.do(AnswerOffer("a", "", "no crew", first.id, False))
    world.do(AnswerOffer("a", offer=second.id))

    def heard(own: str | None) -> list[tuple[str, str]]:
        entries = [Entry(event, lambda *_: b"") for event in world.events if event.kind.value.startswith("offer_")]
        passed = [entry.event for entry in entries if EventFilter(own=own).passes(entry)]
        return [(event.kind.value.removeprefix("offer_"), event.provider) for event in passed]

    a, b, c = (offer.provider for offer in (first, second, third))
    assert heard(a) == [("made", a), ("declined", a)]
    assert heard(b) == [("made", b), ("declined", a), ("accepted", b), ("withdrawn", c)]
    assert heard(c) == [("made", c), ("withdrawn", c)]
    assert len(heard(None)) == 6


@pytest.mark.parametrize("accepted", [True, False])
def test_who_is_asked_for_one_leg_is_sent_to_another(accepted: bool) -> None:
    """A person gives a unit that is asked beside another the other leg: it is asked for the first one no more."""
    world = World(dispatcher(**ASK, offers_parallel=3))
    record = world.create("a", 30, units_needed=2)
    beside = next(offer for offer in record.open_offers(0) if offer.unit != record.legs[0].unit)
    record = world.do(AssignUnit("a", "", "nearer", beside.unit, 1, accepted))
    assert record.legs[1].unit == beside.unit
    assert record.offers[int(beside.id) - 1].state is OfferState.WITHDRAWN
    assert beside.unit not in {offer.unit for offer in record.open_offers(0)}
    assert record.legs[0].unit != beside.unit


def test_one_of_several_declines() -> None:
    """The leg goes to the next who is asked, with that one's arrival; when all have declined, to others."""
    world = World(dispatcher(**ASK, offers_parallel=2))
    record = world.create("a", 30)
    first, second = record.offers
    declined = world.do(AnswerOffer("a", "", "no crew", first.id, False))
    assert declined.legs[0].unit == second.unit
    assert declined.legs[0].arrives_at > record.legs[0].arrives_at  # ty: ignore[unsupported-operator]
    assert declined.open_offers() == (second,)
    after = world.do(AnswerOffer("a", "", "", second.id, False))
    assert {first.unit, second.unit} == after.refused
    assert {offer.unit for offer in after.open_offers()}.isdisjoint(after.refused)
    assert len(after.open_offers()) == 2


@pytest.mark.parametrize("parallel", [1, 2, 3])
def test_no_more_than_the_policy_allows(parallel: int) -> None:
    """Then nobody is asked by itself, planning again leaves it alone, and a person may still send anybody."""
    world = World(dispatcher(**ASK, offers_parallel=parallel, offers_most=4), fleet(6))
    world.create("a")
    while world.record("a").open_offers():
        world.after(seconds=90)
        world.do(Tick("a"))
    record = world.record("a")
    assert len(record.offers) == 4
    assert (record.state.value, record.unserved) == ("filed", "offers_exhausted")
    (told,) = (event for event in world.events if event.kind.value == "nobody_found")
    assert told.reason == "4 offers were made for it and none led to a unit that comes; choose a unit by hand"
    assert world.replan() is None
    record = world.do(AssignUnit("a", "", "he promised", "u0"))
    assert (record.unserved, record.offers[-1].state) == ("", OfferState.OPEN)


@pytest.mark.parametrize("off", [0, 2])
def test_all_have_refused(off: int) -> None:
    """Who declined, did not answer or was taken off is named as such: neither off duty nor outside its territory."""
    world = World(dispatcher(**ASK), fleet(3 + off))
    for k in range(3, 3 + off):
        world.status(f"u{k}", UnitStatus.OFF_DUTY)
    world.create("a")
    world.do(AnswerOffer("a", offer="1", accepted=False))
    world.after(seconds=90)
    world.do(UnassignUnit("a", "", "no", world.do(Tick("a")).legs[0].unit))
    record = world.record("a")
    assert (record.unserved, len(record.refused)) == ("all_refused", 3)
    told = world.events[-1]
    assert (told.kind.value, told.data["code"]) == ("nobody_found", "all_refused")
    assert told.reason.startswith("all 3 units on duty that can do breakdown_repair here declined, did not answer")
    assert told.reason.endswith(f"of the others here {off} are off duty and 0 busy with no known end")


def test_opened_again_they_are_counted_anew() -> None:
    """Who declined yesterday may be asked today."""
    world = World(dispatcher(**ASK, offers_most=1))
    world.create("a")
    world.do(AnswerOffer("a", offer="1", accepted=False))
    world.do(CancelIncident("a"))
    world.after(hours=5)
    record = world.do(ReopenIncident("a", "", "called again"))
    assert [state for _, state in states(record)] == ["declined", "open"]
    assert record.refused == frozenset()


def working(world: World, key: str = "a") -> str:
    """An incident whose unit is there; which."""
    unit = world.create(key).legs[0].unit
    for to in (LegState.ACCEPTED, LegState.UNDER_WAY, LegState.ON_SCENE):
        world.do(Advance(key, "", "", unit, to))
    return unit


def test_who_works_is_asked_when_it_is_done() -> None:
    """A unit that works is given a next incident without being asked; it is asked at the end of the first."""
    world = World(dispatcher(**ASK), fleet(1))
    unit = working(world)
    record = world.create("b", 9)
    assert (record.state.value, record.legs[0].unit, record.offers) == ("assigned", unit, ())
    assert record.legs[0].arrives_at >= world.record("a").legs[0].ends_at  # ty: ignore[unsupported-operator]
    assert world.create("c", 12).unserved == "capacity", "one to follow, not two"
    with pytest.raises(UnitEngagedError):
        world.run(Advance("b", "", "", unit, LegState.UNDER_WAY))
    world.do(Advance("a", "", "", unit, LegState.DONE))
    assert states(world.record("b")) == [(unit, "open")]
    assert world.do(AnswerOffer("b", offer="1")).state.value == "accepted"


@pytest.mark.parametrize("ends", [CancelIncident("a"), UnassignUnit("a", "", "broke down", "u0")], ids=["over", "off"])
def test_who_is_taken_off_goes_on_to_the_next(ends: Any) -> None:
    """However the first ends for it."""
    world = World(dispatcher(**ASK), fleet(1))
    unit = working(world)
    world.create("b", 9)
    assert unit == "u0"
    world.run(ends)
    assert states(world.record("b")) == [(unit, "open")]


def test_an_override_says_who_was_passed_over() -> None:
    """The decision of a person is kept with what Towline would have done; the unit is held."""
    world = World(dispatcher(offers_to="nobody"))
    was = world.create("a").legs[0].unit
    answer = world.run(AssignUnit("a", "", "has the better winch", "u3"), "ada")
    assert answer.record is not None
    leg, event = answer.record.legs[0], world.events[-1]
    assert (leg.unit, leg.held) == ("u3", True)
    assert (event.actor, event.reason, event.data["instead_of"]) == ("ada", "has the better winch", was)
    (made,) = answer.decisions
    assert (made.chosen_by, made.recommendation.recommendation.runners_up[0].unit_id) == ("ada", was)


def test_a_unit_that_cannot_needs_force() -> None:
    """Without the capability: refused, with it: sent, and said so."""
    world = World(dispatcher(offers_to="nobody"))
    record = world.create("a", requires=frozenset({Capability.WINCH}))
    assert record.unserved == "no_capable_unit"
    with pytest.raises(UnitUnfitError):
        world.run(AssignUnit("a", "", "try it", "u1"))
    assert world.do(AssignUnit("a", "", "try it", "u1", force=True)).legs[0].unit == "u1"
    assert world.events[-1].data["forced"] is True


def test_two_units_one_of_which_nobody_has() -> None:
    """What one leg lacks is not forgotten when the other gets a unit; the incident is as far as its last leg."""
    world = World(dispatcher(offers_to="nobody"), fleet(2, 0))
    record = world.create("a", units_needed=3, received_at=NOW)
    assert [leg.state.value for leg in record.legs].count("waiting") == 1
    assert (record.state.value, record.unserved) == ("filed", "capacity")
    held = next(k for k, leg in enumerate(record.legs) if leg.unit)
    record = world.do(UnassignUnit("a", "", "broken down", record.legs[held].unit))
    assert record.unserved == "capacity"


def test_a_new_incident_leaves_units_to_the_plan_while_somebody_is_due() -> None:
    """Who waits past the bound is served first, also where others must change their units for that."""
    world = World(dispatcher(offers_to="nobody"), fleet(2, 0))
    first, other = (world.create(key, 10 * k).legs[0].unit for k, key in enumerate(("a", "b")))
    assert {first, other} == {"u0", "u1"}
    assert world.create("second").unserved == "capacity"
    world.after(minutes=50)
    world.do(CloseIncident("b", "", "by telephone"))
    assert world.record("second").legs[0].unit == other, "in the same command"
    world.do(UnassignUnit("second", "", "no tow bar", other))
    late = world.create("late")
    assert late.legs[0].state is LegState.WAITING
    assert late.unserved == "kept_for_due"
    plan = world.replan()
    assert plan is not None
    world.run(plan, "towline")
    assert world.record("second").legs[0].unit == first, "its unit can go to nobody else, the other one to a"
    assert world.record("a").legs[0].unit == other


def test_a_unit_does_not_wait_for_the_incident_it_works_on() -> None:
    """Where the place was wrong, and where a person wants the unit that comes anyway, it is there after its drive."""
    world = World(dispatcher(offers_to="nobody"), fleet(1, 0))
    unit = world.create("a", 30).legs[0].unit
    world.do(Advance("a", "", "", unit, LegState.UNDER_WAY))
    before = world.record("a").legs[0]
    held = world.do(AssignUnit("a", "", "told by telephone", unit, accepted=True)).legs[0]
    assert held.held
    assert (held.state, held.arrives_at) == (before.state, before.arrives_at)
    moved = world.do(ReportWrongLocation("a", "", "next exit", place(31))).legs[0]
    assert moved.arrives_at is not None
    assert moved.arrives_at - world.now < timedelta(minutes=15)
