"""A file of traffic that the server follows: read at the start, and again whenever it changes or somebody asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import TableError
from engine.server.logs import frames, logger
from engine.server.status import INTERNAL_REASON
from engine.tables.problems import Problems
from engine.tables.traffic import check_ending, read_traffic
from graphs.errors import FileMissingError, TowlineError
from graphs.metrics import MetricStore, TrafficEntry, TrafficUpdate, UpdateResult

#: How often the file's date and size are looked at.
LOOK_S = 2.0
#: Problems, ignored entries and notes that one line of the log spells out; it counts all of them.
SPELT_OUT = 5


class FeedFile:
    """What the file says is in force, and what it no longer says is taken out, from one reading to the next.

    Of one id the last who wrote counts: a call replaces or removes the file's entry until the file is read again, and
    what a call has put in its place is not taken out when the id leaves the file. A file that is not there, or cannot
    be read, changes nothing: what it said last stays in force until it can.
    """

    def __init__(
        self,
        path: Path,
        store: MetricStore,
        clock: Callable[[], datetime],
        look_s: float = LOOK_S,
        on_update: Callable[[datetime], object] = lambda _: None,
    ) -> None:
        """FileFormatError when the file's name ends in nothing that can be read: no change of the file would help.

        `on_update` is told when the file was taken.
        """
        check_ending(path)
        self._path, self._store, self._clock, self._look_s, self._on_update = path, store, clock, look_s, on_update
        self._mine: dict[str, TrafficEntry] = {}  # entries of the file, as they were taken
        self._seen: tuple[int, ...] | None = None
        self._asked, self._closing = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="towline-feed-file", daemon=True)
        #: When it was last taken, and why it is not now.
        self.read_at: datetime | None = None
        self.reason = ""

    def load(self) -> UpdateResult:
        """Put the file's entries in force. TowlineError when it cannot be read, or holds rows that make no sense."""
        self._seen = self._signature()
        problems = Problems()
        entries = read_traffic(self._path, problems)
        problems.raise_if_any()
        now = self._clock()
        fresh = {entry.id: entry for entry in reversed(entries)}  # of two of one id the first is taken
        held = self._store.view().snapshot.feed.entries
        gone = sorted(key for key, entry in self._mine.items() if key not in fresh and _is(held.get(key), entry))
        done = self._store.update(TrafficUpdate(entries, gone), now)
        held = self._store.view().snapshot.feed.entries
        kept = {key: entry for key, entry in self._mine.items() if _is(held.get(key), entry)}  # its new one was refused
        self._mine = kept | {key: entry for key, entry in fresh.items() if _is(held.get(key), entry)}
        self.read_at, self.reason = now, ""
        self._on_update(now)
        logger.info("feed file", extra={"file": self._path.name, **_outcome(done, problems.notes)})
        return done

    def take(self) -> None:
        """`load`, with what is wrong in the log."""
        try:
            self.load()
        except TowlineError as error:
            self.reason = error.reason
            event = "feed file missing" if isinstance(error, FileMissingError) else "feed file refused"
            logger.warning(event, extra={"file": self._path.name, **_refusal(error), **self._still()})
        except Exception as error:
            self.reason = INTERNAL_REASON
            extra = {"exception": type(error).__name__, "frames": frames(error), **self._still()}
            logger.error("feed file", extra={"file": self._path.name, **extra})

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
                self.take()

    def _signature(self) -> tuple[int, ...] | None:
        """Changes when the file does, or who may read it; None while it is not there."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino

    def _still(self) -> dict[str, Any]:
        """What stays in force meanwhile, and since when."""
        since = self.read_at and self.read_at.isoformat(timespec="seconds")
        return {"entries_kept": len(self._mine), "last_read": since}


def _is(held: tuple[int, TrafficEntry] | None, entry: TrafficEntry) -> bool:
    return held is not None and held[1] is entry


def _outcome(done: UpdateResult, notes: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"epoch": done.epoch, "accepted": done.accepted, "removed": done.removed}
    found["ignored"] = {code.name: count for code, count in done.ignored().items()}
    if done.refusals:
        found["first_ignored"] = [
            {"id": each.id, "reason": each.code.name, "message": each.message} for each in done.refusals[:SPELT_OUT]
        ]
    if done.unknown_ways:
        found["unknown_ways"] = len(done.unknown_ways)
    if notes:
        found["notes"] = notes[:SPELT_OUT]
    return found


def _refusal(error: TowlineError) -> dict[str, Any]:
    found: dict[str, Any] = {"reason": error.reason, "problem": error.message.partition("\n")[0]}
    if isinstance(error, TableError):
        found["problem_count"] = len(error.problems)
        found["first_problems"] = [
            {"row": each.row, "column": each.column, "message": each.message} for each in error.problems[:SPELT_OUT]
        ]
    return found
