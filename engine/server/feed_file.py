"""A file of traffic that the server follows: read at the start, and again whenever it changes or somebody asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from engine.server.logs import frames, logger
from engine.tables.problems import Problems
from engine.tables.traffic import read_traffic
from graphs.errors import TowlineError
from graphs.metrics import MetricStore, TrafficUpdate, UpdateResult

#: How often the file's date and size are looked at.
LOOK_S = 2.0


class FeedFile:
    """What the file says is in force: entries that leave it are taken out. One that cannot be read changes nothing."""

    def __init__(self, path: Path, store: MetricStore, clock: Callable[[], datetime], look_s: float = LOOK_S) -> None:
        self._path, self._store, self._clock, self._look_s = path, store, clock, look_s
        self._ids: set[str] = set()
        self._seen: tuple[int, ...] = ()
        self._asked, self._closing = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="towline-feed-file", daemon=True)

    def load(self) -> UpdateResult:
        """Put the file's entries in force. TowlineError when it cannot be read, or holds rows that make no sense."""
        self._seen = self._signature()
        problems = Problems()
        entries = read_traffic(self._path, problems)
        problems.raise_if_any()
        held = self._store.view().snapshot.feed.entries
        gone = sorted(key for key in self._ids - {entry.id for entry in entries} if key in held)
        done = self._store.update(TrafficUpdate(entries, gone), self._clock())
        self._ids = {entry.id for entry in entries}
        ignored = {code.name: count for code, count in done.ignored().items()}
        counts = {"epoch": done.epoch, "accepted": done.accepted, "removed": done.removed, "ignored": ignored}
        logger.info("feed file", extra={"file": self._path.name, **counts})
        return done

    def start(self) -> None:
        self._thread.start()

    def reload(self) -> None:
        """Read the file again now, changed or not."""
        self._asked.set()

    def close(self) -> None:
        self._closing = True
        self._asked.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            asked = self._asked.wait(self._look_s)
            self._asked.clear()
            if self._closing:
                return
            if asked or self._signature() != self._seen:
                try:
                    self.load()
                except TowlineError as error:
                    logger.warning("feed file refused", extra={"file": self._path.name, "reason": error.reason})
                except Exception as error:
                    extra = {"file": self._path.name, "exception": type(error).__name__, "frames": frames(error)}
                    logger.error("feed file", extra=extra)

    def _signature(self) -> tuple[int, ...]:
        """Changes when the file does; empty while it is not there, which is no change."""
        try:
            found = self._path.stat()
        except OSError:
            return self._seen
        return found.st_mtime_ns, found.st_size, found.st_ino
