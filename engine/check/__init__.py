"""A plan made by hand, verified: every rule that it breaks with its amount, and what it costs beside other plans."""

from engine.check.compare import PlanCheck, check_plan
from engine.check.planned import PlannedStop, PlannedTour
from engine.check.violation import Severity, Violation, ViolationCode

__all__ = ["PlanCheck", "PlannedStop", "PlannedTour", "Severity", "Violation", "ViolationCode", "check_plan"]
