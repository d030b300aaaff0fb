"""A worker's place: the world, opened with the first task and kept for all that follow."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from pathlib import Path

from engine.sweep.packing import unpacked
from engine.sweep.result import SweepRow
from engine.sweep.task import Task, World, evaluate
from graphs.region import Region
from graphs.store import open_region


class Desk:
    """Shared by the threads of a process."""

    def __init__(self, region: Path, world: Path) -> None:
        """Files of a region and of a world on it."""
        self.files = region, world
        self._lock = threading.Lock()
        self._open: tuple[Region, World] | None = None
        self._closed = False

    def answer(self, raw: bytes) -> list[list[SweepRow]]:
        """The rows of each variant of a packed task; CancelledError once the desk is closed."""
        with self._lock:
            if self._open is None:
                region = open_region(self.files[0])
                self._open = region, unpacked(self.files[1].read_bytes(), region)
            region, world = self._open
        task: Task = unpacked(raw, region)
        return evaluate(world, task, self._check)

    def close(self) -> None:
        """Tasks under way end before their next variant."""
        self._closed = True

    def _check(self) -> None:
        if self._closed:
            raise CancelledError
