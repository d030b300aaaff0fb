"""A shift plan on the terminal; at most 80 columns."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from cli.views.figures import percent, plain_table
from cli.views.words import made_from, plural, speeds, text
from engine.staffing.page import holds_for
from engine.staffing.played import PlayedHour
from engine.staffing.told import PlannedShift, ToldShifts
from engine.texts.page_words import ENGLISH


def print_plan(out: Console, region: str, plan: ToldShifts, traffic: str) -> None:
    """Shifts by provider, then what every hour gets; of a week the worst hours."""
    span = "week" if len(plan.hours) > 24 else "day"
    names = ", ".join(service.value.replace("_", " ") for service in plan.services)
    out.print(f"[bold]{text(region)}[/bold]: {names}")
    calls = sum(hour.calls for hour in plan.hours)
    holds = ENGLISH("between").join(holds_for(plan, ENGLISH))
    of = f", all of {names}" if len(plan.services) == 1 else " of these services"
    out.print(
        f"{calls:,.0f} calls a {span}{of}, {plan.minutes_per_call:g} minutes each; "
        f"{plural(plan.bases, 'base')} to choose from\n{holds}\n{speeds(traffic)}\n",
        style="dim",
    )
    out.print(_shifts(plan))
    out.print(
        f"\n[bold]{plural(sum(plan.crews.values()), 'crew')}, {plan.crew_hours:,} crew-hours a {span}"
        f"{'' if plan.target is None else f', cost {plan.cost:,.6g}'}[/bold]{_share_told(plan)}"
    )
    _warn(out, plan)
    out.print()
    out.print(_hours(plan))
    out.print("\nWithin: of the calls, as planned, all crews equally busy.", style="dim")
    if plan.played is not None:
        out.print("Played: the queue of these calls and crews, hour by hour.", style="dim")
    out.print("Reached: if all on duty were free.", style="dim")
    out.print(_proof(plan), style="dim")
    out.print(made_from(plan.versions, plan.digest), style="dim")


def _share_told(plan: ToldShifts) -> str:
    if (played := plan.played) is None:
        return f"; {percent(plan.share)} of the calls within promise"
    share = f"[bold]{percent(played.share)}[/bold] ±{100 * played.plus_minus:.1f} played"
    return f"\nof the calls within promise: {share}, {percent(plan.share)} planned"


def _warn(out: Console, plan: ToldShifts) -> None:
    """Where hours miss the target as they were played: how many, the worst, why, and what to do."""
    worst = plan.worst_played
    if not plan.below or worst is None or worst.played is None or plan.target is None:
        return
    of = f"; {plural(len(plan.below), 'hour')} in all" if len(plan.below) > 1 else ""
    low = f"played: {percent(worst.played.share)} at {worst.name}, below the target of {percent(plan.target)}{of}"
    out.print(f"[bold red]{low}[/bold red]")
    idle = plan.idle
    if idle is None:
        out.print("Ask for a greater target, or for the minutes that a call takes (--minutes-per-call).")
        return
    out.print(
        f"{idle.crews} of {idle.of_crews} crews are of {text(idle.provider)}, at work {percent(idle.busy)} of the "
        f"time,\nothers {percent(idle.others_busy)}. Cap it in the rules:"
    )
    out.print(f'\\[\\[base]]\nprovider = "{text(idle.provider)}"\nmost = {idle.most}')


def _shifts(plan: ToldShifts) -> Table:
    table = plain_table()
    table.add_column("provider", overflow="ellipsis", no_wrap=True)
    for name in ("crews", "from", "to"):
        table.add_column(name, justify="right", no_wrap=True)
    if any(each.days for each in plan.shifts):
        table.add_column("days", overflow="ellipsis", no_wrap=True)
    for each in sorted(plan.shifts, key=_order):
        cells = [text(each.provider), f"{each.crews}", f"{each.from_hour}:00", f"{each.to_hour}:00"]
        table.add_row(*cells, *([" ".join(each.days)] if each.days else []))
    return table


def _order(shift: PlannedShift) -> tuple:
    return shift.provider, shift.days or (), shift.from_hour, shift.to_hour


def _hours(plan: ToldShifts) -> Table:
    table, shown, played = plain_table(), list(plan.hours), plan.played is not None
    below = plan.below
    if len(shown) > 24:
        shown = sorted((hour for hour in shown if hour.calls), key=lambda hour: (hour.played or hour).share)[:12]
    for name in ("hour", "calls", "crews", "busy", "all busy", "within", *(["played"] if played else []), "reached"):
        table.add_column(name, justify="right", no_wrap=True)
    for hour in shown:
        short = plan.target is not None and hour.calls and hour.share < plan.target - 1e-9
        table.add_row(
            hour.name, f"{hour.calls:.1f}", f"{hour.crews}", percent(hour.busy), percent(hour.all_busy),
            f"[{'red' if short else 'bold'}]{percent(hour.share)}[/]",
            *([_share(hour.played, hour in below)] if hour.played else []), percent(hour.within),
        )  # fmt: skip
    return table


def _share(played: PlayedHour, below: bool) -> str:
    return f"[{'red' if below else 'bold'}]{percent(played.share)}[/] ±{100 * played.plus_minus:.1f}"


def _proof(plan: ToldShifts) -> str:
    what = "costs less" if plan.target is not None else "has a greater share"
    if plan.proven and plan.below:
        return f"Proven only if all crews were equally busy: no plan of these shifts {what}."
    if plan.proven:
        return f"Proven: no plan of these shifts {what}."
    bound = f"costs less than {plan.bound:,.6g}" if plan.target is not None else f"exceeds {percent(plan.bound)}"
    return f"No plan of these shifts {bound} (gap {plan.gap:.1%})."
