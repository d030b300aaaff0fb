"""Arrivals that must not promise what nobody can keep: units busy, resting, not set off, cut off, or off duty."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.dispatch import Dispatcher
from engine.live.commands.filing import CreateIncident
from engine.live.commands.fleet import StoreFleet
from engine.live.commands.units import Advance, AssignUnit, UnassignUnit
from engine.live.records import IncidentRecord, Leg, LegState
from engine.live.writer import Asked
from engine.model import Break, Location, Service, UnitStatus
from tests.engine.live.test_tracking import FAR, Nothing, Tracked, under_way
from tests.engine.live.world import LAT, LON, NOW, need, region

NEAR = Location(LON, LAT - 0.01)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Tracked]:
    found = Tracked(tmp_path)
    yield found
    found.stop()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Tracked]:
    found = Tracked(tmp_path, 2)
    yield found
    found.stop()


def told(world: Tracked, unit: str = "u0", **fields: Any) -> None:
    """What a provider says of its unit."""
    known = world.store.snapshot.find(unit)
    assert known is not None
    world.store.upsert_units([replace(known, **fields)], world.now, validate_only=False)


def call(world: Tracked, key: str = "a", minutes: float = 30, number: int = 0) -> IncidentRecord:
    return world.do(
        CreateIncident(key, world.now, need=need(key, world.now, number, promise=timedelta(minutes=minutes)))
    )


def leg(world: Tracked, key: str = "a") -> Leg:
    found = world.live.find(key)
    assert found is not None
    return found.legs[0]


def test_a_unit_chosen_while_it_is_busy(world: Tracked) -> None:
    """It comes when it is free of what its provider says it does, from where that ends: later than promised."""
    world.at(NEAR)
    told(world, status=UnitStatus.BUSY, free_at=NOW + timedelta(hours=2), free_location=FAR)
    first = call(world).legs[0]
    assert first.unit == "u0"
    assert first.arrives_at is not None
    arrival, warned = world.look(seconds=5)
    assert arrival is not None
    assert arrival.arrives_at == first.arrives_at
    assert arrival.probability == pytest.approx(first.probability, abs=0.02)
    assert warned == ["promise_at_risk"]
    assert leg(world).arrives_at == first.arrives_at


def test_a_unit_told_busy_without_an_end(world: Tracked) -> None:
    """It is taken to be on its way to what it has: that arrival stays, and nothing warns; nobody else gets it."""
    world.at(NEAR)
    first = call(world).legs[0]
    told(world, status=UnitStatus.BUSY)
    arrival, warned = world.look(seconds=5)
    assert arrival is not None
    assert first.arrives_at is not None
    assert arrival.arrives_at is not None
    assert abs(arrival.arrives_at - first.arrives_at) < timedelta(seconds=15)  # it has not set off
    assert warned == []
    assert call(world, "b").unserved == "no_unit_on_duty"


@pytest.mark.parametrize("state", [LegState.ASSIGNED, LegState.ACCEPTED])
def test_a_unit_told_busy_after_it_was_chosen(world: Tracked, state: LegState) -> None:
    """It sets off when it is free again, unless it has set off before that was said."""
    world.at(NEAR)
    call(world)
    if state is LegState.ACCEPTED:
        world.do(Advance("a", "", "", "u0", LegState.ACCEPTED))
    world.live._engage({"u0"})
    until = NOW + timedelta(hours=2)
    told(world, status=UnitStatus.BUSY, free_at=until)
    arrival, warned = world.look(seconds=5)
    assert arrival is not None
    assert arrival.arrives_at is not None
    assert arrival.arrives_at > until
    assert arrival.probability < 0.1
    assert warned == ["promise_at_risk"]
    world.do(Advance("a", "", "", "u0", LegState.UNDER_WAY))
    arrival, warned = world.look(seconds=5)
    assert arrival is not None
    assert arrival.arrives_at is not None
    assert arrival.arrives_at < NOW + timedelta(minutes=10)
    assert warned == ["promise_safe"]


def test_rests_and_shifts_are_waited_for(world: Tracked) -> None:
    """Who rests, or has not begun, sets off when that is over."""
    world.at(NEAR)
    call(world)
    rest = Break(NOW - timedelta(minutes=1), NOW + timedelta(minutes=45))
    told(world, breaks=(rest,))
    arrival, _ = world.look(seconds=5)
    assert arrival is not None
    assert arrival.arrives_at is not None
    assert rest.end < arrival.arrives_at < rest.end + timedelta(minutes=10)
    told(world, breaks=(), shift_start=NOW + timedelta(minutes=60))
    arrival, _ = world.look(seconds=5)
    assert arrival is not None
    assert arrival.arrives_at is not None
    assert arrival.arrives_at > NOW + timedelta(minutes=60)


@pytest.mark.parametrize("state", [LegState.ASSIGNED, LegState.ACCEPTED])
def test_who_has_not_set_off_has_not_driven_on(world: Tracked, state: LegState) -> None:
    """A unit that stands still for minutes is as far away as before; under way it drives from then on."""
    world.at(FAR)
    call(world)
    if state is LegState.ACCEPTED:
        world.do(Advance("a", "", "", "u0", LegState.ACCEPTED))
    first, _ = world.look()
    later, _ = world.look(minutes=4)
    assert first is not None
    assert later is not None
    assert first.arrives_at is not None
    assert later.arrives_at == first.arrives_at + timedelta(minutes=4)
    world.do(Advance("a", "", "", "u0", LegState.UNDER_WAY))
    left, _ = world.look(minutes=1)
    assert left is not None
    assert left.arrives_at == later.arrives_at


def test_a_road_that_is_closed_and_opened(world: Tracked) -> None:
    """No arrival is shown for as long as no road leads there: never in time, told once; then it is as before."""
    under_way(world)
    before, _ = world.look()
    assert before is not None
    assert before.arrives_at is not None
    served = world.live.dispatcher
    closed = region().hierarchy.customise(np.full(region().network.arc_count, 2**30 - 1, np.int32))
    world.live.dispatcher = Dispatcher(region(), served.policy, metric=closed)
    assert world.look(seconds=5)[1] == ["promise_at_risk"]
    assert world.events[-1].reason == "no open road leads there"
    assert "arrives_at" not in world.events[-1].data
    for shown in (world.seen[0], leg(world), world.events[-1].record.legs[0]):
        assert (shown.arrives_at, shown.probability) == (None, 0.0)
    world.live._engage({"u0"})
    free = next(unit.free_at for unit in world.store.snapshot.state.units if unit.id == "u0")
    assert free is not None
    assert free > world.now, "nobody is told that it is free"
    assert world.look(seconds=5)[1] == []
    world.live.dispatcher = served
    assert world.look(seconds=5)[1] == ["promise_safe"]
    assert leg(world).arrives_at == before.arrives_at


def test_what_was_reckoned_of_an_earlier_time_with_a_unit_is_forgotten(two: Tracked) -> None:
    """A unit that gets back what it had before is shown with what is expected now, at once."""
    two.at(FAR)
    two.at(NEAR, unit="u1")
    call(two, minutes=200)
    two.do(AssignUnit("a", "", "it knows the customer", "u0"))
    old, _ = two.look()
    assert old is not None
    assert old.arrives_at is not None
    assert leg(two).arrives_at == old.arrives_at
    two.do(AssignUnit("a", "", "no", "u1"))
    two.at(NEAR)
    two.now += timedelta(seconds=2)
    record = two.do(AssignUnit("a", "", "it does after all", "u0"))
    assert record.legs[0].arrives_at is not None
    assert record.legs[0].arrives_at < old.arrives_at - timedelta(minutes=2)
    assert leg(two).arrives_at == record.legs[0].arrives_at


def test_work_that_takes_longer_does_not_end_in_the_past(world: Tracked) -> None:
    """It ends now, at the soonest."""
    under_way(world, NEAR)
    world.do(Advance("a", "", "", "u0", LegState.ON_SCENE))
    world.now += timedelta(hours=9)
    assert leg(world).ends_at == world.now


def changed(world: Tracked, unit: str = "u0", **fields: Any) -> list[str]:
    """What a provider says of its unit, and what comes of it."""
    known, begun = world.store.snapshot.find(unit), len(world.events)
    assert known is not None
    fresh = replace(known, **fields)
    with world.store.staging() as staged:
        world.store.upsert_units([fresh], world.now, validate_only=False)
        (change,) = staged
        world.live.submit(Asked(StoreFleet([change]), publish=lambda: world.store.publish(change))).result(timeout=20)
    world.live._check_units()
    world.live.writer.submit(Asked(Nothing())).result(timeout=20)
    return [event.kind.value for event in world.events[begun:]]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"status": UnitStatus.OFF_DUTY}, "unit u0 is off duty"),
        ({"shift_end": NOW + timedelta(seconds=30)}, "unit u0 ends its shift too soon"),
        ({"services": frozenset({Service.TOWING})}, "unit u0 lacks: breakdown_repair"),
    ],
)
def test_a_unit_that_cannot_any_more_is_exchanged_at_once(two: Tracked, fields: dict[str, Any], why: str) -> None:
    """As long as nobody has accepted; the event says why."""
    two.at(NEAR)
    two.at(FAR, unit="u1")
    assert call(two).legs[0].unit == "u0"
    two.live._engage({"u0"})
    assert changed(two, **fields) == ["unit_stored", "unit_unassigned", "unit_assigned"]
    assert two.events[-2].reason == why
    assert leg(two).unit == "u1"


def test_a_unit_that_has_accepted_and_goes_off_duty_stays_and_is_told_of(two: Tracked) -> None:
    """Once, with who could come; nothing says that it will be in time, until it is on duty again."""
    two.at(NEAR)
    two.at(FAR, unit="u1")
    call(two)
    two.do(Advance("a", "", "", "u0", LegState.ACCEPTED))
    two.live._engage({"u0"})
    assert changed(two, status=UnitStatus.OFF_DUTY) == ["unit_stored", "promise_at_risk"]
    warning = two.events[-1]
    assert (warning.reason, warning.data["remedy_unit"]) == ("unit u0 is off duty", "u1")
    assert changed(two, mobilisation=timedelta(minutes=1)) == ["unit_stored"], "said before"
    assert two.look(seconds=5)[1] == []
    assert (leg(two).unit, leg(two).arrives_at, leg(two).probability) == ("u0", None, 0.0)
    assert changed(two, status=UnitStatus.AVAILABLE) == ["unit_stored", "incident_updated"]
    assert two.look(seconds=5)[1] == ["promise_safe"]
    assert leg(two).arrives_at is not None
    assert changed(two, status=UnitStatus.OFF_DUTY) == ["unit_stored", "promise_at_risk"]
    two.do(AssignUnit("a", "", "it comes all the same, he says", "u0"))
    assert two.look(seconds=5)[1] == ["promise_safe"]
    assert changed(two, services=frozenset({Service.TOWING})) == ["unit_stored", "promise_at_risk"]
    two.do(Advance("a", "", "", "u0", LegState.UNDER_WAY))
    assert two.look(seconds=5)[1] == ["promise_safe"], "it is on its way"


def test_who_is_under_way_goes_on(world: Tracked) -> None:
    """A crew finishes what it has begun before it goes off duty."""
    under_way(world)
    assert changed(world, status=UnitStatus.OFF_DUTY) == ["unit_stored"]


def test_changes_nobody_looked_at_are_found_at_the_start(two: Tracked) -> None:
    """A server that took over looks at all work once; what a person insisted on is left alone."""
    two.at(NEAR)
    two.at(FAR, unit="u1")
    call(two)
    two.do(AssignUnit("a", "", "insists", "u0"))
    told(two, status=UnitStatus.OFF_DUTY)
    begun = len(two.events)
    two.live._stored[""] = None
    two.live._check_units()
    two.live.writer.submit(Asked(Nothing())).result(timeout=20)
    assert two.events[begun:] == []
    two.do(UnassignUnit("a", "", "no", "u0"))
    assert leg(two).unit == "u1"
    told(two, "u1", status=UnitStatus.OFF_DUTY)
    two.live._stored[""] = None
    two.live._check_units()
    two.live.writer.submit(Asked(Nothing())).result(timeout=20)
    assert leg(two).unit == ""


def test_the_region_looks_by_itself(two: Tracked) -> None:
    """Nobody needs to ask: what was stored is looked at at once."""
    two.at(NEAR)
    two.at(FAR, unit="u1")
    call(two)
    two.live._engage({"u0"})
    clocks = two.live._thread
    clocks.start()
    known = two.store.snapshot.find("u0")
    assert known is not None
    with two.store.staging() as staged:
        two.store.upsert_units([replace(known, status=UnitStatus.OFF_DUTY)], two.now, validate_only=False)
        (change,) = staged
        two.live.submit(Asked(StoreFleet([change]), publish=lambda: two.store.publish(change))).result(timeout=20)
    until = time.monotonic() + 10
    while leg(two).unit != "u1" and time.monotonic() < until:
        time.sleep(0.01)
    took = time.monotonic() - until + 10
    print(f"looked after {took:.3f} s")
    two.live._stopped.set()
    with two.live._changed:
        two.live._changed.notify_all()
    clocks.join(10)
    assert leg(two).unit == "u1"
