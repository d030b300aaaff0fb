"""Mere coordinates, of which a request may hold tens of thousands: their rules in one look, without a detour."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np
from towline.v1 import location_pb2

from graphs.network import Float64

PLACE = "towline.v1.Location"
#: Bytes of a location that has both coordinates, neither of them 0, and nothing else: two tags and two doubles.
PLAIN_BYTES = 18
#: Fewer places are looked at one by one.
FEW = 128
_LON, _LAT = attrgetter("lon"), attrgetter("lat")


def check_place(check: Callable[[Any], object]) -> Callable[[Any], object]:
    """The check, spared for mere coordinates that are in range."""

    def check_message(message: location_pb2.Location) -> None:
        if message.ByteSize() == PLAIN_BYTES:
            lon, lat = message.lon, message.lat
            if lon and lat and -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0:
                return
        check(message)

    return check_message


def is_plain(message: location_pb2.Location) -> bool:
    """Whether a location is mere coordinates."""
    return bool(message.ByteSize() == PLAIN_BYTES and message.lon and message.lat)


def plain_columns(message: Any, name: str) -> tuple[Float64, Float64] | None:
    """(lon, lat) of the locations in field ``name`` of a message where all are mere coordinates in range; else None.

    Those take 20 bytes each, with tag and length, and none that has both coordinates, neither of them 0, takes less. So
    if all have both and the list takes 20 bytes an entry, no one has anything else. Sizes one by one take twice as long
    as all the rest.
    """
    places = getattr(message, name)
    if not places or not is_plain(places[0]):
        return None
    rest = type(message)()
    rest.CopyFrom(message)
    rest.ClearField(name)
    if message.ByteSize() - rest.ByteSize() != len(places) * (PLAIN_BYTES + 2):
        return None
    whole = list(places)  # each is made anew by whoever goes through them
    lon = np.fromiter(map(_LON, whole), np.float64, len(whole))
    lat = np.fromiter(map(_LAT, whole), np.float64, len(whole))
    if not ((lon != 0.0) & (lat != 0.0) & (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)).all():
        return None
    return lon, lat
