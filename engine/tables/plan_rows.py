"""A plan as flat rows: one an incident, or one a unit that it needs, in the order of the incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta, tzinfo
from typing import Any

from engine.decision import Assignment, Candidate, CostParts, Plan, Promise, Unserved
from engine.jobs.expand import one_unit_each
from engine.model import Fleet, Incident
from engine.tables.asking import question
from engine.tables.why import Why
from engine.texts import Language, translated

#: Costs are kept in milli-minutes and shown in minutes.
PER_MINUTE = 1000
#: Of a row, in this order.
COLUMNS = (
    "incident_id",
    "lon",
    "lat",
    "service",
    "priority",
    "promise_class",
    "promise_reason",
    "due_at",
    "previous_unit_id",
    "ambiguous",
    "worst_extra_s",
    "ask",
    "status",
    "unit_id",
    "provider_id",
    "position",
    "after_incident_id",
    "departs_at",
    "arrives_at",
    "travel_s",
    "slack_s",
    "promise_kept",
    "promise_probability",
    "changed",
    "cost_min",
    "why",
    "warnings",
)


def plan_rows(
    plan: Plan, incidents: Sequence[Incident], fleet: Fleet, zone: tzinfo, language: Language = Language.EN
) -> list[dict[str, Any]]:
    """[n] one dict an incident and unit it needs, same keys in each; times are aware datetimes in ``zone``, or None."""
    said = translated(plan, language)
    answers = {answer.incident_id: answer for answer in (*said.assignments, *said.unserved)}
    reasons = Why(plan, incidents, fleet, zone, language)
    return [_row(incident, answers[incident.id], reasons, zone) for incident in one_unit_each(incidents)]


def _row(incident: Incident, answer: Assignment | Unserved, reasons: Why, zone: tzinfo) -> dict[str, Any]:
    row: dict[str, Any] = {
        "incident_id": incident.id,
        "lon": incident.location.lon,
        "lat": incident.location.lat,
        "service": incident.service.value,
        "priority": incident.priority.value,
        **_promise(answer.promise, zone),
        "previous_unit_id": answer.previous_unit_id,
        "ambiguous": answer.snapped is not None,
        "worst_extra_s": _worst_extra(answer),
        "ask": question(answer),
    }
    if isinstance(answer, Unserved):
        return row | {
            "status": "unserved",
            "unit_id": None,
            "provider_id": None,
            "position": None,
            "after_incident_id": None,
            "departs_at": None,
            "arrives_at": None,
            "travel_s": None,
            "slack_s": None,
            "promise_kept": False,
            "promise_probability": None,
            "changed": answer.previous_unit_id is not None,
            "cost_min": answer.cost.total / PER_MINUTE,
            "why": reasons.why(answer),
            "warnings": reasons.warnings(answer),
        }
    chosen = answer.chosen
    return row | {
        "status": "assigned",
        "unit_id": chosen.unit_id,
        "provider_id": chosen.provider_id,
        "position": answer.position,
        "after_incident_id": answer.after,
        "departs_at": local(chosen.departs_at, zone),
        "arrives_at": local(chosen.arrives_at, zone),
        "travel_s": seconds(chosen.travel),
        "slack_s": seconds(chosen.slack),
        "promise_kept": chosen.promise_kept,
        "promise_probability": probability(chosen),
        "changed": answer.changed,
        "cost_min": chosen.cost.total / PER_MINUTE,
        "why": reasons.why(answer),
        "warnings": reasons.warnings(answer),
    }


def _worst_extra(answer: Assignment | Unserved) -> float | None:
    worst = answer.snapped.worst_extra if answer.snapped else None
    return None if worst is None else seconds(worst)


def _promise(promise: Promise, zone: tzinfo) -> dict[str, Any]:
    return {
        "promise_class": promise.promise_class.value,
        "promise_reason": promise.reason,
        "due_at": local(promise.due_at, zone),
    }


def probability(candidate: Candidate) -> float | None:
    """That the promise is kept, to four digits; None where nobody worked it out."""
    chance = candidate.promise_probability
    return None if chance is None else round(chance, 4)


def local(value: datetime, zone: tzinfo) -> datetime:
    """The same instant on the region's clock, to the millisecond."""
    value = value.astimezone(zone)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def seconds(value: timedelta) -> float:
    """Seconds to the millisecond."""
    return round(value.total_seconds(), 3)


def cost_minutes(parts: CostParts) -> dict[str, float]:
    """The cost by named part, in minutes, and their total."""
    named = {part.name: getattr(parts, part.name) / PER_MINUTE for part in fields(parts)}
    return {**named, "total": parts.total / PER_MINUTE}
