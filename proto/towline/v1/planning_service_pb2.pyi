import datetime

from google.longrunning import operations_pb2 as _operations_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from towline.v1 import coverage_service_pb2 as _coverage_service_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import fleet_pb2 as _fleet_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ChooseSitesRequest(_message.Message):
    __slots__ = ("parent", "fleet", "server_fleet", "scenario", "service", "terms", "candidates", "heaviest_cells", "goal", "site_count", "budget", "busy_share", "search_duration", "files", "request_id", "validate_only", "language_code")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    SERVER_FLEET_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    HEAVIEST_CELLS_FIELD_NUMBER: _ClassVar[int]
    GOAL_FIELD_NUMBER: _ClassVar[int]
    SITE_COUNT_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    BUSY_SHARE_FIELD_NUMBER: _ClassVar[int]
    SEARCH_DURATION_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    parent: str
    fleet: _fleet_pb2.Fleet
    server_fleet: _fleet_pb2.ServerFleet
    scenario: _coverage_service_pb2.CoverageScenario
    service: _enums_pb2.Service
    terms: _coverage_service_pb2.CoverageTerms
    candidates: SiteCandidates
    heaviest_cells: HeaviestCells
    goal: _enums_pb2.SitingGoal
    site_count: int
    budget: float
    busy_share: float
    search_duration: _duration_pb2.Duration
    files: _containers.RepeatedScalarFieldContainer[_enums_pb2.CoverageFileFormat]
    request_id: str
    validate_only: bool
    language_code: str
    def __init__(self, parent: _Optional[str] = ..., fleet: _Optional[_Union[_fleet_pb2.Fleet, _Mapping]] = ..., server_fleet: _Optional[_Union[_fleet_pb2.ServerFleet, _Mapping]] = ..., scenario: _Optional[_Union[_coverage_service_pb2.CoverageScenario, _Mapping]] = ..., service: _Optional[_Union[_enums_pb2.Service, str]] = ..., terms: _Optional[_Union[_coverage_service_pb2.CoverageTerms, _Mapping]] = ..., candidates: _Optional[_Union[SiteCandidates, _Mapping]] = ..., heaviest_cells: _Optional[_Union[HeaviestCells, _Mapping]] = ..., goal: _Optional[_Union[_enums_pb2.SitingGoal, str]] = ..., site_count: _Optional[int] = ..., budget: _Optional[float] = ..., busy_share: _Optional[float] = ..., search_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., files: _Optional[_Iterable[_Union[_enums_pb2.CoverageFileFormat, str]]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., language_code: _Optional[str] = ...) -> None: ...

class SiteCandidates(_message.Message):
    __slots__ = ("candidates", "display_name")
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    candidates: _containers.RepeatedCompositeFieldContainer[SiteCandidate]
    display_name: str
    def __init__(self, candidates: _Optional[_Iterable[_Union[SiteCandidate, _Mapping]]] = ..., display_name: _Optional[str] = ...) -> None: ...

class SiteCandidate(_message.Message):
    __slots__ = ("id", "lon", "lat", "contract_cost", "crew_count", "services", "mobilisation_duration")
    ID_FIELD_NUMBER: _ClassVar[int]
    LON_FIELD_NUMBER: _ClassVar[int]
    LAT_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_COST_FIELD_NUMBER: _ClassVar[int]
    CREW_COUNT_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    MOBILISATION_DURATION_FIELD_NUMBER: _ClassVar[int]
    id: str
    lon: float
    lat: float
    contract_cost: float
    crew_count: int
    services: _containers.RepeatedScalarFieldContainer[_enums_pb2.Service]
    mobilisation_duration: _duration_pb2.Duration
    def __init__(self, id: _Optional[str] = ..., lon: _Optional[float] = ..., lat: _Optional[float] = ..., contract_cost: _Optional[float] = ..., crew_count: _Optional[int] = ..., services: _Optional[_Iterable[_Union[_enums_pb2.Service, str]]] = ..., mobilisation_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class HeaviestCells(_message.Message):
    __slots__ = ("cell_count", "mobilisation_duration")
    CELL_COUNT_FIELD_NUMBER: _ClassVar[int]
    MOBILISATION_DURATION_FIELD_NUMBER: _ClassVar[int]
    cell_count: int
    mobilisation_duration: _duration_pb2.Duration
    def __init__(self, cell_count: _Optional[int] = ..., mobilisation_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ChooseSitesResponse(_message.Message):
    __slots__ = ("demand", "plan", "files", "traffic")
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    demand: _coverage_service_pb2.CoverageDemand
    plan: SitePlan
    files: _containers.RepeatedCompositeFieldContainer[_coverage_service_pb2.CoverageFile]
    traffic: str
    def __init__(self, demand: _Optional[_Union[_coverage_service_pb2.CoverageDemand, _Mapping]] = ..., plan: _Optional[_Union[SitePlan, _Mapping]] = ..., files: _Optional[_Iterable[_Union[_coverage_service_pb2.CoverageFile, _Mapping]]] = ..., traffic: _Optional[str] = ...) -> None: ...

class SitePlan(_message.Message):
    __slots__ = ("goal", "service", "busy_share", "candidates", "candidate_count", "offering_count", "priced", "objective", "bound", "gap_share", "proven", "cost", "place_count", "looked_at_count", "beyond_demand", "sites", "figures_before", "figures_after", "before", "after", "scenario_toml", "mobilisation_duration")
    GOAL_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    BUSY_SHARE_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_COUNT_FIELD_NUMBER: _ClassVar[int]
    OFFERING_COUNT_FIELD_NUMBER: _ClassVar[int]
    PRICED_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    BOUND_FIELD_NUMBER: _ClassVar[int]
    GAP_SHARE_FIELD_NUMBER: _ClassVar[int]
    PROVEN_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    PLACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    LOOKED_AT_COUNT_FIELD_NUMBER: _ClassVar[int]
    BEYOND_DEMAND_FIELD_NUMBER: _ClassVar[int]
    SITES_FIELD_NUMBER: _ClassVar[int]
    FIGURES_BEFORE_FIELD_NUMBER: _ClassVar[int]
    FIGURES_AFTER_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_TOML_FIELD_NUMBER: _ClassVar[int]
    MOBILISATION_DURATION_FIELD_NUMBER: _ClassVar[int]
    goal: _enums_pb2.SitingGoal
    service: _enums_pb2.Service
    busy_share: float
    candidates: str
    candidate_count: int
    offering_count: int
    priced: bool
    objective: float
    bound: float
    gap_share: float
    proven: bool
    cost: float
    place_count: int
    looked_at_count: int
    beyond_demand: float
    sites: _containers.RepeatedCompositeFieldContainer[ChosenSite]
    figures_before: SiteFigures
    figures_after: SiteFigures
    before: _containers.RepeatedCompositeFieldContainer[_coverage_service_pb2.CoverageEvaluation]
    after: _containers.RepeatedCompositeFieldContainer[_coverage_service_pb2.CoverageEvaluation]
    scenario_toml: str
    mobilisation_duration: _duration_pb2.Duration
    def __init__(self, goal: _Optional[_Union[_enums_pb2.SitingGoal, str]] = ..., service: _Optional[_Union[_enums_pb2.Service, str]] = ..., busy_share: _Optional[float] = ..., candidates: _Optional[str] = ..., candidate_count: _Optional[int] = ..., offering_count: _Optional[int] = ..., priced: _Optional[bool] = ..., objective: _Optional[float] = ..., bound: _Optional[float] = ..., gap_share: _Optional[float] = ..., proven: _Optional[bool] = ..., cost: _Optional[float] = ..., place_count: _Optional[int] = ..., looked_at_count: _Optional[int] = ..., beyond_demand: _Optional[float] = ..., sites: _Optional[_Iterable[_Union[ChosenSite, _Mapping]]] = ..., figures_before: _Optional[_Union[SiteFigures, _Mapping]] = ..., figures_after: _Optional[_Union[SiteFigures, _Mapping]] = ..., before: _Optional[_Iterable[_Union[_coverage_service_pb2.CoverageEvaluation, _Mapping]]] = ..., after: _Optional[_Iterable[_Union[_coverage_service_pb2.CoverageEvaluation, _Mapping]]] = ..., scenario_toml: _Optional[str] = ..., mobilisation_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ChosenSite(_message.Message):
    __slots__ = ("id", "lon", "lat", "road", "crew_count", "contract_cost", "added_demand", "then", "first_demand", "lost_demand")
    ID_FIELD_NUMBER: _ClassVar[int]
    LON_FIELD_NUMBER: _ClassVar[int]
    LAT_FIELD_NUMBER: _ClassVar[int]
    ROAD_FIELD_NUMBER: _ClassVar[int]
    CREW_COUNT_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_COST_FIELD_NUMBER: _ClassVar[int]
    ADDED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    THEN_FIELD_NUMBER: _ClassVar[int]
    FIRST_DEMAND_FIELD_NUMBER: _ClassVar[int]
    LOST_DEMAND_FIELD_NUMBER: _ClassVar[int]
    id: str
    lon: float
    lat: float
    road: str
    crew_count: int
    contract_cost: float
    added_demand: float
    then: SiteFigures
    first_demand: float
    lost_demand: float
    def __init__(self, id: _Optional[str] = ..., lon: _Optional[float] = ..., lat: _Optional[float] = ..., road: _Optional[str] = ..., crew_count: _Optional[int] = ..., contract_cost: _Optional[float] = ..., added_demand: _Optional[float] = ..., then: _Optional[_Union[SiteFigures, _Mapping]] = ..., first_demand: _Optional[float] = ..., lost_demand: _Optional[float] = ...) -> None: ...

class SiteFigures(_message.Message):
    __slots__ = ("demand", "covered_demand", "unreached_demand", "mean_minutes", "longest_minutes", "expected_demand")
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    UNREACHED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    MEAN_MINUTES_FIELD_NUMBER: _ClassVar[int]
    LONGEST_MINUTES_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    demand: float
    covered_demand: float
    unreached_demand: float
    mean_minutes: float
    longest_minutes: float
    expected_demand: float
    def __init__(self, demand: _Optional[float] = ..., covered_demand: _Optional[float] = ..., unreached_demand: _Optional[float] = ..., mean_minutes: _Optional[float] = ..., longest_minutes: _Optional[float] = ..., expected_demand: _Optional[float] = ...) -> None: ...

class AdviseStandbyRequest(_message.Message):
    __slots__ = ("parent", "fleet", "server_fleet", "scenario", "services", "terms", "places", "cell_count", "units", "move_count", "drive_duration", "least_gain_share", "busy_share", "search_duration", "request_id", "validate_only", "files", "language_code")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    SERVER_FLEET_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    PLACES_FIELD_NUMBER: _ClassVar[int]
    CELL_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    MOVE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DRIVE_DURATION_FIELD_NUMBER: _ClassVar[int]
    LEAST_GAIN_SHARE_FIELD_NUMBER: _ClassVar[int]
    BUSY_SHARE_FIELD_NUMBER: _ClassVar[int]
    SEARCH_DURATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    parent: str
    fleet: _fleet_pb2.Fleet
    server_fleet: _fleet_pb2.ServerFleet
    scenario: _coverage_service_pb2.CoverageScenario
    services: _containers.RepeatedScalarFieldContainer[_enums_pb2.Service]
    terms: _coverage_service_pb2.CoverageTerms
    places: _containers.RepeatedCompositeFieldContainer[WaitingPlace]
    cell_count: int
    units: _containers.RepeatedScalarFieldContainer[str]
    move_count: int
    drive_duration: _duration_pb2.Duration
    least_gain_share: float
    busy_share: float
    search_duration: _duration_pb2.Duration
    request_id: str
    validate_only: bool
    files: _containers.RepeatedScalarFieldContainer[_enums_pb2.CoverageFileFormat]
    language_code: str
    def __init__(self, parent: _Optional[str] = ..., fleet: _Optional[_Union[_fleet_pb2.Fleet, _Mapping]] = ..., server_fleet: _Optional[_Union[_fleet_pb2.ServerFleet, _Mapping]] = ..., scenario: _Optional[_Union[_coverage_service_pb2.CoverageScenario, _Mapping]] = ..., services: _Optional[_Iterable[_Union[_enums_pb2.Service, str]]] = ..., terms: _Optional[_Union[_coverage_service_pb2.CoverageTerms, _Mapping]] = ..., places: _Optional[_Iterable[_Union[WaitingPlace, _Mapping]]] = ..., cell_count: _Optional[int] = ..., units: _Optional[_Iterable[str]] = ..., move_count: _Optional[int] = ..., drive_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., least_gain_share: _Optional[float] = ..., busy_share: _Optional[float] = ..., search_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., files: _Optional[_Iterable[_Union[_enums_pb2.CoverageFileFormat, str]]] = ..., language_code: _Optional[str] = ...) -> None: ...

class WaitingPlace(_message.Message):
    __slots__ = ("display_name", "lon", "lat")
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    LON_FIELD_NUMBER: _ClassVar[int]
    LAT_FIELD_NUMBER: _ClassVar[int]
    display_name: str
    lon: float
    lat: float
    def __init__(self, display_name: _Optional[str] = ..., lon: _Optional[float] = ..., lat: _Optional[float] = ...) -> None: ...

class AdviseStandbyResponse(_message.Message):
    __slots__ = ("demand", "advice", "traffic", "files", "versions", "digest")
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    demand: _coverage_service_pb2.CoverageDemand
    advice: StandbyAdvice
    traffic: str
    files: _containers.RepeatedCompositeFieldContainer[_coverage_service_pb2.CoverageFile]
    versions: _coverage_service_pb2.CoverageVersions
    digest: str
    def __init__(self, demand: _Optional[_Union[_coverage_service_pb2.CoverageDemand, _Mapping]] = ..., advice: _Optional[_Union[StandbyAdvice, _Mapping]] = ..., traffic: _Optional[str] = ..., files: _Optional[_Iterable[_Union[_coverage_service_pb2.CoverageFile, _Mapping]]] = ..., versions: _Optional[_Union[_coverage_service_pb2.CoverageVersions, _Mapping]] = ..., digest: _Optional[str] = ...) -> None: ...

class StandbyAdvice(_message.Message):
    __slots__ = ("moves", "demand", "free_unit_count", "place_count", "busy_share", "before", "after", "bound", "gap_share", "proven", "method", "question")
    MOVES_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    FREE_UNIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    PLACE_COUNT_FIELD_NUMBER: _ClassVar[int]
    BUSY_SHARE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    BOUND_FIELD_NUMBER: _ClassVar[int]
    GAP_SHARE_FIELD_NUMBER: _ClassVar[int]
    PROVEN_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    moves: _containers.RepeatedCompositeFieldContainer[StandbyMove]
    demand: float
    free_unit_count: int
    place_count: int
    busy_share: float
    before: StandbyCover
    after: StandbyCover
    bound: float
    gap_share: float
    proven: bool
    method: str
    question: StandbyQuestion
    def __init__(self, moves: _Optional[_Iterable[_Union[StandbyMove, _Mapping]]] = ..., demand: _Optional[float] = ..., free_unit_count: _Optional[int] = ..., place_count: _Optional[int] = ..., busy_share: _Optional[float] = ..., before: _Optional[_Union[StandbyCover, _Mapping]] = ..., after: _Optional[_Union[StandbyCover, _Mapping]] = ..., bound: _Optional[float] = ..., gap_share: _Optional[float] = ..., proven: _Optional[bool] = ..., method: _Optional[str] = ..., question: _Optional[_Union[StandbyQuestion, _Mapping]] = ...) -> None: ...

class StandbyQuestion(_message.Message):
    __slots__ = ("services", "moment", "told_duration", "promise_minutes", "hour", "weather", "scenario_title")
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    MOMENT_FIELD_NUMBER: _ClassVar[int]
    TOLD_DURATION_FIELD_NUMBER: _ClassVar[int]
    PROMISE_MINUTES_FIELD_NUMBER: _ClassVar[int]
    HOUR_FIELD_NUMBER: _ClassVar[int]
    WEATHER_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_TITLE_FIELD_NUMBER: _ClassVar[int]
    services: _containers.RepeatedScalarFieldContainer[_enums_pb2.Service]
    moment: str
    told_duration: _duration_pb2.Duration
    promise_minutes: _containers.RepeatedScalarFieldContainer[float]
    hour: str
    weather: str
    scenario_title: str
    def __init__(self, services: _Optional[_Iterable[_Union[_enums_pb2.Service, str]]] = ..., moment: _Optional[str] = ..., told_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., promise_minutes: _Optional[_Iterable[float]] = ..., hour: _Optional[str] = ..., weather: _Optional[str] = ..., scenario_title: _Optional[str] = ...) -> None: ...

class StandbyMove(_message.Message):
    __slots__ = ("unit", "from_lon", "from_lat", "from_road", "to_place", "to_lon", "to_lat", "to_road", "drive_minutes", "drive_km", "gained_demand", "lost_demand", "least_meanwhile_demand")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    FROM_LON_FIELD_NUMBER: _ClassVar[int]
    FROM_LAT_FIELD_NUMBER: _ClassVar[int]
    FROM_ROAD_FIELD_NUMBER: _ClassVar[int]
    TO_PLACE_FIELD_NUMBER: _ClassVar[int]
    TO_LON_FIELD_NUMBER: _ClassVar[int]
    TO_LAT_FIELD_NUMBER: _ClassVar[int]
    TO_ROAD_FIELD_NUMBER: _ClassVar[int]
    DRIVE_MINUTES_FIELD_NUMBER: _ClassVar[int]
    DRIVE_KM_FIELD_NUMBER: _ClassVar[int]
    GAINED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    LOST_DEMAND_FIELD_NUMBER: _ClassVar[int]
    LEAST_MEANWHILE_DEMAND_FIELD_NUMBER: _ClassVar[int]
    unit: str
    from_lon: float
    from_lat: float
    from_road: str
    to_place: str
    to_lon: float
    to_lat: float
    to_road: str
    drive_minutes: float
    drive_km: float
    gained_demand: float
    lost_demand: float
    least_meanwhile_demand: float
    def __init__(self, unit: _Optional[str] = ..., from_lon: _Optional[float] = ..., from_lat: _Optional[float] = ..., from_road: _Optional[str] = ..., to_place: _Optional[str] = ..., to_lon: _Optional[float] = ..., to_lat: _Optional[float] = ..., to_road: _Optional[str] = ..., drive_minutes: _Optional[float] = ..., drive_km: _Optional[float] = ..., gained_demand: _Optional[float] = ..., lost_demand: _Optional[float] = ..., least_meanwhile_demand: _Optional[float] = ...) -> None: ...

class StandbyCover(_message.Message):
    __slots__ = ("expected_demand", "covered_demand", "covered_twice_demand")
    EXPECTED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_TWICE_DEMAND_FIELD_NUMBER: _ClassVar[int]
    expected_demand: float
    covered_demand: float
    covered_twice_demand: float
    def __init__(self, expected_demand: _Optional[float] = ..., covered_demand: _Optional[float] = ..., covered_twice_demand: _Optional[float] = ...) -> None: ...

class PlanShiftsRequest(_message.Message):
    __slots__ = ("parent", "fleet", "server_fleet", "scenario", "services", "terms", "shift_rules", "gap_share", "search_duration", "request_id", "validate_only", "skip_play", "files", "language_code")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    SERVER_FLEET_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    SHIFT_RULES_FIELD_NUMBER: _ClassVar[int]
    GAP_SHARE_FIELD_NUMBER: _ClassVar[int]
    SEARCH_DURATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    SKIP_PLAY_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    parent: str
    fleet: _fleet_pb2.Fleet
    server_fleet: _fleet_pb2.ServerFleet
    scenario: _coverage_service_pb2.CoverageScenario
    services: _containers.RepeatedScalarFieldContainer[_enums_pb2.Service]
    terms: _coverage_service_pb2.CoverageTerms
    shift_rules: ShiftRules
    gap_share: float
    search_duration: _duration_pb2.Duration
    request_id: str
    validate_only: bool
    skip_play: bool
    files: _containers.RepeatedScalarFieldContainer[_enums_pb2.CoverageFileFormat]
    language_code: str
    def __init__(self, parent: _Optional[str] = ..., fleet: _Optional[_Union[_fleet_pb2.Fleet, _Mapping]] = ..., server_fleet: _Optional[_Union[_fleet_pb2.ServerFleet, _Mapping]] = ..., scenario: _Optional[_Union[_coverage_service_pb2.CoverageScenario, _Mapping]] = ..., services: _Optional[_Iterable[_Union[_enums_pb2.Service, str]]] = ..., terms: _Optional[_Union[_coverage_service_pb2.CoverageTerms, _Mapping]] = ..., shift_rules: _Optional[_Union[ShiftRules, _Mapping]] = ..., gap_share: _Optional[float] = ..., search_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., skip_play: _Optional[bool] = ..., files: _Optional[_Iterable[_Union[_enums_pb2.CoverageFileFormat, str]]] = ..., language_code: _Optional[str] = ...) -> None: ...

class ShiftRules(_message.Message):
    __slots__ = ("content", "toml")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    TOML_FIELD_NUMBER: _ClassVar[int]
    content: _struct_pb2.Struct
    toml: str
    def __init__(self, content: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., toml: _Optional[str] = ...) -> None: ...

class PlanShiftsResponse(_message.Message):
    __slots__ = ("demand", "plan", "traffic", "versions", "digest", "files")
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    demand: _coverage_service_pb2.CoverageDemand
    plan: ShiftPlan
    traffic: str
    versions: _coverage_service_pb2.CoverageVersions
    digest: str
    files: _containers.RepeatedCompositeFieldContainer[_coverage_service_pb2.CoverageFile]
    def __init__(self, demand: _Optional[_Union[_coverage_service_pb2.CoverageDemand, _Mapping]] = ..., plan: _Optional[_Union[ShiftPlan, _Mapping]] = ..., traffic: _Optional[str] = ..., versions: _Optional[_Union[_coverage_service_pb2.CoverageVersions, _Mapping]] = ..., digest: _Optional[str] = ..., files: _Optional[_Iterable[_Union[_coverage_service_pb2.CoverageFile, _Mapping]]] = ...) -> None: ...

class ShiftPlan(_message.Message):
    __slots__ = ("target_share", "services", "call_minutes", "base_count", "cost", "crew_hours", "covered_share", "worst_hour_share", "bound", "gap_share", "shifts", "hours", "scenario_toml", "played_share", "played_plus_minus_share", "told_duration", "promise_minutes")
    TARGET_SHARE_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    CALL_MINUTES_FIELD_NUMBER: _ClassVar[int]
    BASE_COUNT_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    CREW_HOURS_FIELD_NUMBER: _ClassVar[int]
    COVERED_SHARE_FIELD_NUMBER: _ClassVar[int]
    WORST_HOUR_SHARE_FIELD_NUMBER: _ClassVar[int]
    BOUND_FIELD_NUMBER: _ClassVar[int]
    GAP_SHARE_FIELD_NUMBER: _ClassVar[int]
    SHIFTS_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_TOML_FIELD_NUMBER: _ClassVar[int]
    PLAYED_SHARE_FIELD_NUMBER: _ClassVar[int]
    PLAYED_PLUS_MINUS_SHARE_FIELD_NUMBER: _ClassVar[int]
    TOLD_DURATION_FIELD_NUMBER: _ClassVar[int]
    PROMISE_MINUTES_FIELD_NUMBER: _ClassVar[int]
    target_share: float
    services: _containers.RepeatedCompositeFieldContainer[ServiceShare]
    call_minutes: float
    base_count: int
    cost: float
    crew_hours: int
    covered_share: float
    worst_hour_share: float
    bound: float
    gap_share: float
    shifts: _containers.RepeatedCompositeFieldContainer[PlannedShift]
    hours: _containers.RepeatedCompositeFieldContainer[PlannedHour]
    scenario_toml: str
    played_share: float
    played_plus_minus_share: float
    told_duration: _duration_pb2.Duration
    promise_minutes: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, target_share: _Optional[float] = ..., services: _Optional[_Iterable[_Union[ServiceShare, _Mapping]]] = ..., call_minutes: _Optional[float] = ..., base_count: _Optional[int] = ..., cost: _Optional[float] = ..., crew_hours: _Optional[int] = ..., covered_share: _Optional[float] = ..., worst_hour_share: _Optional[float] = ..., bound: _Optional[float] = ..., gap_share: _Optional[float] = ..., shifts: _Optional[_Iterable[_Union[PlannedShift, _Mapping]]] = ..., hours: _Optional[_Iterable[_Union[PlannedHour, _Mapping]]] = ..., scenario_toml: _Optional[str] = ..., played_share: _Optional[float] = ..., played_plus_minus_share: _Optional[float] = ..., told_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., promise_minutes: _Optional[_Iterable[float]] = ...) -> None: ...

class ServiceShare(_message.Message):
    __slots__ = ("service", "call_share")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    CALL_SHARE_FIELD_NUMBER: _ClassVar[int]
    service: _enums_pb2.Service
    call_share: float
    def __init__(self, service: _Optional[_Union[_enums_pb2.Service, str]] = ..., call_share: _Optional[float] = ...) -> None: ...

class PlannedShift(_message.Message):
    __slots__ = ("provider", "crew_count", "from_hour", "to_hour", "days", "cost")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    CREW_COUNT_FIELD_NUMBER: _ClassVar[int]
    FROM_HOUR_FIELD_NUMBER: _ClassVar[int]
    TO_HOUR_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    provider: str
    crew_count: int
    from_hour: int
    to_hour: int
    days: _containers.RepeatedScalarFieldContainer[str]
    cost: float
    def __init__(self, provider: _Optional[str] = ..., crew_count: _Optional[int] = ..., from_hour: _Optional[int] = ..., to_hour: _Optional[int] = ..., days: _Optional[_Iterable[str]] = ..., cost: _Optional[float] = ...) -> None: ...

class PlannedHour(_message.Message):
    __slots__ = ("hour", "call_count", "crew_count", "busy_share", "all_busy_share", "covered_share", "reached_share", "played_share", "played_plus_minus_share", "played_providers")
    HOUR_FIELD_NUMBER: _ClassVar[int]
    CALL_COUNT_FIELD_NUMBER: _ClassVar[int]
    CREW_COUNT_FIELD_NUMBER: _ClassVar[int]
    BUSY_SHARE_FIELD_NUMBER: _ClassVar[int]
    ALL_BUSY_SHARE_FIELD_NUMBER: _ClassVar[int]
    COVERED_SHARE_FIELD_NUMBER: _ClassVar[int]
    REACHED_SHARE_FIELD_NUMBER: _ClassVar[int]
    PLAYED_SHARE_FIELD_NUMBER: _ClassVar[int]
    PLAYED_PLUS_MINUS_SHARE_FIELD_NUMBER: _ClassVar[int]
    PLAYED_PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    hour: str
    call_count: float
    crew_count: int
    busy_share: float
    all_busy_share: float
    covered_share: float
    reached_share: float
    played_share: float
    played_plus_minus_share: float
    played_providers: _containers.RepeatedCompositeFieldContainer[PlayedProvider]
    def __init__(self, hour: _Optional[str] = ..., call_count: _Optional[float] = ..., crew_count: _Optional[int] = ..., busy_share: _Optional[float] = ..., all_busy_share: _Optional[float] = ..., covered_share: _Optional[float] = ..., reached_share: _Optional[float] = ..., played_share: _Optional[float] = ..., played_plus_minus_share: _Optional[float] = ..., played_providers: _Optional[_Iterable[_Union[PlayedProvider, _Mapping]]] = ...) -> None: ...

class PlayedProvider(_message.Message):
    __slots__ = ("provider", "crew_count", "busy_share")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    CREW_COUNT_FIELD_NUMBER: _ClassVar[int]
    BUSY_SHARE_FIELD_NUMBER: _ClassVar[int]
    provider: str
    crew_count: int
    busy_share: float
    def __init__(self, provider: _Optional[str] = ..., crew_count: _Optional[int] = ..., busy_share: _Optional[float] = ...) -> None: ...
