"""A plan and a recommendation as JSON of a stable, documented shape (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from engine.decision import Candidate, Plan, Reason, Recommendation
from engine.model import Fleet, Incident
from engine.tables.plan_rows import cost_minutes, local, plan_rows, probability, seconds
from engine.tables.snapped_json import snapped_json
from engine.texts import Language, translated


def plan_json(
    plan: Plan,
    incidents: Sequence[Incident],
    fleet: Fleet,
    zone: tzinfo,
    *,
    judged: bool = False,
    language: Language = Language.EN,
) -> dict[str, Any]:
    """Times RFC 3339 in the region's zone, durations in seconds (``_s``), costs in minutes (``_min``) by part.

    A plan that was only ``judged`` has no gap: nobody looked for the optimum.
    """
    plan = translated(plan, language)
    rows = [
        {key: _value(value) for key, value in row.items()} for row in plan_rows(plan, incidents, fleet, zone, language)
    ]
    assignments = {answer.incident_id: answer for answer in plan.assignments}
    unserved = {answer.incident_id: answer for answer in plan.unserved}
    for row in rows:
        if answer := assignments.get(row["incident_id"]):
            row["cost_parts_min"] = cost_minutes(answer.chosen.cost)
            row["runners_up"] = [candidate_json(rival, zone) for rival in answer.runners_up]
            row["unserved_reason"] = None
            row["snapped_location"] = snapped_json(answer.snapped) if answer.snapped else None
        else:
            left = unserved[row["incident_id"]]
            row["cost_parts_min"] = cost_minutes(left.cost)
            row["runners_up"] = []
            row["unserved_reason"] = reason_json(left.reason)
            row["snapped_location"] = snapped_json(left.snapped) if left.snapped else None
    return {
        "now": time_json(plan.now, zone),
        "solver": plan.solver,
        "gap_min": None if judged else plan.gap / 1000,
        "proven_optimal": None if judged else plan.gap == 0,
        "why": reason_json(plan.why) if plan.why else None,
        "cost_min": cost_minutes(plan.cost),
        "summary": plan_summary(plan),
        "policy_version": plan.policy_version,
        "region_version": plan.region_version,
        "metric_version": plan.metric_version,
        "durations_s": {stage: seconds(value) for stage, value in plan.durations.items()},
        "incidents": rows,
    }


def plan_summary(plan: Plan) -> dict[str, Any]:
    """Counts of promises kept, broken and unserved, changes, and lateness in seconds over the late ones.

    The one place that decides what is counted as what: kept and broken are promises of incidents that got a unit, in
    time or late; an incident without a unit is unserved and neither. The three add up to the incidents.
    """
    slacks = [seconds(answer.chosen.slack) for answer in plan.assignments]
    late = [-slack for slack in slacks if slack < 0]
    return {
        "incidents": len(plan.assignments) + len(plan.unserved),
        "promises_kept": len(slacks) - len(late),
        "promises_broken": len(late),
        "unserved": len(plan.unserved),
        "changed": sum(answer.changed for answer in plan.assignments)
        + sum(answer.previous_unit_id is not None for answer in plan.unserved),
        "mean_lateness_s": round(sum(late) / len(late), 3) if late else 0.0,
        "worst_lateness_s": max(late, default=0.0),
    }


def recommendation_json(answer: Recommendation, zone: tzinfo) -> dict[str, Any]:
    """The best unit for one incident, its runners-up, or why there is none."""
    return {
        "incident_id": answer.incident_id,
        "promise_class": answer.promise.promise_class.value,
        "promise_reason": answer.promise.reason,
        "due_at": time_json(answer.promise.due_at, zone),
        "best": candidate_json(answer.best, zone) if answer.best else None,
        "runners_up": [candidate_json(rival, zone) for rival in answer.runners_up],
        "unserved_reason": reason_json(answer.unserved) if answer.unserved else None,
        "snapped_location": snapped_json(answer.snapped) if answer.snapped else None,
        "policy_version": answer.policy_version,
        "region_version": answer.region_version,
        "metric_version": answer.metric_version,
    }


def candidate_json(candidate: Candidate, zone: tzinfo) -> dict[str, Any]:
    """One unit for one incident."""
    return {
        "unit_id": candidate.unit_id,
        "provider_id": candidate.provider_id,
        "departs_at": time_json(candidate.departs_at, zone),
        "arrives_at": time_json(candidate.arrives_at, zone),
        "travel_s": seconds(candidate.travel),
        "slack_s": seconds(candidate.slack),
        "promise_kept": candidate.promise_kept,
        "promise_probability": probability(candidate),
        "cost_parts_min": cost_minutes(candidate.cost),
        "lost": reason_json(candidate.lost) if candidate.lost else None,
    }


def reason_json(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code.value, "message": reason.message, "details": reason.details}


def time_json(value: datetime, zone: tzinfo) -> str:
    return local(value, zone).isoformat(timespec="milliseconds")


def _value(value: Any) -> Any:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
