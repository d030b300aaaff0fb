import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from towline.v1 import location_pb2 as _location_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MatrixRequest(_message.Message):
    __slots__ = ("region", "origins", "destinations", "departure")
    REGION_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    DESTINATIONS_FIELD_NUMBER: _ClassVar[int]
    DEPARTURE_FIELD_NUMBER: _ClassVar[int]
    region: str
    origins: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    destinations: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    departure: _timestamp_pb2.Timestamp
    def __init__(self, region: _Optional[str] = ..., origins: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ..., destinations: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ..., departure: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class MatrixResponse(_message.Message):
    __slots__ = ("durations_ms", "origin_count", "destination_count", "metric_version")
    DURATIONS_MS_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    durations_ms: bytes
    origin_count: int
    destination_count: int
    metric_version: str
    def __init__(self, durations_ms: _Optional[bytes] = ..., origin_count: _Optional[int] = ..., destination_count: _Optional[int] = ..., metric_version: _Optional[str] = ...) -> None: ...

class StreamMatrixRequest(_message.Message):
    __slots__ = ("region", "origins", "destinations", "departure")
    REGION_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    DESTINATIONS_FIELD_NUMBER: _ClassVar[int]
    DEPARTURE_FIELD_NUMBER: _ClassVar[int]
    region: str
    origins: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    destinations: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    departure: _timestamp_pb2.Timestamp
    def __init__(self, region: _Optional[str] = ..., origins: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ..., destinations: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ..., departure: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class StreamMatrixResponse(_message.Message):
    __slots__ = ("durations_ms", "first_origin", "origin_count", "destination_count", "metric_version")
    DURATIONS_MS_FIELD_NUMBER: _ClassVar[int]
    FIRST_ORIGIN_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    durations_ms: bytes
    first_origin: int
    origin_count: int
    destination_count: int
    metric_version: str
    def __init__(self, durations_ms: _Optional[bytes] = ..., first_origin: _Optional[int] = ..., origin_count: _Optional[int] = ..., destination_count: _Optional[int] = ..., metric_version: _Optional[str] = ...) -> None: ...

class RouteRequest(_message.Message):
    __slots__ = ("region", "stops", "departure")
    REGION_FIELD_NUMBER: _ClassVar[int]
    STOPS_FIELD_NUMBER: _ClassVar[int]
    DEPARTURE_FIELD_NUMBER: _ClassVar[int]
    region: str
    stops: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    departure: _timestamp_pb2.Timestamp
    def __init__(self, region: _Optional[str] = ..., stops: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ..., departure: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RouteResponse(_message.Message):
    __slots__ = ("legs", "duration", "distance_m", "snapped_stops", "metric_version")
    LEGS_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    SNAPPED_STOPS_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    legs: _containers.RepeatedCompositeFieldContainer[RouteLeg]
    duration: _duration_pb2.Duration
    distance_m: float
    snapped_stops: _containers.RepeatedCompositeFieldContainer[_location_pb2.SnappedLocation]
    metric_version: str
    def __init__(self, legs: _Optional[_Iterable[_Union[RouteLeg, _Mapping]]] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., distance_m: _Optional[float] = ..., snapped_stops: _Optional[_Iterable[_Union[_location_pb2.SnappedLocation, _Mapping]]] = ..., metric_version: _Optional[str] = ...) -> None: ...

class RouteLeg(_message.Message):
    __slots__ = ("duration", "distance_m", "polyline6", "stretches", "entrances")
    DURATION_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    POLYLINE6_FIELD_NUMBER: _ClassVar[int]
    STRETCHES_FIELD_NUMBER: _ClassVar[int]
    ENTRANCES_FIELD_NUMBER: _ClassVar[int]
    duration: _duration_pb2.Duration
    distance_m: float
    polyline6: str
    stretches: _containers.RepeatedCompositeFieldContainer[RouteStretch]
    entrances: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    def __init__(self, duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., distance_m: _Optional[float] = ..., polyline6: _Optional[str] = ..., stretches: _Optional[_Iterable[_Union[RouteStretch, _Mapping]]] = ..., entrances: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ...) -> None: ...

class RouteStretch(_message.Message):
    __slots__ = ("road", "road_class", "distance_m", "duration")
    ROAD_FIELD_NUMBER: _ClassVar[int]
    ROAD_CLASS_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    road: str
    road_class: str
    distance_m: float
    duration: _duration_pb2.Duration
    def __init__(self, road: _Optional[str] = ..., road_class: _Optional[str] = ..., distance_m: _Optional[float] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class IsochroneRequest(_message.Message):
    __slots__ = ("region", "place", "limit", "resolution", "toward", "departure")
    REGION_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    TOWARD_FIELD_NUMBER: _ClassVar[int]
    DEPARTURE_FIELD_NUMBER: _ClassVar[int]
    region: str
    place: _location_pb2.Location
    limit: _duration_pb2.Duration
    resolution: int
    toward: bool
    departure: _timestamp_pb2.Timestamp
    def __init__(self, region: _Optional[str] = ..., place: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., limit: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., resolution: _Optional[int] = ..., toward: _Optional[bool] = ..., departure: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class IsochroneResponse(_message.Message):
    __slots__ = ("cells", "snapped_place", "metric_version", "note", "closures")
    CELLS_FIELD_NUMBER: _ClassVar[int]
    SNAPPED_PLACE_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CLOSURES_FIELD_NUMBER: _ClassVar[int]
    cells: _containers.RepeatedCompositeFieldContainer[CellTime]
    snapped_place: _location_pb2.SnappedLocation
    metric_version: str
    note: str
    closures: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, cells: _Optional[_Iterable[_Union[CellTime, _Mapping]]] = ..., snapped_place: _Optional[_Union[_location_pb2.SnappedLocation, _Mapping]] = ..., metric_version: _Optional[str] = ..., note: _Optional[str] = ..., closures: _Optional[_Iterable[str]] = ...) -> None: ...

class CellTime(_message.Message):
    __slots__ = ("cell", "time")
    CELL_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    cell: str
    time: _duration_pb2.Duration
    def __init__(self, cell: _Optional[str] = ..., time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class SnapRequest(_message.Message):
    __slots__ = ("region", "locations", "max_rivals")
    REGION_FIELD_NUMBER: _ClassVar[int]
    LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_RIVALS_FIELD_NUMBER: _ClassVar[int]
    region: str
    locations: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    max_rivals: int
    def __init__(self, region: _Optional[str] = ..., locations: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ..., max_rivals: _Optional[int] = ...) -> None: ...

class SnapResponse(_message.Message):
    __slots__ = ("results", "region_version")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    REGION_VERSION_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[SnapResult]
    region_version: str
    def __init__(self, results: _Optional[_Iterable[_Union[SnapResult, _Mapping]]] = ..., region_version: _Optional[str] = ...) -> None: ...

class SnapResult(_message.Message):
    __slots__ = ("snapped_location", "error")
    SNAPPED_LOCATION_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    snapped_location: _location_pb2.SnappedLocation
    error: LocationError
    def __init__(self, snapped_location: _Optional[_Union[_location_pb2.SnappedLocation, _Mapping]] = ..., error: _Optional[_Union[LocationError, _Mapping]] = ...) -> None: ...

class LocationError(_message.Message):
    __slots__ = ("reason", "message", "metadata")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    reason: str
    message: str
    metadata: _containers.ScalarMap[str, str]
    def __init__(self, reason: _Optional[str] = ..., message: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ...) -> None: ...
