"""Plans are made again in the background, on a share of a core."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from engine.home import home

#: A plan made again waits that long for more news.
GATHER_S = 0.2
#: And is made after that long though there is none.
ANYWAY_S = 15.0


class Replanning:
    """A thread that plans again when there is news; `start`, then `stop`, once each."""

    def __init__(
        self,
        name: str,
        plan: Callable[[], object],
        leads: Callable[[], bool],
        spent: Callable[[float], float],
        trouble: Callable[[BaseException], None],
        rate: float,
    ) -> None:
        """``spent``: told how many seconds a plan took; the share of a core that plans may take. ``rate``: of time."""
        self._plan, self._leads, self._spent, self._trouble = plan, leads, spent, trouble
        self._anyway_s = max(GATHER_S, ANYWAY_S / rate)
        self._news, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._news.set()

    def stop(self) -> None:
        """End; a plan that is being made is given up where it calls `look`."""
        self._stopped.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join()

    def news(self) -> None:
        """Something happened that a plan might answer."""
        self._news.set()

    def look(self) -> None:
        """Called now and then by who plans."""
        if self._stopped.is_set():
            raise _StoppingError

    def _work(self) -> None:
        while True:
            self._news.wait(self._anyway_s)  # shifts begin and roads close without an event
            if self._stopped.wait(GATHER_S):
                return
            self._news.clear()
            if not self._leads():
                continue
            began = time.monotonic()
            try:
                with home.roaming():
                    self._plan()
            except _StoppingError:
                return
            except Exception as error:
                self._trouble(error)
            took = time.monotonic() - began
            share = self._spent(took)
            if self._stopped.wait(max(0.0, took / share - took)):
                return


class _StoppingError(Exception):
    """The server stops: a plan that is being made is not wanted any more."""
