"""Arrivals reckoned as units move: late positions, silence, units that go backwards, warnings and their end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.ledger import Ledger
from engine.live.commands.filing import CreateIncident, UpdateIncident
from engine.live.commands.units import Advance
from engine.live.events import Event
from engine.live.records import IncidentRecord, LegState
from engine.live.region import Listeners, LiveRegion
from engine.live.tracking import Arrival
from engine.live.writer import Asked
from engine.model import Location
from engine.server.fleet_store import FleetStore, Report
from tests.engine.live.world import LAT, LON, NOW, dispatcher, fleet, need

FAR = Location(LON - 0.01, LAT - 0.1)  # some 10 km south


def at(arrival: Arrival) -> datetime:
    """When it is expected, of one that is."""
    assert arrival.arrives_at is not None
    return arrival.arrives_at


class Tracked:
    """A region whose arrivals are reckoned when the test says so."""

    def __init__(self, folder: Path, units: int = 1) -> None:
        self.ledger = Ledger.open(f"sqlite:///{folder}/ledger.db")
        self.now, self.events, self.seen = NOW, list[Event](), list[Arrival]()
        part = self.ledger.region("coquimbo")
        served = dispatcher(offers_to="nobody")
        self.store = FleetStore("coquimbo", served, fleet(units, 0))
        self.live = LiveRegion("coquimbo", served, self.store, part, lambda: self.now)
        self.live.listeners = Listeners(events=self.events.extend, arrivals=self._arrivals)
        self.live.load(part.load())
        self.live._clock = lambda: self.now  # ty: ignore[invalid-assignment]  # the test's own, not slewed
        self.live.writer.start()

    def _arrivals(self, found: Any) -> None:
        self.seen = list(found)

    def do(self, command: Any) -> IncidentRecord:
        record = self.live.submit(Asked(command)).result(timeout=20).record
        assert record is not None
        return record

    def at(self, place: Location, ago: float = 0, unit: str = "u0") -> None:
        refused = self.store.report(
            [Report(unit.replace("u", "p"), unit, place, self.now - timedelta(seconds=ago))],
            self.now,
            validate_only=False,
        )
        assert refused == {}

    def look(self, **later: float) -> tuple[Arrival | None, list[str]]:
        """What is expected now, and the events that made."""
        self.now += timedelta(**later)
        begun = len(self.events)
        self.live._track()
        self.live.writer.submit(Asked(Nothing())).result(timeout=20)  # whatever was submitted is done
        return (self.seen[0] if self.seen else None), [event.kind.value for event in self.events[begun:]]

    def stop(self) -> None:
        self.live.writer.stop()
        self.ledger.close()


class Nothing:
    def run(self, desk: Any) -> None:
        desk.head.mark()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Tracked]:
    found = Tracked(tmp_path)
    yield found
    found.stop()


def under_way(world: Tracked, place: Location = FAR, number: int = 0, minutes: float = 30) -> IncidentRecord:
    """An incident with unit u0 on its way from a place."""
    world.at(place)
    wanted = need("a", world.now, number, promise=timedelta(minutes=minutes))
    world.do(CreateIncident("a", world.now, need=wanted))
    unit = world.live.find("a").legs[0].unit  # ty: ignore[missing-union-attribute]
    assert unit == "u0"
    return world.do(Advance("a", "", "", "u0", LegState.UNDER_WAY))


def test_it_comes_nearer(world: Tracked) -> None:
    """The arrival is that from where it was seen last; nothing is told while the promise is safe."""
    under_way(world)
    first, told = world.look()
    assert first is not None
    assert told == []
    world.now += timedelta(minutes=2)
    world.at(Location(LON, LAT - 0.03))
    second, told = world.look()
    assert second is not None
    assert at(second) < at(first)
    assert told == []


def test_a_late_position_counts_from_when_it_was_observed(world: Tracked) -> None:
    """A unit seen there two minutes ago has driven on since; it is never expected before now."""
    under_way(world)
    fresh, _ = world.look()
    late, _ = world.look(minutes=2)
    assert fresh is not None
    assert late is not None
    assert late.arrives_at == fresh.arrives_at
    at_last, _ = world.look(hours=1)
    assert at_last is not None
    assert at_last.arrives_at == world.now


def test_silence_is_told_once_and_its_end_too(world: Tracked) -> None:
    """After ten minutes without a position; one that is heard again is said to be."""
    under_way(world, minutes=600)
    assert world.look(minutes=9)[1] == []
    assert world.look(minutes=2)[1] == ["unit_silent"]
    assert world.look(minutes=1)[1] == []
    assert world.live.find("a").legs[0].silent  # ty: ignore[missing-union-attribute]
    world.at(FAR)
    assert world.look()[1] == ["unit_heard"]
    assert world.look()[1] == []


def test_a_unit_that_goes_backwards(tmp_path: Path) -> None:
    """A warning before the promise breaks, with who would be sooner; its end when the unit comes after all."""
    world = Tracked(tmp_path, 2)
    try:
        world.at(FAR, unit="u1")
        under_way(world, Location(LON, LAT - 0.02), minutes=12)
        assert world.look()[1] == []
        world.now += timedelta(minutes=3)
        world.at(FAR)
        world.at(Location(LON, LAT - 0.01), unit="u1")
        arrival, told = world.look()
        assert arrival is not None
        assert told == ["promise_at_risk"]
        warning = world.events[-1]
        assert warning.data["remedy_unit"] == "u1"
        assert datetime.fromisoformat(warning.data["remedy_arrives_at"]) < at(arrival)
        assert world.live.find("a").promise.due_at > world.now, "early: before it breaks"  # ty: ignore[missing-union-attribute]
        assert world.look()[1] == []
        assert world.live.find("a").legs[0].warned  # ty: ignore[missing-union-attribute]
        world.now += timedelta(minutes=1)
        world.at(Location(LON, LAT - 0.003))
        assert world.look()[1] == ["promise_safe"]
        assert world.look()[1] == []
    finally:
        world.stop()


def both(world: Tracked, ahead: float) -> IncidentRecord:
    """A call that unit u0 does before its booking, which a promise of five minutes makes a matter of minutes."""
    wanted = need("b", NOW, 44, earliest=NOW + timedelta(minutes=ahead), promise=timedelta(minutes=5))
    world.at(Location(LON, LAT))
    assert world.do(CreateIncident("b", NOW, need=wanted)).legs[0].unit == "u0"
    record = world.do(CreateIncident("e", NOW, need=need("e", NOW, 9)))
    assert record.legs[0].unit == "u0"
    return record


def test_a_booking_is_reckoned_after_the_call_that_comes_first(tmp_path: Path) -> None:
    """Its unit comes from where that ends, when it ends; when work takes longer, there is a warning with a remedy."""
    world = Tracked(tmp_path, 2)
    try:
        world.at(FAR, unit="u1")
        ends = both(world, 65).legs[0].ends_at
        assert ends is not None
        assert world.look()[1] == []
        first, second = sorted(world.seen, key=lambda each: each.incident, reverse=True)
        assert (first.incident, second.incident) == ("e", "b")
        assert ends < at(second) < ends + timedelta(minutes=10)
        assert second.probability > 0.9
        for to in (LegState.UNDER_WAY, LegState.ON_SCENE):
            world.do(Advance("e", "", "", "u0", to))
        assert world.look(minutes=20)[1] == []
        assert [each.incident for each in world.seen] == ["b"]
        before = world.seen[0]
        assert world.look(minutes=20)[1] == [], "it should be done, and is not yet"
        assert at(world.seen[0]) > at(before)
        told = world.look(minutes=28)[1]
        assert told == ["promise_at_risk"]
        warning = world.events[-1]
        assert (warning.id, warning.unit, warning.data["remedy"]) == ("b", "u0", "none"), "nobody is sooner any more"
    finally:
        world.stop()


def test_what_follows_is_reckoned_from_the_end_of_the_work(world: Tracked) -> None:
    """Not as it was when the unit was chosen; it is not told silent for that the unit stands where it works."""
    world.at(Location(LON, LAT))
    world.do(CreateIncident("a", NOW, need=need("a", NOW, 9, promise=timedelta(hours=9))))
    world.do(Advance("a", "", "", "u0", LegState.UNDER_WAY))
    world.live._engage({"u0"})
    record = world.do(CreateIncident("f", NOW, need=need("f", NOW, 44, promise=timedelta(hours=9))))
    assert record.legs[0].unit == "u0"
    world.do(Advance("a", "", "", "u0", LegState.ON_SCENE))
    assert world.look(minutes=25)[1] == []
    (follows,) = world.seen
    first = world.live.find("a")
    assert first is not None
    ends = first.legs[0].ends_at
    assert ends is not None
    assert ends < at(follows) < ends + timedelta(minutes=10)
    assert world.look(minutes=60)[1] == []
    assert at(world.seen[0]) > world.now, "it is not done yet"


def test_a_booking_that_work_before_endangers_can_be_saved(tmp_path: Path) -> None:
    """While there is time the warning says who would be sooner; the fleet hears that the unit is busy for longer."""
    world = Tracked(tmp_path, 2)
    try:
        world.at(FAR, unit="u1")
        both(world, 65)
        for to in (LegState.UNDER_WAY, LegState.ON_SCENE):
            world.do(Advance("e", "", "", "u0", to))
        world.do(UpdateIncident("b", changes={"earliest": NOW + timedelta(minutes=30)}))
        _, told = world.look(minutes=3)
        assert told == ["promise_at_risk"]
        assert world.events[-1].data["remedy_unit"] == "u1"
        world.live._engage({"u0"})
        (shown,) = [unit for unit in world.store.snapshot.state.units if unit.id == "u0"]
        booking = world.live.find("b")
        assert booking is not None
        assert shown.free_at == booking.legs[0].ends_at
    finally:
        world.stop()


def test_what_is_there_is_not_tracked(world: Tracked) -> None:
    """Neither are incidents without a unit, nor bookings."""
    world.do(CreateIncident("b", NOW))
    world.do(CreateIncident("c", NOW, need=need("c", earliest=NOW + timedelta(hours=9))))
    assert world.look()[0] is None
    record = world.do(CreateIncident("a", NOW, need=need("a", number=3)))
    unit = record.legs[0].unit
    assert world.look()[0] is not None
    for to in (LegState.UNDER_WAY, LegState.ON_SCENE):
        world.do(Advance("a", "", "", unit, to))
    assert world.look()[0] is None
