"""Structured logs."""

from __future__ import annotations

import json
import logging

import pytest

from engine.server.logs import JsonFormatter, frames


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
