"""`towline reassign` where nothing is open, or nobody is there."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from typer.testing import Result

from tests.cli.conftest import NOW

Run = Callable[..., Result]
HEADER = "incident_id,lon,lat,service,received_at\n"
NOTHING = {".csv": HEADER, ".geojson": '{"type": "FeatureCollection", "features": []}'}


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content)
    return path


@pytest.mark.parametrize("ending", [".csv", ".geojson"])
def test_nothing_open_is_an_empty_plan(towline: Run, scarce: Path, tmp_path: Path, ending: str) -> None:
    """Exit code 0, one line says so, and the plan and the map of the last hour do not stay."""
    incidents = written(tmp_path, f"none{ending}", NOTHING[ending])
    units, page = scarce / "scarce-units.csv", tmp_path / "plan.html"
    for out in (written(tmp_path, f"plan{kind}", "of the last hour") for kind in (".csv", ".geojson", ".parquet")):
        result = towline(
            "reassign", "--incidents", incidents, "--units", units, "--now", NOW, "--out", out, "--map", page
        )
        assert result.exit_code == 0, result.output
        said = " ".join(result.stderr.split())
        assert f"none{ending} has no rows: no incident is open, nothing is to be decided" in said
        assert "more than a day ago" not in said
        assert " ".join(result.stdout.split()).endswith("0 open incidents, 60 units")
        if out.suffix == ".csv":
            with out.open(newline="") as file:
                assert (csv.DictReader(file).fieldnames or [])[:3] == ["incident_id", "lon", "lat"]
        else:
            assert len(gpd.read_file(out) if out.suffix == ".geojson" else gpd.read_parquet(out)) == 0
        assert "0 incidents" in page.read_text("utf-8")


def test_the_document_of_nothing(towline_json: Callable[..., Any], scarce: Path, tmp_path: Path) -> None:
    """The keys of any plan, no incidents."""
    incidents = written(tmp_path, "none.csv", HEADER)
    found = towline_json("reassign", "--incidents", incidents, "--units", scarce / "scarce-units.csv", "--now", NOW)
    assert (found["incidents"], found["summary"]["incidents"], found["cost_min"]["total"]) == ([], 0, 0)
    assert (found["gap_min"], found["proven_optimal"]) == (0, True)


@pytest.mark.parametrize("mode", ["auto", "one-each", "several"])
def test_nobody_there_leaves_every_incident_over(towline: Run, scarce: Path, tmp_path: Path, mode: str) -> None:
    """Exit code 4 with a reason for each; what was planned is written, and can be checked."""
    units, out = written(tmp_path, "none.csv", "unit_id,lon,lat\n"), tmp_path / "plan.csv"
    tables = ["--incidents", scarce / "scarce-incidents.csv", "--units", units, "--now", NOW]
    result = towline("reassign", *tables, "--out", out, "--tours", mode, "--json")
    assert result.exit_code == 4, result.output
    assert "none.csv has no rows: there are no units" in " ".join(result.stderr.split())
    found = json.loads(result.stdout)
    assert found["summary"]["unserved"] == len(found["incidents"]) == 45
    assert {row["unserved_reason"]["code"] for row in found["incidents"]} == {"no_capable_unit"}
    with out.open(newline="") as file:
        assert {row["status"] for row in csv.DictReader(file)} == {"unserved"}
    assert "The plan cannot go out" in towline("check", *tables, "--plan", out).stdout


def test_an_empty_plan_is_checked(towline: Run, scarce: Path, tmp_path: Path) -> None:
    """The plan of nothing keeps every rule; for incidents it is one that leaves them all."""
    out, nothing = tmp_path / "plan.csv", written(tmp_path, "none.csv", HEADER)
    units = ["--units", scarce / "scarce-units.csv", "--now", NOW]
    assert towline("reassign", "--incidents", nothing, *units, "--out", out).exit_code == 0
    checked = towline("check", "--incidents", nothing, *units, "--plan", out)
    assert (checked.exit_code, "keeps every rule" in checked.stdout) == (0, True), checked.output
    open_ones = ["--incidents", scarce / "scarce-incidents.csv"]
    assert towline("check", *open_ones, *units, "--plan", out, "--alone").exit_code == 4


@pytest.mark.parametrize("content", ["", "\n", "incident_id,lon\n"])
def test_a_file_that_names_no_columns_stays_an_error(towline: Run, scarce: Path, tmp_path: Path, content: str) -> None:
    """An export that failed is not a quiet hour: exit code 2, the plan of before stays."""
    incidents, out = written(tmp_path, "none.csv", content), written(tmp_path, "plan.csv", "as before")
    units = scarce / "scarce-units.csv"
    result = towline("reassign", "--incidents", incidents, "--units", units, "--now", NOW, "--out", out)
    assert result.exit_code == 2
    assert out.read_text() == "as before"
