"""Between which numbers a key of the configuration may be: beyond them a server would not start, or make no sense."""

from __future__ import annotations

from dataclasses import dataclass

from engine.server.leading_options import LEAST_S, MOST_S

#: Numbers that may be 0: none of them, at once, or none kept.
ZERO = ("_queue", "_bytes", "_processes", "margin_s", "margin_per_incident_s", "grace_s", "retention_s", "leeway_s")
#: Bytes kept, sizes that only this program compares; numbers that gRPC and arrays hold in 32 bits; three years.
MOST, MOST_COUNT, MOST_SECONDS = 2**53, 2**31 - 1, 1e8
#: gRPC counts these in milliseconds, in 32 bits, and a machine must be able to keep up with them.
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Range:
    """From ``least``, or above it, to ``most``."""

    least: float
    most: float
    above: bool = False

    def __contains__(self, value: float) -> bool:
        return (value > self.least if self.above else value >= self.least) and value <= self.most

    def __str__(self) -> str:
        return f"{'above' if self.above else 'from'} {_plain(self.least)} and at most {_plain(self.most)}"


_OWN = {
    "tracing.ratio": Range(0, 1),
    "ledger.lease_s": Range(LEAST_S, MOST_S),
    "planning.workers": Range(1, 64),
    "limits.keepalive_s": Range(1, DAY_S),
    "limits.keepalive_timeout_s": Range(0.1, DAY_S),
    "limits.stalled_s": Range(0.1, DAY_S),
    "limits.max_receive_bytes": Range(1, MOST_COUNT),
    "limits.caller_share": Range(0, 1, above=True),
    "limits.heavy_calls": Range(1, 1024),
    "limits.flow_processes": Range(0, 256),
    "limits.light_threads": Range(1, 10_000),
    "limits.health_threads": Range(1, 10_000),
    "limits.track_days": Range(0, 36_500, above=True),
    # a token that has run out is taken for so long
    "security.token.leeway_s": Range(0, 600),
    # nobody may wait for it at the start for longer
    "security.token.fetch_s": Range(0.1, 60),
}


def range_of(key: str, *, whole: bool) -> Range:
    """Of a number's key; ``whole`` numbers count something."""
    if (own := _OWN.get(key)) is not None:
        return own
    if key.startswith("regions.") and key.endswith(".highway_share"):
        return Range(0, 0.99)
    most = MOST
    if key.endswith("_s") and not whole:
        most = MOST_SECONDS
    elif whole and not key.endswith("_bytes"):
        most = MOST_COUNT
    return Range(0, most, above=not (key.startswith("security.limits.") or key.endswith(ZERO)))


def _plain(number: float) -> str:
    return f"{number:.0f}" if number == int(number) else f"{number:g}"
