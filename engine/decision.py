"""What the engine answers: candidates, assignments, reasons, the plan and its cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from engine.snapped import SnappedLocation


@dataclass(frozen=True, slots=True)
class CostParts:
    """The named parts of one cost, each in whole milli-minutes (1/1000 minute); see docs/cost.md."""

    broken_promise: int = 0
    lateness: int = 0
    waiting: int = 0
    driving: int = 0
    tariff: int = 0
    plan_change: int = 0
    unserved: int = 0
    overtime: int = 0
    quality: int = 0
    acceptance: int = 0
    rotation: int = 0
    coverage: int = 0

    @property
    def total(self) -> int:
        return sum(cost_amounts(self))

    def __add__(self, other: CostParts) -> CostParts:
        return CostParts(*(getattr(self, part) + getattr(other, part) for part in COST_PARTS))


#: Names of the parts, in order; asked for with every candidate.
COST_PARTS: tuple[str, ...] = tuple(part.name for part in fields(CostParts))
#: The parts themselves, in that order.
cost_amounts: Callable[[CostParts], tuple[int, ...]] = attrgetter(*COST_PARTS)


class PromiseClass(StrEnum):
    """Which promise an incident gets, by the road it stands on."""

    URBAN = "urban"
    HIGHWAY = "highway"
    OTHER = "other"
    OVERRIDE = "override"  # the caller said how long, or an earlier promise stands


@dataclass(frozen=True, slots=True)
class Promise:
    """``due_at`` and why; stored at filing, never recomputed."""

    due_at: datetime
    promise_class: PromiseClass
    reason: str
    text: str = ""  # key of the reason in engine.texts; empty: it was written by hand
    details: dict[str, str] = field(default_factory=dict, compare=False)  # the variables in it


class ReasonCode(StrEnum):
    """Why a unit lost, why an incident is left over, or why a plan was solved as it was."""

    # why an incident is left over
    NO_CAPABLE_UNIT = "no_capable_unit"
    OUTSIDE_TERRITORIES = "outside_territories"
    NO_UNIT_ON_DUTY = "no_unit_on_duty"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too_late"
    CAPACITY = "capacity"
    PINNED_UNIT_UNAVAILABLE = "pinned_unit_unavailable"
    DEADLINE = "deadline"
    CONCESSION = "concession"
    SHIFT_ENDS = "shift_ends"
    DROP_OFF_UNREACHABLE = "drop_off_unreachable"
    NOT_PLANNED = "not_planned"
    KEPT_FOR_DUE = "kept_for_due"
    OFFERS_EXHAUSTED = "offers_exhausted"
    ALL_REFUSED = "all_refused"
    # why a runner-up lost
    BREAKS_PROMISE = "breaks_promise"
    ARRIVES_LATER = "arrives_later"
    DRIVES_FARTHER = "drives_farther"
    DEARER = "dearer"
    CHANGES_PLAN = "changes_plan"
    SERVES_OTHER = "serves_other"
    TIE = "tie"
    WORKS_OVERTIME = "works_overtime"
    LOWER_QUALITY = "lower_quality"
    MAY_DECLINE = "may_decline"
    HAD_ITS_SHARE = "had_its_share"
    LEAVES_UNCOVERED = "leaves_uncovered"
    # why a slot is not offered
    SLOT_OVER = "slot_over"
    SLOT_FULL = "slot_full"
    HELD_BACK = "held_back"
    # why a plan gives each unit one incident at most, or several
    ONE_EACH = "one_each"
    TOURS = "tours"


@dataclass(frozen=True, slots=True)
class Reason:
    """A machine-readable code, a plain sentence, and the variables in it; `engine.texts` says it in other languages."""

    code: ReasonCode
    message: str
    details: dict[str, str] = field(default_factory=dict)
    text: str = ""  # key of the sentence in engine.texts; empty: it was written by hand
    shown: dict[str, str] = field(default_factory=dict)  # shorter than the details, where the sentence is


@dataclass(frozen=True, slots=True)
class Candidate:
    """One unit for one incident: when it would arrive and what that costs."""

    unit_id: str
    provider_id: str
    departs_at: datetime  # free and mobilised
    arrives_at: datetime
    travel: timedelta
    slack: timedelta  # due_at - arrives_at; negative: the promise breaks
    cost: CostParts
    lost: Reason | None = None  # None for the chosen one
    promise_probability: float | None = None  # that the arrival is within the promise; None: nobody worked it out

    @property
    def promise_kept(self) -> bool:
        return self.slack >= timedelta(0)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One job on one unit."""

    incident_id: str
    promise: Promise
    chosen: Candidate
    runners_up: tuple[Candidate, ...] = ()
    previous_unit_id: str | None = None
    snapped: SnappedLocation | None = None  # where the incident was taken to be, when that is ambiguous
    position: int = 1  # among the jobs that the unit does one after the other
    after: str | None = None  # the incident that it serves before, when it is not the first

    @property
    def changed(self) -> bool:
        return self.previous_unit_id is not None and self.previous_unit_id != self.chosen.unit_id


@dataclass(frozen=True, slots=True)
class Unserved:
    """An incident without a unit, and exactly why."""

    incident_id: str
    promise: Promise
    reason: Reason
    cost: CostParts
    previous_unit_id: str | None = None
    snapped: SnappedLocation | None = None  # as in Assignment


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to a batch: every incident is in `assignments` or in `unserved`.

    ``gap`` is in milli-minutes: no plan with the same pins can cost less than ``cost.total - gap``; 0 means proven
    optimal. With ``why`` ONE_EACH that is among plans of one incident a unit.
    """

    now: datetime
    assignments: tuple[Assignment, ...]
    unserved: tuple[Unserved, ...]
    cost: CostParts
    gap: int
    solver: str
    policy_version: str
    region_version: str
    metric_version: str = "free-flow"  # all metrics that travel times come from, joined by "+"
    durations: dict[str, timedelta] = field(default_factory=dict)  # by stage
    why: Reason | None = None  # why it was solved so, and not with more or fewer jobs a unit

    @property
    def share_unproven(self) -> float:
        """The gap as a share of the cost, 0 to 1."""
        return self.gap / self.cost.total if self.cost.total > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The answer for one incident: the best unit and its rivals, or the reason why there is none."""

    incident_id: str
    promise: Promise
    best: Candidate | None
    runners_up: tuple[Candidate, ...]
    unserved: Reason | None
    policy_version: str
    region_version: str
    metric_version: str = "free-flow"
    snapped: SnappedLocation | None = None  # where the incident was taken to be, and where else it may be
