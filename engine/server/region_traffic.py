"""The traffic of one region while it is served: its fleet labelled with each snapshot, its next hours kept warm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from engine.dispatch import Dispatcher
from engine.errors import TrafficUnavailableError
from engine.server.feed_file import FeedFile
from engine.server.fleet_store import FleetStore
from engine.server.names import region_name
from graphs.metrics import MetricKey, MetricStore, MetricView, Warmer


class RegionTraffic:
    """Between `open` and `close` questions find labels and metrics ready; without a store there is nothing to do."""

    def __init__(
        self,
        region: str,
        dispatcher: Dispatcher,
        fleet: FleetStore,
        clock: Callable[[], datetime],
        feed: Path | None = None,
    ) -> None:
        """`feed` is a file, followed between `open` and `close`: TrafficUnavailableError, FileFormatError."""
        self._dispatcher, self._fleet, self._clock = dispatcher, fleet, clock
        self.feed = (
            None if feed is None else FeedFile(feed, store_of(dispatcher, region), clock, on_update=self.updated)
        )
        #: When entries were last put in, taken out or confirmed.
        self.updated_at: datetime | None = None
        self._warmer: Warmer | None = None

    def open(self) -> None:
        """Prepare this hour and the next now, and from now on whenever something changes.

        A feed file that cannot be used is said in the log and looked at again when it changes: calls are answered.
        """
        store = self._dispatcher.metrics
        if store is None:
            return
        store.follow(self._follow)
        store.index()
        store.warm(self._clock())
        if self.feed is not None:
            self.feed.take()
            self.feed.start()
        self._warmer = Warmer(store, self._clock)
        self._warmer.start()

    def reload(self) -> None:
        """Read the feed file again, if there is one."""
        if self.feed is not None:
            self.feed.reload()

    def updated(self, now: datetime) -> None:
        """An update of entries was taken, whether or not it changed any."""
        self.updated_at = now

    def close(self) -> None:
        store = self._dispatcher.metrics
        if self.feed is not None:
            self.feed.close()
        if self._warmer is not None:
            self._warmer.close()
        if store is not None:
            store.unfollow(self._follow)

    def _follow(self, view: MetricView, keys: Sequence[MetricKey], now: datetime) -> None:
        self._dispatcher.warm(self._fleet.snapshot.state, view, keys, now)


def store_of(dispatcher: Dispatcher, region: str) -> MetricStore:
    """The metrics of a region; TrafficUnavailableError when it is served under one metric for all times."""
    if dispatcher.metrics is None:
        raise TrafficUnavailableError(
            f"{region_name(region)} is served without live traffic; start the server with a store of metrics",
            region=region_name(region),
        )
    return dispatcher.metrics
