"""Answers about coverage as messages of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

import h3.api.numpy_int as h3
import numpy as np
from towline.v1 import coverage_service_pb2 as pb

from engine.coverage.compared import compared
from engine.coverage.coverage import RANKS, Coverage, CoverageFigures
from engine.coverage.evaluation import Evaluation, Versions
from engine.coverage.expected_result import ToldExpected
from engine.coverage.gaps import Gap, gaps
from engine.coverage.layer import DemandLayer
from engine.coverage.told import ToldWorth
from engine.coverage.worth import provider_worth
from engine.model import Service
from engine.scenario.sweep import Variant
from engine.server import enums
from engine.server.coverage_words import DemandSource
from engine.server.names import provider_name

#: Gaps told where the request says no number.
GAPS = 10


def demand(layer: DemandLayer, source: DemandSource) -> pb.CoverageDemand:
    return pb.CoverageDemand(
        source=enums.DEMAND_SOURCE.write(source), display_name=layer.name, unit=layer.unit, total_demand=layer.total
    )


def values(variant: Variant) -> Iterable[pb.SweptValue]:
    """What a sweep sets: numbers as short as they are exact."""
    return (
        pb.SweptValue(key=key, value=f"{value:.15g}" if isinstance(value, float) else str(value))
        for key, value in variant.values
    )


def before(
    found: Evaluation, detail: pb.CoverageDetail, compare_with: Evaluation | None = None
) -> pb.CoverageEvaluation:
    """Figures and, if asked for, cells."""
    coverage = found.coverage
    both = None if compare_with is None else compared(compare_with.coverage, coverage)
    return pb.CoverageEvaluation(
        moment=str(found.moment),
        service=enums.SERVICE.write(found.service),
        unit_count=int(coverage.stands.crews.sum()),
        figures=figures(coverage.figures),
        cells=cells(coverage) if detail.cells else None,
        versions=versions(found.versions),
        fleet_unit_count=int(found.stands.crews.sum()),
        fleet_provider_count=len(set(found.stands.provider.tolist())),
        later_minutes=None if both is None else both.later_minutes,
        provider_count=len(set(coverage.stands.provider.tolist())),
        demand_display_name=coverage.demand.layer.name,
        demand_unit=coverage.demand.layer.unit,
    )


def evaluation(
    found: Evaluation, detail: pb.CoverageDetail, region: str, compare_with: Evaluation | None = None
) -> pb.CoverageEvaluation:
    """The same with gaps and providers."""
    message = before(found, detail, compare_with)
    shown = detail.gap_count if detail.HasField("gap_count") else GAPS
    if shown:
        message.gaps.extend(_gap(each, region) for each in gaps(found.coverage, shown))
    if detail.provider_count:
        listed = ToldWorth.listed(found.coverage, provider_worth(found.coverage), detail.provider_count)
        message.providers.extend(
            pb.ProviderWorth(
                provider=provider_name(region, each.provider),
                unit_count=each.crews,
                first_demand=each.first,
                lost_demand=each.lost,
                slower_minutes=each.slower_minutes,
                unreached_demand=each.stranded,
                never_first_reason=None if each.never_first is None else enums.NEVER_FIRST.write(each.never_first),
            )
            for each in listed
        )
    return message


def versions(found: Versions) -> pb.CoverageVersions:
    return pb.CoverageVersions(**asdict(found), digest=found.digest)


def figures(found: CoverageFigures) -> pb.CoverageFigures:
    """Exact: nothing is rounded."""
    return pb.CoverageFigures(
        demand=found.demand,
        covered_demand=found.covered,
        covered_twice_demand=found.covered_twice,
        covered_thrice_demand=found.covered_thrice,
        unreached_demand=found.unreached,
        covered_share=found.share,
        covered_twice_share=found.share_twice,
        covered_thrice_share=found.share_thrice,
        mean_minutes=found.mean_minutes,
        median_minutes=found.median_minutes,
        p90_minutes=found.p90_minutes,
        longest_minutes=found.longest_minutes,
        classes=[
            pb.ClassCoverage(
                promise_class=enums.PROMISE_CLASS.write(kind),
                promise_minutes=each.promise_minutes,
                demand=each.demand,
                covered_demand=each.covered,
                covered_share=each.share,
            )
            for kind, each in found.classes.items()
        ],
    )


def calls(found: Mapping[Service, float]) -> Iterable[pb.ServiceCalls]:
    """Calls a day of each service."""
    return (pb.ServiceCalls(service=enums.SERVICE.write(each), calls_per_day=count) for each, count in found.items())


def expected(found: ToldExpected) -> pb.ExpectedCoverage:
    """Exact: nothing is rounded."""
    return pb.ExpectedCoverage(
        calls_per_hour=found.calls_per_hour,
        covered_share=found.share,
        plus_minus_share=found.plus_minus,
        mean_minutes=found.mean_minutes,
        nobody_free_share=found.nobody_free,
        busy_share=found.mean_busy,
        day_count=found.days,
        overloaded=found.overloaded,
    )


def cells(coverage: Coverage) -> pb.CoverageCells:
    table = coverage.cells
    return pb.CoverageCells(
        cells=[h3.int_to_str(cell) for cell in table.cell.tolist()],
        arrivals_ms=np.ascontiguousarray(table.arrival_ms, "<i4").tobytes(),
        rank_count=RANKS,
        road_share=table.road_share,
        demand=table.demand,
        covered_demand=table.covered,
    )


def _gap(gap: Gap, region: str) -> pb.CoverageGap:
    return pb.CoverageGap(
        cell=gap.cell,
        lon=gap.lon,
        lat=gap.lat,
        road=gap.road,
        demand=gap.demand,
        uncovered_demand=gap.uncovered,
        arrival_minutes=gap.arrival_minutes,
        nearest_provider=provider_name(region, gap.nearest_provider) if gap.nearest_provider else "",
    )
