"""`towline region`: prepare a road network for search, and say what is in one."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Annotated

import typer

from cli import console
from cli.choices import BUNDLED, open_region_choice
from cli.failures import FailureGroup

app = typer.Typer(cls=FailureGroup, help="Prepare road networks for search, and look at them.", no_args_is_help=True)


@app.command()
def build(
    source: Annotated[
        Path | None,
        typer.Argument(help="An edges table (CSV, Parquet), GraphML, GeoPackage, GeoJSON, or .osm.pbf."),
    ] = None,
    timezone: Annotated[str, typer.Option("--timezone", help="IANA time zone of the region, e.g. Asia/Shanghai.")] = "",
    name: Annotated[str | None, typer.Option("--name", help="Its id; default: from the file's name.")] = None,
    title: Annotated[str, typer.Option("--title", help="Its name for people.")] = "",
    place: Annotated[
        str | None, typer.Option("--place", help="Instead of a file: a place by name, fetched by OSMnx.")
    ] = None,
    nodes: Annotated[Path | None, typer.Option("--nodes", help="The nodes table of an edges table.")] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="ROLE=COLUMN", help="Another column name; repeat as needed.")
    ] = None,
    directed: Annotated[
        bool | None,
        typer.Option("--directed/--undirected", help="Whether a row is one direction or a street driven both ways."),
    ] = None,
    speeds: Annotated[Path | None, typer.Option("--speeds", help="A speed profile (TOML).")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The region file; default: NAME.towline-region.")] = None,
    json: console.Json = False,
) -> None:
    """Prepare a road network for search and store it in one file."""
    from engine.errors import OptionError
    from engine.tables.write import check_folder

    if (source is None) == (place is None):
        raise OptionError("give either a file or --place; `towline region build --help` shows how")
    if not timezone:
        raise OptionError("--timezone is missing; give the region's IANA time zone, e.g. America/Santiago")
    from graphs.region import build_region, valid_timezone
    from graphs.sources.columns import ColumnMapping
    from graphs.sources.reading import read_source
    from graphs.speeds import load_profile
    from graphs.store import SUFFIX, save_region

    valid_timezone(timezone)
    profile = load_profile(speeds)
    mapping = ColumnMapping.parse(column) if column else None
    name = name or _slug(place or (source.name if source else ""))
    path = check_folder(out or Path(f"{name}{SUFFIX}"))
    started = time.perf_counter()
    with console.progress_bar() as tell:
        if place is not None:
            from graphs.sources.osmnx_files import read_place

            tell("fetch", 0, 0)
            raw = read_place(place)
        else:
            assert source is not None
            raw = read_source(source, nodes=nodes, directed=directed, mapping=mapping, progress=tell)
        region = build_region(raw, name=name, timezone=timezone, profile=profile, title=title, progress=tell)
    save_region(region, path)
    from cli.views.region import print_region, region_json

    if json:
        console.print_json({"file": str(path), **region_json(region, path)})
        return
    print_region(console.stdout(), region, path)
    console.note(f"built in {time.perf_counter() - started:.1f} s")


@app.command()
def info(
    region: Annotated[str, typer.Argument(help=f"A region file, or '{BUNDLED}'.")] = BUNDLED, json: console.Json = False
) -> None:
    """Say what is in a region: where it is, what was kept, dropped and assumed, whose data it is."""
    area = open_region_choice(region)
    from cli.views.region import print_region, region_json

    path = None if region == BUNDLED else Path(region)
    if json:
        console.print_json(region_json(area, path))
    else:
        print_region(console.stdout(), area, path)


def _slug(text: str) -> str:
    """``Jinan, China`` and ``jinan.osm.pbf`` as an id."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower().partition(".")[0]).strip("-")
