"""`towline region`: prepare a road network for search, and say what is in one."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console, region_export
from cli.areas import (
    BoxChoice,
    DistanceChoice,
    NominatimChoice,
    OverpassChoice,
    PlaceChoice,
    PointChoice,
    area_of,
    servers_of,
)
from cli.choices import BUNDLED, open_region_choice
from cli.failures import FailureGroup

if TYPE_CHECKING:
    from graphs.raw import RawNetwork
    from graphs.region import Progress, Region

app = typer.Typer(cls=FailureGroup, help="Prepare road networks for search, and look at them.", no_args_is_help=True)
app.command("export")(region_export.export)


@app.command()
def build(
    source: Annotated[
        Path | None,
        typer.Argument(
            help="An edges table (CSV, Parquet), GraphML, GeoPackage, GeoJSON, or .osm.pbf, .osm, .osm.gz, .osm.bz2."
        ),
    ] = None,
    timezone: Annotated[str, typer.Option("--timezone", help="IANA time zone of the region, e.g. Asia/Shanghai.")] = "",
    name: Annotated[str | None, typer.Option("--name", help="Its id; default: from the file's name.")] = None,
    title: Annotated[str, typer.Option("--title", help="Its name for people.")] = "",
    place: PlaceChoice = None,
    bbox: BoxChoice = None,
    point: PointChoice = None,
    dist: DistanceChoice = None,
    overpass: OverpassChoice = None,
    nominatim: NominatimChoice = None,
    nodes: Annotated[Path | None, typer.Option("--nodes", help="The nodes table of an edges table.")] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="ROLE=COLUMN", help="Another column name; repeat as needed.")
    ] = None,
    directed: Annotated[
        bool | None,
        typer.Option("--directed/--undirected", help="Whether a row is one direction or a street driven both ways."),
    ] = None,
    speeds: Annotated[Path | None, typer.Option("--speeds", help="A speed profile (TOML).")] = None,
    turns: Annotated[
        bool | None,
        typer.Option(
            "--turns/--no-turns",
            help="Whether turning costs time; default: for OpenStreetMap, unless --speeds tells.",
        ),
    ] = None,
    vehicle: Annotated[
        str, typer.Option("--vehicle", help="Who drives: car, van, flat-bed, heavy-wrecker, or a vehicle file (TOML).")
    ] = "car",
    country: Annotated[
        str | None, typer.Option("--country", help="Whose legal speeds hold where none is signed, e.g. CN.")
    ] = None,
    credit: Annotated[
        list[str] | None, typer.Option("--credit", help="Whose data it is, shown on every map; repeat for several.")
    ] = None,
    licence: Annotated[str | None, typer.Option("--licence", help="The licence of the data, shown there too.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The region file; default: NAME.towline-region.")] = None,
    json: console.Json = False,
) -> None:
    """Prepare a road network for search and store it in one file."""
    from engine.errors import OptionError

    area = area_of(place, bbox, point, dist)
    if (source is None) == (area is None):
        raise OptionError("give either a file or --place, --bbox or --point; `towline region build --help` shows how")
    from graphs.interop.files import is_export
    from graphs.region import build_region, valid_timezone
    from graphs.speeds import load_profile
    from graphs.store import SUFFIX, save_region
    from graphs.vehicle import load_vehicle

    anew = speeds is not None or turns is not None or vehicle != "car" or country is not None
    as_exported = source is not None and not anew and is_export(source)
    if timezone or not as_exported:
        _check_timezone(timezone)
        valid_timezone(timezone)
    profile, driven_by = load_profile(speeds), load_vehicle(vehicle)
    servers = servers_of(overpass, nominatim)
    if area and not (name or area.place):
        raise OptionError("--name is missing; a box or a point has no name of its own")
    name = _checked_name(name or _slug(place or (source.name if source else "")))
    path = _checked_out(out or Path(f"{name}{SUFFIX}"), {"the source": source, "--nodes": nodes, "--speeds": speeds})
    started = time.perf_counter()
    with console.progress_bar() as tell:
        if as_exported:
            assert source is not None
            if nodes or column or directed is not None:
                raise OptionError(
                    f"{source.name} was exported by Towline and needs no --nodes, --column or --directed", file=source
                )
            region = _as_exported(source, name, timezone, title, credit, licence, tell)
        else:
            if area is not None:
                from graphs.sources.osmnx_areas import read_area

                raw = read_area(area, servers, tell)
            else:
                assert source is not None
                raw = _read(source, nodes, directed, column, tell)
            if turns is None:
                turns = profile.turn is not None or (speeds is None and raw.tags is not None)
            region = build_region(
                _credited(raw, source, credit, licence),
                name=name,
                timezone=timezone,
                profile=profile.turning(turns),
                vehicle=driven_by,
                country=country,
                title=title or (area.title if area else ""),
                progress=tell,
            )
    save_region(region, path)
    from cli.views.region import losses, print_region, region_json

    if json:
        for loss in losses(region.metadata.report):
            console.warn(loss)
        console.print_json({"file": str(path), **region_json(region, path)})
        return
    print_region(console.stdout(), region, path)
    console.note(f"built in {time.perf_counter() - started:.1f} s")


def _check_timezone(timezone: str) -> None:
    from engine.errors import OptionError

    if not timezone:
        raise OptionError("--timezone is missing; give the region's IANA time zone, e.g. America/Santiago")


def _read(
    source: Path, nodes: Path | None, directed: bool | None, column: list[str] | None, tell: Progress
) -> RawNetwork:
    """A source of roads without travel times."""
    from graphs.interop.files import is_export
    from graphs.sources.columns import ColumnMapping
    from graphs.sources.reading import read_source

    if is_export(source):
        console.warn(
            f"{source.name} was exported by Towline: its speeds are set anew as asked, its forbidden turns are lost; "
            "to keep both, build it without --speeds, --turns, --vehicle and --country"
        )
    mapping = ColumnMapping.parse(column) if column else None
    return read_source(source, nodes=nodes, directed=directed, mapping=mapping, progress=tell, remark=console.note)


def _as_exported(
    source: Path,
    name: str,
    timezone: str,
    title: str,
    credit: list[str] | None,
    licence: str | None,
    tell: Progress,
) -> Region:
    """The region that an export holds, with its travel times and rules."""
    from dataclasses import replace

    from graphs.interop.files import read_export
    from graphs.interop.regions import region_of

    exported = read_export(source)
    info = exported.info
    if exported.carried is None:
        _check_timezone(timezone)
        console.warn(
            f"{source.name} does not say which turns are forbidden, as an export of Towline does: all are free now"
        )
    credits = tuple(dict.fromkeys((*info.credits, *(credit or ()))))
    info = replace(info, credits=credits, licence=licence or info.licence)
    return region_of(replace(exported, info=info), name=name, timezone=timezone, title=title, progress=tell)


def _checked_name(name: str) -> str:
    from engine.errors import OptionError
    from graphs.region import NAME_PATTERN

    if not NAME_PATTERN.fullmatch(name):
        raise OptionError(
            f"{name!r} cannot name a region; give --name with up to 63 lower-case letters, digits and hyphens, "
            "e.g. la-serena",
            name=name,
        )
    if name == BUNDLED:
        raise OptionError(f"{BUNDLED} is the region in the box; give another --name, e.g. {BUNDLED}-2", name=name)
    return name


def _checked_out(path: Path, inputs: dict[str, Path | None]) -> Path:
    from engine.errors import FileFormatError
    from engine.tables.outputs import keep_apart
    from engine.tables.write import check_folder
    from graphs.store import SUFFIX

    if path.suffix != SUFFIX:
        raise FileFormatError(f"{path.name}: a region's name ends in {SUFFIX}; give --out such a name", file=path)
    keep_apart({"--out": path}, inputs)
    return check_folder(path)


def _credited(raw: RawNetwork, source: Path | None, credit: list[str] | None, licence: str | None) -> RawNetwork:
    """Whose data it is: as said, else OpenStreetMap's where the source is, which a table does not say."""
    from dataclasses import replace

    from graphs.raw import OSM_CREDIT
    from graphs.sources.osmnx_files import LAYER_SUFFIXES
    from graphs.sources.table_files import is_table

    credits, terms, given = raw.info.credits, raw.info.licence, tuple(credit or ())
    if source is None or not (is_table(source) or source.name.lower().endswith(LAYER_SUFFIXES)):
        credits = tuple(dict.fromkeys((*credits, *given)))  # OpenStreetMap's whatever else is said
    elif given:
        credits, terms = given, terms if OSM_CREDIT in given else ""
    elif raw.arc_way.any():
        console.note(f"{source.name} names OSM ways: credited to {OSM_CREDIT}, {terms}; otherwise say --credit")
    else:
        console.note(f"{source.name} does not say whose data it is: nobody is credited; say --credit and --licence")
        credits, terms = (), ""
    return replace(raw, info=replace(raw.info, credits=credits, licence=licence or terms))


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
