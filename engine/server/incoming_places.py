"""Locations of the contract as places of the engine: checked, in WGS-84, kilometres found; errors name the field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from towline.v1 import location_pb2

from engine.errors import ValueRangeError
from engine.kilometres import LONGEST, at_kilometre, kilometre
from engine.locating import query_of
from engine.model import Location
from engine.server import enums
from engine.server.wire_time import require
from graphs.datum import Datum, to_wgs84
from graphs.errors import (
    AccuracyError,
    CoordinateError,
    HeadingError,
    InputError,
    TowlineError,
    UnknownDirectionError,
)
from graphs.posts import Posts
from graphs.snapping.compass import bearing_of_words
from graphs.snapping.query import LocationQuery, Side

#: OSM's layers; see `graphs.levels`.
FARTHEST_LEVEL = 10
#: Bytes of a location that has both coordinates and nothing else: two tags and two doubles.
PLAIN_BYTES = 18
POSTS_REMEDY = "start the server with --posts, or send lon and lat"


def location(message: location_pb2.Location, field: str, posts: Posts | None = None) -> Location:
    """What is known of a place; whether it is in the region, the region knows."""
    if _is_plain(message):
        _check_degrees(message.lon, message.lat, field)
        return Location(message.lon, message.lat)
    if message.HasField("kilometre_post"):
        return _kilometre(message, field, posts)
    _check_degrees(message.lon, message.lat, field)
    lon, lat = _wgs84(message, field)
    heading = message.heading_deg if message.HasField("heading_deg") else None
    tolerance = message.heading_tolerance_deg if message.HasField("heading_tolerance_deg") else None
    accuracy = message.accuracy_m if message.HasField("accuracy_m") else None
    if heading is not None and not 0.0 <= heading <= 360.0:
        path = f"{field}.heading_deg"
        text = "is no compass direction; send degrees from 0 to 360, or leave it unset when unknown"
        raise HeadingError(f"{path} {heading:g} {text}", field=path, heading=heading)
    if tolerance is not None and not 0.0 < tolerance <= 180.0:
        path = f"{field}.heading_tolerance_deg"
        text = "must lie over 0 and up to 180 degrees"
        raise HeadingError(f"{path} {tolerance:g} {text}", field=path, heading_tolerance=tolerance)
    if accuracy is not None and not 0.0 <= accuracy < np.inf:
        path = f"{field}.accuracy_m"
        text = "is no radius; send metres, 0 or more, or leave it unset when unknown"
        raise AccuracyError(f"{path} {accuracy:g} {text}", field=path, accuracy_m=accuracy)
    return Location(
        lon,
        lat,
        heading=heading,
        heading_tolerance=tolerance,
        accuracy_m=accuracy,
        road=_text(message.road, f"{field}.road"),
        direction=_direction(message.direction, f"{field}.direction"),
        level=_level(message, f"{field}.level"),
        side=cast(Side, enums.ROAD_SIDE.read(message.side, f"{field}.side")),
    )


def locations(messages: Sequence[location_pb2.Location], field: str, posts: Posts | None = None) -> LocationQuery:
    """[k] what is known of places; the first that cannot be read raises its error.

    Mere coordinates, of which there may be tens of thousands, are read without a detour.
    """
    require(len(messages) > 0, field, "at least one location")
    if all(map(_is_plain, messages)):
        lon = np.fromiter((message.lon for message in messages), np.float64, len(messages))
        lat = np.fromiter((message.lat for message in messages), np.float64, len(messages))
        for index in np.flatnonzero(~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)))[:1]:
            _check_degrees(float(lon[index]), float(lat[index]), f"{field}[{index}]")
        return LocationQuery(lon, lat)
    return query_of([location(message, f"{field}[{index}]", posts) for index, message in enumerate(messages)])


def _is_plain(message: location_pb2.Location) -> bool:
    """Whether a message has both coordinates, neither of them 0, and nothing else. Others are looked at in full."""
    return message.ByteSize() == PLAIN_BYTES and message.lon != 0.0 and message.lat != 0.0


def _kilometre(message: location_pb2.Location, field: str, posts: Posts | None) -> Location:
    others = [descriptor.name for descriptor, _ in message.ListFields() if descriptor.name != "kilometre_post"]
    path, post = f"{field}.kilometre_post", message.kilometre_post
    if others:
        raise InputError(
            f"{field} has a kilometre_post and {', '.join(others)}; send either the kilometre or the rest",
            field=f"{field}.{others[0]}",
        )
    parts = [descriptor.name for descriptor, _ in post.ListFields() if descriptor.name != "text"]
    if post.text and parts:
        raise InputError(f"{path} has a text and {', '.join(parts)}; send one or the other", field=f"{path}.text")
    try:
        if post.text:
            return at_kilometre(posts, post.text, POSTS_REMEDY)
        require(bool(post.road), f"{path}.road", "the road, or everything as one text")
        require(post.HasField("km"), f"{path}.km", "the kilometre")
        return at_kilometre(posts, kilometre(post.road, post.km, post.direction), POSTS_REMEDY)
    except TowlineError as error:
        if "field" in error.metadata:
            raise
        raise type(error)(f"{path}: {error.message}", **{**error.metadata, "field": path}) from None


def _wgs84(message: location_pb2.Location, field: str) -> tuple[float, float]:
    datum = enums.DATUM.read(message.datum, f"{field}.datum") if message.datum else Datum.WGS84
    if datum is Datum.WGS84:
        return message.lon, message.lat
    lon, lat = to_wgs84([message.lon], [message.lat], cast(Datum, datum))
    return float(lon[0]), float(lat[0])


def _text(text: str, path: str) -> str:
    if len(text) > LONGEST:
        raise InputError(f"{path} has {len(text)} characters; it may have {LONGEST}", field=path)
    return text.strip()


def _direction(text: str, path: str) -> str:
    words = _text(text, path)
    if words and bearing_of_words(words) is None:
        raise UnknownDirectionError(
            f"{path} '{words}' is no compass direction; send a word such as northbound, norte or 北向, or leave it out",
            field=path,
            direction=words,
        )
    return words


def _level(message: location_pb2.Location, path: str) -> int | None:
    if not message.HasField("level"):
        return None
    if abs(message.level) > FARTHEST_LEVEL:
        text = "is no layer of roads; send -10 to 10, 0 for the ground"
        raise ValueRangeError(f"{path} {message.level} {text}", field=path, value=message.level)
    return message.level


def _check_degrees(lon: float, lat: float, field: str) -> None:
    if -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0:  # NaN fails too
        return
    bad_lat = not -90.0 <= lat <= 90.0
    path = f"{field}.{'lat' if bad_lat else 'lon'}"
    swapped = bad_lat and abs(lat) <= 180.0 and abs(lon) <= 90.0
    hint = "latitude and longitude look swapped" if swapped else "use degrees"
    raise CoordinateError(
        f"{path}: lon {lon:g}, lat {lat:g} is not a place on Earth; {hint}", field=path, lon=lon, lat=lat
    )
