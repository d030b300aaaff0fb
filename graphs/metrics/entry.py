"""What a live feed says: entries that slow, speed up or close roads from one time to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


class Direction(StrEnum):
    """Which arcs of a way: as the way is drawn, against it, or both."""

    BOTH = "both"
    FORWARD = "forward"
    BACKWARD = "backward"


class EntryState(StrEnum):
    """Whether an entry counts for a departure now."""

    IN_FORCE = "in_force"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Roads by OSM way id."""

    ids: npt.ArrayLike  # one integer, or [k]
    direction: Direction = Direction.BOTH


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Roads by arc of the region's road network; only good for the region version it was made for."""

    indices: npt.ArrayLike  # one integer, or [k]


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """All arcs that touch a polygon (degrees, WGS-84), or only those of some road classes."""

    polygon: BaseGeometry
    classes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TrafficEntry:
    """One statement of a feed; exactly one of `speed_kph`, `factor` and `closed`.

    It holds for departures from `start` (None: always has been) until before `end` (None: until removed). `speed_kph`
    and `factor` are one number, or one a way or arc; a way or arc listed twice has two statements, the slower counts.
    """

    id: str
    where: Ways | Arcs | Area
    speed_kph: float | npt.ArrayLike | None = None
    factor: float | npt.ArrayLike | None = None  # of the speed of the hour and the weather
    closed: bool = False
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrafficUpdate:
    """One call: entries put in (an id that is there already is replaced), and ids taken out."""

    upserts: Sequence[TrafficEntry] = ()
    removes: Sequence[str] = ()


class RefusalCode(StrEnum):
    """Why an entry, or a removal, was ignored."""

    NO_ID = "no_id"
    BAD_ID = "bad_id"
    DUPLICATE_ID = "duplicate_id"
    EXPIRED = "expired"
    BAD_INTERVAL = "bad_interval"
    BAD_EFFECT = "bad_effect"
    BAD_SPEED = "bad_speed"
    BAD_FACTOR = "bad_factor"
    BAD_SELECTOR = "bad_selector"
    UNKNOWN_WAY = "unknown_way"
    UNKNOWN_ARC = "unknown_arc"
    EMPTY_POLYGON = "empty_polygon"
    NO_ROADS = "no_roads"
    UNKNOWN_ID = "unknown_id"
    FEED_FULL = "feed_full"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One entry that was ignored, and what to do about it."""

    id: str
    code: RefusalCode
    message: str
    index: int  # among the entries of its update, or among its removals
    removal: bool = False


@dataclass(slots=True, eq=False)
class Resolved:
    """A checked entry on the arcs of one network: row i says `kind[i]`, `value[i]` about `arc[i]`."""

    entry: TrafficEntry
    start_ms: int
    end_ms: int
    arc: np.ndarray  # int32 [r]
    kind: int
    value: np.ndarray  # float32 [r]
    index: int = -1  # among the entries of its update
