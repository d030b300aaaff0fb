import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TrafficEntry(_message.Message):
    __slots__ = ("id", "ways", "arcs", "area", "speed_kph", "factor", "closed", "speeds_kph", "factors", "start", "end", "state", "arc_count")
    ID_FIELD_NUMBER: _ClassVar[int]
    WAYS_FIELD_NUMBER: _ClassVar[int]
    ARCS_FIELD_NUMBER: _ClassVar[int]
    AREA_FIELD_NUMBER: _ClassVar[int]
    SPEED_KPH_FIELD_NUMBER: _ClassVar[int]
    FACTOR_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    SPEEDS_KPH_FIELD_NUMBER: _ClassVar[int]
    FACTORS_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ARC_COUNT_FIELD_NUMBER: _ClassVar[int]
    id: str
    ways: TrafficWays
    arcs: TrafficArcs
    area: TrafficArea
    speed_kph: float
    factor: float
    closed: bool
    speeds_kph: TrafficNumbers
    factors: TrafficNumbers
    start: _timestamp_pb2.Timestamp
    end: _timestamp_pb2.Timestamp
    state: _enums_pb2.TrafficState
    arc_count: int
    def __init__(self, id: _Optional[str] = ..., ways: _Optional[_Union[TrafficWays, _Mapping]] = ..., arcs: _Optional[_Union[TrafficArcs, _Mapping]] = ..., area: _Optional[_Union[TrafficArea, _Mapping]] = ..., speed_kph: _Optional[float] = ..., factor: _Optional[float] = ..., closed: _Optional[bool] = ..., speeds_kph: _Optional[_Union[TrafficNumbers, _Mapping]] = ..., factors: _Optional[_Union[TrafficNumbers, _Mapping]] = ..., start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[_enums_pb2.TrafficState, str]] = ..., arc_count: _Optional[int] = ...) -> None: ...

class TrafficWays(_message.Message):
    __slots__ = ("way_ids", "direction")
    WAY_IDS_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    way_ids: _containers.RepeatedScalarFieldContainer[int]
    direction: _enums_pb2.WayDirection
    def __init__(self, way_ids: _Optional[_Iterable[int]] = ..., direction: _Optional[_Union[_enums_pb2.WayDirection, str]] = ...) -> None: ...

class TrafficArcs(_message.Message):
    __slots__ = ("arc_ids", "region_version")
    ARC_IDS_FIELD_NUMBER: _ClassVar[int]
    REGION_VERSION_FIELD_NUMBER: _ClassVar[int]
    arc_ids: _containers.RepeatedScalarFieldContainer[int]
    region_version: str
    def __init__(self, arc_ids: _Optional[_Iterable[int]] = ..., region_version: _Optional[str] = ...) -> None: ...

class TrafficArea(_message.Message):
    __slots__ = ("polygons", "road_classes", "datum")
    POLYGONS_FIELD_NUMBER: _ClassVar[int]
    ROAD_CLASSES_FIELD_NUMBER: _ClassVar[int]
    DATUM_FIELD_NUMBER: _ClassVar[int]
    polygons: _containers.RepeatedCompositeFieldContainer[TrafficPolygon]
    road_classes: _containers.RepeatedScalarFieldContainer[str]
    datum: _enums_pb2.Datum
    def __init__(self, polygons: _Optional[_Iterable[_Union[TrafficPolygon, _Mapping]]] = ..., road_classes: _Optional[_Iterable[str]] = ..., datum: _Optional[_Union[_enums_pb2.Datum, str]] = ...) -> None: ...

class TrafficPolygon(_message.Message):
    __slots__ = ("outer", "holes")
    OUTER_FIELD_NUMBER: _ClassVar[int]
    HOLES_FIELD_NUMBER: _ClassVar[int]
    outer: TrafficRing
    holes: _containers.RepeatedCompositeFieldContainer[TrafficRing]
    def __init__(self, outer: _Optional[_Union[TrafficRing, _Mapping]] = ..., holes: _Optional[_Iterable[_Union[TrafficRing, _Mapping]]] = ...) -> None: ...

class TrafficRing(_message.Message):
    __slots__ = ("lon", "lat")
    LON_FIELD_NUMBER: _ClassVar[int]
    LAT_FIELD_NUMBER: _ClassVar[int]
    lon: _containers.RepeatedScalarFieldContainer[float]
    lat: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, lon: _Optional[_Iterable[float]] = ..., lat: _Optional[_Iterable[float]] = ...) -> None: ...

class TrafficNumbers(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, values: _Optional[_Iterable[float]] = ...) -> None: ...

