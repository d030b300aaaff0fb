"""The demonstration on the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.table import Table

from cli.views.words import day_and_clock, duration, mark, slack
from engine.decision import Assignment, Plan, Recommendation, Unserved
from engine.demo import ScarceAnswer, StandardAnswer
from engine.tables.clock import Clock, late_minutes
from engine.tables.plan_json import plan_summary
from graphs.region import Region

Answer = Assignment | Unserved


def print_demo(out: Console, region: Region, standard: StandardAnswer, scarce: ScarceAnswer, *, map: Path) -> None:
    """Both cases, the map's place and the credits."""
    out.print(f"[bold]Towline on {region.metadata.title}[/bold]")
    out.print(f"{day_and_clock(standard.now, region.timezone)}")
    out.print("The promise: 30 minutes in town, 60 on the highway and outside of town\n")
    _print_standard(out, standard, Clock(region.timezone, standard.now))
    _print_scarce(out, scarce, Clock(region.timezone, scarce.case.now))
    out.print(f"\nMap of both answers, opens offline: [bold]{map}[/bold]", soft_wrap=True)
    out.print(f"Roads: {'; '.join(region.metadata.credits)}. {region.metadata.licence}.", style="dim")


def _print_standard(out: Console, answer: StandardAnswer, clock: Clock) -> None:
    figures = plan_summary(answer.plan)
    out.print(Rule(f"{len(answer.fleet.providers):,} providers, {len(answer.fleet.units):,} units", align="left"))
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(justify="right", style="bold", no_wrap=True)
    grid.add_column()
    grid.add_row(duration(answer.prepare), "to put the whole fleet on the roads, once")
    grid.add_row(duration(answer.recommend), "for one new incident: the best unit of all, and five runners-up (median)")
    optimum = (
        "proven optimal with one each"
        if answer.plan.gap == 0
        else f"within {answer.plan.gap / 1000:,.1f} minutes of the optimum with one each"
    )
    grid.add_row(duration(answer.optimise), f"for {figures['incidents']:,} incidents at once, {optimum}")
    grid.add_row(f"{figures['promises_kept']:,} of {figures['incidents']:,}", "promises kept")
    out.print(grid)
    out.print()
    _print_recommendation(out, answer.recommendation, clock)
    out.print()


def _print_recommendation(out: Console, answer: Recommendation, clock: Clock) -> None:
    promise = answer.promise
    out.print(f"Incident {answer.incident_id}, due {clock.at(promise.due_at)} ({promise.reason}):")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name, align in (("Unit", "left"), ("Drive", "right"), ("Arrives", "right"), ("Slack", "right"), ("", "left")):
        table.add_column(name, justify=align, no_wrap=name != "")  # type: ignore[arg-type]
    for candidate in filter(None, (answer.best, *answer.runners_up)):
        why = f"lost: {candidate.lost.message}" if candidate.lost else "[green]send this one[/green]"
        style = None if candidate.lost else "bold"
        cells = [
            candidate.unit_id,
            duration(candidate.travel),
            clock.due_and_arrival(promise.due_at, candidate.arrives_at)[1],
        ]
        table.add_row(*cells, slack(candidate.slack), why, style=style)
    out.print(table)


def _print_scarce(out: Console, answer: ScarceAnswer, clock: Clock) -> None:
    incidents, units = answer.case.incidents, answer.case.fleet.units
    out.print(
        Rule(f"A scarce hour: {len(incidents)} open incidents, {len(units)} units, most still busy", align="left")
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name, align in (("Incident", "left"), ("Class", "left"), ("Due", "right")):
        table.add_column(name, justify=align, no_wrap=True)  # type: ignore[arg-type]
    for name in ("Nearest in order", "Towline"):
        table.add_column(name, no_wrap=True)
        table.add_column("Arrives", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
    nearest, towline = _by_incident(answer.nearest), _by_incident(answer.towline)
    for incident in incidents:
        promise = towline[incident.id].promise
        row = [incident.id, promise.promise_class.value, clock.at(promise.due_at)]
        for given in (nearest[incident.id], towline[incident.id]):
            row += _cells(given, clock)
        table.add_row(*row)
    out.print(table)
    out.print()
    _print_totals(out, answer)


def _cells(answer: Answer, clock: Clock) -> list[str]:
    if isinstance(answer, Unserved):
        return ["none", "", mark(answer)]
    times = clock.due_and_arrival(answer.promise.due_at, answer.chosen.arrives_at)
    return [answer.chosen.unit_id, times[1], mark(answer)]


def _print_totals(out: Console, answer: ScarceAnswer) -> None:
    nearest, towline = plan_summary(answer.nearest), plan_summary(answer.towline)
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    table.add_column("")
    table.add_column("Nearest in order of call", justify="right")
    table.add_column("Towline", justify="right", style="bold")
    count = nearest["incidents"]
    table.add_row(
        "Promises kept",
        f"{nearest['promises_kept']} of {count}",
        f"[green]{towline['promises_kept']} of {count}[/green]",
    )
    table.add_row("Promises broken", *(_share(one, "promises_broken") for one in (nearest, towline)))
    if nearest["unserved"] or towline["unserved"]:
        table.add_row("Without a unit", *(_share(one, "unserved") for one in (nearest, towline)))
    table.add_row("Late on average", *(_minutes(one["mean_lateness_s"]) for one in (nearest, towline)))
    table.add_row("Late at worst", *(_minutes(one["worst_lateness_s"]) for one in (nearest, towline)))
    table.add_row("Cost", *(f"{plan.cost.total / 1000:,.0f} min" for plan in (answer.nearest, answer.towline)))
    out.print(table)
    if answer.towline.gap == 0:
        out.print("Towline's answer is proven: no other with one incident a unit costs less.", style="dim")


def _share(figures: dict, key: str) -> str:
    return f"{figures[key]} ({figures[key] / figures['incidents']:.0%})"


def _minutes(seconds: float) -> str:
    return f"{late_minutes(seconds):.1f} min"


def _by_incident(plan: Plan) -> dict[str, Answer]:
    return {answer.incident_id: answer for answer in (*plan.assignments, *plan.unserved)}
