"""`towline coverage`."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from engine.coverage.rounding import percentage, tenths_up
from engine.render import fonts
from tests.cli.conftest import widest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "scenarios"
DRIVERS = ("--service", "designated_driver", "--told-minutes", "8")
CELLS = ("--candidates-every-cell", "3", "--sites", "1", "--service", "towing")
SHIFTS = ("shifts", "--calls-per-day", "9", "--target", "0.5", "--scenario")


def test_a_fleet_as_it_is(towline: Callable[..., Result]) -> None:
    """Within 80 columns: figures by class, the largest gaps, whom the fleet could not do without."""
    result = towline("coverage", "evaluate", *DRIVERS, "--gaps", "3")
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    for words in (
        "3 of 24 providers, 3 of 40 units",
        "451,899",
        "urban",
        "not reached in time",
        "lost without it",
        "P0021",
    ):
        assert words in result.stdout
    assert "8 min until it is told" in result.stdout
    assert "an example of 24 providers" in result.stderr
    assert "P0007 is first nowhere: its units stand outside its territory" in " ".join(result.stdout.split())
    free = towline("coverage", "evaluate", *DRIVERS, "--profile", "none").stdout
    assert "34.3 P0021" in free  # as on the page: rounded up


def test_every_service_has_a_row(towline: Callable[..., Result]) -> None:
    """Without --service all that anybody offers."""
    result = towline("coverage", "evaluate")
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    assert (
        "tue-12: 1 to 19 of 24 providers, 1 to 35 of 40 units;" in result.stdout
    )  # the least and the most that offer one of them
    for service in ("breakdown repair", "towing", "airport transfer", "designated driver", "vehicle booking"):
        assert service in result.stdout


def test_the_same_document_twice(towline_json: Callable[..., Any]) -> None:
    """Figures, gaps, providers and versions; equal for equal input."""
    once, again = (towline_json("coverage", "evaluate", *DRIVERS, "--worth", "2") for _ in range(2))
    assert once == again
    (found,) = once["evaluations"]
    assert found["figures"]["covered"] < found["figures"]["demand"]
    assert [each["provider"] for each in found["providers"]] == ["P0021", "P0022"]
    assert set(found["versions"]) == {"scenario", "region", "policy", "metric", "fleet", "demand"}


def test_one_digest_of_all_answers(
    towline: Callable[..., Result], towline_json: Callable[..., Any], tmp_path: Path
) -> None:
    """Of every hour, not the first alone; the same in text, document and table, and another for another service."""
    two, each = tmp_path / "two.toml", tmp_path / "each.toml"
    two.write_text("[when]\nhours = [3, 18]\n[promise]\nurban_minutes = 25\n", "utf-8")
    each.write_text("[when]\nhours = [3, 18]\n[sweep]\npromise.urban_minutes = [25]\n", "utf-8")
    asked = ("coverage", "evaluate", "--scenario", str(two))
    free, hourly = (towline_json(*asked, *DRIVERS, "--profile", name) for name in ("none", "default"))
    metric = [found["evaluations"][0]["figures"] for found in (free, hourly)]
    assert metric[0] == metric[1], "the night is free flow in both"
    assert free["result"] != hourly["result"]
    assert [found["evaluations"][1]["traffic"] for found in (free, hourly)] == ["free-flow", "default"]
    assert f"result {hourly['result']}." in towline(*asked, *DRIVERS).stdout
    table = tmp_path / "all.csv"
    assert towline("coverage", "compare", str(each), *DRIVERS, "--csv", str(table)).exit_code == 0
    with table.open(encoding="utf-8", newline="") as file:
        assert [row["result"] for row in csv.DictReader(file)] == [hourly["result"]] * 2
    changed = towline_json("coverage", "whatif", str(two), *DRIVERS)
    assert changed["result"] == hourly["result"] != changed["result_before"]
    assert towline_json(*asked, "--service", "towing", *DRIVERS[2:])["result"] != hourly["result"]


def test_hours_without_traffic_are_told(towline: Callable[..., Result], tmp_path: Path) -> None:
    """Speeds are those of the hour; where that is taken out, the table says so, and a note where hours are named."""
    hour = tmp_path / "hour.toml"
    hour.write_text("[when]\nhour = 18\n", "utf-8")
    asked = ("coverage", "whatif", str(hour), *DRIVERS)
    usual, flat = towline(*asked), towline(*asked, "--profile", "none")
    assert "traffic: default profile, by the hour" in usual.stdout
    assert "hours do not differ" not in usual.stderr
    assert "traffic: free flow, at every hour the same" in flat.stdout
    assert "note: hours do not differ by traffic" in flat.stderr


def test_what_to_expect_when_crews_are_busy(towline: Callable[..., Result], towline_json: Callable[..., Any]) -> None:
    """A second table: calls of the hour, the share to expect, crews at work."""
    asked = ("coverage", "evaluate", *DRIVERS, "--calls-per-day", "150", "--profile", "none")
    result = towline(*asked)
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    assert "expected within" in result.stdout
    (found,) = (document := towline_json(*asked))["expected"]
    assert found["share"] < document["evaluations"][0]["figures"]["share"]
    assert "none free" in result.stdout
    assert "Overloaded" not in result.stdout


def test_too_many_calls_and_none(towline: Callable[..., Result]) -> None:
    """What is too much is said in words, as colour does not reach a file; of no calls there is nothing to expect."""
    asked = ("coverage", "evaluate", *DRIVERS, "--calls-per-day")
    many = towline(*asked, "20000").stdout
    assert "overloaded" in many
    assert " yes" in many
    assert "more is asked in that hour" in many
    assert widest(many) <= 80
    none = towline(*asked, "0").stdout
    assert "With 0 calls a day" in none
    assert "no promise to keep" in none
    assert "expected within" not in none


def test_a_share_is_100_only_where_all_is(towline: Callable[..., Result], towline_json: Callable[..., Any]) -> None:
    """With busy crews, too."""
    asked = ("coverage", "evaluate", "--service", "towing", "--calls-per-day", "240")
    (found,) = towline_json(*asked)["expected"]
    assert 0.9995 < found["share"] < 1
    (line,) = (line for line in towline(*asked).stdout.splitlines() if "±" in line)
    assert "99.9% ±" in line
    assert f"±{tenths_up(100 * found['plus_minus']):.1f}" in line  # rounded up, as on the page


def test_units_by_moment(towline: Callable[..., Result], tmp_path: Path) -> None:
    """Where shifts differ by the hour each row has its units, and the head does not tell those of the first."""
    scenario = tmp_path / "shifts.toml"
    scenario.write_text(
        '[when]\nhours = [3, 12]\nservices = ["towing"]\n[[shift]]\nprovider = "P0016"\ncrews = 9\nfrom = 8\nto = 16\n',
        "utf-8",
    )
    result = towline("coverage", "evaluate", "--scenario", str(scenario))
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    rows = [line.split() for line in result.stdout.splitlines() if line.startswith(("moment", "tue-"))]
    assert rows[0][1] == "units"
    assert int(rows[2][1]) == int(rows[1][1]) + 9
    text = " ".join(result.stdout.split())
    assert f"{rows[1][1]} to {rows[2][1]} units" in text
    assert "451,899 people" in text


def test_before_and_after(towline: Callable[..., Result], towline_json: Callable[..., Any], tmp_path: Path) -> None:
    """One sentence says what is lost; the page, the picture and the GIS file are written."""
    scenario = tmp_path / "leaves.toml"
    scenario.write_text('title = "One leaves"\n[[provider]]\nremove = "P0021"\n', encoding="utf-8")
    files = [tmp_path / name for name in ("map.html", "picture.png", "cells.gpkg")]
    written = [text for pair in zip(("--map", "--picture", "--gis"), map(str, files), strict=True) for text in pair]
    asked = ("coverage", "whatif", str(scenario), *DRIVERS, "--profile", "none")
    result = towline(*asked, *written)
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    assert "people lose their promise" in result.stdout
    assert all(file.stat().st_size > 10_000 for file in files)
    (found,) = towline_json(*asked)["evaluations"]
    lost = found["before"]["figures"]["covered"] - found["after"]["figures"]["covered"]
    assert found["change"]["covered"] == pytest.approx(-lost, abs=0.01)
    assert f"{lost:,.0f}" in result.stdout
    assert "310,121 more are not reached by anybody" in result.stdout
    (line,) = (line.split() for line in result.stdout.splitlines() if line.strip().startswith("70.7%"))
    assert line == ["70.7%", "31.4%", "-39.3", "26.8", "0", "34.8", "never", "0.0%", "68.6%"]
    assert found["change"]["p90_minutes"] is None
    assert found["change"]["later_minutes"] >= 0


def test_moments_and_services_of_a_scenario(towline: Callable[..., Result]) -> None:
    """A row for each hour and service."""
    result = towline("coverage", "whatif", str(EXAMPLES / "bridge-closed.toml"), "--service", "towing")
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    assert result.stdout.count("fri-") == 6


def test_scenarios_side_by_side(
    towline: Callable[..., Result], towline_json: Callable[..., Any], tmp_path: Path
) -> None:
    """A sweep's variants beside other scenarios, worst first, each against how things are at its moment; as CSV too."""
    sweep = tmp_path / "sweep.toml"
    sweep.write_text(
        'title = "Who matters?"\n[sweep]\nwhen.hour = [3, 18]\nremove_each = ["P0021", "P0022"]\n', "utf-8"
    )
    asked = ("coverage", "compare", str(sweep), str(EXAMPLES / "contractor-leaves.toml"), *DRIVERS)
    result = towline(*asked, "--csv", str(tmp_path / "all.csv"))
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    assert "5 scenarios, 5 answers" in result.stdout
    lines = [line for line in result.stdout.splitlines() if "without" in line]
    assert "P0021" in lines[0]
    assert [line.split()[0] for line in lines] == sorted((line.split()[0] for line in lines), key=int)
    assert len((tmp_path / "all.csv").read_text("utf-8").splitlines()) == 6
    document = towline_json(*asked)
    assert [row["moment"].split()[0] for row in document["as_it_is"]] == ["tue-03", "tue-18", "tue-12"]
    policy = document["scenarios"][0]["versions"]["policy"]
    assert f"Policy {policy}, result {document['result']}." in result.stdout
    assert len({row["versions"]["metric"] for row in document["as_it_is"]}) == 3
    assert document["told_minutes"] == 8
    assert "8 of them until a crew is told" in result.stdout
    assert "As it is, tue-18: " in result.stdout
    assert towline_json(*asked[:3], *DRIVERS)["result"] != document["result"]
    assert all(row["covered"] is not None for row in document["scenarios"])
    assert {row["rank"] for row in document["scenarios"]} <= {1, 2, 3, 4, 5}
    assert min(document["scenarios"], key=lambda row: row["rank"])["share_change"] < 0


