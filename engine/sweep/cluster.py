"""Workers of a Dask cluster: they get the region and the world once, then small tasks, and give the same rows."""

from __future__ import annotations

import pickle
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import Future as Connecting
from contextlib import suppress
from typing import Any

from engine.sweep.errors import DaskMissingError, SchedulerError, SweepWorkersError, WorkerVersionError
from engine.sweep.packing import packed
from engine.sweep.pool import Answer, Check, fatal
from engine.sweep.shipment import Shipment
from engine.sweep.task import Task, World

try:
    from distributed import Client, Future, KilledWorker

    from engine.sweep.dask_worker import WorldPlugin, work
except ImportError as error:
    raise DaskMissingError(
        f"a scheduler needs Dask, which is not installed ({error}); install it with: pip install 'towline[dask]'"
    ) from error

#: How long (s) a scheduler may take to answer, and then to have a first worker.
CONNECT_S, FIRST_WORKER_S = 6.0, 10.0
#: How long (s) a run goes on without any worker before it is given up; workers that died are begun again meanwhile.
ALONE_S = 30.0
#: How often (s) it is asked whether there are workers, while nothing comes back.
ASK_S = 3.0
#: How often a task that fails for a worker's own reasons is tried again.
RETRIES = 3
#: How often a variant by itself may be given up by the scheduler, after as many deaths as that allows.
TRIES_ALONE = 2


class ClusterPool:
    """All workers of one scheduler."""

    def __init__(self, world: World, scheduler: str, check: Check) -> None:
        """SchedulerError when nobody answers or nobody works there; WorkerVersionError."""
        check()
        self._world, self._region = world, world.planner.region
        self._client = _connected(scheduler)
        self._scheduler, self._run = scheduler, f"towline-{secrets.token_hex(8)}"
        self._futures: set[Future] = set()
        self._seen = time.monotonic()
        try:
            self.workers = self._begun()
            check()
            self._ship()
        except BaseException:
            self.close()
            raise

    def submit(self, task: Task) -> Waiting:
        return Waiting(self, task)

    def send(self, task: Task) -> Future:
        """A task on its way to some worker."""
        key = f"{self._run}-{task.first}-{secrets.token_hex(4)}"
        raw = packed(task, self._region)
        future = self._client.submit(work, self._run, raw, key=key, pure=False, retries=RETRIES)
        self._futures.add(future)
        return future

    def receive(self, future: Future, timeout: float | None) -> Answer:
        """TimeoutError while it is not there, KilledWorker, SchedulerError when the cluster has gone."""
        try:
            raw = future.result(timeout=timeout)
        except TimeoutError:
            self._still_there()
            raise
        except KilledWorker:
            self._futures.discard(future)
            raise
        except (CancelledError, OSError) as error:
            raise self._lost() from error
        except Exception as error:  # a variant's own errors are in its row
            raise SweepWorkersError(
                f"workers of the scheduler at {self._scheduler} cannot evaluate: {type(error).__name__}: {error}",
                scheduler=self._scheduler,
            ) from error
        self._futures.discard(future)
        self._seen = time.monotonic()
        return pickle.loads(raw)

    def close(self) -> None:
        with suppress(Exception):  # whatever is left of the cluster
            if self._client.status == "running":
                self._client.cancel(list(self._futures), force=True)
                self._client.unregister_worker_plugin(self._run)
        self._futures.clear()
        with suppress(Exception):
            self._client.close(timeout=2)

    def _begun(self) -> int:
        """How many threads work; all of them with this version of Towline."""
        try:
            self._client.wait_for_workers(1, timeout=FIRST_WORKER_S)
        except TimeoutError:
            raise SchedulerError(
                f"the scheduler at {self._scheduler} has no worker; begin one with: dask worker {self._scheduler}",
                scheduler=self._scheduler,
            ) from None
        mine, found = _probe()(), self._client.run(_probe())
        wrong = {worker: its for worker, its in found.items() if its != mine}
        if wrong:
            told = "; ".join(f"{worker} has {_told(its)}" for worker, its in sorted(wrong.items())[:5])
            more = f"; and {len(wrong) - 5:,} more" if len(wrong) > 5 else ""
            raise WorkerVersionError(
                f"here is {_told(mine)}, but {told}{more}; install the same version on all of them",
                here=_told(mine),
                workers=len(wrong),
            )
        return sum(self._client.nthreads().values())

    def _ship(self) -> None:
        with Shipment(self._world) as files:
            region = files.region_digest, files.region_path.read_bytes()
            plugin = WorldPlugin(self._run, region, (files.world_digest, files.world_bytes))
        try:
            self._client.register_plugin(plugin, name=self._run)
        except Exception as error:
            raise SweepWorkersError(
                f"a worker of the scheduler at {self._scheduler} cannot take the region's "
                f"{len(region[1]) / 1e6:,.0f} MB: {type(error).__name__}: {error}",
                scheduler=self._scheduler,
            ) from error

    def _still_there(self) -> None:
        if self._client.status == "closed":
            raise self._lost()
        now = time.monotonic()
        if now - self._seen < ASK_S:
            return
        with suppress(Exception):  # it may be coming back
            if self._client.nthreads():
                self._seen = now
        if now - self._seen > ALONE_S:
            raise self._lost()

    def _lost(self) -> SchedulerError:
        return SchedulerError(
            f"the scheduler at {self._scheduler}, or all of its workers, have gone; begin them again, and the sweep",
            scheduler=self._scheduler,
        )


