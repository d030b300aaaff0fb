"""Units that bookings keep: what tests of calls before them share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.live.commands.units import Advance
from engine.live.records import IncidentRecord, LegState
from engine.live.turns import in_turn
from engine.model import Fleet, Location, Provider, Service, Unit
from tests.engine.live.world import LAT, LON, World, dispatcher, fleet, place

#: Some 12 minutes' drive away.
AWAY = Location(LON - 0.01, LAT - 0.1)
WORK = timedelta(minutes=30)  # the policy's mean of a repair
MARGIN = timedelta(minutes=15)
#: A promise that nobody from there can keep.
SOON = timedelta(minutes=10)


def two(away: Location = AWAY, contractor: bool = False, **rules: Any) -> World:
    """One unit in town, and one far away."""
    providers = Provider("p0", contractor=contractor), Provider("p1")
    units = Unit("u0", "p0", place(0), frozenset(Service)), Unit("u1", "p1", away, frozenset(Service))
    return World(dispatcher(**rules), Fleet(providers, units))


def drive(world: World, a: Location, b: Location) -> timedelta:
    ms = int(world.dispatcher.matrix([a.lon], [a.lat], [b.lon], [b.lat])[0, 0])
    return timedelta(milliseconds=ms)


def unit_of(world: World, key: str) -> str:
    return world.record(key).legs[0].unit


def advance(world: World, key: str, *steps: str, unit: str = "u0") -> IncidentRecord:
    for step in steps:
        record = world.do(Advance(key, "", "", unit, LegState(step)))
    return record


def one(**rules: object) -> World:
    """One unit in town."""
    return World(dispatcher(offers_to="nobody", **rules), fleet(1, 0))


def order(world: World, unit: str = "u0") -> list[str]:
    state = world.writer.state
    return [record.id for record in in_turn((state.incidents[key] for key in state.engaged[unit]), unit)]
