import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import fleet_pb2 as _fleet_pb2
from towline.v1 import location_pb2 as _location_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BatchUpsertProvidersRequest(_message.Message):
    __slots__ = ("parent", "providers", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    providers: _containers.RepeatedCompositeFieldContainer[_fleet_pb2.Provider]
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., providers: _Optional[_Iterable[_Union[_fleet_pb2.Provider, _Mapping]]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class BatchUpsertProvidersResponse(_message.Message):
    __slots__ = ("providers",)
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    providers: _containers.RepeatedCompositeFieldContainer[_fleet_pb2.Provider]
    def __init__(self, providers: _Optional[_Iterable[_Union[_fleet_pb2.Provider, _Mapping]]] = ...) -> None: ...

class BatchUpsertUnitsRequest(_message.Message):
    __slots__ = ("parent", "units", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    units: _containers.RepeatedCompositeFieldContainer[_fleet_pb2.Unit]
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., units: _Optional[_Iterable[_Union[_fleet_pb2.Unit, _Mapping]]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class BatchUpsertUnitsResponse(_message.Message):
    __slots__ = ("units",)
    UNITS_FIELD_NUMBER: _ClassVar[int]
    units: _containers.RepeatedCompositeFieldContainer[_fleet_pb2.Unit]
    def __init__(self, units: _Optional[_Iterable[_Union[_fleet_pb2.Unit, _Mapping]]] = ...) -> None: ...

class GetProviderRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetProviderResponse(_message.Message):
    __slots__ = ("provider",)
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    provider: _fleet_pb2.Provider
    def __init__(self, provider: _Optional[_Union[_fleet_pb2.Provider, _Mapping]] = ...) -> None: ...

class GetUnitRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetUnitResponse(_message.Message):
    __slots__ = ("unit",)
    UNIT_FIELD_NUMBER: _ClassVar[int]
    unit: _fleet_pb2.Unit
    def __init__(self, unit: _Optional[_Union[_fleet_pb2.Unit, _Mapping]] = ...) -> None: ...

class ListProvidersRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProvidersResponse(_message.Message):
    __slots__ = ("providers", "next_page_token")
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    providers: _containers.RepeatedCompositeFieldContainer[_fleet_pb2.Provider]
    next_page_token: str
    def __init__(self, providers: _Optional[_Iterable[_Union[_fleet_pb2.Provider, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListUnitsRequest(_message.Message):
    __slots__ = ("parent", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListUnitsResponse(_message.Message):
    __slots__ = ("units", "next_page_token")
    UNITS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    units: _containers.RepeatedCompositeFieldContainer[_fleet_pb2.Unit]
    next_page_token: str
    def __init__(self, units: _Optional[_Iterable[_Union[_fleet_pb2.Unit, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeleteProviderRequest(_message.Message):
    __slots__ = ("name", "etag", "force", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    force: bool
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., force: _Optional[bool] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DeleteProviderResponse(_message.Message):
    __slots__ = ("removed_unit_count",)
    REMOVED_UNIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    removed_unit_count: int
    def __init__(self, removed_unit_count: _Optional[int] = ...) -> None: ...

class DeleteUnitRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DeleteUnitResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class UnitPosition(_message.Message):
    __slots__ = ("unit", "location", "observed_at")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    OBSERVED_AT_FIELD_NUMBER: _ClassVar[int]
    unit: str
    location: _location_pb2.Location
    observed_at: _timestamp_pb2.Timestamp
    def __init__(self, unit: _Optional[str] = ..., location: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., observed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ReportPositionsRequest(_message.Message):
    __slots__ = ("parent", "positions", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    positions: _containers.RepeatedCompositeFieldContainer[UnitPosition]
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., positions: _Optional[_Iterable[_Union[UnitPosition, _Mapping]]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class RejectedPosition(_message.Message):
    __slots__ = ("index", "unit", "reason", "message", "metadata")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    INDEX_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    index: int
    unit: str
    reason: str
    message: str
    metadata: _containers.ScalarMap[str, str]
    def __init__(self, index: _Optional[int] = ..., unit: _Optional[str] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ReportPositionsResponse(_message.Message):
    __slots__ = ("accepted_count", "rejected_positions")
    ACCEPTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    REJECTED_POSITIONS_FIELD_NUMBER: _ClassVar[int]
    accepted_count: int
    rejected_positions: _containers.RepeatedCompositeFieldContainer[RejectedPosition]
    def __init__(self, accepted_count: _Optional[int] = ..., rejected_positions: _Optional[_Iterable[_Union[RejectedPosition, _Mapping]]] = ...) -> None: ...

class StreamPositionsRequest(_message.Message):
    __slots__ = ("parent", "unit_ids", "lon", "lat", "observed_at_ms", "heading_deg", "datum")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    UNIT_IDS_FIELD_NUMBER: _ClassVar[int]
    LON_FIELD_NUMBER: _ClassVar[int]
    LAT_FIELD_NUMBER: _ClassVar[int]
    OBSERVED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    HEADING_DEG_FIELD_NUMBER: _ClassVar[int]
    DATUM_FIELD_NUMBER: _ClassVar[int]
    parent: str
    unit_ids: _containers.RepeatedScalarFieldContainer[str]
    lon: _containers.RepeatedScalarFieldContainer[float]
    lat: _containers.RepeatedScalarFieldContainer[float]
    observed_at_ms: _containers.RepeatedScalarFieldContainer[int]
    heading_deg: _containers.RepeatedScalarFieldContainer[float]
    datum: _enums_pb2.Datum
    def __init__(self, parent: _Optional[str] = ..., unit_ids: _Optional[_Iterable[str]] = ..., lon: _Optional[_Iterable[float]] = ..., lat: _Optional[_Iterable[float]] = ..., observed_at_ms: _Optional[_Iterable[int]] = ..., heading_deg: _Optional[_Iterable[float]] = ..., datum: _Optional[_Union[_enums_pb2.Datum, str]] = ...) -> None: ...

class StreamPositionsResponse(_message.Message):
    __slots__ = ("accepted_count", "rejected_counts", "rejected_positions")
    class RejectedCountsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    ACCEPTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    REJECTED_COUNTS_FIELD_NUMBER: _ClassVar[int]
    REJECTED_POSITIONS_FIELD_NUMBER: _ClassVar[int]
    accepted_count: int
    rejected_counts: _containers.ScalarMap[str, int]
    rejected_positions: _containers.RepeatedCompositeFieldContainer[RejectedPosition]
    def __init__(self, accepted_count: _Optional[int] = ..., rejected_counts: _Optional[_Mapping[str, int]] = ..., rejected_positions: _Optional[_Iterable[_Union[RejectedPosition, _Mapping]]] = ...) -> None: ...
