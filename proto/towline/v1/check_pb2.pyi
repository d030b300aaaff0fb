import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import plan_pb2 as _plan_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PlannedStop(_message.Message):
    __slots__ = ("incident", "arrives_at")
    INCIDENT_FIELD_NUMBER: _ClassVar[int]
    ARRIVES_AT_FIELD_NUMBER: _ClassVar[int]
    incident: str
    arrives_at: _timestamp_pb2.Timestamp
    def __init__(self, incident: _Optional[str] = ..., arrives_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PlannedTour(_message.Message):
    __slots__ = ("unit", "stops")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    STOPS_FIELD_NUMBER: _ClassVar[int]
    unit: str
    stops: _containers.RepeatedCompositeFieldContainer[PlannedStop]
    def __init__(self, unit: _Optional[str] = ..., stops: _Optional[_Iterable[_Union[PlannedStop, _Mapping]]] = ...) -> None: ...

class Violation(_message.Message):
    __slots__ = ("code", "severity", "message", "incident", "unit", "tour_index", "duration", "excess_count", "details")
    class DetailsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CODE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    INCIDENT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    TOUR_INDEX_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    EXCESS_COUNT_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    code: _enums_pb2.ViolationCode
    severity: _enums_pb2.ViolationSeverity
    message: str
    incident: str
    unit: str
    tour_index: int
    duration: _duration_pb2.Duration
    excess_count: int
    details: _containers.ScalarMap[str, str]
    def __init__(self, code: _Optional[_Union[_enums_pb2.ViolationCode, str]] = ..., severity: _Optional[_Union[_enums_pb2.ViolationSeverity, str]] = ..., message: _Optional[str] = ..., incident: _Optional[str] = ..., unit: _Optional[str] = ..., tour_index: _Optional[int] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., excess_count: _Optional[int] = ..., details: _Optional[_Mapping[str, str]] = ...) -> None: ...

class PlanFigures(_message.Message):
    __slots__ = ("cost", "kept_count", "broken_count", "unserved_count", "solver", "gap_millimin")
    COST_FIELD_NUMBER: _ClassVar[int]
    KEPT_COUNT_FIELD_NUMBER: _ClassVar[int]
    BROKEN_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNSERVED_COUNT_FIELD_NUMBER: _ClassVar[int]
    SOLVER_FIELD_NUMBER: _ClassVar[int]
    GAP_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    cost: _plan_pb2.CostParts
    kept_count: int
    broken_count: int
    unserved_count: int
    solver: str
    gap_millimin: int
    def __init__(self, cost: _Optional[_Union[_plan_pb2.CostParts, _Mapping]] = ..., kept_count: _Optional[int] = ..., broken_count: _Optional[int] = ..., unserved_count: _Optional[int] = ..., solver: _Optional[str] = ..., gap_millimin: _Optional[int] = ...) -> None: ...
