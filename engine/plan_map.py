"""A map of one plan, or of several answers to the same incidents that one can switch between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from engine.decision import Assignment, Plan, Unserved
from engine.fleet.state import start_location
from engine.jobs.expand import one_unit_each
from engine.model import Fleet, Incident, Unit, UnitStatus
from engine.render import Figure, LineLayer, MapPage, Mark, Option, PointLayer, RoadLayer, Table, write_html
from engine.tables.clock import Clock, late_minutes, spare_minutes
from engine.tables.plan_json import plan_summary
from engine.tables.stops import job_end, stop_texts
from engine.tables.why import Why
from graphs.region import Region

Answer = Assignment | Unserved


def write_plan_map(
    path: str | Path,
    region: Region,
    fleet: Fleet,
    incidents: Sequence[Incident],
    plans: Mapping[str, Plan],
    *,
    title: str = "",
) -> None:
    """One self-contained HTML file that opens offline; the first plan is shown first."""
    write_html(plan_page(region, fleet, incidents, plans, title=title), path)


def plan_page(
    region: Region, fleet: Fleet, incidents: Sequence[Incident], plans: Mapping[str, Plan], *, title: str = ""
) -> MapPage:
    """Roads, units, incidents by promise kept or not, lines along what each unit does; figures and tables."""
    incidents = one_unit_each(incidents)
    units = {unit.id: unit for unit in fleet.units}
    now = next(iter(plans.values())).now.astimezone(region.timezone)
    clock = Clock(region.timezone, now)
    layers: list = [RoadLayer(region.network), _unit_layer(fleet, clock, now)]
    figures: list[Figure] = []
    tables: list[Table] = []
    for name, plan in plans.items():
        option = Option("Answer", name) if len(plans) > 1 else None
        answers = {answer.incident_id: answer for answer in (*plan.assignments, *plan.unserved)}
        ordered = [answers[incident.id] for incident in incidents]
        layers.append(_lines(plan, incidents, units, option))
        why = Why(plan, incidents, fleet, region.timezone)
        layers.append(_incident_layer(incidents, ordered, why, clock, option))
        figures += _figures(plan, option)
        tables.append(_table(name if option else "Promise by promise", ordered, why, clock, option))
    return MapPage(
        title=title or region.metadata.title,
        subtitle=f"{now:%A %d %B %Y, %H:%M} {region.metadata.timezone}; {_counted(len(incidents), 'incident')}, "
        f"{_counted(len(units), 'unit')}",
        layers=layers,
        figures=figures,
        tables=tables,
        credits=tuple(filter(None, (*region.metadata.credits, region.metadata.licence))),
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _unit_layer(fleet: Fleet, clock: Clock, now: datetime) -> PointLayer:
    crews = [unit for unit in fleet.units if unit.status is not UnitStatus.OFF_DUTY]
    places = [start_location(unit) for unit in crews]
    free = [
        clock.at(unit.free_at) if unit.status is UnitStatus.BUSY and unit.free_at and unit.free_at > now else ""
        for unit in crews
    ]
    return PointLayer(
        "Units, where they are or will be free",
        [place.lon for place in places],
        [place.lat for place in places],
        names=[unit.id for unit in crews],
        roles=["busy_unit" if unit.status is UnitStatus.BUSY else "unit" for unit in crews],
        fields={"busy until": free} if any(free) else {},
        size=1.0 if len(crews) < 500 else 0.5,
    )


def _lines(plan: Plan, incidents: Sequence[Incident], units: Mapping[str, Unit], option: Option | None) -> LineLayer:
    where = {incident.id: incident for incident in incidents}
    starts = [
        job_end(where[answer.after]) if answer.after else start_location(units[answer.chosen.unit_id])
        for answer in plan.assignments
    ]
    ends = [where[answer.incident_id].location for answer in plan.assignments]
    return LineLayer.between(
        "Who goes where",
        [place.lon for place in starts],
        [place.lat for place in starts],
        [place.lon for place in ends],
        [place.lat for place in ends],
        names=[
            f"{answer.chosen.unit_id}{f' from {answer.after}' if answer.after else ''} → {answer.incident_id}"
            for answer in plan.assignments
        ],
        roles=[_role(answer) for answer in plan.assignments],
        keys=[answer.incident_id for answer in plan.assignments],
        option=option,
    )


def _incident_layer(
    incidents: Sequence[Incident], answers: Sequence[Answer], why: Why, clock: Clock, option: Option | None
) -> PointLayer:
    times = [_times(answer, clock) for answer in answers]
    remarks = ["; ".join(why.warnings(answer)) for answer in answers]
    stops = stop_texts(answers)
    return PointLayer(
        "Incidents",
        [incident.location.lon for incident in incidents],
        [incident.location.lat for incident in incidents],
        names=[incident.id for incident in incidents],
        roles=[_role(answer) for answer in answers],
        keys=[incident.id for incident in incidents],
        fields={
            "needs": [", ".join([incident.service, *sorted(incident.requires)]) for incident in incidents],
            "class": [answer.promise.promise_class.value for answer in answers],
            "due": [due for due, _ in times],
            "unit": [answer.chosen.unit_id if isinstance(answer, Assignment) else "none" for answer in answers],
            **({"stop": stops} if any(stops) else {}),
            "arrives": [arrives for _, arrives in times],
            **({"remark": remarks} if any(remarks) else {}),
        },
        option=option,
    )


def _figures(plan: Plan, option: Option | None) -> list[Figure]:
    found = plan_summary(plan)
    broken = found["promises_broken"]
    mean, worst = late_minutes(found["mean_lateness_s"]), late_minutes(found["worst_lateness_s"])
    late = f"{mean:.1f} min late on average, {worst:.1f} at worst" if broken else ""
    figures = [
        Figure("Promises kept", f"{found['promises_kept']} of {found['incidents']}", role="kept", option=option),
        Figure("Promises broken", str(broken), late, role="broken" if broken else "", option=option),
    ]
    if found["unserved"]:
        figures.append(Figure("Without a unit", str(found["unserved"]), role="unserved", option=option))
    return figures


def _table(title: str, answers: Sequence[Answer], why: Why, clock: Clock, option: Option | None) -> Table:
    stops = stop_texts(answers)
    rows = [
        [
            answer.incident_id,
            answer.promise.promise_class.value,
            due,
            answer.chosen.unit_id if isinstance(answer, Assignment) else "",
            *([stop] if any(stops) else []),
            arrives,
            spare_minutes(answer.chosen.slack) if isinstance(answer, Assignment) else None,
            Mark(_role(answer), _verdict(answer)),
            why.words(answer),
        ]
        for answer, stop in zip(answers, stops, strict=True)
        for due, arrives in [_times(answer, clock)]
    ]
    columns = ["Incident", "Class", "Due", "Unit", "Arrives", "Minutes to spare", "Promise", "Why"]
    if any(stops):
        columns.insert(4, "Stop")
    return Table(title, columns, rows, keys=[answer.incident_id for answer in answers], option=option)


def _role(answer: Answer) -> str:
    if isinstance(answer, Unserved):
        return "unserved"
    return "kept" if answer.chosen.promise_kept else "broken"


def _verdict(answer: Answer) -> str:
    return {"unserved": "no unit", "kept": "kept", "broken": "broken"}[_role(answer)]


def _times(answer: Answer, clock: Clock) -> tuple[str, str]:
    """When it is due and when the unit arrives, empty without one."""
    if isinstance(answer, Unserved):
        return clock.at(answer.promise.due_at), ""
    return clock.due_and_arrival(answer.promise.due_at, answer.chosen.arrives_at)
