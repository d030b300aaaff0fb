"""Where the threads of a process are: a look at all of them now and then, those that wait left out where known."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from types import FrameType
from typing import IO

#: Functions in which a thread only waits.
_WAITING = {
    "wait",
    "_worker",
    "acquire",
    "poll",
    "_wait_once",
    "get",
    "__enter__",
    "result",
    "select",
    "_serve",
    "_look",
}


class Profiler:
    """Looks from now on; `tell` ends it."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._own: Counter[tuple[str, str]] = Counter()
        self._within: Counter[tuple[str, str]] = Counter()
        self._looks = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        own = threading.get_ident()
        while not self._stopped.wait(self._every_s):
            names = {thread.ident: thread.name for thread in threading.enumerate()}
            self._looks += 1
            for ident, frame in sys._current_frames().items():
                name = names.get(ident, "?")
                if ident != own and frame.f_code.co_name not in _WAITING:
                    self._count("calls" if name.startswith("towline_") else name, frame)

    def _count(self, thread: str, frame: FrameType) -> None:
        self._own[thread, _place(frame)] += 1
        seen: set[str] = set()
        at: FrameType | None = frame
        while at is not None:
            seen.add(f"{at.f_code.co_filename.rpartition('/')[2]}:{at.f_code.co_name}")
            at = at.f_back
        for place in seen:
            self._within[thread, place] += 1

    def tell(self, file: IO[str], most: int = 60) -> None:
        self._stopped.set()
        self._thread.join()
        time.sleep(0)
        for title, counted in (("own", self._own), ("within", self._within)):
            print(f"-- {title}, of {self._looks} looks", file=file)
            for (thread, place), count in counted.most_common(most):
                print(f"{100 * count / self._looks:6.1f} %  {thread:28} {place}", file=file)


def _place(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno} {frame.f_code.co_name}"
