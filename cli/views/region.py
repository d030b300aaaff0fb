"""A region on the terminal and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from cli.views.words import text
from graphs.classes import ROAD_CLASSES
from graphs.region import Region
from graphs.report import BuildReport


def region_json(region: Region, path: Path | None) -> dict[str, Any]:
    """Everything the region says about itself, its extent and its kilometres of each road class."""
    west, south, east, north = region.bounds
    return {
        **region.metadata.to_dict(),
        "bounds": {"west": west, "south": south, "east": east, "north": north},
        "nodes": region.network.node_count,
        "arcs": region.network.arc_count,
        "street_km": round(sum(_kilometres(region, streets=True).values()), 1),
        "street_km_by_class": _kilometres(region, streets=True),
        "arc_km_by_class": _kilometres(region),
        "warnings": losses(region.metadata.report),
        "bytes": path.stat().st_size if path else None,
    }


def print_region(out: Console, region: Region, path: Path | None) -> None:
    """The same for people."""
    about = region.metadata
    west, south, east, north = region.bounds
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    out.print(f"[bold]{text(about.title)}[/bold] ({about.name})")
    if path:
        grid.add_row("File", f"{text(str(path))}, {path.stat().st_size / 1e6:,.1f} MB")
    across = " (across the antimeridian)" if west > east else ""
    grid.add_row("Extent", f"{west:.4f} to {east:.4f} east{across}, {south:.4f} to {north:.4f} north")
    grid.add_row("Time zone", about.timezone)
    grid.add_row("Roads", f"{region.network.node_count:,} nodes, {region.network.arc_count:,} arcs")
    streets, arcs = _kilometres(region, streets=True), _kilometres(region)
    named = ", ".join(f"{name} {_km(km)}" for name, km in streets.items())
    grid.add_row("Streets", f"{_km(sum(streets.values()))} km, two-way ones counted once: {named}")
    grid.add_row("Arcs", f"{_km(sum(arcs.values()))} km, each direction counted")
    for index, line in enumerate(about.report.lines()):
        grid.add_row("" if index else "Report", text(line))
    for loss in losses(about.report):
        grid.add_row("[yellow]Warning[/yellow]", f"[yellow]{text(loss)}[/yellow]")
    grid.add_row("Speeds", f"{about.profile_name} ({about.profile_digest})")
    grid.add_row("Version", f"{about.version}, built {about.created}")
    grid.add_row("Source", text(about.source))
    grid.add_row("Credits", text("; ".join(about.credits)) or "nobody named")
    grid.add_row("Licence", text(about.licence) or "not stated")
    out.print(grid)


#: Losing more of the roads' length than this, or any road of these classes, is hardly meant.
MOST_LOST = 0.03
TRUNK_ROADS = ("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link")


def losses(report: BuildReport) -> list[str]:
    """What building dropped that a person should look at: parts that cannot be reached and left again."""
    found = []
    share = report.km_dropped / report.km_read if report.km_read else 0.0
    if share > MOST_LOST:
        why = "is the source cut off"
        if not report.directions_tagged:
            why += ", or are two-way streets read as one-way (--undirected)"
        found.append(
            f"{share:.1%} of the road length ({report.km_dropped:,.1f} km) cannot be reached and left again and was "
            f"dropped; {why}?"
        )
    lost = {name: report.dropped_km_by_class.get(name, 0.0) for name in TRUNK_ROADS}
    if named := ", ".join(f"{name} {km:,.1f} km" for name, km in lost.items() if km >= 0.05):
        found.append(f"important roads were dropped because they cannot be reached and left again: {named}")
    return found


def _kilometres(region: Region, *, streets: bool = False) -> dict[str, float]:
    """Kilometres by road class, in the order of importance: of arcs (each direction), or of streets (two-way once)."""
    network = region.network
    metres = np.asarray(network.arc_length_m, np.float64)
    if streets:
        metres = np.where(network.arc_twin >= 0, metres / 2, metres)
    total = np.bincount(network.arc_class, weights=metres, minlength=len(ROAD_CLASSES))
    return {name: round(float(m) / 1000, 1) for name, m in zip(ROAD_CLASSES, total, strict=True) if m > 0}


def _km(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:,.1f}"
