"""One job: it starts somewhere, takes time, ends somewhere, and somebody with the right equipment must do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.jobs.kinds import JobKind
from engine.model import Garage, Location, Service


@dataclass(frozen=True, slots=True)
class Spread:
    """A duration that is not certain: its mean and its standard deviation."""

    mean: timedelta
    deviation: timedelta

    def __add__(self, other: Spread) -> Spread:
        """One after the other, independent."""
        variance = self.deviation.total_seconds() ** 2 + other.deviation.total_seconds() ** 2
        return Spread(self.mean + other.mean, timedelta(seconds=variance**0.5))


NOTHING = Spread(timedelta(0), timedelta(0))


@dataclass(frozen=True, slots=True)
class Job:
    """What the optimiser sees of one unit's part in an incident. Costs are whole milli-minutes, as in docs/cost.md.

    The unit is occupied from its arrival (or `earliest`) for `service_time`, then for the drive to one of `ends` and
    `hand_over` there. Without ends it is free where the job started.
    """

    id: str  # the incident's; "…#2" for the second unit's job
    incident_id: str
    number: int  # of the incident's jobs, from 1
    kind: JobKind
    service: Service
    need: int  # services and capabilities as bits
    start: Location
    ends: tuple[Garage, ...]  # none: where it starts; one: given; several: the cheapest is chosen
    service_time: Spread
    hand_over: Spread  # nothing without ends
    earliest: datetime | None  # work does not begin before
    due_at: datetime  # the promise
    latest: datetime  # who would arrive later is not sent
    priority: float  # weight
    unserved_cost: int  # of leaving it, the revenue lost included

    @property
    def ends_elsewhere(self) -> bool:
        return bool(self.ends)
