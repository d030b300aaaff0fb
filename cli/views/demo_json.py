"""The demonstration as one JSON document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.demo import ScarceAnswer, StandardAnswer
from engine.tables.plan_json import plan_json, plan_summary, recommendation_json, time_json
from graphs.region import Region


def demo_json(
    region: Region, standard: StandardAnswer, scarce: ScarceAnswer, *, seed: int, map: Path
) -> dict[str, Any]:
    """Both cases; durations in seconds (``_s``), of this run on this machine."""
    zone = region.timezone
    return {
        "region": region.name,
        "seed": seed,
        "credits": list(region.metadata.credits),
        "licence": region.metadata.licence,
        "map": str(map),
        "standard": {
            "now": time_json(standard.now, zone),
            "providers": len(standard.fleet.providers),
            "units": len(standard.fleet.units),
            "prepare_s": standard.prepare.total_seconds(),
            "recommend_median_s": standard.recommend.total_seconds(),
            "optimise_s": standard.optimise.total_seconds(),
            "recommendation": recommendation_json(standard.recommendation, zone),
            "summary": plan_summary(standard.plan),
            "proven_optimal": standard.plan.gap == 0,
            "gap_min": standard.plan.gap / 1000,
        },
        "scarce": {
            "units": len(scarce.case.fleet.units),
            "nearest": plan_json(scarce.nearest, scarce.case.incidents, scarce.case.fleet, zone, judged=True),
            "towline": plan_json(scarce.towline, scarce.case.incidents, scarce.case.fleet, zone),
        },
    }
