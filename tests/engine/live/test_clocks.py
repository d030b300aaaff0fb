"""Clocks, warnings and ladders: each fires once, also when the server was away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.live.clocks import next_time
from engine.live.commands.ending import CancelIncident, ReopenIncident, ReportWrongLocation
from engine.live.commands.filing import CreateIncident, RecordCallback
from engine.live.commands.units import Advance
from engine.live.commands.upkeep import AcknowledgeEscalation, Tick
from engine.live.records import ClockKind, IncidentRecord, LegState
from tests.engine.live.world import NOW, World, dispatcher, fleet, place


def clock(record: IncidentRecord, kind: str):
    return next(each for each in record.clocks if each.kind is ClockKind(kind))


def ticking(world: World, key: str, until: timedelta) -> list[tuple[float, str, str]]:
    """Let time pass to each next time as timers do; minutes, kind and clock or escalation of what happened."""
    begun, end = len(world.events), NOW + until
    while True:
        when = next_time(world.record(key), world.dispatcher.policy)
        if when is None or when > end:
            world.now = end
            break
        world.now = max(world.now, when)
        world.do(Tick(key), "towline")
    return [
        ((e.at - NOW) / timedelta(minutes=1), e.kind.value, e.data.get("escalation") or e.data.get("clock", ""))
        for e in world.events[begun:]
    ]


def test_the_clocks_of_a_call() -> None:
    """3 minutes to file, 5 to assign, 8 to call back, with a warning when a quarter is left; 2 h and 48 h ladders."""
    world = World()
    world.do(CreateIncident("a", NOW))
    assert ticking(world, "a", timedelta(days=4)) == [
        (2.25, "clock_warned", "filing"),
        (3.0, "clock_broken", "filing"),
        (3.75, "clock_warned", "assignment"),
        (5.0, "clock_broken", "assignment"),
        (6.0, "clock_warned", "callback"),
        (8.0, "clock_broken", "callback"),
        (90.0, "clock_warned", "response"),
        (120.0, "clock_broken", "response"),
        (120.0, "escalated", "response-1"),
        (2160.0, "clock_warned", "resolution"),
        (2880.0, "clock_broken", "resolution"),
        (2880.0, "escalated", "resolution-2"),
        (4320.0, "escalated", "resolution-3"),
    ]
    owners = [each.owner for each in world.record("a").escalations]
    assert owners == ["supervisor", "department", "director"]


@pytest.mark.parametrize("away", [[1], [130], [2900], [1, 130, 2900, 4400]], ids=str)
def test_ladders_survive_restarts(away: list[int]) -> None:
    """The server is away at times: all that was due meanwhile is told once when it is back, nothing twice."""
    world = World()
    world.do(CreateIncident("a", NOW))
    for minutes in away:
        ticking(world, "a", timedelta(minutes=minutes - 0.5))
        world.restart()
        world.now = NOW + timedelta(minutes=minutes)
    ticking(world, "a", timedelta(days=4))
    told = [(e.kind.value, e.data.get("escalation") or e.data.get("clock")) for e in world.events[1:]]
    assert len(told) == len(set(told))
    for name in ("filing", "assignment", "callback", "response", "resolution"):
        assert ("clock_broken", name) in told
    assert [name for kind, name in told if kind == "escalated"] == ["response-1", "resolution-2", "resolution-3"]


def test_a_tick_is_done_once_however_often() -> None:
    """Ticks at one time after the first change nothing, nor do those of closed or unknown incidents."""
    world = World()
    world.do(CreateIncident("a", NOW))
    world.after(days=3)
    world.do(Tick("a"))
    number = world.writer.state.number
    world.run(Tick("a")), world.run(Tick("nobody"))
    assert world.writer.state.number == number
    world.do(CancelIncident("a"))
    world.after(days=3)
    world.run(Tick("a"))
    assert world.writer.state.number == number + 1


def test_clocks_stop_when_they_are_met() -> None:
    """At the time at which it was, which may be before it was said; a broken one is met late."""
    world = World(dispatcher(offers_to="nobody"))
    world.create("a")
    assert clock(world.record("a"), "assignment").met_at == NOW
    world.after(minutes=10)
    world.do(Tick("a"))
    world.do(RecordCallback("a", at=NOW + timedelta(minutes=9)))
    called = clock(world.record("a"), "callback")
    assert (called.broken_at, called.met_at) == (NOW + timedelta(minutes=10), NOW + timedelta(minutes=9))
    world.do(Advance("a", "", "", "u0", LegState.UNDER_WAY))
    assert clock(world.record("a"), "response").met_at == world.now
    world.after(minutes=2)
    world.do(Advance("a", "", "", "u0", LegState.ON_SCENE, world.now - timedelta(minutes=1)))
    assert clock(world.record("a"), "arrival").met_at == world.now - timedelta(minutes=1)
    assert clock(world.record("a"), "resolution").running
    world.do(Advance("a", "", "", "u0", LegState.DONE))
    assert not clock(world.record("a"), "resolution").running


def test_a_wrong_location_starts_the_arrival_clock_again() -> None:
    """Whoever was there is not any more; and it breaks when the promise does, which stays."""
    world = World(dispatcher(offers_to="nobody"))
    due = world.create("a").promise.due_at  # ty: ignore[missing-union-attribute]
    world.do(Advance("a", "", "", "u0", LegState.UNDER_WAY))
    world.do(Advance("a", "", "", "u0", LegState.ON_SCENE))
    record = world.do(ReportWrongLocation("a", "", "other side", place(44)))
    assert record.legs[0].state is LegState.UNDER_WAY
    assert record.legs[0].arrives_at > world.now  # ty: ignore[unsupported-operator]
    assert clock(record, "arrival").running
    world.now = due
    world.do(Tick("a"))
    assert clock(world.record("a"), "arrival").broken_at == due == world.record("a").promise.due_at  # ty: ignore[missing-union-attribute]


def test_acknowledged_once() -> None:
    """The first who says so is kept."""
    world = World()
    world.do(CreateIncident("a", NOW))
    world.after(hours=3)
    world.do(Tick("a"))
    world.do(AcknowledgeEscalation("a", "", "on it", "response-1"), "bo")
    number = world.writer.state.number
    world.do(AcknowledgeEscalation("a", "", "me too", "response-1"), "cy")
    (rung,) = world.record("a").escalations
    assert (rung.acknowledged_by, rung.acknowledged_at) == ("bo", world.now)
    assert world.writer.state.number == number


def test_a_reopened_incident_has_clocks_and_ladders_of_its_own() -> None:
    """They count from then; rungs raised before are kept and do not stand in the way."""
    world = World(dispatcher(offers_to="nobody"), fleet(0, 0))
    world.create("a")
    world.after(hours=3)
    world.do(Tick("a"))
    world.do(CancelIncident("a"))
    world.after(days=9)
    record = world.do(ReopenIncident("a", "", "called again"))
    assert clock(record, "response").due_at == world.now + timedelta(hours=2)
    assert record.promise.due_at > world.now  # ty: ignore[missing-union-attribute]
    world.after(hours=2)
    world.do(Tick("a"))
    assert [each.id for each in world.record("a").escalations] == ["response-1", "response-1-1"]


def test_a_booking_gets_its_unit_when_its_time_comes() -> None:
    """An hour and a half before; its clocks count from when it is wanted, and nothing breaks meanwhile."""
    world = World(dispatcher(offers_to="nobody", clocks_warn_share=0))
    wanted = NOW + timedelta(hours=5)
    world.create("a", earliest=wanted)
    world.do(RecordCallback("a"))
    assert world.record("a").state.value == "filed"
    happened = ticking(world, "a", timedelta(hours=4))
    assert happened == [(210.0, "unit_assigned", "")]
    assert clock(world.record("a"), "response").due_at == wanted + timedelta(hours=2)
    assert world.record("a").legs[0].ends_at > wanted  # ty: ignore[unsupported-operator]


@pytest.mark.parametrize("past", [False, True])
def test_a_booking_that_is_reopened(past: bool) -> None:
    """Ahead of its time it stays a booking, promised for then; later it is a call, and the event says what went."""
    world = World()
    wanted, latest = NOW + timedelta(hours=5), NOW + timedelta(hours=8)
    promised = world.create("a", earliest=wanted, latest=latest).promise
    world.do(CancelIncident("a"))
    world.after(hours=6 if past else 1)
    record = world.do(ReopenIncident("a", "", "a slip"))
    (told,) = (event for event in world.events if event.kind.value == "incident_reopened")
    assert record.need is not None
    assert record.promise is not None
    if past:
        assert (record.need.earliest, record.need.latest) == (None, latest)
        assert told.data == {"dropped_earliest": wanted.isoformat()}
        assert record.legs[0].unit
        assert clock(record, "response").due_at == world.now + timedelta(hours=2)
        return
    assert (record.need.earliest, record.need.latest, told.data) == (wanted, latest, {})
    assert (record.promise, record.legs[0].unit, record.state.value) == (promised, "", "filed")
    assert clock(record, "response").due_at == wanted + timedelta(hours=2)
    world.after(hours=3)
    assert world.do(Tick("a")).legs[0].unit


def test_a_latest_that_is_past_is_dropped() -> None:
    """A call whose latest time has passed gets a unit again, and the event says why it may come later."""
    world = World()
    latest = NOW + timedelta(hours=1)
    world.create("a", latest=latest)
    world.do(CancelIncident("a"))
    world.after(hours=2)
    record = world.do(ReopenIncident("a", "", "he called again"))
    assert record.need is not None
    assert (record.need.latest, bool(record.legs[0].unit)) == (None, True)
    assert next(e for e in world.events if e.kind.value == "incident_reopened").data == {
        "dropped_latest": latest.isoformat()
    }
