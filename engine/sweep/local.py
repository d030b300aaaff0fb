"""Workers on this machine: processes that share the region's file in memory."""

from __future__ import annotations

import pickle
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

from engine.processes import ATTEMPTS, Processes
from engine.sweep.child import Message
from engine.sweep.errors import SweepWorkersError
from engine.sweep.packing import packed
from engine.sweep.pool import Answer, Waiting, fatal
from engine.sweep.shipment import Shipment
from engine.sweep.task import Task, World

CHILD = Path(__file__).with_name("child.py")


class LocalPool:
    """``workers`` processes, begun afresh; one that dies is replaced, and its task given to another."""

    def __init__(self, world: World, workers: int) -> None:
        """Raises RegionFileError where a region in memory cannot be stored for them."""
        self.workers, self._world = workers, world
        self._region = world.planner.region
        self._shipment = Shipment(world)
        self._processes = Processes(CHILD, workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="towline-sweep")

    @property
    def pids(self) -> list[int]:
        return self._processes.pids

    def submit(self, task: Task) -> Waiting:
        return self._threads.submit(self._answer, task)

    def close(self) -> None:
        self._processes.close()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._shipment.close()

    def _answer(self, task: Task) -> Answer:
        """Variants are tried one by one after their task has ended its processes, to find whose fault it is."""
        answer = self._ask(task)
        if answer is not None:
            return answer
        if self._ask(Task(0, 0)) is None:
            raise SweepWorkersError(
                f"{2 * ATTEMPTS} worker processes have ended before they could do anything; see what they wrote to "
                "stderr, or evaluate in this process with 0 workers",
                attempts=2 * ATTEMPTS,
            )
        if task.count == 1:
            return fatal(self._world, task, f"{ATTEMPTS} worker processes have ended")
        return [rows for single in task.singles() for rows in self._answer(single)]

    def _ask(self, task: Task) -> Answer | None:
        """None when the processes die under it, again and again."""
        files = self._shipment
        message: Message = str(files.region_path), str(files.world_path), packed(task, self._region)
        raw = self._processes.ask([pickle.dumps(message, protocol=5)], None)
        if self._processes.closed:
            raise CancelledError
        return None if raw is None else pickle.loads(raw)
