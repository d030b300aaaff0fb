import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Location(_message.Message):
    __slots__ = ("lon", "lat", "heading_deg", "heading_tolerance_deg", "accuracy_m", "road", "datum", "level", "side", "kilometre_post", "direction")
    LON_FIELD_NUMBER: _ClassVar[int]
    LAT_FIELD_NUMBER: _ClassVar[int]
    HEADING_DEG_FIELD_NUMBER: _ClassVar[int]
    HEADING_TOLERANCE_DEG_FIELD_NUMBER: _ClassVar[int]
    ACCURACY_M_FIELD_NUMBER: _ClassVar[int]
    ROAD_FIELD_NUMBER: _ClassVar[int]
    DATUM_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    KILOMETRE_POST_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    lon: float
    lat: float
    heading_deg: float
    heading_tolerance_deg: float
    accuracy_m: float
    road: str
    datum: _enums_pb2.Datum
    level: int
    side: _enums_pb2.RoadSide
    kilometre_post: KilometrePost
    direction: str
    def __init__(self, lon: _Optional[float] = ..., lat: _Optional[float] = ..., heading_deg: _Optional[float] = ..., heading_tolerance_deg: _Optional[float] = ..., accuracy_m: _Optional[float] = ..., road: _Optional[str] = ..., datum: _Optional[_Union[_enums_pb2.Datum, str]] = ..., level: _Optional[int] = ..., side: _Optional[_Union[_enums_pb2.RoadSide, str]] = ..., kilometre_post: _Optional[_Union[KilometrePost, _Mapping]] = ..., direction: _Optional[str] = ...) -> None: ...

class KilometrePost(_message.Message):
    __slots__ = ("road", "km", "direction", "text")
    ROAD_FIELD_NUMBER: _ClassVar[int]
    KM_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    road: str
    km: float
    direction: str
    text: str
    def __init__(self, road: _Optional[str] = ..., km: _Optional[float] = ..., direction: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class RoadPlace(_message.Message):
    __slots__ = ("lon", "lat", "distance_m", "heading_deg", "road_name", "road_ref", "road_class", "two_way", "arc_index", "fraction", "osm_way_id", "level")
    LON_FIELD_NUMBER: _ClassVar[int]
    LAT_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    HEADING_DEG_FIELD_NUMBER: _ClassVar[int]
    ROAD_NAME_FIELD_NUMBER: _ClassVar[int]
    ROAD_REF_FIELD_NUMBER: _ClassVar[int]
    ROAD_CLASS_FIELD_NUMBER: _ClassVar[int]
    TWO_WAY_FIELD_NUMBER: _ClassVar[int]
    ARC_INDEX_FIELD_NUMBER: _ClassVar[int]
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    OSM_WAY_ID_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    lon: float
    lat: float
    distance_m: float
    heading_deg: float
    road_name: str
    road_ref: str
    road_class: str
    two_way: bool
    arc_index: int
    fraction: float
    osm_way_id: int
    level: int
    def __init__(self, lon: _Optional[float] = ..., lat: _Optional[float] = ..., distance_m: _Optional[float] = ..., heading_deg: _Optional[float] = ..., road_name: _Optional[str] = ..., road_ref: _Optional[str] = ..., road_class: _Optional[str] = ..., two_way: _Optional[bool] = ..., arc_index: _Optional[int] = ..., fraction: _Optional[float] = ..., osm_way_id: _Optional[int] = ..., level: _Optional[int] = ...) -> None: ...

class RivalPlace(_message.Message):
    __slots__ = ("place", "confidence", "kind", "extra_duration")
    PLACE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    EXTRA_DURATION_FIELD_NUMBER: _ClassVar[int]
    place: RoadPlace
    confidence: float
    kind: _enums_pb2.RivalKind
    extra_duration: _duration_pb2.Duration
    def __init__(self, place: _Optional[_Union[RoadPlace, _Mapping]] = ..., confidence: _Optional[float] = ..., kind: _Optional[_Union[_enums_pb2.RivalKind, str]] = ..., extra_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class SnappedLocation(_message.Message):
    __slots__ = ("place", "confidence", "ambiguous", "side", "road_match", "rivals", "worst_extra_duration", "passed_over")
    PLACE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    AMBIGUOUS_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    ROAD_MATCH_FIELD_NUMBER: _ClassVar[int]
    RIVALS_FIELD_NUMBER: _ClassVar[int]
    WORST_EXTRA_DURATION_FIELD_NUMBER: _ClassVar[int]
    PASSED_OVER_FIELD_NUMBER: _ClassVar[int]
    place: RoadPlace
    confidence: float
    ambiguous: bool
    side: _enums_pb2.RoadSide
    road_match: _enums_pb2.RoadMatch
    rivals: _containers.RepeatedCompositeFieldContainer[RivalPlace]
    worst_extra_duration: _duration_pb2.Duration
    passed_over: _enums_pb2.PassedOver
    def __init__(self, place: _Optional[_Union[RoadPlace, _Mapping]] = ..., confidence: _Optional[float] = ..., ambiguous: _Optional[bool] = ..., side: _Optional[_Union[_enums_pb2.RoadSide, str]] = ..., road_match: _Optional[_Union[_enums_pb2.RoadMatch, str]] = ..., rivals: _Optional[_Iterable[_Union[RivalPlace, _Mapping]]] = ..., worst_extra_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., passed_over: _Optional[_Union[_enums_pb2.PassedOver, str]] = ...) -> None: ...
