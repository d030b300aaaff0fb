"""The options about several incidents a unit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from engine.tours import solver

LATER = "2026-03-03T19:30:00-03:00"


@pytest.mark.parametrize("command", ["reassign", "check"])
def test_seconds_bound_all_searches_together(
    towline: Callable[..., Result], scarce: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """With most due a plan takes several searches; together they may last as long as was said."""
    units, plan = tmp_path / "few.csv", tmp_path / "plan.csv"
    units.write_text("".join((scarce / "scarce-units.csv").read_text().splitlines(keepends=True)[:16]))
    plan.write_text("incident,unit\nI0001,P0001-01\n")
    budgets: list[float] = []
    real = solver.solve_here

    def counted(instance: Any, budget: Any, seed: int, start: Any) -> Any:
        budgets.append(budget.seconds)
        return real(instance, budget, seed, start)

    monkeypatch.setattr(solver, "solve_here", counted)
    tables = ["--incidents", scarce / "scarce-incidents.csv", "--units", units, "--now", LATER]
    result = towline(command, *tables, "--seconds", "2", *(["--plan", plan] if command == "check" else []))
    assert result.exit_code in (0, 4), result.output
    assert len(budgets) > 1
    assert sum(budgets) <= 2 + 1e-6


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "1e9"])
def test_seconds_that_nobody_can_mean_are_refused_alike(
    towline: Callable[..., Result], case: list[str], seconds: str
) -> None:
    """One sentence, one line, exit code 2."""
    result = towline("reassign", *case, "--seconds", seconds)
    assert result.exit_code == 2
    assert f"error: --seconds {float(seconds):g} must be above 0 and at most 3600" in result.stderr
