"""Sections of the policy beside promises and weights: how long work takes, how sure arrivals are, storms, patience."""

from __future__ import annotations

from dataclasses import Field, dataclass, field
from typing import Literal

#: What lateness is reckoned from: the one arrival that is expected, or its distribution.
LatenessOf = Literal["point", "expected"]
#: Mean and standard deviation in minutes.
Spread = tuple[float, float]


def _within(default: float, least: float, most: float) -> float:
    """A number with bounds of its own."""
    return field(default=default, metadata={"bounds": (least, most)})


def bounds_of(item: Field) -> tuple[float, float] | None:
    """The least and the greatest that a number may be, where its section says so."""
    return item.metadata.get("bounds")


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """Minutes of work at the place, [mean, spread], by service and by the work named among the capabilities."""

    breakdown_repair: Spread = (30.0, 15.0)  # when no work below is named
    towing: Spread = (20.0, 8.0)  # securing and loading
    airport_transfer: Spread = (10.0, 5.0)
    designated_driver: Spread = (10.0, 5.0)
    vehicle_booking: Spread = (15.0, 5.0)
    battery: Spread = (20.0, 8.0)
    tyre: Spread = (30.0, 10.0)
    fuel: Spread = (15.0, 5.0)
    lockout: Spread = (25.0, 10.0)
    winch: Spread = (40.0, 20.0)
    hand_over: Spread = (10.0, 5.0)  # unloading, papers, at the end of a job that ends elsewhere


@dataclass(frozen=True, slots=True)
class ArrivalRules:
    """The prior of the distribution of arrivals; see docs/arrival.md."""

    travel_factor: float = _within(1.0, 0.1, 10)
    travel_spread: float = _within(0.25, 0.01, 2)
    delay_minutes: float = _within(0.0, 0, 120)
    delay_spread_minutes: float = _within(2.0, 0, 120)
    busy_spread: float = _within(0.3, 0, 3)


@dataclass(frozen=True, slots=True)
class Triage:
    """Storm rules: they hold while open incidents outnumber units on duty by ``storm_from``; 0: never."""

    storm_from: float = _within(0.0, 0, 1_000_000)
    highway: float = _within(2.0, 1, 100)
    stranded: float = _within(1.5, 1, 100)


@dataclass(frozen=True, slots=True)
class Deferment:
    """Patience has an end: after its bound an incident is due."""

    bound_minutes: float = 45.0


@dataclass(frozen=True, slots=True)
class Stability:
    """An announced unit that would arrive within ``freeze_minutes`` is not taken away; 0: it may always be."""

    freeze_minutes: float = _within(0.0, 0, 1440)


@dataclass(frozen=True, slots=True)
class TourRules:
    """Several jobs in order on one unit, where one job each is not enough."""

    most_jobs: int = field(default=5, metadata={"bounds": (1, 5)})  # of one unit; 1: never several
    seconds: float = _within(10.0, 0.1, 3600)  # of search, at most
    gap: float = _within(0.001, 0, 1)  # share of the cost that may stay unproven: then search ends sooner


@dataclass(frozen=True, slots=True)
class CoverageRules:
    """The price of leaving demand uncovered; see docs/cost.md."""

    weight: float = _within(0.0, 0, 1_000_000)  # minutes, for all demand at once; 0: nothing is reckoned
    busy_fraction: float = _within(0.3, 0, 0.99)  # of the time that a unit is not there when it is wanted
    on_highways: bool = False  # whether incidents on highways count it, too


@dataclass(frozen=True, slots=True)
class BookingRules:
    """Units kept free for those who will call, where bookings are offered."""

    calls_per_hour: tuple[float, ...] = field(default=(), metadata={"bounds": (0, 100_000)})
    call_minutes: float = _within(60.0, 1, 1440)  # that a call holds a unit, the drive included
    cover: float = _within(0.9, 0.01, 0.9999)  # probability that no more calls are under way at once


#: Which providers are asked before a unit of theirs is sent.
OfferTo = Literal["contractors", "everybody", "nobody"]


@dataclass(frozen=True, slots=True)
class ClockRules:
    """Within what time of the call things must have happened; see docs/live.md."""

    filing_minutes: float = _within(3.0, 0.1, 1440)
    assignment_minutes: float = _within(5.0, 0.1, 1440)
    callback_minutes: float = _within(8.0, 0.1, 1440)
    response_minutes: float = _within(120.0, 1, 525_600)
    resolution_minutes: float = _within(2880.0, 1, 525_600)
    further_minutes: float = _within(1440.0, 1, 525_600)  # from the second rung of the ladder to the third
    warn_share: float = _within(0.25, 0, 1)  # of the time that is left when a warning is raised; 0: none is
    owners: tuple[str, ...] = ("supervisor", "department", "director")  # of the ladder's rungs


@dataclass(frozen=True, slots=True)
class OfferRules:
    """How providers are asked."""

    to: OfferTo = "contractors"
    seconds: float = _within(90.0, 1, 86_400)  # to answer
    parallel: int = field(default=1, metadata={"bounds": (1, 10)})  # asked at once for one leg
    most: int = field(default=8, metadata={"bounds": (1, 100)})  # asked for one leg; then a person must decide


@dataclass(frozen=True, slots=True)
class LiveRules:
    """What the live service does by itself."""

    booking_lead_minutes: float = _within(90.0, 0, 10_080)  # before a booking is wanted, its unit is chosen
    booking_margin_minutes: float = _within(15.0, 0, 1440)  # left before a booking by work that its unit does first
    booking_probability: float = _within(0.9, 0, 1)  # of keeping the booking's promise, at least, in spite of that
    settle_seconds: float = _within(30.0, 0, 3600)  # after a unit was told, before it is told otherwise
    risk_probability: float = _within(0.5, 0, 1)  # an arrival less probable raises a warning
    safe_probability: float = _within(0.7, 0, 1)  # one at least so probable ends it
    silent_minutes: float = _within(10.0, 0.1, 1440)  # without a position, of a unit that is under way
    replan_core: float = _within(0.25, 0.01, 4)  # of a core, for planning again in the background
    replan_seconds: float = _within(5.0, 0.1, 300)  # of one such plan, at most
