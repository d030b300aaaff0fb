import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import location_pb2 as _location_pb2
from towline.v1 import plan_pb2 as _plan_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Incident(_message.Message):
    __slots__ = ("name", "location", "service", "received_at", "required_capabilities", "priority", "promise_duration", "due_at", "assigned_unit", "pinned", "drop_off", "garages", "unit_count", "unit_needs", "earliest", "latest", "service_duration", "customer_price", "customer", "state", "etag", "event_number", "promise", "legs", "offers", "clocks", "escalations", "filed_at", "called_back_at", "closed_at", "outcome", "reopen_count", "unserved", "refused_units", "purged_at")
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
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    EVENT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PROMISE_FIELD_NUMBER: _ClassVar[int]
    LEGS_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    CLOCKS_FIELD_NUMBER: _ClassVar[int]
    ESCALATIONS_FIELD_NUMBER: _ClassVar[int]
    FILED_AT_FIELD_NUMBER: _ClassVar[int]
    CALLED_BACK_AT_FIELD_NUMBER: _ClassVar[int]
    CLOSED_AT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REOPEN_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNSERVED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_UNITS_FIELD_NUMBER: _ClassVar[int]
    PURGED_AT_FIELD_NUMBER: _ClassVar[int]
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
    customer: str
    state: _enums_pb2.IncidentState
    etag: str
    event_number: int
    promise: _plan_pb2.Promise
    legs: _containers.RepeatedCompositeFieldContainer[Leg]
    offers: _containers.RepeatedCompositeFieldContainer[Offer]
    clocks: _containers.RepeatedCompositeFieldContainer[Clock]
    escalations: _containers.RepeatedCompositeFieldContainer[Escalation]
    filed_at: _timestamp_pb2.Timestamp
    called_back_at: _timestamp_pb2.Timestamp
    closed_at: _timestamp_pb2.Timestamp
    outcome: str
    reopen_count: int
    unserved: _enums_pb2.ReasonCode
    refused_units: _containers.RepeatedScalarFieldContainer[str]
    purged_at: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., location: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., service: _Optional[_Union[_enums_pb2.Service, str]] = ..., received_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., required_capabilities: _Optional[_Iterable[_Union[_enums_pb2.Capability, str]]] = ..., priority: _Optional[_Union[_enums_pb2.Priority, str]] = ..., promise_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., assigned_unit: _Optional[str] = ..., pinned: _Optional[bool] = ..., drop_off: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., garages: _Optional[_Iterable[_Union[Garage, _Mapping]]] = ..., unit_count: _Optional[int] = ..., unit_needs: _Optional[_Iterable[_Union[UnitNeeds, _Mapping]]] = ..., earliest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., latest: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., service_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., customer_price: _Optional[float] = ..., customer: _Optional[str] = ..., state: _Optional[_Union[_enums_pb2.IncidentState, str]] = ..., etag: _Optional[str] = ..., event_number: _Optional[int] = ..., promise: _Optional[_Union[_plan_pb2.Promise, _Mapping]] = ..., legs: _Optional[_Iterable[_Union[Leg, _Mapping]]] = ..., offers: _Optional[_Iterable[_Union[Offer, _Mapping]]] = ..., clocks: _Optional[_Iterable[_Union[Clock, _Mapping]]] = ..., escalations: _Optional[_Iterable[_Union[Escalation, _Mapping]]] = ..., filed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., called_back_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., closed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., outcome: _Optional[str] = ..., reopen_count: _Optional[int] = ..., unserved: _Optional[_Union[_enums_pb2.ReasonCode, str]] = ..., refused_units: _Optional[_Iterable[str]] = ..., purged_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Leg(_message.Message):
    __slots__ = ("state", "unit", "since", "arrives_at", "promise_probability", "ends_at", "held", "at_risk")
    STATE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    ARRIVES_AT_FIELD_NUMBER: _ClassVar[int]
    PROMISE_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    AT_RISK_FIELD_NUMBER: _ClassVar[int]
    state: _enums_pb2.LegState
    unit: str
    since: _timestamp_pb2.Timestamp
    arrives_at: _timestamp_pb2.Timestamp
    promise_probability: float
    ends_at: _timestamp_pb2.Timestamp
    held: bool
    at_risk: bool
    def __init__(self, state: _Optional[_Union[_enums_pb2.LegState, str]] = ..., unit: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., arrives_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., promise_probability: _Optional[float] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., held: _Optional[bool] = ..., at_risk: _Optional[bool] = ...) -> None: ...

class Offer(_message.Message):
    __slots__ = ("name", "leg_index", "unit", "state", "made_at", "expires_at", "answered_at", "reason")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LEG_INDEX_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MADE_AT_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_AT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    leg_index: int
    unit: str
    state: _enums_pb2.OfferState
    made_at: _timestamp_pb2.Timestamp
    expires_at: _timestamp_pb2.Timestamp
    answered_at: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, name: _Optional[str] = ..., leg_index: _Optional[int] = ..., unit: _Optional[str] = ..., state: _Optional[_Union[_enums_pb2.OfferState, str]] = ..., made_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., answered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class Clock(_message.Message):
    __slots__ = ("kind", "due_at", "met_at", "warned_at", "broken_at")
    KIND_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    MET_AT_FIELD_NUMBER: _ClassVar[int]
    WARNED_AT_FIELD_NUMBER: _ClassVar[int]
    BROKEN_AT_FIELD_NUMBER: _ClassVar[int]
    kind: _enums_pb2.ClockKind
    due_at: _timestamp_pb2.Timestamp
    met_at: _timestamp_pb2.Timestamp
    warned_at: _timestamp_pb2.Timestamp
    broken_at: _timestamp_pb2.Timestamp
    def __init__(self, kind: _Optional[_Union[_enums_pb2.ClockKind, str]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., met_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., warned_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., broken_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Escalation(_message.Message):
    __slots__ = ("name", "kind", "owner", "raised_at", "acknowledged_at", "acknowledged_by")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    RAISED_AT_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_AT_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_BY_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: _enums_pb2.ClockKind
    owner: str
    raised_at: _timestamp_pb2.Timestamp
    acknowledged_at: _timestamp_pb2.Timestamp
    acknowledged_by: str
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[_enums_pb2.ClockKind, str]] = ..., owner: _Optional[str] = ..., raised_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., acknowledged_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., acknowledged_by: _Optional[str] = ...) -> None: ...

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
