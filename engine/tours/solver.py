"""Who solves an instance: this process, or one of its own that can be stopped at once."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from engine.processes import Processes, still_wanted
from engine.queues.instance import QueueInstance
from engine.queues.plan import QueuePlan
from engine.queues.solve import Budget, solve_queues

#: Solves one instance from given tours, None when it could not be done in time: (instance, budget, seed, tours).
TourSolver = Callable[[QueueInstance, Budget, int, Sequence[Sequence[int]]], QueuePlan | None]
#: What another process gets beyond the budget, for the way and for the start of its first solve.
GRACE_S = 5.0
CHILD = Path(__file__).with_name("tour_child.py")


def solve_here(instance: QueueInstance, budget: Budget, seed: int, start: Sequence[Sequence[int]]) -> QueuePlan | None:
    """In threads of this process, given up as `engine.processes.giving_up` says."""
    return solve_queues(instance, budget, seed=seed, start=start, checkpoint=still_wanted)


class TourWorkers:
    """A `TourSolver` in ``processes`` of their own, given up as `engine.processes.giving_up` says. Close it at last."""

    def __init__(self, processes: int = 1) -> None:
        """They start with `begin` or the first question: compiling for the first time ever takes a core a minute."""
        self._processes = Processes(CHILD, processes, begin=False)

    def begin(self) -> None:
        """Start the processes."""
        self._processes.begin()

    @property
    def pids(self) -> list[int]:
        """See `Processes.pids`."""
        return self._processes.pids

    def __call__(
        self, instance: QueueInstance, budget: Budget, seed: int, start: Sequence[Sequence[int]]
    ) -> QueuePlan | None:
        """None also when processes die again and again under this instance."""
        timeout_s = None if budget.seconds is None else budget.seconds + GRACE_S
        message: dict[str, Any] = {"instance": instance, "budget": budget, "seed": seed, "start": start}
        if self._processes.closed:
            return solve_here(instance, budget, seed, start)
        answer = self._processes.ask([pickle.dumps(message, protocol=5)], timeout_s)
        return None if answer is None else pickle.loads(answer)

    def close(self) -> None:
        """End all processes; work under way comes back with None."""
        self._processes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
