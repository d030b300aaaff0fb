"""Snapped places as people read them: the answer, and under it what else it may be."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from cli.views.words import plural, text
from engine.snapped import RoadPlace, SnappedLocation
from graphs.snapping.located import PassedOver, RivalKind, RoadMatch

_KINDS = {RivalKind.OPPOSITE_CARRIAGEWAY: "or opposite", RivalKind.OTHER_ROAD: "or"}
_PASSED = {
    PassedOver.FERRY: "a ferry is nearer, but a road is near too.",
    PassedOver.CUT_OFF: "a nearer road is cut off: rules leave no way there, or none away from there.",
    PassedOver.NOT_IN_REGION: "a road that is not part of this region is nearer or as likely: it leads out of the map "
    "or cannot be reached.",
}
_OTHER_ROAD = (RoadMatch.OTHER, RoadMatch.UNNAMED)


def print_snapped(out: Console, ids: Sequence[str], answers: Sequence[SnappedLocation | None]) -> None:
    """A row for each answer and for each rival, and what would make the ambiguous ones clear."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Place", overflow="fold", max_width=25)
    table.add_column("Road", overflow="fold")
    table.add_column("Class", no_wrap=True)
    table.add_column("Driven", no_wrap=True)
    table.add_column("Metres", justify="right", no_wrap=True)
    table.add_column("Sure", justify="right", no_wrap=True)
    for name, answer in zip(ids, answers, strict=True):
        if answer is None:
            table.add_row(text(name), "[red]cannot be used[/red]")
            continue
        colour = "yellow" if answer.ambiguous else "green"
        table.add_row(text(name), *_cells(answer.place, answer.confidence, colour))
        for rival in answer.rivals:
            table.add_row(f"  {_KINDS[rival.kind]}", *_cells(rival.place, rival.confidence, "dim"))
    out.print(table)
    for name, answer in zip(ids, answers, strict=True):
        if answer is not None and answer.passed_over is not PassedOver.NOTHING:
            out.print(f"{text(name)}: {_PASSED[answer.passed_over]}", style="yellow")
        if answer is not None and answer.road_match in _OTHER_ROAD:
            out.print(f"{text(name)}: no road of that name is near.", style="yellow")
    if unsure := sum(answer is not None and answer.ambiguous for answer in answers):
        which = "It is" if len(answers) == 1 else f"{plural(unsure, 'place')} of {len(answers):,} {_are(unsure)}"
        out.print(
            f"\n{which} ambiguous: a heading (LON,LAT@HEADING), the road or a better accuracy may tell.", style="yellow"
        )


def _cells(place: RoadPlace, confidence: float, colour: str) -> list[str]:
    driven = "both ways" if place.two_way else f"{place.towards} {place.heading:.0f}°"
    return [
        text(place.road_name or place.road_ref or "–"),
        place.road_class,
        driven,
        f"{place.distance_m:,.0f}",
        f"[{colour}]{confidence:.0%}[/]",
    ]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
