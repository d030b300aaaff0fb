"""Expected coverage against the project's simulated day: same fleet, demand, drives; who is nearest and free goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.coverage.expected import expected_coverage
from engine.coverage.expected_roaming import roaming_coverage
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.policy import Policy
from graphs.bundled import load_coquimbo, load_coquimbo_population

from .steady import Steady

SEEDS = range(1, 5)


@pytest.fixture(scope="module")
def steady() -> Steady:
    usual = Policy.default()
    tight = replace(usual.promise, urban_minutes=12.0, highway_minutes=25.0, other_minutes=20.0)
    people = load_coquimbo_population()
    policy = replace(usual, promise=tight)
    planner = Planner(load_coquimbo(), DemandLayer.of_cells(people), policy, highway_share=0.12)
    return Steady.of(planner, people, units=16, per_hour=11.0, hours=16.0)


@pytest.mark.parametrize("returning", [True, False], ids=["return", "stay"])
def test_shares_are_those_of_simulated_days(steady: Steady, returning: bool):
    """Kept, busy, minutes and waits within the 95 % interval of four days, when crews return and when they stay."""
    reckon = expected_coverage if returning else roaming_coverage
    found = reckon(steady.streams, policy=steady.planner.policy)
    kept, busy, minutes, later = steady.simulated(SEEDS, returning=returning)
    said = f"seeds {SEEDS}: kept {kept}, busy {busy}, minutes {minutes}, later {later}; {found.figures}"
    assert abs(found.share - kept.mean) <= kept.plus_minus, said
    assert abs(found.mean_busy - busy.mean) <= busy.plus_minus, said
    assert 0.2 < found.mean_busy < 0.6
    assert found.figures.mean_minutes is not None
    assert abs(found.figures.mean_minutes - minutes.mean) <= minutes.plus_minus, said
    assert abs(found.figures.nobody_free - later.mean) <= later.plus_minus + 0.02, said
