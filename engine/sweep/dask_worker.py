"""What runs on the workers of a Dask cluster: a plugin that brings files once, a function that evaluates tasks."""

from __future__ import annotations

import os
import pickle
import secrets
from contextlib import suppress
from pathlib import Path

from distributed import Worker, WorkerPlugin

from engine.sweep.desk import Desk
from engine.sweep.shipment import WORLD_SUFFIX
from graphs.store import SUFFIX

#: By run: workers that share a process share what they opened.
_desks: dict[str, Desk] = {}


class WorldPlugin(WorkerPlugin):
    """Every worker there is, and every one that comes later, gets the region and the world before its first task.

    Files are named by their content and kept in the worker's own folder; what is there already is not written again.
    """

    def __init__(self, run: str, region: tuple[str, bytes], world: tuple[str, bytes]) -> None:
        """Digests and contents of the two files."""
        self.run, self._region, self._world = run, region, world

    def setup(self, worker: Worker) -> None:
        folder = Path(worker.local_directory)
        region = _stored(folder, f"{self._region[0]}{SUFFIX}", self._region[1])
        world = _stored(folder, f"{self._world[0]}{WORLD_SUFFIX}", self._world[1])
        self._region, self._world = (self._region[0], b""), (self._world[0], b"")  # they are on disk now
        _desks.setdefault(self.run, Desk(region, world))

    def teardown(self, worker: Worker) -> None:
        """The run is over: work ends, and the files go; who has them open keeps them."""
        desk = _desks.pop(self.run, None)
        if desk is not None:
            desk.close()
        for digest, suffix in ((self._region[0], SUFFIX), (self._world[0], WORLD_SUFFIX)):
            with suppress(OSError):
                (Path(worker.local_directory) / f"{digest}{suffix}").unlink()


def work(run: str, raw: bytes) -> bytes:
    """The packed rows of each variant of a packed task."""
    try:
        return pickle.dumps(_desks[run].answer(raw), protocol=5)
    except Exception as error:
        failed = f"{type(error).__name__}: {error}"
    raise RuntimeError(failed)  # without the stack, which need not be fit to travel


def _stored(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        temporary.write_bytes(content)
        temporary.replace(path)
    return path
