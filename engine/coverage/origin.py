"""Where the figures of a page come from: whose data is drawn, and the versions it was made from."""

from __future__ import annotations

from engine.coverage.planner import Planner
from engine.scenario.check import CheckedScenario
from graphs.region import Region


def credits_of(region: Region, *made_from: str) -> tuple[str, ...]:
    """Whose data is drawn, under which licence, and what the page was made from."""
    return tuple(filter(None, (*region.metadata.credits, region.metadata.licence, *made_from)))


def origin_of(planner: Planner, known: CheckedScenario, fleet: str) -> dict[str, str]:
    """Versions of an answer that no single evaluation gives; ``fleet`` is the digest of the stands it is about.

    As `Result.origin`, without the digest of a result.
    """
    return {
        "scenario": known.version,
        "region": planner.region.metadata.version,
        "policy": known.policy.version,
        "fleet": fleet,
        "demand": planner.demand_of(known).digest,
        "traffic": planner.traffic,
    }
