"""Small days for tests: drawn from a seed on the real region, or written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from engine.dispatch import Dispatcher
from engine.model import Fleet, Incident, Location, Priority, Provider, Service, Unit
from engine.policy import Policy
from engine.policy_rules import ArrivalRules
from engine.simulate.day import HOUR_MS, MINUTE_MS, Call, Day, Shift
from engine.simulate.draws import Draws
from engine.simulate.make_day import make_day
from engine.simulate.options import DayOptions
from engine.times import to_ms
from graphs.bundled import load_coquimbo_population
from graphs.region import Region

START = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
SCARCE = DayOptions(incidents=80, units=7, acceptance=(0.6, 1.0), answer_minutes=6.0)
#: Actual drives take exactly as long as computed (to a hair: a spread of zero is no distribution).
EXACT = ArrivalRules(travel_factor=1.0, travel_spread=0.01, delay_minutes=0.0, delay_spread_minutes=0.0)


@lru_cache(maxsize=8)
def scarce_day(region: Region, seed: int) -> tuple[Dispatcher, Day]:
    """80 calls for 7 units."""
    dispatcher = Dispatcher(region)
    return dispatcher, make_day(dispatcher, load_coquimbo_population(), seed, SCARCE)


class ExactDraws(Draws):
    """Chance does nothing: every draw is its median."""

    def normal(self, *identity: str | int) -> float:  # noqa: ARG002
        return 0.0


def call(number: int, minute: float, place: Location, *, takes: float = 20.0, patience: float = 600.0) -> Call:
    """A battery that is flat, reported so many minutes after START."""
    incident = Incident(
        f"I{number}", place, Service.BREAKDOWN_REPAIR, START + timedelta(minutes=minute), priority=Priority.NORMAL
    )
    work = round(takes * MINUTE_MS)
    return Call(incident, work, work, round(patience * MINUTE_MS))


def unit(number: int, place: Location, *, mobilisation: float = 0.0) -> Unit:
    return Unit(
        f"U{number}",
        "P1",
        place,
        frozenset({Service.BREAKDOWN_REPAIR}),
        mobilisation=timedelta(minutes=mobilisation),
    )


def hand_made(calls: list[Call], units: list[Unit], *, acceptance: float = 1.0, hours: float = 12.0) -> Day:
    """A day on which everything takes as long as it should."""
    begins_ms = to_ms(START)
    return Day(
        seed=0,
        options=DayOptions(),
        begins_ms=begins_ms,
        ends_ms=begins_ms + round(hours * HOUR_MS),
        calls=tuple(calls),
        fleet=Fleet((Provider("P1", acceptance=acceptance),), tuple(units)),
        shifts={one.id: (Shift(begins_ms, begins_ms + 24 * HOUR_MS),) for one in units},
        arrival=EXACT,
        draws=ExactDraws(0),
    )


def patient(minutes: float) -> Policy:
    """The default policy with another bound on deferment."""
    policy = Policy.default()
    return replace(policy, deferment=replace(policy.deferment, bound_minutes=minutes))