class Waiting:
    """A task's answer. One that ended its workers again and again is tried variant by variant, one at a time.

    Dask blames every task that was on a worker that ended: a variant is only blamed when that happens twice.
    """

    def __init__(self, pool: ClusterPool, task: Task) -> None:
        self._pool, self._task = pool, task
        self._future = pool.send(task)
        self._left: deque[Task] | None = None  # variants to be tried alone
        self._tried = 0
        self._done: Answer = []

    def result(self, timeout: float | None = None) -> Answer:
        """As a future's; `ClusterPool.receive` says what it raises."""
        while True:
            try:
                found = self._pool.receive(self._future, timeout)
            except KilledWorker as error:
                found = self._blamed(error)
            if self._left is None and found is not None:
                return found
            if found is not None and self._left is not None:
                self._done += found
                self._left.popleft()
                self._tried = 0
            if not self._left:
                return self._done
            self._future = self._pool.send(self._left[0])

    def _blamed(self, error: KilledWorker) -> Answer | None:
        """None: try once more, alone."""
        if self._left is None:
            self._left = deque(self._task.singles())
            return None
        self._tried += 1
        if self._tried < TRIES_ALONE:
            return None
        ended = TRIES_ALONE * (error.allowed_failures + 1)
        return fatal(self._pool._world, self._left[0], f"{ended} Dask workers have ended")


def _connected(scheduler: str) -> Client:
    """Whoever listens there but is no scheduler says nothing, and Dask would wait for ever; we do not."""
    found: Connecting[Client] = Connecting()

    def connect() -> None:
        try:
            client = Client(scheduler, timeout=CONNECT_S, set_as_default=False, name="towline-sweep")
        except Exception as error:
            found.set_exception(error)
        else:
            found.set_result(client)

    began = time.monotonic()
    threading.Thread(target=connect, name="towline-dask", daemon=True).start()
    try:
        return found.result(timeout=CONNECT_S + 1)
    except Exception as error:
        raise SchedulerError(
            f"no Dask scheduler answers at {scheduler} ({time.monotonic() - began:.0f} s, {error!r}); "
            "check the address, such as tcp://10.0.0.5:8786, and begin one with: dask scheduler",
            scheduler=scheduler,
        ) from error


def _probe() -> Callable[[], dict[str, Any]]:
    """What tells a process's versions; sent as code, since whoever gets it may not have Towline at all."""

    def probe() -> dict[str, Any]:
        import importlib
        import importlib.metadata

        try:
            return {
                "towline": importlib.metadata.version("towline"),
                "format": importlib.import_module("graphs.store").FORMAT_VERSION,
            }
        except ImportError:
            return {"towline": None, "format": None}

    return probe


def _told(versions: dict[str, Any]) -> str:
    if versions["towline"] is None:
        return "no Towline"
    return f"Towline {versions['towline']} (region format {versions['format']})"
