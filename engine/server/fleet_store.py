"""The fleet of one region as the server keeps it: one writer at a time, readers never wait.

Every change builds a new immutable snapshot and swaps it in; whoever reads holds the snapshot it began with.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.dispatch import Dispatcher
from engine.errors import (
    DuplicateIdError,
    NotFoundError,
    ProviderInUseError,
    UnknownReferenceError,
)
from engine.fleet import FleetState
from engine.fleet.state import snap_units
from engine.live.engagements import Engagement
from engine.locating import positions_each, query_of
from engine.model import Fleet, Location, Provider, Unit, UnitStatus
from engine.server.gate import busy
from engine.server.names import check_id, provider_name, unit_name
from engine.server.positions import PositionColumns, Seen, future_error, judge, latest_of, put_on_roads, stale_error
from graphs.errors import TowlineError


@dataclass(frozen=True)
class FleetSnapshot:
    """All that is known of a fleet at one moment."""

    state: FleetState  # units that work on incidents which the server keeps are busy here
    observed: Mapping[str, datetime]  # by unit id, when its position was observed; absent: never reported
    engaged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by unit id, its incidents, in turn
    declared: Mapping[str, Unit] = field(default_factory=dict)  # of these units, what was stored of them

    @property
    def providers(self) -> Mapping[str, Provider]:
        return self.state.providers

    def find(self, unit_id: str) -> Unit | None:
        """A unit as it was stored, where it was last seen."""
        found = find_unit(self.state, unit_id)
        told = self.declared.get(unit_id)
        return found if told is None or found is None else replace(told, location=found.location)

    def provider(self, region: str, provider_id: str) -> Provider:
        """NotFoundError when there is none."""
        found = self.providers.get(provider_id)
        if found is None:
            raise not_found(provider_name(region, provider_id))
        return found

    def unit(self, region: str, provider_id: str, unit_id: str) -> Unit:
        """NotFoundError when there is none of that provider."""
        found = self.find(unit_id)
        if found is None or found.provider_id != provider_id:
            raise not_found(unit_name(region, provider_id, unit_id))
        return found

    def provider_ids(self) -> list[str]:
        return sorted(self.providers)

    def unit_ids(self, provider_id: str | None) -> list[str]:
        """Of one provider, or of all."""
        return sorted(item.id for item in self.state.units if provider_id in (None, item.provider_id))


@dataclass(frozen=True, slots=True)
class Staged:
    """A change of the fleet that was checked and prepared, and is shown to nobody yet."""

    fresh: FleetSnapshot
    units: tuple[Unit, ...] = ()  # as they are stored
    providers: tuple[Provider, ...] = ()
    removed_units: tuple[Unit, ...] = ()
    removed_providers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One reported position."""

    provider_id: str
    unit_id: str
    location: Location
    observed_at: datetime


