"""`towline route`, `towline isochrone`, `towline osrm`: ways over the roads, in people's and other programs' shapes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console
from cli.choices import BUNDLED, PolicyChoice, RegionChoice, departure_of, open_region_choice, policy_of
from cli.places import PLACE, DatumChoice, PostsChoice, hint, location_of, reading_of
from cli.traffic import DepartChoice, FeedChoice, ProfileChoice, WeatherChoice, conditions, traffic_of

if TYPE_CHECKING:
    from engine.dispatch import Dispatcher
    from engine.model import Location
    from engine.tables.locations import Reading


#: A day, the longest that isochrones are made for.
LONGEST_MINUTES = 1440.0


class Shape(StrEnum):
    """What a route is printed as."""

    TABLE = "table"
    GEOJSON = "geojson"
    POLYLINE = "polyline"
    POLYLINE6 = "polyline6"


def route(
    stops: Annotated[list[str], typer.Argument(metavar="STOP...", help=f"Two or more places: {PLACE}.")],
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    posts: PostsChoice = None,
    datum: DatumChoice = "wgs84",
    depart: DepartChoice = None,
    profile: ProfileChoice = None,
    weather: WeatherChoice = None,
    feed: FeedChoice = None,
    shape: Annotated[Shape, typer.Option("--as", help="How to print the route.")] = Shape.TABLE,
    json: console.Json = False,
) -> None:
    """The fastest way through two or more places: at free flow, or as traffic is at a departure.

    Example: towline route -71.2519,-29.9027 -71.3436,-29.9533
    """
    from cli.views.ways import print_route
    from graphs.routes.formats import encoded, feature

    _check_texts(stops, least=2)
    dispatcher = _departing(region, policy, depart, profile, weather, feed)
    places = _places(stops, reading_of(dispatcher.region, posts, datum))
    legs = dispatcher.routes_between(dispatcher.positions(places))
    if json or shape is Shape.GEOJSON:
        console.print_json({"type": "FeatureCollection", "features": [feature(leg) for leg in legs]})
    elif shape is Shape.TABLE:
        print_route(console.stdout(), legs, conditions(dispatcher, departure_of(depart)))
    else:
        for leg in legs:
            print(encoded(leg, 6 if shape is Shape.POLYLINE6 else 5))


def isochrone(
    place: Annotated[str, typer.Argument(metavar="PLACE", help=f"{PLACE}.")],
    minutes: Annotated[float, typer.Argument(metavar="MINUTES", help="How long.")],
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
    posts: PostsChoice = None,
    datum: DatumChoice = "wgs84",
    depart: DepartChoice = None,
    profile: ProfileChoice = None,
    weather: WeatherChoice = None,
    feed: FeedChoice = None,
    resolution: Annotated[int, typer.Option("--resolution", help="H3 resolution of the cells, 5 to 11.")] = 9,
    toward: Annotated[bool, typer.Option("--toward", help="From where one gets to the place in time.")] = False,
    cells: Annotated[bool, typer.Option("--cells", help="H3 cells with their times instead of the outline.")] = False,
    json: console.Json = False,  # noqa: ARG001 - the answer always is; mistakes are then, too
) -> None:
    """How far one gets from a place in so many minutes, as GeoJSON (or H3 cells).

    Example: towline isochrone -71.2519,-29.9027 10 > reach.geojson
    """
    from datetime import timedelta

    from engine.errors import OptionError

    if not 0.0 < minutes <= LONGEST_MINUTES:
        raise OptionError(
            f"{minutes:g} minutes are no time; give more than 0 and at most {LONGEST_MINUTES:,.0f}, such as 10",
            minutes=minutes,
        )
    dispatcher = _departing(region, policy, depart, profile, weather, feed)
    (where,) = _places([place], reading_of(dispatcher.region, posts, datum))
    found = dispatcher.isochrone(where, timedelta(minutes=minutes), resolution=resolution, toward=toward)
    if not found.cell.size:
        from engine.closures import shut_in

        console.note(f"nothing is reached: {shut_in(dispatcher, dispatcher.positions([where]))[0]}")
    if cells:
        console.print_json({"cells": {cell: ms / 1000 for cell, ms in found.cells().items()}, "unit": "s"})
        return
    properties = {"minutes": minutes, "toward": toward, "cells": len(found.cell)}
    properties["metric_version"] = dispatcher.metric_version
    console.print_json({"type": "Feature", "geometry": found.polygons(), "properties": properties})


def osrm(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="An OSRM request such as '/table/v1/driving/LON,LAT;LON,LAT'.")
    ],
    region: RegionChoice = BUNDLED,
    policy: PolicyChoice = None,
) -> None:
    """Answer one OSRM request (table, route, nearest) in OSRM's JSON. `towline serve --osrm` answers over HTTP."""
    from engine.osrm import answer

    status, body = answer(_dispatcher(region, policy), path)
    console.print_json(body)
    if status != 200:
        raise typer.Exit(2)


def _departing(
    region: str,
    policy: Path | None,
    depart: str | None,
    profile: str | None,
    weather: str | None,
    feed: Path | None,
) -> Dispatcher:
    """The roads as they are at the departure."""
    from engine.dispatch import Dispatcher

    moment, rules = departure_of(depart), policy_of(policy)
    area = open_region_choice(region)
    store = traffic_of(area, moment, depart, profile, weather, feed)
    return Dispatcher(area, rules, metrics=store).departing(moment)


def _dispatcher(region: str, policy: Path | None) -> Dispatcher:
    from engine.dispatch import Dispatcher

    return Dispatcher(open_region_choice(region), policy_of(policy))


def _places(texts: list[str], reading: Reading) -> list[Location]:
    from engine.errors import OptionError

    places = []
    for text in texts:
        place = location_of(text, reading)
        if place is None:
            raise OptionError(f"{text!r} is no place; write it LON,LAT, e.g. -71.2519,-29.9027{hint(text)}", value=text)
        places.append(place)
    return places


def _check_texts(texts: list[str], *, least: int) -> None:
    """Before the region is opened."""
    from engine.errors import OptionError

    if len(texts) < least:
        raise OptionError(f"give at least {least} places as LON,LAT, e.g. -71.2519,-29.9027", given=len(texts))
