"""The front door of sweeps: many scenarios, in order, on this machine's cores or on a Dask cluster."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator
from typing import Self

from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.errors import CancelledError, OptionError
from engine.model import Service
from engine.processes import still_wanted
from engine.scenario import MOST_VARIANTS
from engine.sweep.local import LocalPool
from engine.sweep.plan import Plan, Scenarios
from engine.sweep.pool import Answer, HerePool, Pool, Waiting
from engine.sweep.result import SweepResult, SweepRow
from engine.sweep.task import World

#: Fewer variants a worker than that are sooner evaluated here than a process is begun.
LEAST_A_WORKER = 100
MOST_WORKERS = 256
#: Tasks given out before the first answer is there, by worker: answers wait in order, and memory is bounded.
AHEAD = 3
#: How often (s) it is looked whether anybody still waits.
LOOK_S = 0.1

#: Told how many variants are done, of how many.
Progress = Callable[[int, int], object]


class SweepRun(Iterator[SweepRow]):
    """Rows as they come, in the variants' order; close it to give up the rest."""

    def __init__(self, plan: Plan, pool: Callable[[], Pool], progress: Progress | None, check: Callable[[], None]):
        self.count, self.done = plan.count, 0
        self._plan, self._make, self._progress, self._check = plan, pool, progress, check
        self._pool: Pool | None = None
        self._rows = self._run()

    def __next__(self) -> SweepRow:
        return next(self._rows)

    def result(self) -> SweepResult:
        """All rows that are still to come."""
        with self:
            return SweepResult(tuple(self))

    def close(self) -> None:
        """End all work at once; no process is left."""
        self._rows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """Of the processes on this machine as they are now."""
        return getattr(self._pool, "pids", [])

    def _run(self) -> Generator[SweepRow, None, None]:
        self._check()
        pool = self._pool = self._make()
        try:
            self._tell(0)
            waiting: deque[Waiting] = deque()
            ahead = 1 if isinstance(pool, HerePool) else AHEAD * pool.workers
            for task in self._plan.tasks(pool.workers):
                waiting.append(pool.submit(task))
                if len(waiting) >= ahead:
                    yield from self._told(waiting.popleft())
            while waiting:
                yield from self._told(waiting.popleft())
        finally:
            self._pool = None
            pool.close()

    def _told(self, waiting: Waiting) -> Iterator[SweepRow]:
        answer = self._answer(waiting)
        self._tell(len(answer))
        for rows in answer:
            yield from rows

    def _answer(self, waiting: Waiting) -> Answer:
        while True:
            self._check()
            try:
                return waiting.result(timeout=LOOK_S)
            except TimeoutError:
                continue

    def _tell(self, more: int) -> None:
        self.done += more
        if self._progress is not None:
            self._progress(self.done, self.count)


def run_sweep(
    planner: Planner,
    stands: Stands,
    scenarios: Scenarios,
    services: Collection[Service] = (),
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    most: int = MOST_VARIANTS,
) -> SweepRun:
    """The figures of every moment and service of a scenario's sweep, or of several scenarios, variant by variant.

    ``services`` where a scenario names none. ``workers``: processes on this machine, 0 for none but this one; by
    default one a core, fewer where there is little to do. ``scheduler``: the address of a Dask scheduler, such as
    ``tcp://10.0.0.5:8786``, whose workers are used instead. Rows are the same wherever they are computed.

    ``cancel`` is asked several times a second, and what `engine.processes.giving_up` says as well: CancelledError then.
    A variant that cannot be evaluated has its problem in its row. Raises ScenarioError at once when there is nothing to
    do or more than ``most`` variants, OptionError; with the first row SchedulerError, DaskMissingError,
    WorkerVersionError, and SweepWorkersError when workers fail whatever they do.
    """
    if workers is not None and not 0 <= workers <= MOST_WORKERS:
        raise OptionError(f"workers must be 0 to {MOST_WORKERS}, not {workers}", option="workers", value=workers)
    plan = Plan(planner, stands, scenarios, most)
    world = World(planner, stands, tuple(services), plan.base, most)

    def check() -> None:
        still_wanted()
        if cancel is not None and cancel():
            raise CancelledError("the sweep was cancelled")

    def pool() -> Pool:
        if scheduler is not None:
            from engine.sweep.cluster import ClusterPool  # Dask is an extra

            return ClusterPool(world, scheduler, check)
        count = min(cores(), plan.count // LEAST_A_WORKER) if workers is None else workers
        return LocalPool(world, min(count, plan.count)) if count else HerePool(world, check)

    return SweepRun(plan, pool, progress, check)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
