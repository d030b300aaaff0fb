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
