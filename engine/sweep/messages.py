"""Rows of the contract's messages about scenarios compared, wherever the scenarios were evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from google.rpc.error_details_pb2 import ErrorInfo

from engine.coverage.coverage import ClassFigures, CoverageFigures
from engine.coverage.evaluation import Versions
from engine.decision import PromiseClass
from engine.model import Service
from engine.sweep.result import SweepProblem, SweepRow
from engine.wire_words import word

_MINUTES = ("mean_minutes", "median_minutes", "p90_minutes", "longest_minutes")


def rows_of(
    comparisons: Iterable[Any], said: Callable[[int, str], str] = lambda _, text: text
) -> tuple[list[SweepRow], list[SweepRow]]:
    """(under the scenarios, as it is), as a sweep in one process tells them.

    ``said``: how to say why a variant has no figures, by its scenario's index and the message.
    """
    rows: list[SweepRow] = []
    usual: dict[str, Any] = {}
    numbers: dict[int, int] = {}
    for each in comparisons:
        number = numbers[each.scenario_index] = numbers.get(each.scenario_index, -1) + 1
        values = tuple((value.key, _value(value.key, value.value)) for value in each.values)
        if each.HasField("error"):
            found = _problem(each.error)
            found = replace(found, message=said(each.scenario_index, found.message))
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
        classes={
            PromiseClass(word("PromiseClass", each.promise_class)): ClassFigures(
                each.promise_minutes, each.demand, each.covered_demand
            )
            for each in message.classes
        },
    )


def _problem(error: Any) -> SweepProblem:
    """Why a variant could not be evaluated, of its google.rpc.Status."""
    info = ErrorInfo()
    any(detail.Unpack(info) for detail in error.details)
    return SweepProblem(info.reason, error.message, dict(info.metadata))


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
            Service(word("Service", each.service)),
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
