"""`towline simulate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import Result

from engine.simulate import comparing
from tests.cli.conftest import widest

SMALL = ("--incidents", "60", "--units", "8")


def test_days_side_by_side(towline: Callable[..., Result]) -> None:
    """Within 80 columns: every strategy with its figures, and its differences from the baseline with intervals."""
    result = towline("simulate", *SMALL, "--seeds", "2")
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    for words in ("60 calls, 8 units, 2 days", "nearest-line", "nearest-call", "immediate", "reoptimise"):
        assert words in result.stdout
    for words in ("Promises kept", "Less nearest-eta", "±", "Broken, share of its", "seeds 1 to 2"):
        assert words in result.stdout


def test_one_is_not_told_as_several(towline: Callable[..., Result]) -> None:
    """One unit, one day."""
    asked = ("--incidents", "2", "--units", "1", "--seeds", "1", "--strategy", "nearest-eta")
    assert "2 calls, 1 unit, 1 day\n" in towline("simulate", *asked).stdout


def test_the_same_seeds_give_the_same_document(towline_json: Callable[..., Any]) -> None:
    """Two runs differ in nothing but the time that decisions took; every day keeps all its calls."""
    asked = ("simulate", *SMALL, "--seeds", "2", "--seed", "5", "--strategy", "reoptimise")
    one, other = towline_json(*asked), towline_json(*asked)
    for found in (one, other):
        for each in found["strategies"]:
            assert each.pop("decision_s")["median"] >= 0
    assert one == other
    assert one["seeds"] == [5, 6]
    assert [each["strategy"] for each in one["strategies"]] == ["nearest-eta", "reoptimise"]
    assert one["strategies"][0]["less_baseline"]["cost_min"] == {"mean": 0.0, "plus_minus": 0.0}
    assert one["strategies"][1]["figures"]["deferment_breaches"]["mean"] == 0
    for day in one["strategies"][1]["days"]:
        assert day["promises_kept"] + day["promises_broken"] <= 60


def test_mistakes_are_named(towline: Callable[..., Result]) -> None:
    """An unknown strategy lists the known ones, a day without units says so."""
    result = towline("simulate", "--strategy", "psychic")
    assert result.exit_code == 2
    assert "nearest-eta" in result.stderr
    result = towline("simulate", "--units", "0")
    assert result.exit_code == 2
    assert "units must be at least 1" in result.stderr


def test_ctrl_c_keeps_the_finished_days(towline: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in the second day: the first one's table, a note, exit code 130."""
    whole = comparing.simulate_day

    def second_is_stopped(dispatcher: Any, day: Any, *others: Any, **options: Any) -> Any:
        if day.seed == 2:
            raise KeyboardInterrupt
        return whole(dispatcher, day, *others, **options)

    monkeypatch.setattr(comparing, "simulate_day", second_is_stopped)
    result = towline("simulate", *SMALL, "--seeds", "3", "--strategy", "nearest-line")
    assert result.exit_code == 130
    assert "60 calls, 8 units, 1 day" in result.stdout
    assert "stopped after 1 of 3 days" in result.stderr
