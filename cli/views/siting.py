"""A siting answer on the terminal: before and after, what each site adds, and how sure it is; at most 80 columns."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from cli.views.coverage import print_both, print_versions
from cli.views.figures import minutes, percent
from cli.views.words import plural, text
from engine.coverage.siting_steps import Goal
from engine.coverage.siting_told import ToldSites


def print_answer(out: Console, region: str, answer: ToldSites) -> None:
    """Figures before and after are exact, whatever the places looked at."""
    print_both(out, region, answer.before, answer.after)
    out.print()
    if answer.chosen:
        out.print(_chosen(answer))
        unit = answer.before.evaluations[0].demand_unit
        out.print(
            f"Adds: {text(unit)} within the promise, site after site. Alone: lost if that one leaves.", style="dim"
        )
        if answer.figures_before.unreached >= 0.5:
            last, least = answer.figures_before.unreached, answer.figures_after.unreached
            out.print(
                f"Nobody reaches {last:,.0f} before, {least:,.0f} then; mean and longest are over the others.",
                style="dim",
            )
    else:
        needless = answer.goal is Goal.ALL and not answer.beyond
        out.print("Nobody is needed." if needless else "No candidate improves anything.")
    out.print()
    for line in certificate(answer):
        out.print(line)
    print_versions(out, answer.after)


def _chosen(answer: ToldSites) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    priced = answer.priced
    table.add_column("site", overflow="ellipsis", no_wrap=True, max_width=16 if priced else 20)
    table.add_column("road", overflow="ellipsis", no_wrap=True, max_width=11 if priced else 15)
    names = ["crews", *(["cost"] if priced else []), "adds", "within", "mean"]
    names += ["expected"] if answer.goal is Goal.EXPECTED else ["longest"]
    for name in (*names, "alone"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in answer.chosen:
        then = each.then
        last = percent(then.expected_share or 0) if answer.goal is Goal.EXPECTED else minutes(then.longest_minutes)
        table.add_row(
            text(each.id), text(each.road or "-"), f"{each.crews:,}",
            *([f"{each.contract_cost:,.0f}"] if priced else []),
            f"{each.adds:,.0f}", percent(then.share), minutes(then.mean_minutes), last, f"{each.lost_without:,.0f}",
        )  # fmt: skip
    return table


def certificate(answer: ToldSites) -> list[str]:
    """How good the plan is among all there are, and what was looked at."""
    count = answer.offering
    got, least = _told(answer, answer.objective), _told(answer, answer.bound)
    what = {
        Goal.COVER: "within promise",
        Goal.ALL: "needed",
        Goal.MEAN: "mean arrival",
        Goal.LONGEST: "longest arrival",
        Goal.EXPECTED: f"expected to find a free crew, each busy for {answer.busy or 0:.0%} of the time",
    }[answer.goal]
    if answer.proven:
        lines = [f"[bold]{got}[/bold] {what}; proven: no other choice of {plural(count, 'candidate')} does better."]
    else:
        none = f"no choice of {plural(count, 'candidate')} does better than {least} (gap {answer.gap:.2%})"
        lines = [f"[bold]{got}[/bold] {what}; {none}. Give more --seconds to close it."]
    unit = text(answer.before.evaluations[0].demand_unit)
    if answer.beyond >= 0.5:
        where = "has a way to them" if answer.goal in (Goal.MEAN, Goal.LONGEST) else "reaches them in time"
        lines.append(f"{answer.beyond:,.0f} {unit} are beyond: nobody, of the fleet or the candidates, {where}.")
    if answer.places_looked_at < answer.places:
        lines.append(
            f"The search looked at {answer.places_looked_at:,} places that stand for {answer.places:,}: the line above "
            "is about those, the tables are exact."
        )
    return lines


def _told(answer: ToldSites, value: float) -> str:
    match answer.unit:
        case "share":
            return percent(value)
        case "minutes":
            return f"{value:.2f} min"
        case "cost":
            return f"A cost of {value:,.0f}"
    return plural(round(value), "site") if value == round(value) else f"{value:.2f} sites"
