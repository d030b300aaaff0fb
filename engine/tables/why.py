"""Why an incident got what it got, in a few words, and what a person should look at again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from engine.decision import Assignment, Candidate, Plan, Reason, ReasonCode, Unserved
from engine.jobs.expand import one_unit_each
from engine.model import Fleet, Incident, UnitStatus
from engine.tables.clock import Clock
from engine.tables.fitness import lacking, serves_place, unfit
from engine.texts import Language, in_words, said, why

Answer = Assignment | Unserved


class Why:
    """The words for one plan: what was asked, who could go, who goes where."""

    def __init__(
        self,
        plan: Plan,
        incidents: Sequence[Incident],
        fleet: Fleet,
        zone: tzinfo,
        language: Language = Language.EN,
    ) -> None:
        self._incidents = {incident.id: incident for incident in one_unit_each(incidents)}
        self._units = {unit.id: unit for unit in fleet.units}
        self._providers = {provider.id: provider for provider in fleet.providers}
        self._serves = {a.chosen.unit_id: a.incident_id for a in plan.assignments if a.position == 1}
        self._clock = Clock(zone, plan.now)
        self._now = plan.now
        self._language = language

    def why(self, answer: Answer) -> str:
        """The reason of a change, of a broken promise or of an incident left over; empty where all went as announced.

        Why an unchanged promise breaks does not matter when a person pinned the unit.
        """
        if isinstance(answer, Unserved):
            return self._said(answer.reason)
        if answer.changed:
            return self._why_changed(answer)
        if not answer.chosen.promise_kept:
            return self._text("pinned") if self._incidents[answer.incident_id].pinned else self._why_broken(answer)
        return ""

    def warnings(self, answer: Answer) -> list[str]:
        """What a person decided that the rules forbid: a pinned unit without the equipment, outside its territory."""
        incident = self._incidents[answer.incident_id]
        if isinstance(answer, Unserved) or not incident.pinned:
            return []
        unit = self._units[answer.chosen.unit_id]
        found = []
        if missing := lacking(incident, unit):
            found.append(self._text("pinned_lacks", words=in_words(missing, self._language)))
        if not serves_place(incident, self._providers.get(unit.provider_id)):
            found.append(self._text("pinned_outside"))
        return found

    def words(self, answer: Answer) -> str:
        """The warnings and the reason together, for people."""
        return "; ".join(filter(None, (*self.warnings(answer), self.why(answer))))

    def _text(self, key: str, **variables: str) -> str:
        return why(key, self._language, **variables)

    def _said(self, reason: Reason) -> str:
        return said(reason, self._language)

    def _why_changed(self, answer: Assignment) -> str:
        previous = answer.previous_unit_id or ""
        unit, incident = self._units[previous], self._incidents[answer.incident_id]
        if reason := unfit(incident, unit, self._providers.get(unit.provider_id), self._language):
            return self._text("of_unit", unit=previous, reason=reason)
        if previous in self._serves:
            return self._text("serves", unit=previous, incident=self._serves[previous])
        known = next((rival for rival in answer.runners_up if rival.unit_id == previous), None)
        reasons = [self._said(known.lost)] if known is not None and known.lost is not None else []
        if unit.status is UnitStatus.BUSY and unit.free_at is not None and unit.free_at > self._now:
            reasons.insert(0, self._text("busy_until", at=self._clock.at(unit.free_at)))
        if reasons:
            return self._text("of_unit", unit=previous, reason=self._text("and").join(reasons))
        return self._text("cannot_come", unit=previous)

    def _why_broken(self, answer: Assignment) -> str:
        in_time = next((rival for rival in answer.runners_up if rival.promise_kept), None)
        if in_time is not None and in_time.lost is not None:
            needed = in_time.lost.code is ReasonCode.SERVES_OTHER
            other = in_time.lost.details.get("incident", "")
            but = self._text("needed_more", incident=other) if needed else self._said(in_time.lost)
            return self._text("could_be_in_time", unit=in_time.unit_id, reason=but)
        rival: Candidate | None = next(iter(answer.runners_up), None)
        if rival is None or rival.lost is None:
            return self._text("nobody_else")
        return self._text("next_best", unit=rival.unit_id, reason=self._said(rival.lost))
