"""`towline coverage shifts`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from engine.scenario import read_scenario
from engine.staffing import play_shifts

RULES = """
calls_per_day = 40
target = 0.3

[[shift]]
starts = [0, 6, 14, 22]
hours = 8
"""


def play_some(monkeypatch: pytest.MonkeyPatch, *hours: int) -> None:
    """Only these hours are played: a whole day takes too long here."""
    monkeypatch.setattr("engine.staffing.play_shifts", lambda plan, tell: play_shifts(plan, tell, hours))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(RULES)
    return path


def test_a_plan_and_its_scenario(towline: Callable[..., Result], towline_json: Callable[..., Any], rules: Path) -> None:
    """Shifts, hours and proof on 80 columns; the file it saves is a scenario that evaluate takes."""
    save = rules.with_name("plan.toml")
    result = towline("coverage", "shifts", rules, "--service", "designated_driver", "--save", save, "--no-play")
    assert result.exit_code == 0, result.output
    for told in (
        "40 calls a day",
        "crew-hours",
        "tue-18",
        "within",
        "No plan" if "No plan" in result.output else "Proven",
    ):
        assert told in result.output
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert re.search(r"Scenario [0-9a-f]{16}, policy \S+, result [0-9a-f]{16}\.", " ".join(result.stdout.split()))
    assert read_scenario(save).shifts
    found = towline_json("coverage", "evaluate", "--scenario", save)
    assert len(found["evaluations"]) == 24


def test_a_plan_is_evaluated_with_busy_crews(
    towline: Callable[..., Result], towline_json: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that saving names: calls as planned, and every hour keeps the target with crews that are busy.

    It finds what `shifts` told already.
    """
    play_some(monkeypatch, 0, 7, 12)
    rules, save = tmp_path / "rules.toml", tmp_path / "shifts.toml"
    rules.write_text('calls_per_day = 240\ntarget = 0.9\n[[base]]\nprovider = "P0009"\nmost = 2\n')
    result = towline(
        "coverage", "shifts", rules, "--service", "towing", "--told-minutes", "8", "--save", save, "--json"
    )
    assert result.exit_code == 0, result.output
    plan = json.loads(result.stdout)
    note = " ".join(result.stderr.split())
    command = f"coverage evaluate --scenario {save} --told-minutes 8 --calls-per-day 240 --calls-of towing"
    assert f"towline {command}," in note
    save.write_text(re.sub(r"(?m)^hours = .*", "hours = [0, 7, 12]", save.read_text()))
    found = towline_json(*command.split())
    assert found["calls_per_day"] == {"towing": 240.0}
    hours = {hour["name"]: hour for hour in plan["hours"]}
    for row in found["expected"]:
        assert row["calls_per_hour"] == pytest.approx(hours[row["moment"]]["calls"], abs=0.001)
        assert row["share"] + row["plus_minus"] >= plan["target"]
        hour = hours[row["moment"]]
        assert (hour["played_share"], hour["played_plus_minus"]) == (row["share"], row["plus_minus"])
    assert sum("played_share" in hour for hour in plan["hours"]) == len(found["expected"]) == 3
    text = towline(*command.split()).stdout
    assert "With 240 calls a day, all of towing" in text
    assert set(plan["versions"]) == {"scenario", "region", "policy", "metric", "fleet", "demand"}
    assert all(plan["versions"].values())
    assert re.fullmatch("[0-9a-f]{16}", plan["result"])
    assert max(len(line) for line in text.splitlines()) <= 80


