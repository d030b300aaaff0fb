"""What is set about servers that share a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import OptionError

#: Shorter, and a pause of the machine costs the region; longer, and others wait for a dead leader too long.
LEAST_S, MOST_S = 1.0, 60.0


LEASE_S = 4.0


@dataclass(frozen=True, slots=True)
class LeadingOptions:
    """How servers that share a ledger agree who leads a region; all of them should have the same ``lease_s``."""

    #: How long a lease lasts that is not renewed.
    lease_s: float = LEASE_S
    #: Where other servers' clients reach this one, HOST:PORT; by default where it listens.
    advertise: str | None = None
    #: Ids of the regions that it prefers to lead; by default all.
    lead: tuple[str, ...] = ()

    def check(self, regions: Mapping[str, object]) -> None:
        """OptionError."""
        if not LEAST_S <= self.lease_s <= MOST_S:
            raise OptionError(
                f"a lease of {self.lease_s:g} s does not work; choose {LEAST_S:g} to {MOST_S:g} s", lease_s=self.lease_s
            )
        for region in self.lead:
            if region not in regions:
                known = ", ".join(regions)
                raise OptionError(
                    f"it cannot lead {region!r}, which it does not serve; it serves: {known}", name=region
                )
        if self.advertise is not None and not _is_address(self.advertise):
            raise OptionError(
                f"'{self.advertise}' is no address that clients could use; give HOST:PORT", address=self.advertise
            )


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return (
        bool(host) and not any(c.isspace() or c == "/" for c in host) and port.isdecimal() and 0 < int(port) < 1 << 16
    )
