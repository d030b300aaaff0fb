"""`towline check`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.cli.conftest import NOW, widest

Run = Callable[..., Result]


@pytest.fixture
def few(scarce: Path, tmp_path: Path) -> list[str]:
    """Six incidents, four units."""
    for name, rows in (("incidents", 7), ("units", 5)):
        lines = (scarce / f"scarce-{name}.csv").read_text().splitlines(keepends=True)[:rows]
        (tmp_path / f"{name}.csv").write_text("".join(lines))
    tables = ["--incidents", str(tmp_path / "incidents.csv"), "--units", str(tmp_path / "units.csv")]
    return [*tables, "--now", NOW, "--seconds", "0.5"]


def written(tmp_path: Path, *rows: str, header: str = "incident,unit,position") -> Path:
    path = tmp_path / "plan.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_the_screen_says_what_is_wrong_beside_other_plans(towline: Run, few: list[str], tmp_path: Path) -> None:
    """Within 80 columns: stops, rules and promises broken, three plans' figures; exit code 4."""
    plan = written(tmp_path, "I0001,P0001-01,2", "I0002,P0001-01,1", "I0003,ghost,1", "I0001,P0002-01,1")
    result = towline("check", *few, "--plan", plan)
    assert result.exit_code == 4, result.output
    assert widest(result.stdout) <= 80
    for words in ("Rules broken", "ghost", "is planned already", "This plan", "Towline", "Nearest in order"):
        assert words in result.stdout
    assert "Cost in minutes" in result.stdout
    assert "rules are broken in" in result.stdout


def test_a_plan_of_reassign_passes(
    towline: Run, towline_json: Callable[..., Any], few: list[str], tmp_path: Path
) -> None:
    """What `reassign --out` writes is a plan to check: it keeps every rule and costs what Towline's own does."""
    out = tmp_path / "own.csv"
    assert towline("reassign", *few, "--out", out).exit_code == 0
    found = towline_json("check", *few, "--plan", out)
    assert found["keeps_rules"] is True
    assert {each["severity"] for each in found["violations"]} <= {"promise", "note"}
    assert found["plan"]["cost_min"] == found["towline"]["cost_min"]
    assert found["plan"]["gap_min"] is None
    assert found["nearest"]["cost_min"]["total"] >= found["plan"]["cost_min"]["total"]


def test_the_document(towline_json: Callable[..., Any], few: list[str], tmp_path: Path) -> None:
    """Codes, amounts and messages of every violation, in the language asked for; alone there is nothing beside it."""
    plan = written(
        tmp_path,
        "I0001,P0001-01,2026-03-03T18:30:00-03:00",
        *(f"I000{k},P0001-01," for k in range(2, 7)),
        header="incident,unit,arrives_at",
    )
    found = towline_json("check", *few, "--plan", plan, "--alone", "--lang", "zh", exit_code=4)
    codes = {each["code"]: each for each in found["violations"]}
    assert {"too_early", "too_many_jobs", "promise_broken"} <= set(codes)
    assert codes["too_early"]["over_s"] > 60
    assert codes["too_many_jobs"]["count"] == 1
    assert "多1项" in codes["too_many_jobs"]["message"]
    assert (found["towline"], found["nearest"]) == (None, None)
    positions = [row["position"] for row in found["plan"]["incidents"]]
    assert positions == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("I0001,P0001-01,1", "I0002,P0001-01,1"), "row 3 position '1': is also that of row 2 of the unit"),
        (("I0001,P0001-01,1", "I0002,P0001-01,"), "row 3 position: is empty, but other rows of the unit have one"),
        (("I0001,P0001-01,first",), "row 2 position 'first': is not a number"),
        ((",P0001-01,1",), "row 2 incident: is empty"),
        (("I0001,P0001-01,0.5",), "row 2 position '0.5'"),
    ],
)
def test_wrong_rows_are_named(towline: Run, few: list[str], tmp_path: Path, rows: tuple[str, ...], words: str) -> None:
    """Exit code 2 and the place in the table."""
    result = towline("check", *few, "--plan", written(tmp_path, *rows))
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_table_without_the_columns_is_refused(towline: Run, few: list[str], tmp_path: Path) -> None:
    """It says which are needed."""
    result = towline("check", *few, "--plan", written(tmp_path, "1,2", header="job,vehicle"))
    assert result.exit_code == 2
    assert "lacks the columns incident, unit" in result.stderr
