"""Figures of coverage as its views write them."""

from __future__ import annotations

from rich.table import Table

from engine.coverage.rounding import percent, tenths_up

__all__ = ["later", "minutes", "percent", "plain_table", "points"]

#: A smaller change of a share is none.
LEAST_CHANGE = 0.0005


def minutes(value: float | None) -> str:
    """``12.3``, rounded up as on pages: late never reads as in time; or ``never``."""
    return "never" if value is None else f"{tenths_up(value):.1f}"


def later(value: float | None) -> str:
    """A change of minutes, red where it is later; empty where nothing is known."""
    if value is None:
        return ""
    if abs(value) < 0.05:
        return "0"
    return f"[{'red' if value > 0 else 'green'}]{value:+.1f}[/]"


def points(change: float | None) -> str:
    """A change of a share in points, green where it grows; empty where nothing is known."""
    if change is None:
        return ""
    if abs(change) < LEAST_CHANGE:
        return "0"
    return f"[{'green' if change > 0 else 'red'}]{100 * change:+.1f}[/]"


def plain_table() -> Table:
    """Without lines, for 80 columns."""
    return Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
