"""Processes of their own for work that holds the interpreter lock or must be stopped at once.

A process is started afresh (never forked: gRPC's threads would not survive it) by the path of a child program, and
killed when time runs out or nobody waits any more. Messages over its socket are a length (8 bytes) and so many bytes.
An answer begins with one byte: `READY` once after the start, `DONE` or `FAILED` then, before it perhaps `TOLD`. To a
child that can stop, a message of length 0 says so; it answers `STOPPED`, unless it has answered already.
"""

from __future__ import annotations

import logging
import os
import queue
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from engine.home import home

LENGTH = struct.Struct("<q")
READY, DONE, FAILED, STOPPED = b"R", b"C", b"F", b"S"
#: Before an answer, as often as the child likes: how far it is.
TOLD = b"T"
#: How often a wait looks at the clock and at whether anybody still waits.
LOOK_S = 0.05
#: How long a process may take to say that it has stopped.
STOP_S = 0.2
#: How often work is tried when its process dies under it.
ATTEMPTS = 2

#: Beginnings of the variables that a child has, too: where things are and how they run. Never all of them: a ledger's
#: password may be among them.
PASSED_ON = (
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_", "TZ", "TMP", "TEMP", "XDG_", "LD_", "DYLD_", "PYTHON"),
    *("NUMBA_", "OMP_", "MKL_", "OPENBLAS_", "MALLOC_", "COV_", "COVERAGE_", "TOWLINE_CACHE_DIR"),
    *("SYSTEM", "WINDIR", "COMSPEC", "LOCALAPPDATA", "APPDATA"),
)

#: The server's log, below a logger that keeps silent where there is no server.
_log = logging.getLogger("towline.server")
logging.getLogger("towline").addHandler(logging.NullHandler())

Result = TypeVar("Result")
Check = Callable[[], None]
_check: ContextVar[Check | None] = ContextVar("check", default=None)


