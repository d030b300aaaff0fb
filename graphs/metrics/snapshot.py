"""A numbered snapshot of everything that travel times depend on besides the roads: feed and weather."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from graphs.metrics.check import NEVER
from graphs.metrics.feed import Feed
from graphs.metrics.hours import next_slot_ms, slot_at, slot_name, to_ms
from graphs.metrics.overlay import Overlay
from graphs.metrics.spans import Run, Span, numbered
from graphs.metrics.weather import Weather, WeatherSpell, weather_at
from graphs.network import Int64


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
    bounds: dict[tuple[Run, ...], tuple[bytes, bytes]] = field(default_factory=dict, repr=False)  # digests, as asked

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

    def grouped(self, departures_ms: Int64) -> tuple[list[MetricKey], Int64]:
        """(keys of the metrics that k departures need, [k] which of them each needs)."""
        departures_ms = np.asarray(departures_ms, np.int64)
        if not departures_ms.size:
            return [], departures_ms
        low, high = int(departures_ms.min()), int(departures_ms.max())
        held = self.boundaries
        breaks = np.union1d(self._slot_starts(low, high), held[(held > low) & (held <= high)])
        example, group = numbered(np.searchsorted(breaks, departures_ms, side="right"), breaks.size + 1)
        return [self.key_at(int(departures_ms[at])) for at in example], group

    def spans(self, departures_ms: Int64, limit: int) -> tuple[list[Span], Int64]:
        """(spans of k departures, [k] which of them each is in): at most `limit` metrics, two for an inexact span.

        Exact while that takes at most `limit` metrics. Beyond, departures are taken together by hour, later hours as
        one: a span that one metric does for is exact, any other reaches to the end of its hours, so that it stays the
        same while time goes by.
        """
        departures_ms = np.asarray(departures_ms, np.int64)
        keys, group = self.grouped(departures_ms)
        if len(keys) <= limit:
            return [Span(str(key), key) for key in keys], group
        earliest = np.full(len(keys), NEVER, np.int64)
        np.minimum.at(earliest, group, departures_ms)
        starts = self._slot_starts(int(earliest.min()), int(earliest.max()))
        hour_of = np.searchsorted(starts, earliest, side="right")
        span_of = np.minimum(np.unique(hour_of, return_inverse=True)[1], limit // 2 - 1)
        made = []
        for number in range(int(span_of.max()) + 1):
            at = np.flatnonzero(span_of == number)
            first, last = keys[at[0]], keys[at[-1]]
            if at.size == 1:
                made.append(Span(str(first), first))
            else:
                runs = self._whole_hours([keys[m] for m in at], earliest[at].tolist())
                made.append(Span(f"{first}...{last}", None, runs))
        return made, span_of[group]

    def _whole_hours(self, keys: list[MetricKey], departures_ms: list[int]) -> tuple[Run, ...]:
        """Runs over some keys in order of time, one for each hour and weather; each hour's last goes on to its end."""
        runs: list[Run] = []
        for key, ms in zip(keys, departures_ms, strict=True):
            begun = int(self.boundaries[key.phase - 1]) if key.phase else -NEVER
            end = next_slot_ms(ms, self.zone) - 1
            if runs and runs[-1].last_ms == end:  # the same hour
                if runs[-1].weather == key.weather:
                    continue
                runs[-1] = replace(runs[-1], last_ms=begun - 1)
            runs.append(Run(key.slot, key.weather, begun, end))
        return tuple(runs)

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
        """Of the overlays and bounds asked for so far."""
        overlays = [overlay.digest for overlay in list(self._overlays.values())]
        return overlays + [digest for pair in list(self.bounds.values()) for digest in pair]
