"""A result as a document: the same for the same versions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.coverage.coverage import CoverageFigures
from engine.coverage.evaluation import Result
from engine.coverage.gaps import Gap
from engine.coverage.told import ToldEvaluation, ToldResult


def result_json(result: Result, *, gaps_shown: int = 20, providers_shown: int = 0) -> dict[str, Any]:
    """Figures of every moment and service, the largest gaps, and whose leaving costs most."""
    return told_json(ToldResult.of(result, gaps_shown, providers_shown), gaps_shown, providers_shown)


def told_json(result: ToldResult, gaps_shown: int, providers_shown: int) -> dict[str, Any]:
    """The same of a result that was told with so many gaps and providers."""
    return {
        "title": result.title,
        "result": result.digest,
        "evaluations": [evaluation_json(each, gaps_shown, providers_shown) for each in result.evaluations],
    }


def evaluation_json(evaluation: ToldEvaluation, gaps_shown: int, providers_shown: int) -> dict[str, Any]:
    """One service at one moment."""
    found: dict[str, Any] = {
        "moment": evaluation.moment,
        "service": evaluation.service.value,
        "demand_unit": evaluation.demand_unit,
        "units": evaluation.units,
        "traffic": evaluation.traffic,
        "providers_offering": evaluation.providers,
        "fleet_units": evaluation.fleet_units,
        "fleet_providers": evaluation.fleet_providers,
        "figures": figures_json(evaluation.figures),
        "versions": asdict(evaluation.versions),
    }
    if gaps_shown:
        found["gaps"] = [_gap_json(gap) for gap in evaluation.gaps]
    if providers_shown:
        found["providers"] = [
            {
                "provider": each.provider,
                "units": each.crews,
                "first_for": round(each.first, 3),
                "lost_without": round(each.lost, 3),
                "unreached_without": round(each.stranded, 3),
                "slower_minutes_without": round(each.slower_minutes, 3),
                "never_first": None if each.never_first is None else each.never_first.value,
            }
            for each in evaluation.worth
        ]
    return found


def _gap_json(gap: Gap) -> dict[str, Any]:
    minutes = gap.arrival_minutes
    return asdict(gap) | {
        "lon": round(gap.lon, 6),
        "lat": round(gap.lat, 6),
        "demand": round(gap.demand, 3),
        "uncovered": round(gap.uncovered, 3),
        "arrival_minutes": None if minutes is None else round(minutes, 3),
    }


def figures_json(figures: CoverageFigures) -> dict[str, Any]:
    """Demand and minutes to three decimals, shares to six."""
    minutes = ("mean_minutes", "median_minutes", "p90_minutes", "longest_minutes")
    demand = ("demand", "covered", "covered_twice", "covered_thrice", "unreached")
    return {
        **{name: round(getattr(figures, name), 3) for name in demand},
        **{name: round(getattr(figures, name), 6) for name in ("share", "share_twice", "share_thrice")},
        **{name: None if (value := getattr(figures, name)) is None else round(value, 3) for name in minutes},
        "classes": {
            kind.value: {
                "promise_minutes": each.promise_minutes,
                "demand": round(each.demand, 3),
                "covered": round(each.covered, 3),
                "share": round(each.share, 6),
            }
            for kind, each in figures.classes.items()
        },
    }
