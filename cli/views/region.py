"""A region on the terminal and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graphs.classes import ROAD_CLASSES
from graphs.region import Region


def region_json(region: Region, path: Path | None) -> dict[str, Any]:
    """Everything the region says about itself, its extent and its kilometres of each road class."""
    west, south, east, north = region.bounds
    return {
        **region.metadata.to_dict(),
        "bounds": {"west": west, "south": south, "east": east, "north": north},
        "nodes": region.network.node_count,
        "arcs": region.network.arc_count,
        "arc_km_by_class": _kilometres(region),
        "bytes": path.stat().st_size if path else None,
    }


def print_region(out: Console, region: Region, path: Path | None) -> None:
    """The same for people."""
    about = region.metadata
    west, south, east, north = region.bounds
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    out.print(f"[bold]{escape(about.title)}[/bold] ({about.name})")
    if path:
        grid.add_row("File", f"{escape(str(path))}, {path.stat().st_size / 1e6:,.1f} MB")
    grid.add_row("Extent", f"{west:.4f} to {east:.4f} east, {south:.4f} to {north:.4f} north")
    grid.add_row("Time zone", about.timezone)
    grid.add_row("Roads", f"{region.network.node_count:,} nodes, {region.network.arc_count:,} arcs")
    grid.add_row("Kilometres", ", ".join(f"{name} {km:,.0f}" for name, km in _kilometres(region).items()))
    for index, line in enumerate(about.report.lines()):
        grid.add_row("" if index else "Report", escape(line))
    grid.add_row("Speeds", f"{about.profile_name} ({about.profile_digest})")
    grid.add_row("Version", f"{about.version}, built {about.created}")
    grid.add_row("Source", escape(about.source))
    grid.add_row("Credits", escape(f"{'; '.join(about.credits)}. {about.licence}"))
    out.print(grid)


def _kilometres(region: Region) -> dict[str, float]:
    """Kilometres of arcs by road class, in the order of importance; a two-way street counts twice."""
    network = region.network
    metres = np.bincount(network.arc_class, weights=network.arc_length_m, minlength=len(ROAD_CLASSES))
    return {name: round(float(m) / 1000, 1) for name, m in zip(ROAD_CLASSES, metres, strict=True) if m > 0}
