"""What was found out about a plan as JSON of a stable, documented shape (docs/check.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.check import PlanCheck, Violation
from engine.decision import Plan
from engine.model import Fleet, Incident
from engine.tables.plan_json import plan_json, plan_summary
from engine.tables.plan_rows import cost_minutes, seconds
from engine.texts import Language


def check_json(
    found: PlanCheck, incidents: Sequence[Incident], fleet: Fleet, zone: Any, *, language: Language = Language.EN
) -> dict[str, Any]:
    """Durations in seconds (``_s``), costs in minutes (``_min``) by part."""
    return {
        "keeps_rules": found.keeps_rules,
        "violations": [violation_json(each) for each in found.violations],
        "plan": plan_json(found.plan, incidents, fleet, zone, judged=True, language=language),
        "towline": figures_json(found.towline) if found.towline else None,
        "nearest": figures_json(found.nearest, judged=True) if found.nearest else None,
    }


def violation_json(found: Violation) -> dict[str, Any]:
    return {
        "code": found.code.value,
        "severity": found.severity.value,
        "message": found.message,
        "incident_id": found.incident_id or None,
        "unit_id": found.unit_id or None,
        "position": found.position or None,
        "over_s": None if found.over is None else seconds(found.over),
        "count": found.count or None,
        "details": found.details,
    }


def figures_json(plan: Plan, *, judged: bool = False) -> dict[str, Any]:
    """What stands beside another plan."""
    return {
        "solver": plan.solver,
        "gap_min": None if judged else plan.gap / 1000,
        "cost_min": cost_minutes(plan.cost),
        "summary": plan_summary(plan),
    }
