"""Columns that say where something is: coordinates in any datum and what else is known, or a kilometre of a road."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from engine.kilometres import LONGEST, at_kilometre
from engine.model import Location
from engine.tables.numbers import Bool, Float64, coordinates, numbers
from engine.tables.places import Places
from engine.tables.problems import Problems
from engine.tables.table import Table
from engine.tables.words import texts
from graphs.datum import Datum, to_wgs84
from graphs.errors import (
    AccuracyError,
    DatumError,
    HeadingError,
    InputError,
    TowlineError,
    UnknownDirectionError,
)
from graphs.levels import FARTHEST
from graphs.posts import Posts
from graphs.snapping.compass import bearing_of_words
from graphs.snapping.query import Side

#: Columns that a table with places may have beyond ``lon`` and ``lat``.
COLUMNS = (
    "heading",
    "heading_tolerance",
    "accuracy_m",
    "road",
    "direction",
    "level",
    "side",
    "datum",
    "kilometre_post",
)
POSTS_REMEDY = "name one with --posts, or give lon and lat"
Parsed = TypeVar("Parsed")


@dataclass(frozen=True)
class Reading:
    """How the places of tables are read: the datum of rows that name none, and the kilometre posts, if any."""

    datum: Datum = Datum.WGS84
    posts: Posts | None = None


def required(table: Table, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns a table must have: with kilometres it may be without coordinates."""
    if "kilometre_post" not in table:
        return columns
    return tuple(column for column in columns if column not in ("lon", "lat"))


def locations(
    table: Table, problems: Problems, reading: Reading, *, optional: bool = False
) -> tuple[list[Location | None], Places]:
    """[n] the place of each row, None where it has none or it cannot be used; what is wrong goes to ``problems``.

    Also the coordinates in WGS-84, of which those not read from posts are still to be checked against the roads.
    """
    posted = np.array([cell != "" for cell in table.cells("kilometre_post")], np.bool_)
    lon, lat, good = coordinates(table, "lon", "lat", problems, optional=optional, excused=posted)
    given = _given(table)
    for index in np.flatnonzero(posted & given):
        message = "is given and coordinates too; give one of them"
        problems.add(table.problem(int(index), "kilometre_post", message, InputError.reason))
    lon, lat = in_wgs84(table, problems, reading.datum, (lon, lat), good)
    found: list[Location | None] = [
        Location(x, y) if usable else None
        for x, y, usable in zip(lon.tolist(), lat.tolist(), good.tolist(), strict=True)
    ]
    if any(column in table for column in COLUMNS):
        _add_details(table, problems, found)
        for index in np.flatnonzero(posted & ~given):
            found[index] = _at_post(table, int(index), problems, reading.posts)
    return found, Places(table, "lon", "lat", lon, lat, good)


def in_wgs84(
    table: Table, problems: Problems, datum: Datum, degrees: tuple[Float64, Float64], good: Bool
) -> tuple[Float64, Float64]:
    """[n] longitudes and latitudes in WGS-84; each row in the datum it names, else in ``datum``."""
    lon, lat = degrees
    named = _parsed(table, "datum", problems, lambda cell: Datum.parse(cell) if cell else datum, DatumError.reason)
    for kind in {kind for kind in named if kind is not None} - {Datum.WGS84}:
        mine = good & np.array([one is kind for one in named])
        lon, lat = lon.copy(), lat.copy()
        lon[mine], lat[mine] = to_wgs84(lon[mine], lat[mine], kind)
    return lon, lat


def _given(table: Table) -> Bool:
    """[n] whether a row has a coordinate."""
    return np.array([x != "" or y != "" for x, y in zip(table.cells("lon"), table.cells("lat"), strict=True)], np.bool_)


def _add_details(table: Table, problems: Problems, found: list[Location | None]) -> None:
    heading = numbers(table, "heading", problems, low=0, high=360, unit="degrees", reason=HeadingError.reason)
    tolerance = numbers(
        table,
        "heading_tolerance",
        problems,
        low=0,
        high=180,
        above_low=True,
        unit="degrees",
        reason=HeadingError.reason,
    )
    accuracy = numbers(table, "accuracy_m", problems, low=0, unit="metres", reason=AccuracyError.reason)
    level = numbers(table, "level", problems, low=-FARTHEST, high=FARTHEST, whole=True)
    road, direction = texts(table, "road", problems), table.cells("direction")
    for index in (i for i, name in enumerate(road) if len(name) > LONGEST):
        problems.add(table.problem(index, "road", f"has over {LONGEST} characters", InputError.reason))
    _parsed(table, "direction", problems, _compass, UnknownDirectionError.reason)
    side = _parsed(table, "side", problems, lambda cell: Side[cell.upper() or "ANY"], InputError.reason)
    for i, place in enumerate(found):
        if place is not None:
            found[i] = Location(
                place.lon,
                place.lat,
                heading=_known(heading[i]),
                heading_tolerance=_known(tolerance[i]),
                accuracy_m=_known(accuracy[i]),
                road=road[i],
                direction=direction[i],
                level=None if np.isnan(level[i]) else int(level[i]),
                side=side[i] or Side.ANY,
            )


def _at_post(table: Table, index: int, problems: Problems, posts: Posts | None) -> Location | None:
    try:
        return at_kilometre(posts, table.cells("kilometre_post")[index], POSTS_REMEDY)
    except TowlineError as error:
        problems.add(table.problem(index, "kilometre_post", error.message, error.reason))
        return None


def _compass(cell: str) -> str:
    if cell and bearing_of_words(cell) is None:
        raise UnknownDirectionError("is no compass direction; write a word such as northbound, norte or 北向")
    return cell


def _parsed(
    table: Table, column: str, problems: Problems, parse: Callable[[str], Parsed], reason: str
) -> list[Parsed | None]:
    """[n] every distinct cell parsed once; None where it is wrong."""
    cells = table.cells(column)
    values: dict[str, Parsed] = {}
    wrong: dict[str, str] = {}
    for cell in dict.fromkeys(cells):
        try:
            values[cell] = parse(cell)
        except TowlineError as error:
            wrong[cell] = error.message
        except KeyError:
            wrong[cell] = "is neither left nor right"
    for index, cell in enumerate(cells) if wrong else ():
        if cell in wrong:
            problems.add(table.problem(index, column, wrong[cell], reason))
    return [values.get(cell) for cell in cells]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
