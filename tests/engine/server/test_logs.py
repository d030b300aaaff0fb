"""Structured logs."""

from __future__ import annotations

import json
import logging

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
