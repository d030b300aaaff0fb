"""Routes and isochrones as messages of the contract."""

from __future__ import annotations

from datetime import timedelta

from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import eta_service_pb2 as pb
from towline.v1 import location_pb2

from engine.closures import shut_in
from engine.dispatch import Dispatcher
from engine.server.incoming_places import location, locations
from engine.server.snapping import message_of
from engine.server.wire_time import read_duration, write_duration
from engine.snapped import snapped_location
from graphs.errors import NoRouteError, TowlineError
from graphs.routes import Route
from graphs.routes.formats import encoded
from graphs.routes.isochrone import RESOLUTION as DEFAULT_RESOLUTION


def routes(dispatcher: Dispatcher, request: pb.RouteRequest) -> pb.RouteResponse:
    """Legs between consecutive stops; the error of a wrong stop names it."""
    try:
        located = dispatcher.located(locations(request, "stops", dispatcher.posts))
        legs = dispatcher.routes_between(located.starts)
    except TowlineError as error:
        if "index" in error.metadata:
            error.metadata["field"] = f"stops[{error.metadata['index']}]"
        elif isinstance(error, NoRouteError):
            error.metadata["field"] = f"stops[{int(error.metadata['leg']) + 1}]"
        raise
    return pb.RouteResponse(
        legs=[_leg(leg) for leg in legs],
        duration=write_duration(timedelta(milliseconds=sum(leg.duration_ms for leg in legs))),
        distance_m=sum(leg.length_m for leg in legs),
        snapped_stops=[
            message_of(snapped_location(dispatcher.region.network, located, i)) for i in range(len(request.stops))
        ],
        metric_version=dispatcher.metric_version,
    )


def _leg(route: Route) -> pb.RouteLeg:
    return pb.RouteLeg(
        duration=_ms(route.duration_ms),
        distance_m=route.length_m,
        polyline6=encoded(route, 6),
        stretches=[
            pb.RouteStretch(road=s.road, road_class=s.road_class, distance_m=s.length_m, duration=_ms(s.duration_ms))
            for s in route.stretches
        ],
        entrances=[
            location_pb2.Location(lon=float(lon), lat=float(lat))
            for lon, lat in (route.network.shape(arc)[0] for arc in route.entrances)
        ],
    )


def isochrone(dispatcher: Dispatcher, request: pb.IsochroneRequest) -> pb.IsochroneResponse:
    """Cells and times; errors name the field at fault."""
    limit = read_duration(request.limit)
    try:
        place = location(request.place, "place", dispatcher.posts)
        located = dispatcher.located([place])
        found = dispatcher.isochrone(
            place,
            limit,
            resolution=request.resolution or DEFAULT_RESOLUTION,
            toward=request.toward,
        )
    except TowlineError as error:
        error.metadata.setdefault("field", "resolution" if "resolution" in error.metadata else "place")
        raise
    note, closures = ("", []) if found.cell.size else shut_in(dispatcher, located.positions)
    return pb.IsochroneResponse(
        cells=[pb.CellTime(cell=cell, time=_ms(ms)) for cell, ms in found.cells().items()],
        snapped_place=message_of(snapped_location(dispatcher.region.network, located, 0)),
        metric_version=dispatcher.metric_version,
        note=note,
        closures=closures,
    )


def _ms(value: int) -> Duration:
    return write_duration(timedelta(milliseconds=value))
