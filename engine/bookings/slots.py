"""Which slots a booking can be offered, and what each would cost the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from engine.bookings.held_back import held_back
from engine.bookings.insertion import cheapest_insertions
from engine.decision import Reason, ReasonCode
from engine.dispatch import Dispatcher
from engine.errors import BookingError, DuplicateIdError, ValueRangeError
from engine.explain import why_unserved
from engine.fleet.scan import CAN_WORK
from engine.fleet.state import FleetState
from engine.jobs.expand import one_unit_each
from engine.model import Incident
from engine.queues.limits import MOST_JOBS, NONE
from engine.situation import Situation
from engine.stages import Checkpoint
from engine.texts import reason
from engine.times import from_ms, require_near, require_zone, to_ms
from engine.tours.numbers import TourNumbers, able_rows, tour_numbers
from engine.tours.size import Tours
from graphs.network import Int32, Int64

#: Slots in one question.
MOST_SLOTS = 200


@dataclass(frozen=True, slots=True)
class Slot:
    """One time at which work may begin, from ``start`` to ``latest``.

    ``cost`` is what the booking adds to the plan at the place where it adds least, in milli-minutes; the plan for all
    others stays as it is, so a plan made anew may add less.
    """

    start: datetime
    latest: datetime
    offered: bool
    cost: int | None  # None: nobody can
    unit_id: str | None
    arrives_at: datetime | None
    after: str | None  # the incident that the unit serves before
    reason: Reason | None  # why it is not offered


@dataclass(frozen=True, slots=True)
class SlotOffers:
    """All slots asked about, in order of time."""

    incident_id: str
    slots: tuple[Slot, ...]
    policy_version: str
    region_version: str
    metric_version: str


def slots_between(
    since: datetime, until: datetime, step: timedelta, window: timedelta
) -> list[tuple[datetime, datetime]]:
    """Slots of ``window`` length every ``step`` from ``since`` to before ``until``; ValueRangeError."""
    since, until = require_zone(since, field="since"), require_zone(until, field="until")
    if step < timedelta(minutes=1) or window <= timedelta(0):
        raise ValueRangeError(
            "a slot's step must be a minute or more, and its window above zero", field="step", value=step
        )
    if until <= since:
        raise ValueRangeError(
            f"until {until.isoformat()} is not after since {since.isoformat()}", field="until", value=until
        )
    count = -((since - until) // step)
    if count > MOST_SLOTS:
        raise ValueRangeError(
            f"that is {count:,} slots; ask for at most {MOST_SLOTS}, over less time or in longer steps",
            field="step",
            value=step,
        )
    return [(since + k * step, since + k * step + window) for k in range(count)]


def offer_slots(
    dispatcher: Dispatcher,
    booking: Incident,
    incidents: Sequence[Incident],
    state: FleetState,
    now: datetime,
    wanted: Sequence[tuple[datetime, datetime]],
    *,
    deadline_s: float | None = None,
    checkpoint: Checkpoint | None = None,
) -> SlotOffers:
    """For each (earliest, latest) begin of work, whether the booking can be offered, and at what marginal cost.

    ``incidents`` are those known now, other bookings among them. A slot is offered when somebody can take it, and when
    as many units stay free then as the policy holds back for those who will call (``[bookings]``). Raises what
    `Dispatcher.optimize` raises, and BookingError where the booking has times or a unit already, or needs several.
    """
    _check_wanted(booking)
    if any(incident.id == booking.id for incident in incidents):
        raise DuplicateIdError(
            f"incident {booking.id!r} is already among the others; leave it out", id=booking.id, field="booking"
        )
    for start, latest in wanted:
        require_near(require_zone(start, field="start"), now, field="start")
        require_near(require_zone(latest, field="latest"), now, field="latest")
    dispatcher.situation([booking], state, now)  # what is wrong with it is said of it, not of its trials
    plan = dispatcher.optimize(
        incidents, state, now, deadline_s=deadline_s, runners_up=0, checkpoint=checkpoint, tours=Tours.AUTO
    )
    begin = [max(start, now) for start, _ in wanted]
    trials = [
        replace(booking, id=f"{booking.id}@{k}", earliest=start, latest=max(start, latest))
        for k, (start, (_, latest)) in enumerate(zip(begin, wanted, strict=True))
    ]
    planned = {item.incident_id: item for item in plan.assignments}
    kept = [incident for incident in one_unit_each(incidents) if incident.id in planned]
    situation = dispatcher.situation([*kept, *trials], state, now)
    jobs = np.arange(len(situation.intake))
    row_of = [state.row_of[planned[incident.id].chosen.unit_id] for incident in kept]
    pins = {i: row for i, row in enumerate(row_of) if kept[i].pinned}
    numbers = tour_numbers(situation, jobs, able_rows(situation, jobs), pins, int(dispatcher.policy.tours.most_jobs))
    tours = PlannedTours(situation, numbers, row_of, [planned[incident.id].position for incident in kept])
    places = tours.insertions(jobs[len(kept) :])
    slots = []
    for k, (start, latest) in enumerate(wanted):
        job, found = len(kept) + k, places[k]
        needed = held_back(dispatcher.policy.bookings, begin[k], state.region.timezone)
        free = tours.free_at(situation, job, to_ms(begin[k]) - situation.intake.now_ms)
        why: Reason | None = None
        if latest < now:
            why = reason("slot_over")
        elif found is None:
            why = why_unserved(situation, job)
            why = reason("slot_full") if why.code is ReasonCode.CAPACITY else why
        elif needed and free <= needed:
            why = reason("held_back", free=free, needed=needed)
        slots.append(_slot(situation, tours, (start, latest), job, found, why))
    return SlotOffers(
        booking.id,
        tuple(slots),
        dispatcher.policy.version,
        state.region.metadata.version,
        situation.metric_version,
    )


def _check_wanted(booking: Incident) -> None:
    """Nothing that a slot would have to ignore."""
    for name in ("earliest", "latest", "due_at"):
        if getattr(booking, name) is not None:
            raise _refused(booking, name, f"{name} is the slot's to say; leave it out, or ask about slots around it")
    if booking.pinned or booking.assigned_unit_id is not None:
        raise _refused(booking, "assigned_unit_id", "a wanted booking has no unit yet; leave the unit and the pin out")
    if booking.units_needed > 1:
        told = f"slots are offered with one unit, it needs {booking.units_needed}; ask about each by itself"
        raise _refused(booking, "units_needed", told)


def _refused(booking: Incident, name: str, told: str) -> BookingError:
    return BookingError(f"booking {booking.id}: {told}", incident=booking.id, field=name)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one job costs least: at `place` (from 0) in the tour of unit `at`."""

    at: int
    place: int
    cost: int


