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

class Promise(_message.Message):
    __slots__ = ("due_at", "promise_class", "reason")
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    PROMISE_CLASS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    due_at: _timestamp_pb2.Timestamp
    promise_class: _enums_pb2.PromiseClass
    reason: str
    def __init__(self, due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., promise_class: _Optional[_Union[_enums_pb2.PromiseClass, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("code", "message", "details")
    class DetailsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    code: _enums_pb2.ReasonCode
    message: str
    details: _containers.ScalarMap[str, str]
    def __init__(self, code: _Optional[_Union[_enums_pb2.ReasonCode, str]] = ..., message: _Optional[str] = ..., details: _Optional[_Mapping[str, str]] = ...) -> None: ...

class CostParts(_message.Message):
    __slots__ = ("total_millimin", "broken_promise_millimin", "lateness_millimin", "waiting_millimin", "driving_millimin", "tariff_millimin", "plan_change_millimin", "unserved_millimin", "overtime_millimin", "quality_millimin", "acceptance_millimin", "rotation_millimin", "coverage_millimin")
    TOTAL_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    BROKEN_PROMISE_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    LATENESS_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    WAITING_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    DRIVING_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    TARIFF_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    PLAN_CHANGE_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    UNSERVED_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    OVERTIME_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    QUALITY_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    ACCEPTANCE_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    ROTATION_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    COVERAGE_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    total_millimin: int
    broken_promise_millimin: int
    lateness_millimin: int
    waiting_millimin: int
    driving_millimin: int
    tariff_millimin: int
    plan_change_millimin: int
    unserved_millimin: int
    overtime_millimin: int
    quality_millimin: int
    acceptance_millimin: int
    rotation_millimin: int
    coverage_millimin: int
    def __init__(self, total_millimin: _Optional[int] = ..., broken_promise_millimin: _Optional[int] = ..., lateness_millimin: _Optional[int] = ..., waiting_millimin: _Optional[int] = ..., driving_millimin: _Optional[int] = ..., tariff_millimin: _Optional[int] = ..., plan_change_millimin: _Optional[int] = ..., unserved_millimin: _Optional[int] = ..., overtime_millimin: _Optional[int] = ..., quality_millimin: _Optional[int] = ..., acceptance_millimin: _Optional[int] = ..., rotation_millimin: _Optional[int] = ..., coverage_millimin: _Optional[int] = ...) -> None: ...

class Candidate(_message.Message):
    __slots__ = ("unit", "departs_at", "arrives_at", "travel_duration", "slack", "promise_kept", "cost", "lost", "promise_probability")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    DEPARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ARRIVES_AT_FIELD_NUMBER: _ClassVar[int]
    TRAVEL_DURATION_FIELD_NUMBER: _ClassVar[int]
    SLACK_FIELD_NUMBER: _ClassVar[int]
    PROMISE_KEPT_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    PROMISE_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    unit: str
    departs_at: _timestamp_pb2.Timestamp
    arrives_at: _timestamp_pb2.Timestamp
    travel_duration: _duration_pb2.Duration
    slack: _duration_pb2.Duration
    promise_kept: bool
    cost: CostParts
    lost: Reason
    promise_probability: float
    def __init__(self, unit: _Optional[str] = ..., departs_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrives_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., travel_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., slack: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., promise_kept: _Optional[bool] = ..., cost: _Optional[_Union[CostParts, _Mapping]] = ..., lost: _Optional[_Union[Reason, _Mapping]] = ..., promise_probability: _Optional[float] = ...) -> None: ...

class Assignment(_message.Message):
    __slots__ = ("incident", "promise", "chosen", "runners_up", "previous_unit", "changed", "snapped_location", "tour_index", "after")
    INCIDENT_FIELD_NUMBER: _ClassVar[int]
    PROMISE_FIELD_NUMBER: _ClassVar[int]
    CHOSEN_FIELD_NUMBER: _ClassVar[int]
    RUNNERS_UP_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_UNIT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    SNAPPED_LOCATION_FIELD_NUMBER: _ClassVar[int]
    TOUR_INDEX_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    incident: str
    promise: Promise
    chosen: Candidate
    runners_up: _containers.RepeatedCompositeFieldContainer[Candidate]
    previous_unit: str
    changed: bool
    snapped_location: _location_pb2.SnappedLocation
    tour_index: int
    after: str
    def __init__(self, incident: _Optional[str] = ..., promise: _Optional[_Union[Promise, _Mapping]] = ..., chosen: _Optional[_Union[Candidate, _Mapping]] = ..., runners_up: _Optional[_Iterable[_Union[Candidate, _Mapping]]] = ..., previous_unit: _Optional[str] = ..., changed: _Optional[bool] = ..., snapped_location: _Optional[_Union[_location_pb2.SnappedLocation, _Mapping]] = ..., tour_index: _Optional[int] = ..., after: _Optional[str] = ...) -> None: ...

class Unserved(_message.Message):
    __slots__ = ("incident", "promise", "reason", "cost", "previous_unit", "snapped_location")
    INCIDENT_FIELD_NUMBER: _ClassVar[int]
    PROMISE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_UNIT_FIELD_NUMBER: _ClassVar[int]
    SNAPPED_LOCATION_FIELD_NUMBER: _ClassVar[int]
    incident: str
    promise: Promise
    reason: Reason
    cost: CostParts
    previous_unit: str
    snapped_location: _location_pb2.SnappedLocation
    def __init__(self, incident: _Optional[str] = ..., promise: _Optional[_Union[Promise, _Mapping]] = ..., reason: _Optional[_Union[Reason, _Mapping]] = ..., cost: _Optional[_Union[CostParts, _Mapping]] = ..., previous_unit: _Optional[str] = ..., snapped_location: _Optional[_Union[_location_pb2.SnappedLocation, _Mapping]] = ...) -> None: ...

class Plan(_message.Message):
    __slots__ = ("now", "assignments", "unserved", "cost", "gap_millimin", "solver", "policy_version", "region_version", "stage_durations", "metric_version", "why")
    class StageDurationsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _duration_pb2.Duration
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
    NOW_FIELD_NUMBER: _ClassVar[int]
    ASSIGNMENTS_FIELD_NUMBER: _ClassVar[int]
    UNSERVED_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    GAP_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    SOLVER_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    REGION_VERSION_FIELD_NUMBER: _ClassVar[int]
    STAGE_DURATIONS_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    now: _timestamp_pb2.Timestamp
    assignments: _containers.RepeatedCompositeFieldContainer[Assignment]
    unserved: _containers.RepeatedCompositeFieldContainer[Unserved]
    cost: CostParts
    gap_millimin: int
    solver: str
    policy_version: str
    region_version: str
    stage_durations: _containers.MessageMap[str, _duration_pb2.Duration]
    metric_version: str
    why: Reason
    def __init__(self, now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., assignments: _Optional[_Iterable[_Union[Assignment, _Mapping]]] = ..., unserved: _Optional[_Iterable[_Union[Unserved, _Mapping]]] = ..., cost: _Optional[_Union[CostParts, _Mapping]] = ..., gap_millimin: _Optional[int] = ..., solver: _Optional[str] = ..., policy_version: _Optional[str] = ..., region_version: _Optional[str] = ..., stage_durations: _Optional[_Mapping[str, _duration_pb2.Duration]] = ..., metric_version: _Optional[str] = ..., why: _Optional[_Union[Reason, _Mapping]] = ...) -> None: ...

class Recommendation(_message.Message):
    __slots__ = ("incident", "promise", "best", "runners_up", "unserved", "policy_version", "region_version", "metric_version", "snapped_location")
    INCIDENT_FIELD_NUMBER: _ClassVar[int]
    PROMISE_FIELD_NUMBER: _ClassVar[int]
    BEST_FIELD_NUMBER: _ClassVar[int]
    RUNNERS_UP_FIELD_NUMBER: _ClassVar[int]
    UNSERVED_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    REGION_VERSION_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    SNAPPED_LOCATION_FIELD_NUMBER: _ClassVar[int]
    incident: str
    promise: Promise
    best: Candidate
    runners_up: _containers.RepeatedCompositeFieldContainer[Candidate]
    unserved: Reason
    policy_version: str
    region_version: str
    metric_version: str
    snapped_location: _location_pb2.SnappedLocation
    def __init__(self, incident: _Optional[str] = ..., promise: _Optional[_Union[Promise, _Mapping]] = ..., best: _Optional[_Union[Candidate, _Mapping]] = ..., runners_up: _Optional[_Iterable[_Union[Candidate, _Mapping]]] = ..., unserved: _Optional[_Union[Reason, _Mapping]] = ..., policy_version: _Optional[str] = ..., region_version: _Optional[str] = ..., metric_version: _Optional[str] = ..., snapped_location: _Optional[_Union[_location_pb2.SnappedLocation, _Mapping]] = ...) -> None: ...

class OfferablePromise(_message.Message):
    __slots__ = ("confidence", "within", "promise_duration", "unit", "unserved")
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    WITHIN_FIELD_NUMBER: _ClassVar[int]
    PROMISE_DURATION_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    UNSERVED_FIELD_NUMBER: _ClassVar[int]
    confidence: float
    within: _duration_pb2.Duration
    promise_duration: _duration_pb2.Duration
    unit: str
    unserved: Reason
    def __init__(self, confidence: _Optional[float] = ..., within: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., promise_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., unit: _Optional[str] = ..., unserved: _Optional[_Union[Reason, _Mapping]] = ...) -> None: ...

class Slot(_message.Message):
    __slots__ = ("start", "latest", "offered", "added_millimin", "unit", "arrives_at", "after", "reason")
    START_FIELD_NUMBER: _ClassVar[int]
    LATEST_FIELD_NUMBER: _ClassVar[int]
    OFFERED_FIELD_NUMBER: _ClassVar[int]
    ADDED_MILLIMIN_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    ARRIVES_AT_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    start: _timestamp_pb2.Timestamp
    latest: _timestamp_pb2.Timestamp
    offered: bool
    added_millimin: int
    unit: str
    arrives_at: _timestamp_pb2.Timestamp
    after: str
    reason: Reason
    def __init__(self, start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., latest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., offered: _Optional[bool] = ..., added_millimin: _Optional[int] = ..., unit: _Optional[str] = ..., arrives_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., after: _Optional[str] = ..., reason: _Optional[_Union[Reason, _Mapping]] = ...) -> None: ...
