"""`towline demo`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import Result

from tests.cli.conftest import NOW, widest


def test_the_demo_shows_both_cases(towline: Callable[..., Result], tmp_path: Path) -> None:
    """Within 80 columns: speed, a recommendation with reasons, 45 promises side by side, totals, map, credits."""
    page = tmp_path / "new" / "demo.html"
    result = towline("demo", "--map", page)
    assert result.exit_code == 0, result.output
    assert widest(result.stdout.replace(str(page), "")) <= 80
    for words in ("3,000 providers, 8,000 units", "send this one", "lost:", "Promises kept", "Late at worst"):
        assert words in result.stdout
    for words in ("OpenStreetMap", "AequilibraE", "ODbL", str(page)):
        assert words in result.stdout
    assert sum(line.startswith("I00") for line in result.stdout.splitlines()) == 45
    content = page.read_text("utf-8")
    assert len(content) < 6_000_000
    assert "Nearest in order of call" in content


def test_the_demo_as_json_and_its_tables(towline_json: Callable[..., Any], tmp_path: Path) -> None:
    """The document holds what the screen shows; --save's tables give the same plan through `reassign`."""
    found = towline_json("demo", "--seed", "2", "--map", tmp_path / "demo.html", "--save", tmp_path)
    standard, scarce = found["standard"], found["scarce"]
    assert (standard["providers"], standard["units"]) == (3000, 8000)
    assert standard["summary"]["incidents"] == 300
    assert standard["proven_optimal"] is True
    assert len(standard["recommendation"]["runners_up"]) == 5
    assert scarce["nearest"]["gap_min"] is None
    assert scarce["towline"]["gap_min"] == 0
    broken = [scarce[who]["summary"]["promises_broken"] for who in ("nearest", "towline")]
    assert broken[0] >= 9
    assert broken[1] < broken[0]
    tables = ["--incidents", tmp_path / "scarce-incidents.csv", "--units", tmp_path / "scarce-units.csv"]
    again = towline_json(
        "reassign", *tables, "--providers", tmp_path / "scarce-providers.csv", "--now", NOW, "--tours", "one-each"
    )
    assert again["cost_min"] == scarce["towline"]["cost_min"]


def test_a_place_that_cannot_be_written_to_is_refused_first(towline: Callable[..., Result], tmp_path: Path) -> None:
    """Before a minute of work, not after."""
    (tmp_path / "file").write_text("")
    assert towline("demo", "--map", tmp_path / "file" / "demo.html").exit_code == 2
    assert towline("demo", "--map", tmp_path / "demo.pdf").exit_code == 2
    (tmp_path / "taken").write_text("")
    result = towline("demo", "--map", tmp_path / "demo.html", "--save", tmp_path / "taken")
    assert result.exit_code == 2
    assert "is a file" in result.stderr
    assert towline("demo", "--map", tmp_path / "x.html", "--save", tmp_path / "x.html").exit_code == 2
    assert not (tmp_path / "demo.html").exists()
