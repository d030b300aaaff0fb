"""All entries of a live feed as columns: immutable, so a snapshot holds them without a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from graphs.metrics.check import Checked
from graphs.metrics.entry import Refusal, RefusalCode, Resolved, TrafficEntry, TrafficUpdate
from graphs.metrics.overlay import CLOSED, Overlay
from graphs.metrics.room import FeedLimits, Room
from graphs.metrics.yielding import let_others
from graphs.network import Float32, Int32, Int64, UInt8


@dataclass(frozen=True, eq=False)
class Feed:
    """``e`` entries in the order they came, and their ``r`` rows (one an arc)."""

    entries: Mapping[str, tuple[int, TrafficEntry]]  # id -> serial number, entry
    serial: Int64  # [e] ascending
    start_ms: Int64  # [e] holds for departures from here
    end_ms: Int64  # [e] until before here
    count: Int64  # [e] rows of each entry
    arc: Int32  # [r]
    kind: UInt8  # [r]
    value: Float32  # [r]

    @staticmethod
    def empty() -> Feed:
        none = np.empty(0, np.int64)
        rows = np.empty(0, np.int32), np.empty(0, np.uint8), np.empty(0, np.float32)
        return Feed(MappingProxyType({}), none, none, none, none, *rows)

    @cached_property
    def sorted_ids(self) -> list[str]:
        return sorted(self.entries)

    def arc_count(self, serial: int) -> int:
        """Rows of one entry."""
        return int(self.count[np.searchsorted(self.serial, serial)])

    def boundaries(self) -> Int64:
        """Times at which what is in force changes, ascending."""
        return np.union1d(self.start_ms, self.end_ms)

    def overlay(self, ms: int) -> Overlay:
        """What the entries in force for a departure at `ms` say."""
        rows = np.repeat((self.start_ms <= ms) & (ms < self.end_ms), self.count)
        return Overlay.of(self.arc[rows], self.kind[rows], self.value[rows])

    def holding(self, first_ms: int, last_ms: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """([r] rows that hold for some departure between two times, both included, [r] those that hold for all)."""
        sometimes = (self.start_ms <= last_ms) & (self.end_ms > first_ms)
        always = (self.start_ms <= first_ms) & (self.end_ms > last_ms)
        return np.repeat(sometimes, self.count), np.repeat(always, self.count)

    def closing(self, arcs: npt.NDArray[np.integer], ms: int) -> list[TrafficEntry]:
        """Entries that close any of some arcs for a departure at `ms`, oldest first."""
        in_force = np.repeat((self.start_ms <= ms) & (ms < self.end_ms), self.count)
        rows = np.flatnonzero(in_force & (self.kind == CLOSED) & np.isin(self.arc, arcs))
        serials = set(np.repeat(self.serial, self.count)[rows].tolist())
        return [entry for serial, entry in self.entries.values() if serial in serials]

    def room_for(self, update: TrafficUpdate, now_ms: int, limits: FeedLimits) -> Room:
        """Room beside the entries that stay whatever becomes of an update's own."""
        going = {key for key in (*(entry.id for entry in update.upserts), *update.removes) if isinstance(key, str)}
        stays = self.end_ms > now_ms
        gone = [self.entries[key][0] for key in going if key in self.entries]
        stays[np.searchsorted(self.serial, gone)] = False
        return Room(limits, int(np.count_nonzero(stays)), int(self.count[stays].sum()))

    def changed(self, gone: set[int], fresh: list[Resolved], next_serial: int) -> Feed:
        """The feed without the serial numbers in `gone` and with fresh entries at its end."""
        entries = dict(self.entries)
        if gone:
            entries = {key: item for key, item in entries.items() if item[0] not in gone}
        entries.update((item.entry.id, (next_serial + at, item.entry)) for at, item in enumerate(fresh))
        kept = ~np.isin(self.serial, list(gone)) if gone else np.ones(self.serial.size, bool)
        rows = np.repeat(kept, self.count)
        let_others()
        count = np.array([item.arc.size for item in fresh], np.int64)
        return Feed(
            MappingProxyType(entries),
            np.concatenate((self.serial[kept], np.arange(next_serial, next_serial + len(fresh)))),
            np.concatenate((self.start_ms[kept], np.array([item.start_ms for item in fresh], np.int64))),
            np.concatenate((self.end_ms[kept], np.array([item.end_ms for item in fresh], np.int64))),
            np.concatenate((self.count[kept], count)),
            np.concatenate([self.arc[rows], *(item.arc for item in fresh)]).astype(np.int32),
            np.concatenate((self.kind[rows], np.repeat(np.array([i.kind for i in fresh], np.uint8), count))),
            np.concatenate([self.value[rows], *(item.value for item in fresh)]).astype(np.float32),
        )


