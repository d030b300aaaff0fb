"""A comparison as a document: the same for the same seeds, but for the times that decisions took."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.dispatch import Dispatcher
from engine.simulate.comparing import Comparison
from engine.simulate.measures import (
    CONFIDENCE,
    MEASURES,
    Estimate,
    broken_ratio,
    decision_seconds,
    differences,
    estimate,
    measures_of,
)
from engine.simulate.options import DayOptions


def comparison_json(found: Comparison, baseline: str, options: DayOptions, dispatcher: Dispatcher) -> dict[str, Any]:
    """Figures, intervals and differences by strategy; waits in minutes, costs in minutes a call."""
    against = found.days.get(baseline, [])
    strategies = []
    for name in found.strategies if found.seeds else ():
        days = found.days[name]
        median, worst = decision_seconds(days)
        ratio = broken_ratio(days, against)
        strategies.append(
            {
                "strategy": name,
                "figures": _by_name(estimate(days)),
                "less_baseline": _by_name(differences(days, against)),
                "broken_to_baseline": None if ratio is None else _rounded(ratio),
                "decision_s": {"median": median, "p99": worst},
                "days": [{"seed": day.seed, **_plain(measures_of(day))} for day in days],
            }
        )
    return {
        "region": dispatcher.region.metadata.name,
        "region_version": dispatcher.region.metadata.version,
        "policy_version": dispatcher.policy.version,
        "options": {**asdict(options), "date": options.date.isoformat()},
        "seeds": list(found.seeds),
        "confidence": CONFIDENCE,
        "baseline": baseline,
        "strategies": strategies,
    }


def _by_name(figures: dict[str, Estimate]) -> dict[str, dict[str, float]]:
    return {measure.name: _rounded(figures[measure.name]) for measure in MEASURES}


def _rounded(figure: Estimate) -> dict[str, float]:
    return {"mean": round(figure.mean, 6), "plus_minus": round(figure.plus_minus, 6)}


def _plain(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in figures.items()}
