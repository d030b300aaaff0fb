"""Snapped locations as messages of the contract, and the answer to Snap."""

from __future__ import annotations

from typing import Any

from towline.v1 import eta_service_pb2 as pb
from towline.v1 import location_pb2

from engine.dispatch import Dispatcher
from engine.locating import query_of
from engine.model import Location
from engine.server import enums
from engine.server.incoming_places import location
from engine.server.validation import part_check
from engine.server.wire_time import duration_fields
from engine.snapped import Rival, RoadPlace, SnappedLocation, snapped_location
from graphs.errors import HeadingError, TowlineError
from graphs.snapping.weighing import RIVALS

_check = part_check(location_pb2.Location)


def snap(dispatcher: Dispatcher, request: pb.SnapRequest) -> pb.SnapResponse:
    """A result for each location: where it is on the roads, or why it cannot be used."""
    most_rivals = request.max_rivals if request.HasField("max_rivals") else RIVALS
    errors: dict[int, TowlineError] = {}
    places: list[tuple[int, Location]] = []
    for index, message in enumerate(request.locations):
        try:
            _check(message, path := f"locations[{index}]")
            places.append((index, location(message, path, dispatcher.posts)))
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
    return location_pb2.SnappedLocation(**fields_of(value))


def fields_of(value: SnappedLocation) -> dict[str, Any]:
    """The same for messages that are built from nested dicts, which is several times faster."""
    worst = value.worst_extra
    return {
        "place": _place(value.place),
        "confidence": value.confidence,
        "ambiguous": value.ambiguous,
        "side": enums.ROAD_SIDE.write(value.side),
        "road_match": enums.ROAD_MATCH.write(value.road_match),
        "passed_over": enums.PASSED_OVER.write(value.passed_over),
        "rivals": [_rival(rival) for rival in value.rivals],
        "worst_extra_duration": None if worst is None else duration_fields(worst),
    }


def _rival(value: Rival) -> dict[str, Any]:
    return {
        "place": _place(value.place),
        "confidence": value.confidence,
        "kind": enums.RIVAL_KIND.write(value.kind),
        "extra_duration": None if value.extra is None else duration_fields(value.extra),
    }


def _place(value: RoadPlace) -> dict[str, Any]:
    return {
        "lon": value.lon,
        "lat": value.lat,
        "distance_m": value.distance_m,
        "heading_deg": value.heading,
        "road_name": value.road_name,
        "road_ref": value.road_ref,
        "road_class": value.road_class,
        "two_way": value.two_way,
        "arc_index": value.arc,
        "fraction": value.fraction,
        "osm_way_id": value.way,
        "level": value.level,
    }


def _of(error: TowlineError, index: int) -> TowlineError:
    """An error of the library about one location of many, with its place in the request."""
    was = error.metadata.get("index", "")
    text = error.message.removeprefix(f"Location {was}").lstrip(": ")
    variables = {key: value for key, value in error.metadata.items() if key != "index"}
    field = f"locations[{index}]" + (".heading_deg" if isinstance(error, HeadingError) else "")
    return type(error)(f"locations[{index}] {text}", **variables, field=field)


def _error(error: TowlineError) -> pb.LocationError:
    return pb.LocationError(reason=error.reason, message=error.message, metadata=error.metadata)
