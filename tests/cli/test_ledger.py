"""`towline ledger`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import Result

from engine.ledger import Ledger
from tests.engine.ledger.samples import filing, fleet

Run = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger that a server has open, with an incident in one region."""
    place = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{place}") as ledger:
        region = ledger.region("coquimbo")
        region.commit(fleet(1), after=0)
        region.commit(filing(3), after=2)
    return place


def test_info(towline: Run, towline_json: Callable[..., Any], path: Path):
    """What is in a ledger, by file name or URL, also while a server has it."""
    with Ledger.open(f"sqlite:///{path}", exclusive=True):
        found = towline_json("ledger", "info", path)
        assert found == towline_json("ledger", "info", f"sqlite:///{path}")
    assert found["regions"][0]["region"] == "coquimbo"
    assert found["regions"][0]["last_number"] == 3
    result = towline("ledger", "info", path)
    assert result.exit_code == 0, result.output
    assert "coquimbo" in result.stdout
    assert "2023-11-14" in result.stdout


def test_info_of_an_empty_one(towline: Run, tmp_path: Path):
    """A ledger never written says so."""
    Ledger.open(f"sqlite:///{tmp_path / 'l.db'}").close()
    assert "nothing was written" in towline("ledger", "info", tmp_path / "l.db").stdout


def test_export(towline: Run, towline_json: Callable[..., Any], path: Path, tmp_path: Path):
    """Files in a folder that is made, of all regions or one."""
    out = tmp_path / "story"
    told = towline_json("ledger", "export", path, "--out", out)
    assert told["files"]["events"] == {"file": str(out / "events.parquet"), "rows": 3}
    assert pq.read_table(out / "incidents.parquet")["state"].to_pylist() == ["filed"]
    result = towline("ledger", "export", path, "--out", out, "--region", "coquimbo")
    assert result.exit_code == 0, result.output
    assert "events.parquet" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "reason", "code"),
    [
        (["info", "{}/none.db"], "FILE_MISSING", 2),
        (["info", "mysql://x/y"], "INVALID_LEDGER_URL", 2),
        (["info", "{}/text.db"], "NOT_A_LEDGER", 2),
        (["info", "postgresql://u@127.0.0.1:1/d"], "LEDGER_UNAVAILABLE", 3),
        (["export", "{}/ledger.db", "--out", "{}/out", "--region", "atlantis"], "NOT_FOUND", 2),
    ],
)
def test_mistakes(
    towline_json: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    path: Path,
    tmp_path: Path,
    arguments: list[str],
    reason: str,
    code: int,
):
    """Each mistake has its reason, and nothing comes into being."""
    real = Ledger.open
    monkeypatch.setattr(Ledger, "open", lambda url, **options: real(url, **options, wait_s=0.1))
    (tmp_path / "text.db").write_text("no database" * 100)
    before = sorted(tmp_path.iterdir())
    told = towline_json("ledger", *(word.format(tmp_path) for word in arguments), exit_code=code)
    assert told["error"]["reason"] == reason
    assert sorted(tmp_path.iterdir()) == before
    assert path.exists()
