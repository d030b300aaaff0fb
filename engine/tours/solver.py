"""Who solves an instance: this process, or one of its own that can be stopped at once."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.processes import Processes, still_wanted
from engine.queues.instance import QueueInstance
from engine.queues.plan import QueuePlan
from engine.queues.solve import Budget, solve_queues
from engine.tours.warm import warm_up

#: Solves one instance from given tours, None when it could not be done in time: (instance, budget, seed, tours).
TourSolver = Callable[[QueueInstance, Budget, int, Sequence[Sequence[int]]], QueuePlan | None]
#: Share of the budget, and seconds at most, that the way to and from another process may take.
GRACE_SHARE, GRACE_S = 0.2, 1.0
CHILD = Path(__file__).with_name("tour_child.py")


def solve_here(instance: QueueInstance, budget: Budget, seed: int, start: Sequence[Sequence[int]]) -> QueuePlan | None:
    """In threads of this process, given up as `engine.processes.giving_up` says."""
    warm_up()  # does not count: the first time on a machine it would leave nothing of the budget
    return solve_queues(instance, budget, seed=seed, start=start, checkpoint=still_wanted)


class TourWorkers:
    """A `TourSolver` in ``processes`` of their own, given up as `engine.processes.giving_up` says. Close it at last."""

    def __init__(self, processes: int = 1) -> None:
        """They start with `begin` or the first question: compiling for the first time ever takes a core a minute."""
        self._processes = Processes(CHILD, processes, begin=False, stops=True)

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
        """The budget's seconds begin now, whoever else is served before.

        None when they were over too soon, or when processes died again and again under this instance.
        """
        if self._processes.closed:
            return solve_here(instance, budget, seed, start)
        timeout_s = until = None
        if budget.seconds is not None:
            until = time.monotonic() + budget.seconds  # the system's clock, which all processes share
            timeout_s = budget.seconds + min(GRACE_S, GRACE_SHARE * budget.seconds)
        message = {"instance": instance, "budget": budget, "until": until, "seed": seed, "start": start}
        answer = self._processes.ask([pickle.dumps(message, protocol=5)], timeout_s)
        return None if answer is None else pickle.loads(answer)

    def close(self) -> None:
        """End all processes; work under way comes back with None."""
        self._processes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
