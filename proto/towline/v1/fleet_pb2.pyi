import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import location_pb2 as _location_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Provider(_message.Message):
    __slots__ = ("name", "display_name", "services", "territory_cells", "base", "call_out_price", "etag", "per_km_price", "night_tariff", "exclusive_cells", "exclusive_osm_way_ids", "acceptance_probability", "quality_score", "recent_share", "contractor")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    TERRITORY_CELLS_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    CALL_OUT_PRICE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    PER_KM_PRICE_FIELD_NUMBER: _ClassVar[int]
    NIGHT_TARIFF_FIELD_NUMBER: _ClassVar[int]
    EXCLUSIVE_CELLS_FIELD_NUMBER: _ClassVar[int]
    EXCLUSIVE_OSM_WAY_IDS_FIELD_NUMBER: _ClassVar[int]
    ACCEPTANCE_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    QUALITY_SCORE_FIELD_NUMBER: _ClassVar[int]
    RECENT_SHARE_FIELD_NUMBER: _ClassVar[int]
    CONTRACTOR_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name: str
    services: _containers.RepeatedScalarFieldContainer[_enums_pb2.Service]
    territory_cells: _containers.RepeatedScalarFieldContainer[str]
    base: _location_pb2.Location
    call_out_price: float
    etag: str
    per_km_price: float
    night_tariff: NightTariff
    exclusive_cells: _containers.RepeatedScalarFieldContainer[str]
    exclusive_osm_way_ids: _containers.RepeatedScalarFieldContainer[int]
    acceptance_probability: float
    quality_score: float
    recent_share: float
    contractor: bool
    def __init__(self, name: _Optional[str] = ..., display_name: _Optional[str] = ..., services: _Optional[_Iterable[_Union[_enums_pb2.Service, str]]] = ..., territory_cells: _Optional[_Iterable[str]] = ..., base: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., call_out_price: _Optional[float] = ..., etag: _Optional[str] = ..., per_km_price: _Optional[float] = ..., night_tariff: _Optional[_Union[NightTariff, _Mapping]] = ..., exclusive_cells: _Optional[_Iterable[str]] = ..., exclusive_osm_way_ids: _Optional[_Iterable[int]] = ..., acceptance_probability: _Optional[float] = ..., quality_score: _Optional[float] = ..., recent_share: _Optional[float] = ..., contractor: _Optional[bool] = ...) -> None: ...

class NightTariff(_message.Message):
    __slots__ = ("factor", "start_minute", "end_minute")
    FACTOR_FIELD_NUMBER: _ClassVar[int]
    START_MINUTE_FIELD_NUMBER: _ClassVar[int]
    END_MINUTE_FIELD_NUMBER: _ClassVar[int]
    factor: float
    start_minute: int
    end_minute: int
    def __init__(self, factor: _Optional[float] = ..., start_minute: _Optional[int] = ..., end_minute: _Optional[int] = ...) -> None: ...

class Unit(_message.Message):
    __slots__ = ("name", "location", "services", "capabilities", "status", "free_at", "free_location", "mobilisation", "etag", "position_at", "shift_start", "shift_end", "overtime_price", "breaks")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FREE_AT_FIELD_NUMBER: _ClassVar[int]
    FREE_LOCATION_FIELD_NUMBER: _ClassVar[int]
    MOBILISATION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    POSITION_AT_FIELD_NUMBER: _ClassVar[int]
    SHIFT_START_FIELD_NUMBER: _ClassVar[int]
    SHIFT_END_FIELD_NUMBER: _ClassVar[int]
    OVERTIME_PRICE_FIELD_NUMBER: _ClassVar[int]
    BREAKS_FIELD_NUMBER: _ClassVar[int]
    name: str
    location: _location_pb2.Location
    services: _containers.RepeatedScalarFieldContainer[_enums_pb2.Service]
    capabilities: _containers.RepeatedScalarFieldContainer[_enums_pb2.Capability]
    status: _enums_pb2.UnitStatus
    free_at: _timestamp_pb2.Timestamp
    free_location: _location_pb2.Location
    mobilisation: _duration_pb2.Duration
    etag: str
    position_at: _timestamp_pb2.Timestamp
    shift_start: _timestamp_pb2.Timestamp
    shift_end: _timestamp_pb2.Timestamp
    overtime_price: float
    breaks: _containers.RepeatedCompositeFieldContainer[Break]
    def __init__(self, name: _Optional[str] = ..., location: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., services: _Optional[_Iterable[_Union[_enums_pb2.Service, str]]] = ..., capabilities: _Optional[_Iterable[_Union[_enums_pb2.Capability, str]]] = ..., status: _Optional[_Union[_enums_pb2.UnitStatus, str]] = ..., free_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., free_location: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., mobilisation: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., etag: _Optional[str] = ..., position_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., shift_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., shift_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., overtime_price: _Optional[float] = ..., breaks: _Optional[_Iterable[_Union[Break, _Mapping]]] = ...) -> None: ...

class Break(_message.Message):
    __slots__ = ("start", "end")
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    start: _timestamp_pb2.Timestamp
    end: _timestamp_pb2.Timestamp
    def __init__(self, start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Fleet(_message.Message):
    __slots__ = ("providers", "units")
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    providers: _containers.RepeatedCompositeFieldContainer[Provider]
    units: _containers.RepeatedCompositeFieldContainer[Unit]
    def __init__(self, providers: _Optional[_Iterable[_Union[Provider, _Mapping]]] = ..., units: _Optional[_Iterable[_Union[Unit, _Mapping]]] = ...) -> None: ...

class ServerFleet(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
