"""`towline region export`: a region for networkx, OSMnx and desktop GIS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import console
from cli.choices import BUNDLED, open_region_choice, region_file


def export(
    region: Annotated[str, typer.Argument(help=f"A region file, or '{BUNDLED}'.")],
    out: Annotated[
        Path, typer.Option("--out", help="FILE.graphml for OSMnx, or FILE.gpkg (layers nodes, edges, restrictions).")
    ],
    json: console.Json = False,
) -> None:
    """Write a region as a graph that OSMnx reads, or as layers for a GIS; `region build` takes both back.

    Example: towline region export coquimbo --out coquimbo.gpkg
    """
    from engine.errors import FileFormatError
    from engine.tables.outputs import Outputs, keep_apart
    from engine.tables.write import check_folder
    from graphs.interop.files import EXPORT_SUFFIXES, save_export

    if not out.name.lower().endswith(EXPORT_SUFFIXES):
        raise FileFormatError(f"{out.name}: give --out a name that ends in {' or '.join(EXPORT_SUFFIXES)}", file=out)
    keep_apart({"--out": out}, {"the region": region_file(region)})
    check_folder(out)
    area = open_region_choice(region)
    with Outputs() as outputs:
        outputs.write(out, lambda path: save_export(area, path))
    network, turns = area.network, len(area.search_graph.forbidden)
    if json:
        counts = {"nodes": network.node_count, "edges": network.arc_count, "restrictions": turns}
        console.print_json({"file": str(out), **counts, "credits": area.metadata.credits})
        return
    console.stdout().print(
        f"{network.node_count:,} nodes, {network.arc_count:,} edges, {turns:,} forbidden turns in {out}", markup=False
    )
    if area.metadata.credits:
        console.note(f"credit whenever you show it: {'; '.join(area.metadata.credits)}, {area.metadata.licence}")
