import datetime

from google.longrunning import operations_pb2 as _operations_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from towline.v1 import enums_pb2 as _enums_pb2
from towline.v1 import fleet_pb2 as _fleet_pb2
from towline.v1 import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EvaluateCoverageRequest(_message.Message):
    __slots__ = ("parent", "fleet", "server_fleet", "scenario", "services", "terms", "detail", "request_id", "validate_only", "calls_per_day", "call_services")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    SERVER_FLEET_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    CALLS_PER_DAY_FIELD_NUMBER: _ClassVar[int]
    CALL_SERVICES_FIELD_NUMBER: _ClassVar[int]
    parent: str
    fleet: _fleet_pb2.Fleet
    server_fleet: _fleet_pb2.ServerFleet
    scenario: CoverageScenario
    services: _containers.RepeatedScalarFieldContainer[_enums_pb2.Service]
    terms: CoverageTerms
    detail: CoverageDetail
    request_id: str
    validate_only: bool
    calls_per_day: float
    call_services: _containers.RepeatedScalarFieldContainer[_enums_pb2.Service]
    def __init__(self, parent: _Optional[str] = ..., fleet: _Optional[_Union[_fleet_pb2.Fleet, _Mapping]] = ..., server_fleet: _Optional[_Union[_fleet_pb2.ServerFleet, _Mapping]] = ..., scenario: _Optional[_Union[CoverageScenario, _Mapping]] = ..., services: _Optional[_Iterable[_Union[_enums_pb2.Service, str]]] = ..., terms: _Optional[_Union[CoverageTerms, _Mapping]] = ..., detail: _Optional[_Union[CoverageDetail, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., calls_per_day: _Optional[float] = ..., call_services: _Optional[_Iterable[_Union[_enums_pb2.Service, str]]] = ...) -> None: ...

class CompareCoverageRequest(_message.Message):
    __slots__ = ("parent", "fleet", "server_fleet", "scenarios", "services", "terms", "detail", "request_id", "validate_only", "comparison_files")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    SERVER_FLEET_FIELD_NUMBER: _ClassVar[int]
    SCENARIOS_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    COMPARISON_FILES_FIELD_NUMBER: _ClassVar[int]
    parent: str
    fleet: _fleet_pb2.Fleet
    server_fleet: _fleet_pb2.ServerFleet
    scenarios: _containers.RepeatedCompositeFieldContainer[CoverageScenario]
    services: _containers.RepeatedScalarFieldContainer[_enums_pb2.Service]
    terms: CoverageTerms
    detail: CoverageDetail
    request_id: str
    validate_only: bool
    comparison_files: _containers.RepeatedScalarFieldContainer[_enums_pb2.CoverageFileFormat]
    def __init__(self, parent: _Optional[str] = ..., fleet: _Optional[_Union[_fleet_pb2.Fleet, _Mapping]] = ..., server_fleet: _Optional[_Union[_fleet_pb2.ServerFleet, _Mapping]] = ..., scenarios: _Optional[_Iterable[_Union[CoverageScenario, _Mapping]]] = ..., services: _Optional[_Iterable[_Union[_enums_pb2.Service, str]]] = ..., terms: _Optional[_Union[CoverageTerms, _Mapping]] = ..., detail: _Optional[_Union[CoverageDetail, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., comparison_files: _Optional[_Iterable[_Union[_enums_pb2.CoverageFileFormat, str]]] = ...) -> None: ...

class CoverageScenario(_message.Message):
    __slots__ = ("content", "toml", "demand_cells", "demand_points")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    TOML_FIELD_NUMBER: _ClassVar[int]
    DEMAND_CELLS_FIELD_NUMBER: _ClassVar[int]
    DEMAND_POINTS_FIELD_NUMBER: _ClassVar[int]
    content: _struct_pb2.Struct
    toml: str
    demand_cells: DemandCells
    demand_points: DemandPoints
    def __init__(self, content: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., toml: _Optional[str] = ..., demand_cells: _Optional[_Union[DemandCells, _Mapping]] = ..., demand_points: _Optional[_Union[DemandPoints, _Mapping]] = ...) -> None: ...

class CoverageTerms(_message.Message):
    __slots__ = ("crews", "at", "told_duration", "demand", "demand_points")
    CREWS_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    TOLD_DURATION_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    DEMAND_POINTS_FIELD_NUMBER: _ClassVar[int]
    crews: _enums_pb2.CrewSelection
    at: _timestamp_pb2.Timestamp
    told_duration: _duration_pb2.Duration
    demand: DemandCells
    demand_points: DemandPoints
    def __init__(self, crews: _Optional[_Union[_enums_pb2.CrewSelection, str]] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., told_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., demand: _Optional[_Union[DemandCells, _Mapping]] = ..., demand_points: _Optional[_Union[DemandPoints, _Mapping]] = ...) -> None: ...

class DemandCells(_message.Message):
    __slots__ = ("unit", "cells", "demand", "display_name")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    unit: str
    cells: _containers.RepeatedScalarFieldContainer[str]
    demand: _containers.RepeatedScalarFieldContainer[float]
    display_name: str
    def __init__(self, unit: _Optional[str] = ..., cells: _Optional[_Iterable[str]] = ..., demand: _Optional[_Iterable[float]] = ..., display_name: _Optional[str] = ...) -> None: ...

class DemandPoints(_message.Message):
    __slots__ = ("unit", "lon", "lat", "demand", "display_name")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    LON_FIELD_NUMBER: _ClassVar[int]
    LAT_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    unit: str
    lon: _containers.RepeatedScalarFieldContainer[float]
    lat: _containers.RepeatedScalarFieldContainer[float]
    demand: _containers.RepeatedScalarFieldContainer[float]
    display_name: str
    def __init__(self, unit: _Optional[str] = ..., lon: _Optional[_Iterable[float]] = ..., lat: _Optional[_Iterable[float]] = ..., demand: _Optional[_Iterable[float]] = ..., display_name: _Optional[str] = ...) -> None: ...

class CoverageDetail(_message.Message):
    __slots__ = ("gap_count", "provider_count", "cells", "files", "language_code")
    GAP_COUNT_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_COUNT_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    gap_count: int
    provider_count: int
    cells: bool
    files: _containers.RepeatedScalarFieldContainer[_enums_pb2.CoverageFileFormat]
    language_code: str
    def __init__(self, gap_count: _Optional[int] = ..., provider_count: _Optional[int] = ..., cells: _Optional[bool] = ..., files: _Optional[_Iterable[_Union[_enums_pb2.CoverageFileFormat, str]]] = ..., language_code: _Optional[str] = ...) -> None: ...

class CoverageFile(_message.Message):
    __slots__ = ("format", "content")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    format: _enums_pb2.CoverageFileFormat
    content: bytes
    def __init__(self, format: _Optional[_Union[_enums_pb2.CoverageFileFormat, str]] = ..., content: _Optional[bytes] = ...) -> None: ...

class EvaluateCoverageResponse(_message.Message):
    __slots__ = ("demand", "variants", "files", "traffic")
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    demand: CoverageDemand
    variants: _containers.RepeatedCompositeFieldContainer[CoverageVariant]
    files: _containers.RepeatedCompositeFieldContainer[CoverageFile]
    traffic: str
    def __init__(self, demand: _Optional[_Union[CoverageDemand, _Mapping]] = ..., variants: _Optional[_Iterable[_Union[CoverageVariant, _Mapping]]] = ..., files: _Optional[_Iterable[_Union[CoverageFile, _Mapping]]] = ..., traffic: _Optional[str] = ...) -> None: ...

class CoverageVariant(_message.Message):
    __slots__ = ("title", "values", "evaluations", "digest", "error", "calls")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    EVALUATIONS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    title: str
    values: _containers.RepeatedCompositeFieldContainer[SweptValue]
    evaluations: _containers.RepeatedCompositeFieldContainer[CoverageEvaluation]
    digest: str
    error: _status_pb2.Status
    calls: _containers.RepeatedCompositeFieldContainer[ServiceCalls]
    def __init__(self, title: _Optional[str] = ..., values: _Optional[_Iterable[_Union[SweptValue, _Mapping]]] = ..., evaluations: _Optional[_Iterable[_Union[CoverageEvaluation, _Mapping]]] = ..., digest: _Optional[str] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., calls: _Optional[_Iterable[_Union[ServiceCalls, _Mapping]]] = ...) -> None: ...

class ServiceCalls(_message.Message):
    __slots__ = ("service", "calls_per_day")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    CALLS_PER_DAY_FIELD_NUMBER: _ClassVar[int]
    service: _enums_pb2.Service
    calls_per_day: float
    def __init__(self, service: _Optional[_Union[_enums_pb2.Service, str]] = ..., calls_per_day: _Optional[float] = ...) -> None: ...

class SweptValue(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class CompareCoverageResponse(_message.Message):
    __slots__ = ("demand", "comparisons", "files", "traffic", "comparison_files")
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    COMPARISONS_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    TRAFFIC_FIELD_NUMBER: _ClassVar[int]
    COMPARISON_FILES_FIELD_NUMBER: _ClassVar[int]
    demand: CoverageDemand
    comparisons: _containers.RepeatedCompositeFieldContainer[CoverageComparison]
    files: _containers.RepeatedCompositeFieldContainer[CoverageFile]
    traffic: str
    comparison_files: _containers.RepeatedCompositeFieldContainer[CoverageFile]
    def __init__(self, demand: _Optional[_Union[CoverageDemand, _Mapping]] = ..., comparisons: _Optional[_Iterable[_Union[CoverageComparison, _Mapping]]] = ..., files: _Optional[_Iterable[_Union[CoverageFile, _Mapping]]] = ..., traffic: _Optional[str] = ..., comparison_files: _Optional[_Iterable[_Union[CoverageFile, _Mapping]]] = ...) -> None: ...

class CoverageComparison(_message.Message):
    __slots__ = ("scenario_index", "title", "values", "before", "after", "before_digest", "after_digest", "error")
    SCENARIO_INDEX_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    BEFORE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    AFTER_DIGEST_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    scenario_index: int
    title: str
    values: _containers.RepeatedCompositeFieldContainer[SweptValue]
    before: _containers.RepeatedCompositeFieldContainer[CoverageEvaluation]
    after: _containers.RepeatedCompositeFieldContainer[CoverageEvaluation]
    before_digest: str
    after_digest: str
    error: _status_pb2.Status
    def __init__(self, scenario_index: _Optional[int] = ..., title: _Optional[str] = ..., values: _Optional[_Iterable[_Union[SweptValue, _Mapping]]] = ..., before: _Optional[_Iterable[_Union[CoverageEvaluation, _Mapping]]] = ..., after: _Optional[_Iterable[_Union[CoverageEvaluation, _Mapping]]] = ..., before_digest: _Optional[str] = ..., after_digest: _Optional[str] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class CoverageDemand(_message.Message):
    __slots__ = ("source", "display_name", "unit", "total_demand")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_DEMAND_FIELD_NUMBER: _ClassVar[int]
    source: _enums_pb2.DemandSource
    display_name: str
    unit: str
    total_demand: float
    def __init__(self, source: _Optional[_Union[_enums_pb2.DemandSource, str]] = ..., display_name: _Optional[str] = ..., unit: _Optional[str] = ..., total_demand: _Optional[float] = ...) -> None: ...

class CoverageEvaluation(_message.Message):
    __slots__ = ("moment", "service", "unit_count", "figures", "gaps", "providers", "cells", "versions", "fleet_unit_count", "fleet_provider_count", "later_minutes", "provider_count", "expected", "demand_display_name", "demand_unit")
    MOMENT_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    UNIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    GAPS_FIELD_NUMBER: _ClassVar[int]
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    FLEET_UNIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    FLEET_PROVIDER_COUNT_FIELD_NUMBER: _ClassVar[int]
    LATER_MINUTES_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_COUNT_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    DEMAND_DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    DEMAND_UNIT_FIELD_NUMBER: _ClassVar[int]
    moment: str
    service: _enums_pb2.Service
    unit_count: int
    figures: CoverageFigures
    gaps: _containers.RepeatedCompositeFieldContainer[CoverageGap]
    providers: _containers.RepeatedCompositeFieldContainer[ProviderWorth]
    cells: CoverageCells
    versions: CoverageVersions
    fleet_unit_count: int
    fleet_provider_count: int
    later_minutes: float
    provider_count: int
    expected: ExpectedCoverage
    demand_display_name: str
    demand_unit: str
    def __init__(self, moment: _Optional[str] = ..., service: _Optional[_Union[_enums_pb2.Service, str]] = ..., unit_count: _Optional[int] = ..., figures: _Optional[_Union[CoverageFigures, _Mapping]] = ..., gaps: _Optional[_Iterable[_Union[CoverageGap, _Mapping]]] = ..., providers: _Optional[_Iterable[_Union[ProviderWorth, _Mapping]]] = ..., cells: _Optional[_Union[CoverageCells, _Mapping]] = ..., versions: _Optional[_Union[CoverageVersions, _Mapping]] = ..., fleet_unit_count: _Optional[int] = ..., fleet_provider_count: _Optional[int] = ..., later_minutes: _Optional[float] = ..., provider_count: _Optional[int] = ..., expected: _Optional[_Union[ExpectedCoverage, _Mapping]] = ..., demand_display_name: _Optional[str] = ..., demand_unit: _Optional[str] = ...) -> None: ...

class ExpectedCoverage(_message.Message):
    __slots__ = ("calls_per_hour", "covered_share", "plus_minus_share", "mean_minutes", "nobody_free_share", "busy_share", "day_count", "overloaded")
    CALLS_PER_HOUR_FIELD_NUMBER: _ClassVar[int]
    COVERED_SHARE_FIELD_NUMBER: _ClassVar[int]
    PLUS_MINUS_SHARE_FIELD_NUMBER: _ClassVar[int]
    MEAN_MINUTES_FIELD_NUMBER: _ClassVar[int]
    NOBODY_FREE_SHARE_FIELD_NUMBER: _ClassVar[int]
    BUSY_SHARE_FIELD_NUMBER: _ClassVar[int]
    DAY_COUNT_FIELD_NUMBER: _ClassVar[int]
    OVERLOADED_FIELD_NUMBER: _ClassVar[int]
    calls_per_hour: float
    covered_share: float
    plus_minus_share: float
    mean_minutes: float
    nobody_free_share: float
    busy_share: float
    day_count: int
    overloaded: bool
    def __init__(self, calls_per_hour: _Optional[float] = ..., covered_share: _Optional[float] = ..., plus_minus_share: _Optional[float] = ..., mean_minutes: _Optional[float] = ..., nobody_free_share: _Optional[float] = ..., busy_share: _Optional[float] = ..., day_count: _Optional[int] = ..., overloaded: _Optional[bool] = ...) -> None: ...

class CoverageFigures(_message.Message):
    __slots__ = ("demand", "covered_demand", "covered_twice_demand", "covered_thrice_demand", "unreached_demand", "covered_share", "covered_twice_share", "covered_thrice_share", "mean_minutes", "median_minutes", "p90_minutes", "longest_minutes", "classes")
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_TWICE_DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_THRICE_DEMAND_FIELD_NUMBER: _ClassVar[int]
    UNREACHED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_SHARE_FIELD_NUMBER: _ClassVar[int]
    COVERED_TWICE_SHARE_FIELD_NUMBER: _ClassVar[int]
    COVERED_THRICE_SHARE_FIELD_NUMBER: _ClassVar[int]
    MEAN_MINUTES_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_MINUTES_FIELD_NUMBER: _ClassVar[int]
    P90_MINUTES_FIELD_NUMBER: _ClassVar[int]
    LONGEST_MINUTES_FIELD_NUMBER: _ClassVar[int]
    CLASSES_FIELD_NUMBER: _ClassVar[int]
    demand: float
    covered_demand: float
    covered_twice_demand: float
    covered_thrice_demand: float
    unreached_demand: float
    covered_share: float
    covered_twice_share: float
    covered_thrice_share: float
    mean_minutes: float
    median_minutes: float
    p90_minutes: float
    longest_minutes: float
    classes: _containers.RepeatedCompositeFieldContainer[ClassCoverage]
    def __init__(self, demand: _Optional[float] = ..., covered_demand: _Optional[float] = ..., covered_twice_demand: _Optional[float] = ..., covered_thrice_demand: _Optional[float] = ..., unreached_demand: _Optional[float] = ..., covered_share: _Optional[float] = ..., covered_twice_share: _Optional[float] = ..., covered_thrice_share: _Optional[float] = ..., mean_minutes: _Optional[float] = ..., median_minutes: _Optional[float] = ..., p90_minutes: _Optional[float] = ..., longest_minutes: _Optional[float] = ..., classes: _Optional[_Iterable[_Union[ClassCoverage, _Mapping]]] = ...) -> None: ...

class ClassCoverage(_message.Message):
    __slots__ = ("promise_class", "promise_minutes", "demand", "covered_demand", "covered_share")
    PROMISE_CLASS_FIELD_NUMBER: _ClassVar[int]
    PROMISE_MINUTES_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_SHARE_FIELD_NUMBER: _ClassVar[int]
    promise_class: _enums_pb2.PromiseClass
    promise_minutes: float
    demand: float
    covered_demand: float
    covered_share: float
    def __init__(self, promise_class: _Optional[_Union[_enums_pb2.PromiseClass, str]] = ..., promise_minutes: _Optional[float] = ..., demand: _Optional[float] = ..., covered_demand: _Optional[float] = ..., covered_share: _Optional[float] = ...) -> None: ...

class CoverageGap(_message.Message):
    __slots__ = ("cell", "lon", "lat", "road", "demand", "uncovered_demand", "arrival_minutes", "nearest_provider")
    CELL_FIELD_NUMBER: _ClassVar[int]
    LON_FIELD_NUMBER: _ClassVar[int]
    LAT_FIELD_NUMBER: _ClassVar[int]
    ROAD_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    UNCOVERED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    ARRIVAL_MINUTES_FIELD_NUMBER: _ClassVar[int]
    NEAREST_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    cell: str
    lon: float
    lat: float
    road: str
    demand: float
    uncovered_demand: float
    arrival_minutes: float
    nearest_provider: str
    def __init__(self, cell: _Optional[str] = ..., lon: _Optional[float] = ..., lat: _Optional[float] = ..., road: _Optional[str] = ..., demand: _Optional[float] = ..., uncovered_demand: _Optional[float] = ..., arrival_minutes: _Optional[float] = ..., nearest_provider: _Optional[str] = ...) -> None: ...

class ProviderWorth(_message.Message):
    __slots__ = ("provider", "unit_count", "first_demand", "lost_demand", "slower_minutes", "unreached_demand", "never_first_reason")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    UNIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    FIRST_DEMAND_FIELD_NUMBER: _ClassVar[int]
    LOST_DEMAND_FIELD_NUMBER: _ClassVar[int]
    SLOWER_MINUTES_FIELD_NUMBER: _ClassVar[int]
    UNREACHED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    NEVER_FIRST_REASON_FIELD_NUMBER: _ClassVar[int]
    provider: str
    unit_count: int
    first_demand: float
    lost_demand: float
    slower_minutes: float
    unreached_demand: float
    never_first_reason: _enums_pb2.NeverFirstReason
    def __init__(self, provider: _Optional[str] = ..., unit_count: _Optional[int] = ..., first_demand: _Optional[float] = ..., lost_demand: _Optional[float] = ..., slower_minutes: _Optional[float] = ..., unreached_demand: _Optional[float] = ..., never_first_reason: _Optional[_Union[_enums_pb2.NeverFirstReason, str]] = ...) -> None: ...

class CoverageCells(_message.Message):
    __slots__ = ("cells", "arrivals_ms", "rank_count", "road_share", "demand", "covered_demand")
    CELLS_FIELD_NUMBER: _ClassVar[int]
    ARRIVALS_MS_FIELD_NUMBER: _ClassVar[int]
    RANK_COUNT_FIELD_NUMBER: _ClassVar[int]
    ROAD_SHARE_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    COVERED_DEMAND_FIELD_NUMBER: _ClassVar[int]
    cells: _containers.RepeatedScalarFieldContainer[str]
    arrivals_ms: bytes
    rank_count: int
    road_share: _containers.RepeatedScalarFieldContainer[float]
    demand: _containers.RepeatedScalarFieldContainer[float]
    covered_demand: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, cells: _Optional[_Iterable[str]] = ..., arrivals_ms: _Optional[bytes] = ..., rank_count: _Optional[int] = ..., road_share: _Optional[_Iterable[float]] = ..., demand: _Optional[_Iterable[float]] = ..., covered_demand: _Optional[_Iterable[float]] = ...) -> None: ...

class CoverageVersions(_message.Message):
    __slots__ = ("scenario", "region", "policy", "metric", "fleet", "demand", "digest")
    SCENARIO_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    METRIC_FIELD_NUMBER: _ClassVar[int]
    FLEET_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    scenario: str
    region: str
    policy: str
    metric: str
    fleet: str
    demand: str
    digest: str
    def __init__(self, scenario: _Optional[str] = ..., region: _Optional[str] = ..., policy: _Optional[str] = ..., metric: _Optional[str] = ..., fleet: _Optional[str] = ..., demand: _Optional[str] = ..., digest: _Optional[str] = ...) -> None: ...

class CoverageMetadata(_message.Message):
    __slots__ = ("method", "subject", "created_at", "started_at", "ended_at", "done_count", "total_count", "kept_until", "search")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    DONE_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    KEPT_UNTIL_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    method: str
    subject: str
    created_at: _timestamp_pb2.Timestamp
    started_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    done_count: int
    total_count: int
    kept_until: _timestamp_pb2.Timestamp
    search: SearchProgress
    def __init__(self, method: _Optional[str] = ..., subject: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., done_count: _Optional[int] = ..., total_count: _Optional[int] = ..., kept_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., search: _Optional[_Union[SearchProgress, _Mapping]] = ...) -> None: ...

class SearchProgress(_message.Message):
    __slots__ = ("step_count", "gap_share")
    STEP_COUNT_FIELD_NUMBER: _ClassVar[int]
    GAP_SHARE_FIELD_NUMBER: _ClassVar[int]
    step_count: int
    gap_share: float
    def __init__(self, step_count: _Optional[int] = ..., gap_share: _Optional[float] = ...) -> None: ...
