"""One immutable snapshot of the fleet, ready for questions; changes make a new snapshot that shares what stayed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.errors import DuplicateIdError, NotFoundError, UnknownReferenceError
from engine.fleet.arrays import UnitArrays, UnitTerms, unit_arrays
from engine.fleet.cell_labels import CellLabels
from engine.fleet.cells import CellIndex
from engine.fleet.check import check_provider, check_unit
from engine.fleet.territory import Territories
from engine.locating import positions_each, query_of
from engine.model import Fleet, Location, Provider, Unit, UnitStatus
from engine.policy import Policy
from graphs.errors import InputError, TowlineError
from graphs.metrics.label_book import METRICS_HELD, LabelBook
from graphs.metrics.once import OnceCache
from graphs.network import Float64, Int32, Int64
from graphs.position import Positions
from graphs.region import Region
from graphs.search import Labels, Metric
from graphs.search.arrays import frozen

if TYPE_CHECKING:
    from engine.cover_lost.reach import ReachBook


@dataclass(frozen=True, eq=False)
class FleetState:
    """Units snapped, labelled and indexed by cell, seen under one metric. Build with `FleetState.of`."""

    region: Region
    metric: Metric
    policy: Policy
    providers: dict[str, Provider]
    units: tuple[Unit, ...]
    row_of: dict[str, int]
    territories: Territories
    arrays: UnitArrays
    positions: Positions
    book: LabelBook  # the units' labels under every metric they were asked for
    cells: CellIndex
    reach: ReachBook | None = None  # what demand the units cover; None where nobody asks (`[coverage]` of the policy)
    _others: OnceCache[Metric, FleetState] = field(
        init=False, repr=False, default_factory=lambda: OnceCache(METRICS_HELD, lambda _: 1)
    )
    _terms: tuple[int, UnitTerms] | None = field(init=False, repr=False, default=None)
    #: By metric, the cells' labels of a state before this one, their cells, and the rows that have changed since.
    _known: dict[Metric, tuple[CellLabels, CellIndex, Int64]] = field(init=False, repr=False, default_factory=dict)
    _cover: tuple[np.ndarray, Int64] | None = field(init=False, repr=False, default=None)  # `cover_lost` of the last

    @property
    def labels(self) -> Labels:
        """The units' labels under this state's metric; made on first use."""
        return self.book.under(self.metric)

    def under(self, metric: Metric) -> FleetState:
        """The same fleet under another metric; made once, whoever asks."""
        return self if metric is self.metric else self._others.get(metric, lambda: self._seen_under(metric))

    def _seen_under(self, metric: Metric) -> FleetState:
        state = replace(self, metric=metric)
        state._known.update(self._known)
        return state

    def keep_only(self, metrics: Collection[Metric]) -> None:
        """Forget labels under other metrics: a unit that moves is labelled under each that is there."""
        self._others.keep_only(metrics)
        for metric in self._known.keys() - set(metrics):
            self._known.pop(metric, None)
        self.book.keep_only(metrics)
        if self.reach is not None:
            self.reach.keep_only(metrics)

    @cached_property
    def cell_labels(self) -> CellLabels:
        """The least label row of each cell; made anew where it is not known from the state before this one."""
        found = self._known.get(self.metric)
        if found is None:
            return CellLabels.of(self.cells, self.labels)
        known, cells, rows = found
        return known.renewed(cells, rows, self.cells, self.labels)

    @staticmethod
    def of(region: Region, metric: Metric, policy: Policy, fleet: Fleet, reach: ReachBook | None = None) -> FleetState:
        """The state of a fleet; the first unit that cannot be used raises its own typed error."""
        providers = _unique(fleet.providers, "provider")
        units = tuple(fleet.units)
        row_of = {unit_id: row for row, unit_id in enumerate(_unique(units, "unit"))}
        for unit in units:
            check_unit(unit)
            if fleet.providers:
                _check_provider(unit, providers)
            else:
                providers.setdefault(unit.provider_id, Provider(unit.provider_id))
        for provider in providers.values():
            check_provider(provider, policy)
        territories = Territories.of(providers.values())
        positions = snap_units(region, policy, units)
        return FleetState(
            region=region,
            metric=metric,
            policy=policy,
            providers=providers,
            units=units,
            row_of=row_of,
            territories=territories,
            arrays=unit_arrays(units, providers, territories, policy),
            positions=positions,
            book=LabelBook(region, positions),
            cells=CellIndex.build(positions.lon, positions.lat),
            reach=reach,
        )

    def __len__(self) -> int:
        return len(self.units)

    @cached_property
    def contractors(self) -> npt.NDArray[np.bool_]:
        """[units] whether a unit is the crew of a contractor, who plans himself: one incident each."""
        return frozen([self.providers[unit.provider_id].contractor for unit in self.units], np.bool_)

    @cached_property
    def cell_least(self) -> tuple[Int64, Float64]:
        """[c] least mobilisation in ms and [c] least price among the units of each cell."""
        begin, rows = self.cells.first[:-1], self.cells.row
        if not rows.size:
            return np.empty(0, np.int64), np.empty(0)
        return (
            np.minimum.reduceat(self.arrays.mobilisation_ms[rows], begin),
            np.minimum.reduceat(self.arrays.price[rows], begin),
        )

    @property
    def here(self) -> Float64:
        """[units, 3] where each unit starts, on the unit sphere."""
        return self.cells.here

    @cached_property
    def place(self) -> tuple[Int32, Float64, Int32]:
        """[units] arc, fraction and ms to turn back, as the kernels want them."""
        return self.positions.arc, self.positions.fraction, frozen(_turning(self.positions), np.int32)

    def terms(self, now_ms: int) -> UnitTerms:
        """What depends on the moment: when units are free and what they charge. O(units), kept for the last moment."""
        known = self._terms
        if known is None or known[0] != now_ms:
            known = now_ms, UnitTerms.of(self.arrays, now_ms, self.policy, self.region.timezone)
            object.__setattr__(self, "_terms", known)
        return known[1]

    def moved(self, unit_ids: Sequence[str], lon: npt.ArrayLike, lat: npt.ArrayLike) -> FleetState:
        """The state after units reported mere degrees; see `moved_to`."""
        lon, lat = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
        return self.moved_to(unit_ids, [Location(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])

    def moved_to(self, unit_ids: Sequence[str], places: Sequence[Location]) -> FleetState:
        """The state after units reported where they are; only these are snapped and labelled again.

        Raises NotFoundError for an unknown unit, and the error of a place that cannot be used: CoordinateError,
        OutsideRegionError, HeadingError, AccuracyError. A unit busy until later keeps the place where it will be free,
        if that is known.
        """
        for unit_id in unit_ids:
            if unit_id not in self.row_of:
                raise NotFoundError(f"there is no unit {unit_id!r} in region {self.region.name}", unit=unit_id)
        units = list(self.units)
        rows = np.array([self.row_of[unit_id] for unit_id in unit_ids], np.int64)
        for row, place in zip(rows.tolist(), places, strict=True):
            units[row] = units[row].at(place)
        return self._refreshed(tuple(units), np.unique(rows))

    def seen(self, rows: Int64, places: Sequence[Location], positions: Positions) -> FleetState:
        """The state after the units of ``rows``, each once, were seen at places that are on roads already."""
        units = list(self.units)
        here = np.ones(rows.size, np.bool_)
        for k, (row, place) in enumerate(zip(rows.tolist(), places, strict=True)):
            unit = units[row] = units[row].at(place)
            here[k] = start_location(unit) is place  # else it leaves from where it will be free
        if not here.any():
            state = replace(self, units=tuple(units))
            state._known.update(self._known_cells(rows[:0]))
            return state
        return self._refreshed(tuple(units), rows[here], positions.take(here))

    def updated(
        self,
        *,
        providers: Iterable[Provider] = (),
        units: Iterable[Unit] = (),
        removed_units: Collection[str] = (),
        removed_providers: Collection[str] = (),
    ) -> FleetState:
        """The state with providers and units added, replaced or removed; units of a removed provider go with it.

        Where known units merely change, only these are looked at again.
        """
        gone = set(removed_units)
        new_providers, changed = _unique(providers, "provider"), _unique(units, "unit")
        only_known = not (new_providers or gone or removed_providers) and changed.keys() <= self.row_of.keys()
        if only_known and 0 < len(changed) < len(self.units):
            return self._replaced(changed)
        kept_providers = {**self.providers, **new_providers}
        for provider_id in removed_providers:
            kept_providers.pop(provider_id, None)
        merged = {**{unit.id: unit for unit in self.units}, **changed}
        kept = tuple(u for u in merged.values() if u.id not in gone and u.provider_id not in removed_providers)
        for unit in kept:
            check_unit(unit)
            _check_provider(unit, kept_providers)
        for provider in kept_providers.values():
            check_provider(provider, self.policy)
        territories = Territories.of(kept_providers.values())
        same = np.array([self.row_of.get(unit.id, 0) for unit in kept], np.int64)
        fresh = np.array([row for row, unit in enumerate(kept) if unit.id in changed], np.int64)
        if not self.units or fresh.size == len(kept):
            fleet = Fleet(tuple(kept_providers.values()), kept)
            return FleetState.of(self.region, self.metric, self.policy, fleet, self.reach and self.reach.empty())
        kept_positions = _frozen_positions(self.positions.take(same))
        reordered = replace(
            self,
            providers=kept_providers,
            units=kept,
            row_of={unit.id: row for row, unit in enumerate(kept)},
            territories=territories,
            arrays=unit_arrays(kept, kept_providers, territories, self.policy),
            positions=kept_positions,
            book=self.book.taken(same, kept_positions),
            cells=self.cells.taken(same),
            reach=self.reach and self.reach.taken(same),
        )
        return reordered._refreshed(kept, fresh) if fresh.size else reordered

    def _replaced(self, changed: dict[str, Unit]) -> FleetState:
        """The state after known units changed; O(changed) Python."""
        units = list(self.units)
        rows = np.array(sorted(self.row_of[unit_id] for unit_id in changed), np.int64)
        fresh = [changed[units[row].id] for row in rows]
        for row, unit in zip(rows, fresh, strict=True):
            check_unit(unit)
            _check_provider(unit, self.providers)
            units[row] = unit
        arrays = self.arrays.replaced(rows, unit_arrays(fresh, self.providers, self.territories, self.policy))
        return self._refreshed(tuple(units), rows, arrays=arrays)

    def _refreshed(
        self, units: tuple[Unit, ...], rows: Int64, fresh: Positions | None = None, arrays: UnitArrays | None = None
    ) -> FleetState:
        fresh = fresh or snap_units(self.region, self.policy, [units[row] for row in rows])
        merged = {
            name: np.array(getattr(self.positions, name)) for name in ("arc", "fraction", "lon", "lat", "distance_m")
        }
        for name, values in merged.items():
            values[rows] = getattr(fresh, name)
        if self.positions.turn_back_ms is not None or fresh.turn_back_ms is not None:
            merged["turn_back_ms"] = _turning(self.positions)
            merged["turn_back_ms"][rows] = _turning(fresh)
        positions = _frozen_positions(Positions(**merged))
        state = replace(
            self,
            units=units,
            arrays=arrays or self.arrays,
            positions=positions,
            book=self.book.replaced(rows, fresh, positions),
            cells=self.cells.with_moved(rows, fresh.lon, fresh.lat),
            reach=self.reach and self.reach.replaced(rows),
        )
        state._known.update(self._known_cells(rows))
        return state

    def _known_cells(self, rows: Int64) -> dict[Metric, tuple[CellLabels, CellIndex, Int64]]:
        """What a state of the same units, in which ``rows`` changed, need not make again, by metric."""
        found = {}
        for metric, state in ((self.metric, self), *self._others.items()):
            if (known := state.__dict__.get("cell_labels")) is not None:
                found[metric] = known, self.cells, rows
            elif (before := self._known.get(metric)) is not None:
                found[metric] = *before[:2], np.union1d(before[2], rows)
        return found


def _unique(items: Iterable[Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if not item.id:
            raise InputError(f"a {kind} has no id; give every {kind} a unique one", kind=kind)
        if item.id in found:
            raise DuplicateIdError(f"{kind} {item.id!r} is there twice; ids must be unique", kind=kind, id=item.id)
        found[item.id] = item
    return found


def _check_provider(unit: Unit, providers: Mapping[str, Provider]) -> None:
    if unit.provider_id not in providers:
        raise UnknownReferenceError(
            f"unit {unit.id} belongs to provider {unit.provider_id!r}, which is not known; add the provider",
            unit=unit.id,
            provider=unit.provider_id,
        )


def start_location(unit: Unit) -> Location:
    """Where a unit's next trip starts: where it will be free, else where it is."""
    if unit.status is UnitStatus.BUSY and unit.free_location is not None:
        return unit.free_location
    return unit.location


