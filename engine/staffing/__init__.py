"""Staffing: how many crews, where and when (docs/shifts.md)."""

from engine.staffing.calls import all_busy, hourly_calls, usual_shares
from engine.staffing.plan import PlannedHour, PlannedShift, ShiftPlan, plan_shifts
from engine.staffing.play import play_shifts
from engine.staffing.rules import AllowedShift, BaseRule, ShiftRules, parse_rules, read_rules

__all__ = [
    "AllowedShift",
    "BaseRule",
    "PlannedHour",
    "PlannedShift",
    "ShiftPlan",
    "ShiftRules",
    "all_busy",
    "hourly_calls",
    "parse_rules",
    "plan_shifts",
    "play_shifts",
    "read_rules",
    "usual_shares",
]
