"""What dispatch talks about: providers, units, incidents (the words of docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta
from enum import StrEnum
from operator import attrgetter

from graphs.snapping.query import Side


class Service(StrEnum):
    """What a customer can ask for."""

    BREAKDOWN_REPAIR = "breakdown_repair"
    TOWING = "towing"
    AIRPORT_TRANSFER = "airport_transfer"
    DESIGNATED_DRIVER = "designated_driver"
    VEHICLE_BOOKING = "vehicle_booking"


class Capability(StrEnum):
    """Equipment or skill of a unit that an incident may require beyond the service."""

    BATTERY = "battery"
    TYRE = "tyre"
    FUEL = "fuel"
    LOCKOUT = "lockout"
    WINCH = "winch"
    FLATBED = "flatbed"
    HEAVY = "heavy"
    ELECTRIC = "electric"
    WHEELCHAIR = "wheelchair"


class UnitStatus(StrEnum):
    """Whether a unit can be given work."""

    AVAILABLE = "available"
    BUSY = "busy"  # eligible from free_at on, if that is known
    OFF_DUTY = "off_duty"


class Priority(StrEnum):
    """How much an incident's wait weighs; the weights are policy."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    EMERGENCY = "emergency"


SERVICE_BIT: dict[Service, int] = {service: 1 << index for index, service in enumerate(Service)}
CAPABILITY_BIT: dict[Capability, int] = {cap: 1 << (16 + index) for index, cap in enumerate(Capability)}


def bits(services: Iterable[Service], capabilities: Iterable[Capability]) -> int:
    """Services and capabilities as one integer, so that "can do" is ``have & need == need``."""
    total = 0
    for service in services:
        total |= SERVICE_BIT[service]
    for capability in capabilities:
        total |= CAPABILITY_BIT[capability]
    return total


@dataclass(frozen=True, slots=True)
class Location:
    """A place, and what is known of it beyond its degrees, WGS-84 (docs/locations.md)."""

    lon: float
    lat: float
    heading: float | None = None  # degrees clockwise from north, 0 to 360
    heading_tolerance: float | None = None  # degrees, over 0 to 180; None: 45
    accuracy_m: float | None = None  # radius that holds the true place two times in three
    road: str = ""  # name or number
    direction: str = ""  # of the carriageway, in compass words: northbound, norte, 北向
    level: int | None = None  # OSM's layer
    side: Side = Side.ANY  # of the road, facing the way it is driven

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the degrees is known: the nearest road then is the answer."""
        known = (self.heading, self.heading_tolerance, self.accuracy_m, self.level)
        return known == (None, None, None, None) and not self.road and not self.direction and self.side is Side.ANY


@dataclass(frozen=True, slots=True)
class Garage:
    """Where a vehicle may be towed to; the price is in the policy's currency."""

    location: Location
    name: str = ""
    price: float = 0.0


@dataclass(frozen=True, slots=True)
class NightTariff:
    """Prices are multiplied by ``factor``, 1 to 10, from ``start`` to ``end`` on the region's clock."""

    factor: float
    start: time = time(22)
    end: time = time(6)


@dataclass(frozen=True, slots=True)
class Break:
    """A rest during which a unit does not set off; work under way is finished first."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Provider:
    """A company under contract. An empty territory means the whole region.

    An exclusive concession keeps everybody else out of its cells and roads; several providers may hold one together.
    """

    id: str
    name: str = ""
    services: frozenset[Service] = frozenset(Service)
    territory: frozenset[str] = frozenset()  # H3 cells, any one resolution
    base: Location | None = None
    crews: int = 1
    call_out_price: float = 0.0  # in the policy's currency
    per_km_price: float = 0.0  # for each kilometre to the customer and on to the drop-off
    night: NightTariff | None = None
    exclusive_cells: frozenset[str] = frozenset()  # H3 cells, any resolutions: all roads in them
    exclusive_ways: frozenset[int] = frozenset()  # OSM way ids: a section of a highway
    acceptance: float = 1.0  # probability that it accepts an offer, above 0
    quality: float = 1.0  # score of audits, 0 to 1
    recent_share: float = 0.0  # how much of its fair share of work it has had beyond others, 0 to 1
    contractor: bool = False  # plans its own crews: each takes one incident at most, no tour


@dataclass(frozen=True, slots=True)
class Unit:
    """One crew with a vehicle; what is actually sent.

    It does only the services listed here: whoever makes a unit copies those of its provider. Without a shift it works
    at all hours; with one it takes no work that it would reach after ``shift_end``.
    """

    id: str
    provider_id: str
    location: Location
    services: frozenset[Service]
    capabilities: frozenset[Capability] = frozenset()
    status: UnitStatus = UnitStatus.AVAILABLE
    free_at: datetime | None = None
    free_location: Location | None = None  # None: where it is now
    mobilisation: timedelta = timedelta(0)
    shift_start: datetime | None = None
    shift_end: datetime | None = None
    overtime_price: float = 0.0  # for each hour of work after shift_end, in the policy's currency
    breaks: tuple[Break, ...] = ()

    def at(self, location: Location) -> Unit:
        """The unit elsewhere; in half the time that `dataclasses.replace` takes, which counts when fleets move."""
        return Unit(self.id, self.provider_id, location, *_AFTER_LOCATION(self))


_AFTER_LOCATION = attrgetter(*(item.name for item in fields(Unit)[3:]))


@dataclass(frozen=True, slots=True)
class Incident:
    """A customer's need at a place and time; a booking when it has an ``earliest``.

    A vehicle goes to ``drop_off``, or to the cheapest of the ``garages``, or stays where it is. Several units are
    wanted for an accident: ``unit_requires`` then says what each needs beyond ``requires``.
    """

    id: str
    location: Location
    service: Service
    received_at: datetime
    requires: frozenset[Capability] = frozenset()
    priority: Priority = Priority.NORMAL
    promise: timedelta | None = None  # overrides the class's duration
    due_at: datetime | None = None  # already promised: kept as it is, never recomputed
    assigned_unit_id: str | None = None  # kept unless changing it pays
    pinned: bool = False  # under way or promised by name: never changed
    drop_off: Location | None = None
    garages: tuple[Garage, ...] = ()
    units_needed: int = 1
    unit_requires: tuple[frozenset[Capability], ...] = ()  # empty, or one set a unit
    earliest: datetime | None = None  # work does not begin before; the promise runs from it
    latest: datetime | None = None  # nobody is sent who would arrive later
    service_time: timedelta | None = None  # at the place, instead of the policy's mean
    revenue: float = 0.0  # lost when nobody is sent, in the policy's currency
    refused: frozenset[str] = frozenset()  # ids of units that are not to be sent: they were asked and declined
    partner_of: str = ""  # the incident whose second, third ... unit this is for; set by `engine.jobs.expand` alone


@dataclass(frozen=True, slots=True)
class Fleet:
    """Providers and their units, ids unique."""

    providers: tuple[Provider, ...] = ()
    units: tuple[Unit, ...] = field(default=())
