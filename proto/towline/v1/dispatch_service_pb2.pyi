import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from towline.v1 import check_pb2 as _check_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import fleet_pb2 as _fleet_pb2
from towline.v1 import incident_pb2 as _incident_pb2
from towline.v1 import plan_pb2 as _plan_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OptimizeRequest(_message.Message):
    __slots__ = ("region", "incidents", "fleet", "server_fleet", "now", "language_code", "tour_mode")
    REGION_FIELD_NUMBER: _ClassVar[int]
    INCIDENTS_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    SERVER_FLEET_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    TOUR_MODE_FIELD_NUMBER: _ClassVar[int]
    region: str
    incidents: _containers.RepeatedCompositeFieldContainer[_incident_pb2.Incident]
    fleet: _fleet_pb2.Fleet
    server_fleet: _fleet_pb2.ServerFleet
    now: _timestamp_pb2.Timestamp
    language_code: str
    tour_mode: _enums_pb2.TourMode
    def __init__(self, region: _Optional[str] = ..., incidents: _Optional[_Iterable[_Union[_incident_pb2.Incident, _Mapping]]] = ..., fleet: _Optional[_Union[_fleet_pb2.Fleet, _Mapping]] = ..., server_fleet: _Optional[_Union[_fleet_pb2.ServerFleet, _Mapping]] = ..., now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., language_code: _Optional[str] = ..., tour_mode: _Optional[_Union[_enums_pb2.TourMode, str]] = ...) -> None: ...

class OptimizeResponse(_message.Message):
    __slots__ = ("plan",)
    PLAN_FIELD_NUMBER: _ClassVar[int]
    plan: _plan_pb2.Plan
    def __init__(self, plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ...) -> None: ...

class RecommendRequest(_message.Message):
    __slots__ = ("region", "incident", "fleet", "server_fleet", "now", "max_runners_up", "language_code", "offer_confidence")
    REGION_FIELD_NUMBER: _ClassVar[int]
    INCIDENT_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    SERVER_FLEET_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    MAX_RUNNERS_UP_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    OFFER_CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    region: str
    incident: _incident_pb2.Incident
    fleet: _fleet_pb2.Fleet
    server_fleet: _fleet_pb2.ServerFleet
    now: _timestamp_pb2.Timestamp
    max_runners_up: int
    language_code: str
    offer_confidence: float
    def __init__(self, region: _Optional[str] = ..., incident: _Optional[_Union[_incident_pb2.Incident, _Mapping]] = ..., fleet: _Optional[_Union[_fleet_pb2.Fleet, _Mapping]] = ..., server_fleet: _Optional[_Union[_fleet_pb2.ServerFleet, _Mapping]] = ..., now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., max_runners_up: _Optional[int] = ..., language_code: _Optional[str] = ..., offer_confidence: _Optional[float] = ...) -> None: ...

class RecommendResponse(_message.Message):
    __slots__ = ("recommendation", "offerable")
    RECOMMENDATION_FIELD_NUMBER: _ClassVar[int]
    OFFERABLE_FIELD_NUMBER: _ClassVar[int]
    recommendation: _plan_pb2.Recommendation
    offerable: _plan_pb2.OfferablePromise
    def __init__(self, recommendation: _Optional[_Union[_plan_pb2.Recommendation, _Mapping]] = ..., offerable: _Optional[_Union[_plan_pb2.OfferablePromise, _Mapping]] = ...) -> None: ...

