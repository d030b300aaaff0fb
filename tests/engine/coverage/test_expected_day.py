"""Expected coverage against the project's simulated day: same fleet, demand, drives; who is nearest and free goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.coverage.expected import expected_coverage
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.policy import Policy
from graphs.bundled import load_coquimbo, load_coquimbo_population

from .steady import Steady, figures_of

SEEDS = range(1, 5)


@pytest.fixture(scope="module")
def steady() -> Steady:
    usual = Policy.default()
    tight = replace(usual.promise, urban_minutes=12.0, highway_minutes=25.0, other_minutes=20.0)
    people = load_coquimbo_population()
    policy = replace(usual, promise=tight)
    planner = Planner(load_coquimbo(), DemandLayer.of_cells(people), policy, highway_share=0.12)
    return Steady.of(planner, people, units=16, per_hour=11.0, hours=16.0)


@pytest.mark.parametrize("returning", [False, True], ids=["stay", "return"])
def test_shares_are_those_of_simulated_days(steady: Steady, returning: bool):
    """Kept, busy, minutes and waits within the 95 % interval of four days, when crews stay and when they return.

    And on the very same days, where only the traffic differs: busy within a hundredth, waits within two; minutes within
    a twelfth: waits add up, and few days are unlike each other.
    """
    found = expected_coverage(
        steady.streams, policy=steady.planner.policy, after_work="return" if returning else "stay", precision=0.01
    )
    days, more = steady.simulated(SEEDS, returning=returning)
    said = f"seeds {SEEDS}: {days}, same days {more}; {found.figures}"
    for day, value in zip(days[:3], figures_of(found), strict=False):
        assert abs(value - day.mean) <= day.plus_minus, said
    assert abs(found.figures.nobody_free - days[3].mean) <= days[3].plus_minus + 0.02, said
    assert 0.2 < found.mean_busy < 0.6
    kept, busy, minutes, later = more
    assert abs(kept.mean) <= max(kept.plus_minus, 0.02), said
    assert abs(busy.mean) <= 0.01, said
    assert abs(minutes.mean) <= max(minutes.plus_minus, 0.08 * days[2].mean), said
    assert abs(later.mean) <= 0.02, said
