"""Why an incident got what it got, in a few words, and what a person should look at again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from engine.decision import Assignment, Candidate, Plan, ReasonCode, Unserved
from engine.model import Fleet, Incident, UnitStatus
from engine.tables.clock import Clock
from engine.tables.fitness import lacking, serves_place, unfit

Answer = Assignment | Unserved


class Why:
    """The words for one plan: what was asked, who could go, who goes where."""

    def __init__(self, plan: Plan, incidents: Sequence[Incident], fleet: Fleet, zone: tzinfo) -> None:
        self._incidents = {incident.id: incident for incident in incidents}
        self._units = {unit.id: unit for unit in fleet.units}
        self._providers = {provider.id: provider for provider in fleet.providers}
        self._serves = {answer.chosen.unit_id: answer.incident_id for answer in plan.assignments}
        self._clock = Clock(zone, plan.now)
        self._now = plan.now

    def why(self, answer: Answer) -> str:
        """The reason of a change, of a broken promise or of an incident left over; empty where all went as announced.

        Why an unchanged promise breaks does not matter when a person pinned the unit.
        """
        if isinstance(answer, Unserved):
            return answer.reason.message
        if answer.changed:
            return self._why_changed(answer)
        if not answer.chosen.promise_kept:
            return "the unit is pinned" if self._incidents[answer.incident_id].pinned else _why_broken(answer)
        return ""

    def warnings(self, answer: Answer) -> list[str]:
        """What a person decided that the rules forbid: a pinned unit without the equipment, outside its territory."""
        incident = self._incidents[answer.incident_id]
        if isinstance(answer, Unserved) or not incident.pinned:
            return []
        unit = self._units[answer.chosen.unit_id]
        found = []
        if missing := lacking(incident, unit):
            found.append(f"pinned by a person; the unit lacks: {', '.join(missing)}")
        if not serves_place(incident, self._providers.get(unit.provider_id)):
            found.append("pinned by a person; the place lies outside the provider's territory")
        return found

    def words(self, answer: Answer) -> str:
        """The warnings and the reason together, for people."""
        return "; ".join(filter(None, (*self.warnings(answer), self.why(answer))))

    def _why_changed(self, answer: Assignment) -> str:
        previous = answer.previous_unit_id or ""
        unit, incident = self._units[previous], self._incidents[answer.incident_id]
        if reason := unfit(incident, unit, self._providers.get(unit.provider_id)):
            return f"{previous} {reason}"
        if previous in self._serves:
            return f"{previous} now serves {self._serves[previous]}"
        known = next((rival for rival in answer.runners_up if rival.unit_id == previous), None)
        reasons = [known.lost.message] if known is not None and known.lost is not None else []
        if unit.status is UnitStatus.BUSY and unit.free_at is not None and unit.free_at > self._now:
            reasons.insert(0, f"is busy until {self._clock.at(unit.free_at)}")
        if reasons:
            return f"{previous} {' and '.join(reasons)}"
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
