"""The server's threads, and whether any of them still works for a caller."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from engine.live.awaited import Awaited

#: How often `wait_idle` looks.
LOOK_S = 0.005


class Job(Awaited[None]):
    """One job of a pool; known once it has ended, with the error that it ended with, if any."""

    __slots__ = ("_arguments", "_function", "_kept", "_pool")

    def __init__(self, pool: CountingPool, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        super().__init__()
        self._pool, self._function, self._arguments, self._kept = pool, function, arguments, False

    def run(self) -> None:
        function, arguments = self._function, self._arguments
        del self._function, self._arguments
        try:
            function(*arguments)
        except BaseException as error:
            self._kept = False
            self.end(error)
        else:
            if not self._kept:
                self.end()

    def keep(self) -> None:
        """It has not ended when its function returns, but when somebody says so (`end`)."""
        self._kept = True

    def end(self, error: BaseException | None = None) -> None:
        self._error = error
        self._pool.ended(self)

    def tell(self) -> None:
        """Whoever waits for the end."""
        self._tell(None, self._error)


class _Seat:
    """Where a thread waits for its next job."""

    __slots__ = ("called", "job")

    def __init__(self) -> None:
        self.called, self.job = threading.Lock(), None
        self.called.acquire()


class CountingPool(ThreadPoolExecutor):
    """A thread pool that knows when it has nothing left to do.

    gRPC wants a `ThreadPoolExecutor`; of that one's work, a third of a short call's time, nothing is left here: a job
    is handed to the thread that became idle last, whose memory is still warm, by a lock that nobody else looks at.
    """

    def __init__(self, workers: int, lag: int = 0) -> None:
        """``lag``: of how many jobs at most it is not told at once that they have ended, but when more are given.

        gRPC is told under a lock, which it holds already while it gives; its count of calls is so many too high then.
        """
        super().__init__(workers, thread_name_prefix="towline")
        self._lag, self._ended = lag, deque[Job]()
        self._most = workers
        self._jobs: deque[Job] = deque()  # for whom there is no thread
        self._idle: list[_Seat] = []
        self._open: set[Job] = set()
        self._hired: list[threading.Thread] = []
        self._hiring = threading.Lock()
        self._closed = False
        self._here = threading.local()

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Job:  # ty: ignore[incompatible-method-override]  # as gRPC
        if self._closed:
            raise RuntimeError("the pool was shut down")
        self._tell()
        job = Job(self, fn, args)
        self._open.add(job)
        if not self._call(job) and not self._hire(job):
            self._jobs.append(job)
            if self._idle:  # since
                self._call(None)
        return job

    @property
    def open(self) -> int:
        """How many jobs are queued or running, or were kept."""
        return len(self._open)

    def current(self) -> Job:
        """The job of the thread that asks."""
        return self._here.job

    def wait_idle(self, timeout_s: float) -> bool:
        """Until nothing is queued or running; False when that takes longer."""
        until = time.monotonic() + timeout_s
        while self._open:
            if time.monotonic() >= until:
                return False
            time.sleep(LOOK_S)
        return True

    def ended(self, job: Job) -> None:
        """Said by the job."""
        self._open.discard(job)
        self._ended.append(job)
        if len(self._ended) > self._lag:
            self._tell()

    def _tell(self) -> None:
        while self._ended:
            try:
                job = self._ended.popleft()
            except IndexError:
                return
            job.tell()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more jobs, finish those that run, and those that wait unless ``cancel_futures``."""
        with self._hiring:
            self._closed = True
        while cancel_futures and self._jobs:
            try:
                job = self._jobs.popleft()
            except IndexError:
                break
            job.end(RuntimeError("the pool was shut down"))
        while self._call(None):
            pass
        if wait:
            for thread in self._hired:
                thread.join()
        self._tell()

    def _call(self, job: Job | None) -> bool:
        """Have an idle thread do the job, or look for one; False when there is none."""
        try:
            seat = self._idle.pop()
        except IndexError:
            return False
        seat.job = job
        seat.called.release()
        return True

    def _hire(self, job: Job) -> bool:
        with self._hiring:
            if len(self._hired) >= self._most or self._closed:
                return False
            name = f"towline_{len(self._hired)}"
            thread = threading.Thread(target=self._work, args=(job,), name=name, daemon=True)
            self._hired.append(thread)
        thread.start()
        return True

    def _work(self, job: Job | None) -> None:
        seat, here = _Seat(), self._here
        while True:
            if job is not None:
                here.job = job
                job.run()
                here.job = job = None
            try:
                job = self._jobs.popleft()
                continue
            except IndexError:
                self._idle.append(seat)
            if (self._jobs or self._closed) and self._stand_up(seat):
                if self._closed and not self._jobs:
                    return
                continue
            seat.called.acquire()
            job, seat.job = seat.job, None

    def _stand_up(self, seat: _Seat) -> bool:
        """False when somebody is calling already."""
        try:
            self._idle.remove(seat)
        except ValueError:
            return False
        return True
