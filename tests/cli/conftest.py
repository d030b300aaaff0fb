"""The command line as tests call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from engine.generate import scarce_hour
from engine.tables.inputs import save_case
from graphs.bundled import load_coquimbo_population
from graphs.region import Region

NOW = "2026-03-03T18:30:00-03:00"


@pytest.fixture
def towline(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("TOWLINE_DEBUG", raising=False)

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def towline_json(towline: Callable[..., Result]) -> Callable[..., Any]:
    """Runs a command with --json and gives the document; nothing else may be on stdout."""

    def run(*arguments: str | Path, exit_code: int = 0) -> Any:
        result = towline(*arguments, "--json")
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    return run


@pytest.fixture(scope="session")
def scarce(coquimbo: Region, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tables of the scarce hour."""
    folder = tmp_path_factory.mktemp("scarce")
    case = scarce_hour(coquimbo, load_coquimbo_population(), seed=1)
    save_case(folder, "scarce", case.fleet, case.incidents)
    return folder


@pytest.fixture(scope="session")
def case(scarce: Path) -> list[str]:
    """The options that name these tables and their time."""
    tables = ["--incidents", str(scarce / "scarce-incidents.csv"), "--units", str(scarce / "scarce-units.csv")]
    return [*tables, "--now", NOW]


def widest(text: str) -> int:
    return max((len(line.rstrip()) for line in text.splitlines()), default=0)
