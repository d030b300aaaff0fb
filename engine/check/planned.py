"""A plan as a person makes it: units, each with incidents in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.decision import Plan


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """One incident of a tour, and when the unit is meant to be there, if the plan says so."""

    incident_id: str
    arrives_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedTour:
    """What one unit does, in order."""

    unit_id: str
    stops: tuple[PlannedStop, ...]


def tours_of_plan(plan: Plan) -> tuple[PlannedTour, ...]:
    """Any plan of the engine as if a person had made it."""
    tours: dict[str, dict[int, PlannedStop]] = {}
    for item in plan.assignments:
        stop = PlannedStop(item.incident_id, item.chosen.arrives_at)
        tours.setdefault(item.chosen.unit_id, {})[item.position] = stop
    return tuple(PlannedTour(unit, tuple(stops[at] for at in sorted(stops))) for unit, stops in tours.items())
