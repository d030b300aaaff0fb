"""Where units are and when they arrive: of each only the latest, told to those who watch at most once a second.

Nothing is done while nobody watches. What changed is only noted where it changes; encoding it, once for all watchers,
is done on the threads of those.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt
from h3.api import basic_int as h3

from engine.live.records import IncidentRecord, Leg, LegState
from engine.live.telemetry_watch import TelemetryWatch
from engine.live.tracking import TRACKED
from engine.live.turns import stops
from engine.model import Unit
from engine.times import to_us
from graphs.network import Int64

#: What changed is looked through at most that often.
LOOK_S = 0.2
_NOT_SEEN = np.iinfo(np.int64).min
#: How far a leg is; of a unit that has several of one incident the farthest is told.
_FAR = {state: far for far, state in enumerate(LegState)}
_IDLE = frozenset({LegState.WAITING, LegState.DONE})


@dataclass(frozen=True, slots=True)
class Work:
    """What a unit is on its way to, or busy with."""

    incident: str
    state: LegState
    arrives_at: datetime | None = None
    probability: float | None = None


class Reckoned(Protocol):
    """An arrival as it was reckoned last: `engine.live.tracking.Arrival`."""

    @property
    def incident(self) -> str: ...
    @property
    def leg(self) -> int: ...
    @property
    def arrives_at(self) -> datetime | None: ...
    @property
    def probability(self) -> float: ...
    def of(self, leg: Leg) -> bool: ...


class SeenFleet(Protocol):
    """The fleet: `engine.server.fleet_store.FleetSnapshot`."""

    @property
    def observed(self) -> Mapping[str, datetime]: ...
    def find(self, unit_id: str) -> Unit | None: ...
    def unit_ids(self, provider_id: str | None) -> list[str]: ...


#: A unit, when it was seen, what it works on, and whether nothing is heard of it, in the form in which they are sent.
Encode = Callable[[Unit, datetime | None, Work | None, bool], bytes]


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """Units that meet all that is set; an empty set asks for nothing. Ids, not names."""

    cells: Mapping[int, frozenset[int]] = field(default_factory=dict)  # by resolution, 0 to 9
    providers: frozenset[str] = frozenset()
    incidents: frozenset[str] = frozenset()
    own: str | None = None  # the provider whose units alone the watcher may see


ALL = UnitFilter()


@dataclass(frozen=True, slots=True)
class Changed:
    """Units as they are sent; as of which version; [units] which of them the watcher was told of and still wants."""

    parts: list[bytes]
    version: int
    told: npt.NDArray[np.bool_]


class TelemetryBoard:
    """The latest of every unit of one region."""

    def __init__(
        self,
        fleet: Callable[[], SeenFleet],
        records: Callable[[], Iterable[IncidentRecord]],
        encode: Encode,
        now: Callable[[], datetime],
        silent_after: timedelta,
    ) -> None:
        """``records``: the open incidents."""
        self._fleet, self._records, self._encode, self._now = fleet, records, encode, now
        self._silent_after = silent_after
        self._watchers = 0
        self._noting = threading.Lock()  # held for moments only: whoever moves units never waits for watchers
        self._moved: set[str] = set()
        self._reckoned: dict[tuple[str, int], Reckoned] = {}
        self._looking = threading.Lock()
        self._looked_at = 0.0
        self._row: dict[str, int] = {}
        self._ids: list[str] = []
        self._parts: list[bytes | None] = []
        self._works: dict[str, Work] = {}
        self._version = 0
        self._versions, self._observed_us = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._places: list[tuple[float, float]] = []  # lat, lon
        self._cells: dict[int, Int64] = {}  # by resolution, those that somebody asks for
        self._silent = np.zeros(0, np.bool_)
        self._providers = np.zeros(0, np.int32)
        self._codes: dict[str, int] = {}

    @property
    def watchers(self) -> int:
        """How many watch now."""
        return self._watchers

    def moved(self, unit_ids: Iterable[str]) -> None:
        """Units that were seen elsewhere, changed, came or went."""
        if self._watchers:
            with self._noting:
                self._moved.update(unit_ids)

    def arrivals(self, found: Sequence[Reckoned]) -> None:
        """All arrivals, as they were reckoned last."""
        self._reckoned = {(each.incident, each.leg): each for each in found}

    def watch(self, wanted: UnitFilter = ALL, interval_s: float = 1.0) -> TelemetryWatch:
        """Close it when done."""
        with self._looking, self._noting:
            self._watchers += 1
            if self._watchers == 1:  # nothing was noted while nobody watched
                self._moved.update(self._fleet().unit_ids(None), self._row)
                self._looked_at = 0.0
        return TelemetryWatch(self, wanted, interval_s)

    def leave(self) -> None:
        with self._noting:
            self._watchers -= 1
            if not self._watchers:
                self._moved.clear()

    def changed(self, wanted: UnitFilter, seen: int, told: npt.NDArray[np.bool_]) -> Changed:
        """What changed since version ``seen`` among the units that are wanted, or were when they were ``told``."""
        with self._looking:
            if time.monotonic() - self._looked_at >= LOOK_S:
                self._look()
                self._looked_at = time.monotonic()
            n = len(self._ids)
            told = np.concatenate([told, np.zeros(n - told.size, np.bool_)])
            matching = self._matching(wanted)
            rows = np.flatnonzero((self._versions[:n] > seen) & (matching | told))
            parts = [part for part in (self._parts[row] for row in rows.tolist()) if part is not None]
            told[rows] = matching[rows]
            return Changed(parts, self._version, told)

    def _matching(self, wanted: UnitFilter) -> npt.NDArray[np.bool_]:
        n = len(self._ids)
        found = np.ones(n, np.bool_)
        if wanted.own is not None:
            found &= self._providers[:n] == self._codes.get(wanted.own, -1)
        if wanted.providers:
            found &= np.isin(self._providers[:n], [self._codes.get(key, -1) for key in wanted.providers])
        if wanted.incidents:
            at = [self._row[unit] for unit, work in self._works.items() if work.incident in wanted.incidents]
            having = np.zeros(n, np.bool_)
            having[[row for row in at if row < n]] = True
            found &= having
        if wanted.cells:
            inside = np.zeros(n, np.bool_)
            for resolution, cells in wanted.cells.items():
                inside |= np.isin(self._cells_at(resolution), np.fromiter(cells, np.int64, len(cells)))
            found &= inside
        return found

    def _cells_at(self, resolution: int) -> Int64:
        """[units] cells of a resolution."""
        found = self._cells.get(resolution)
        if found is None or found.size < len(self._ids):
            at = (h3.latlng_to_cell(*place, resolution) for place in self._places)
            found = self._cells[resolution] = np.fromiter(at, np.int64, len(self._places))
        return found

    def _look(self) -> None:
        """Find what changed, and encode it."""
        with self._noting:
            changed, self._moved = self._moved, set()
        works = self._all_works()
        changed.update(unit for unit, work in works.items() if self._works.get(unit) != work)
        changed.update(unit for unit in self._works if unit not in works)
        self._works = works
        limit_us = to_us(self._now() - self._silent_after)
        n = len(self._ids)
        silent = (self._observed_us[:n] < limit_us) & (self._observed_us[:n] != _NOT_SEEN)
        changed.update(self._ids[row] for row in np.flatnonzero(silent != self._silent[:n]).tolist())
        if not changed:
            return
        self._grow([unit for unit in changed if unit not in self._row])
        self._version += 1
        fleet = self._fleet()
        for unit_id in changed:
            self._refresh(fleet, unit_id, limit_us)

    def _refresh(self, fleet: SeenFleet, unit_id: str, limit_us: int) -> None:
        row = self._row[unit_id]
        self._versions[row] = self._version
        unit = fleet.find(unit_id)
        if unit is None:
            self._parts[row], self._providers[row] = None, -1
            self._observed_us[row], self._silent[row] = _NOT_SEEN, False
            return
        observed = fleet.observed.get(unit_id)
        self._observed_us[row] = _NOT_SEEN if observed is None else to_us(observed)
        self._silent[row] = observed is not None and self._observed_us[row] < limit_us
        self._providers[row] = self._codes.setdefault(unit.provider_id, len(self._codes))
        place = self._places[row] = unit.location.lat, unit.location.lon
        for resolution, cells in self._cells.items():
            if row < cells.size:
                cells[row] = h3.latlng_to_cell(*place, resolution)
        self._parts[row] = self._encode(unit, observed, self._works.get(unit_id), bool(self._silent[row]))

    def _all_works(self) -> dict[str, Work]:
        """By unit, the incident that it has, or does first, and the leg of that which has got farthest."""
        records = list(self._records())
        firsts = {unit: has[0].id for unit, has in stops(records).items()}
        found: dict[str, Work] = {}
        for record in records:
            for k, leg in enumerate(record.legs):
                if not leg.unit or leg.state in _IDLE or firsts.get(leg.unit, record.id) != record.id:
                    continue
                known = found.get(leg.unit)
                if known is not None and _FAR[known.state] >= _FAR[leg.state]:
                    continue
                reckoned = self._reckoned.get((record.id, k)) if leg.state in TRACKED else None
                now = (
                    (leg.arrives_at, leg.probability)
                    if reckoned is None or not reckoned.of(leg)
                    else (reckoned.arrives_at, reckoned.probability)
                )
                found[leg.unit] = Work(record.id, leg.state, *now)
        return found

    def _grow(self, new: Sequence[str]) -> None:
        for unit_id in new:
            self._row[unit_id] = len(self._ids)
            self._ids.append(unit_id)
            self._parts.append(None)
            self._places.append((0.0, 0.0))
        short = len(self._ids) - self._versions.size
        if short > 0:
            more = short + len(self._ids)
            self._versions = _longer(self._versions, more, 0)
            self._observed_us = _longer(self._observed_us, more, _NOT_SEEN)
            self._silent, self._providers = _longer(self._silent, more, False), _longer(self._providers, more, -1)


def _longer(values: npt.NDArray, more: int, fill: float) -> npt.NDArray:
    return np.concatenate([values, np.full(more, fill, values.dtype)])
