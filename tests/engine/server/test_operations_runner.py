"""How operations end: well, with a typed error, with a bug."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.dispatch import Dispatcher
from engine.errors import OperationTooLongError, WorkerDiedError
from engine.server import coverage_planning
from engine.server.coverage_job import Job, Summary
from engine.server.coverage_planning import Planning
from engine.server.operations_options import PlanningOptions
from engine.server.operations_runner import Runner
from engine.server.operations_store import Operation, Operations, Owner
from tests.engine.server.planning import info_of

OPTIONS = PlanningOptions()
JOB = Job("EvaluateCoverage", "coquimbo", b"", datetime(2026, 3, 2, tzinfo=UTC), None)


class Scripted:
    """In place of `Planning`."""

    def __init__(self, run: Callable[..., bytes]) -> None:
        self.run, self.closed = run, False

    def close(self) -> None:
        self.closed = True


def ended(run: Callable[..., bytes]) -> Operation:
    """An operation whose work is this."""
    operations = Operations(OPTIONS, lambda: JOB.now)
    planning: Any = Scripted(run)
    runner = Runner(operations, planning, 2)
    operation = operations.add(
        Owner("a", "a"), "r", "x", total=2, response_type="t", work=(JOB, Summary(2, b"")), request_id="r"
    )
    runner.start()
    runner.start()
    assert operations.wait(operation, 20)
    runner.stop()
    runner.stop()
    assert planning.closed
    return operation


def test_work_that_is_done():
    """Its bytes are the response, its progress is told, and what it was made from is let go."""

    def run(_: Job, summary: Summary, told: Callable[[int], None]) -> bytes:
        told(summary.tasks)
        return b"answer"

    operation = ended(run)
    assert (operation.response, operation.error, operation.done, operation.work) == (b"answer", None, 2, None)


def test_work_that_cannot_be_done():
    """The error is the one of a call."""

    def run(*_: Any) -> bytes:
        raise OperationTooLongError("too long", longest_s=1)

    operation = ended(run)
    assert operation.error is not None
    assert (operation.error.code, info_of(operation.error).reason) == (4, "OPERATION_TOO_LONG")


def test_a_bug_is_told_without_its_cause(caplog: pytest.LogCaptureFixture):
    """The caller learns that there is one; the log where."""

    def run(*_: Any) -> bytes:
        raise RuntimeError("KeyError ['work.py:7 answer']")

    with caplog.at_level(logging.ERROR, "towline.server"):
        operation = ended(run)
    assert operation.error is not None
    assert (operation.error.code, info_of(operation.error).reason) == (13, "INTERNAL")
    assert "work.py" not in str(operation.error)
    assert any("work.py:7" in str(vars(record)) for record in caplog.records)


def test_processes_that_die_again_and_again(dispatcher: Dispatcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A typed error, not a wait for ever."""
    child = tmp_path / "child.py"
    child.write_text("import sys\nsys.exit(1)\n")
    monkeypatch.setattr(coverage_planning, "CHILD", child)
    planning = Planning({"coquimbo": dispatcher}, OPTIONS)
    try:
        with pytest.raises(WorkerDiedError):
            planning.check(JOB)
        with pytest.raises(WorkerDiedError):
            planning.run(JOB, Summary(1, b""), lambda _: None)
    finally:
        planning.close()
