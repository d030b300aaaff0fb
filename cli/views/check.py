"""A checked plan on the terminal: what is wrong, tour by tour, and its figures beside those of other plans."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table

from cli.views.plan import quality
from cli.views.words import mark, plural, slack, text
from engine.check import PlanCheck, Severity, Violation, ViolationCode
from engine.decision import Assignment, CostParts, Plan
from engine.tables.clock import Clock, late_minutes
from engine.tables.plan_json import plan_summary
from engine.tables.plan_rows import cost_minutes

#: More violations of one severity, or more stops, are counted instead of listed.
SHOWN = 40
#: More incidents without anybody share a line that names so many.
LEFT_SHOWN = 6
STYLES = {Severity.RULE: "red", Severity.PROMISE: "yellow", Severity.NOTE: "dim"}
TITLES = {Severity.RULE: "Rules broken", Severity.PROMISE: "Promises broken", Severity.NOTE: "Worth knowing"}


def print_check(out: Console, found: PlanCheck, clock: Clock) -> None:
    """At most 80 columns."""
    _print_stops(out, found.plan, clock)
    for severity in Severity:
        _print_violations(out, severity, [each for each in found.violations if each.severity is severity])
    out.print()
    _print_figures(out, found)
    rules = sum(each.severity is Severity.RULE for each in found.violations)
    if rules:
        out.print(f"\n[red]The plan cannot go out as it is: rules are broken in {plural(rules, 'place')}.[/red]")
    else:
        out.print("\n[green]The plan keeps every rule.[/green]")


def _print_stops(out: Console, plan: Plan, clock: Clock) -> None:
    items = sorted(plan.assignments, key=lambda item: (item.chosen.unit_id, item.position))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    table.add_column("Unit", overflow="fold")
    table.add_column("Stop", justify="right")
    table.add_column("Incident", overflow="fold")
    for name in ("Due", "Arrives", "Slack", "Cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for item in items[:SHOWN]:
        table.add_row(*_cells(item, clock))
    if items:
        out.print(table)
    if len(items) > SHOWN:
        out.print(f"   … and {plural(len(items) - SHOWN, 'more stop')}; --json has all.", style="dim")


def _cells(item: Assignment, clock: Clock) -> list[str]:
    chosen = item.chosen
    due, arrives = clock.due_and_arrival(item.promise.due_at, chosen.arrives_at)
    unit = text(chosen.unit_id) if item.position == 1 else ""
    cells = [mark(item), unit, str(item.position), text(item.incident_id), due, arrives, slack(chosen.slack)]
    return [*cells, f"{chosen.cost.total / 1000:,.1f}"]


def _print_violations(out: Console, severity: Severity, found: list[Violation]) -> None:
    if not found:
        return
    out.print(f"\n[bold]{TITLES[severity]}[/bold]")
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(overflow="fold", max_width=16)
    grid.add_column(overflow="fold", max_width=16)
    grid.add_column(style=STYLES[severity])
    left = [each.incident_id for each in found if each.code is ViolationCode.NOT_PLANNED]
    if len(left) > LEFT_SHOWN:
        found = [each for each in found if each.code is not ViolationCode.NOT_PLANNED]
    for each in found[:SHOWN]:
        grid.add_row(text(each.unit_id) or "–", text(each.incident_id) or "–", text(each.message))
    if len(left) > LEFT_SHOWN:
        named = ", ".join(text(name) for name in left[:LEFT_SHOWN])
        grid.add_row("–", f"{len(left):,}", f"incidents have nobody: {named} …")
    out.print(grid)
    if rest := found[SHOWN:]:
        counts = Counter(each.code.value.replace("_", " ") for each in rest)
        named = ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
        out.print(f"   … and {len(rest):,} more: {named}; --json has all.", style="dim")


def _print_figures(out: Console, found: PlanCheck) -> None:
    plans = {"This plan": found.plan, "Towline": found.towline, "Nearest in order": found.nearest}
    shown = {name: plan for name, plan in plans.items() if plan is not None}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True)
    counts = [plan_summary(plan) for plan in shown.values()]
    for title, key in (
        ("Promises kept", "promises_kept"), ("Promises broken", "promises_broken"), ("Without a unit", "unserved"),
    ):  # fmt: skip
        table.add_row(title, *(f"{each[key]:,}" for each in counts))
    table.add_row("Late at worst, min", *(f"{late_minutes(each['worst_lateness_s']):,.1f}" for each in counts))
    parts = [cost_minutes(plan.cost) for plan in shown.values()]
    for name in (part for part in vars_of(found.plan.cost) if any(each[part] for each in parts)):
        table.add_row(f"  {name.replace('_', ' ')}", *(f"{each[name]:,.1f}" for each in parts), style="dim")
    table.add_row("Cost in minutes", *(f"{each['total']:,.1f}" for each in parts), style="bold")
    out.print(table)
    if found.towline is not None:
        out.print(f"Towline's plan: {quality(found.towline)}.", style="dim")


def vars_of(cost: CostParts) -> list[str]:
    """Names of the parts, in order."""
    return [name for name in cost_minutes(cost) if name != "total"]
