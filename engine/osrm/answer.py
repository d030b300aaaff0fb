"""What OSRM would have answered, from a dispatcher's region and metric."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from engine.dispatch import Dispatcher
from engine.osrm.query import OsrmQuery, OsrmQueryError, parse_query
from graphs.errors import CoordinateError, NoRouteError, OutsideRegionError, TowlineError
from graphs.routes.formats import Geometries, osrm_nearest, osrm_route, osrm_table

OK, BAD_REQUEST = 200, 400
#: Parts of an answer that are the snapped places.
PLACES = ("waypoints", "sources", "destinations")
#: Of a simplified line no point is farther off than this share of its extent: a pixel of a thousand.
VISIBLE = 1 / 1000


def answer(dispatcher: Dispatcher, url: str) -> tuple[int, dict[str, Any]]:
    """(HTTP status, JSON body) for a request path; mistakes are bodies with OSRM's codes, never exceptions."""
    try:
        query = parse_query(url)
        skips = query.skips_waypoints
        body = _SERVICES[query.service](dispatcher, query)
        return OK, {key: value for key, value in body.items() if not (skips and key in PLACES)}
    except OsrmQueryError as error:
        return BAD_REQUEST, {"code": error.code, "message": error.message}
    except NoRouteError as error:
        return BAD_REQUEST, {"code": "NoRoute", "message": error.message}
    except OutsideRegionError as error:
        return BAD_REQUEST, {"code": "NoSegment", "message": error.message}
    except CoordinateError as error:
        return BAD_REQUEST, {"code": "InvalidQuery", "message": error.message}
    except TowlineError as error:
        return BAD_REQUEST, {"code": error.reason, "message": error.message}


def _table(dispatcher: Dispatcher, query: OsrmQuery) -> dict[str, Any]:
    query.option("annotations", "duration", ("duration",))
    sources, destinations = query.indices("sources"), query.indices("destinations")
    stops = dispatcher.snap(query.lon, query.lat)
    origins, targets = stops.take(np.array(sources)), stops.take(np.array(destinations))
    return osrm_table(dispatcher.region.network, origins, targets, dispatcher.durations(origins, targets))


def _route(dispatcher: Dispatcher, query: OsrmQuery) -> dict[str, Any]:
    query.option("steps", "false", ("false",))
    query.option("annotations", "false", ("false",))
    query.check_route()
    overview = query.option("overview", "full", ("full", "simplified", "false"))
    geometries = cast(Geometries, query.option("geometries", "polyline", ("polyline", "polyline6", "geojson")))
    if query.lon.size < 2:
        raise OsrmQueryError("InvalidOptions", "a route needs at least two places")
    stops = dispatcher.snap(query.lon, query.lat)
    found = osrm_route(dispatcher.region.network, stops, dispatcher.routes_between(stops), geometries)
    if overview == "simplified":
        found["routes"][0]["geometry"] = _simplified(found["routes"][0]["geometry"], geometries)
    if overview == "false":
        del found["routes"][0]["geometry"]
    return found


def _simplified(geometry: Any, geometries: Geometries) -> Any:
    """The line without the points that nobody would see on a map of the whole route (Douglas and Peucker)."""
    import polyline
    import shapely

    decimals = 6 if geometries == "polyline6" else 5
    line = geometry["coordinates"] if geometries == "geojson" else polyline.decode(geometry, decimals, geojson=True)
    degrees = np.array(line, np.float64)
    squeeze = np.array([np.cos(np.radians(degrees[:, 1].mean())), 1.0])  # a degree of longitude is shorter
    plane = degrees * squeeze
    kept = shapely.LineString(plane).simplify(float(np.ptp(plane, axis=0).max()) * VISIBLE, preserve_topology=False)
    points = np.round(shapely.get_coordinates(kept) / squeeze, 7).tolist()
    return {**geometry, "coordinates": points} if geometries == "geojson" else polyline.encode(points, decimals, True)


def _nearest(dispatcher: Dispatcher, query: OsrmQuery) -> dict[str, Any]:
    query.option("number", "1", ("1",))
    if query.lon.size != 1:
        raise OsrmQueryError("InvalidOptions", "nearest takes one place")
    return osrm_nearest(dispatcher.region.network, dispatcher.snap(query.lon, query.lat))


_SERVICES = {"table": _table, "route": _route, "nearest": _nearest}
