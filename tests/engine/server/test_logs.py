"""Structured logs."""

from __future__ import annotations

import io
import json
import logging

import pytest

from engine.server import logs
from engine.server.logs import JsonFormatter, LaterHandler, frames


def test_a_line_is_one_json_object():
    """Time, level, event and the extras."""
    record = logging.makeLogRecord({"levelname": "INFO", "msg": "call", "code": "OK", "method": "m"})
    line = json.loads(JsonFormatter().format(record))
    assert {key: line[key] for key in ("level", "event", "code", "method")} == {
        "level": "info",
        "event": "call",
        "code": "OK",
        "method": "m",
    }
    assert "time" in line


def test_frames_do_not_quote_the_message():
    """Where a bug happened, not what it says: that may hold a customer's words."""
    try:
        raise ValueError("Mr Secret, 555-1234")
    except ValueError as error:
        found = frames(error)
    assert found[-1].endswith("test_frames_do_not_quote_the_message")
    assert "Secret" not in "".join(found)


@pytest.mark.parametrize(
    "text", ['x"}\n{"event":"call"}', "a\r\nb", "\x85\u2028\u2029", "\x1b[2J\x9b1m", "\ud800", "\u202egnp"]
)
def test_nothing_in_a_record_begins_another_line(text: str):
    """Whatever somebody sends: one line, which reads back as what was sent, and commands no terminal."""
    record = logging.makeLogRecord({"levelname": "INFO", "msg": text, "subject": text, "list": [text]})
    line = JsonFormatter().format(record)
    line.encode()
    assert len(line.splitlines()) == 1
    assert all(character.isprintable() for character in line)
    assert json.loads(line)["subject"] == json.loads(line)["list"][0] == json.loads(line)["event"] == text


def test_a_stalled_reader_costs_lines_not_memory(monkeypatch: pytest.MonkeyPatch):
    """The newest lines are kept, and how many were dropped is said; a signal's handler may log within a write."""
    monkeypatch.setattr(logs, "MOST_WAITING", 5)
    stream = io.StringIO()
    handler = LaterHandler(stream)
    handler.setFormatter(JsonFormatter())
    with handler._writing:  # held, as by a thread whose write does not come back
        for number in range(12):
            record = {"levelname": "INFO", "levelno": logging.INFO, "msg": f"line {number}"}
            handler.emit(logging.makeLogRecord(record))
    handler.flush()
    said = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in said] == [f"line {number}" for number in range(7, 12)] + ["log lines dropped"]
    assert said[-1]["count"] == 7
