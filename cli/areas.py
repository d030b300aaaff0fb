"""Areas given on the command line: --place, --bbox, --point, --dist, and the servers that are asked for their roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import console

if TYPE_CHECKING:
    from graphs.sources.osmnx_areas import Area
    from graphs.sources.osmnx_servers import MapServers

PlaceChoice = Annotated[
    str | None, typer.Option("--place", help="Instead of a file: a place by name, fetched through OSMnx.")
]
BoxChoice = Annotated[
    str | None, typer.Option("--bbox", metavar="W,S,E,N", help="Instead of a file: a box in degrees, fetched likewise.")
]
PointChoice = Annotated[
    str | None, typer.Option("--point", metavar="LON,LAT", help="Instead of a file: the square of --dist around it.")
]
DistanceChoice = Annotated[
    float | None, typer.Option("--dist", metavar="METRES", help="From --point, or from the middle of --place.")
]
OverpassChoice = Annotated[
    str | None,
    typer.Option("--overpass", metavar="URL", help="Another Overpass server; also TOWLINE_OVERPASS_URL."),
]
NominatimChoice = Annotated[
    str | None,
    typer.Option("--nominatim", metavar="URL", help="Another search for names; also TOWLINE_NOMINATIM_URL."),
]


def area_of(place: str | None, bbox: str | None, point: str | None, dist: float | None) -> Area | None:
    """The area that was asked for, if one was."""
    from engine.errors import OptionError

    if place is None and bbox is None and point is None:
        if dist is not None:
            raise OptionError("--dist goes with --point or --place")
        return None
    if sum(option is not None for option in (place, bbox, point)) > 1:
        raise OptionError("give one of --place, --bbox and --point")
    if place is not None and not place.strip():
        raise OptionError("--place is empty; name a place, such as 'La Serena, Chile'")
    from graphs.sources.osmnx_areas import Area

    box = _numbers(bbox, 4, "--bbox takes west,south,east,north in degrees, e.g. -71.4,-30.1,-71.1,-29.8")
    middle = _numbers(point, 2, "--point takes LON,LAT in degrees, e.g. -71.25,-29.9")
    return Area(
        place=(place or "").strip(),
        box=(box[0], box[1], box[2], box[3]) if box else None,
        point=(middle[0], middle[1]) if middle else None,
        dist_m=dist,
    )


def servers_of(overpass: str | None, nominatim: str | None) -> MapServers:
    """The servers named, else those of the environment, else OSMnx's."""
    from dataclasses import replace

    from engine.errors import OptionError
    from graphs.sources.osmnx_servers import MapServers

    servers = replace(MapServers(), remark=console.note)
    for option, url in (("--overpass", overpass), ("--nominatim", nominatim)):
        if url is not None and not url.startswith(("http://", "https://")):
            raise OptionError(f"{option} {url!r} is no address; it begins with https:// or http://", value=url)
    return replace(
        servers,
        overpass_url=overpass or servers.overpass_url,
        nominatim_url=nominatim or servers.nominatim_url,
    )


def _numbers(text: str | None, count: int, help_text: str) -> list[float] | None:
    from engine.errors import OptionError

    if text is None:
        return None
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != count:
        raise OptionError(f"{help_text}; not {text!r}", value=text)
    return found