def test_a_sweep_of_a_million(towline: Callable[..., Result], tmp_path: Path) -> None:
    """Is counted and refused before anything is done."""
    sweep = tmp_path / "sweep.toml"
    values = ", ".join(str(number) for number in range(1, 501))
    lists = {"promise.urban_minutes": values, "promise.highway_minutes": values, "demand.factor": "1, 2, 3, 4"}
    sweep.write_text("[sweep]\n" + "".join(f"{key} = [{each}]\n" for key, each in lists.items()), "utf-8")
    result = towline("coverage", "compare", str(sweep))
    assert result.exit_code == 2
    assert "1,000,000" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "asked",
    [("whatif",), ("evaluate", "--scenario"), ("site", *CELLS, "--scenario"), ("standby", "--scenario"), (*SHIFTS,)],
)
@pytest.mark.parametrize("server", [(), ("--server", "127.0.0.1:1")])
def test_a_sweep_where_one_question_is_asked(
    towline_json: Callable[..., Any], tmp_path: Path, asked: tuple[str, ...], server: tuple[str, ...]
) -> None:
    """It is refused with its line, and with the command that does it, before anything is read or a server is asked."""
    sweep = tmp_path / "sweep.toml"
    sweep.write_text('title = "When?"\n\n[sweep]\nwhen.hour = [3, 18]\n', "utf-8")
    error = towline_json("coverage", *asked, str(sweep), *server, exit_code=2)["error"]
    assert error["reason"] == "INVALID_SCENARIO"
    assert "sweep.toml:\n  line 3 sweep: " in error["message"]
    assert "towline coverage compare" in error["message"]
    (problem,) = error["problems"]
    assert (problem["file"], problem["line"], problem["key"]) == (str(sweep), 3, "sweep")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("evaluate", "--service", "flying"), "no service"),
        (("evaluate", "--crews", "some"), "none of: all, on_duty, free"),
        (("evaluate", "--resolution", "3"), "5 to 10"),
        (("evaluate", "--picture", "x.jpg"), "must end in .png"),
        (("evaluate", "--gis", "x.shp"), "ends in .shp"),
        (("whatif", "nothing.toml"), "nothing.toml"),
    ],
)
def test_what_cannot_be_asked(towline: Callable[..., Result], args: tuple[str, ...], said: str) -> None:
    """One line that says what to do, and exit code 2."""
    result = towline("coverage", *args)
    assert result.exit_code == 2, result.output
    assert said in " ".join(result.stderr.split())


