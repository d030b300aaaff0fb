"""`towline eta`."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from engine.dispatch import Dispatcher
from graphs.region import Region
from tests.cli.conftest import widest

LA_SERENA, COQUIMBO = "-71.2519,-29.9027", "-71.3436,-29.9533"


def test_one_pair_is_one_sentence(towline: Callable[..., Result]) -> None:
    """Negative longitudes are places, not options."""
    result = towline("eta", LA_SERENA, COQUIMBO)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == "11.9 min by road at free flow" or "min by road" in result.stdout


def test_the_times_are_the_engines(towline_json: Callable[..., Any], coquimbo: Region) -> None:
    """--json gives the dispatcher's milliseconds as seconds, with the ids of both sides."""
    found = towline_json("eta", LA_SERENA, COQUIMBO)
    expected = Dispatcher(coquimbo).matrix([-71.2519], [-29.9027], [-71.3436], [-29.9533])
    assert found == {
        "region": "coquimbo",
        "metric_version": "free-flow",
        "from": [LA_SERENA],
        "to": [COQUIMBO],
        "durations_s": [[int(expected[0, 0]) / 1000]],
    }


def test_tables_give_a_matrix(towline: Callable[..., Result], scarce: Path, tmp_path: Path) -> None:
    """All pairs go to --out, the corner that fits to the terminal."""
    points = tmp_path / "points.csv"
    points.write_text("id,lon,lat\nnorth,-71.2519,-29.9027\nsouth,-71.3436,-29.9533\n")
    out = tmp_path / "matrix.csv"
    result = towline("eta", scarce / "scarce-units.csv", points, "--out", out)
    assert result.exit_code == 0, result.output
    assert widest(result.stdout) <= 80
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 120
    assert {row["to_id"] for row in rows} == {"north", "south"}
    assert all(float(row["duration_s"]) >= 0 for row in rows)


@pytest.mark.parametrize(
    ("places", "says"),
    [
        ((LA_SERENA, "0,0"), "The place TO"),
        (("-29.9027,-71.2519", COQUIMBO), "The place FROM"),
        ((LA_SERENA, "nan,1"), "TO"),
        ((LA_SERENA, "somewhere"), "neither a place"),
        ((LA_SERENA, "1,2,3"), "neither a place"),
        ((LA_SERENA, "none.csv"), "does not exist"),
        ((LA_SERENA, "."), "is a folder"),
        ((LA_SERENA, "-71.25 -29.90"), "put a comma between"),
        ((LA_SERENA, "-71.25;-29.90"), "put a comma between"),
        ((LA_SERENA, "-71,25,-29,90"), "a point, not a comma"),
        ((LA_SERENA, "1,2,3"), "here are 3"),
    ],
)
def test_wrong_places_are_refused(towline: Callable[..., Result], places: tuple[str, str], says: str) -> None:
    """Off the roads, exchanged, no numbers, no file: exit code 2 and which of the two it was."""
    result = towline("eta", *places)
    assert result.exit_code == 2
    assert says in result.stderr


def test_wrong_rows_of_both_tables_come_together(towline: Callable[..., Result], tmp_path: Path) -> None:
    """One error for both files."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("lon,lat\n1,2\nx,3\n")
    result = towline("eta", tmp_path / "a.csv", tmp_path / "b.csv")
    assert result.exit_code == 2
    assert "4 problems" in result.stderr


def test_the_remedy_for_a_far_place_is_a_real_one(towline: Callable[..., Result]) -> None:
    """The distance is policy, and the message says where."""
    assert "raise max_snap_m (a policy has it under [limits])" in towline("eta", LA_SERENA, "-71.6,-29.9").stderr


def test_the_matrix_does_not_replace_its_tables(towline: Callable[..., Result], tmp_path: Path) -> None:
    """--out over FROM or TO is refused; one time is one."""
    points = tmp_path / "points.csv"
    points.write_text("id,lon,lat\nnorth,-71.2519,-29.9027\n")
    for places in ((points, COQUIMBO), (COQUIMBO, points)):
        assert towline("eta", *places, "--out", f"{tmp_path}/./points.csv").exit_code == 2
    assert points.read_text().startswith("id,lon,lat")
    result = towline("eta", points, points, "--out", tmp_path / "m.csv")
    assert "1 travel time written" in result.stderr
    assert result.stdout.startswith("0 s by road")


def test_the_same_table_twice_tells_its_problems_once(towline: Callable[..., Result], tmp_path: Path) -> None:
    """It is read once."""
    points = tmp_path / "points.csv"
    points.write_text("lon,lat\nx,-29.9\n")
    result = towline("eta", points, f"{tmp_path}/./points.csv")
    assert result.exit_code == 2
    assert "1 problem in the input" in result.stderr
    points.write_text("lonn,lon,lat\n1,-71.2519,-29.9027\n")
    assert towline("eta", points, points).stderr.count("ignored") <= 1
