"""Structured logs: one JSON object a line, without anything a customer or driver said."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
import traceback
from collections import deque
from datetime import UTC, datetime
from typing import Any, TextIO

logger = logging.getLogger("towline.server")
#: How long a line may wait for others to be written with; how many may while nobody reads what is written.
LATER_S, MOST_WAITING = 0.05, 50_000
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


class LaterHandler(logging.Handler):
    """Hands lines to a thread that writes them, in order, a moment later and many at once.

    Threads that answer calls neither wait for each other here nor for whoever reads the log. `flush` writes what there
    is, errors are written at once, and so is the rest when the process ends. While whoever reads them stalls, the
    oldest lines are dropped, and how many is said.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream, self._waiting = stream, deque[logging.LogRecord](maxlen=MOST_WAITING)
        self._dropped = 0
        self._news = threading.Event()
        self._writing = threading.RLock()  # a signal's handler may log while its thread writes
        threading.Thread(target=self._write, name="towline-log", daemon=True).start()

    def createLock(self) -> None:  # noqa: N802  # as logging has it
        """None: appending to a deque needs no lock."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        self._dropped += len(self._waiting) == MOST_WAITING
        self._waiting.append(record)
        if record.levelno >= logging.ERROR:
            self.flush()
        elif not self._news.is_set():
            self._news.set()

    def flush(self) -> None:
        with self._writing:
            lines = []
            while self._waiting:
                lines.append(self.format(self._waiting.popleft()) + "\n")
            if self._dropped:
                lost, self._dropped = self._dropped, 0
                lines.append(json.dumps({"level": "warning", "event": "log lines dropped", "count": lost}) + "\n")
            if lines:
                try:
                    self._stream.write("".join(lines))
                    self._stream.flush()
                except (OSError, ValueError):
                    return  # nobody reads it any more

    def _write(self) -> None:
        while True:
            self._news.wait()
            time.sleep(LATER_S)
            self._news.clear()
            self.flush()


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send the server's log to standard error as JSON lines; calling it again changes nothing."""
    if not logger.handlers:
        handler = LaterHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        logger.addHandler(handler)
        logger.propagate = False
    logger.setLevel(level)


def frames(error: BaseException) -> list[str]:
    """Where an exception came from, innermost last. Never its message, which may quote a payload."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
