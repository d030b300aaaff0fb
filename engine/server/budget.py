"""How much time a call has left, and whether anybody still waits for its answer."""

from __future__ import annotations

import math
from typing import Protocol

from engine.errors import CancelledError, DeadlineError
from engine.server.options import ServerOptions


class CallContext(Protocol):
    """The part of `grpc.ServicerContext` that matters here."""

    def time_remaining(self) -> float | None: ...

    def is_active(self) -> bool: ...


class Budget:
    """The time of one call; ``margin_s`` of it belongs to the answer's way back."""

    def __init__(self, context: CallContext, options: ServerOptions, incidents: int = 0) -> None:
        self._context = context
        self._longest = options.solve_s
        self._margin = options.margin_s + options.margin_per_incident_s * incidents

    def cancelled(self) -> bool:
        """Whether the caller has gone (or its deadline has passed, which is the same to us)."""
        return not self._context.is_active()

    def check(self) -> None:
        """CancelledError at a stage boundary when nobody waits any more."""
        if self.cancelled():
            raise CancelledError("the caller went away; the work was given up")

    def left_s(self) -> float:
        """Seconds until an answer must be on its way; infinite without a deadline, never below 0."""
        remaining = self._context.time_remaining()
        return math.inf if remaining is None else max(0.0, remaining - self._margin)

    def solver_s(self) -> float:
        """Seconds the solver may take; DeadlineError when the caller left none."""
        remaining = self._context.time_remaining()
        left = (math.inf if remaining is None else remaining) - self._margin
        if left <= 0:
            remaining_ms, needed_ms = round(1000 * max(left + self._margin, 0)), round(1000 * self._margin)
            raise DeadlineError(
                f"the deadline leaves {remaining_ms} ms, but {needed_ms} ms are needed to answer; allow more time",
                remaining_ms=remaining_ms,
                needed_ms=needed_ms,
            )
        return min(left, self._longest)
