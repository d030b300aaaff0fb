"""What the re-optimising strategy plans with: anything that gives open incidents to units."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from engine.decision import Plan, ReasonCode
from engine.deferment import Deferment
from engine.dispatch import Dispatcher
from engine.policy import Policy
from engine.simulate.moment import Choice, Moment


class Planner(Protocol):
    """Plans one moment. Where queues are planned, only the first incident of each unit is told."""

    @property
    def name(self) -> str: ...
    def plan(self, moment: Moment) -> Choice:
        """Who goes where next; nobody due is overtaken."""
        ...


class FlowPlanner:
    """`Dispatcher.optimize`: at most one incident per unit, a busy one counting from when it will be free.

    Whoever is left over is planned again at the next event and will not wait for a day, as the cost of leaving has it:
    with that price the most overdue would always win, and everybody be late. So leaving costs what an arrival after
    ``lookahead_minutes`` would. Who cannot be reached that soon is planned afterwards, with the units that are left.
    """

    name = "flow"

    def __init__(self, lookahead_minutes: float = 45.0) -> None:
        self._lookahead = lookahead_minutes

    def plan(self, moment: Moment) -> Choice:
        near = moment.under(self._looking_ahead(moment.dispatcher))
        plan = _optimum(near, {}, moment.deferment)
        choice = _units(plan)
        far = {left.incident_id for left in plan.unserved if left.reason.code is ReasonCode.TOO_LATE}
        far |= {moment.open[i].id for i in moment.deferment.due} - choice.keys()
        if far:
            later = _units(_optimum(moment, choice, moment.deferment))
            choice |= {i: unit for i, unit in later.items() if i in far}
        return choice

    def _looking_ahead(self, dispatcher: Dispatcher) -> Dispatcher:
        return _with_policy(dispatcher, _shortened(dispatcher.policy, self._lookahead))


def _optimum(moment: Moment, settled: Mapping[str, str], rule: Deferment | None = None) -> Plan:
    """The plan around what is ``settled`` (incident -> unit) already."""
    incidents = [
        replace(incident, assigned_unit_id=settled[incident.id], pinned=True) if incident.id in settled else incident
        for incident in moment.open
    ]
    return moment.dispatcher.optimize(incidents, moment.state, moment.now, runners_up=0, rule=rule)


def _units(plan: Plan) -> dict[str, str]:
    return {assignment.incident_id: assignment.chosen.unit_id for assignment in plan.assignments}


@lru_cache(maxsize=16)
def _shortened(policy: Policy, minutes: float) -> Policy:
    """The same policy, but leaving costs what an arrival after ``minutes`` does (and being left, as ever)."""
    minutes = min(minutes, policy.limits.max_wait_minutes)
    return replace(
        policy, name=f"{policy.name}-ahead-{minutes:g}", limits=replace(policy.limits, max_wait_minutes=minutes)
    )


@lru_cache(maxsize=4)
def _with_policy(dispatcher: Dispatcher, policy: Policy) -> Dispatcher:
    planning = copy(dispatcher)  # shares the region, the metrics and the table of promises
    planning.policy = policy
    return planning
