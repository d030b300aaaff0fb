"""What the coverage commands refuse, and how they say where it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

SWEEP = "[sweep]\n'promise.urban_minutes' = '1..1000'\n'demand.factor' = '1..1000'\n"


def refused(towline: Callable[..., Result], *arguments: str | Path) -> str:
    result = towline("coverage", *arguments)
    assert result.exit_code == 2, result.output
    return " ".join(result.output.split())


def test_csv_must_be_called_so(towline: Callable[..., Result], tmp_path: Path) -> None:
    """A file of another kind is not overwritten by a slip of the finger."""
    scenario, other = tmp_path / "s.toml", tmp_path / "mine.toml"
    scenario.write_text("title = 'as it is'\n")
    other.write_text("title = 'mine'\n")
    assert "mine.toml must end in .csv" in refused(towline, "compare", scenario, "--csv", other)
    assert other.read_text() == "title = 'mine'\n"


def test_what_is_read_is_named_by_its_option(towline: Callable[..., Result], tmp_path: Path) -> None:
    """Not by a number: an output over an input."""
    own = tmp_path / "own.toml"
    own.write_text("[[candidate]]\n")
    table, scenario = tmp_path / "t.csv", tmp_path / "s.toml"
    table.write_text("id,lon,lat\nA,-71.25,-29.9\n")
    scenario.write_text("title = 'as it is'\n")
    for arguments, told in (
        (("shifts", own, "--save", own), "as RULES, which is read"),
        (("shifts", "--scenario", own, "--save", own), "as --scenario, which is read"),
        (("site", "--candidates", table, "--scenario", own, "--write-scenario", own), "as --scenario, which is read"),
        (("compare", scenario, "--demand", table, "--csv", table), "as --demand, which is read"),
        (("evaluate", "--demand", table, "--map", table), "as --demand, which is read"),
        (("standby", "--places", table, "--map", table), "as --places, which is read"),
        (("whatif", own, "--gis", own), "as SCENARIO, which is read"),
    ):
        assert told in refused(towline, *arguments), arguments


def test_sites_are_for_one_service(towline: Callable[..., Result]) -> None:
    """The first is not dropped without a word."""
    asked = ("site", "--candidates-every-cell", "5", "--sites", "1")
    told = refused(towline, *asked, "--service", "designated_driver", "--service", "towing")
    assert "one service at a time" in told
    assert "designated_driver, towing" in told


def test_no_demand_is_left(towline: Callable[..., Result], tmp_path: Path) -> None:
    """The file is named, and the line of a scenario that says so."""
    scenario, table = tmp_path / "none.toml", tmp_path / "d_zero.csv"
    scenario.write_text(
        "title = 'none'\n[[demand.area]]\nfactor = 0\npolygon = [[-72, -31], [-70, -31], [-70, -29], [-72, -29]]\n"
    )
    told = refused(towline, "whatif", scenario)
    assert "none.toml, line 2" in told
    assert "leave no demand" in told
    table.write_text("lon,lat,weight\n-71.25,-29.9,0\n")
    assert "d_zero.csv has no weight above zero" in refused(towline, "evaluate", "--demand", table)


def test_too_many_variants(towline: Callable[..., Result], tmp_path: Path) -> None:
    """Where the sweep is, and the option that allows more."""
    scenario = tmp_path / "many.toml"
    scenario.write_text("title = 'many'\n" + SWEEP)
    told = refused(towline, "compare", scenario)
    assert "many.toml, line 2: the sweep makes 1,000,000 scenarios" in told
    assert "--most" in told


@pytest.mark.parametrize("command", ["whatif", "evaluate"])
def test_a_sweep_is_refused_where_it_is(towline: Callable[..., Result], tmp_path: Path, command: str) -> None:
    """In its own line, whatever stands above."""
    scenario = tmp_path / "swept.toml"
    scenario.write_text("title = 'x'\n[when]\nhour = 3\n" + SWEEP)
    asked = (command, scenario) if command == "whatif" else (command, "--scenario", scenario)
    assert "line 4 sweep" in refused(towline, *asked)
