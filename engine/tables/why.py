"""Why an incident got what it got, in a few words."""

from __future__ import annotations

from collections.abc import Mapping

from engine.decision import Assignment, Candidate, Plan, ReasonCode, Unserved


def serving(plan: Plan) -> dict[str, str]:
    """Which incident each assigned unit serves."""
    return {answer.chosen.unit_id: answer.incident_id for answer in plan.assignments}


def why(answer: Assignment | Unserved, serves: Mapping[str, str]) -> str:
    """The reason of a change, of a broken promise or of an incident left over; empty where all went as announced.

    ``serves`` is `serving` of the same plan.
    """
    if isinstance(answer, Unserved):
        return answer.reason.message
    if answer.changed:
        return _why_changed(answer, serves)
    if not answer.chosen.promise_kept:
        return _why_broken(answer)
    return ""


def _why_changed(answer: Assignment, serves: Mapping[str, str]) -> str:
    previous = answer.previous_unit_id or ""
    if previous in serves:
        return f"{previous} now serves {serves[previous]}"
    known = next((rival for rival in answer.runners_up if rival.unit_id == previous), None)
    if known is not None and known.lost is not None:
        return f"{previous} {known.lost.message}"
    return f"{previous} cannot come, or later or dearer than others"


def _why_broken(answer: Assignment) -> str:
    in_time = next((rival for rival in answer.runners_up if rival.promise_kept), None)
    if in_time is not None and in_time.lost is not None:
        needed = in_time.lost.code is ReasonCode.SERVES_OTHER
        but = f"is needed more by {in_time.lost.details['incident']}" if needed else in_time.lost.message
        return f"{in_time.unit_id} could be in time but {but}"
    rival: Candidate | None = next(iter(answer.runners_up), None)
    if rival is None or rival.lost is None:
        return "no other unit could come"
    return f"next best: {rival.unit_id} {rival.lost.message}"
