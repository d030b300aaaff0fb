"""The demonstration's cases as a library."""

from __future__ import annotations

from datetime import timedelta

from engine.demo import scarce_case
from engine.dispatch import Dispatcher
from graphs.bundled import load_coquimbo_population
from graphs.region import Region


def test_both_answers_are_for_the_same_incidents_and_clock(coquimbo: Region) -> None:
    """The clerk's plan and Towline's cover all 45 incidents with equal promises; the standard case is in tests/cli."""
    found = scarce_case(Dispatcher(coquimbo), load_coquimbo_population(), seed=3)
    ids = {incident.id for incident in found.case.incidents}
    due = []
    for plan in (found.nearest, found.towline):
        answers = (*plan.assignments, *plan.unserved)
        assert {answer.incident_id for answer in answers} == ids
        assert plan.now == found.case.now
        due.append({answer.incident_id: answer.promise.due_at for answer in answers})
    assert due[0] == due[1]
    assert all(answer.chosen.arrives_at >= found.case.now - timedelta(0) for answer in found.towline.assignments)
