from towline.v1 import location_pb2 as _location_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MatrixRequest(_message.Message):
    __slots__ = ("region", "origins", "destinations")
    REGION_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    DESTINATIONS_FIELD_NUMBER: _ClassVar[int]
    region: str
    origins: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    destinations: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    def __init__(self, region: _Optional[str] = ..., origins: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ..., destinations: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ...) -> None: ...

class MatrixResponse(_message.Message):
    __slots__ = ("durations_ms", "origin_count", "destination_count")
    DURATIONS_MS_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    durations_ms: bytes
    origin_count: int
    destination_count: int
    def __init__(self, durations_ms: _Optional[bytes] = ..., origin_count: _Optional[int] = ..., destination_count: _Optional[int] = ...) -> None: ...

class StreamMatrixRequest(_message.Message):
    __slots__ = ("region", "origins", "destinations")
    REGION_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    DESTINATIONS_FIELD_NUMBER: _ClassVar[int]
    region: str
    origins: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    destinations: _containers.RepeatedCompositeFieldContainer[_location_pb2.Location]
    def __init__(self, region: _Optional[str] = ..., origins: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ..., destinations: _Optional[_Iterable[_Union[_location_pb2.Location, _Mapping]]] = ...) -> None: ...

class StreamMatrixResponse(_message.Message):
    __slots__ = ("durations_ms", "first_origin", "origin_count", "destination_count")
    DURATIONS_MS_FIELD_NUMBER: _ClassVar[int]
    FIRST_ORIGIN_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    durations_ms: bytes
    first_origin: int
    origin_count: int
    destination_count: int
    def __init__(self, durations_ms: _Optional[bytes] = ..., first_origin: _Optional[int] = ..., origin_count: _Optional[int] = ..., destination_count: _Optional[int] = ...) -> None: ...
