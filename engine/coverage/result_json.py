"""A result as a document: the same for the same versions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.coverage.coverage import CoverageFigures
from engine.coverage.evaluation import Evaluation, Result
from engine.coverage.gaps import gaps
from engine.coverage.worth import provider_worth


def result_json(result: Result, *, gaps_shown: int = 20, providers_shown: int = 0) -> dict[str, Any]:
    """Figures of every moment and service, the largest gaps, and whose leaving costs most."""
    return {
        "title": result.title,
        "evaluations": [evaluation_json(each, gaps_shown, providers_shown) for each in result.evaluations],
    }


def evaluation_json(evaluation: Evaluation, gaps_shown: int, providers_shown: int) -> dict[str, Any]:
    """One service at one moment."""
    coverage = evaluation.coverage
    found: dict[str, Any] = {
        "moment": str(evaluation.moment),
        "service": evaluation.service.value,
        "demand_unit": coverage.demand.layer.unit,
        "units": int(coverage.stands.crews.sum()),
        "figures": figures_json(coverage.figures),
        "versions": asdict(evaluation.versions),
    }
    if gaps_shown:
        found["gaps"] = [asdict(gap) for gap in gaps(coverage, gaps_shown)]
    if providers_shown:
        worth = provider_worth(coverage)
        rows = worth.ranked()[:providers_shown].tolist()
        found["providers"] = [
            {
                "provider": worth.ids[row],
                "units": int(worth.crews[row]),
                "first_for": round(float(worth.first[row]), 3),
                "lost_without": round(float(worth.lost[row]), 3),
                "slower_minutes_without": round(float(worth.slower_minutes[row]), 3),
            }
            for row in rows
        ]
    return found


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
