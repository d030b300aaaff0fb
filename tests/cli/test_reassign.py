"""`towline reassign`."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from typer.testing import Result

from engine.dispatch import Dispatcher
from engine.tables.load import load_batch
from engine.times import parse_time
from graphs.region import Region
from tests.cli.conftest import NOW, widest

Run = Callable[..., Result]


def rewrite(path: Path, target: Path, change: Callable[[list[dict[str, str]]], object]) -> Path:
    """A copy of a CSV table after `change` of its rows."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return target


def test_the_answer_is_the_engines(
    towline_json: Callable[..., Any], case: list[str], scarce: Path, coquimbo: Region
) -> None:
    """Units, arrivals and cost of --json are those of `Dispatcher.optimize` on the same tables."""
    found = towline_json("reassign", *case, "--tours", "one-each")
    now = parse_time(NOW)
    batch = load_batch(scarce / "scarce-incidents.csv", scarce / "scarce-units.csv", now=now)
    dispatcher = Dispatcher(coquimbo)
    plan = dispatcher.optimize(batch.incidents, dispatcher.prepare(batch.fleet), now)
    units = {answer.incident_id: answer.chosen.unit_id for answer in plan.assignments}
    assert {row["incident_id"]: row["unit_id"] for row in found["incidents"]} == units
    assert found["cost_min"]["total"] == pytest.approx(plan.cost.total / 1000)
    assert found["now"] == "2026-03-03T18:30:00.000-03:00"


def test_the_screen_fits_and_puts_trouble_first(towline: Run, case: list[str], scarce: Path, tmp_path: Path) -> None:
    """Within 80 columns: broken promises on top with a reason, then the key figures."""
    units = rewrite(scarce / "scarce-units.csv", tmp_path / "units.csv", lambda rows: rows.__delitem__(slice(48, None)))
    result = towline("reassign", *case[:2], "--units", units, *case[4:], "--tours", "one-each")
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    rows = [line for line in result.stdout.splitlines() if line.startswith(("✗", "✓"))]
    marks = [row[0] for row in rows]
    assert marks == sorted(marks, key="✗✓".index)
    for words in ("Why", "Promises kept", "Promises broken", "Cost in minutes", "proven optimal", "more incident"):
        assert words in result.stdout


def test_plans_and_maps_are_written(towline: Run, case: list[str], tmp_path: Path) -> None:
    """CSV, GeoJSON, GeoParquet and an HTML map, each where asked; notes about them go to stderr."""
    for ending, more in (("csv", ("--map", tmp_path / "map.html")), ("geojson", ()), ("parquet", ())):
        out = tmp_path / f"plan.{ending}"
        result = towline("reassign", *case, "--out", out, *more)
        assert result.exit_code == 0, result.output
        assert f"plan written to {out}" in result.stderr
        assert "written" not in result.stdout
    assert len(gpd.read_file(tmp_path / "plan.geojson")) == 45
    assert len(gpd.read_parquet(tmp_path / "plan.parquet")) == 45
    page = (tmp_path / "map.html").read_text("utf-8")
    assert len(page) < 6_000_000
    assert "OpenStreetMap" in page
    assert "AequilibraE" in page


