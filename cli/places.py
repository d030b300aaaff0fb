"""Places given on the command line: ``LON,LAT``, ``LON,LAT@HEADING``, or a kilometre such as ``G2 K123+400 north``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console

if TYPE_CHECKING:
    from engine.model import Location
    from engine.tables.locations import Reading
    from graphs.region import Region

#: How a place is written, for help texts.
PLACE = "LON,LAT in degrees, LON,LAT@HEADING, or with --posts a kilometre: 'G2 K123+400 northbound'"

PostsChoice = Annotated[
    Path | None,
    typer.Option("--posts", help="Kilometre posts: CSV or Parquet with road, direction, km, lon, lat."),
]
DatumChoice = Annotated[
    str, typer.Option("--datum", help="What coordinates are given in, unless a table says: wgs84, gcj02 or bd09.")
]

#: Nothing but numbers and what people put between them: meant as a place, not as a file.
NUMBERS = re.compile(r"[-+\d.,;:/\s°@]*\d[-+\d.,;:/\s°@]*")
#: What a file's name ends in; the point of ``km 10.6 westbound`` is a decimal one.
SUFFIX = re.compile(r"\.[^\W\d]\w*$")


def names_file(text: str) -> bool:
    """Whether a text that is no place can only be the name of a file, there or not."""
    return Path(text).is_file() or (SUFFIX.search(text) is not None and "@" not in text)


def reading_of(region: Region, posts: Path | None, datum: str) -> Reading:
    """How places are read: --posts and --datum."""
    from engine.tables.locations import Reading
    from graphs.datum import Datum

    kind = Datum.parse(datum)
    if posts is None:
        return Reading(kind)
    from graphs.posts import Posts, PostTable

    known = Posts(region.network, region.snapper, PostTable.read(posts))
    for remark in known.remarks():
        console.warn(f"{posts.name}: {remark}")
    return Reading(kind, known)


def location_of(text: str, reading: Reading) -> Location | None:
    """The place that a text says, None when it says none; typed errors for a wrong heading or kilometre."""
    where, at, heading = text.partition("@")
    place = degrees(where)
    if place is None:
        return _kilometre(text, reading)
    from engine.model import Location
    from graphs.datum import to_wgs84

    (lon,), (lat,) = to_wgs84([place[0]], [place[1]], reading.datum)
    if not at:
        return Location(float(lon), float(lat))
    from graphs.snapping.compass import bearing_of_words

    if bearing_of_words(heading) is not None:
        return Location(float(lon), float(lat), direction=heading.strip())
    return Location(float(lon), float(lat), heading=_heading(heading, text))


def degrees(text: str) -> tuple[float, float] | None:
    """Longitude and latitude when the text is two numbers with a comma between, else None."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return lon, lat


def hint(text: str) -> str:
    """What is unusual about numbers that are no place; nothing about other texts."""
    if not NUMBERS.fullmatch(text):
        return ""
    if len(text.split(",")) == 4 and "." not in text:
        return "; decimals take a point, not a comma"
    if "," not in text:
        return "; put a comma between the two numbers, and nothing else"
    return f"; it takes two numbers, here are {len(re.findall(r'[-+]?[0-9][0-9.]*', text.partition('@')[0]))}"


def _heading(text: str, whole: str) -> float:
    from graphs.errors import HeadingError

    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0.0 <= value <= 360.0:
        raise HeadingError(
            f"{text!r} in {whole!r} is no heading; write degrees from 0 to 360, or a word such as north",
            heading=text,
            value=whole,
        )
    return value


def _kilometre(text: str, reading: Reading) -> Location | None:
    """The place of a kilometre; None when the text says none, `PostTextError` when it says one that cannot be."""
    from engine.kilometres import at_kilometre
    from engine.tables.locations import POSTS_REMEDY
    from graphs.errors import PostTextError
    from graphs.posts import parse_kilometre
    from graphs.posts.text import says_kilometre

    try:
        said = parse_kilometre(text)
    except PostTextError:
        if says_kilometre(text):
            raise
        return None
    return at_kilometre(reading.posts, said, POSTS_REMEDY)
