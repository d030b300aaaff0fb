"""A numbered snapshot of everything that travel times depend on besides the roads: feed and weather."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from graphs.metrics.check import NEVER
from graphs.metrics.feed import Feed
from graphs.metrics.hours import next_slot_ms, slot_at, slot_name, to_ms
from graphs.metrics.overlay import Overlay
from graphs.metrics.weather import Weather, WeatherSpell, weather_at
from graphs.network import Int64

#: Departures are told apart to the millisecond; if that takes too many metrics, to these (ms), coarser by and by.
COARSER_MS = (60_000, 5 * 60_000, 15 * 60_000)


@dataclass(frozen=True, slots=True, order=True)
class MetricKey:
    """Which metric: hour of the week, weather, number of the snapshot, and which of its entries are in force.

    `phase` counts the moments at which an entry or a spell of weather begins or ends, up to the departure.
    """

    slot: int
    weather: Weather
    epoch: int
    phase: int = 0

    def __str__(self) -> str:
        return f"{self.epoch}.{self.phase}/{slot_name(self.slot)}/{self.weather}"


@dataclass(frozen=True, eq=False)
class TrafficSnapshot:
    """Immutable; `epoch` grows by one with every change."""

    epoch: int
    zone: ZoneInfo
    feed: Feed
    spells: tuple[WeatherSpell, ...] = ()
    _overlays: dict[int, Overlay] = field(default_factory=dict, repr=False)  # by phase; filled as asked for

    @cached_property
    def boundaries(self) -> Int64:
        """Moments in ms since 1970 at which what is in force changes, ascending."""
        ends = [to_ms(t) for spell in self.spells for t in (spell.start, spell.end) if t is not None]
        return np.union1d(self.feed.boundaries(), np.array(ends, np.int64))

    def key_at(self, ms: int) -> MetricKey:
        """The key of the metric for a departure at `ms` since 1970."""
        phase = int(np.searchsorted(self.boundaries, ms, side="right"))
        return MetricKey(slot_at(ms, self.zone), weather_at(self.spells, ms), self.epoch, phase)

    def next_change_ms(self, ms: int) -> int | None:
        """When, after `ms`, an entry or a spell of weather begins or ends next; None if never."""
        at = int(np.searchsorted(self.boundaries, ms, side="right"))
        return int(self.boundaries[at]) if at < self.boundaries.size and self.boundaries[at] < NEVER else None

    def grouped(self, departures_ms: Int64, limit: int) -> tuple[list[MetricKey], Int64]:
        """(keys of the metrics that k departures need, [k] which of them each needs).

        Exact while that takes at most `limit` keys; beyond, a departure is taken for the start of its minute, of its
        five or fifteen minutes, and at last for the earliest departure of its hour, so that what is in force a little
        earlier counts. One key an hour is the least there is.
        """
        departures_ms = np.asarray(departures_ms, np.int64)
        if not departures_ms.size:
            return [], departures_ms
        low, high = int(departures_ms.min()), int(departures_ms.max())
        hours = self._slot_starts(low, high)
        held = self.boundaries
        breaks = np.union1d(hours, held[(held > low) & (held <= high)])
        taken = departures_ms
        for step in (1, *COARSER_MS):
            taken = departures_ms // step * step
            used, example, group = _numbered(np.searchsorted(breaks, taken, side="right"), breaks.size + 1)
            if used <= limit:
                break
        else:
            order = np.argsort(departures_ms, kind="stable")
            taken = departures_ms[order]  # the first of each hour is its earliest
            _, example, group = _numbered(np.searchsorted(hours, taken, side="right"), hours.size + 1)
            group = group[np.argsort(order, kind="stable")]
        return [self.key_at(int(taken[at])) for at in example], group

    def _slot_starts(self, low: int, high: int) -> Int64:
        """Beginnings of hours after `low` up to `high`."""
        starts = []
        at = next_slot_ms(low, self.zone)
        while at <= high:
            starts.append(at)
            at = next_slot_ms(at, self.zone)
        return np.array(starts, np.int64)

    def overlay(self, key: MetricKey) -> Overlay:
        """What is in force under a key of this snapshot."""
        found = self._overlays.get(key.phase)
        if found is None:
            begin = self.boundaries[key.phase - 1] if key.phase else np.iinfo(np.int64).min
            found = self._overlays.setdefault(key.phase, self.feed.overlay(int(begin)))
        return found

    def digests(self) -> list[bytes]:
        """Of the overlays asked for so far."""
        return [overlay.digest for overlay in list(self._overlays.values())]


def _numbered(bins: Int64, size: int) -> tuple[int, Int64, Int64]:
    """(bins in use, [bins in use] first place of each, [k] number of each one's bin among those in use)."""
    first = np.full(size, -1, np.int64)
    first[bins[::-1]] = np.arange(bins.size - 1, -1, -1)
    used = first >= 0
    number = np.cumsum(used) - 1
    return int(used.sum()), first[used], number[bins]
