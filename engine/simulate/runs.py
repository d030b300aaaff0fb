"""Units and incidents while a day runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum

from engine.model import Incident, Location, Unit, UnitStatus
from engine.simulate.day import Call
from engine.times import from_ms


class Phase(Enum):
    """What a unit does."""

    OFF = "off duty"
    FREE = "free"
    MOBILISING = "mobilising"  # told where to go, not gone yet
    DRIVING = "driving"
    WORKING = "working"
    PAUSED = "paused"  # declined an incident


class Stage(Enum):
    """How far an incident is. The last three are ends."""

    WAITING = "waiting"
    SENT = "sent"  # its unit mobilises
    UNDER_WAY = "under way"
    BEING_SERVED = "being served"
    SERVED = "served"
    CANCELLED = "cancelled"
    OPEN = "open at the end"


OPEN_STAGES = (Stage.WAITING, Stage.SENT)


@dataclass(slots=True)
class UnitRun:
    """One unit; times in ms since 1970."""

    unit: Unit  # as generated, at its base
    phase: Phase = Phase.OFF
    place: Location | None = None  # where it is, or set off from
    incident_id: str | None = None
    since_ms: int = 0  # of the phase
    ready_ms: int = 0  # when it has mobilised
    free_ms: int = 0  # when dispatch expects it to be free again
    ends_at: Location | None = None  # where that will be
    shift_ends_ms: int = 0
    stamp: int = 0
    attempts: dict[str, int] = field(default_factory=dict)  # how often it was asked, by incident

    def seen(self) -> Unit:
        """The unit as dispatch sees it."""
        place = self.place or self.unit.location
        unit = replace(self.unit, shift_end=from_ms(self.shift_ends_ms)) if self.shift_ends_ms else self.unit
        if self.phase is Phase.OFF:
            return replace(unit, location=place, status=UnitStatus.OFF_DUTY)
        if self.phase is Phase.FREE:
            return replace(unit, location=place, status=UnitStatus.AVAILABLE)
        busy = replace(unit, location=place, status=UnitStatus.BUSY)
        if self.phase is Phase.MOBILISING:  # what is left of mobilising counts, whoever it goes to
            return replace(busy, free_at=from_ms(self.ready_ms), mobilisation=timedelta(0))
        if self.phase is Phase.PAUSED:  # nobody knows for how long
            return busy
        return replace(busy, free_at=from_ms(self.free_ms), free_location=self.ends_at)


@dataclass(slots=True)
class IncidentRun:
    """One incident; times in ms since 1970, None until it happens."""

    call: Call
    incident: Incident  # as filed, with its promise
    promise_class: str
    due_ms: int
    received_ms: int
    stage: Stage = Stage.WAITING
    unit_id: str | None = None  # sent, under way or serving
    sent_ms: int | None = None  # first time
    departed_ms: int | None = None
    arrived_ms: int | None = None
    ended_ms: int | None = None
    eta_ms: int = 0  # expected travel of the drive that was made
    travel_ms: int = 0  # actual; until the unit turned back, when the customer gave up
    price: float = 0.0
    changes: int = 0  # of an announced unit
    declines: int = 0
    stamp: int = 0

    @property
    def is_open(self) -> bool:
        """Whether a unit may still be chosen for it."""
        return self.stage in OPEN_STAGES

    def seen(self) -> Incident:
        """The incident as dispatch sees it, with the unit it was announced with."""
        return self.incident if self.unit_id is None else replace(self.incident, assigned_unit_id=self.unit_id)
