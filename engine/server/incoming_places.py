"""Locations of the contract, which keep its rules, as places of the engine: in WGS-84, kilometres found."""

from __future__ import annotations

from typing import Any, cast

from towline.v1 import location_pb2

from engine.kilometres import at_kilometre, kilometre
from engine.locating import query_of
from engine.model import Location
from engine.server import enums
from engine.server.validation.places import is_plain, plain_columns
from graphs.datum import Datum, to_wgs84
from graphs.errors import TowlineError
from graphs.posts import Posts
from graphs.snapping.query import LocationQuery, Side

POSTS_REMEDY = "start the server with --posts, or send lon and lat"


def location(message: location_pb2.Location, field: str, posts: Posts | None = None) -> Location:
    """What is known of a place; whether it is in the region, the region knows."""
    if is_plain(message):
        return Location(message.lon, message.lat)
    return _in_full(message) if not message.HasField("kilometre_post") else _kilometre(message, field, posts)


def locations(request: Any, field: str, posts: Posts | None = None) -> LocationQuery:
    """[k] what is known of the places in a field of a request.

    Mere coordinates, of which there may be tens of thousands, are read without a detour.
    """
    if (plain := plain_columns(request, field)) is not None:
        return LocationQuery(*plain)
    return query_of(
        [
            _kilometre(message, f"{field}[{index}]", posts) if message.HasField("kilometre_post") else _in_full(message)
            for index, message in enumerate(getattr(request, field))
        ]
    )


def _in_full(message: location_pb2.Location) -> Location:
    has = message.HasField
    lon, lat = _wgs84(message) if message.datum else (message.lon, message.lat)
    return Location(
        lon,
        lat,
        heading=message.heading_deg if has("heading_deg") else None,
        heading_tolerance=message.heading_tolerance_deg if has("heading_tolerance_deg") else None,
        accuracy_m=message.accuracy_m if has("accuracy_m") else None,
        road=message.road.strip(),
        direction=message.direction.strip(),
        level=message.level if has("level") else None,
        side=cast(Side, enums.ROAD_SIDE.read(message.side)),
    )


def _kilometre(message: location_pb2.Location, field: str, posts: Posts | None) -> Location:
    path, post = f"{field}.kilometre_post", message.kilometre_post
    try:
        if post.text:
            return at_kilometre(posts, post.text, POSTS_REMEDY)
        return at_kilometre(posts, kilometre(post.road, post.km, post.direction), POSTS_REMEDY)
    except TowlineError as error:
        if "field" in error.metadata:
            raise
        raise type(error)(f"{path}: {error.message}", **{**error.metadata, "field": path}) from None


def _wgs84(message: location_pb2.Location) -> tuple[float, float]:
    datum = enums.DATUM.read(message.datum)
    if datum is Datum.WGS84:
        return message.lon, message.lat
    lon, lat = to_wgs84([message.lon], [message.lat], cast(Datum, datum))
    return float(lon[0]), float(lat[0])
