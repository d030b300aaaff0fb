"""`towline ledger verify`, `replay` and `purge`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import Result

from engine.dispatch import Dispatcher
from engine.ledger import Ledger
from engine.live.commands.ending import CloseIncident
from engine.live.records import LegState
from graphs.bundled import load_coquimbo
from tests.cli.conftest import widest
from tests.engine.live.verify.region import LON, LiveStory

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def deciding() -> Dispatcher:
    return Dispatcher(load_coquimbo())


@pytest.fixture
def path(deciding: Dispatcher, tmp_path: Path) -> Path:
    """A ledger with a closed and an open incident, held by nobody."""
    story = LiveStory(deciding, tmp_path / "ledger.db")
    story.create("i1")
    story.advance("i1", LegState.ACCEPTED, LegState.UNDER_WAY, LegState.ON_SCENE)
    story.do(CloseIncident("i1", "", "solved"), 5)
    story.create("i2", 1, LON + 0.01)
    story.stop()
    return story.path


def falsify(path: Path, statement: str) -> None:
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger._database.writing() as connection:
        connection.execute(text(statement))


def test_verify(towline: Run, towline_json: Callable[..., Any], path: Path):
    """A whole ledger has no findings; a false one has, and exit code 1."""
    assert towline_json("ledger", "verify", path)["findings"] == []
    assert "no findings" in towline("ledger", "verify", path).stdout
    falsify(path, "UPDATE events SET kind = 'unit_towing' WHERE kind = 'unit_on_scene'")
    falsify(path, "UPDATE incidents SET open = true WHERE id = 'i1'")
    found = towline_json("ledger", "verify", path, "--region", "coquimbo", exit_code=1)["findings"]
    assert {each["fault"] for each in found} >= {"transition", "open"}
    result = towline("ledger", "verify", path)
    assert result.exit_code == 1
    assert "became on_scene" in result.stdout.replace("\n", " ")
    assert widest(result.stdout) <= 80


def test_replay(towline: Run, towline_json: Callable[..., Any], path: Path):
    """All events give the tables' state; fewer give an earlier one; tables that differ are told by exit code 1."""
    now = towline_json("ledger", "replay", path)
    assert now["equal"] is True
    assert [record["id"] for record in now["incidents"]] == ["i2"]
    before = towline_json("ledger", "replay", path, "--to", "9")
    assert before["equal"] is None
    assert before["number"] == 9
    assert towline_json("ledger", "replay", path, "--at", "2026-03-02T08:00:30+00:00")["incidents"][0]["id"] == "i1"
    shown = towline("ledger", "replay", path)
    assert "state hash equal" in shown.stdout
    assert widest(shown.stdout) <= 80
    falsify(path, "UPDATE incidents SET record = CAST(replace(record, 'i2', 'i3') AS BLOB) WHERE id = 'i2'")
    assert towline_json("ledger", "replay", path, exit_code=1)["equal"] is False


def test_purge(towline: Run, towline_json: Callable[..., Any], path: Path):
    """A customer is gone from a ledger that nobody holds, which is whole afterwards; never beside a server."""
    with Ledger.open(f"sqlite:///{path}", exclusive=True):
        told = towline_json("ledger", "purge", path, "customer of i1", exit_code=3)
        assert told["error"]["reason"] == "LEDGER_IN_USE"
    assert towline_json("ledger", "purge", path, "customer of i1", "--dry-run")["incidents"] == 1
    assert b"customer of i1" in path.read_bytes()
    assert "1 incident and" in towline("ledger", "purge", path, "customer of i1").stdout
    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger:
        events = ledger.region("coquimbo").events(0, 1000)
    assert events[-1].kind == "customer_purged"
    assert not any(b"customer of i1" in event.record for event in events)
    assert towline_json("ledger", "verify", path)["findings"] == []
    assert towline_json("ledger", "replay", path)["equal"] is True
    told = towline_json("ledger", "purge", path, "customer of i2", exit_code=2)
    assert told["error"]["reason"] == "INCIDENT_OPEN"


@pytest.mark.parametrize(
    ("arguments", "reason", "code"),
    [
        (["verify", "{}/none.db"], "FILE_MISSING", 2),
        (["purge", "{}/none.db", "c"], "FILE_MISSING", 2),
        (["verify", "{}/ledger.db", "--region", "atlantis"], "NOT_FOUND", 2),
        (["replay", "{}/ledger.db", "--to", "1", "--at", "2026-03-02T08:00:30Z"], "INVALID_OPTION", 2),
        (["replay", "{}/ledger.db", "--at", "noon"], "INVALID_TIME", 2),
    ],
)
def test_mistakes(
    towline_json: Callable[..., Any], path: Path, tmp_path: Path, arguments: list[str], reason: str, code: int
):
    """Each mistake has its reason, and nothing comes into being."""
    before = {each.name for each in tmp_path.iterdir()}
    told = towline_json("ledger", *(word.format(tmp_path) for word in arguments), exit_code=code)
    assert told["error"]["reason"] == reason
    assert path.exists()
    assert not {each.name for each in tmp_path.iterdir()} - before