@contextmanager
def giving_up(check: Check) -> Generator[None, None, None]:
    """Within, work in another process is given up as soon as ``check``, called all the while, raises."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def still_wanted() -> None:
    """Raises what the check of `giving_up` raises; for work in this process, from time to time."""
    check = _check.get()
    if check is not None:
        check()


class Processes:
    """``count`` processes that run one child program, each used by one caller at a time. Close it after use."""

    def __init__(self, child: Path, count: int = 1, *, begin: bool = True, stops: bool = False) -> None:
        """They start now, or with `begin` or the first question, whichever comes first.

        A child that ``stops`` when told to is used again after work that was given up; others are killed and replaced.
        """
        self._stops = stops
        self._lock = threading.Lock()
        self._begun = self.closed = False
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        self._all = [_Process(child) for _ in range(count)]
        if begin:
            self.begin()

    def begin(self) -> None:
        """Start the processes, unless they are started already."""
        with self._lock:
            if self._begun or self.closed:
                return
            self._begun = True
            for process in self._all:
                process.start()
                self._idle.put(process)

    @property
    def pids(self) -> list[int]:
        """Of the processes as they are now; one that is killed is replaced."""
        return [process.pid for process in self._all]

    def ask(
        self, parts: list[bytes], timeout_s: float | None, told: Callable[[bytes], object] | None = None
    ) -> bytes | None:
        """The answer to a message; None when time runs out or processes die again and again under it.

        ``told`` hears what the child tells before it.
        Raises RuntimeError with the child's words when it failed, and what the check of `giving_up` raises.
        """
        self.begin()
        wait = _Wait(None if timeout_s is None else time.monotonic() + timeout_s, _check.get())
        try:
            for _ in range(ATTEMPTS):
                process = wait.until(self._next)
                began = time.monotonic()
                try:
                    answer = process.ask(parts, wait, told)
                except _DiedError:
                    if not self.closed:
                        _tell("died", process, parts, began, replaced=True)
                    self._replace(process)
                except BaseException as error:
                    unharmed, late = process.unharmed(self._stops), isinstance(error, _LateError)
                    if late or not unharmed:
                        _tell("timed out" if late else "given up", process, parts, began, replaced=not unharmed)
                    if unharmed:
                        self._idle.put(process)
                    else:
                        self._replace(process)
                    raise
                else:
                    self._idle.put(process)
                    if answer[:1] != DONE:
                        raise RuntimeError(bytes(answer[1:]).decode())
                    return answer[1:]
        except _LateError:
            pass
        return None

    def close(self) -> None:
        """End all processes; work under way comes back with None."""
        with self._lock:
            self.closed = True
            for process in self._all:
                process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _next(self) -> _Process:
        if self.closed:
            raise _LateError
        try:
            return self._idle.get(timeout=LOOK_S)
        except queue.Empty:
            raise TimeoutError from None

    def _replace(self, process: _Process) -> None:
        with self._lock:
            process.kill()
            if not self.closed:
                process.start()
        self._idle.put(process)


def _tell(what: str, process: _Process, parts: list[bytes], began: float, *, replaced: bool) -> None:
    """Log what became of a process, and what it was doing."""
    about = {"worker": process.name, "pid": process.pid, "exit_code": process.exit_code(), "was": process.doing}
    size, seconds = sum(map(len, parts)), round(time.monotonic() - began, 3)
    _log.warning("worker", extra={"outcome": what, "replaced": replaced, **about, "bytes": size, "seconds": seconds})


def _harmless(environment: Mapping[str, str]) -> dict[str, str]:
    """What a child needs, and nothing that opens a door."""
    return {name: value for name, value in environment.items() if name.upper().startswith(PASSED_ON)}


class _LateError(Exception):
    """Time ran out."""


class _DiedError(Exception):
    """The process ended."""


class _Wait:
    """How long work may take, and whether anybody still waits for it."""

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
    """One process and the socket to it; used by one caller at a time."""

    def __init__(self, child: Path) -> None:
        self._child = child
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = self._asked = False
        self._whole = True  # no message has been sent or read in part

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else -1

    @property
    def name(self) -> str:
        return self._child.stem

    @property
    def doing(self) -> str:
        """What it was last heard to do."""
        if not self._ready:
            return "starting"
        return "working" if self._asked else "idle"

    def exit_code(self) -> int | None:
        """None while it runs."""
        if self._process is None:
            return None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LOOK_S)
        return self._process.returncode

    def start(self) -> None:
        """Begin it; it imports what it needs while we do other things. When that fails, `ask` finds it dead."""
        mine, its = socket.socketpair()
        paths = os.pathsep.join(filter(None, sys.path))
        environment = {**_harmless(os.environ), "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-P", str(self._child), str(its.fileno())]
        try:
            with home.roaming():  # it is where it is started from
                self._process = subprocess.Popen(
                    command,
                    pass_fds=[its.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=environment,
                    process_group=0,  # Ctrl-C on the terminal is for us: while it starts it would end with a traceback
                )
        except OSError:
            self._process = None
        its.close()
        if self._socket is not None:
            self._socket.close()
        mine.settimeout(LOOK_S)
        self._socket, self._ready, self._asked, self._whole = mine, False, False, True

    def kill(self) -> None:
        """End it at once; whoever reads from it finds the end."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ask(self, parts: list[bytes], wait: _Wait, told: Callable[[bytes], object] | None = None) -> bytes:
        """The whole answer; raises _DiedError, _LateError, or what the wait's check raises."""
        try:
            if not self._ready:
                self._ready = self._answer(wait)[:1] == READY
            self._asked = True
            self._send(b"".join([LENGTH.pack(sum(map(len, parts))), *parts]), wait)
            while (answer := self._answer(wait))[:1] == TOLD:
                if told is not None:
                    told(answer[1:])
        except OSError:  # a reset connection is one too
            raise _DiedError from None
        self._asked = False
        return answer

    def unharmed(self, stops: bool) -> bool:
        """Whether it can be used again after it was given up: nobody asked it yet, or it stops when told to."""
        if not self._whole or (self._asked and not stops):
            return False
        if self._asked:
            wait = _Wait(time.monotonic() + STOP_S, None)
            try:
                self._send(LENGTH.pack(0), wait)
                self._answer(wait)
            except (OSError, _DiedError, _LateError):
                return False
            self._asked = False
        return True

    def _send(self, raw: bytes, wait: _Wait) -> None:
        peer, view, sent = self._peer(), memoryview(raw), 0
        self._whole = False
        while sent < len(raw):
            sent += wait.until(partial(peer.send, view[sent:]))
        self._whole = True

    def _answer(self, wait: _Wait) -> bytes:
        answer = self._receive(LENGTH.unpack(self._receive(LENGTH.size, wait))[0], wait)
        self._whole = True
        return answer

    def _receive(self, size: int, wait: _Wait) -> bytes:
        peer, raw, have = self._peer(), bytearray(size), 0
        view = memoryview(raw)
        while have < size:
            got = wait.until(partial(peer.recv_into, view[have:]))
            if not got:
                raise _DiedError
            have += got
            self._whole = False
        return bytes(raw)

    def _peer(self) -> socket.socket:
        if self._socket is None or self._process is None:
            raise _DiedError
        return self._socket
