"""What goes wrong with workers; errors of a scenario are told in its row."""

from __future__ import annotations

from graphs.errors import TowlineError


class SweepWorkersError(TowlineError):
    """Workers that cannot do their work, whichever scenario it is."""

    reason = "SWEEP_WORKERS_FAILED"
    status = "UNAVAILABLE"
    exit_code = 1


class VariantFatalError(TowlineError):
    """A scenario whose evaluation ended every worker that tried it."""

    reason = "SWEEP_VARIANT_FATAL"
    status = "INTERNAL"
    exit_code = 1


class SchedulerError(TowlineError):
    """A Dask scheduler that is not there, or has no workers."""

    reason = "SCHEDULER_UNAVAILABLE"
    status = "UNAVAILABLE"
    exit_code = 1


class WorkerVersionError(TowlineError):
    """Workers with another Towline, or none: their results might differ."""

    reason = "WORKER_VERSION_DIFFERS"
    status = "FAILED_PRECONDITION"
    exit_code = 1


class DaskMissingError(TowlineError):
    """A scheduler is asked for, but Dask is not installed."""

    reason = "DASK_NOT_INSTALLED"
    status = "FAILED_PRECONDITION"
