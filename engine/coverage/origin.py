"""Where the figures of a page come from: whose data is drawn, and versions that no single evaluation gives."""

from __future__ import annotations

from collections.abc import Sequence

from engine.coverage.digest import digest_of
from engine.coverage.evaluation import Versions
from engine.coverage.planner import Planner
from engine.scenario.check import CheckedScenario
from graphs.region import Region


def credits_of(region: Region, *made_from: str) -> tuple[str, ...]:
    """Whose data is drawn, under which licence, and what the page was made from."""
    return tuple(filter(None, (*region.metadata.credits, region.metadata.licence, *made_from)))


def versions_of(planner: Planner, known: CheckedScenario, metrics: Sequence[str], fleet: str) -> Versions:
    """Versions of an answer that no single evaluation gives.

    ``metrics``: of each hour that it is about, as `Planner.metric` names them; of several the digest counts. ``fleet``:
    the digest of the stands it is about.
    """
    return Versions(
        scenario=known.version,
        region=planner.region.metadata.version,
        policy=known.policy.version,
        metric=metrics[0] if len(metrics) == 1 else digest_of(*metrics),
        fleet=fleet,
        demand=planner.demand_of(known).digest,
    )
