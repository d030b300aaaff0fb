"""`towline report overdue`."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.cli.conftest import widest
from tests.engine.live.report.day import day
from tests.engine.live.report.told import Told

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a day of 150 incidents."""
    place = tmp_path_factory.mktemp("day") / "ledger.db"
    told = Told(place)
    day(told, 150)
    told.ledger.close()
    return place


@pytest.mark.parametrize("by", ["provider", "area", "hour", "cause", "service"])
def test_groups(towline: Run, towline_json: Callable[..., Any], path: Path, tmp_path: Path, by: str):
    """Every grouping adds up to the same promises; table in 80 columns, CSV and picture say the same."""
    found = towline_json(
        "report", "overdue", path, "--by", by, "--csv", tmp_path / "g.csv", "--chart", tmp_path / "g.svg"
    )
    total, groups = found["total"], found["groups"]
    assert total["promises"] == 150
    assert total["broken"] > 5
    assert sum(each["broken"] for each in groups) == total["broken"]
    assert sum(each["never_arrived"] for each in groups) == total["never_arrived"]
    if by != "cause":
        assert sum(each["promises"] for each in groups) == 150
    with (tmp_path / "g.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["group"], int(row["broken"])) for row in rows] == [(each["group"], each["broken"]) for each in groups]
    picture = ElementTree.fromstring((tmp_path / "g.svg").read_text())
    told = " ".join(picture.itertext())
    assert f"{total['broken']} of 150 promises broken" in told
    assert "http://www.w3.org/2000/svg" in picture.tag
    assert not re.search("(href|src|url)", (tmp_path / "g.svg").read_text())
    shown = towline("report", "overdue", path, "--by", by)
    assert shown.exit_code == 0, shown.output
    assert widest(shown.stdout) <= 80
    assert f"{total['broken']} broken" in shown.stdout


def test_every_broken_promise(towline_json: Callable[..., Any], path: Path, tmp_path: Path):
    """One row each, the latest first, whose minutes explain the lateness."""
    out = tmp_path / "promises.csv"
    found = towline_json("report", "overdue", path, "--promises", out, "--timezone", "America/Santiago")
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == found["total"]["broken"]
    late = [float(row["late_minutes"]) for row in rows]
    assert late == sorted(late, reverse=True)
    for row in rows:
        lost = sum(float(value) for key, value in row.items() if key.endswith("_minutes") and key != "late_minutes")
        assert lost >= float(row["late_minutes"]) - 0.5
        assert row["received_at"].endswith("-03:00")


def test_a_time_without_promises(towline: Run, towline_json: Callable[..., Any], path: Path):
    """--since and --until choose by when it was received; a time without any says so."""
    early = towline_json("report", "overdue", path, "--until", "2026-03-02T12:00:00Z")["total"]["promises"]
    late = towline_json("report", "overdue", path, "--since", "2026-03-02T12:00:00Z")["total"]["promises"]
    assert early + late == 150
    assert 0 < early < 150
    assert "No promise" in towline("report", "overdue", path, "--until", "2026-03-02T07:00:00Z").stdout


@pytest.mark.parametrize(
    ("arguments", "reason", "code"),
    [
        ([], "INVALID_OPTION", 2),
        (["{}", "--server", "127.0.0.1:1"], "INVALID_OPTION", 2),
        (["--server", "127.0.0.1:1"], "SERVER_UNREACHABLE", 3),
        (["{}.none"], "FILE_MISSING", 2),
        (["{}", "--chart", "x.png"], "UNKNOWN_FILE_FORMAT", 2),
        (["{}", "--csv", "x.txt"], "UNKNOWN_FILE_FORMAT", 2),
        (["{}", "--timezone", "Mars/Olympus"], "INVALID_OPTION", 2),
        (["{}", "--since", "noon"], "INVALID_TIME", 2),
    ],
)
def test_mistakes(towline_json: Callable[..., Any], path: Path, arguments: list[str], reason: str, code: int):
    """Each mistake has its reason."""
    words = [word.format(path) for word in arguments]
    assert towline_json("report", "overdue", *words, exit_code=code)["error"]["reason"] == reason
