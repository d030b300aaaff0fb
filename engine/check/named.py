"""What a plan names: its units and incidents found in the situation, and what of them cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.check.planned import PlannedTour
from engine.check.violation import Violation, violation
from engine.situation import Situation
from engine.times import require_zone, to_ms


@dataclass(frozen=True, slots=True)
class NamedStop:
    """A stop that exists: an incident of the situation at a place of a unit's tour."""

    index: int  # of the incident
    position: int  # in the tour as the plan has it, from 1
    planned_ms: int | None  # when the plan says the unit is there, ms from now


def named(situation: Situation, tours: Sequence[PlannedTour]) -> tuple[dict[int, list[NamedStop]], list[Violation]]:
    """By row of the fleet its stops in order, and every name that is wrong. O(stops).

    An accident that needs several units may be named once for each of them by its own id.
    """
    found: dict[int, list[NamedStop]] = {}
    wrong: list[Violation] = []
    row_of = situation.state.row_of
    ids = [incident.id for incident in situation.intake.incidents]
    index_of = {incident: index for index, incident in enumerate(ids)}
    partners: dict[str, list[int]] = {}
    for index, incident in enumerate(situation.intake.incidents):
        if incident.partner_of:
            partners.setdefault(incident.partner_of, []).append(index)
    named_at_all = {stop.incident_id for tour in tours for stop in tour.stops}
    taken: dict[int, str] = {}  # incident -> its unit
    length: dict[str, int] = {}  # of the tours of each unit so far
    for unit, count in Counter(tour.unit_id for tour in tours).items():
        if count > 1:
            wrong.append(violation("duplicate_unit", unit=unit, count=count))
    for tour in tours:
        row = row_of.get(tour.unit_id)
        if row is None:
            key = "unknown_unit.one" if len(tour.stops) == 1 else "unknown_unit"
            wrong.append(violation(key, unit=tour.unit_id, count=len(tour.stops)))
            continue
        stops = found.setdefault(row, [])
        begin = length.get(tour.unit_id, 0)
        length[tour.unit_id] = begin + len(tour.stops)
        for position, stop in enumerate(tour.stops, begin + 1):
            where: dict[str, Any] = {"incident": stop.incident_id, "unit": tour.unit_id, "position": position}
            index = index_of.get(stop.incident_id)
            if index is None:
                wrong.append(violation("unknown_incident", **where))
                continue
            if index in taken:
                other = _partner(partners.get(stop.incident_id, ()), ids, taken, named_at_all)
                if other is None:
                    wrong.append(violation("incident_twice", **where, other=taken[index]))
                    continue
                index = other
            taken[index] = tour.unit_id
            stops.append(NamedStop(index, position, _ms(stop.arrives_at, situation.intake.now_ms)))
    return {row: stops for row, stops in found.items() if stops}, wrong


def _partner(partners: Sequence[int], ids: Sequence[str], taken: Mapping[int, str], named: set[str]) -> int | None:
    """Another job of the same accident that the plan does not name itself."""
    return next((index for index in partners if index not in taken and ids[index] not in named), None)


def _ms(planned: datetime | None, now_ms: int) -> int | None:
    return None if planned is None else to_ms(require_zone(planned, field="planned arrival")) - now_ms
