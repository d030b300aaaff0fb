"""Evaluates coverage for the server, in processes of their own: two that check requests, and those that work.

They start with the first request: a server that nobody plans with has none. Recommending goes on beside them, as they
are at low priority and the server itself only hands on bytes.
"""

from __future__ import annotations

import pickle
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any

from engine.coverage.layer import DemandLayer, read_layer
from engine.dispatch import Dispatcher
from engine.errors import OperationTooLongError, OptionError, StoppingError, TooLargeError, WorkerDiedError
from engine.processes import Processes, still_wanted
from engine.search_progress import pass_on
from engine.server.coverage_job import Ask, Failed, Job, Needs, Summary, WorldParts, question
from engine.server.coverage_turns import Turns
from engine.server.coverage_words import DemandSource
from engine.server.logs import logger
from engine.server.operations_options import PlanningOptions, RegionDemand
from engine.server.status import internal, status_of
from graphs.bundled import COQUIMBO_CREDITS, COQUIMBO_NAME, load_coquimbo_population
from graphs.errors import TowlineError
from graphs.metrics import FREE_FLOW, TrafficProfile, load_traffic_profile
from graphs.region import Region
from graphs.store import SUFFIX, save_region

CHILD = Path(__file__).with_name("coverage_child.py")
#: How long a check may take, the start of its process included.
CHECK_S = 120.0
#: Requests of more bytes, or with more areas (each is held against all roads near it), are checked by a process of
#: their own: small ones do not wait for them.
SMALL, FEW_AREAS = 32 << 10, 20
AREA = b"polygon"
#: How often somebody who says what is missing is asked again: jobs and regions are sent with the question then.
ROUNDS = 3
#: So many variants of an operation may end their processes, or meet a mistake of ours, and each has its error; with the
#: next one, or where there is no other, the operation is given up.
MOST_LOST = 3
#: Tasks of an operation given out before the first answer is there, by process: answers wait in order.
AHEAD = 2


