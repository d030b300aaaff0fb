"""What a server holds for each region: its dispatcher, its fleet, its live state, and who is told of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from engine.dispatch import Dispatcher
from engine.ledger import Ledger
from engine.ledger.rows import Loaded
from engine.live.engagements import engagements
from engine.live.region import Listeners, LiveRegion, Retention
from engine.live.telemetry import TelemetryBoard
from engine.live.watch.hub import EventHub
from engine.model import Fleet
from engine.server.fleet_store import FleetStore
from engine.server.followed_fleet import show_events, show_positions
from engine.server.kept_fleet import fleet_of, joined, store_given
from engine.server.leading import Leading, LedRegions
from engine.server.logs import frames, logger
from engine.server.names import ids, region_name
from engine.server.options import ServerOptions
from engine.server.region_traffic import RegionTraffic
from engine.server.replies import Replies
from engine.server.watch_messages import EventEncoder, UnitEncoder
from graphs.errors import RegionNotFoundError, TowlineError

#: Event of the log.
CLOCK_JUMPED = "clock jumped"


@dataclass(frozen=True, slots=True)
class HostedRegion:
    """One region on this server."""

    id: str
    dispatcher: Dispatcher
    store: FleetStore
    replies: Replies
    traffic: RegionTraffic
    live: LiveRegion
    hub: EventHub
    telemetry: TelemetryBoard
    loaded: Loaded
    given: Fleet | None  # with the server: what of it the ledger has not got is put there, by who leads from the start
    leading: Leading

    def open(self, address: str) -> None:
        """Begin to work with what the ledger has; `close` ends that. ``address``: where the server listens."""
        self.live.load(self.loaded)
        self.hub.last = self.hub.announced = self.loaded.last_number
        leads, loaded = self.leading.begin(address), self.loaded
        if self.leading.shared and (self.given is not None or self.live.writer.state.number != loaded.last_number):
            loaded = self.live.ledger.load()
            known, observed = fleet_of(loaded)
            self.store.reset(known if self.given is None or not leads else joined(known, self.given), observed)
            state = self.live.writer.state
            self.store.engage(engagements(state, state.engaged))
        self.live.start()
        if self.given is not None and leads:
            store_given(self.given, loaded, self.store, self.live)
        elif self.given is not None:
            logger.warning("the fleet given is passed over: another server leads", extra={"region": self.id})
        self.leading.start()
        self.traffic.open()

    def close(self) -> None:
        self.traffic.close()
        self.leading.stop()
        self.live.stop()
        self.leading.release()

    def provider_of(self, unit_id: str) -> str | None:
        """The provider of a unit that is in the fleet."""
        found = self.store.snapshot.find(unit_id)
        return None if found is None else found.provider_id


class HostedRegions:
    """The regions of a server, by id."""

    def __init__(
        self,
        dispatchers: Mapping[str, Dispatcher],
        options: ServerOptions,
        ledger: Ledger,
        fleets: Mapping[str, Fleet] | None = None,
        feeds: Mapping[str, Path] | None = None,
    ) -> None:
        self._regions = {
            key: _hosted(key, dispatcher, options, ledger, (fleets or {}).get(key), (feeds or {}).get(key))
            for key, dispatcher in sorted(dispatchers.items())
        }

    @property
    def led(self) -> LedRegions:
        """The same, for changes: NotLeaderError for those that another server leads."""
        return LedRegions(self)

    def __iter__(self) -> Iterator[HostedRegion]:
        return iter(self._regions.values())

    def ids(self) -> list[str]:
        return list(self._regions)

    def get(self, region: str, field: str) -> HostedRegion:
        """RegionNotFoundError, listing those there are, when this server does not hold it."""
        found = self._regions.get(region)
        if found is None:
            known = ", ".join(region_name(key) for key in self._regions)
            raise RegionNotFoundError(
                f"there is no {region_name(region)} on this server; it has: {known}",
                field=field,
                name=region_name(region),
                known=known,
            )
        return found

    def opened(self, region: str, field: str) -> HostedRegion:
        """The same of one that can be watched; StartingError until then."""
        found = self.get(region, field)
        found.leading.check_open()
        return found

    def named(self, name: str, field: str) -> HostedRegion:
        """The region of a resource name."""
        return self.get(ids(name)[0], field)


def _hosted(
    key: str, dispatcher: Dispatcher, options: ServerOptions, ledger: Ledger, fleet: Fleet | None, feed: Path | None
) -> HostedRegion:
    part = ledger.region(key)
    loaded = part.load()
    known, observed = fleet_of(loaded)
    store = FleetStore(key, dispatcher, known if fleet is None else joined(known, fleet), options.queue_s, observed)

    def provider_of(unit_id: str) -> str | None:
        found = store.snapshot.find(unit_id)
        return None if found is None else found.provider_id

    hub = EventHub(key, ledger.id, part, EventEncoder(key, provider_of))
    retention = Retention(timedelta(seconds=options.retention_s), timedelta(days=options.track_days))
    live = LiveRegion(key, dispatcher, store, part, options.clock, retention, options.clock_rate)
    silent_after = timedelta(minutes=dispatcher.policy.live.silent_minutes)
    board = TelemetryBoard(lambda: store.snapshot, live.open, UnitEncoder(key), live.now, silent_after)
    live.listeners = Listeners(hub.publish, board.arrivals, partial(_trouble, key), partial(_jump, key))
    store.on_change, store.give_way = board.moved, live.writer.give_way
    live.show_fleet, live.show_positions = partial(show_events, store), partial(show_positions, store)
    return HostedRegion(
        key,
        dispatcher,
        store,
        Replies(options.retention_s, options.retention_bytes, options.queue_s),
        RegionTraffic(key, dispatcher, store, options.clock, feed),
        live,
        hub,
        board,
        loaded,
        fleet,
        Leading(live, options.leading, shared=ledger.shared),
    )


def _trouble(region: str, where: str, error: BaseException) -> None:
    """Something that runs by itself failed; it will be tried again."""
    known = isinstance(error, TowlineError)
    fields = {"region": region, "where": where, "exception": type(error).__name__}
    if known:
        fields["reason"] = error.reason
        if cause := error.metadata.get("cause"):
            fields["cause"] = cause
    (logger.warning if known else logger.error)("trouble", extra={**fields, **({} if known else _where(error))})


def _where(error: BaseException) -> dict[str, Any]:
    return {"frames": frames(error)} if isinstance(error, Exception) else {}


def _jump(region: str, off: timedelta) -> None:
    logger.warning(CLOCK_JUMPED, extra={"region": region, "seconds": round(off.total_seconds(), 1)})
