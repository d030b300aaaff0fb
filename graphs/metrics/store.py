"""The metrics of a region: by hour, weather and live feed; made once, kept warm, published as numbered snapshots."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from graphs.errors import TrafficError
from graphs.metrics.arc_times import ArcTimes
from graphs.metrics.check import Checked, Checkpoint, check
from graphs.metrics.entry import TrafficUpdate
from graphs.metrics.feed import Feed
from graphs.metrics.hours import next_slot_ms, to_ms
from graphs.metrics.locate import ArcFinder
from graphs.metrics.once import OnceCache
from graphs.metrics.overlay import Overlay
from graphs.metrics.profile import TrafficProfile
from graphs.metrics.result import UpdateResult
from graphs.metrics.room import FeedLimits
from graphs.metrics.snapshot import MetricKey, TrafficSnapshot
from graphs.metrics.spans import Bound, Span, bound_weights
from graphs.metrics.turn import Turn
from graphs.metrics.weather import Weather, WeatherSpell, check_spells
from graphs.metrics.yielding import let_others
from graphs.network import Int32, Int64
from graphs.region import Region
from graphs.search import Metric

#: Room for metrics beyond those kept warm; New York's (264,346 nodes) has 14 MB, a million junctions' about 60.
BUDGET_BYTES = 512 << 20
#: Metrics under which one question searches; with more departures than that it looks at spans of them.
METRICS_A_QUESTION = 8

#: What begins or ends within this time is prepared before, see `Warmer`.
LOOK_AHEAD_MS = 60_000

#: A metric's content: two keys with equal content share one metric.
Content = tuple[int, Weather, bytes]


@dataclass(frozen=True, eq=False)
class MetricView:
    """One snapshot with its metrics: all that one question sees, whatever is published meanwhile."""

    snapshot: TrafficSnapshot
    _store: MetricStore

    @property
    def epoch(self) -> int:
        return self.snapshot.epoch

    def metric(self, key: MetricKey) -> Metric:
        """The metric of one of the snapshot's keys, made now unless it is there."""
        return self._store._metric(self.snapshot, key)

    def at(self, departure: datetime) -> tuple[MetricKey, Metric]:
        """The metric for a departure, and which it is; TrafficError without a time zone."""
        key = self.snapshot.key_at(_ms(departure, "departure"))
        return key, self.metric(key)

    def spans(self, departures_ms: Int64, limit: int = METRICS_A_QUESTION) -> tuple[list[Span], Int64]:
        """See `TrafficSnapshot.spans`."""
        return self.snapshot.spans(departures_ms, limit)

    def bounds(self, span: Span) -> tuple[Metric, Metric]:
        """The fastest and the slowest metric of a span; twice the same one where it is exact."""
        if span.key is None:
            return self._store._bounds(self.snapshot, span)
        metric = self.metric(span.key)
        return metric, metric


#: Told about a view, those of its keys that are to be warm, and the time: makes whatever hangs on their metrics.
Follower = Callable[[MetricView, Sequence[MetricKey], datetime], object]


