"""Plans made by hand: from messages of the contract, and what was found out about them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from towline.v1 import check_pb2
from towline.v1 import dispatch_service_pb2 as pb

from engine.check import PlanCheck, PlannedStop, PlannedTour, Violation
from engine.decision import Plan
from engine.fleet.state import FleetState
from engine.server import enums, outgoing
from engine.server.fleet_store import find_unit
from engine.server.limits import check_count
from engine.server.names import ids, incident_name, require_region, unit_name
from engine.server.options import ServerOptions
from engine.server.wire_time import read_time, write_duration
from engine.tables.plan_json import plan_summary


def check_tours(tours: Sequence[check_pb2.PlannedTour], options: ServerOptions) -> None:
    """TooLargeError for a plan with more stops than twice as many incidents as may be sent."""
    stops = sum(len(tour.stops) for tour in tours)
    check_count(stops, 2 * options.max_incidents, "tours", "stops", "send several plans")


def read_tours(
    tours: Sequence[check_pb2.PlannedTour], region: str, state: FleetState, now: datetime
) -> tuple[PlannedTour, ...]:
    """The plan; names must be of the region, but need not be of anything that exists.

    A unit that is there under another provider's name keeps its whole name as its id, which nobody has.
    """
    found = []
    for number, tour in enumerate(tours):
        path = f"tours[{number}]"
        in_region, provider, unit_id = ids(tour.unit)
        require_region(in_region, region, tour.unit, path, "unit")
        known = find_unit(state, unit_id)
        if known is not None and known.provider_id != provider:
            unit_id = tour.unit
        stops = [_stop(stop, region, now, f"{path}.stops[{at}]") for at, stop in enumerate(tour.stops)]
        found.append(PlannedTour(unit_id, tuple(stops)))
    return tuple(found)


def _stop(stop: check_pb2.PlannedStop, region: str, now: datetime, path: str) -> PlannedStop:
    in_region, incident = ids(stop.incident)
    require_region(in_region, region, stop.incident, path, "incident")
    arrives = read_time(stop.arrives_at, now, f"{path}.arrives_at") if stop.HasField("arrives_at") else None
    return PlannedStop(incident, arrives)


def reply(
    found: PlanCheck, region: str, request: pb.CheckPlanRequest, state: FleetState, previous: Mapping[str, str]
) -> pb.CheckPlanResponse:
    """The answer; `previous` as in `outgoing.plan`."""
    names = {key: tour.unit for tour in request.tours for key in (tour.unit, tour.unit.rpartition("/")[2])}
    for each in found.violations:
        if (known := find_unit(state, each.unit_id)) is not None:
            names[each.unit_id] = unit_name(region, known.provider_id, known.id)
    return pb.CheckPlanResponse(
        plan=outgoing.plan(found.plan, region, previous),
        violations=[_violation(each, region, names) for each in found.violations],
        figures=_figures(found.plan, judged=True),
        towline_figures=_figures(found.towline) if found.towline else None,
        nearest_figures=_figures(found.nearest, judged=True) if found.nearest else None,
    )


def _violation(found: Violation, region: str, names: Mapping[str, str]) -> check_pb2.Violation:
    return check_pb2.Violation(
        code=enums.VIOLATION_CODE.write(found.code),
        severity=enums.VIOLATION_SEVERITY.write(found.severity),
        message=found.message,
        incident=incident_name(region, found.incident_id) if found.incident_id else "",
        unit=names.get(found.unit_id, found.unit_id),
        tour_index=found.position - 1 if found.position else None,
        duration=write_duration(found.over) if found.over is not None else None,
        excess_count=found.count,
        details=found.details,
    )


def _figures(plan: Plan, *, judged: bool = False) -> check_pb2.PlanFigures:
    counts = plan_summary(plan)
    return check_pb2.PlanFigures(
        cost=outgoing.cost(plan.cost),
        kept_count=counts["promises_kept"],
        broken_count=counts["promises_broken"],
        unserved_count=counts["unserved"],
        solver=plan.solver,
        gap_millimin=None if judged else plan.gap,
    )
