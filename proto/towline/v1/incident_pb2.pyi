import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import location_pb2 as _location_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Incident(_message.Message):
    __slots__ = ("name", "location", "service", "received_at", "required_capabilities", "priority", "promise_duration", "due_at", "assigned_unit", "pinned", "drop_off", "garages", "unit_count", "unit_needs", "earliest", "latest", "service_duration", "customer_price")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_AT_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    PROMISE_DURATION_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_UNIT_FIELD_NUMBER: _ClassVar[int]
    PINNED_FIELD_NUMBER: _ClassVar[int]
    DROP_OFF_FIELD_NUMBER: _ClassVar[int]
    GARAGES_FIELD_NUMBER: _ClassVar[int]
    UNIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNIT_NEEDS_FIELD_NUMBER: _ClassVar[int]
    EARLIEST_FIELD_NUMBER: _ClassVar[int]
    LATEST_FIELD_NUMBER: _ClassVar[int]
    SERVICE_DURATION_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_PRICE_FIELD_NUMBER: _ClassVar[int]
    name: str
    location: _location_pb2.Location
    service: _enums_pb2.Service
    received_at: _timestamp_pb2.Timestamp
    required_capabilities: _containers.RepeatedScalarFieldContainer[_enums_pb2.Capability]
    priority: _enums_pb2.Priority
    promise_duration: _duration_pb2.Duration
    due_at: _timestamp_pb2.Timestamp
    assigned_unit: str
    pinned: bool
    drop_off: _location_pb2.Location
    garages: _containers.RepeatedCompositeFieldContainer[Garage]
    unit_count: int
    unit_needs: _containers.RepeatedCompositeFieldContainer[UnitNeeds]
    earliest: _timestamp_pb2.Timestamp
    latest: _timestamp_pb2.Timestamp
    service_duration: _duration_pb2.Duration
    customer_price: float
    def __init__(self, name: _Optional[str] = ..., location: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., service: _Optional[_Union[_enums_pb2.Service, str]] = ..., received_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., required_capabilities: _Optional[_Iterable[_Union[_enums_pb2.Capability, str]]] = ..., priority: _Optional[_Union[_enums_pb2.Priority, str]] = ..., promise_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., assigned_unit: _Optional[str] = ..., pinned: _Optional[bool] = ..., drop_off: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., garages: _Optional[_Iterable[_Union[Garage, _Mapping]]] = ..., unit_count: _Optional[int] = ..., unit_needs: _Optional[_Iterable[_Union[UnitNeeds, _Mapping]]] = ..., earliest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., latest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., service_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., customer_price: _Optional[float] = ...) -> None: ...

class Garage(_message.Message):
    __slots__ = ("location", "display_name", "drop_off_price")
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    DROP_OFF_PRICE_FIELD_NUMBER: _ClassVar[int]
    location: _location_pb2.Location
    display_name: str
    drop_off_price: float
    def __init__(self, location: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., display_name: _Optional[str] = ..., drop_off_price: _Optional[float] = ...) -> None: ...

class UnitNeeds(_message.Message):
    __slots__ = ("capabilities",)
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    capabilities: _containers.RepeatedScalarFieldContainer[_enums_pb2.Capability]
    def __init__(self, capabilities: _Optional[_Iterable[_Union[_enums_pb2.Capability, str]]] = ...) -> None: ...