def test_it_is_played_unless_told_not_to(
    towline: Callable[..., Result], rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default hours have their share as played, and who keeps it; --no-play has none, and says so."""
    play_some(monkeypatch, 3)
    asked = ("coverage", "shifts", rules, "--service", "designated_driver", "--json")
    result = towline(*asked)
    assert result.exit_code == 0, result.output
    hours = json.loads(result.stdout)["hours"]
    assert [row for row, hour in enumerate(hours) if "played_share" in hour] == [3]
    assert sum(each["crews"] for each in hours[3]["played_providers"]) == hours[3]["crews"]
    assert "not played" not in result.stderr
    result = towline(*asked, "--no-play")
    assert result.exit_code == 0, result.output
    assert not any("played_share" in hour for hour in json.loads(result.stdout)["hours"])
    assert "not played (--no-play)" in " ".join(result.stderr.split())


def test_calls_are_said_by_service(towline: Callable[..., Result], towline_json: Callable[..., Any]) -> None:
    """Without --calls-of they are of all services that are offered, and the answer says how many of each."""
    asked = ("coverage", "evaluate", "--service", "towing", "--calls-per-day", "240")
    result = towline(*asked)
    text = " ".join(result.stdout.split())
    assert "240 calls a day: 149 breakdown repair, 58 towing, 12 airport transfer" in text
    assert towline_json(*asked)["calls_per_day"]["towing"] == 57.6
    for wrong, told in (
        (("--calls-of", "towing"), "--calls-of says what --calls-per-day is of"),
        (("--calls-per-day", "3", "--calls-of", "tow"), "--calls-of 'tow' is no service"),
    ):
        result = towline("coverage", "evaluate", *wrong)
        assert result.exit_code == 2, result.output
        assert told in " ".join(result.output.split())


def test_more_demand_is_more_calls(towline_json: Callable[..., Any], rules: Path) -> None:
    """A scenario that multiplies demand multiplies the calls that are planned for, as those of evaluate."""
    scenario = rules.with_name("more.toml")
    scenario.write_text("[demand]\nfactor = 1.5\n")
    plan = towline_json(
        "coverage", "shifts", rules, "--service", "designated_driver", "--scenario", scenario, "--no-play"
    )
    assert sum(hour["calls"] for hour in plan["hours"]) == pytest.approx(60, abs=1e-3)


def test_the_page_and_the_picture(
    towline: Callable[..., Result], towline_json: Callable[..., Any], rules: Path
) -> None:
    """With the versions and the digest that the document has; in Chinese where that is asked for."""
    page, picture = rules.with_name("plan.html"), rules.with_name("plan.png")
    asked = ("coverage", "shifts", rules, "--service", "designated_driver", "--no-play", "--map", page)
    found = towline_json(*asked, "--picture", picture)
    content = page.read_text("utf-8")
    footer = content[content.index("<footer>") : content.index("</footer>")]
    for name in ("OpenStreetMap", "Scenario ", "region ", "policy ", "fleet ", "demand ", "traffic default"):
        assert name in footer, name
    assert f"result {found['result']}" in footer
    assert found["result"].encode() in picture.read_bytes()
    assert all(shift["provider"] in content for shift in found["shifts"])
    assert "40 calls a day" in content
    result = towline(*asked, "--lang", "zh-CN")
    assert result.exit_code == 0, result.output
    assert "每天 40 次来电" in page.read_text("utf-8")


def test_options_over_the_file(towline_json: Callable[..., Any], rules: Path) -> None:
    """Crew-hours on the command line replace the file's target."""
    found = towline_json(
        "coverage",
        "shifts",
        rules,
        "--service",
        "designated_driver",
        "--crew-hours",
        "32",
        "--calls-per-day",
        "20",
        "--no-play",
    )
    assert found["target"] is None
    assert found["crew_hours"] <= 32
    assert sum(hour["calls"] for hour in found["hours"]) == pytest.approx(20, abs=1e-3)


def test_a_target_that_cannot_be(towline_json: Callable[..., Any], rules: Path) -> None:
    """The error has the hours and the most that can be had."""
    asked = ("coverage", "shifts", rules, "--service", "designated_driver", "--target", "0.999", "--told-minutes", "8")
    error = towline_json(*asked, exit_code=2)["error"]
    assert error["reason"] == "STAFFING_IMPOSSIBLE"
    assert 0 < float(error["metadata"]["best_target"]) < 0.999


def test_what_is_refused(towline: Callable[..., Result], rules: Path) -> None:
    """No question, negative calls, a file over its input, another ending: one line, exit code 2."""
    for arguments, told in (
        ((), "calls_per_day is missing"),
        (("--calls-per-day", "-1", "--target", "0.9"), "calls_per_day is -1"),
        (("--calls-per-day", "5"), "either target"),
        ((rules, "--save", rules), "same file"),
        ((rules, "--save", "x.json"), "must end in .toml"),
        ((rules, "--map", "x.png"), ".html"),
        ((rules, "--picture", "x.html"), "must end in .png"),
        ((rules, "--save", "x.toml", "--map", "x.toml"), "x.toml"),
        ((rules, "--lang", "fr"), "--lang 'fr' is not spoken here"),
    ):
        result = towline("coverage", "shifts", *arguments)
        assert result.exit_code == 2, result.output
        assert told in " ".join(result.output.split())
