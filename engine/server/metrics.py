"""Prometheus metrics: what there is to count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from engine.server.logs import logger

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
MINUTES = (0.1, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 1800.0, 3600.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
Kind = Literal["counter", "gauge", "histogram"]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One figure. Labels have few values each: never an id, a name or a place."""

    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = SECONDS


#: By name; Prometheus sees them as ``towline_…``, counters with ``_total`` behind. docs/operations.md lists them.
INSTRUMENTS: dict[str, Instrument] = {
    "calls": Instrument("counter", "Calls answered, by status and reason.", ("method", "code", "reason")),
    "calls_in_flight": Instrument("gauge", "Calls being answered, streams among them.", ("method",)),
    "call_seconds": Instrument("histogram", "How long calls took, streams until their end.", ("method",)),
    "gate_inside": Instrument("gauge", "Calls of a kind that work or wait for their turn.", ("gate",)),
    "gate_places": Instrument("gauge", "How many of a kind may be inside; beyond it SERVER_BUSY.", ("gate",)),
    "serving": Instrument("gauge", "1 where health says SERVING; the empty service is the whole server.", ("service",)),
    "certificate_ends_seconds": Instrument("gauge", "When the server's certificate ends, in seconds since 1970."),
    "incidents_open": Instrument("gauge", "Incidents kept and not closed.", ("region",)),
    "promises_at_risk": Instrument("gauge", "Open incidents whose promise will probably break.", ("region",)),
    "events": Instrument("counter", "Events written to the ledger.", ("region", "kind")),
    "offers": Instrument("counter", "Offers: made, accepted, declined, lapsed, withdrawn.", ("region", "outcome")),
    "clocks_broken": Instrument("counter", "Clocks that ran out.", ("region", "clock")),
    "escalations": Instrument("counter", "Rungs of escalation ladders, by their clock.", ("region", "clock")),
    "decide_seconds": Instrument("histogram", "From a call received to its first unit.", ("region",), MINUTES),
    "reoptimise_seconds": Instrument("histogram", "One re-optimisation in the background.", ("region",)),
    "commit_seconds": Instrument("histogram", "One transaction of the ledger, flush included.", ("region",)),
    "commit_commands": Instrument("histogram", "Commands in one transaction.", ("region",), SIZES),
    "commits_failed": Instrument("counter", "Transactions of the ledger that failed.", ("region",)),
    "writer_queue": Instrument("gauge", "Commands that wait for the writer.", ("region",)),
    "leading": Instrument("gauge", "1 where this server dispatches, 0 where it stands by.", ("region",)),
    "positions": Instrument(
        "counter", "Positions reported, by reason they were refused, if any.", ("region", "reason")
    ),
    "units_silent": Instrument(
        "gauge", "Units with an incident that have not been heard of for too long.", ("region",)
    ),
    "watchers": Instrument("gauge", "Streams of watchers open.", ("region", "stream")),
    "watchers_cut_off": Instrument("counter", "Watchers cut off because they read too slowly.", ("region",)),
    "operations": Instrument("gauge", "Operations that run, or wait for their turn.", ("state",)),
    "event_lag_seconds": Instrument("histogram", "From an event's commit to its way to a watcher.", ("region",)),
}


class Metrics:
    """An `engine.observer.Observer` that counts into a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._made: dict[str, Any] = {name: self._make(name, one) for name, one in INSTRUMENTS.items()}
        self._children: dict[tuple[Any, ...], Any] = {}

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        if (found := self._child(name, labels)) is not None:
            found.inc(amount)

    def level(self, name: str, change: float, /, **labels: str) -> None:
        if (found := self._child(name, labels)) is not None:
            found.inc(change)

    def timed(self, name: str, seconds: float, /, **labels: str) -> None:
        if (found := self._child(name, labels)) is not None:
            found.observe(seconds)

    def gauge(self, name: str, read: Callable[[], float], /, **labels: str) -> None:
        if (found := self._child(name, labels)) is not None:
            found.set_function(read)

    def _child(self, name: str, labels: dict[str, str]) -> Any:
        """The one for these labels; None, and a line in the log, for what is not listed: no call fails for a figure."""
        key = (name, *labels.items())
        if key not in self._children:
            instrument, made = INSTRUMENTS.get(name), self._made.get(name)
            if instrument is None or set(instrument.labels) != set(labels):
                logger.error("metric", extra={"figure": name, "labels": sorted(labels), "problem": "not listed"})
                made = None
            self._children[key] = made.labels(**labels) if made is not None and labels else made
        return self._children[key]

    def _make(self, name: str, one: Instrument) -> Any:
        full = f"towline_{name}"
        if one.kind == "histogram":
            return Histogram(full, one.help, one.labels, buckets=one.buckets, registry=self.registry)
        return (Counter if one.kind == "counter" else Gauge)(full, one.help, one.labels, registry=self.registry)
