"""Mere coordinates, all at once."""

from __future__ import annotations

import pytest
from towline.v1 import eta_service_pb2 as pb
from towline.v1.location_pb2 import Location

from engine.server.validation.places import plain_columns
from tests.engine.server.wire import LAT, LON, REGION, place


def request(*origins: Location) -> pb.MatrixRequest:
    return pb.MatrixRequest(region=REGION, origins=origins, destinations=[place(), Location(heading_deg=4)])


def test_mere_coordinates_are_read_as_columns():
    """In the order of the list, whatever else is in the request."""
    found = plain_columns(request(place(), place(LON + 1, LAT - 1), place()), "origins")
    assert found is not None
    assert [column.tolist() for column in found] == [[LON, LON + 1, LON], [LAT, LAT - 1, LAT]]


UNKNOWN = Location.FromString(place().SerializeToString() + b"\xf8\x07\x01")


@pytest.mark.parametrize(
    "odd",
    [
        [Location(lon=LON, lat=LAT, heading_deg=9)],
        [place(0.0, LAT), Location(lon=LON, lat=LAT, heading_deg=9)],  # together as long as two mere ones
        [Location(lat=LAT, heading_deg=9)],
        [Location(lon=LON, lat=LAT, road="x")],
        [Location(kilometre_post={"text": "Ruta 5 K470"})],
        [place(181.0, LAT)],
        [place(LON, float("nan"))],
        [UNKNOWN],
        [],
    ],
)
def test_others_are_not(odd: list[Location]):
    """A single other one, first or last, and nothing is read; nor is an empty list."""
    assert plain_columns(request(*odd, *([place()] * 3 if odd else [])), "origins") is None
    assert plain_columns(request(*([place()] * 3 if odd else []), *odd), "origins") is None
