from towline.v1 import location_pb2 as _location_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from towline.v1 import traffic_pb2 as _traffic_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Region(_message.Message):
    __slots__ = ("name", "display_name", "time_zone", "version", "policy_version", "node_count", "arc_count", "south_west", "north_east", "attribution", "leading", "leader")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    NODE_COUNT_FIELD_NUMBER: _ClassVar[int]
    ARC_COUNT_FIELD_NUMBER: _ClassVar[int]
    SOUTH_WEST_FIELD_NUMBER: _ClassVar[int]
    NORTH_EAST_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    LEADING_FIELD_NUMBER: _ClassVar[int]
    LEADER_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name: str
    time_zone: str
    version: str
    policy_version: str
    node_count: int
    arc_count: int
    south_west: _location_pb2.Location
    north_east: _location_pb2.Location
    attribution: str
    leading: bool
    leader: str
    def __init__(self, name: _Optional[str] = ..., display_name: _Optional[str] = ..., time_zone: _Optional[str] = ..., version: _Optional[str] = ..., policy_version: _Optional[str] = ..., node_count: _Optional[int] = ..., arc_count: _Optional[int] = ..., south_west: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., north_east: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., attribution: _Optional[str] = ..., leading: _Optional[bool] = ..., leader: _Optional[str] = ...) -> None: ...

class GetRegionRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetRegionResponse(_message.Message):
    __slots__ = ("region",)
    REGION_FIELD_NUMBER: _ClassVar[int]
    region: Region
    def __init__(self, region: _Optional[_Union[Region, _Mapping]] = ...) -> None: ...

class ListRegionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRegionsResponse(_message.Message):
    __slots__ = ("regions", "next_page_token")
    REGIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    regions: _containers.RepeatedCompositeFieldContainer[Region]
    next_page_token: str
    def __init__(self, regions: _Optional[_Iterable[_Union[Region, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateTrafficRequest(_message.Message):
    __slots__ = ("parent", "entries", "remove_ids", "strict", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    REMOVE_IDS_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    entries: _containers.RepeatedCompositeFieldContainer[_traffic_pb2.TrafficEntry]
    remove_ids: _containers.RepeatedScalarFieldContainer[str]
    strict: bool
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., entries: _Optional[_Iterable[_Union[_traffic_pb2.TrafficEntry, _Mapping]]] = ..., remove_ids: _Optional[_Iterable[str]] = ..., strict: _Optional[bool] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class UpdateTrafficResponse(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _traffic_pb2.TrafficResult
    def __init__(self, result: _Optional[_Union[_traffic_pb2.TrafficResult, _Mapping]] = ...) -> None: ...

class StreamTrafficRequest(_message.Message):
    __slots__ = ("parent", "entries", "remove_ids", "strict", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    REMOVE_IDS_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    entries: _containers.RepeatedCompositeFieldContainer[_traffic_pb2.TrafficEntry]
    remove_ids: _containers.RepeatedScalarFieldContainer[str]
    strict: bool
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., entries: _Optional[_Iterable[_Union[_traffic_pb2.TrafficEntry, _Mapping]]] = ..., remove_ids: _Optional[_Iterable[str]] = ..., strict: _Optional[bool] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class StreamTrafficResponse(_message.Message):
    __slots__ = ("index", "result")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    index: int
    result: _traffic_pb2.TrafficResult
    def __init__(self, index: _Optional[int] = ..., result: _Optional[_Union[_traffic_pb2.TrafficResult, _Mapping]] = ...) -> None: ...

class GetTrafficRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetTrafficResponse(_message.Message):
    __slots__ = ("traffic",)
    TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    traffic: _traffic_pb2.Traffic
    def __init__(self, traffic: _Optional[_Union[_traffic_pb2.Traffic, _Mapping]] = ...) -> None: ...

class ListTrafficRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token", "id_prefix")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ID_PREFIX_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    id_prefix: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., id_prefix: _Optional[str] = ...) -> None: ...

class ListTrafficResponse(_message.Message):
    __slots__ = ("entries", "next_page_token")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[_traffic_pb2.TrafficEntry]
    next_page_token: str
    def __init__(self, entries: _Optional[_Iterable[_Union[_traffic_pb2.TrafficEntry, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ClearTrafficRequest(_message.Message):
    __slots__ = ("parent", "id_prefix", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    ID_PREFIX_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    id_prefix: str
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., id_prefix: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class ClearTrafficResponse(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _traffic_pb2.TrafficResult
    def __init__(self, result: _Optional[_Union[_traffic_pb2.TrafficResult, _Mapping]] = ...) -> None: ...

class SetWeatherRequest(_message.Message):
    __slots__ = ("parent", "spells", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    SPELLS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    spells: _containers.RepeatedCompositeFieldContainer[_traffic_pb2.WeatherSpell]
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., spells: _Optional[_Iterable[_Union[_traffic_pb2.WeatherSpell, _Mapping]]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class SetWeatherResponse(_message.Message):
    __slots__ = ("epoch", "metric_version")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    metric_version: str
    def __init__(self, epoch: _Optional[int] = ..., metric_version: _Optional[str] = ...) -> None: ...
