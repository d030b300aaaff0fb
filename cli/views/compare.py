"""Scenarios side by side on the terminal, worst first; at most 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cli.views.figures import later, minutes, percent, plain_table, points
from cli.views.words import plural, speeds, text
from engine.sweep.page_groups import least_lost
from engine.sweep.ranking import RankedRow, called, ranked
from engine.sweep.result import comparison_digest

#: Rulers told above the table, at most so many of each kind.
_RULERS = 6

if TYPE_CHECKING:
    from rich.console import Console

    from engine.model import Service
    from engine.sweep import SweepRow


def print_comparison(
    out: Console,
    rows: Sequence[SweepRow],
    before: Sequence[SweepRow],
    traffic: str,
    told_minutes: float,
    shown: int,
    written: bool,
) -> None:
    """A row a variant, moment and service, by the change from how things are.

    ``told_minutes``: from the call until a crew is told, as asked.
    """
    good, bad = ranked(rows, before), [row for row in rows if row.problem is not None]
    count = len({(row.title, row.number) for row in rows})
    out.print(f"{plural(count, 'scenario')}, {plural(len(good), 'answer')}; {speeds(traffic)}")
    several = len({row.title for row in rows}) > 1
    told = f", {told_minutes:g} of them until a crew is told" if told_minutes else ""
    out.print(f"Minutes are from the call{told}.")
    _print_rulers(out, good, before, several)
    out.print()
    table = plain_table()
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("scenario", overflow="ellipsis", no_wrap=True, max_width=34)
    names = _names([each.row for each in good])
    for name in names:
        table.add_column(name, no_wrap=True)
    never = any(each.row.figures and each.row.figures.unreached >= 0.5 for each in good[:shown])
    for name in ("within", "change", "mean", "later", "90 %", *(["never"] if never else [])):
        table.add_column(name, justify="right", no_wrap=True)
    for each in good[:shown]:
        row, figures = each.row, each.row.figures
        assert figures is not None
        values = {"moment": row.moment, "service": _service(row.service)}
        table.add_row(
            f"{each.rank:,}",
            text(called(row, several)),
            *(values[name] for name in names),
            f"[bold]{percent(figures.share)}[/bold]",
            points(each.share),
            minutes(figures.mean_minutes),
            later(each.later_minutes),
            minutes(figures.p90_minutes),
            *([percent(figures.unreached / figures.demand)] if never else []),
        )
    out.print(table)
    if len(good) > shown:
        more = "" if written else "; --csv writes them all"
        out.print(f"and {len(good) - shown:,} more that change less{more}.", style="dim")
    for row in bad[:shown]:
        assert row.problem is not None
        out.print(f"[red]{text(row.variant)}[/red]: {text(row.problem.message)}")
    out.print(
        "\nChange: points of the demand within promise, from how things are at that moment; "
        "mean, later, 90 %: minutes.",
        style="dim",
    )
    if never:
        out.print("Never: the share that nobody ever reaches; mean and later are over the others.", style="dim")
    policies = {each.row.versions.policy for each in good if each.row.versions is not None}
    policy = f"Policy {text(policies.pop())}, result" if len(policies) == 1 else "Result"
    out.print(f"{policy} {comparison_digest(rows, before)}.", style="dim")


def _print_rulers(out: Console, good: Sequence[RankedRow], before: Sequence[SweepRow], several: bool) -> None:
    """What changes are from; of conditions that cost a share whoever leaves, what is left where the least is lost."""
    names = _names(before)
    for row in before[:_RULERS]:
        if row.figures is not None:
            out.print(f"As it is{_apart(row, names)}: {percent(row.figures.share)} within promise")
    for best in least_lost(good)[:_RULERS]:
        figures = best.row.figures
        assert figures is not None
        stays = tuple(pair for pair in best.row.values if pair[0].rpartition(".")[2] != "remove")
        conditions = text(called(replace(best.row, values=stays), several))
        out.print(f"{conditions}{_apart(best.row, names)}: {percent(figures.share)} where leaving costs least")


def _apart(row: SweepRow, names: Sequence[str]) -> str:
    """The moment and the service, where they differ."""
    told = [row.moment if name == "moment" else _service(row.service) for name in names]
    return "".join(f", {text(each)}" for each in told)


def _names(rows: Sequence[SweepRow]) -> list[str]:
    """What tells rows of one variant apart."""
    found = []
    if len({row.moment for row in rows}) > 1:
        found.append("moment")
    if len({row.service for row in rows}) > 1:
        found.append("service")
    return found


def _service(service: Service | None) -> str:
    return "" if service is None else service.value.replace("_", " ")
