"""How good a plan is said to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cli.views.plan import quality
from engine.decision import CostParts, Plan, ReasonCode
from engine.texts import reason

PLAN = Plan(datetime(2026, 3, 3, tzinfo=UTC), (), (), CostParts(waiting=100_000), 0, "flow", "policy", "region")


def test_what_is_proven_of_one_each_is_not_said_of_all_plans() -> None:
    """Optimal, or so much above, among plans of one incident a unit; of tours among all."""
    each, tours = replace(PLAN, why=reason(ReasonCode.ONE_EACH)), replace(PLAN, why=reason("tours.asked", most=5))
    assert quality(each) == "proven optimal with one each (flow)"
    assert quality(replace(each, gap=5_000)) == "at most 5.0 minutes above the optimum with one each, 5.0% (flow)"
    assert quality(tours) == "proven optimal (flow)"
    assert quality(replace(tours, gap=100_000)) == "nothing is proven about it (flow)"
