"""The verdict on a plan made by hand: what is wrong with it, what it costs, and what other plans would."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from engine.baseline import nearest_in_order
from engine.candidate import left_parts
from engine.check.breaks import breaks_cut
from engine.check.named import NamedStop, named
from engine.check.overtaking import overtakes
from engine.check.planned import PlannedTour
from engine.check.rules import Rules
from engine.check.timing import TimedStop, timed
from engine.check.violation import Severity, Violation, ViolationCode, violation, violation_in
from engine.decision import Assignment, CostParts, Plan, ReasonCode, Unserved
from engine.dispatch import Dispatcher
from engine.errors import DeadlineError
from engine.fleet.state import FleetState
from engine.jobs.expand import one_unit_each
from engine.model import Incident
from engine.pins import held
from engine.situation import Situation
from engine.stages import Checkpoint
from engine.texts import Language, reason, translated
from engine.tours.size import Tours

#: With less time than this (s) no plan is made to compare with.
LEAST_S = 0.05


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """``plan`` is the one given, as it would come out; the others are made for the same situation, by the same cost.

    None of them: nobody asked for a comparison, or there was no time.
    """

    plan: Plan
    violations: tuple[Violation, ...]  # by unit and place in its tour, incidents that are left out at last
    towline: Plan | None = None
    nearest: Plan | None = None

    @property
    def keeps_rules(self) -> bool:
        """Whether it could be carried out, promises apart."""
        return all(found.severity is not Severity.RULE for found in self.violations)

    def in_language(self, language: Language) -> PlanCheck:
        """The same with every sentence in a language."""
        return replace(
            self,
            plan=translated(self.plan, language),
            violations=tuple(violation_in(found, language) for found in self.violations),
            towline=self.towline and translated(self.towline, language),
        )


def check_plan(
    dispatcher: Dispatcher,
    incidents: Sequence[Incident],
    state: FleetState,
    now: datetime,
    tours: Sequence[PlannedTour],
    *,
    compare: bool = True,
    mode: Tours = Tours.AUTO,
    deadline_s: float | None = None,
    checkpoint: Checkpoint | None = None,
) -> PlanCheck:
    """Verify a plan by the rules of `Dispatcher.optimize`, and cost it as it is by the cost of all plans.

    Every stop to which a road leads is reckoned as if it were carried out, whatever rule it breaks; the others, and
    incidents that the plan does not name, cost what leaving them does. With ``compare`` Towline's own plan (``mode``:
    incidents a unit) and that of the nearest unit in order of call stand beside it.
    """
    started = time.monotonic()
    situation = dispatcher.situation(one_unit_each(incidents), state, now)
    plan, violations = _judged(situation, tours)
    if not compare or not incidents:
        return PlanCheck(plan, violations)
    if checkpoint is not None:
        checkpoint()
    nearest = nearest_in_order(dispatcher, incidents, state, now)
    left_s = None if deadline_s is None else deadline_s - (time.monotonic() - started)
    own: Plan | None = None
    if left_s is None or left_s > LEAST_S:
        with suppress(DeadlineError):  # the verdict stands without a comparison
            own = dispatcher.optimize(
                incidents, state, now, deadline_s=left_s, runners_up=0, checkpoint=checkpoint, tours=mode
            )
    return PlanCheck(plan, violations, own, nearest)


def _judged(situation: Situation, tours: Sequence[PlannedTour]) -> tuple[Plan, tuple[Violation, ...]]:
    stops, wrong = named(situation, tours)
    found, lost = timed(situation, stops)
    held_by = {int(i): int(situation.intake.announced[i]) for i in held(situation)}
    rules = Rules(situation, held_by)
    for stop in found:
        wrong += rules.of(stop)
    wrong += [rules.of_lost(stop) for stop in lost]
    wrong += _crowded(situation, stops)
    wrong += breaks_cut(situation, found)
    wrong += overtakes(situation, found, held_by)
    planned = {stop.index for each in stops.values() for stop in each}
    for index, incident in enumerate(situation.intake.incidents):
        if index in planned:
            continue
        if index in held_by:
            unit = situation.state.units[held_by[index]].id
            wrong.append(violation("pin_ignored.left", incident=incident.id, pinned_unit=unit))
        else:
            wrong.append(violation("not_planned", incident=incident.id))
    return _plan(situation, found), tuple(sorted(wrong, key=_order))


def _crowded(situation: Situation, stops: dict[int, list[NamedStop]]) -> list[Violation]:
    """More incidents than a unit may have, or a contractor's crew, and partners of one accident on one unit."""
    incidents, found = situation.intake.incidents, []
    most = int(situation.state.policy.tours.most_jobs)
    for row, tour in stops.items():
        unit = situation.state.units[row].id
        if len(tour) > most:
            found.append(violation("too_many_jobs", unit=unit, count=len(tour) - most, most=str(most)))
        if len(tour) > 1 and situation.state.contractors[row]:
            found.append(violation("contractor_takes_one", unit=unit, count=len(tour) - 1))
        first: dict[str, str] = {}
        for stop in tour:
            name = incidents[stop.index].id
            other = first.setdefault(incidents[stop.index].partner_of or name, name)
            if other != name:
                found.append(violation("same_accident", incident=name, unit=unit, position=stop.position, other=other))
    return found


def _order(found: Violation) -> tuple:
    """What the plan names first, by unit and place, then what it leaves out."""
    return (
        found.code is ViolationCode.NOT_PLANNED,
        found.unit_id,
        found.position,
        list(ViolationCode).index(found.code),
        found.incident_id,
    )


def _plan(situation: Situation, found: Sequence[TimedStop]) -> Plan:
    """The plan in the engine's terms. Nothing is claimed about it: its gap is its cost."""
    intake, policy = situation.intake, situation.state.policy
    before: dict[int, str] = {}
    last: dict[int, str] = {}
    for stop in found:
        if stop.row in last:
            before[stop.named.index] = last[stop.row]
        last[stop.row] = intake.incidents[stop.named.index].id
    by_index = {stop.named.index: stop for stop in found}
    assignments, unserved = [], []
    for index, incident in enumerate(intake.incidents):
        promise, stop = intake.promises[index], by_index.get(index)
        if stop is None:
            why = reason(ReasonCode.NOT_PLANNED)
            parts = left_parts(policy, intake, index)
            unserved.append(Unserved(incident.id, promise, why, parts, incident.assigned_unit_id))
            continue
        assignments.append(
            Assignment(
                incident.id,
                promise,
                stop.told.candidate,
                previous_unit_id=incident.assigned_unit_id,
                position=stop.told.position,
                after=before.get(index),
            )
        )
    cost = sum((a.chosen.cost for a in assignments), CostParts()) + sum((u.cost for u in unserved), CostParts())
    return Plan(
        now=intake.now,
        assignments=tuple(assignments),
        unserved=tuple(unserved),
        cost=cost,
        gap=cost.total,
        solver="by hand",
        policy_version=policy.version,
        region_version=situation.state.region.metadata.version,
        metric_version=situation.metric_version,
    )
