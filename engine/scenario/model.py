"""What a scenario is made of. The tables of its file have the same names and keys; docs/scenarios.md lists them.

They are checked by the `Scenario` that takes them, which holds them with lists as tuples and polygons as `Rings`.
"""

# ruff: noqa: RUF009 - `key` makes fields, it is no default
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from engine.model import Service
from engine.scenario.hours import ClockHours, clock
from engine.scenario.kinds import DAY, ROADS, WAYS, WEEKDAYS, Kind, moment, number, several, text, whole, word, words
from engine.scenario.polygons import PolygonLike, polygon
from engine.tables.providers import MOST_CREWS
from engine.tables.units import MOST_MOBILISATION
from graphs.metrics import Direction, Weather

#: A day; who is promised a later arrival is promised another day.
MOST_MINUTES = 1440
MOST_COST = 1e12
#: Nobody drives at more than three times the speed that roads are otherwise driven at.
MOST_SPEED_FACTOR = 3.0
MOST_DEMAND_FACTOR = 1000.0

_PROVIDER = text("the id of a provider")
_LON, _LAT = number(-180, 180), number(-90, 90)
_MINUTES = number(0, MOST_MINUTES, above=True)


def key(kind: Kind, *, name: str = "", default: Any = None, needed: bool = False) -> Any:
    """A field that a key of the file says: its kind, its name where Python cannot have it, whether it must be there."""
    return field(default=default, metadata={"kind": kind, "name": name, "needed": needed})


@dataclass(frozen=True, slots=True)
class When:
    """Which moments are looked at, and what is asked for: ``[when]``."""

    at: datetime | None = key(moment)  # on the region's clock, without a zone
    weekday: str | None = key(DAY)  # mon … sun
    hour: int | None = key(whole(0, 23))
    hours: Collection[int] | None = key(several(whole(0, 23)))  # each is evaluated
    weather: Weather | None = key(word(Weather, "weather"))
    services: Collection[Service] | None = key(words(Service, "service"))  # None: all


@dataclass(frozen=True, slots=True)
class PromiseMinutes:
    """Promises over the policy's: ``[promise]``."""

    urban_minutes: float | None = key(_MINUTES)
    highway_minutes: float | None = key(_MINUTES)
    other_minutes: float | None = key(_MINUTES)


@dataclass(frozen=True, slots=True)
class RemoveProvider:
    """The contract ends: ``[[provider]] remove``."""

    verb: ClassVar[str] = "remove"
    id: str = key(_PROVIDER, name="remove", needed=True)


@dataclass(frozen=True, slots=True)
class AddProvider:
    """A new one: ``[[provider]] add``."""

    verb: ClassVar[str] = "add"
    id: str = key(_PROVIDER, name="add", needed=True)
    lon: float = key(_LON, needed=True)
    lat: float = key(_LAT, needed=True)
    crews: int = key(whole(1, MOST_CREWS), default=1)
    services: Collection[Service] | None = key(words(Service, "service"))  # None: all
    mobilisation_minutes: float = key(number(0, MOST_MOBILISATION), default=0.0)
    contract_cost: float = key(number(0, MOST_COST), default=0.0)


@dataclass(frozen=True, slots=True)
class MoveProvider:
    """The base and all crews elsewhere: ``[[provider]] move``."""

    verb: ClassVar[str] = "move"
    id: str = key(_PROVIDER, name="move", needed=True)
    lon: float = key(_LON, needed=True)
    lat: float = key(_LAT, needed=True)


@dataclass(frozen=True, slots=True)
class ResizeProvider:
    """So many crews instead of those it has, 0 for none while the contract stays: ``[[provider]] resize``."""

    verb: ClassVar[str] = "resize"
    id: str = key(_PROVIDER, name="resize", needed=True)
    crews: int = key(whole(0, MOST_CREWS), needed=True)


ProviderChange = RemoveProvider | AddProvider | MoveProvider | ResizeProvider
PROVIDER_CHANGES: tuple[type[ProviderChange], ...] = (RemoveProvider, AddProvider, MoveProvider, ResizeProvider)


@dataclass(frozen=True, slots=True)
class Shift(ClockHours):
    """Crews on duty at some hours: ``[[shift]]``; a provider with shifts has nobody on duty outside of them."""

    provider: str = key(_PROVIDER, needed=True)
    crews: int = key(whole(0, MOST_CREWS), needed=True)
    from_hour: int = key(whole(0, 23), name="from", needed=True)
    to_hour: int = key(clock, name="to", needed=True)
    days: Collection[str] | None = key(WEEKDAYS)


@dataclass(frozen=True, slots=True)
class Closure(ClockHours):
    """Roads that nobody drives: ``[[close]]``, by OSM ways or by a polygon that they touch."""

    ways: Collection[int] | int | None = key(WAYS, name="way")
    direction: Direction = key(word(Direction, "direction"), default=Direction.BOTH)  # of ways
    polygon: PolygonLike | None = key(polygon)
    classes: Collection[str] | None = key(ROADS, name="class")  # within the polygon; None: all
    from_hour: int = key(whole(0, 23), name="from", default=0)
    to_hour: int = key(clock, name="to", default=24)
    days: Collection[str] | None = key(WEEKDAYS)


@dataclass(frozen=True, slots=True)
class SpeedFactor(ClockHours):
    """Roads that are driven slower or faster: ``[[speed]]``, those of some classes whose middle is in a polygon."""

    factor: float = key(number(0, MOST_SPEED_FACTOR, above=True), needed=True)
    classes: Collection[str] | None = key(ROADS, name="class")  # None: all
    polygon: PolygonLike | None = key(polygon)  # None: everywhere
    from_hour: int = key(whole(0, 23), name="from", default=0)
    to_hour: int = key(clock, name="to", default=24)
    days: Collection[str] | None = key(WEEKDAYS)

    @property
    def rank(self) -> int:
        """How particular it is: of two on one road the greater counts."""
        return 2 * (self.polygon is not None) + (self.classes is not None)


@dataclass(frozen=True, slots=True)
class DemandArea:
    """Demand within a polygon, multiplied: ``[[demand.area]]``."""

    factor: float = key(number(0, MOST_DEMAND_FACTOR), needed=True)
    polygon: PolygonLike | None = key(polygon, needed=True)


@dataclass(frozen=True, slots=True)
class DemandChange:
    """Where calls come from, and how many: ``[demand]``."""

    layer: str | None = key(text("a file"))  # relative to the scenario's file
    column: str | None = key(text("the name of a column"))  # of the layer, with the weights; None: the usual names
    factor: float = key(number(0, MOST_DEMAND_FACTOR, above=True), default=1.0)
    areas: Sequence[DemandArea] = ()


#: What a sweep may give lists of, in the order in which variants run: the last one changes fastest.
SWEPT: dict[str, Kind] = {
    "promise.urban_minutes": _MINUTES,
    "promise.highway_minutes": _MINUTES,
    "promise.other_minutes": _MINUTES,
    "demand.factor": number(0, MOST_DEMAND_FACTOR, above=True),
    "when.weather": word(Weather, "weather"),
    "when.weekday": DAY,
    "when.hour": whole(0, 23),
}
#: Instead of a list of ids: each provider there is.
ALL_PROVIDERS = "providers"


@dataclass(frozen=True, slots=True)
class Sweep:
    """Lists of values whose product is evaluated: ``[sweep]``."""

    values: (
        Mapping[str, Iterable[Any]] | Sequence[tuple[str, Iterable[Any]]]
    ) = ()  # (one of `SWEPT`, its values), in its order
    remove_each: Collection[str] | None = None  # ids, or (ALL_PROVIDERS,)
