"""Errors about operations: work that goes on after the call that began it."""

from __future__ import annotations

from graphs.errors import TowlineError


class OperationCancelledError(TowlineError):
    """The work was given up: its caller said so, or the server stopped; ``cause`` says which."""

    reason = "OPERATION_CANCELLED"
    status = "CANCELLED"


class OperationRunningError(TowlineError):
    """An operation that is not done cannot be deleted."""

    reason = "OPERATION_RUNNING"
    status = "FAILED_PRECONDITION"


class OperationTooLongError(TowlineError):
    """The work took longer than the server allows."""

    reason = "OPERATION_TOO_LONG"
    status = "DEADLINE_EXCEEDED"


class WorkerDiedError(TowlineError):
    """The processes that did the work died again and again, mostly for want of memory."""

    reason = "WORKER_DIED"
    status = "UNAVAILABLE"
