"""What a server holds for each region: its dispatcher, its fleet and the answers kept for repeated requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.dispatch import Dispatcher
from engine.model import Fleet
from engine.server.fleet_store import FleetStore
from engine.server.names import parse_region, region_name
from engine.server.options import ServerOptions
from engine.server.region_traffic import RegionTraffic
from engine.server.replies import Replies
from graphs.errors import RegionNotFoundError


@dataclass(frozen=True, slots=True)
class HostedRegion:
    """One region on this server."""

    id: str
    dispatcher: Dispatcher
    store: FleetStore
    replies: Replies
    traffic: RegionTraffic


class HostedRegions:
    """The regions of a server, by id."""

    def __init__(
        self,
        dispatchers: Mapping[str, Dispatcher],
        options: ServerOptions,
        fleets: Mapping[str, Fleet] | None = None,
        feeds: Mapping[str, Path] | None = None,
    ) -> None:
        self._regions = {
            key: _hosted(key, dispatcher, options, (fleets or {}).get(key), (feeds or {}).get(key))
            for key, dispatcher in sorted(dispatchers.items())
        }

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

    def named(self, name: str, field: str) -> HostedRegion:
        """The region of a resource name."""
        return self.get(parse_region(name, field), field)


def _hosted(
    key: str, dispatcher: Dispatcher, options: ServerOptions, fleet: Fleet | None, feed: Path | None
) -> HostedRegion:
    store = FleetStore(key, dispatcher, fleet, options.queue_s)
    return HostedRegion(
        key,
        dispatcher,
        store,
        Replies(options.retention_s, options.retention_bytes, options.queue_s),
        RegionTraffic(key, dispatcher, store, options.clock, feed),
    )
