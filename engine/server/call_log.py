"""One call for the log: its method, sizes, duration and outcome."""

from __future__ import annotations

import time
from typing import Any

import grpc

from engine.server.logs import frames, logger
from engine.server.status import INTERNAL_REASON, internal_status, to_status
from graphs.errors import TowlineError


class CallLog:
    """Begins with the call; ends in exactly one line."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.request_bytes = 0
        self.response_bytes = 0
        self.started = time.perf_counter()

    def failed(self, error: Exception) -> grpc.Status:
        """Log the failure and say what the caller gets."""
        if isinstance(error, TowlineError):
            stalled = {"stalled": True} if error.metadata.get("stalled") else {}
            self.done(error.status, reason=error.reason, **stalled)
            return to_status(error)
        self.done("INTERNAL", reason=INTERNAL_REASON, exception=type(error).__name__, frames=frames(error))
        return internal_status()

    def done(self, code: str, **more: Any) -> None:
        fields = {
            "method": self.method.removeprefix("/"),
            "code": code,
            "duration_ms": round(1000 * (time.perf_counter() - self.started), 1),
            "request_bytes": self.request_bytes,
            "response_bytes": self.response_bytes,
            **more,
        }
        (logger.error if code == "INTERNAL" else logger.info)("call", extra=fields)
