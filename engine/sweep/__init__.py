"""Sweeps of scenarios on many cores, or many machines (docs/sweeps.md)."""

from engine.sweep.errors import (
    DaskMissingError,
    SchedulerError,
    SweepWorkersError,
    WorkerVersionError,
)
from engine.sweep.result import SweepProblem, SweepResult, SweepRow
from engine.sweep.run import SweepRun, run_sweep

__all__ = [
    "DaskMissingError",
    "SchedulerError",
    "SweepProblem",
    "SweepResult",
    "SweepRow",
    "SweepRun",
    "SweepWorkersError",
    "WorkerVersionError",
    "run_sweep",
]
