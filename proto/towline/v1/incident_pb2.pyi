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
    __slots__ = ("name", "location", "service", "received_at", "required_capabilities", "priority", "promise_duration", "due_at", "assigned_unit", "pinned")
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
    def __init__(self, name: _Optional[str] = ..., location: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., service: _Optional[_Union[_enums_pb2.Service, str]] = ..., received_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., required_capabilities: _Optional[_Iterable[_Union[_enums_pb2.Capability, str]]] = ..., priority: _Optional[_Union[_enums_pb2.Priority, str]] = ..., promise_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., assigned_unit: _Optional[str] = ..., pinned: _Optional[bool] = ...) -> None: ...
