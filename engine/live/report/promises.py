"""One promise: kept, broken, or over before it was due. A re-opened incident has had several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.live.report.causes import Cause, Expectations, lost
from engine.live.report.slim import ORDER, THERE, SlimIncident, SlimLeg, Step


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise and what became of it until ``ended_at``: the arrival, else the close, else the report's moment."""

    incident: str
    opening: int  # 0, and one more each time it was re-opened
    received_at: datetime
    begins_at: datetime  # what the promise counts from
    due_at: datetime
    ended_at: datetime
    arrived: bool
    service: str
    unit: str
    provider: str
    lon: float
    lat: float
    road: str
    purged: bool

    @property
    def late(self) -> timedelta:
        """After the promise; of those that nobody reached as far as is known."""
        return max(timedelta(0), self.ended_at - self.due_at)

    @property
    def broken(self) -> bool:
        return self.ended_at > self.due_at


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken promise, why, and by cause where the time went."""

    promised: Promised
    cause: Cause
    lost: Mapping[Cause, timedelta]


def promised(record: SlimIncident, now: datetime, start: datetime | None = None) -> Promised | None:
    """The promise of an incident as it stands, opened at ``start``; None for one that was never filed."""
    if record.need is None or record.promise is None or not record.legs:
        return None
    start = start or record.reopened_at or record.received_at
    begins = start if record.need.earliest is None else max(start, record.need.earliest)
    leg = record.legs[critical(record.legs)]
    arrived = leg.state in THERE and leg.arrives_at is not None
    ended = leg.arrives_at if arrived and leg.arrives_at is not None else record.closed_at or now
    place = record.need.location
    return Promised(
        incident=record.id,
        opening=record.reopened,
        received_at=start,
        begins_at=begins,
        due_at=record.promise.due_at,
        ended_at=ended,
        arrived=arrived,
        service=record.need.service,
        unit=leg.unit,
        provider=leg.provider,
        lon=place.lon,
        lat=place.lat,
        road=place.road,
        purged=record.purged_at is not None,
    )


def critical(legs: Sequence[SlimLeg]) -> int:
    """The leg that decides: the one least far, and of those that are there the one that came last."""

    def last(k: int) -> tuple[int, float]:
        leg = legs[k]
        if leg.state not in THERE or leg.arrives_at is None:
            return ORDER.index(leg.state), 0.0
        return len(ORDER), -leg.arrives_at.timestamp()

    return min(range(len(legs)), key=last)


def openings(steps: Sequence[Step]) -> list[list[Step]]:
    """The events of one incident, divided where it was re-opened."""
    found: list[list[Step]] = [[]]
    for step in steps:
        if step.kind == "incident_reopened":
            found.append([])
        found[-1].append(step)
    return found


def explained(
    steps: Sequence[Step], expectations: Expectations, now: datetime
) -> tuple[Promised, Broken | None] | None:
    """What became of the promise of one opening; `expectations` by event, from its decisions."""
    again = steps[0].at if steps[0].kind == "incident_reopened" else None
    made = promised(steps[-1].after, now, again)
    if made is None:
        return None
    if not made.broken:
        return made, None
    k = critical(steps[-1].after.legs)
    where = lost(steps, k, made.received_at, made.begins_at, made.due_at, made.ended_at, made.arrived, expectations)
    worst = max(where.values(), default=timedelta(0))
    cause = next((each for each in Cause if where.get(each) == worst > timedelta(0)), Cause.OTHER)
    return made, Broken(made, cause, where)