def test_a_scenario_of_another_fleet(towline: Callable[..., Result], tmp_path: Path) -> None:
    """The file, the line and the key of every mistake."""
    scenario = tmp_path / "wrong.toml"
    scenario.write_text('[[provider]]\nremove = "X1"\n\n[[close]]\nway = 1\n', encoding="utf-8")
    result = towline("coverage", "whatif", str(scenario))
    assert result.exit_code == 2, result.output
    said = " ".join(result.stderr.split())
    assert "line 2" in said
    assert "X1" in said
    assert "line 5" in said


def test_demand_that_cannot_be_used(towline: Callable[..., Result], tmp_path: Path) -> None:
    """Negative, and outside of the region: with the row."""
    layer = tmp_path / "people.csv"
    layer.write_text("lon,lat,weight\n-71.25,-29.9,-5\n10,50,1\n", encoding="utf-8")
    result = towline("coverage", "evaluate", "--demand", str(layer))
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "row 2 weight '-5'" in said
    assert "row 3" in said


@pytest.mark.parametrize("command", ["evaluate", "whatif", "compare", "site", "shifts"])
def test_remarks_on_the_layer_of_a_scenario(towline: Callable[..., Result], tmp_path: Path, command: str) -> None:
    """What was assumed of the table that a scenario names is said once, as of --demand."""
    (tmp_path / "calls.csv").write_text("cell\n88b21919d3fffff\n88b21919d1fffff\n88b21919d3fffff\n")
    scenario = tmp_path / "layer.toml"
    scenario.write_text('[when]\nhours = [8, 18]\n[demand]\nlayer = "calls.csv"\n')
    rules = tmp_path / "rules.toml"
    rules.write_text("crew_hours = 24\ncalls_per_day = 2\n[[shift]]\nstarts = [0, 12]\nhours = [12]\n")
    asked = {
        "evaluate": ("--scenario", scenario, "--calls-per-day", "20"),
        "whatif": (scenario,),
        "compare": (scenario,),
        "site": ("--scenario", scenario, "--candidates-every-cell", "2", "--sites", "1"),
        "shifts": (rules, "--scenario", scenario, "--gap", "0.9"),
    }[command]
    result = towline("coverage", command, *asked, "--service", "towing")
    assert result.exit_code == 0, result.stderr
    told = " ".join(result.stderr.split())
    assert told.count("1 cell is there more than once, first 88b21919d3fffff in row 4: weights are added up") == 1
    assert told.count("each row counts 1") == 1


