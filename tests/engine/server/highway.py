"""A server with the kilometre posts of Ruta 5, and places on its carriageways."""

from __future__ import annotations

from dataclasses import dataclass

from towline.v1 import location_pb2

from engine.dispatch import Dispatcher
from engine.kilometres import bearing_at
from engine.model import Location
from graphs.bundled import load_coquimbo
from graphs.posts import Posts, PostTable
from graphs.posts.walking import place_at
from tests.graphs.posts.highway import carriageways, posts


@dataclass(frozen=True)
class Spot:
    """A place on a carriageway."""

    arc: int
    lon: float
    lat: float
    heading: float

    def message(self, **fields: object) -> location_pb2.Location:
        return location_pb2.Location(lon=self.lon, lat=self.lat, **fields)  # ty: ignore[invalid-argument-type]  # as named


def with_posts() -> Dispatcher:
    """Dispatches in the bundled region and knows Ruta 5's kilometres."""
    region = load_coquimbo()
    table = PostTable.of(posts(region.network, *carriageways(region.network)))
    return Dispatcher(region, posts=Posts(region.network, region.snapper, table))


def spots(dispatcher: Dispatcher) -> tuple[Spot, Spot]:
    """One place on each carriageway of Ruta 5, northbound and southbound, abreast of each other, no other road near."""
    network = dispatcher.region.network
    north, _ = carriageways(network)
    for metres in range(1_000, int(north.passed[-1]), 250):
        arc, fraction = north.at(metres)
        lon, lat = place_at(network, arc, fraction)
        here = Spot(arc, lon, lat, bearing_at(network, arc, fraction))
        plain, headed = Location(lon, lat), Location(lon, lat, heading=here.heading)
        located = dispatcher.locate([plain, headed])
        rivals = located.rivals(0)
        middle = 0.3 < fraction < 0.7
        if middle and len(rivals) == 1 and rivals.opposite and not len(located.rivals(1)):
            at = rivals.positions
            there = Spot(int(at.arc[0]), float(at.lon[0]), float(at.lat[0]), float(rivals.bearing[0]))
            return here, there
    raise AssertionError("Ruta 5 has no free stretch")
