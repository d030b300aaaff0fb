"""`towline solve`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.engine.vroom.problems import document, job, vehicle

Run = Callable[..., Result]
GOOD = document(jobs=[job(1, 1), job(2, 2)], vehicles=[vehicle(7)])


def written(tmp_path: Path, value: Any) -> Path:
    path = tmp_path / "problem.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def test_an_answer_on_stdout_or_in_a_file(towline: Run, tmp_path: Path) -> None:
    """The same document, but for how long it took; nothing else on stdout."""
    path = written(tmp_path, GOOD)
    result = towline("solve", path, "--seconds", "1")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["code"], found["summary"]["cost"], found["summary"]["routes"]) == (0, 200, 1)
    out = tmp_path / "answer.json"
    assert towline("solve", path, "--seconds", "1", "--out", out).exit_code == 0
    answer = json.loads(out.read_text())
    assert answer["routes"] == found["routes"]
    assert set(answer["summary"]["computing_times"]) == {"loading", "solving"}


def test_stdin_and_plan_mode(tmp_path: Path) -> None:
    """`-` reads standard input; broken limits of plan mode and unassigned tasks give exit code 4."""
    steps = [{"type": "job", "id": 2}, {"type": "job", "id": 1}]
    value = GOOD | {"vehicles": [vehicle(7, time_window=[0, 250], steps=steps)]}
    result = CliRunner().invoke(app, ["solve", "-", "--plan-mode"], input=json.dumps(value))
    assert result.exit_code == 4, result.output
    assert json.loads(result.stdout)["summary"]["violations"] == [{"cause": "delay", "duration": 50}]
    left = GOOD | {"vehicles": [vehicle(7, max_tasks=1)]}
    result = CliRunner().invoke(app, ["solve", str(written(tmp_path, left)), "--seconds", "1"])
    assert result.exit_code == 4
    assert json.loads(result.stdout)["summary"]["unassigned"] == 1


def test_places_without_matrices_are_driven_on_the_region(towline: Run, tmp_path: Path) -> None:
    """Coordinates come back; a place on no road is a routing error."""
    here, there = [-71.2519, -29.9027], [-71.3436, -29.9533]
    value = {"jobs": [{"id": 1, "location": there}], "vehicles": [{"id": 1, "start": here}]}
    found = json.loads(towline("solve", written(tmp_path, value), "--seconds", "1").stdout)
    assert found["routes"][0]["steps"][1]["location"] == there
    assert 300 < found["summary"]["duration"] < 3000
    result = towline("solve", written(tmp_path, value | {"jobs": [{"id": 1, "location": [0, 0]}]}))
    assert (result.exit_code, json.loads(result.stdout)["code"]) == (2, 3)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("{", "is no JSON"),
        ({"jobs": []}, "vehicles is missing"),
        (GOOD | {"jobs": [job(1, 1, service=-5)]}, "jobs[0].service is -5"),
        (GOOD | {"jobs": [{}] * 50_000}, "50,000 tasks are more than"),
    ],
)
def test_bad_problems(towline: Run, tmp_path: Path, value: Any, words: str) -> None:
    """Exit code 2, one red line, and the format's own error document."""
    result = towline("solve", written(tmp_path, value))
    assert result.exit_code == 2
    assert words in result.stderr
    found = json.loads(result.stdout)
    assert found["code"] == 2
    assert words in found["error"]


def test_bad_options(towline: Run, tmp_path: Path) -> None:
    """An unknown format, absurd seconds, an output over the input."""
    path = written(tmp_path, GOOD)
    for wrong in (("--format", "excel"), ("--seconds", "-1"), ("--out", path), ("--out", tmp_path / "no" / "a.json")):
        result = towline("solve", path, *wrong)
        assert result.exit_code == 2, wrong
        assert result.stderr.startswith("error: "), wrong
