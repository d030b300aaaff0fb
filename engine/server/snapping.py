"""Snapped locations as messages of the contract, and the answer to Snap."""

from __future__ import annotations

from towline.v1 import eta_service_pb2 as pb
from towline.v1 import location_pb2

from engine.dispatch import Dispatcher
from engine.errors import ValueRangeError
from engine.locating import query_of
from engine.model import Location
from engine.server import enums
from engine.server.incoming_places import location
from engine.server.limits import check_count
from engine.server.options import ServerOptions
from engine.server.wire_time import require, write_duration
from engine.snapped import Rival, RoadPlace, SnappedLocation, snapped_location
from graphs.errors import HeadingError, TowlineError
from graphs.snapping.weighing import RIVALS


def snap(dispatcher: Dispatcher, request: pb.SnapRequest, options: ServerOptions) -> pb.SnapResponse:
    """A result for each location: where it is on the roads, or why it cannot be used."""
    require(len(request.locations) > 0, "locations", "at least one location")
    check_count(len(request.locations), options.max_snaps, "locations", "locations", "send several requests")
    most_rivals = request.max_rivals if request.HasField("max_rivals") else RIVALS
    if most_rivals < 0:
        raise ValueRangeError(
            f"max_rivals {most_rivals} is negative; use 0 to {RIVALS}", field="max_rivals", value=most_rivals
        )
    errors: dict[int, TowlineError] = {}
    places: list[tuple[int, Location]] = []
    for index, message in enumerate(request.locations):
        try:
            places.append((index, location(message, f"locations[{index}]", dispatcher.posts)))
        except TowlineError as error:
            errors[index] = error
    located = dispatcher.locate(query_of([place for _, place in places]))
    at = {index: number for number, (index, _) in enumerate(places)}
    for number, error in located.errors.items():
        errors[places[number][0]] = _of(error, places[number][0])
    network = dispatcher.region.network
    return pb.SnapResponse(
        results=[
            pb.SnapResult(error=_error(errors[index]))
            if index in errors
            else pb.SnapResult(snapped_location=message_of(snapped_location(network, located, at[index], most_rivals)))
            for index in range(len(request.locations))
        ],
        region_version=dispatcher.region.metadata.version,
    )


def message_of(value: SnappedLocation) -> location_pb2.SnappedLocation:
    worst = value.worst_extra
    return location_pb2.SnappedLocation(
        place=_place(value.place),
        confidence=value.confidence,
        ambiguous=value.ambiguous,
        side=enums.ROAD_SIDE.write(value.side),
        road_match=enums.ROAD_MATCH.write(value.road_match),
        passed_over=enums.PASSED_OVER.write(value.passed_over),
        rivals=[_rival(rival) for rival in value.rivals],
        worst_extra_duration=None if worst is None else write_duration(worst),
    )


def _rival(value: Rival) -> location_pb2.RivalPlace:
    return location_pb2.RivalPlace(
        place=_place(value.place),
        confidence=value.confidence,
        kind=enums.RIVAL_KIND.write(value.kind),
        extra_duration=None if value.extra is None else write_duration(value.extra),
    )


def _place(value: RoadPlace) -> location_pb2.RoadPlace:
    return location_pb2.RoadPlace(
        lon=value.lon,
        lat=value.lat,
        distance_m=value.distance_m,
        heading_deg=value.heading,
        road_name=value.road_name,
        road_ref=value.road_ref,
        road_class=value.road_class,
        two_way=value.two_way,
        arc_index=value.arc,
        fraction=value.fraction,
        osm_way_id=value.way,
        level=value.level,
    )


def _of(error: TowlineError, index: int) -> TowlineError:
    """An error of the library about one location of many, with its place in the request."""
    was = error.metadata.get("index", "")
    text = error.message.removeprefix(f"Location {was}").lstrip(": ")
    variables = {key: value for key, value in error.metadata.items() if key != "index"}
    field = f"locations[{index}]" + (".heading_deg" if isinstance(error, HeadingError) else "")
    return type(error)(f"locations[{index}] {text}", **variables, field=field)


def _error(error: TowlineError) -> pb.LocationError:
    return pb.LocationError(reason=error.reason, message=error.message, metadata=error.metadata)