def test_the_page_tells_what_busy_crews_keep(towline: Callable[..., Result], tmp_path: Path) -> None:
    """The share of the calls with its interval, as the table says it: not the rosier figure alone."""
    page, picture = tmp_path / "busy.html", tmp_path / "busy.png"
    asked = ("--service", "towing", "--calls-per-day", "200", "--map", page, "--picture", picture)
    result = towline("coverage", "evaluate", *asked, "--json")
    assert result.exit_code == 0, result.stderr
    (told,) = json.loads(result.stdout)["expected"]
    text = page.read_text("utf-8")
    assert f"{percentage(told['share'])} % ± {tenths_up(100 * told['plus_minus'])}" in text
    assert "crews busy with 200 calls a day" in text
    assert picture.stat().st_size > 10_000


@pytest.mark.parametrize("command", ["evaluate", "whatif", "site", "shifts"])
def test_a_picture_without_letters_is_refused_before_anything(
    towline: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """No fleet is read and nothing reckoned for a picture that no font can write."""

    def reckoned(*_: object, **__: object) -> None:
        raise AssertionError("a plan was begun")

    monkeypatch.setattr(fonts, "_others", lambda **_: [])
    for module in ("coverage", "siting", "staffing"):
        monkeypatch.setattr(f"cli.{module}.plan_of", reckoned)
    (tmp_path / "gone.toml").write_text('[[provider]]\nremove = "P0021"\n')
    asked = {
        "whatif": (tmp_path / "gone.toml",),
        "site": ("--candidates-every-cell", "2", "--sites", "1", "--service", "towing"),
        "shifts": ("--calls-per-day", "24", "--target", "0.9", "--service", "towing"),
    }.get(command, ())
    result = towline("coverage", command, *asked, "--lang", "zh", "--picture", tmp_path / "a.png")
    assert result.exit_code == 2
    assert "no font on this machine can write" in " ".join(result.stderr.split())
    assert towline("coverage", command, *asked, "--picture", tmp_path / "a.png").exit_code != 2  # English needs none
