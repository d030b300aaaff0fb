"""Large flows in processes of their own: OR-Tools holds the interpreter lock while it solves, for seconds at times.

Elsewhere all threads would stand still meanwhile, nor could a flow be stopped. A process is started afresh (never
forked: gRPC's threads would not survive it) by the path of `flow_child`, and killed when time runs out or nobody waits.
"""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np

from engine.assign.flow_child import CHOSEN, LENGTH, READY
from engine.assign.problem import SparseProblem
from engine.assign.solve import flow_here
from graphs.network import Int32

#: Candidates from which on a flow takes long enough (about 0.1 s) to be worth the way.
SMALLEST = 60_000
#: How often a wait looks at the clock and at whether anybody still waits.
LOOK_S = 0.05
#: How often a flow is tried when its process dies under it.
ATTEMPTS = 2
CHILD = Path(__file__).with_name("flow_child.py")

Result = TypeVar("Result")
Check = Callable[[], None]
_check: ContextVar[Check | None] = ContextVar("check", default=None)


@contextmanager
def giving_up(check: Check) -> Generator[None, None, None]:
    """Within, a flow in another process is given up as soon as ``check``, called all the while, raises."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


class FlowWorkers:
    """A `Flow` that solves large problems in ``processes`` of their own, small ones here. Close it after use."""

    def __init__(self, processes: int = 1, smallest: int = SMALLEST) -> None:
        self._smallest = smallest
        self._lock = threading.Lock()
        self._closed = False
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        self._all = [_Process() for _ in range(processes)]
        for process in self._all:
            process.start()
            self._idle.put(process)

    @property
    def pids(self) -> list[int]:
        """Of the processes as they are now; one that is killed is replaced."""
        return [process.pid for process in self._all]

    def __call__(self, problem: SparseProblem, timeout_s: float | None) -> Int32 | None:
        """As `engine.assign.solve.Flow` says; None also when processes die again and again under this problem."""
        if problem.unit.size < self._smallest or self._closed:
            return flow_here(problem, timeout_s)
        wait = _Wait(None if timeout_s is None else time.monotonic() + timeout_s, _check.get())
        try:
            for _ in range(ATTEMPTS):
                process = wait.until(self._next)
                try:
                    chosen = process.ask(problem, wait)
                except _DiedError:
                    self._replace(process)
                except BaseException:
                    self._replace(process)
                    raise
                else:
                    self._idle.put(process)
                    return chosen
        except _LateError:
            pass
        return None

    def close(self) -> None:
        """End all processes; flows that are under way come back with None."""
        with self._lock:
            self._closed = True
            for process in self._all:
                process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _next(self) -> _Process:
        if self._closed:
            raise _LateError
        try:
            return self._idle.get(timeout=LOOK_S)
        except queue.Empty:
            raise TimeoutError from None

    def _replace(self, process: _Process) -> None:
        with self._lock:
            process.kill()
            if not self._closed:
                process.start()
        self._idle.put(process)


class _LateError(Exception):
    """Time ran out."""


class _DiedError(Exception):
    """The process ended."""


class _Wait:
    """How long a flow may take, and whether anybody still waits for it."""

    def __init__(self, end: float | None, check: Check | None) -> None:
        self._end, self._check = end, check

    def until(self, step: Callable[[], Result]) -> Result:
        """What ``step`` gives, tried again while it ends in TimeoutError; raises _LateError, or what the check does."""
        while True:
            try:
                return step()
            except TimeoutError:
                if self._check is not None:
                    self._check()
                if self._end is not None and time.monotonic() > self._end:
                    raise _LateError from None


class _Process:
    """One process and the socket to it; used by one flow at a time."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else -1

    def start(self) -> None:
        """Begin it; it imports OR-Tools while we do other things. When that fails, `ask` finds it dead."""
        mine, its = socket.socketpair()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-P", str(CHILD), str(its.fileno())]
        try:
            self._process = subprocess.Popen(
                command, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment
            )
        except OSError:
            self._process = None
        its.close()
        if self._socket is not None:
            self._socket.close()
        mine.settimeout(LOOK_S)
        self._socket, self._ready = mine, False

    def kill(self) -> None:
        """End it at once; whoever reads from it finds the end."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ask(self, problem: SparseProblem, wait: _Wait) -> Int32:
        """The choice; raises _DiedError, _LateError, or what the wait's check raises."""
        try:
            if not self._ready:
                self._ready = self._answer(wait)[:1] == READY
            arrays = (
                np.array([problem.incident_count, problem.unit.size], "<i8"),
                problem.first.astype("<i8"),
                problem.unit.astype("<i4"),
                problem.cost.astype("<i8"),
                problem.unserved.astype("<i8"),
            )
            raw = b"".join([array.tobytes() for array in arrays])
            self._send(LENGTH.pack(len(raw)) + raw, wait)
            answer = self._answer(wait)
        except OSError:  # a reset connection is one too
            raise _DiedError from None
        if answer[:1] != CHOSEN:
            raise AssertionError(bytes(answer[1:]).decode())
        return np.frombuffer(answer, "<i4", offset=1).astype(np.int32)

    def _send(self, raw: bytes, wait: _Wait) -> None:
        peer, view, sent = self._peer(), memoryview(raw), 0
        while sent < len(raw):
            sent += wait.until(partial(peer.send, view[sent:]))

    def _answer(self, wait: _Wait) -> bytes:
        return self._receive(LENGTH.unpack(self._receive(LENGTH.size, wait))[0], wait)

    def _receive(self, size: int, wait: _Wait) -> bytes:
        peer, raw, have = self._peer(), bytearray(size), 0
        view = memoryview(raw)
        while have < size:
            got = wait.until(partial(peer.recv_into, view[have:]))
            if not got:
                raise _DiedError
            have += got
        return bytes(raw)

    def _peer(self) -> socket.socket:
        if self._socket is None or self._process is None:
            raise _DiedError
        return self._socket