class MetricStore:
    """Thread-safe. Questions read `view()` and never wait for updates.

    Updates take turns: those that come while one is being published are published together, as the next snapshot.
    """

    def __init__(
        self,
        region: Region,
        profile: TrafficProfile | None = None,
        *,
        budget_bytes: int = BUDGET_BYTES,
        first_epoch: int = 0,
        limits: FeedLimits | None = None,
    ) -> None:
        """`profile` defaults to free flow at every hour; give `load_traffic_profile()` for hours and weather."""
        self.region = region
        self.limits = limits or FeedLimits()
        self.times = ArcTimes(region.network, profile or TrafficProfile.flat())
        self._finder = ArcFinder(region.network)
        self._cache: OnceCache[Content, Metric] = OnceCache(budget_bytes, _bytes_of)
        self._newest: dict[tuple[int, Weather], Overlay] = {}  # of which there was a metric
        self._view = MetricView(TrafficSnapshot(first_epoch, region.timezone, Feed.empty()), self)
        self._writing = threading.RLock()
        self._turns: deque[Turn] = deque()
        self._next_serial = 0
        self._warm_keys: tuple[MetricKey, ...] = ()
        self._followers: tuple[Follower, ...] = ()

    def view(self) -> MetricView:
        """The newest published snapshot."""
        return self._view

    @property
    def cached_bytes(self) -> int:
        return self._cache.size

    def index(self) -> None:
        """Make the indices in which updates look up roads now, instead of with the first update."""
        self._finder.index()

    def follow(self, follower: Follower) -> None:
        """Call `follower` with each new view and its current key before it is published, then with the next hour's.

        What it raises about the current key cancels the update. `warm` calls it as well.
        """
        with self._writing:
            self._followers = (*self._followers, follower)

    def unfollow(self, follower: Follower) -> None:
        """Call a follower no more."""
        with self._writing:
            self._followers = tuple(each for each in self._followers if each != follower)

    def warm_keys(self) -> tuple[MetricKey, ...]:
        """Keys of the metrics that are kept warm, of this hour first; none before `warm` or an update."""
        return self._warm_keys

    def warm_metrics(self) -> list[Metric]:
        """Metrics of the newest snapshot that are kept warm: this hour's and the next's, or none yet."""
        view = self._view
        return list(dict.fromkeys(view.metric(key) for key in self._warm_keys if key.epoch == view.epoch))

    def warm(self, now: datetime) -> MetricView:
        """Make sure that the metrics of this hour, of the next, and of what is about to begin or end are there.

        They are kept, the warmth of others is dropped.
        """
        now_ms = _ms(now, "now")
        view = self._view
        for key in self._keys_at(view, now_ms):
            view.metric(key)  # before others have to wait for it
        with self._writing:
            self._prepare(self._view, self._keys_at(self._view, now_ms), now)
            return self._view

    def update(
        self,
        update: TrafficUpdate,
        now: datetime,
        *,
        strict: bool = False,
        publish: bool = True,
        checkpoint: Checkpoint | None = None,
    ) -> UpdateResult:
        """Put entries in and take entries out; when it returns, the new snapshot is published and warm.

        Entries that cannot be used are refused one by one, with reasons, the others are taken together. With `strict`
        a single refusal raises TrafficError and nothing changes. An update that changes nothing publishes nothing, nor
        does one without `publish`, which only says what would be. `checkpoint` may raise while entries are checked.
        Updates that wait for the same turn share a snapshot, and its failure.
        """
        now_ms, begun = _ms(now, "now"), time.perf_counter()
        room = self._view.snapshot.feed.room_for(update, now_ms, self.limits)
        # May take long: others need not wait for it.
        checked = check(update.upserts, self._finder, now_ms, checkpoint, room)
        return self._in_turn(
            Turn(lambda _: update.removes, checked, len(update.upserts), now, now_ms, begun, strict, publish)
        )

    def clear(self, now: datetime, *, prefix: str = "", publish: bool = True) -> UpdateResult:
        """Take out all entries whose ids begin with `prefix`."""
        begun = time.perf_counter()

        def held(feed: Feed) -> list[str]:
            return [key for key in feed.entries if key.startswith(prefix)]

        return self._in_turn(Turn(held, Checked(), 0, now, _ms(now, "now"), begun, publish=publish))

    def _in_turn(self, turn: Turn) -> UpdateResult:
        """What becomes of an update. Whoever writes next publishes one snapshot of all updates that wait by then."""
        self._turns.append(turn)
        with self._writing:
            if not turn.outcome.done():
                turns = [self._turns.popleft() for _ in range(len(self._turns))]
                try:
                    self._take(turns)
                except BaseException as error:
                    for each in turns:
                        each.fail(error)
        return turn.outcome.result()

    def _take(self, turns: Sequence[Turn]) -> None:
        old = self._view.snapshot
        feed, serial = old.feed, self._next_serial
        for turn in turns:
            made = turn.merged(feed, serial, self.limits)
            if made and turn.publish:
                feed, serial = made.feed, made.next_serial
        last = max(turns, key=lambda turn: turn.now_ms)
        for turn in turns:
            if turn.made and not turn.publish:
                turn.succeed(old.epoch, self._changed(self._after(old, turn.made.feed), last.now_ms), turn.checked_at)
        changed, published = 0, time.perf_counter()
        if feed is not old.feed:
            let_others()
            fresh = self._after(old, feed)
            changed = self._changed(fresh, last.now_ms)
            self._next_serial = serial
            let_others()
            published = self._publish(fresh, last.now)
        for turn in turns:
            turn.succeed(self._view.epoch, changed, published)

    def _after(self, old: TrafficSnapshot, feed: Feed) -> TrafficSnapshot:
        return replace(old, epoch=old.epoch + 1, feed=feed, _overlays={}, bounds={})

    def _changed(self, fresh: TrafficSnapshot, now_ms: int) -> int:
        """Arcs about which a snapshot says something else than the one published."""
        before, after = (each.overlay(each.key_at(now_ms)) for each in (self._view.snapshot, fresh))
        return int(after.changed(before).size)

    def stream(self, batches: Iterable[TrafficUpdate], clock: Callable[[], datetime]) -> Iterator[UpdateResult]:
        """The result of each batch as it is published."""
        for batch in batches:
            yield self.update(batch, clock())

    def set_weather(self, spells: Sequence[WeatherSpell], now: datetime, *, publish: bool = True) -> int:
        """Replace the weather, now and to come; returns the epoch in force. TrafficError for an impossible spell."""
        checked = check_spells(spells)
        with self._writing:
            old = self._view.snapshot
            if publish and checked != old.spells:
                self._publish(replace(old, epoch=old.epoch + 1, spells=checked, _overlays={}, bounds={}), now)
            return self._view.epoch

    def _publish(self, snapshot: TrafficSnapshot, now: datetime) -> float:
        """Publish as soon as the current hour is ready; then prepare the next. Returns when it was published."""
        view = MetricView(snapshot, self)
        keys = self._keys_at(view, _ms(now, "now"))
        self._prepare(view, keys[:1], now)
        self._view = view
        published = time.perf_counter()
        self._prepare(view, keys, now)
        self._forget_old(snapshot)
        return published

    def _forget_old(self, snapshot: TrafficSnapshot) -> None:
        """Let go of metrics that only older snapshots use; their memory then serves the next update."""
        current = set(snapshot.digests())
        newest = {(slot, weather, overlay.digest) for (slot, weather), overlay in self._newest.items()}
        self._cache.keep_only([c for c, _ in self._cache.items() if c in newest or c[2] in current])

    def _keys_at(self, view: MetricView, now_ms: int) -> list[MetricKey]:
        """The current key; the next one if entries soon begin or end; that of the next hour."""
        moments = [now_ms, next_slot_ms(now_ms, view.snapshot.zone)]
        change = view.snapshot.next_change_ms(now_ms)
        if change is not None and change < moments[-1] and change - now_ms <= LOOK_AHEAD_MS:
            moments.insert(1, change)
        return [view.snapshot.key_at(ms) for ms in moments]

    def _prepare(self, view: MetricView, keys: list[MetricKey], now: datetime) -> None:
        self._cache.pin([self._content(view.snapshot, key) for key in keys])
        for key in keys:
            view.metric(key)
        for follower in self._followers:
            follower(view, keys, now)
        self._warm_keys = tuple(keys)

    def _content(self, snapshot: TrafficSnapshot, key: MetricKey) -> Content:
        return *self.times.alike(key.slot, key.weather), snapshot.overlay(key).digest

    def _metric(self, snapshot: TrafficSnapshot, key: MetricKey) -> Metric:
        return self._cache.get(self._content(snapshot, key), lambda: self._made(key, snapshot.overlay(key)))

    def _made(self, key: MetricKey, overlay: Overlay) -> Metric:
        """From the newest metric of the same hour and weather by its differences; from scratch when there is none."""
        let_others()
        slot, weather = self.times.alike(key.slot, key.weather)
        newest = self._newest.get((slot, weather))
        kin = self._cache.peek((slot, weather, newest.digest)) if newest else None
        if newest is None or kin is None:
            weights = self.times.weights(slot, weather)
            weights[overlay.arc] = self.times.weights_under(slot, weather, overlay.arc, overlay)
            metric = self.region.customise(weights)
        else:
            arcs = overlay.changed(newest)
            copies, source = self.region.search_graph.search_arcs(arcs)
            let_others()
            metric = kin.updated(copies, self.times.weights_under(slot, weather, arcs, overlay)[source])
        self._newest[slot, weather] = overlay
        return metric

    def _bounds(self, snapshot: TrafficSnapshot, span: Span) -> tuple[Metric, Metric]:
        slot, weather = self.times.alike(span.runs[0].slot, span.runs[0].weather)
        bound: list[Bound] = []  # weights are only computed for what is not there

        def weights() -> Bound:
            if not bound:
                bound.append(bound_weights(self.times, snapshot.feed, span.runs))
            return bound[0]

        fast, slow = snapshot.bounds.get(span.runs) or snapshot.bounds.setdefault(span.runs, weights().digests)
        return (
            self._cache.get((slot, weather, fast), lambda: self._near(slot, weather, weights().fastest)),
            self._cache.get((slot, weather, slow), lambda: self._near(slot, weather, weights().slowest)),
        )

    def _near(self, slot: int, weather: Weather, wanted: Int32) -> Metric:
        """The metric of some road weights, made from the newest of an hour and a weather by its differences."""
        let_others()
        newest = self._newest.get((slot, weather))
        kin = self._cache.peek((slot, weather, newest.digest)) if newest else None
        if kin is None:
            return self.region.customise(wanted)
        arcs = np.flatnonzero(kin.weights[: wanted.size] != wanted)
        copies, source = self.region.search_graph.search_arcs(arcs)
        return kin.updated(copies, wanted[arcs][source])


def _bytes_of(metric: Metric) -> int:
    """An updated metric also keeps the memory of the one before it, for the one after it."""
    return (metric.times.nbytes + metric.weights.nbytes) * (1 if metric.change is None else 2)


def _ms(when: datetime, name: str) -> int:
    if when.utcoffset() is None:
        raise TrafficError(f"{name} {when.isoformat()} has no time zone; add one.", **{name: when.isoformat()})
    return to_ms(when)