class PlannedTours:
    """Tours as they are planned, in the rows of an instance."""

    def __init__(
        self, situation: Situation, numbers: TourNumbers, row_of: Sequence[int], position: Sequence[int]
    ) -> None:
        self.numbers, self._hired = numbers, situation.state.contractors[numbers.rows]
        units = numbers.instance.unit_count
        self.jobs, self.size = np.full((units, MOST_JOBS), NONE, np.int32), np.zeros(units, np.int32)
        at_of = {int(row): at for at, row in enumerate(numbers.rows)}
        for job, (row, place) in enumerate(zip(row_of, position, strict=True)):
            at = at_of[row]
            self.jobs[at, place - 1] = job
            self.size[at] = max(self.size[at], place)
        self._spells = [spell for at in np.flatnonzero(self.size) for spell in self.spells(int(at), self.jobs[at])]

    def spells(self, at: int, jobs: Int32) -> list[tuple[int, int, int, int]]:
        """(unit, when it leaves, arrives, is free again) of each job of a tour; ms from now."""
        instance, ready, before = self.numbers.instance, int(self.numbers.instance.ready_ms[at]), NONE
        spells = []
        for job in jobs[jobs >= 0].tolist():
            travel = int(instance.first_ms[at, job] if before < 0 else instance.between_ms[before, job])
            arrival = ready + travel
            left, ready = ready, max(arrival, int(instance.earliest_ms[job])) + int(instance.service_ms[job])
            leaves = max(left, int(instance.earliest_ms[job]) - travel)  # it may wait where it is until then
            spells.append((at, leaves, max(arrival, leaves + travel), ready))
            before = job
        return spells

    def insertions(self, wanted: Int64) -> list[_Place | None]:
        """Where each job costs least, None where nobody can take it; each by itself."""
        unit, place, cost = (np.full(wanted.size, NONE, np.int64) for _ in range(3))
        instance = self.numbers.instance
        taken = self._hired[:, None] & (self.size > 0)[:, None] & np.isin(np.arange(instance.job_count), wanted)
        if taken.any():  # a contractor's crew takes one incident
            instance = replace(instance, allowed=np.asarray(instance.allowed) & ~taken)
        cheapest_insertions(instance.arrays, self.jobs, self.size, wanted, unit, place, cost)
        found = zip(unit.tolist(), place.tolist(), cost.tolist(), strict=True)
        return [None if at < 0 else _Place(at, where, added) for at, where, added in found]

    def free_at(self, situation: Situation, job: int, ms: int) -> int:
        """Units that may serve a job and are neither busy nor off shift at a time from now."""
        instance, rows = self.numbers.instance, self.numbers.rows
        able = np.asarray(instance.allowed)[:, job] & (instance.ready_ms <= ms) & (instance.shift_end_ms >= ms)
        for at, leaves, _, ready in self._spells:
            if leaves <= ms < ready:
                able[at] = False
        working = situation.state.arrays.can_work[rows] == CAN_WORK
        return int((able & working).sum())


def _slot(
    situation: Situation,
    tours: PlannedTours,
    slot: tuple[datetime, datetime],
    job: int,
    place: _Place | None,
    why: Reason | None,
) -> Slot:
    start, latest = slot
    if place is None:
        return Slot(start, latest, False, None, None, None, None, why)
    intake, before = situation.intake, tours.jobs[place.at, : place.place]
    _, _, arrival, _ = tours.spells(place.at, np.append(before, job).astype(np.int32))[-1]
    return Slot(
        start=start,
        latest=latest,
        offered=why is None,
        cost=place.cost,
        unit_id=situation.state.units[int(tours.numbers.rows[place.at])].id,
        arrives_at=from_ms(intake.now_ms + arrival),
        after=intake.incidents[int(before[-1])].id if before.size else None,
        reason=why,
    )
