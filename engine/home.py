"""One core for threads that take turns with the interpreter; all cores for those that compute without it.

Only one thread at a time runs Python. Spread over cores, each of its turns is handed from one core to another, and
waking that costs more than the turn itself: a server of 150 callers does half as many calls as on one core. What
compiled kernels compute, and other processes, need not wait for turns: they roam.

Where somebody else keeps that core busy, another one is taken: `Home.reconsider`.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

#: How often it is looked whether the core is still a good one.
LOOK_S = 5.0
#: The share of a core that others may take before another one is looked for, and that must be idle on that.
CROWDED, ROOMY = 0.3, 0.5

#: By core, the seconds it has been busy and idle since the machine was started.
Cores = Mapping[int, tuple[float, float]]


class Home:
    """The core of this process; none before `settle`, and where the system has no say in that."""

    def __init__(self) -> None:
        self._everywhere: set[int] = set()
        self._core: int | None = None
        self._here = threading.local()
        self._lock = threading.Lock()
        self._roamed_s = 0.0
        #: By the CPU clock of each thread that roams now, what it showed at the start.
        self._out: dict[int, float] = {}

    @property
    def core(self) -> int | None:
        """Where the threads live."""
        return self._core

    def settle(self) -> int | None:
        """All threads there are, but the main one, and those that they start, go to one core, which is returned.

        Servers on one machine choose by the number of their process. None, and nothing is changed, on one core only.
        """
        if self._core is not None:
            return self._core
        if not hasattr(os, "sched_setaffinity"):
            return None
        everywhere = os.sched_getaffinity(0)
        if len(everywhere) < 2:
            return None
        self._everywhere = everywhere
        self._move_to(sorted(everywhere)[os.getpid() % len(everywhere)])
        threading.Thread(target=self._look, name="towline-home", daemon=True).start()
        return self._core

    @contextmanager
    def roaming(self) -> Generator[None, None, None]:
        """Within, the thread computes without the interpreter, or starts a process: on any core."""
        if self._core is None or getattr(self._here, "roams", False) or threading.get_native_id() == os.getpid():
            yield
            return
        clock = time.pthread_getcpuclockid(threading.get_ident())
        self._here.roams = True
        _move(0, self._everywhere)
        with self._lock:
            self._out[clock] = time.thread_time()
        try:
            yield
        finally:
            with self._lock:
                self._roamed_s += time.thread_time() - self._out.pop(clock)
            self._here.roams = False
            _move(0, {self._core})

    def own_s(self) -> float:
        """CPU seconds of this process up to now, but those of threads that roamed meanwhile: they were elsewhere."""
        with self._lock:  # a thread that is out stays until we have read its clock
            out = sum(time.clock_gettime(clock) - start for clock, start in self._out.items())
            return time.process_time() - self._roamed_s - out

    def reconsider(self, before: Cores, now: Cores, own_s: float) -> int | None:
        """Move to a better core if there is one between two looks at all of the machine's; which.

        ``own_s``: CPU seconds of the threads on the core meanwhile. Of two that share a core and find the same other
        one, chance says who goes.
        """
        if self._core is None:
            return None
        found = better(
            *({core: look[core] for core in self._everywhere & look.keys()} for look in (before, now)),
            home=self._core,
            own_s=own_s,
        )
        if found is None or random.random() < 0.5:
            return None
        self._move_to(found)
        return found

    def _move_to(self, core: int) -> None:
        old, self._core = self._core, core
        for task in Path("/proc/self/task").iterdir():
            tid = int(task.name)
            with suppress(OSError):  # it has just ended
                roams = old is not None and os.sched_getaffinity(tid) == self._everywhere
                if tid != os.getpid() and not roams:
                    _move(tid, {core})

    def _look(self) -> None:
        with suppress(OSError, ValueError):  # no such files here: the core stays as it is
            before, own = cores(), self.own_s()
            while True:
                time.sleep(LOOK_S)
                now, used = cores(), self.own_s()
                self.reconsider(before, now, used - own)
                before, own = now, used


def better(before: Cores, now: Cores, home: int, own_s: float) -> int | None:
    """The core with most room, where others take much of ours and that has much; else None."""
    shares = {}
    for core in before.keys() & now.keys():
        busy, idle = (after - then for after, then in zip(now[core], before[core], strict=True))
        if busy + idle > 0:
            shares[core] = busy + idle, idle / (busy + idle)
    if home not in shares:
        return None
    span, idle = shares[home]
    others = 1.0 - idle - min(1.0, own_s / span)
    best = max(shares, key=lambda core: shares[core][1])
    return best if best != home and others > CROWDED and shares[best][1] > ROOMY else None


def cores() -> dict[int, tuple[float, float]]:
    """What the system says of its cores now; OSError where it does not."""
    ticks = os.sysconf("SC_CLK_TCK")
    found = {}
    for line in Path("/proc/stat").read_text().splitlines():
        name, *values = line.split()
        if name.startswith("cpu") and name != "cpu":
            spent = [int(value) / ticks for value in values[:8]]
            idle = spent[3] + spent[4]
            found[int(name[3:])] = sum(spent) - idle, idle
    return found


def _move(task: int, cores: set[int]) -> None:
    with suppress(OSError):  # it has just ended, or the cores are no longer ours
        os.sched_setaffinity(task, cores)


home = Home()
