"""Travel times on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from cli.views.words import duration, text
from engine.closures import in_words
from engine.tables.matrix import OPEN
from engine.tables.points import Points
from graphs.network import Int32
from graphs.search import INF

#: What fits on a screen; all of it goes to --json or --out.
MOST_ROWS, MOST_COLUMNS = 20, 5
_WIDEST_ID = 18


def print_matrix(
    out: Console,
    origins: Points,
    targets: Points,
    durations: Int32,
    when: str,
    closures: Mapping[tuple[int, int], Sequence[str]] = OPEN,
) -> None:
    """One sentence for one pair, else the corner of the matrix that fits; `when`: at free flow, or departing when.

    ``closures``: by pair without a way the traffic entries that close it.
    """
    if durations.size == 1:
        closed = f": {text(in_words(closures[0, 0]))}" if closures else ""
        out.print(f"[bold]{_time(int(durations[0, 0]))}[/bold] by road {when}{closed}")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("from \\ to", no_wrap=True)
    for target in targets.ids[:MOST_COLUMNS]:
        table.add_column(
            text(_short(target, 12 if len(targets.ids) > 2 else _WIDEST_ID)), justify="right", no_wrap=True
        )
    for origin, row in zip(origins.ids[:MOST_ROWS], durations, strict=False):
        table.add_row(text(_short(origin, _WIDEST_ID)), *(_time(int(ms)) for ms in row[:MOST_COLUMNS]))
    out.print(table)
    rows, columns = durations.shape
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        out.print(
            f"Shown are {min(rows, MOST_ROWS)} of {rows:,} × {min(columns, MOST_COLUMNS)} of {columns:,}; "
            "--json or --out gives all.",
            style="dim",
        )
    if closures:
        every = list(dict.fromkeys(entry for entries in closures.values() for entry in entries))
        pairs = "1 pair has" if len(closures) == 1 else f"{len(closures):,} pairs have"
        out.print(f"{pairs} no way: {text(in_words(every))}.")


def _short(name: str, width: int) -> str:
    return name if len(name) <= width else name[: width - 1] + "…"


def _time(ms: int) -> str:
    return "no way" if ms >= INF else duration(timedelta(milliseconds=ms))
