"""The scarce hour does what it is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.baseline import nearest_in_order
from engine.dispatch import Dispatcher
from engine.generate import scarce_hour
from engine.model import UnitStatus
from engine.tables.plan_json import plan_summary
from graphs.bundled import load_coquimbo_population
from graphs.region import Region


def stated(who: str) -> list[int]:
    """Broken promises by seed, as docs/cli.md states them."""
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text("utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| {who} |"))
    return [int(cell) for cell in row.split("|")[2:-1]]


@pytest.mark.parametrize("seed", range(1, 11))
def test_the_nearest_in_order_of_call_breaks_a_fifth(coquimbo: Region, seed: int) -> None:
    """On each of ten seeds the clerk breaks at least a fifth and Towline fewer, exactly as docs/cli.md states."""
    case = scarce_hour(coquimbo, load_coquimbo_population(), seed=seed)
    assert len(case.fleet.units) == 60
    assert len(case.incidents) == 45
    assert sum(unit.status is UnitStatus.BUSY for unit in case.fleet.units) > 30, f"seed {seed}"
    dispatcher = Dispatcher(coquimbo)
    state = dispatcher.prepare(case.fleet)
    clerk = nearest_in_order(dispatcher, case.incidents, state, case.now)
    plan = dispatcher.optimize(case.incidents, state, case.now)
    broken = [plan_summary(one)["promises_broken"] + plan_summary(one)["unserved"] for one in (clerk, plan)]
    assert broken[0] >= 9, f"seed {seed}"
    assert broken == [stated("nearest in order of call")[seed - 1], stated("Towline")[seed - 1]], f"seed {seed}"
    assert broken[1] < broken[0], f"seed {seed}"
    assert plan.cost.total < clerk.cost.total, f"seed {seed}"
    assert plan.gap == 0, f"seed {seed}"
