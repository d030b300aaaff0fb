"""Structured logs: one JSON object a line, without anything a customer or driver said."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

logger = logging.getLogger("towline.server")
#: What JSON leaves as it is, but readers take for the end of a line, terminals for a command, and UTF-8 not at all.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_KNOWN = set(vars(logging.makeLogRecord({})))


class JsonFormatter(logging.Formatter):
    """``{"time": …, "level": …, "event": …, …}``; everything given as ``extra`` becomes a key."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _KNOWN}
        return _UNSAFE.sub(_escaped, json.dumps(line, ensure_ascii=False, default=str))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send the server's log to standard error as JSON lines; calling it again changes nothing."""
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        logger.addHandler(handler)
        logger.propagate = False
    logger.setLevel(level)


def frames(error: BaseException) -> list[str]:
    """Where an exception came from, innermost last. Never its message, which may quote a payload."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