class WeatherSpell(_message.Message):
    __slots__ = ("weather", "start", "end")
    WEATHER_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    weather: _enums_pb2.Weather
    start: _timestamp_pb2.Timestamp
    end: _timestamp_pb2.Timestamp
    def __init__(self, weather: _Optional[_Union[_enums_pb2.Weather, str]] = ..., start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TrafficResult(_message.Message):
    __slots__ = ("epoch", "metric_version", "accepted_count", "waiting_count", "removed_count", "expired_count", "entry_count", "changed_arc_count", "ignored_counts", "ignored", "unknown_way_ids", "unknown_way_count", "checking", "preparing")
    class IgnoredCountsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    WAITING_COUNT_FIELD_NUMBER: _ClassVar[int]
    REMOVED_COUNT_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_COUNT_FIELD_NUMBER: _ClassVar[int]
    ENTRY_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_ARC_COUNT_FIELD_NUMBER: _ClassVar[int]
    IGNORED_COUNTS_FIELD_NUMBER: _ClassVar[int]
    IGNORED_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_WAY_IDS_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_WAY_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHECKING_FIELD_NUMBER: _ClassVar[int]
    PREPARING_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    metric_version: str
    accepted_count: int
    waiting_count: int
    removed_count: int
    expired_count: int
    entry_count: int
    changed_arc_count: int
    ignored_counts: _containers.ScalarMap[str, int]
    ignored: _containers.RepeatedCompositeFieldContainer[IgnoredTraffic]
    unknown_way_ids: _containers.RepeatedScalarFieldContainer[int]
    unknown_way_count: int
    checking: _duration_pb2.Duration
    preparing: _duration_pb2.Duration
    def __init__(self, epoch: _Optional[int] = ..., metric_version: _Optional[str] = ..., accepted_count: _Optional[int] = ..., waiting_count: _Optional[int] = ..., removed_count: _Optional[int] = ..., expired_count: _Optional[int] = ..., entry_count: _Optional[int] = ..., changed_arc_count: _Optional[int] = ..., ignored_counts: _Optional[_Mapping[str, int]] = ..., ignored: _Optional[_Iterable[_Union[IgnoredTraffic, _Mapping]]] = ..., unknown_way_ids: _Optional[_Iterable[int]] = ..., unknown_way_count: _Optional[int] = ..., checking: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., preparing: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class IgnoredTraffic(_message.Message):
    __slots__ = ("index", "id", "reason", "message")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    index: int
    id: str
    reason: str
    message: str
    def __init__(self, index: _Optional[int] = ..., id: _Optional[str] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class Traffic(_message.Message):
    __slots__ = ("name", "epoch", "metric_version", "profile", "profile_version", "entry_count", "in_force_count", "arc_count", "closed_arc_count", "weather", "next_change_at", "warm_metric_versions", "last_update_at", "feed_file_read_at", "feed_file_reason")
    NAME_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    PROFILE_VERSION_FIELD_NUMBER: _ClassVar[int]
    ENTRY_COUNT_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_COUNT_FIELD_NUMBER: _ClassVar[int]
    ARC_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLOSED_ARC_COUNT_FIELD_NUMBER: _ClassVar[int]
    WEATHER_FIELD_NUMBER: _ClassVar[int]
    NEXT_CHANGE_AT_FIELD_NUMBER: _ClassVar[int]
    WARM_METRIC_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    LAST_UPDATE_AT_FIELD_NUMBER: _ClassVar[int]
    FEED_FILE_READ_AT_FIELD_NUMBER: _ClassVar[int]
    FEED_FILE_REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    epoch: int
    metric_version: str
    profile: str
    profile_version: str
    entry_count: int
    in_force_count: int
    arc_count: int
    closed_arc_count: int
    weather: _containers.RepeatedCompositeFieldContainer[WeatherSpell]
    next_change_at: _timestamp_pb2.Timestamp
    warm_metric_versions: _containers.RepeatedScalarFieldContainer[str]
    last_update_at: _timestamp_pb2.Timestamp
    feed_file_read_at: _timestamp_pb2.Timestamp
    feed_file_reason: str
    def __init__(self, name: _Optional[str] = ..., epoch: _Optional[int] = ..., metric_version: _Optional[str] = ..., profile: _Optional[str] = ..., profile_version: _Optional[str] = ..., entry_count: _Optional[int] = ..., in_force_count: _Optional[int] = ..., arc_count: _Optional[int] = ..., closed_arc_count: _Optional[int] = ..., weather: _Optional[_Iterable[_Union[WeatherSpell, _Mapping]]] = ..., next_change_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., warm_metric_versions: _Optional[_Iterable[str]] = ..., last_update_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., feed_file_read_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., feed_file_reason: _Optional[str] = ...) -> None: ...
