"""Scenarios side by side on the terminal, worst first; at most 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.views.figures import minutes, plain_table, points
from cli.views.words import plural, speeds, text

if TYPE_CHECKING:
    from rich.console import Console

    from engine.model import Service
    from engine.sweep import SweepRow


def print_comparison(
    out: Console, rows: Sequence[SweepRow], before: Sequence[SweepRow], traffic: str, shown: int, written: bool
) -> None:
    """A row a variant, moment and service, by the change from how things are."""
    usual = {(row.moment, row.service): row.figures for row in before}
    good = [row for row in rows if row.figures is not None]
    bad = [row for row in rows if row.problem is not None]
    count = len({(row.title, row.number) for row in rows})
    out.print(f"{plural(count, 'scenario')}, {plural(len(good), 'answer')}; {speeds(traffic)}\n")
    table = plain_table()
    table.add_column("scenario", overflow="ellipsis", no_wrap=True, max_width=34)
    names, several = _names(good), len({row.title for row in rows}) > 1
    for name in names:
        table.add_column(name, no_wrap=True)
    for name in ("within", "change", "mean", "90 %"):
        table.add_column(name, justify="right", no_wrap=True)

    def change(row: SweepRow) -> float | None:
        old = usual.get((row.moment, row.service))
        return None if old is None or row.figures is None else row.figures.share - old.share

    def first(row: SweepRow) -> float:
        found = change(row)
        return (row.figures.share if row.figures else 0.0) if found is None else found

    for row in sorted(good, key=first)[:shown]:
        assert row.figures is not None
        told = {"moment": row.moment, "service": _service(row.service)}
        table.add_row(
            text(_called(row, several)),
            *(told[name] for name in names),
            f"[bold]{row.figures.share:.1%}[/bold]",
            points(change(row)),
            minutes(row.figures.mean_minutes),
            minutes(row.figures.p90_minutes),
        )
    out.print(table)
    if len(good) > shown:
        more = "" if written else "; --csv writes them all"
        out.print(f"and {len(good) - shown:,} more that change less{more}.", style="dim")
    for row in bad[:shown]:
        assert row.problem is not None
        out.print(f"[red]{text(row.variant)}[/red]: {text(row.problem.message)}")
    out.print("\nChange: points of the demand within promise, from how things are at that moment.", style="dim")


def _called(row: SweepRow, several: bool) -> str:
    """Short: ``snow, without P7``, what is looked at in columns of its own left out; the title where there are more."""
    words = []
    for name, value in row.values:
        key = name.rpartition(".")[2]
        if key in ("hour", "weekday"):
            continue
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        words.append(f"without {shown}" if key == "remove" else shown if key == "weather" else f"{_short(key)} {shown}")
    if several or not words:
        words.append(row.title or f"scenario {row.number + 1:,}")
    return ", ".join(words)


def _short(key: str) -> str:
    return key.removesuffix("_minutes").replace("_", " ")


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