class Planning:
    """One server's. Close it after use."""

    def __init__(self, dispatchers: Mapping[str, Dispatcher], options: PlanningOptions) -> None:
        """Raises OptionError, and what `read_layer` raises, about demand that regions are set up with."""
        unknown = sorted(options.demand.keys() - dispatchers.keys())
        if unknown:
            raise OptionError(
                f"demand is set up for {', '.join(unknown)}, but the server has: {', '.join(dispatchers)}",
                option="regions",
            )
        self._dispatchers, self._options = dict(dispatchers), options
        self._demand = {key: _demand_of(each, options.demand.get(key)) for key, each in dispatchers.items()}
        self._checkers = {large: (Processes(CHILD, 1, begin=False), Turns()) for large in (False, True)}
        self._workers = Processes(CHILD, options.workers, begin=False)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._worlds: dict[str, bytes] = {}
        self._lock = threading.Lock()

    @property
    def pids(self) -> list[int]:
        """Of the processes that work."""
        return self._workers.pids

    def check(self, job: Job, caller: str = "", wanted: Callable[[], None] = lambda: None) -> Summary:
        """Whether a job can be done, and how large it is; raises the typed error that says why not.

        Callers take turns; ``wanted`` is called by one that waits for its turn and may raise. BusyError when it does
        not come.
        """
        large = len(job.request) > SMALL or job.request.count(AREA) > FEW_AREAS
        checkers, turns = self._checkers[large]
        with turns.turn(caller, wanted, time.monotonic() + CHECK_S):
            found = self._asked(checkers, Ask(job.region, job.key), job, time.monotonic() + CHECK_S)
        assert isinstance(found, Summary)
        return found

    def run(self, job: Job, summary: Summary, told: Callable[[int], None]) -> bytes:
        """The bytes of the whole response. ``told`` hears how many tasks are done.

        Processes that have nothing else to do share the tasks. Raises typed errors, RuntimeError for a bug, and what
        the check of `giving_up` raises.
        """
        parts, size = [summary.head], len(summary.head)
        until = time.monotonic() + self._options.longest_s
        for number, part in enumerate(self._parts(job, summary.tasks, until), 1):
            size += len(part)
            self._check_size(size, number, summary.tasks)
            parts.append(part)
            told(number)
        if summary.closing:
            ask = Ask(job.region, job.key, whole=b"".join(parts))
            part = self._asked(self._workers, ask, job, until)
            assert isinstance(part, bytes)
            self._check_size(size + len(part), summary.tasks, summary.tasks)
            parts.append(part)
        return b"".join(parts)

    def _check_size(self, size: int, done: int, tasks: int) -> None:
        """TooLargeError for an answer of more bytes than may be."""
        if size > self._options.answer_bytes:
            raise TooLargeError(
                f"the answer has more than {self._options.answer_bytes:,} bytes after {done} of {tasks} variants; "
                "ask for less detail, or for fewer",
                count=done,
                max_bytes=self._options.answer_bytes,
            )

    def _parts(self, job: Job, tasks: int, until: float) -> Iterator[bytes]:
        """The answers of the tasks, in their order; after an error what is under way comes to its end, unheard."""
        key = job.key
        pool = ThreadPoolExecutor(min(self._options.workers, tasks), thread_name_prefix="towline-planning-part")
        waiting: deque[Future[Any]] = deque()
        spare = threading.Semaphore(min(MOST_LOST, tasks - 1))
        try:
            for number in range(tasks):
                still_wanted()  # waits of processes look, too, but not where every answer comes at once
                # Each thread has a copy of the context: it knows who still waits.
                waiting.append(pool.submit(copy_context().run, self._part, job, key, number, until, spare))
                if len(waiting) > AHEAD * self._options.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _part(self, job: Job, key: bytes, number: int, until: float, spare: threading.Semaphore) -> bytes:
        try:
            part = self._asked(self._workers, Ask(job.region, key, number), job, until)
        except (WorkerDiedError, RuntimeError) as error:
            if not spare.acquire(blocking=False):
                raise
            part = self._asked(self._workers, Ask(job.region, key, number, _status(job, number, error)), job, until)
        assert isinstance(part, bytes)
        return part

    def close(self) -> None:
        """End all processes; work under way ends with StoppingError, unless it is given up for another reason."""
        for checkers, _ in self._checkers.values():
            checkers.close()
        self._workers.close()
        with self._lock:
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _asked(self, processes: Processes, ask: Ask, job: Job, until: float) -> Summary | bytes:
        with_job, with_world = ask.number is None and ask.whole is None, False
        for _ in range(ROUNDS):
            world = self._world(job.region) if with_world else None
            left_s = until - time.monotonic()
            raw = processes.ask(question(ask, job if with_job else None, world), max(0.0, left_s), _pass_on)
            if raw is None:
                raise self._unanswered(processes, until)
            found = pickle.loads(raw)
            if isinstance(found, Failed):
                raise found.error
            if not isinstance(found, Needs):
                return found
            with_job, with_world = with_job or found.job, with_world or found.world
        raise RuntimeError("what a process needs it has been given")

    def _unanswered(self, processes: Processes, until: float) -> Exception:
        if processes.closed:
            return StoppingError("the server stops; ask another one, or this one later")
        if time.monotonic() >= until:
            longest = self._options.longest_s if processes is self._workers else CHECK_S
            return OperationTooLongError(
                f"the work took longer than {longest:g} s; ask for fewer variants, or raise planning.longest_s",
                longest_s=longest,
            )
        return WorkerDiedError(
            "the process that did the work died twice, most likely for want of memory; ask for less, or look at the "
            "server's log"
        )

    def _world(self, region: str) -> bytes:
        """All that a process must know of a region; its roads are in a file, which all of them map."""
        with self._lock:
            if region not in self._worlds:
                if self._folder is None:
                    self._folder = tempfile.TemporaryDirectory(prefix="towline-planning-")
                dispatcher, (layer, source, share) = self._dispatchers[region], self._demand[region]
                path = save_region(dispatcher.region, Path(self._folder.name) / f"{len(self._worlds)}{SUFFIX}")
                parts = WorldParts(
                    region,
                    str(path),
                    dispatcher.policy,
                    profile_of(dispatcher),
                    layer,
                    source,
                    share,
                    dispatcher.posts,
                    self._options,
                )
                self._worlds[region] = pickle.dumps(parts, protocol=5)
            return self._worlds[region]


def _pass_on(raw: bytes) -> None:
    pass_on(pickle.loads(raw))


def _status(job: Job, number: int, error: Exception) -> bytes:
    """Of a variant that nobody could evaluate; the log has what is nobody else's business."""
    if isinstance(error, TowlineError):
        return status_of(error).SerializeToString()
    logger.error(
        "variant", extra={"method": job.method, "number": number, "outcome": "INTERNAL", "problem": str(error)}
    )
    return internal().SerializeToString()


def profile_of(dispatcher: Dispatcher) -> TrafficProfile:
    """Speeds by hour for planners: the server's profile; Towline's own where none is named, as on the command line."""
    store = dispatcher.metrics
    if store is None or store.times.profile.name == FREE_FLOW:
        return load_traffic_profile()
    return store.times.profile


def _demand_of(dispatcher: Dispatcher, given: RegionDemand | None) -> tuple[DemandLayer | None, DemandSource, float]:
    """(layer, where it is from, share of highways): what is configured, else what the box has, else junctions."""
    region, share = dispatcher.region, 0.0 if given is None else given.highway_share
    if given is not None and given.demand is not None:
        notes: list[str] = []
        layer = read_layer(given.demand, region, dispatcher.policy.limits.max_snap_m, notes=notes)
        for note in notes:
            logger.warning("demand", extra={"region": region.name, "note": note})
        return layer, DemandSource.CONFIGURED, share
    if _is_bundled(region):
        return DemandLayer.of_cells(load_coquimbo_population()), DemandSource.POPULATION, share
    return None, DemandSource.JUNCTIONS, share


def _is_bundled(region: Region) -> bool:
    return region.name == COQUIMBO_NAME and region.metadata.credits == COQUIMBO_CREDITS