def snap_units(region: Region, policy: Policy, units: Sequence[Unit]) -> Positions:
    """Where the next trip of each unit starts; raises the error of the first that cannot be used, naming it."""
    places = [start_location(unit) for unit in units]
    if not places:
        empty = np.empty(0)
        return _frozen_positions(Positions(np.empty(0, np.int32), empty, empty, empty, empty))
    positions, errors = positions_each(region.snapper, query_of(places), policy.limits.max_snap_m)
    if errors:
        row = min(errors)
        raise _of_unit(errors[row], units[row].id)
    return _frozen_positions(positions)


def _of_unit(error: TowlineError, unit_id: str) -> TowlineError:
    return error.about(f"unit {unit_id}", unit=unit_id)


def _turning(positions: Positions) -> Int32:
    """[k] a writable copy of what turning back costs."""
    back = positions.turn_back_ms
    return np.zeros(len(positions), np.int32) if back is None else np.array(back)


def _frozen_positions(positions: Positions) -> Positions:
    return Positions(
        frozen(positions.arc, np.int32),
        *(frozen(getattr(positions, name), np.float64) for name in ("fraction", "lon", "lat", "distance_m")),
        turn_back_ms=None if positions.turn_back_ms is None else frozen(positions.turn_back_ms, np.int32),
    )