def test_announced_units_are_kept_unless_changing_pays(
    towline_json: Callable[..., Any], case: list[str], scarce: Path, tmp_path: Path
) -> None:
    """The optimal plan fed back as assignments is returned unchanged; a senseless one is changed and says why."""
    first = towline_json("reassign", *case)
    unit_of = {row["incident_id"]: row["unit_id"] for row in first["incidents"]}

    def announce(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["assigned_unit_id"] = unit_of[row["incident_id"]]

    same = rewrite(scarce / "scarce-incidents.csv", tmp_path / "same.csv", announce)
    again = towline_json("reassign", "--incidents", same, *case[2:])
    assert again["summary"]["changed"] == 0
    assert {row["incident_id"]: row["unit_id"] for row in again["incidents"]} == unit_of

    used = list(unit_of.values())
    unit_of = dict(zip(unit_of, [*used[1:], used[0]], strict=True))
    wrong = rewrite(scarce / "scarce-incidents.csv", tmp_path / "wrong.csv", announce)
    fixed = towline_json("reassign", "--incidents", wrong, *case[2:])
    changed = [row for row in fixed["incidents"] if row["changed"]]
    assert changed
    assert all(row["why"] for row in changed)
    assert fixed["cost_min"]["plan_change"] == pytest.approx(5.0 * len(changed))


def test_pinned_units_stay(towline_json: Callable[..., Any], case: list[str], scarce: Path, tmp_path: Path) -> None:
    """A pinned incident keeps its unit, whatever it costs."""

    def pin(rows: list[dict[str, str]]) -> None:
        rows[0] |= {"assigned_unit_id": "P0022-01", "pinned": "true"}

    pinned = rewrite(scarce / "scarce-incidents.csv", tmp_path / "pinned.csv", pin)
    found = towline_json("reassign", "--incidents", pinned, *case[2:], "--seconds", "0.5")
    assert found["incidents"][0]["unit_id"] == "P0022-01"


def test_who_is_left_over_is_told_and_the_exit_code_says_so(towline: Run, case: list[str], tmp_path: Path) -> None:
    """Two units for 45 incidents, one each: the plan is written, 44 incidents say why, exit code 4."""
    units = tmp_path / "units.csv"
    units.write_text("unit_id,lon,lat,services\nu1,-71.2519,-29.9027,\nu2,-71.3436,-29.9533,airport_transfer\n")
    one_each = ("--tours", "one-each")
    result = towline(
        "reassign", *case[:2], "--units", units, *case[4:], *one_each, "--out", tmp_path / "plan.csv", "--json"
    )
    assert result.exit_code == 4
    found = json.loads(result.stdout)
    left = [row for row in found["incidents"] if row["status"] == "unserved"]
    assert len(left) + 1 == len(found["incidents"]) or len(left) == 45
    assert all(row["unserved_reason"]["message"] for row in left)
    assert (tmp_path / "plan.csv").exists()
    screen = towline("reassign", *case[:2], "--units", units, *case[4:], *one_each)
    assert screen.exit_code == 4
    assert widest(screen.stdout) <= 80
    assert "Without a unit" in screen.stdout


def test_nothing_is_half_done(towline: Run, case: list[str], scarce: Path, tmp_path: Path) -> None:
    """With one wrong row neither plan nor map is written."""

    def spoil(rows: list[dict[str, str]]) -> None:
        rows[3]["lat"] = "north"

    bad = rewrite(scarce / "scarce-incidents.csv", tmp_path / "bad.csv", spoil)
    out, page = tmp_path / "plan.csv", tmp_path / "map.html"
    result = towline("reassign", "--incidents", bad, *case[2:], "--out", out, "--map", page)
    assert result.exit_code == 2
    assert "bad.csv:\n  row 5 lat 'north': is not a number" in result.stderr
    assert not out.exists()
    assert not page.exists()


def test_problems_are_listed_in_json(towline: Run, case: list[str], scarce: Path, tmp_path: Path) -> None:
    """Programs get every problem, not only the first twenty."""

    def spoil(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["service"] = "magic"

    bad = rewrite(scarce / "scarce-incidents.csv", tmp_path / "bad.csv", spoil)
    result = towline("reassign", "--incidents", bad, *case[2:], "--json")
    error = json.loads(result.stdout)["error"]
    assert error["reason"] == "INVALID_ROWS"
    assert len(error["problems"]) == 45
    assert error["problems"][0]["reason"] == "UNKNOWN_SERVICE"


def test_an_old_table_without_now_is_remarked_on(towline: Run, case: list[str]) -> None:
    """Everything received more than a day before the clock's time: the answer comes with a hint at --now."""
    result = towline("reassign", *case[:-1], "2026-03-08T18:30:00-03:00")
    assert "say --now what time it is" in result.stderr


def test_impossible_options_are_refused_before_any_work(towline: Run, case: list[str], tmp_path: Path) -> None:
    """A wrong ending, a missing folder, a zone-less time, no fleet, a policy that is none."""
    policy = tmp_path / "policy.toml"
    policy.write_text("[cost]\nmagic = 1\n")
    for options, says in (
        ((*case, "--out", "plan.xls"), ".geojson"),
        ((*case, "--map", tmp_path / "none" / "map.html"), "does not exist"),
        ((*case[:-1], "2026-03-03T18:30"), "no time zone"),
        ((*case[:2], "--now", NOW), "no fleet"),
        ((*case, "--policy", policy), "magic"),
    ):
        result = towline("reassign", *options)
        assert result.exit_code == 2, result.output
        assert says in result.stderr


def test_no_output_replaces_an_input(towline: Run, case: list[str], scarce: Path, tmp_path: Path) -> None:
    """Plan and map refuse the tables under any name, and each other; all stay as they were."""
    units = tmp_path / "units.csv"
    units.write_bytes((scarce / "scarce-units.csv").read_bytes())
    (tmp_path / "link.csv").symlink_to(units)
    (tmp_path / "page.html").symlink_to(units)
    before = units.read_bytes()
    tables = [*case[:2], "--units", units, *case[4:]]
    roundabout = f"{tmp_path}/../{tmp_path.name}/./units.csv"
    for options in (
        ("--out", units),
        ("--out", roundabout),
        ("--out", tmp_path / "link.csv"),
        ("--map", tmp_path / "page.html"),
    ):
        result = towline("reassign", *tables, *options)
        assert result.exit_code == 2, result.output
        assert "is the same file as --units" in result.stderr
        assert units.read_bytes() == before
    (tmp_path / "both.html").symlink_to(tmp_path / "both.csv")
    result = towline("reassign", *tables, "--out", tmp_path / "both.csv", "--map", tmp_path / "both.html")
    assert result.exit_code == 2
    assert "--map" in result.stderr
    assert "written too" in result.stderr


def test_a_map_that_fails_takes_the_plan_with_it(
    towline: Run, case: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written when the last of several outputs cannot be."""

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.plan_map.write_plan_map", fails)
    result = towline("reassign", *case, "--out", tmp_path / "plan.csv", "--map", tmp_path / "map.html")
    assert result.exit_code == 2
    assert "nothing was written" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_pin_against_the_rules_stands_out(towline: Run, case: list[str], scarce: Path, tmp_path: Path) -> None:
    """Marked in the table, explained below it, and on the map."""

    def pin(rows: list[dict[str, str]]) -> None:
        rows[0] |= {"assigned_unit_id": "P0022-01", "pinned": "true", "requires": "wheelchair"}

    def strip(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["unit_id"] == "P0022-01":
                row["capabilities"] = "winch"

    pinned = rewrite(scarce / "scarce-incidents.csv", tmp_path / "pinned.csv", pin)
    units = rewrite(scarce / "scarce-units.csv", tmp_path / "units.csv", strip)
    tables = ["--incidents", pinned, "--units", units, *case[4:]]
    result = towline("reassign", *tables, "--seconds", "0.5", "--map", tmp_path / "map.html")
    assert widest(result.stdout) <= 80
    assert "unfit" in result.stdout
    assert "pinned by a person; the unit lacks: wheelchair" in result.stdout
    assert "pinned by a person; the unit lacks: wheelchair" in (tmp_path / "map.html").read_text("utf-8")
