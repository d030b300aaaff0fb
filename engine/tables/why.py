"""Why an incident got what it got, in a few words."""

from __future__ import annotations

from engine.decision import Assignment, Candidate, Unserved


def why(answer: Assignment | Unserved) -> str:
    """A short sentence: the reason of a change, of a broken promise, of an incident left over; else empty."""
    if isinstance(answer, Unserved):
        return answer.reason.message
    if answer.changed:
        previous = _find(answer.runners_up, answer.previous_unit_id)
        return previous.lost.message if previous and previous.lost else "cheaper for all incidents together"
    if not answer.chosen.promise_kept:
        rivals = [rival for rival in answer.runners_up if rival.promise_kept and rival.lost]
        return rivals[0].lost.message if rivals and rivals[0].lost else "no unit could arrive in time"
    return ""


def _find(candidates: tuple[Candidate, ...], unit_id: str | None) -> Candidate | None:
    return next((candidate for candidate in candidates if candidate.unit_id == unit_id), None)
