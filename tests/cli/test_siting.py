"""`towline coverage site`: tables in, a plan, a map and a scenario out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from engine.coverage.siting_steps import Goal
from tests.cli.conftest import widest

Run = Callable[..., Result]
ASKED = ("coverage", "site", "--told-minutes", "8", "--highway-share", "0.12")
DRIVERS = ("--service", "designated_driver")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "candidates.csv"
    path.write_text(
        "id,lon,lat,contract_cost,crews,services,mobilisation_minutes\n"
        "Norte [red],-71.2519,-29.9027,120,2,designated_driver;towing,5\n"
        "Peñuelas,-71.2813,-29.9450,100,1,,8\n"
        "Tierras Blancas,-71.2333,-29.9420,90,3,designated_driver,4\n"
        "Herradura,-71.3359,-29.9700,70,1,towing,4\n",
        "utf-8",
    )
    return path


def test_a_plan_is_written_and_told_again(towline_json: Callable[..., Any], table: Path, tmp_path: Path) -> None:
    """Map, picture and GIS file are there; whatif says of the scenario exactly what site said."""
    names = {"--map": "a.html", "--picture": "a.png", "--gis": "a.gpkg", "--write-scenario": "a.toml"}
    files = [part for option, name in names.items() for part in (option, tmp_path / name)]
    document = towline_json(*ASKED, *DRIVERS, "--candidates", table, "--budget", "200", *files)
    assert document["proven"]
    assert document["cost"] <= 200
    assert document["candidates"] == {"name": "candidates.csv", "count": 4, "offering": 3}
    assert document["after"]["share"] > document["before"]["share"] + 0.1
    assert all((tmp_path / name).stat().st_size > 100 for name in names.values())
    again = towline_json("coverage", "whatif", tmp_path / "a.toml", *ASKED[2:])
    ours, theirs = document["evaluations"][0], again["evaluations"][0]
    theirs["after"].pop("gaps")
    assert ours == theirs


@pytest.mark.parametrize("goal", list(Goal))
def test_the_answer_fits_a_terminal(towline: Run, table: Path, goal: Goal) -> None:
    """80 columns, with who is chosen, what he adds and how sure it is."""
    limits = [] if goal is Goal.ALL else ["--sites", "2"]
    limits = ["--sites", "4", "--busy", "0.3"] if goal is Goal.EXPECTED else limits
    result = towline(*ASKED, *DRIVERS, "--candidates", table, "--for", goal.value, *limits)
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    assert "Tierras Blancas" in result.stdout
    assert "proven" in result.stdout
    assert ("expected" in result.stdout) == (goal is Goal.EXPECTED)


def test_cells_are_candidates_too(towline: Run) -> None:
    """Without a table; a note says how soon they leave, and places stand for others where the mean is asked for."""
    result = towline(*ASKED, *DRIVERS, "--candidates-every-cell", "40", "--sites", "1", "--for", "mean")
    assert result.exit_code == 0, result.output
    assert "site-88b219" in result.stdout
    assert "that stand for" in result.stdout
    assert "candidates leave 4 minutes after they are told" in result.stderr


def test_the_service_may_be_the_scenarios(towline_json: Callable[..., Any], table: Path, tmp_path: Path) -> None:
    """One that it names; two, or another one, are refused."""
    path = tmp_path / "evening.toml"
    path.write_text('[when]\nhours = [8, 18]\nservices = ["designated_driver"]\n')
    asked = (*ASKED, "--candidates", table, "--sites", "1", "--scenario", path)
    document = towline_json(*asked)
    assert [each["moment"] for each in document["evaluations"]] == ["tue-08", "tue-18"]
    assert towline_json(*asked, "--service", "towing", exit_code=2)["error"]["reason"] == "INVALID_OPTION"
    assert towline_json(*ASKED, "--candidates", table, exit_code=2)["error"]["reason"] == "INVALID_OPTION"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--sites", "1"), "give candidates"),
        (("--candidates", "c.csv", "--candidates-every-cell", "3", "--sites", "1"), "give candidates"),
        (("--candidates", "nowhere.csv", "--sites", "1"), "does not exist"),
        (("--candidates", "{table}"), "how many sites"),
        (("--candidates", "{table}", "--sites", "9"), "give 1 to 3"),
        (("--candidates", "{table}", "--budget", "10"), "buys nothing"),
        (("--candidates", "{table}", "--budget", "nan"), "from 0"),
        (("--candidates", "{table}", "--sites", "1", "--for", "all"), "leave out"),
        (("--candidates", "{table}", "--sites", "1", "--for", "best"), "choose one of"),
        (("--candidates", "{table}", "--sites", "1", "--seconds", "0"), "deadline"),
        (("--candidates", "{table}", "--sites", "1", "--mobilisation-minutes", "3"), "for candidates in cells"),
        (("--candidates", "{table}", "--sites", "1", "--write-scenario", "plan.json"), "must end in .toml"),
        (("--candidates-every-cell", "0", "--sites", "1"), "give 1 to"),
        (("--candidates-every-cell", "5", "--budget", "1"), "contract_cost"),
    ],
)
def test_mistakes_are_one_line(towline: Run, table: Path, arguments: tuple[str, ...], told: str) -> None:
    """Exit code 2 and a line that says what to do."""
    asked = [str(table) if each == "{table}" else each for each in arguments]
    result = towline(*ASKED, *DRIVERS, *asked)
    assert result.exit_code == 2, result.output
    (line,) = [each for each in result.stderr.splitlines() if not each.startswith("note:")]
    assert line.startswith("error:")
    assert told in line
