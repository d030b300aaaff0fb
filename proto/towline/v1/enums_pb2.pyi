from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class Service(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SERVICE_UNSPECIFIED: _ClassVar[Service]
    SERVICE_BREAKDOWN_REPAIR: _ClassVar[Service]
    SERVICE_TOWING: _ClassVar[Service]
    SERVICE_AIRPORT_TRANSFER: _ClassVar[Service]
    SERVICE_DESIGNATED_DRIVER: _ClassVar[Service]
    SERVICE_VEHICLE_BOOKING: _ClassVar[Service]

class Capability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPABILITY_UNSPECIFIED: _ClassVar[Capability]
    CAPABILITY_BATTERY: _ClassVar[Capability]
    CAPABILITY_TYRE: _ClassVar[Capability]
    CAPABILITY_FUEL: _ClassVar[Capability]
    CAPABILITY_LOCKOUT: _ClassVar[Capability]
    CAPABILITY_WINCH: _ClassVar[Capability]
    CAPABILITY_FLATBED: _ClassVar[Capability]
    CAPABILITY_HEAVY: _ClassVar[Capability]
    CAPABILITY_ELECTRIC: _ClassVar[Capability]
    CAPABILITY_WHEELCHAIR: _ClassVar[Capability]

class UnitStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNIT_STATUS_UNSPECIFIED: _ClassVar[UnitStatus]
    UNIT_STATUS_AVAILABLE: _ClassVar[UnitStatus]
    UNIT_STATUS_BUSY: _ClassVar[UnitStatus]
    UNIT_STATUS_OFF_DUTY: _ClassVar[UnitStatus]

class Priority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRIORITY_UNSPECIFIED: _ClassVar[Priority]
    PRIORITY_LOW: _ClassVar[Priority]
    PRIORITY_NORMAL: _ClassVar[Priority]
    PRIORITY_HIGH: _ClassVar[Priority]
    PRIORITY_EMERGENCY: _ClassVar[Priority]

class PromiseClass(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROMISE_CLASS_UNSPECIFIED: _ClassVar[PromiseClass]
    PROMISE_CLASS_URBAN: _ClassVar[PromiseClass]
    PROMISE_CLASS_HIGHWAY: _ClassVar[PromiseClass]
    PROMISE_CLASS_OTHER: _ClassVar[PromiseClass]
    PROMISE_CLASS_OVERRIDE: _ClassVar[PromiseClass]

class ReasonCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_CODE_UNSPECIFIED: _ClassVar[ReasonCode]
    REASON_CODE_NO_CAPABLE_UNIT: _ClassVar[ReasonCode]
    REASON_CODE_OUTSIDE_TERRITORIES: _ClassVar[ReasonCode]
    REASON_CODE_NO_UNIT_ON_DUTY: _ClassVar[ReasonCode]
    REASON_CODE_UNREACHABLE: _ClassVar[ReasonCode]
    REASON_CODE_TOO_LATE: _ClassVar[ReasonCode]
    REASON_CODE_CAPACITY: _ClassVar[ReasonCode]
    REASON_CODE_PINNED_UNIT_UNAVAILABLE: _ClassVar[ReasonCode]
    REASON_CODE_BREAKS_PROMISE: _ClassVar[ReasonCode]
    REASON_CODE_ARRIVES_LATER: _ClassVar[ReasonCode]
    REASON_CODE_DRIVES_FARTHER: _ClassVar[ReasonCode]
    REASON_CODE_DEARER: _ClassVar[ReasonCode]
    REASON_CODE_CHANGES_PLAN: _ClassVar[ReasonCode]
    REASON_CODE_SERVES_OTHER: _ClassVar[ReasonCode]
    REASON_CODE_TIE: _ClassVar[ReasonCode]
    REASON_CODE_DEADLINE: _ClassVar[ReasonCode]
    REASON_CODE_CONCESSION: _ClassVar[ReasonCode]
    REASON_CODE_SHIFT_ENDS: _ClassVar[ReasonCode]
    REASON_CODE_DROP_OFF_UNREACHABLE: _ClassVar[ReasonCode]
    REASON_CODE_WORKS_OVERTIME: _ClassVar[ReasonCode]
    REASON_CODE_LOWER_QUALITY: _ClassVar[ReasonCode]
    REASON_CODE_MAY_DECLINE: _ClassVar[ReasonCode]
    REASON_CODE_HAD_ITS_SHARE: _ClassVar[ReasonCode]
    REASON_CODE_LEAVES_UNCOVERED: _ClassVar[ReasonCode]
    REASON_CODE_ONE_EACH: _ClassVar[ReasonCode]
    REASON_CODE_TOURS: _ClassVar[ReasonCode]
    REASON_CODE_SLOT_OVER: _ClassVar[ReasonCode]
    REASON_CODE_SLOT_FULL: _ClassVar[ReasonCode]
    REASON_CODE_HELD_BACK: _ClassVar[ReasonCode]
    REASON_CODE_NOT_PLANNED: _ClassVar[ReasonCode]
    REASON_CODE_KEPT_FOR_DUE: _ClassVar[ReasonCode]
    REASON_CODE_OFFERS_EXHAUSTED: _ClassVar[ReasonCode]
    REASON_CODE_ALL_REFUSED: _ClassVar[ReasonCode]

class TourMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOUR_MODE_UNSPECIFIED: _ClassVar[TourMode]
    TOUR_MODE_ONE_EACH: _ClassVar[TourMode]
    TOUR_MODE_SEVERAL: _ClassVar[TourMode]

class Datum(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DATUM_UNSPECIFIED: _ClassVar[Datum]
    DATUM_WGS84: _ClassVar[Datum]
    DATUM_GCJ02: _ClassVar[Datum]
    DATUM_BD09: _ClassVar[Datum]

class RoadSide(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROAD_SIDE_UNSPECIFIED: _ClassVar[RoadSide]
    ROAD_SIDE_LEFT: _ClassVar[RoadSide]
    ROAD_SIDE_RIGHT: _ClassVar[RoadSide]

class RivalKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RIVAL_KIND_UNSPECIFIED: _ClassVar[RivalKind]
    RIVAL_KIND_OTHER_ROAD: _ClassVar[RivalKind]
    RIVAL_KIND_OPPOSITE_CARRIAGEWAY: _ClassVar[RivalKind]

class RoadMatch(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROAD_MATCH_UNSPECIFIED: _ClassVar[RoadMatch]
    ROAD_MATCH_OTHER: _ClassVar[RoadMatch]
    ROAD_MATCH_UNNAMED: _ClassVar[RoadMatch]
    ROAD_MATCH_PARTIAL: _ClassVar[RoadMatch]
    ROAD_MATCH_EXACT: _ClassVar[RoadMatch]

class WayDirection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WAY_DIRECTION_UNSPECIFIED: _ClassVar[WayDirection]
    WAY_DIRECTION_BOTH: _ClassVar[WayDirection]
    WAY_DIRECTION_FORWARD: _ClassVar[WayDirection]
    WAY_DIRECTION_BACKWARD: _ClassVar[WayDirection]

class Weather(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEATHER_UNSPECIFIED: _ClassVar[Weather]
    WEATHER_DRY: _ClassVar[Weather]
    WEATHER_RAIN: _ClassVar[Weather]
    WEATHER_HEAVY_RAIN: _ClassVar[Weather]
    WEATHER_SNOW: _ClassVar[Weather]
    WEATHER_FOG: _ClassVar[Weather]
    WEATHER_ICE: _ClassVar[Weather]

class TrafficState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRAFFIC_STATE_UNSPECIFIED: _ClassVar[TrafficState]
    TRAFFIC_STATE_IN_FORCE: _ClassVar[TrafficState]
    TRAFFIC_STATE_WAITING: _ClassVar[TrafficState]
    TRAFFIC_STATE_ENDED: _ClassVar[TrafficState]

class PassedOver(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PASSED_OVER_UNSPECIFIED: _ClassVar[PassedOver]
    PASSED_OVER_FERRY: _ClassVar[PassedOver]
    PASSED_OVER_CUT_OFF: _ClassVar[PassedOver]
    PASSED_OVER_NOT_IN_REGION: _ClassVar[PassedOver]

class ViolationSeverity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VIOLATION_SEVERITY_UNSPECIFIED: _ClassVar[ViolationSeverity]
    VIOLATION_SEVERITY_RULE: _ClassVar[ViolationSeverity]
    VIOLATION_SEVERITY_PROMISE: _ClassVar[ViolationSeverity]
    VIOLATION_SEVERITY_NOTE: _ClassVar[ViolationSeverity]

class ViolationCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VIOLATION_CODE_UNSPECIFIED: _ClassVar[ViolationCode]
    VIOLATION_CODE_UNKNOWN_INCIDENT: _ClassVar[ViolationCode]
    VIOLATION_CODE_UNKNOWN_UNIT: _ClassVar[ViolationCode]
    VIOLATION_CODE_DUPLICATE_UNIT: _ClassVar[ViolationCode]
    VIOLATION_CODE_INCIDENT_TWICE: _ClassVar[ViolationCode]
    VIOLATION_CODE_NOT_PLANNED: _ClassVar[ViolationCode]
    VIOLATION_CODE_LACKS_CAPABILITY: _ClassVar[ViolationCode]
    VIOLATION_CODE_OUTSIDE_TERRITORY: _ClassVar[ViolationCode]
    VIOLATION_CODE_CONCESSION: _ClassVar[ViolationCode]
    VIOLATION_CODE_OFF_DUTY: _ClassVar[ViolationCode]
    VIOLATION_CODE_NO_KNOWN_END: _ClassVar[ViolationCode]
    VIOLATION_CODE_PIN_IGNORED: _ClassVar[ViolationCode]
    VIOLATION_CODE_SAME_ACCIDENT: _ClassVar[ViolationCode]
    VIOLATION_CODE_TOO_MANY_JOBS: _ClassVar[ViolationCode]
    VIOLATION_CODE_UNREACHABLE: _ClassVar[ViolationCode]
    VIOLATION_CODE_DROP_OFF_UNREACHABLE: _ClassVar[ViolationCode]
    VIOLATION_CODE_AFTER_LATEST: _ClassVar[ViolationCode]
    VIOLATION_CODE_AFTER_SHIFT: _ClassVar[ViolationCode]
    VIOLATION_CODE_OVERTIME_LIMIT: _ClassVar[ViolationCode]
    VIOLATION_CODE_TOO_EARLY: _ClassVar[ViolationCode]
    VIOLATION_CODE_PROMISE_BROKEN: _ClassVar[ViolationCode]
    VIOLATION_CODE_WAITS: _ClassVar[ViolationCode]
    VIOLATION_CODE_WORKS_OVERTIME: _ClassVar[ViolationCode]
    VIOLATION_CODE_LATER_THAN_NEEDED: _ClassVar[ViolationCode]
    VIOLATION_CODE_CONTRACTOR_TAKES_ONE: _ClassVar[ViolationCode]
    VIOLATION_CODE_CUTS_BREAK_SHORT: _ClassVar[ViolationCode]
    VIOLATION_CODE_OVERTAKES_DUE: _ClassVar[ViolationCode]

class IncidentState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INCIDENT_STATE_UNSPECIFIED: _ClassVar[IncidentState]
    INCIDENT_STATE_RECEIVED: _ClassVar[IncidentState]
    INCIDENT_STATE_FILED: _ClassVar[IncidentState]
    INCIDENT_STATE_ASSIGNED: _ClassVar[IncidentState]
    INCIDENT_STATE_OFFERED: _ClassVar[IncidentState]
    INCIDENT_STATE_ACCEPTED: _ClassVar[IncidentState]
    INCIDENT_STATE_UNDER_WAY: _ClassVar[IncidentState]
    INCIDENT_STATE_ON_SCENE: _ClassVar[IncidentState]
    INCIDENT_STATE_TOWING: _ClassVar[IncidentState]
    INCIDENT_STATE_DONE: _ClassVar[IncidentState]
    INCIDENT_STATE_CANCELLED: _ClassVar[IncidentState]
    INCIDENT_STATE_NO_SHOW: _ClassVar[IncidentState]

class LegState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LEG_STATE_UNSPECIFIED: _ClassVar[LegState]
    LEG_STATE_WAITING: _ClassVar[LegState]
    LEG_STATE_ASSIGNED: _ClassVar[LegState]
    LEG_STATE_OFFERED: _ClassVar[LegState]
    LEG_STATE_ACCEPTED: _ClassVar[LegState]
    LEG_STATE_UNDER_WAY: _ClassVar[LegState]
    LEG_STATE_ON_SCENE: _ClassVar[LegState]
    LEG_STATE_TOWING: _ClassVar[LegState]
    LEG_STATE_DONE: _ClassVar[LegState]

class OfferState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OFFER_STATE_UNSPECIFIED: _ClassVar[OfferState]
    OFFER_STATE_OPEN: _ClassVar[OfferState]
    OFFER_STATE_ACCEPTED: _ClassVar[OfferState]
    OFFER_STATE_DECLINED: _ClassVar[OfferState]
    OFFER_STATE_LAPSED: _ClassVar[OfferState]
    OFFER_STATE_WITHDRAWN: _ClassVar[OfferState]

class ClockKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOCK_KIND_UNSPECIFIED: _ClassVar[ClockKind]
    CLOCK_KIND_FILING: _ClassVar[ClockKind]
    CLOCK_KIND_ASSIGNMENT: _ClassVar[ClockKind]
    CLOCK_KIND_CALLBACK: _ClassVar[ClockKind]
    CLOCK_KIND_ARRIVAL: _ClassVar[ClockKind]
    CLOCK_KIND_RESPONSE: _ClassVar[ClockKind]
    CLOCK_KIND_RESOLUTION: _ClassVar[ClockKind]

class EventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVENT_KIND_UNSPECIFIED: _ClassVar[EventKind]
    EVENT_KIND_INCIDENT_RECEIVED: _ClassVar[EventKind]
    EVENT_KIND_INCIDENT_FILED: _ClassVar[EventKind]
    EVENT_KIND_INCIDENT_UPDATED: _ClassVar[EventKind]
    EVENT_KIND_UNIT_ASSIGNED: _ClassVar[EventKind]
    EVENT_KIND_UNIT_UNASSIGNED: _ClassVar[EventKind]
    EVENT_KIND_OFFER_MADE: _ClassVar[EventKind]
    EVENT_KIND_OFFER_ACCEPTED: _ClassVar[EventKind]
    EVENT_KIND_OFFER_DECLINED: _ClassVar[EventKind]
    EVENT_KIND_OFFER_LAPSED: _ClassVar[EventKind]
    EVENT_KIND_OFFER_WITHDRAWN: _ClassVar[EventKind]
    EVENT_KIND_UNIT_ACCEPTED: _ClassVar[EventKind]
    EVENT_KIND_UNIT_UNDER_WAY: _ClassVar[EventKind]
    EVENT_KIND_UNIT_ON_SCENE: _ClassVar[EventKind]
    EVENT_KIND_UNIT_TOWING: _ClassVar[EventKind]
    EVENT_KIND_UNIT_DONE: _ClassVar[EventKind]
    EVENT_KIND_NOBODY_FOUND: _ClassVar[EventKind]
    EVENT_KIND_WRONG_LOCATION: _ClassVar[EventKind]
    EVENT_KIND_CUSTOMER_CALLED_BACK: _ClassVar[EventKind]
    EVENT_KIND_INCIDENT_DONE: _ClassVar[EventKind]
    EVENT_KIND_INCIDENT_CANCELLED: _ClassVar[EventKind]
    EVENT_KIND_INCIDENT_NO_SHOW: _ClassVar[EventKind]
    EVENT_KIND_INCIDENT_REOPENED: _ClassVar[EventKind]
    EVENT_KIND_PROMISE_AT_RISK: _ClassVar[EventKind]
    EVENT_KIND_PROMISE_SAFE: _ClassVar[EventKind]
    EVENT_KIND_CLOCK_WARNED: _ClassVar[EventKind]
    EVENT_KIND_CLOCK_BROKEN: _ClassVar[EventKind]
    EVENT_KIND_ESCALATED: _ClassVar[EventKind]
    EVENT_KIND_ESCALATION_ACKNOWLEDGED: _ClassVar[EventKind]
    EVENT_KIND_CUSTOMER_PURGED: _ClassVar[EventKind]
    EVENT_KIND_UNIT_STORED: _ClassVar[EventKind]
    EVENT_KIND_UNIT_REMOVED: _ClassVar[EventKind]
    EVENT_KIND_UNIT_SILENT: _ClassVar[EventKind]
    EVENT_KIND_UNIT_HEARD: _ClassVar[EventKind]
    EVENT_KIND_PROVIDER_STORED: _ClassVar[EventKind]
    EVENT_KIND_PROVIDER_REMOVED: _ClassVar[EventKind]

class CrewSelection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREW_SELECTION_UNSPECIFIED: _ClassVar[CrewSelection]
    CREW_SELECTION_ALL: _ClassVar[CrewSelection]
    CREW_SELECTION_ON_DUTY: _ClassVar[CrewSelection]
    CREW_SELECTION_FREE: _ClassVar[CrewSelection]

class DemandSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEMAND_SOURCE_UNSPECIFIED: _ClassVar[DemandSource]
    DEMAND_SOURCE_CONFIGURED: _ClassVar[DemandSource]
    DEMAND_SOURCE_POPULATION: _ClassVar[DemandSource]
    DEMAND_SOURCE_JUNCTIONS: _ClassVar[DemandSource]
    DEMAND_SOURCE_REQUEST: _ClassVar[DemandSource]

class CoverageFileFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COVERAGE_FILE_FORMAT_UNSPECIFIED: _ClassVar[CoverageFileFormat]
    COVERAGE_FILE_FORMAT_HTML: _ClassVar[CoverageFileFormat]
    COVERAGE_FILE_FORMAT_PNG: _ClassVar[CoverageFileFormat]
    COVERAGE_FILE_FORMAT_GEOJSON: _ClassVar[CoverageFileFormat]
    COVERAGE_FILE_FORMAT_GEOPARQUET: _ClassVar[CoverageFileFormat]
    COVERAGE_FILE_FORMAT_GPKG: _ClassVar[CoverageFileFormat]

class SitingGoal(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SITING_GOAL_UNSPECIFIED: _ClassVar[SitingGoal]
    SITING_GOAL_COVER: _ClassVar[SitingGoal]
    SITING_GOAL_ALL: _ClassVar[SitingGoal]
    SITING_GOAL_MEAN: _ClassVar[SitingGoal]
    SITING_GOAL_LONGEST: _ClassVar[SitingGoal]
    SITING_GOAL_EXPECTED: _ClassVar[SitingGoal]

class NeverFirstReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NEVER_FIRST_REASON_UNSPECIFIED: _ClassVar[NeverFirstReason]
    NEVER_FIRST_REASON_NO_DEMAND: _ClassVar[NeverFirstReason]
    NEVER_FIRST_REASON_NO_WAY: _ClassVar[NeverFirstReason]
    NEVER_FIRST_REASON_OUTSIDE_TERRITORY: _ClassVar[NeverFirstReason]
    NEVER_FIRST_REASON_OTHERS_SOONER: _ClassVar[NeverFirstReason]
SERVICE_UNSPECIFIED: Service
SERVICE_BREAKDOWN_REPAIR: Service
SERVICE_TOWING: Service
SERVICE_AIRPORT_TRANSFER: Service
SERVICE_DESIGNATED_DRIVER: Service
SERVICE_VEHICLE_BOOKING: Service
CAPABILITY_UNSPECIFIED: Capability
CAPABILITY_BATTERY: Capability
CAPABILITY_TYRE: Capability
CAPABILITY_FUEL: Capability
CAPABILITY_LOCKOUT: Capability
CAPABILITY_WINCH: Capability
CAPABILITY_FLATBED: Capability
CAPABILITY_HEAVY: Capability
CAPABILITY_ELECTRIC: Capability
CAPABILITY_WHEELCHAIR: Capability
UNIT_STATUS_UNSPECIFIED: UnitStatus
UNIT_STATUS_AVAILABLE: UnitStatus
UNIT_STATUS_BUSY: UnitStatus
UNIT_STATUS_OFF_DUTY: UnitStatus
PRIORITY_UNSPECIFIED: Priority
PRIORITY_LOW: Priority
PRIORITY_NORMAL: Priority
PRIORITY_HIGH: Priority
PRIORITY_EMERGENCY: Priority
PROMISE_CLASS_UNSPECIFIED: PromiseClass
PROMISE_CLASS_URBAN: PromiseClass
PROMISE_CLASS_HIGHWAY: PromiseClass
PROMISE_CLASS_OTHER: PromiseClass
PROMISE_CLASS_OVERRIDE: PromiseClass
REASON_CODE_UNSPECIFIED: ReasonCode
REASON_CODE_NO_CAPABLE_UNIT: ReasonCode
REASON_CODE_OUTSIDE_TERRITORIES: ReasonCode
REASON_CODE_NO_UNIT_ON_DUTY: ReasonCode
REASON_CODE_UNREACHABLE: ReasonCode
REASON_CODE_TOO_LATE: ReasonCode
REASON_CODE_CAPACITY: ReasonCode
REASON_CODE_PINNED_UNIT_UNAVAILABLE: ReasonCode
REASON_CODE_BREAKS_PROMISE: ReasonCode
REASON_CODE_ARRIVES_LATER: ReasonCode
REASON_CODE_DRIVES_FARTHER: ReasonCode
REASON_CODE_DEARER: ReasonCode
REASON_CODE_CHANGES_PLAN: ReasonCode
REASON_CODE_SERVES_OTHER: ReasonCode
REASON_CODE_TIE: ReasonCode
REASON_CODE_DEADLINE: ReasonCode
REASON_CODE_CONCESSION: ReasonCode
REASON_CODE_SHIFT_ENDS: ReasonCode
REASON_CODE_DROP_OFF_UNREACHABLE: ReasonCode
REASON_CODE_WORKS_OVERTIME: ReasonCode
REASON_CODE_LOWER_QUALITY: ReasonCode
REASON_CODE_MAY_DECLINE: ReasonCode
REASON_CODE_HAD_ITS_SHARE: ReasonCode
REASON_CODE_LEAVES_UNCOVERED: ReasonCode
REASON_CODE_ONE_EACH: ReasonCode
REASON_CODE_TOURS: ReasonCode
REASON_CODE_SLOT_OVER: ReasonCode
REASON_CODE_SLOT_FULL: ReasonCode
REASON_CODE_HELD_BACK: ReasonCode
REASON_CODE_NOT_PLANNED: ReasonCode
REASON_CODE_KEPT_FOR_DUE: ReasonCode
REASON_CODE_OFFERS_EXHAUSTED: ReasonCode
REASON_CODE_ALL_REFUSED: ReasonCode
TOUR_MODE_UNSPECIFIED: TourMode
TOUR_MODE_ONE_EACH: TourMode
TOUR_MODE_SEVERAL: TourMode
DATUM_UNSPECIFIED: Datum
DATUM_WGS84: Datum
DATUM_GCJ02: Datum
DATUM_BD09: Datum
ROAD_SIDE_UNSPECIFIED: RoadSide
ROAD_SIDE_LEFT: RoadSide
ROAD_SIDE_RIGHT: RoadSide
RIVAL_KIND_UNSPECIFIED: RivalKind
RIVAL_KIND_OTHER_ROAD: RivalKind
RIVAL_KIND_OPPOSITE_CARRIAGEWAY: RivalKind
ROAD_MATCH_UNSPECIFIED: RoadMatch
ROAD_MATCH_OTHER: RoadMatch
ROAD_MATCH_UNNAMED: RoadMatch
ROAD_MATCH_PARTIAL: RoadMatch
ROAD_MATCH_EXACT: RoadMatch
WAY_DIRECTION_UNSPECIFIED: WayDirection
WAY_DIRECTION_BOTH: WayDirection
WAY_DIRECTION_FORWARD: WayDirection
WAY_DIRECTION_BACKWARD: WayDirection
WEATHER_UNSPECIFIED: Weather
WEATHER_DRY: Weather
WEATHER_RAIN: Weather
WEATHER_HEAVY_RAIN: Weather
WEATHER_SNOW: Weather
WEATHER_FOG: Weather
WEATHER_ICE: Weather
TRAFFIC_STATE_UNSPECIFIED: TrafficState
TRAFFIC_STATE_IN_FORCE: TrafficState
TRAFFIC_STATE_WAITING: TrafficState
TRAFFIC_STATE_ENDED: TrafficState
PASSED_OVER_UNSPECIFIED: PassedOver
PASSED_OVER_FERRY: PassedOver
PASSED_OVER_CUT_OFF: PassedOver
PASSED_OVER_NOT_IN_REGION: PassedOver
VIOLATION_SEVERITY_UNSPECIFIED: ViolationSeverity
VIOLATION_SEVERITY_RULE: ViolationSeverity
VIOLATION_SEVERITY_PROMISE: ViolationSeverity
VIOLATION_SEVERITY_NOTE: ViolationSeverity
VIOLATION_CODE_UNSPECIFIED: ViolationCode
VIOLATION_CODE_UNKNOWN_INCIDENT: ViolationCode
VIOLATION_CODE_UNKNOWN_UNIT: ViolationCode
VIOLATION_CODE_DUPLICATE_UNIT: ViolationCode
VIOLATION_CODE_INCIDENT_TWICE: ViolationCode
VIOLATION_CODE_NOT_PLANNED: ViolationCode
VIOLATION_CODE_LACKS_CAPABILITY: ViolationCode
VIOLATION_CODE_OUTSIDE_TERRITORY: ViolationCode
VIOLATION_CODE_CONCESSION: ViolationCode
VIOLATION_CODE_OFF_DUTY: ViolationCode
VIOLATION_CODE_NO_KNOWN_END: ViolationCode
VIOLATION_CODE_PIN_IGNORED: ViolationCode
VIOLATION_CODE_SAME_ACCIDENT: ViolationCode
VIOLATION_CODE_TOO_MANY_JOBS: ViolationCode
VIOLATION_CODE_UNREACHABLE: ViolationCode
VIOLATION_CODE_DROP_OFF_UNREACHABLE: ViolationCode
VIOLATION_CODE_AFTER_LATEST: ViolationCode
VIOLATION_CODE_AFTER_SHIFT: ViolationCode
VIOLATION_CODE_OVERTIME_LIMIT: ViolationCode
VIOLATION_CODE_TOO_EARLY: ViolationCode
VIOLATION_CODE_PROMISE_BROKEN: ViolationCode
VIOLATION_CODE_WAITS: ViolationCode
VIOLATION_CODE_WORKS_OVERTIME: ViolationCode
VIOLATION_CODE_LATER_THAN_NEEDED: ViolationCode
VIOLATION_CODE_CONTRACTOR_TAKES_ONE: ViolationCode
VIOLATION_CODE_CUTS_BREAK_SHORT: ViolationCode
VIOLATION_CODE_OVERTAKES_DUE: ViolationCode
INCIDENT_STATE_UNSPECIFIED: IncidentState
INCIDENT_STATE_RECEIVED: IncidentState
INCIDENT_STATE_FILED: IncidentState
INCIDENT_STATE_ASSIGNED: IncidentState
INCIDENT_STATE_OFFERED: IncidentState
INCIDENT_STATE_ACCEPTED: IncidentState
INCIDENT_STATE_UNDER_WAY: IncidentState
INCIDENT_STATE_ON_SCENE: IncidentState
INCIDENT_STATE_TOWING: IncidentState
INCIDENT_STATE_DONE: IncidentState
INCIDENT_STATE_CANCELLED: IncidentState
INCIDENT_STATE_NO_SHOW: IncidentState
LEG_STATE_UNSPECIFIED: LegState
LEG_STATE_WAITING: LegState
LEG_STATE_ASSIGNED: LegState
LEG_STATE_OFFERED: LegState
LEG_STATE_ACCEPTED: LegState
LEG_STATE_UNDER_WAY: LegState
LEG_STATE_ON_SCENE: LegState
LEG_STATE_TOWING: LegState
LEG_STATE_DONE: LegState
OFFER_STATE_UNSPECIFIED: OfferState
OFFER_STATE_OPEN: OfferState
OFFER_STATE_ACCEPTED: OfferState
OFFER_STATE_DECLINED: OfferState
OFFER_STATE_LAPSED: OfferState
OFFER_STATE_WITHDRAWN: OfferState
CLOCK_KIND_UNSPECIFIED: ClockKind
CLOCK_KIND_FILING: ClockKind
CLOCK_KIND_ASSIGNMENT: ClockKind
CLOCK_KIND_CALLBACK: ClockKind
CLOCK_KIND_ARRIVAL: ClockKind
CLOCK_KIND_RESPONSE: ClockKind
CLOCK_KIND_RESOLUTION: ClockKind
EVENT_KIND_UNSPECIFIED: EventKind
EVENT_KIND_INCIDENT_RECEIVED: EventKind
EVENT_KIND_INCIDENT_FILED: EventKind
EVENT_KIND_INCIDENT_UPDATED: EventKind
EVENT_KIND_UNIT_ASSIGNED: EventKind
EVENT_KIND_UNIT_UNASSIGNED: EventKind
EVENT_KIND_OFFER_MADE: EventKind
EVENT_KIND_OFFER_ACCEPTED: EventKind
EVENT_KIND_OFFER_DECLINED: EventKind
EVENT_KIND_OFFER_LAPSED: EventKind
EVENT_KIND_OFFER_WITHDRAWN: EventKind
EVENT_KIND_UNIT_ACCEPTED: EventKind
EVENT_KIND_UNIT_UNDER_WAY: EventKind
EVENT_KIND_UNIT_ON_SCENE: EventKind
EVENT_KIND_UNIT_TOWING: EventKind
EVENT_KIND_UNIT_DONE: EventKind
EVENT_KIND_NOBODY_FOUND: EventKind
EVENT_KIND_WRONG_LOCATION: EventKind
EVENT_KIND_CUSTOMER_CALLED_BACK: EventKind
EVENT_KIND_INCIDENT_DONE: EventKind
EVENT_KIND_INCIDENT_CANCELLED: EventKind
EVENT_KIND_INCIDENT_NO_SHOW: EventKind
EVENT_KIND_INCIDENT_REOPENED: EventKind
EVENT_KIND_PROMISE_AT_RISK: EventKind
EVENT_KIND_PROMISE_SAFE: EventKind
EVENT_KIND_CLOCK_WARNED: EventKind
EVENT_KIND_CLOCK_BROKEN: EventKind
EVENT_KIND_ESCALATED: EventKind
EVENT_KIND_ESCALATION_ACKNOWLEDGED: EventKind
EVENT_KIND_CUSTOMER_PURGED: EventKind
EVENT_KIND_UNIT_STORED: EventKind
EVENT_KIND_UNIT_REMOVED: EventKind
EVENT_KIND_UNIT_SILENT: EventKind
EVENT_KIND_UNIT_HEARD: EventKind
EVENT_KIND_PROVIDER_STORED: EventKind
EVENT_KIND_PROVIDER_REMOVED: EventKind
CREW_SELECTION_UNSPECIFIED: CrewSelection
CREW_SELECTION_ALL: CrewSelection
CREW_SELECTION_ON_DUTY: CrewSelection
CREW_SELECTION_FREE: CrewSelection
DEMAND_SOURCE_UNSPECIFIED: DemandSource
DEMAND_SOURCE_CONFIGURED: DemandSource
DEMAND_SOURCE_POPULATION: DemandSource
DEMAND_SOURCE_JUNCTIONS: DemandSource
DEMAND_SOURCE_REQUEST: DemandSource
COVERAGE_FILE_FORMAT_UNSPECIFIED: CoverageFileFormat
COVERAGE_FILE_FORMAT_HTML: CoverageFileFormat
COVERAGE_FILE_FORMAT_PNG: CoverageFileFormat
COVERAGE_FILE_FORMAT_GEOJSON: CoverageFileFormat
COVERAGE_FILE_FORMAT_GEOPARQUET: CoverageFileFormat
COVERAGE_FILE_FORMAT_GPKG: CoverageFileFormat
SITING_GOAL_UNSPECIFIED: SitingGoal
SITING_GOAL_COVER: SitingGoal
SITING_GOAL_ALL: SitingGoal
SITING_GOAL_MEAN: SitingGoal
SITING_GOAL_LONGEST: SitingGoal
SITING_GOAL_EXPECTED: SitingGoal
NEVER_FIRST_REASON_UNSPECIFIED: NeverFirstReason
NEVER_FIRST_REASON_NO_DEMAND: NeverFirstReason
NEVER_FIRST_REASON_NO_WAY: NeverFirstReason
NEVER_FIRST_REASON_OUTSIDE_TERRITORY: NeverFirstReason
NEVER_FIRST_REASON_OTHERS_SOONER: NeverFirstReason
