"""docs/coverage-service.md is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from towline.v1 import coverage_service_pb2 as pb

from engine.dispatch import Dispatcher
from engine.server import Server, ServerOptions
from engine.server.coverage_child import NICE
from engine.server.coverage_job import SLICE
from engine.server.coverage_outgoing import GAPS
from engine.server.operations_options import PlanningOptions
from engine.server.validation.declared import rules_of
from tests.engine.server.planning import fleet
from tests.engine.server.wire import NOW

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "coverage-service.md").read_text("utf-8")


def test_the_example_runs(dispatcher: Dispatcher, capsys: pytest.CaptureFixture[str]):
    """Three promises, in rain and dry."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    server = Server({"coquimbo": dispatcher}, options=ServerOptions(clock=lambda: NOW), fleets={"coquimbo": fleet()})
    try:
        server.start()
        exec(code.replace("127.0.0.1:50051", server.address), {})
    finally:
        server.stop(grace_s=0)
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in told] == [f"{minutes} minutes in rain" for minutes in (15, 20, 25)]


def test_limits_are_the_defaults():
    """As `PlanningOptions` has them; every key is in the table."""
    options = PlanningOptions()
    request: Any = pb.CompareCoverageRequest
    scenarios = rules_of(request.DESCRIPTOR.fields_by_name["scenarios"])
    for quoted in (
        f"`workers` | {options.workers} process that works",
        f"| {options.operations} that are not done |",
        f"| {options.caller_operations} of these",
        f"| {options.variants:,} of one request",
        f"| {options.evaluations:,} of one request",
        f"| {options.longest_s:g} s of work",
        f"| {options.answer_bytes >> 20} MiB of one response",
        f"| {options.kept_s:,.0f} s, {options.kept} operations, {options.kept_bytes >> 20} MiB of responses",
        f"| {options.wait_s:g} s of one `WaitOperation`",
        f"gaps ({GAPS})",
        f"`nice` {NICE}",
        f"{SLICE} units at a time",
        f"up to {scenarios.list.max_count}, each",
    ):
        assert quoted in PAGE, quoted
    keys = {name for name in options.__slots__ if name != "demand"}
    assert keys <= set(re.findall(r"`(\w+)`", PAGE.partition("## Limits")[2]))
