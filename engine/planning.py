"""A solution told: who serves each incident, who lost and why, who is left and why, and what it all costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from engine.candidate import candidate, left_parts
from engine.decision import Assignment, CostParts, Plan, Reason, Unserved
from engine.elsewhere import snapped_incidents
from engine.explain import kept_for_due, out_of_capacity, out_of_time, why_lost, why_unserved
from engine.fleet.candidates import GrowingLists
from engine.pins import pin_failed
from engine.situation import Situation
from engine.tours.told import Stop
from graphs.network import Int64


@dataclass(frozen=True)
class Solved:
    """What a solver found; incidents by index, units by row."""

    chosen: Mapping[int, tuple[int, int]]  # incident -> (row, ms of driving)
    gap: int
    solver: str
    why: Reason | None = None
    stops: Mapping[int, Stop] = field(default_factory=dict)  # of tours: the chosen ones' place in them
    kept_for: Mapping[int, tuple[int, int]] = field(default_factory=dict)  # left over: an idle row, kept for who is due


def plan_of(
    situation: Situation, solved: Solved, lists: GrowingLists | None = None, free: Int64 | None = None, rivals: int = 0
) -> Plan:
    """The plan, with up to ``rivals`` runners-up from the candidate lists of the ``free`` incidents."""
    state, intake, policy = situation.state, situation.intake, situation.state.policy
    chosen = solved.chosen
    if not solved.stops and len({row for row, _ in chosen.values()}) != len(chosen):
        raise AssertionError("a unit was given to two incidents")
    serves = _first_of(intake.incidents, solved)
    list_of = {int(i): at for at, i in enumerate(np.empty(0, np.int64) if free is None else free)}
    snapped = snapped_incidents(situation, chosen, all_of_them=False)
    before = _before(solved)
    assignments, unserved = [], []
    for i, incident in enumerate(intake.incidents):
        at = list_of.get(i)
        rows, travels = (lists.rows[at], lists.travels[at]) if lists and at is not None else ((), ())
        if i not in chosen:
            if incident.pinned:
                reason = pin_failed(incident)
            elif i in solved.kept_for:
                row, due = solved.kept_for[i]
                reason = kept_for_due(state.units[row].id, intake.incidents[due].id)
            elif lists and at is not None and len(rows):
                cut_short = lists.truncated(at) and not solved.stops
                reason = out_of_time() if cut_short else out_of_capacity(len(rows))
            else:
                reason = why_unserved(situation, i)
            parts = left_parts(policy, intake, i)
            unserved.append(
                Unserved(incident.id, intake.promises[i], reason, parts, incident.assigned_unit_id, snapped.get(i))
            )
            continue
        row, travel = chosen[i]
        stop = solved.stops.get(i)
        winner = stop.candidate if stop else candidate(policy, state, intake, i, row, travel)
        others = []
        for other, ms in zip(rows, travels, strict=True):
            if len(others) == rivals:
                break
            if other != row:
                loser = candidate(policy, state, intake, i, int(other), int(ms))
                others.append(replace(loser, lost=why_lost(loser, winner, serves.get(int(other)))))
        assignments.append(
            Assignment(
                incident.id,
                intake.promises[i],
                winner,
                tuple(others),
                incident.assigned_unit_id,
                snapped.get(i),
                position=stop.position if stop else 1,
                after=intake.incidents[before[i]].id if i in before else None,
            )
        )
    return Plan(
        now=intake.now,
        assignments=tuple(assignments),
        unserved=tuple(unserved),
        cost=sum((a.chosen.cost for a in assignments), CostParts()) + sum((u.cost for u in unserved), CostParts()),
        gap=solved.gap,
        solver=solved.solver,
        policy_version=policy.version,
        region_version=state.region.metadata.version,
        metric_version=situation.metric_version,
        why=solved.why,
    )


def _first_of(incidents, solved: Solved) -> dict[int, str]:
    """By row, the incident that a unit serves first."""
    return {
        row: incidents[i].id
        for i, (row, _) in solved.chosen.items()
        if i not in solved.stops or solved.stops[i].position == 1
    }


def _before(solved: Solved) -> dict[int, int]:
    """By incident, the one that its unit serves before it."""
    at = {(stop.row, stop.position): i for i, stop in solved.stops.items()}
    return {i: at[stop.row, stop.position - 1] for i, stop in solved.stops.items() if stop.position > 1}