@dataclass(slots=True)
class Merge:
    """A feed after one update, and what became of each part of it."""

    feed: Feed
    accepted: int = 0
    waiting: int = 0  # of the accepted: start in the future
    removed: int = 0
    expired: int = 0  # entries that were there and have ended, or are now said to have
    refusals: list[Refusal] = field(default_factory=list)
    unknown_ways: list[int] = field(default_factory=list)
    next_serial: int = 0


def merge(
    feed: Feed, removes: Sequence[str], checked: Checked, now_ms: int, next_serial: int, limits: FeedLimits
) -> Merge:
    """The feed without some ids and with checked entries; those that have ended are dropped. `feed` is unchanged.

    A refused entry leaves an older one of its id as it was, unless it says that it has ended.
    """
    made = Merge(feed, next_serial=next_serial)
    gone = set(feed.serial[feed.end_ms <= now_ms].tolist())
    made.expired = len(gone)
    for index, entry_id in enumerate(removes):
        found = feed.entries.get(entry_id)
        if found is None or found[0] in gone:
            text = "there is no entry of that id; it may have expired"
            made.refusals.append(Refusal(str(entry_id), RefusalCode.UNKNOWN_ID, text, index, removal=True))
        else:
            gone.add(found[0])
            made.removed += 1
    made.refusals.extend(checked.refusals)
    for refusal in checked.refusals:
        over = feed.entries.get(refusal.id) if refusal.code is RefusalCode.EXPIRED else None
        if over is not None and over[0] not in gone:
            gone.add(over[0])
            made.expired += 1
    made.unknown_ways = checked.unknown_ways
    taken = _fitting(feed, checked.taken, gone, limits, made.refusals)
    for item in taken:
        if (old := feed.entries.get(item.entry.id)) is not None:
            gone.add(old[0])
    made.accepted = len(taken)
    made.waiting = sum(item.start_ms > now_ms for item in taken)
    if gone or taken:
        made.feed = feed.changed(gone, taken, next_serial)
        made.next_serial = next_serial + len(taken)
    return made


def _fitting(
    feed: Feed, fresh: list[Resolved], gone: set[int], limits: FeedLimits, refusals: list[Refusal]
) -> list[Resolved]:
    """Those of the fresh entries, in order, for which there is room; each takes the place of an older one of its id."""
    entries, rows = feed.serial.size - len(gone), int(feed.count.sum())
    if entries + len(fresh) <= limits.entries and rows + sum(item.arc.size for item in fresh) <= limits.rows:
        return fresh
    size = dict(zip(feed.serial.tolist(), feed.count.tolist(), strict=True))
    rows -= sum(size[serial] for serial in gone)
    taken = []
    for item in fresh:
        old = feed.entries.get(item.entry.id)
        replaces = old is not None and old[0] not in gone
        more_entries = not replaces
        more_rows = item.arc.size - (size[old[0]] if old is not None and replaces else 0)
        if entries + more_entries <= limits.entries and rows + more_rows <= limits.rows:
            taken.append(item)
            entries, rows = entries + more_entries, rows + more_rows
        else:
            full = limits.full()
            refusals.append(Refusal(item.entry.id, full.code, full.message, item.index))
    return taken
