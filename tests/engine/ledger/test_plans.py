"""Every question finds its rows by an index: a ledger of years answers as quickly as a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as listening

from engine.ledger import Ledger, RegionLedger

ASKED: dict[str, tuple[Callable[[RegionLedger], Any], str]] = {
    "open incidents at start": (lambda r: r.load(), "incidents_open"),
    "one incident": (lambda r: r.incident("i"), "sqlite_autoindex_incidents_1 (region=? AND id=?)"),
    "answers": (
        lambda r: r.answers([("M", "q1"), ("M", "q2"), ("N", "q3")]),
        "sqlite_autoindex_answers_1 (region=? AND method=? AND request_id=?)",
    ),
    "events behind a number": (lambda r: r.events(5, 9), "(region=? AND number>?)"),
    "an incident's story": (
        lambda r: r.events(5, 9, incident="i"),
        "events_of_incident (region=? AND id=? AND number>?)",
    ),
    "decisions": (lambda r: r.decisions("i"), "decisions_of_incident (region=? AND incident=?)"),
    "a page": (
        lambda r: r.incidents(limit=9, after=(5, "i")),
        "incidents_by_time (region=? AND (received_us,id)>(?,?))",
    ),
    "a page, newest first": (
        lambda r: r.incidents(limit=9, after=(5, "i"), newest_first=True),
        "incidents_by_time (region=? AND (received_us,id)<(?,?))",
    ),
    "a page of open ones": (
        lambda r: r.incidents(limit=9, after=(5, "i"), open=True),
        "incidents_open (region=? AND (",
    ),
    "a page of a time": (
        lambda r: r.incidents(limit=9, since_us=5, until_us=9),
        "incidents_by_time (region=? AND received_us>? AND received_us<?)",
    ),
    "a customer's page": (
        lambda r: r.incidents(limit=9, after=(5, "i"), customer="c"),
        "incidents_of_customer (region=? AND customer=? AND (",
    ),
    "a track": (lambda r: r.track("u", since_us=5, until_us=9), "(region=? AND at_us>? AND at_us<?)"),
    "old answers": (
        lambda r: r.forget(answers_before_us=5, tracks_before_us=5, limit=9),
        "answers_by_time (region=? AND at_us<?)",
    ),
    "a purge": (lambda r: r.purge("c", lambda _, content: content), "incidents_of_customer (region=? AND customer=?)"),
}


@pytest.mark.parametrize("asked", ASKED)
def test_plan(tmp_path: Path, asked: str):
    """SQLite's plan goes by the index meant for the question, looks through no table and sorts no incidents."""
    path = tmp_path / "ledger.db"
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "DELETE")):
            statements.append((statement, parameters))

    question, index = ASKED[asked]
    with Ledger.open(f"sqlite:///{path}") as ledger:
        region = ledger.region("a")
        for engine in (ledger._database.reader, ledger._database.writer):
            listening.listen(engine, "before_cursor_execute", note)
        question(region)
    connection = sqlite3.connect(path)
    steps = [
        row[3]
        for told, parameters in statements
        for row in connection.execute(f"EXPLAIN QUERY PLAN {told}", parameters)
    ]
    connection.close()
    assert any(index in step for step in steps), steps
    assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step], steps
