"""The roads of an area by name, box or distance, fetched through OSMnx and read like an OpenStreetMap file.

OSMnx finds places, divides large areas and talks to Overpass; what Overpass answers is not made into one of its graphs,
which know no turn restrictions, barriers and access, but read as OpenStreetMap data with all of its rules.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphs.classes import NOT_DRIVABLE
from graphs.errors import AreaError, MapServerError, UnknownPlaceError
from graphs.geodesy import EARTH_RADIUS_M
from graphs.raw import RawNetwork
from graphs.sources.osmnx_elements import elements_to_raw
from graphs.sources.osmnx_servers import MapServers, conversation

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

Progress = Callable[[str, int, int], None]
Ask = Callable[[str, Callable[[], Any]], Any]
#: More than this is for an extract: forty questions to a server that others use too.
LARGEST_KM2 = 100_000.0


@dataclass(frozen=True)
class Area:
    """What is asked for: the area of a ``place``, the square ``dist_m`` around it or around ``point``, or a ``box``."""

    place: str = ""
    box: tuple[float, float, float, float] | None = None  # west, south, east, north in degrees
    point: tuple[float, float] | None = None  # longitude, latitude
    dist_m: float | None = None  # from the middle to each side

    def __post_init__(self) -> None:
        if sum((bool(self.place), self.box is not None, self.point is not None)) != 1:
            raise AreaError("Name one area: a place, a box, or a point with a distance.")
        if self.dist_m is not None and not (math.isfinite(self.dist_m) and 0 < self.dist_m <= 500_000):
            raise AreaError(
                f"{self.dist_m:g} is no distance; give metres above 0 and at most 500,000.", dist=self.dist_m
            )
        if self.dist_m is None and self.point is not None:
            raise AreaError("A point alone has no extent; say how many metres around it, with --dist METRES.")
        if self.dist_m is not None and self.box is not None:
            raise AreaError("A distance goes with a point or a place; a box has its extent. Leave one of them out.")
        for lon, lat in (self.box[:2], self.box[2:]) if self.box else (self.point,) if self.point else ():
            if not (abs(lon) <= 180 and abs(lat) <= 89):
                raise AreaError(f"{lon:g},{lat:g} is no place; give longitude, then latitude, in degrees.")
        if self.box and not (self.box[0] < self.box[2] and self.box[1] < self.box[3]):
            raise AreaError(
                f"A box from {self.box[0]:g},{self.box[1]:g} to {self.box[2]:g},{self.box[3]:g} has no extent; give "
                "west, south, east, north. Across the antimeridian build from an .osm.pbf file.",
                box=self.box,
            )

        if self.box:
            _check_size(self.title, _box_km2(*self.box))

    @property
    def title(self) -> str:
        if self.box:
            return "box " + ",".join(f"{edge:g}" for edge in self.box)
        centre = self.place or (f"{self.point[0]:g},{self.point[1]:g}" if self.point else "")
        return f"{self.dist_m:g} m around {centre}" if self.dist_m else centre


def read_place(place: str, servers: MapServers | None = None) -> RawNetwork:
    """The roads of a place by its name; see `read_area`."""
    return read_area(Area(place=place), servers)


def read_area(area: Area, servers: MapServers | None = None, progress: Progress | None = None) -> RawNetwork:
    """The roads that touch an area, whole ways, with their rules, as `read_osm` reads them; needs a network.

    Raises `UnknownPlaceError`, `AreaError`, `NetworkError` (no roads there), and what `conversation` raises.
    """
    servers = servers or MapServers()
    tell = progress or _silent
    tell("fetch", 0, 0)
    with conversation(servers) as ask:
        polygon = _polygon(area, ask)
        answers = []
        questions = list(_questions(polygon, area))
        for done, question in enumerate(questions):
            tell("fetch", done, len(questions))
            answers.append(ask(f"'{area.title}'", question))
    tell("fetch", len(questions), len(questions))
    return elements_to_raw(answers, area.title)


def _polygon(area: Area, ask: Ask) -> Polygon | MultiPolygon:
    import osmnx
    import shapely

    if area.box:
        return shapely.box(*area.box)
    if area.point:
        return shapely.box(*osmnx.utils_geo.bbox_from_point(area.point[::-1], area.dist_m or 0.0))
    try:
        if area.dist_m is None:
            found = ask(f"'{area.place}'", lambda: osmnx.geocoder.geocode_to_gdf(area.place))
            return found.geometry.iloc[0]
        middle = ask(f"'{area.place}'", lambda: osmnx.geocoder.geocode(area.place))
        return shapely.box(*osmnx.utils_geo.bbox_from_point(middle, area.dist_m))
    except osmnx._errors.InsufficientResponseError:
        raise UnknownPlaceError(
            f"OpenStreetMap's search finds no '{area.place}'; write it as on openstreetmap.org, such as "
            "'La Serena, Chile'.",
            place=area.place,
        ) from None
    except (KeyError, IndexError, AttributeError, ValueError, TypeError) as error:
        if "did not geocode" in str(error):
            raise UnknownPlaceError(
                f"OpenStreetMap knows '{area.place}' as a point, without an area; name the municipality, or say how "
                "far around with --dist METRES.",
                place=area.place,
            ) from None
        raise MapServerError(
            f"The search for '{area.place}' answered something that is no place ({type(error).__name__}: {error}); "
            "check the server's address, or give --bbox or --point.",
            place=area.place,
        ) from error


def _questions(polygon: Polygon | MultiPolygon, area: Area) -> Iterator[Callable[[], Any]]:
    """One call for each part of the area."""
    from osmnx import _overpass, projection

    _check_size(area.title, projection.project_geometry(polygon)[0].area / 1e6)
    header = _overpass._make_overpass_settings()
    for corners in _overpass._make_overpass_polygon_coord_strs(polygon):
        query = OrderedDict(data=overpass_query(header, corners))
        yield lambda query=query: _overpass._overpass_request(query)


def _box_km2(west: float, south: float, east: float, north: float) -> float:
    """The area of a box on the sphere, of any size: half the world has no projection."""
    height = math.sin(math.radians(north)) - math.sin(math.radians(south))
    return (EARTH_RADIUS_M / 1000) ** 2 * math.radians(east - west) * height


def _check_size(title: str, km2: float) -> None:
    if km2 > LARGEST_KM2:
        raise AreaError(
            f"'{title}' has {km2:,.0f} km²; Overpass is asked for up to {LARGEST_KM2:,.0f} km². Build from a "
            "downloaded .osm.pbf file, or name a smaller area.",
            km2=f"{km2:.0f}",
        )


def overpass_query(header: str, corners: str) -> str:
    """Every way that a vehicle may use within ``corners``, its nodes, and the turn restrictions it takes part in."""
    undrivable = "|".join(sorted(NOT_DRIVABLE))
    within = f'(poly:"{corners}")'
    roads = f'way["highway"]["highway"!~"^({undrivable})$"]{within};way["route"="ferry"]{within};'
    return f'{header};({roads})->.roads;(.roads;node(w.roads);rel(bw.roads)["type"~"^restriction"];);out;'


def _silent(stage: str, done: int, total: int) -> None:
    """No progress wanted."""
