"""`towline reassign` where units get several incidents in order."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.cli.conftest import NOW, widest

Run = Callable[..., Result]


@pytest.fixture
def storm(scarce: Path, tmp_path: Path) -> list[str]:
    """45 incidents for 15 units."""
    units = tmp_path / "few.csv"
    units.write_text("".join((scarce / "scarce-units.csv").read_text().splitlines(keepends=True)[:16]))
    return ["--incidents", str(scarce / "scarce-incidents.csv"), "--units", str(units), "--now", NOW]


def test_the_screen_shows_stops_and_why(towline: Run, storm: list[str]) -> None:
    """Within 80 columns: the place in each unit's tour, why there are tours, and the gap."""
    result = towline("reassign", *storm, "--seconds", "0.5")
    assert widest(result.stdout) <= 80
    assert " Stop " in result.stdout
    assert " 2/3 " in result.stdout
    assert "Solved so because  30 incidents would have no unit with one each" in result.stdout
    assert "above the optimum" in result.stdout or "proven optimal" in result.stdout
    chinese = towline("reassign", *storm, "--seconds", "0.5", "--lang", "zh")
    assert "若每车只承担一项" in chinese.stdout


def test_rows_and_documents_have_positions(towline: Run, storm: list[str], tmp_path: Path) -> None:
    """Each unit's positions count from 1, arrivals rise along them, and what comes before is named; so on the map."""
    out, page = tmp_path / "plan.csv", tmp_path / "plan.html"
    result = towline("reassign", *storm, "--seconds", "0.5", "--json", "--out", out, "--map", page)
    found = json.loads(result.stdout)
    assert found["why"]["code"] == "tours"
    tours: dict[str, list[dict[str, Any]]] = {}
    for row in found["incidents"]:
        if row["status"] == "assigned":
            tours.setdefault(row["unit_id"], []).append(row)
    assert max(len(tour) for tour in tours.values()) > 1
    for tour in tours.values():
        tour.sort(key=lambda row: row["position"])
        assert [row["position"] for row in tour] == list(range(1, len(tour) + 1))
        assert [row["after_incident_id"] for row in tour] == [None, *(row["incident_id"] for row in tour[:-1])]
        assert [row["arrives_at"] for row in tour] == sorted(row["arrives_at"] for row in tour)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["incident_id"]: row["position"] for row in rows} == {
        row["incident_id"]: str(row["position"] or "") for row in found["incidents"]
    }
    assert "Stop" in page.read_text("utf-8")


def test_one_each_leaves_the_rest(towline_json: Callable[..., Any], storm: list[str]) -> None:
    """Asked for one incident a unit, no unit gets two."""
    found = towline_json("reassign", *storm, "--tours", "one-each", exit_code=4)
    assert {row["position"] for row in found["incidents"]} == {None, 1}
    assert found["why"]["message"] == "at most one incident a unit was asked for"


@pytest.mark.parametrize("wrong", [("--tours", "many"), ("--seconds", "0"), ("--seconds", "nan"), ("--seconds", "1e9")])
def test_wrong_options_are_named(towline: Run, storm: list[str], wrong: tuple[str, str]) -> None:
    """Exit code 2 and the option's name."""
    result = towline("reassign", *storm, *wrong)
    assert result.exit_code == 2
    assert wrong[0] in result.stderr


def test_ctrl_c_ends_the_search_at_once(storm: list[str]) -> None:
    """A search of ten minutes is over long before, with exit code 130 and nothing on stdout."""
    command = [sys.executable, "-m", "cli", "reassign", *storm, "--seconds", "600"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        time.sleep(6)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, out) == (130, "")
    assert "stopped" in err