class OfferSlotsRequest(_message.Message):
    __slots__ = ("region", "booking", "incidents", "fleet", "server_fleet", "now", "since", "until", "step", "window", "language_code")
    REGION_FIELD_NUMBER: _ClassVar[int]
    BOOKING_FIELD_NUMBER: _ClassVar[int]
    INCIDENTS_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    SERVER_FLEET_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    region: str
    booking: _incident_pb2.Incident
    incidents: _containers.RepeatedCompositeFieldContainer[_incident_pb2.Incident]
    fleet: _fleet_pb2.Fleet
    server_fleet: _fleet_pb2.ServerFleet
    now: _timestamp_pb2.Timestamp
    since: _timestamp_pb2.Timestamp
    until: _timestamp_pb2.Timestamp
    step: _duration_pb2.Duration
    window: _duration_pb2.Duration
    language_code: str
    def __init__(self, region: _Optional[str] = ..., booking: _Optional[_Union[_incident_pb2.Incident, _Mapping]] = ..., incidents: _Optional[_Iterable[_Union[_incident_pb2.Incident, _Mapping]]] = ..., fleet: _Optional[_Union[_fleet_pb2.Fleet, _Mapping]] = ..., server_fleet: _Optional[_Union[_fleet_pb2.ServerFleet, _Mapping]] = ..., now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., step: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., window: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., language_code: _Optional[str] = ...) -> None: ...

class OfferSlotsResponse(_message.Message):
    __slots__ = ("slots", "policy_version", "region_version", "metric_version")
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    REGION_VERSION_FIELD_NUMBER: _ClassVar[int]
    METRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    slots: _containers.RepeatedCompositeFieldContainer[_plan_pb2.Slot]
    policy_version: str
    region_version: str
    metric_version: str
    def __init__(self, slots: _Optional[_Iterable[_Union[_plan_pb2.Slot, _Mapping]]] = ..., policy_version: _Optional[str] = ..., region_version: _Optional[str] = ..., metric_version: _Optional[str] = ...) -> None: ...

class CheckPlanRequest(_message.Message):
    __slots__ = ("region", "incidents", "fleet", "server_fleet", "now", "tours", "language_code", "tour_mode", "violations_only")
    REGION_FIELD_NUMBER: _ClassVar[int]
    INCIDENTS_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    SERVER_FLEET_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    TOURS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    TOUR_MODE_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_ONLY_FIELD_NUMBER: _ClassVar[int]
    region: str
    incidents: _containers.RepeatedCompositeFieldContainer[_incident_pb2.Incident]
    fleet: _fleet_pb2.Fleet
    server_fleet: _fleet_pb2.ServerFleet
    now: _timestamp_pb2.Timestamp
    tours: _containers.RepeatedCompositeFieldContainer[_check_pb2.PlannedTour]
    language_code: str
    tour_mode: _enums_pb2.TourMode
    violations_only: bool
    def __init__(self, region: _Optional[str] = ..., incidents: _Optional[_Iterable[_Union[_incident_pb2.Incident, _Mapping]]] = ..., fleet: _Optional[_Union[_fleet_pb2.Fleet, _Mapping]] = ..., server_fleet: _Optional[_Union[_fleet_pb2.ServerFleet, _Mapping]] = ..., now: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., tours: _Optional[_Iterable[_Union[_check_pb2.PlannedTour, _Mapping]]] = ..., language_code: _Optional[str] = ..., tour_mode: _Optional[_Union[_enums_pb2.TourMode, str]] = ..., violations_only: _Optional[bool] = ...) -> None: ...

class CheckPlanResponse(_message.Message):
    __slots__ = ("plan", "violations", "figures", "towline_figures", "nearest_figures")
    PLAN_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    TOWLINE_FIGURES_FIELD_NUMBER: _ClassVar[int]
    NEAREST_FIGURES_FIELD_NUMBER: _ClassVar[int]
    plan: _plan_pb2.Plan
    violations: _containers.RepeatedCompositeFieldContainer[_check_pb2.Violation]
    figures: _check_pb2.PlanFigures
    towline_figures: _check_pb2.PlanFigures
    nearest_figures: _check_pb2.PlanFigures
    def __init__(self, plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., violations: _Optional[_Iterable[_Union[_check_pb2.Violation, _Mapping]]] = ..., figures: _Optional[_Union[_check_pb2.PlanFigures, _Mapping]] = ..., towline_figures: _Optional[_Union[_check_pb2.PlanFigures, _Mapping]] = ..., nearest_figures: _Optional[_Union[_check_pb2.PlanFigures, _Mapping]] = ...) -> None: ...
