"""Incidents, checked, snapped, promised and labelled: what the search for units starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from engine.cost import check_range, left_cost, weight_vector
from engine.cover_lost.lost import cover_lost
from engine.decision import Promise
from engine.errors import DuplicateIdError, PinConflictError, TimeError, UnknownReferenceError
from engine.fleet.cells import unit_vectors
from engine.fleet.state import FleetState
from engine.fleet.targets import target_labels, target_places
from engine.jobs.check import check_incident
from engine.jobs.numbers import JobNumbers
from engine.jobs.triage import weights_of
from engine.locating import locate
from engine.model import Incident, UnitStatus, bits
from engine.policy import Policy
from engine.promise import PromiseTable
from engine.times import require_near, require_zone, to_ms
from engine.tours.size import ROOM_MS
from graphs.errors import InputError
from graphs.metrics import MetricView
from graphs.network import Float64, Int32, Int64, UInt8
from graphs.position import Positions
from graphs.search import Labels
from graphs.search.arrays import frozen
from graphs.snapping.located import Located

#: A caller's clock may run ahead of ours by this much before "received in the future" is an error.
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, eq=False)
class Intake:
    """``n`` incidents against one fleet state; times in ms relative to now."""

    incidents: tuple[Incident, ...]
    promises: tuple[Promise, ...]
    now: datetime
    now_ms: int
    latest_ms: int  # the policy's longest wait; `jobs` has each incident's own
    positions: Positions
    located: Located  # the same places, with how sure they are and their rivals
    labels: Labels  # from the ancestors to each incident
    need: Int64  # services and capabilities, as bits
    priority: Float64  # weight
    due_ms: Int64
    announced: Int64  # row of the unit it was announced with, or -1
    announced_works: UInt8  # that unit is busy with this very incident, hence can go on
    allowed_first: Int64  # [n + 1] territories that hold incident i are allowed_id[first[i]:first[i + 1]]
    allowed_id: Int32
    places: tuple[np.ndarray, ...]  # arc, twin, fraction, ms to drive the arc, the same of the twin
    here: Float64  # [n, 3] on the unit sphere
    jobs: JobNumbers  # windows, drop-offs and work
    cover: Int64 | None  # [units] what sending each leaves uncovered, in milli-minutes; None: the policy does not ask
    counts_cover: UInt8  # [n] 1 where that counts
    barred: Mapping[int, Int64] = field(
        default_factory=dict
    )  # rows of units that are not to be sent, of some incidents

    def __len__(self) -> int:
        return len(self.incidents)

    def allowed_at(self, index: int) -> Int32:
        """Numbers of the territories that hold incident `index`."""
        return self.allowed_id[self.allowed_first[index] : self.allowed_first[index + 1]]

    def standing(self, quality_and_rotation: Int64) -> Int64:
        """[1 or 2, units] what a unit costs wherever it goes: without cover, and where there is any with it."""
        if self.cover is None:
            return frozen(quality_and_rotation[None, :], np.int64)
        return frozen(np.stack([quality_and_rotation, quality_and_rotation + self.cover]), np.int64)

    def cover_cost(self, index: int, row: int) -> int:
        """What sending a unit to incident `index` leaves uncovered."""
        return 0 if self.cover is None else int(self.cover[row]) * int(self.counts_cover[index])

    def longest_wait_ms(self, index: int) -> int:
        """The latest arrival, ms from now, of a unit that a person decided on; the customer's own may be sooner."""
        jobs = self.jobs
        return max(int(jobs.latest_ms[index]), int(jobs.earliest_ms[index]) + self.latest_ms)

    def left_costs(self, policy: Policy) -> Int64:
        """[n] what leaving each incident costs."""
        jobs, weights = self.jobs, weight_vector(policy)
        columns = (self.priority, self.due_ms, jobs.latest_ms, jobs.earliest_ms, jobs.revenue)
        return np.array([left_cost(weights, *values) for values in zip(*columns, strict=True)], np.int64)

    def under(self, state: FleetState) -> Intake:
        """The same incidents under the metric of `state`, which is the same fleet."""
        return replace(
            self,
            labels=target_labels(state.region, state.metric, self.positions),
            places=target_places(state.region.network, state.metric, self.positions),
        )

    @staticmethod
    def of(
        incidents: Sequence[Incident],
        state: FleetState,
        promises: PromiseTable,
        now: datetime,
        view: MetricView | None = None,
    ) -> Intake:
        """Take in incidents; the first that cannot be used raises its own typed error, naming it."""
        now = require_zone(now, field="now")
        _check(incidents, state, now)
        policy = state.policy
        located = _locate(incidents, state)
        positions = located.positions
        made = tuple(
            promises.promise(incident, int(arc), float(x), float(y))
            for incident, arc, x, y in zip(incidents, positions.arc, positions.lon, positions.lat, strict=True)
        )
        now_ms, latest_ms = to_ms(now), round(policy.limits.max_wait_minutes * 60_000)
        highway = [promises.on_highway(int(arc)) for arc in positions.arc]
        priority = np.array(weights_of(policy, incidents, highway, int(state.arrays.can_work.sum())), np.float64)
        due_ms = np.array([to_ms(p.due_at) - now_ms for p in made], np.int64)
        jobs = JobNumbers.of(incidents, state, positions, now_ms, view)
        most = np.maximum(jobs.latest_ms, jobs.earliest_ms + latest_ms)
        for incident, weight, due, latest in zip(incidents, priority, due_ms, most, strict=True):
            check_range(policy, float(weight), int(due), int(latest), incident.id)
        announced = np.array(
            [-1 if i.assigned_unit_id is None else state.row_of[i.assigned_unit_id] for i in incidents], np.int64
        )
        return Intake(
            incidents=tuple(incidents),
            promises=made,
            now=now,
            now_ms=now_ms,
            latest_ms=latest_ms,
            positions=positions,
            located=located,
            labels=target_labels(state.region, state.metric, positions),
            need=np.array([bits([i.service], i.requires) for i in incidents], np.int64),
            priority=priority,
            due_ms=due_ms,
            announced=announced,
            announced_works=np.array([row >= 0 and _on_its_job(state, row) for row in announced], np.uint8),
            **_allowed(incidents, state, positions),
            places=target_places(state.region.network, state.metric, positions),
            here=unit_vectors(positions.lon, positions.lat),
            jobs=jobs,
            cover=_cover(incidents, state, now, view, announced),
            counts_cover=_counts_cover(state, highway, jobs),
            barred=_barred(incidents, state),
        )


