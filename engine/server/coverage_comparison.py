"""All of a comparison's scenarios together: rows of its messages, and the page that ranks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from towline.v1 import coverage_service_pb2 as pb

from engine.coverage.coverage import ClassFigures, CoverageFigures
from engine.coverage.evaluation import Versions
from engine.coverage.origin import credits_of
from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.server import enums
from engine.server.coverage_files import page_file
from engine.sweep import SweepProblem, SweepRow
from engine.sweep.page import comparison_page
from engine.sweep.ranking import ranked
from engine.sweep.result import comparison_digest

#: Why a variant has no figures: of its scenario's index and its error.
Problem = Callable[[int, Status], SweepProblem]


def comparison_file(whole: pb.CompareCoverageResponse, planner: Planner, stands: Stands, language: str) -> Any:
    """The page of all variants that have figures, as `towline coverage compare` draws it."""
    region = planner.region
    rows, before = rows_of(whole.comparisons, lambda _, error: _problem(error))
    page = comparison_page(
        ranked(rows, before),
        region.metadata.title,
        planner.demand.layer.unit,
        stands=stands,
        network=region.network,
        credits=credits_of(region),
        traffic=planner.traffic,
        before=before,
        result=comparison_digest(rows, before),
        told_minutes=stands.told_ms / 60_000,
        language=language,
    )
    return page_file(page)


def rows_of(comparisons: Iterable[Any], problem: Problem) -> tuple[list[SweepRow], list[SweepRow]]:
    """(under the scenarios, as it is), as a sweep in one process tells them."""
    rows: list[SweepRow] = []
    usual: dict[str, Any] = {}
    numbers: dict[int, int] = {}
    for each in comparisons:
        number = numbers[each.scenario_index] = numbers.get(each.scenario_index, -1) + 1
        values = tuple((value.key, _value(value.key, value.value)) for value in each.values)
        if each.HasField("error"):
            found = problem(each.scenario_index, each.error)
            rows.append(SweepRow(number, each.title, values, problem=found))
        rows += _rows(number, each.title, values, each.after, each.after_digest)
        if each.before:
            usual.setdefault(each.before[0].versions.scenario, each)
    before: list[SweepRow] = []
    for number, each in enumerate(usual.values()):
        before += _rows(number, "As it is", (), each.before, each.before_digest)
    return rows, before


def figures_of(message: Any) -> CoverageFigures:
    return CoverageFigures(
        demand=message.demand,
        covered=message.covered_demand,
        covered_twice=message.covered_twice_demand,
        covered_thrice=message.covered_thrice_demand,
        unreached=message.unreached_demand,
        **{name: getattr(message, name) if message.HasField(name) else None for name in _MINUTES},
        classes={  # ty: ignore[invalid-argument-type]
            enums.PROMISE_CLASS.read(each.promise_class): ClassFigures(
                each.promise_minutes, each.demand, each.covered_demand
            )
            for each in message.classes
        },
    )


def _problem(error: Status) -> SweepProblem:
    info = ErrorInfo()
    any(detail.Unpack(info) for detail in error.details)
    return SweepProblem(info.reason, error.message)


_MINUTES = ("mean_minutes", "median_minutes", "p90_minutes", "longest_minutes")


def versions_of(message: Any) -> Versions:
    return Versions(**{name: getattr(message, name) for name in Versions.__slots__})


def _rows(
    number: int, title: str, values: tuple[tuple[str, Any], ...], evaluations: Iterable[Any], digest: str
) -> list[SweepRow]:
    return [
        SweepRow(
            number,
            title,
            values,
            each.moment,
            enums.SERVICE.read(each.service),  # ty: ignore[invalid-argument-type]
            figures_of(each.figures),
            versions_of(each.versions),
            result=digest,
        )
        for each in evaluations
    ]


def _value(key: str, text: str) -> Any:
    """What a sweep set: numbers again, but for ids that look like some."""
    if key == "remove":
        return text
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
