"""One call for the log, the metrics and the traces: its method, caller, sizes, duration and outcome."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import grpc

from engine.observer import NOBODY, Observer
from engine.server.logs import frames, logger
from engine.server.status import INTERNAL_REASON, internal_status, to_status
from engine.server.tracing import PlainTracer, Tracer
from graphs.errors import TowlineError


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Who is told of calls besides the log."""

    observer: Observer = NOBODY
    tracer: Tracer = field(default_factory=PlainTracer)


class CallLog:
    """Begins with the call; ends in exactly one line."""

    def __init__(
        self, method: str, metadata: Iterable[tuple[str, Any]] = (), telemetry: Telemetry | None = None
    ) -> None:
        self.method = method.removeprefix("/")
        self.subject: str | None = None
        self.request_bytes = 0
        self.response_bytes = 0
        self.started = time.perf_counter()
        telemetry = telemetry or Telemetry()
        self._observer, self._span = telemetry.observer, telemetry.tracer.begin(self.method, metadata)
        self._observer.level("calls_in_flight", 1, method=self.method)

    def failed(self, error: Exception) -> grpc.Status:
        """Log the failure and say what the caller gets."""
        if isinstance(error, TowlineError):
            stalled = {"stalled": True} if error.metadata.get("stalled") else {}
            self.done(error.status, reason=error.reason, **stalled)
            return to_status(error)
        self.done("INTERNAL", reason=INTERNAL_REASON, exception=type(error).__name__, frames=frames(error))
        return internal_status()

    def done(self, code: str, **more: Any) -> None:
        seconds = time.perf_counter() - self.started
        fields = {
            "method": self.method,
            "code": code,
            "subject": self.subject,
            "trace": self._span.trace_id,
            "duration_ms": round(1000 * seconds, 1),
            "request_bytes": self.request_bytes,
            "response_bytes": self.response_bytes,
            **more,
        }
        self._observer.level("calls_in_flight", -1, method=self.method)
        self._observer.timed("call_seconds", seconds, method=self.method)
        self._observer.count("calls", method=self.method, code=code, reason=str(more.get("reason", "")))
        self._span.end(code, self.subject)
        level = logging.ERROR if code == "INTERNAL" else logging.INFO
        if logger.isEnabledFor(level):  # by hand: nobody wants to know the line of this file, which takes long to find
            record = logging.LogRecord(logger.name, level, __file__, 0, "call", (), None)
            vars(record).update(fields)
            logger.handle(record)
