"""The account of one incident: what came of it and what it cost, by the evaluator of every decision."""

from __future__ import annotations

from dataclasses import replace

from engine.cost import serve_parts, unserved_parts
from engine.decision import CostParts
from engine.dispatch import Dispatcher
from engine.simulate.records import IncidentRecord
from engine.simulate.runs import IncidentRun, Stage


def incident_record(run: IncidentRun, dispatcher: Dispatcher, end_ms: int) -> IncidentRecord:
    """What is kept of an incident; one whose unit has come counts as served though the day ends before the work."""
    end, ended = run.stage, end_ms if run.ended_ms is None else run.ended_ms
    if end not in (Stage.SERVED, Stage.CANCELLED):
        end = Stage.OPEN if run.arrived_ms is None else Stage.SERVED
    return IncidentRecord(
        incident_id=run.incident.id,
        promise_class=run.promise_class,
        end=end.value,
        reason=_reason(run, end),
        received_ms=run.received_ms,
        due_ms=run.due_ms,
        sent_ms=run.sent_ms,
        departed_ms=run.departed_ms,
        arrived_ms=run.arrived_ms,
        ended_ms=ended,
        unit_id=run.unit_id,
        eta_ms=run.eta_ms,
        travel_ms=run.travel_ms,
        takes_ms=run.call.takes_ms,
        changes=run.changes,
        declines=run.declines,
        cost=_cost(run, dispatcher, ended),
    )


def _reason(run: IncidentRun, end: Stage) -> str:
    if end is Stage.SERVED:
        return ""
    doing = {
        None: "no unit had been sent",
        True: "its unit was on the way",
        False: "its unit was getting ready",
    }[None if run.unit_id is None else run.departed_ms is not None]
    if end is Stage.CANCELLED:
        return f"the customer gave up; {doing}"
    return f"the day ended; {doing}"


def _cost(run: IncidentRun, dispatcher: Dispatcher, ended_ms: int) -> CostParts:
    """docs/cost.md with *now* = the call and what really happened; without a service, left at the end."""
    policy = dispatcher.policy
    priority, due = policy.priority.of(run.incident.priority), run.due_ms - run.received_ms
    changes = round(1000 * policy.cost.plan_change * run.changes)
    if run.arrived_ms is None:
        left = unserved_parts(policy, priority, due, ended_ms - run.received_ms)
        driven = serve_parts(policy, 0.0, due, 0, run.travel_ms, 0.0, changed=False)
        return replace(left, plan_change=changes, driving=driven.driving)
    ready = run.arrived_ms - run.received_ms - run.travel_ms
    parts = serve_parts(policy, priority, due, ready, run.travel_ms, run.price, changed=False)
    return replace(parts, plan_change=changes)