class FleetStore:
    """Snapshots and the lock of their one writer."""

    def __init__(
        self,
        region: str,
        dispatcher: Dispatcher,
        fleet: Fleet | None = None,
        wait_s: float = 10.0,
        observed: Mapping[str, datetime] | None = None,
    ) -> None:
        """A writer waits for others at most ``wait_s``; ``observed``: when units were seen where they are.

        Raises what `Dispatcher.prepare` raises about the fleet.
        """
        self._region, self._dispatcher = region, dispatcher
        self._snapshot = FleetSnapshot(dispatcher.prepare(fleet or Fleet()), dict(observed or {}))
        for provider in self._snapshot.providers.values():
            check_id(provider.id, "provider")
        for unit in self._snapshot.state.units:
            check_id(unit.id, "unit")
        self._writer = threading.RLock()
        self._wait_s = wait_s
        self._staging: list[Staged] | None = None  # of the thread that holds the lock
        #: Told of units that came, went, moved or were replaced, once the snapshot shows it; must be quick.
        self.on_change: Callable[[Iterable[str]], None] = lambda _: None
        #: Called between steps of work that can wait: it returns when nobody waits for more urgent work, or soon.
        self.give_way: Callable[[], None] = lambda: None
        #: Told how many positions were reported, by the reason why they were refused, "" for those that were not.
        self.on_report: Callable[[Mapping[str, int]], None] = lambda _: None

    @property
    def snapshot(self) -> FleetSnapshot:
        return self._snapshot

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Within, nobody else changes the fleet; BusyError when others take too long. May be nested."""
        if not self._writer.acquire(timeout=self._wait_s):
            raise busy("the fleet is being changed by others", f"changes of {self._region}", self._wait_s)
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def staging(self) -> Generator[list[Staged], None, None]:
        """Within, nobody else changes the fleet, and what this thread changes is collected: `publish` shows it."""
        with self.writing():
            self._staging = []
            try:
                yield self._staging
            finally:
                self._staging = None

    def publish(self, staged: Staged) -> None:
        """Show a change that was staged; while its lock is still held, from whichever thread."""
        self._snapshot = staged.fresh
        self.on_change([unit.id for unit in (*staged.units, *staged.removed_units)])

    def change(self, make: Callable[[FleetSnapshot], tuple[FleetSnapshot, Iterable[str]]]) -> None:
        """Show what ``make`` makes of the fleet as it is; it names the units that are others then."""
        with self.writing():
            self._show(*make(self._snapshot))

    def reset(self, fleet: Fleet, observed: Mapping[str, datetime]) -> None:
        """Begin again with another fleet."""
        self.change(lambda _: (FleetSnapshot(self._dispatcher.prepare(fleet), dict(observed)), ()))

    def upsert_providers(self, providers: Sequence[Provider], *, validate_only: bool) -> None:
        """Add providers or replace those of the same id; all or none."""
        with self.writing():
            old = self._snapshot
            fresh = replace(old, state=old.state.updated(providers=providers))
            known = old.state.providers
            news = tuple(provider for provider in providers if known.get(provider.id) != provider)
            self._swap(Staged(fresh, providers=news), validate_only)

    def upsert_units(self, units: Sequence[Unit], now: datetime, *, validate_only: bool) -> FleetSnapshot:
        """Add units or replace those of the same id, all or none; the snapshot that this gives.

        A known unit that gets another location was there ``now``: what was observed before comes too late.
        """
        with self.writing():
            old = self._snapshot
            moved: dict[str, datetime] = {}
            for index, unit in enumerate(units):
                self._check_provider(old, unit, f"units[{index}].name")
                known = old.find(unit.id)
                if known is not None and known.location != unit.location:
                    moved[unit.id] = now
            told = {unit.id: unit for unit in units if unit.id in old.engaged}
            snap_units(old.state.region, old.state.policy, list(told.values()))  # where they are once they are free
            kept = [still_busy(unit, old.state) if unit.id in told else unit for unit in units]
            fresh = replace(
                old,
                state=old.state.updated(units=kept),
                observed={**old.observed, **moved} if moved else old.observed,
                declared={**old.declared, **told} if told else old.declared,
            )
            news = tuple(unit for unit in units if old.find(unit.id) != unit)
            self._swap(Staged(fresh, units=news), validate_only)
            return fresh

    def engage(self, changes: Mapping[str, Engagement | None]) -> None:
        """Make units busy with incidents, or free of them (None); those that are not known are passed over."""
        with self.writing():
            old = self._snapshot
            engaged, declared = dict(old.engaged), dict(old.declared)
            units: list[Unit] = []
            for unit_id, change in changes.items():
                found = find_unit(old.state, unit_id)
                if found is None:
                    continue
                told = declared.pop(unit_id, found)
                engaged.pop(unit_id, None)
                if change is None:
                    units.append(replace(told, location=found.location))
                else:
                    engaged[unit_id], declared[unit_id] = change.incidents, told
                    units.append(_busy(told, found.location, change))
            if units:
                state = old.state.updated(units=units)
                self._show(replace(old, state=state, engaged=engaged, declared=declared))

    def delete_provider(self, provider_id: str, *, force: bool, validate_only: bool) -> int:
        """Remove a provider and, with ``force``, its units; how many those were."""
        with self.writing():
            old = self._snapshot
            old.provider(self._region, provider_id)
            gone = old.unit_ids(provider_id)
            if gone and not force:
                name = provider_name(self._region, provider_id)
                raise ProviderInUseError(
                    f"{name} still has {len(gone)} units; delete them first or set force",
                    name=name,
                    unit_count=len(gone),
                )
            state = old.state.updated(removed_providers={provider_id})
            units = tuple(unit for key in gone if (unit := old.find(key)) is not None)
            staged = Staged(without(old, state, gone), removed_units=units, removed_providers=(provider_id,))
            self._swap(staged, validate_only)
            return len(gone)

    def delete_unit(self, provider_id: str, unit_id: str, *, validate_only: bool) -> None:
        """Remove a unit."""
        with self.writing():
            old = self._snapshot
            unit = old.unit(self._region, provider_id, unit_id)
            state = old.state.updated(removed_units={unit_id})
            self._swap(Staged(without(old, state, [unit_id]), removed_units=(unit,)), validate_only)

    def report(
        self,
        reports: Sequence[Report | TowlineError],
        now: datetime,
        *,
        validate_only: bool,
        wall: datetime | None = None,
    ) -> dict[int, TowlineError]:
        """Move units; by index, the reports that cannot be used and why. Errors in place of a report pass through.

        ``wall``: the machine's time, where it may be another: nobody reports from the future of both. What is known
        from there was told by a clock that was wrong, and keeps nobody from reporting.
        """
        latest = latest_of(now, wall)
        with self.writing():
            old = self._snapshot
            refused: dict[int, TowlineError] = {}
            good: list[tuple[int, Report]] = []
            for index, item in enumerate(reports):
                if isinstance(item, TowlineError):
                    refused[index] = item
                elif problem := self._problem(old, item, latest):
                    refused[index] = problem
                else:
                    good.append((index, item))
            for position, error in self._off_map([item for _, item in good]).items():
                refused[good[position][0]] = error
            good = self._latest([pair for pair in good if pair[0] not in refused], refused)
            if not validate_only:
                self._show(self.moved(old, [item for _, item in good]), [item.unit_id for _, item in good])
                self.on_report(Counter([error.reason for error in refused.values()] + [""] * len(good)))
            return refused

    def see(
        self,
        positions: PositionColumns,
        now: datetime,
        own: str | None,
        *,
        list_first: int,
        wall: datetime | None = None,
    ) -> Seen:
        """Move units to where they were seen; the others are counted by reason, and the first of them listed.

        The same rules as those of `report`, for thousands at a time; ``own``: units of that provider alone are known.
        """
        self.give_way()
        placed = put_on_roads(positions, self._dispatcher, now)
        self.give_way()
        with self.writing():
            old = self._snapshot
            seen = judge(
                placed,
                old.state,
                old.observed,
                now,
                region=self._region,
                own=own,
                list_first=list_first,
                latest=latest_of(now, wall),
            )
            if seen.units:
                self.give_way()
                state = old.state.seen(seen.rows, seen.places, seen.positions)
                observed = {**old.observed, **dict(zip(seen.units, seen.observed, strict=True))}
                self.give_way()
                self._show(replace(old, state=state, observed=observed), seen.units)
            self.on_report({**seen.refused, "": len(seen.units)})
            return seen

    def _off_map(self, reports: list[Report]) -> Mapping[int, TowlineError]:
        """By index, why a place cannot be used."""
        if not reports:
            return {}
        query, limit_m = query_of([item.location for item in reports]), self._dispatcher.policy.limits.max_snap_m
        return positions_each(self._dispatcher.region.snapper, query, limit_m)[1]

    @staticmethod
    def moved(old: FleetSnapshot, reports: list[Report]) -> FleetSnapshot:
        """The snapshot with units where they were seen."""
        if not reports:
            return old
        state = old.state.moved_to([item.unit_id for item in reports], [item.location for item in reports])
        seen = {item.unit_id: item.observed_at for item in reports}
        return replace(old, state=state, observed={**old.observed, **seen})

    def _problem(self, old: FleetSnapshot, report: Report, latest: datetime) -> TowlineError | None:
        name = unit_name(self._region, report.provider_id, report.unit_id)
        try:
            old.unit(self._region, report.provider_id, report.unit_id)
        except NotFoundError as error:
            return error
        if report.observed_at > latest:
            return future_error(name, report.observed_at)
        known_at = old.observed.get(report.unit_id)
        stale = known_at is not None and report.observed_at < known_at <= latest
        return stale_error(name, report.observed_at, known_at) if stale and known_at else None

    def _latest(self, good: list[tuple[int, Report]], refused: dict[int, TowlineError]) -> list[tuple[int, Report]]:
        """Of several reports for one unit the latest (of equals the last); the others go to ``refused``."""
        best: dict[str, tuple[int, Report]] = {}
        for index, report in good:
            known = best.get(report.unit_id)
            if known is not None:
                earlier = known if report.observed_at >= known[1].observed_at else (index, report)
                later = (index, report) if earlier is known else known
                name = unit_name(self._region, report.provider_id, report.unit_id)
                refused[earlier[0]] = stale_error(name, earlier[1].observed_at, later[1].observed_at)
                best[report.unit_id] = later
            else:
                best[report.unit_id] = (index, report)
        return sorted(best.values(), key=lambda pair: pair[0])

    def _check_provider(self, old: FleetSnapshot, unit: Unit, field: str) -> None:
        if unit.provider_id not in old.providers:
            name = provider_name(self._region, unit.provider_id)
            raise UnknownReferenceError(f"{field}: there is no {name}; add it first", field=field, name=name)
        known = old.find(unit.id)
        if known is not None and known.provider_id != unit.provider_id:
            name = unit_name(self._region, known.provider_id, known.id)
            raise DuplicateIdError(
                f"{field}: the id {unit.id!r} belongs to {name}; unit ids are unique in a region; delete that first",
                field=field,
                name=name,
            )

    def _swap(self, staged: Staged, validate_only: bool) -> None:
        if validate_only:
            return
        self._dispatcher.label(staged.fresh.state)
        if self._staging is None:
            self.publish(staged)
        else:
            self._staging.append(staged)

    def _show(self, fresh: FleetSnapshot, moved: Iterable[str] = ()) -> None:
        """Telemetry: shown at once."""
        self._dispatcher.label(fresh.state)
        self._snapshot = fresh
        self.on_change(moved)


def find_unit(state: FleetState, unit_id: str) -> Unit | None:
    row = state.row_of.get(unit_id)
    return None if row is None else state.units[row]


def not_found(name: str) -> NotFoundError:
    return NotFoundError(f"there is no {name} on this server", name=name)


def without(old: FleetSnapshot, state: FleetState, gone: Sequence[str]) -> FleetSnapshot:
    """The snapshot with a state that units have gone from."""
    removed = set(gone)

    def kept(known: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in known.items() if key not in removed}

    return FleetSnapshot(state, kept(old.observed), kept(old.engaged), kept(old.declared))


def _busy(told: Unit, location: Location, change: Engagement) -> Unit:
    return replace(
        told,
        location=location,
        status=UnitStatus.OFF_DUTY if told.status is UnitStatus.OFF_DUTY else UnitStatus.BUSY,
        free_at=change.free_at,
        free_location=change.free_location,
    )


def still_busy(unit: Unit, state: FleetState) -> Unit:
    """A unit as it is stored anew, busy with what it was busy with."""
    busy = state.units[state.row_of[unit.id]]
    off = unit.status is UnitStatus.OFF_DUTY
    status = UnitStatus.OFF_DUTY if off else UnitStatus.BUSY
    return replace(unit, status=status, free_at=busy.free_at, free_location=busy.free_location)
