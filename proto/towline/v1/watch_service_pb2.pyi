import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import fleet_pb2 as _fleet_pb2
from towline.v1 import incident_pb2 as _incident_pb2
from towline.v1 import location_pb2 as _location_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WatchEventsRequest(_message.Message):
    __slots__ = ("parent", "after_number", "ledger", "filter", "heartbeat")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    AFTER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    LEDGER_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    parent: str
    after_number: int
    ledger: str
    filter: EventFilter
    heartbeat: _duration_pb2.Duration
    def __init__(self, parent: _Optional[str] = ..., after_number: _Optional[int] = ..., ledger: _Optional[str] = ..., filter: _Optional[_Union[EventFilter, _Mapping]] = ..., heartbeat: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class EventFilter(_message.Message):
    __slots__ = ("incidents", "providers", "units", "kinds", "cells")
    INCIDENTS_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    incidents: _containers.RepeatedScalarFieldContainer[str]
    providers: _containers.RepeatedScalarFieldContainer[str]
    units: _containers.RepeatedScalarFieldContainer[str]
    kinds: _containers.RepeatedScalarFieldContainer[_enums_pb2.EventKind]
    cells: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, incidents: _Optional[_Iterable[str]] = ..., providers: _Optional[_Iterable[str]] = ..., units: _Optional[_Iterable[str]] = ..., kinds: _Optional[_Iterable[_Union[_enums_pb2.EventKind, str]]] = ..., cells: _Optional[_Iterable[str]] = ...) -> None: ...

class WatchEventsResponse(_message.Message):
    __slots__ = ("events", "last_number", "ledger")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    LAST_NUMBER_FIELD_NUMBER: _ClassVar[int]
    LEDGER_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[Event]
    last_number: int
    ledger: str
    def __init__(self, events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., last_number: _Optional[int] = ..., ledger: _Optional[str] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("number", "at", "kind", "actor", "reason", "incident", "unit", "stored_unit", "stored_provider", "details")
    class DetailsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    INCIDENT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    STORED_UNIT_FIELD_NUMBER: _ClassVar[int]
    STORED_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    number: int
    at: _timestamp_pb2.Timestamp
    kind: _enums_pb2.EventKind
    actor: str
    reason: str
    incident: _incident_pb2.Incident
    unit: str
    stored_unit: _fleet_pb2.Unit
    stored_provider: _fleet_pb2.Provider
    details: _containers.ScalarMap[str, str]
    def __init__(self, number: _Optional[int] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., kind: _Optional[_Union[_enums_pb2.EventKind, str]] = ..., actor: _Optional[str] = ..., reason: _Optional[str] = ..., incident: _Optional[_Union[_incident_pb2.Incident, _Mapping]] = ..., unit: _Optional[str] = ..., stored_unit: _Optional[_Union[_fleet_pb2.Unit, _Mapping]] = ..., stored_provider: _Optional[_Union[_fleet_pb2.Provider, _Mapping]] = ..., details: _Optional[_Mapping[str, str]] = ...) -> None: ...

class WatchTelemetryRequest(_message.Message):
    __slots__ = ("parent", "cells", "providers", "incidents", "interval")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    INCIDENTS_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    parent: str
    cells: _containers.RepeatedScalarFieldContainer[str]
    providers: _containers.RepeatedScalarFieldContainer[str]
    incidents: _containers.RepeatedScalarFieldContainer[str]
    interval: _duration_pb2.Duration
    def __init__(self, parent: _Optional[str] = ..., cells: _Optional[_Iterable[str]] = ..., providers: _Optional[_Iterable[str]] = ..., incidents: _Optional[_Iterable[str]] = ..., interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchTelemetryResponse(_message.Message):
    __slots__ = ("units",)
    UNITS_FIELD_NUMBER: _ClassVar[int]
    units: _containers.RepeatedCompositeFieldContainer[UnitTelemetry]
    def __init__(self, units: _Optional[_Iterable[_Union[UnitTelemetry, _Mapping]]] = ...) -> None: ...

class UnitTelemetry(_message.Message):
    __slots__ = ("unit", "location", "observed_at", "incident", "leg_state", "arrives_at", "promise_probability", "silent")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    OBSERVED_AT_FIELD_NUMBER: _ClassVar[int]
    INCIDENT_FIELD_NUMBER: _ClassVar[int]
    LEG_STATE_FIELD_NUMBER: _ClassVar[int]
    ARRIVES_AT_FIELD_NUMBER: _ClassVar[int]
    PROMISE_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    SILENT_FIELD_NUMBER: _ClassVar[int]
    unit: str
    location: _location_pb2.Location
    observed_at: _timestamp_pb2.Timestamp
    incident: str
    leg_state: _enums_pb2.LegState
    arrives_at: _timestamp_pb2.Timestamp
    promise_probability: float
    silent: bool
    def __init__(self, unit: _Optional[str] = ..., location: _Optional[_Union[_location_pb2.Location, _Mapping]] = ..., observed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., incident: _Optional[str] = ..., leg_state: _Optional[_Union[_enums_pb2.LegState, str]] = ..., arrives_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., promise_probability: _Optional[float] = ..., silent: _Optional[bool] = ...) -> None: ...
