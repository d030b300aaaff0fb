"""`towline report overdue --server`: the same answer as from the ledger."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from engine.dispatch import Dispatcher
from engine.ledger import Ledger
from engine.live.report import overdue
from engine.live.report.rows import promise_rows
from engine.server import Server, ServerOptions
from graphs.bundled import load_coquimbo
from tests.engine.live.report.day import day
from tests.engine.live.report.told import Told, at


def test_a_server_says_what_its_ledger_says(towline_json: Callable[..., Any], tmp_path: Path):
    """Every broken promise, its cause and its minutes are those of the ledger."""
    told = Told(tmp_path / "ledger.db")
    day(told, 60, seed=3)
    told.ledger.close()
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with Ledger.open(url, read_only=True) as ledger, ledger.region("coquimbo").snapshot() as reading:
        wanted = overdue(reading, zone=UTC)
    assert wanted.broken
    options = dataclasses.replace(ServerOptions(), clock=lambda: at(0) + timedelta(days=3))
    server = Server({"coquimbo": Dispatcher(load_coquimbo())}, options=options, ledger=url).start()
    out = tmp_path / "promises.csv"
    try:
        found = towline_json(
            "report", "overdue", "--server", f"127.0.0.1:{server.port}", "--promises", out, "--timezone", "UTC"
        )
    finally:
        server.stop(grace_s=0)
    assert found["total"]["promises"] == wanted.promises
    expected = [
        (row["incident"], row["cause"], row["late_minutes"], row["offers_minutes"]) for row in promise_rows(wanted)
    ]
    with out.open() as file:
        rows = list(csv.DictReader(file))
    told_rows = [
        (row["incident"], row["cause"], float(row["late_minutes"]), float(row["offers_minutes"])) for row in rows
    ]
    assert told_rows == expected
