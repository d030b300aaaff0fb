"""Where tasks are worked on: what all places have in common, and this process, the simplest of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from engine.sweep.errors import VariantFatalError
from engine.sweep.result import SweepProblem, SweepRow
from engine.sweep.task import Task, World, evaluate

#: The rows of each variant of a task.
Answer = list[list[SweepRow]]
Check = Callable[[], None]


class Waiting(Protocol):
    """An answer on its way; a future of the standard library is one."""

    def result(self, timeout: float | None = None) -> Answer:
        """TimeoutError when it is not there by then."""
        ...


class Pool(Protocol):
    """Workers that know one world."""

    workers: int

    def submit(self, task: Task) -> Waiting: ...

    def close(self) -> None:
        """End all work at once."""
        ...


class HerePool:
    """This process, while it is asked for the next answer."""

    workers = 1

    def __init__(self, world: World, check: Check) -> None:
        self._world, self._check = world, check

    def submit(self, task: Task) -> Waiting:
        done: Future[Answer] = Future()
        done.set_result(evaluate(self._world, task, self._check))
        return done

    def close(self) -> None:
        """Nothing is left behind."""


def fatal(world: World, task: Task, what: str) -> Answer:
    """The answer of a single variant that nobody survives."""
    (item,) = task.items(world)
    name = SweepRow(item.number, item.title, item.values).variant
    error = VariantFatalError(
        f"{what} evaluating {name}; the machine may be short of memory for it: try fewer workers, or this one alone",
        variant=name,
        number=item.number,
    )
    return [item.failed(SweepProblem.of(error))]
