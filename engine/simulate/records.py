"""What is kept of a day under one strategy."""

from __future__ import annotations

from dataclasses import dataclass

from engine.decision import CostParts


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """How one incident ended; times in ms since 1970."""

    incident_id: str
    promise_class: str
    end: str  # served, cancelled or open at the end
    reason: str  # of an end that is no service
    received_ms: int
    due_ms: int
    sent_ms: int | None
    departed_ms: int | None
    arrived_ms: int | None
    ended_ms: int
    unit_id: str | None
    eta_ms: int
    travel_ms: int
    takes_ms: int
    changes: int
    declines: int
    cost: CostParts

    @property
    def broken(self) -> bool:
        """Nobody was there when the promise ran out, and the customer still waited."""
        return (self.ended_ms if self.arrived_ms is None else self.arrived_ms) > self.due_ms

    @property
    def kept(self) -> bool:
        return self.arrived_ms is not None and self.arrived_ms <= self.due_ms


@dataclass(frozen=True, slots=True)
class UnitSpan:
    """A unit's time with one incident, from being sent until it was free again; ms since 1970."""

    unit_id: str
    incident_id: str
    begins_ms: int
    ends_ms: int


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision event."""

    at_ms: int
    open: int
    changed: int  # announced units taken back
    deferred: int  # breaches of the bound on deferment
    took_s: float  # by the clock that the caller gave, else 0


@dataclass(frozen=True)
class DayRecord:
    """Everything that happened; incidents in order of call."""

    seed: int
    strategy: str
    incidents: tuple[IncidentRecord, ...]
    spans: tuple[UnitSpan, ...]
    decisions: tuple[DecisionRecord, ...]
    overtime_ms: int
