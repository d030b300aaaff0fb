"""Which of a server's regions it leads: all of them for ever with a ledger of its own, by lease where it is shared."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING
from uuid import uuid4

from engine.errors import StartingError
from engine.live.following import Following
from engine.live.lease import LeaseKeeper
from engine.live.region import LiveRegion
from engine.server.leading_options import LeadingOptions
from engine.server.logs import logger

if TYPE_CHECKING:
    from engine.server.hosted import HostedRegion, HostedRegions


class Leading:
    """Whether one region is led here, and who leads it. `begin`, `start`, `stop`, `release`, once each."""

    def __init__(self, live: LiveRegion, options: LeadingOptions, *, shared: bool) -> None:
        """``shared``: other servers may use the same ledger."""
        self._live, self._options, self.shared = live, options, shared
        self._following: Following | None = None
        self._address = ""
        self._open = False

    def begin(self, address: str) -> bool:
        """Before the region starts; ``address``: where this server listens. Whether it leads."""
        self._address = advertised(self._options, address)
        if not self.shared:
            return True
        region, options = self._live.region, self._options
        keeper = LeaseKeeper(
            self._live.ledger.leases,
            f"{socket.gethostname()} {os.getpid()} {uuid4().hex[:8]}",
            self._address,
            options.lease_s,
            preferred=not options.lead or region in options.lead,
            name=region,
        )
        self._following = Following(self._live, keeper, self._tell)
        return self._following.begin()

    def start(self) -> None:
        """The region is open: from now on it can be changed."""
        self._open = True
        if self._following is not None:
            self._following.start()

    def stop(self) -> None:
        """Whoever leads now leads until `release`."""
        if self._following is not None:
            self._following.stop()

    def release(self) -> None:
        """Let others lead at once."""
        if self._following is not None:
            self._following.release()

    @property
    def leads(self) -> bool:
        return not self.shared or (self._following is not None and self._following.leads())

    @property
    def leader(self) -> str:
        """The address of the server that leads; "" when nobody is known to."""
        return self._address if self._following is None else self._following.leader

    def check_open(self) -> None:
        """StartingError until the region has taken in what the ledger has."""
        if not self._open:
            raise StartingError("the server is starting; send the same request again in a few seconds")

    def check(self) -> None:
        """NotLeaderError unless the region is led here; StartingError before that is known."""
        self.check_open()
        if self._following is not None and not self._following.leads():
            raise self._following.refusal()

    def _tell(self, what: str, leader: str) -> None:
        logger.info(what, extra={"region": self._live.region, "leader": leader, "epoch": self._live.ledger.epoch})


class LedRegions:
    """The regions of a server to whoever wants to change them: NotLeaderError where another one leads."""

    def __init__(self, regions: HostedRegions) -> None:
        self._regions = regions

    def get(self, region: str, field: str) -> HostedRegion:
        return _led(self._regions.get(region, field))

    def named(self, name: str, field: str) -> HostedRegion:
        return _led(self._regions.named(name, field))


def advertised(options: LeadingOptions, address: str) -> str:
    """What others are told that want to reach this server; every interface of it is reached by its machine's name."""
    if options.advertise is not None or address.startswith("unix"):
        return options.advertise or address
    host, _, port = address.rpartition(":")
    return f"{socket.gethostname()}:{port}" if host.strip("[]") in ("0.0.0.0", "::", "") else address


def _led(region: HostedRegion) -> HostedRegion:
    region.leading.check()
    return region
