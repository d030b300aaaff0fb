"""Broken promises on the terminal, and for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rich.table import Table

from cli.views.words import duration, plural, text
from engine.live.report.chart import NAMES
from engine.live.report.rows import group_rows

if TYPE_CHECKING:
    from rich.console import Console

    from engine.live.report import Figures, Overdue

#: Rows on the terminal; --csv has all.
MOST_ROWS = 40
_FIGURES = ("made", "broken", "share", "never", "mean", "p90")


def print_overdue(out: Console, found: Overdue, by: str, figures: list[Figures], total: Figures) -> None:
    """One sentence, then a row a group."""
    if not found.promises:
        out.print("No promise was made in that time.")
        return
    until = f"{found.now.astimezone(found.zone):%Y-%m-%d %H:%M %Z}"
    out.print(f"{plural(total.promises, 'promise')} made, as known at {until}:")
    if not total.broken:
        out.print("[green]all of them kept[/green]")
        return
    out.print(
        f"[bold]{total.broken:,} broken ({total.share:.1%})[/bold], {total.never:,} of them never reached; late by "
        f"{duration(total.mean_late)} on average, nine of ten by at most {duration(total.p90_late)}\n"
    )
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(by.capitalize(), overflow="fold", no_wrap=by == "area")
    for name in ("broken", "share", "never", "mean", "p90") if by == "cause" else _FIGURES:
        table.add_column(name, justify="right", no_wrap=True)
    if by != "cause":
        table.add_column("mostly", no_wrap=True)
    if by == "area":
        table.add_column("road", overflow="fold")
    for each in figures[:MOST_ROWS]:
        table.add_row(*_cells(each, by), style="dim" if not each.broken else "")
    out.print(table)
    if len(figures) > MOST_ROWS:
        out.print(f"and {len(figures) - MOST_ROWS:,} more; --csv writes them all.", style="dim")


def _cells(each: Figures, by: str) -> list[str]:
    name = _name(each, by)
    late = [_span(each.mean_late), _span(each.p90_late)] if each.broken else ["", ""]
    never = f"{each.never:,}" if each.never else ""
    cells = [f"{each.broken:,}", f"{each.share:.1%}", never, *late]
    if by == "cause":
        return [name, *cells]
    cause = each.cause.value.replace("_", " ") if each.cause is not None else ""
    return [name, f"{each.promises:,}", *cells, cause, *([text(each.road)] if by == "area" else [])]


def _name(each: Figures, by: str) -> str:
    if by == "cause":
        return next((name for cause, name in NAMES.items() if cause.value == each.key), each.key)
    if by == "hour":
        return f"{each.key}:00"
    return each.key.replace("_", " ") if by == "service" else text(each.key)


def _span(value: timedelta) -> str:
    return duration(value).replace(" min", "m").replace(" s", "s").replace(" h ", "h")


def as_json(found: Overdue, by: str, figures: list[Figures], total: Figures) -> dict[str, Any]:
    """All together and by group, in the CSV's names."""
    (everything,) = group_rows([total])
    everything.pop("group")
    everything.pop("road")
    return {
        "known_at": found.now.astimezone(found.zone).isoformat(),
        "by": by,
        "total": everything,
        "groups": group_rows(figures),
    }
