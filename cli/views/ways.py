"""A route as people read it: roads in order, with distance and time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphs.routes import Route

if TYPE_CHECKING:
    from rich.console import Console


def print_route(console: Console, legs: Sequence[Route], when: str) -> None:
    """One table a leg, under a title where there are several, and the sum."""
    from rich.table import Table
    from rich.text import Text

    for number, leg in enumerate(legs, 1):
        if len(legs) > 1:
            said = f"Leg {number} of {len(legs)}: {leg.length_m / 1000:.1f} km in {_time(leg.duration_ms)}"
            console.print(said, highlight=False, style="bold")
        table = Table(box=None, pad_edge=False)
        table.add_column("Road", overflow="fold")
        table.add_column("Class")
        table.add_column("km", justify="right")
        table.add_column("Time", justify="right")
        for part in leg.stretches:
            table.add_row(
                Text(part.road or "–"), part.road_class, f"{part.length_m / 1000:.2f}", _time(part.duration_ms)
            )
        console.print(table)
        console.print()
    length, duration = sum(leg.length_m for leg in legs), sum(leg.duration_ms for leg in legs)
    entrances = sum(len(leg.entrances) for leg in legs)
    tail = f", {entrances} highway {'entrance' if entrances == 1 else 'entrances'} used" if entrances else ""
    console.print(f"{length / 1000:.1f} km in {_time(duration)} {when}{tail}.", highlight=False)


def _time(ms: int) -> str:
    seconds = round(ms / 1000)
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60:02d} s"
