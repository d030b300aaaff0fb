"""Large flows in processes of their own: OR-Tools holds the interpreter lock while it solves, for seconds at times.

Elsewhere all threads would stand still meanwhile, nor could a flow be stopped.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from engine.assign.problem import SparseProblem
from engine.assign.solve import flow_here
from engine.processes import Processes
from graphs.network import Int32

#: Candidates from which on a flow takes long enough (about 0.1 s) to be worth the way.
SMALLEST = 60_000
CHILD = Path(__file__).with_name("flow_child.py")


class FlowWorkers:
    """A `Flow` that solves large problems in ``processes`` of their own, small ones here. Close it after use."""

    def __init__(self, processes: int = 1, smallest: int = SMALLEST) -> None:
        self._smallest = smallest
        self._processes = Processes(CHILD, processes)

    @property
    def pids(self) -> list[int]:
        """See `Processes.pids`."""
        return self._processes.pids

    def __call__(self, problem: SparseProblem, timeout_s: float | None) -> Int32 | None:
        """As `engine.assign.solve.Flow` says; None also when processes die again and again under this problem."""
        if problem.unit.size < self._smallest or self._processes.closed:
            return flow_here(problem, timeout_s)
        arrays = (
            np.array([problem.incident_count, problem.unit.size], "<i8"),
            problem.first.astype("<i8"),
            problem.unit.astype("<i4"),
            problem.cost.astype("<i8"),
            problem.unserved.astype("<i8"),
        )
        answer = self._processes.ask([array.tobytes() for array in arrays], timeout_s)
        return None if answer is None else np.frombuffer(answer, "<i4").astype(np.int32)

    def close(self) -> None:
        """End all processes; flows that are under way come back with None."""
        self._processes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