def _barred(incidents: Sequence[Incident], state: FleetState) -> dict[int, Int64]:
    """Rows of the units that refused an incident; incidents that nobody refused are not in it."""
    rows = {i: [state.row_of[u] for u in item.refused if u in state.row_of] for i, item in enumerate(incidents)}
    return {i: np.array(found, np.int64) for i, found in rows.items() if found}


def _cover(
    incidents: Sequence[Incident], state: FleetState, now: datetime, view: MetricView | None, announced: Int64
) -> Int64 | None:
    """[units] what sending each leaves uncovered, by the traffic of now; pinned ones are no cover to anybody."""
    if state.reach is None:
        return None
    pinned = np.array([incident.pinned for incident in incidents], bool)
    under = state if view is None else state.under(view.at(now)[1])
    return cover_lost(under, to_ms(now), announced[pinned])


def _counts_cover(state: FleetState, on_highway: Sequence[bool], jobs: JobNumbers) -> UInt8:
    """[n] all but bookings for much later, which take nobody away now, and highways unless the policy counts them."""
    counts = (jobs.earliest_ms <= ROOM_MS) & (state.reach is not None)
    if not state.policy.coverage.on_highways:
        counts &= ~np.array(on_highway, bool)
    return counts.astype(np.uint8)


def _check(incidents: Sequence[Incident], state: FleetState, now: datetime) -> None:
    seen: set[str] = set()
    pinned: dict[str, str] = {}
    for incident in incidents:
        if not incident.id:
            raise InputError("an incident has no id; give every incident a unique one")
        if incident.id in seen:
            raise DuplicateIdError(f"incident {incident.id!r} is there twice; ids must be unique", id=incident.id)
        seen.add(incident.id)
        received = require_near(
            require_zone(incident.received_at, field=f"incident {incident.id}: received_at"),
            now,
            field=f"incident {incident.id}: received_at",
        )
        if received > now + CLOCK_SKEW:
            raise TimeError(
                f"incident {incident.id}: received_at {received.isoformat()} lies in the future of now "
                f"({now.isoformat()}); check the clock or the zone",
                incident=incident.id,
                received_at=received.isoformat(),
                now=now.isoformat(),
            )
        if incident.due_at is not None:
            require_near(
                require_zone(incident.due_at, field=f"incident {incident.id}: due_at"),
                now,
                field=f"incident {incident.id}: due_at",
            )
        check_incident(incident, now)
        unit_id = incident.assigned_unit_id
        if unit_id is not None and unit_id not in state.row_of:
            raise UnknownReferenceError(
                f"incident {incident.id} is assigned to unit {unit_id!r}, which is not among the units; add it or "
                "clear the assignment",
                incident=incident.id,
                unit=unit_id,
            )
        if not incident.pinned:
            continue
        if unit_id is None:
            raise InputError(
                f"incident {incident.id} is pinned but has no assigned unit; name the unit or clear the pin",
                incident=incident.id,
            )
        if unit_id in pinned:
            raise PinConflictError(
                f"incidents {pinned[unit_id]} and {incident.id} are both pinned to unit {unit_id}; a unit serves one",
                unit=unit_id,
                incident=incident.id,
                incidents=f"{pinned[unit_id]}, {incident.id}",
                field="assigned_unit_id",
            )
        pinned[unit_id] = incident.id


def _locate(incidents: Sequence[Incident], state: FleetState) -> Located:
    places = [incident.location for incident in incidents]
    located = locate(state.region.snapper, places, state.policy.limits.max_snap_m)
    if located.errors:
        index = min(located.errors)
        where = incidents[index].id
        raise located.errors[index].about(f"incident {where}", incident=where)
    return located


def _on_its_job(state: FleetState, row: int) -> bool:
    unit = state.units[row]
    return unit.status is UnitStatus.BUSY and unit.free_at is None


def _allowed(incidents: Sequence[Incident], state: FleetState, positions: Positions) -> dict[str, Any]:
    ways = state.region.network.arc_way[positions.arc].tolist()
    found = [state.territories.holding(incident.location, way) for incident, way in zip(incidents, ways, strict=True)]
    first = np.concatenate([[0], np.cumsum([len(ids) for ids in found], dtype=np.int64)]).astype(np.int64)
    ids = np.array([number for ids in found for number in ids], np.int32)
    return {"allowed_first": first, "allowed_id": ids}
