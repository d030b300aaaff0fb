"""What is counted of live state: from its events as they are told, and by looking at it when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.live.events import Event, EventKind
from engine.live.records import ClockKind, IncidentRecord
from engine.live.region import LiveRegion
from engine.observer import Observer

_OFFER = "offer_"


def count_live(observer: Observer, live: LiveRegion) -> None:
    """From now on the region's figures go to the observer; before the region starts."""
    region, writer = live.region, live.writer
    writer.observer = observer
    observer.gauge("incidents_open", lambda: len(writer.state.incidents), region=region)
    observer.gauge("writer_queue", writer.depth, region=region)
    observer.gauge("promises_at_risk", lambda: _with_leg(live, "warned"), region=region)
    observer.gauge("units_silent", lambda: _with_leg(live, "silent"), region=region)
    observer.gauge("leading", lambda: float(live.leads()), region=region)
    observer.count("commits_failed", 0, region=region)  # so that the first one is an increase
    told = live.listeners.events

    def both(events: Sequence[Event]) -> None:
        told(events)
        if live.leads():  # what others did, they count
            _count(observer, region, events)

    live.listeners = replace(live.listeners, events=both)


def _with_leg(live: LiveRegion, mark: str) -> int:
    """Open incidents with a leg that is marked so."""
    return sum(any(getattr(leg, mark) for leg in record.legs) for record in live.open())


def _count(observer: Observer, region: str, events: Sequence[Event]) -> None:
    for event in events:
        kind = event.kind.value
        observer.count("events", region=region, kind=kind)
        if kind.startswith(_OFFER):
            observer.count("offers", region=region, outcome=kind.removeprefix(_OFFER))
        elif particular := _PARTICULAR.get(event.kind):
            particular(observer, region, event)


def _broken(observer: Observer, region: str, event: Event) -> None:
    observer.count("clocks_broken", region=region, clock=str(event.data.get("clock", "")))


def _escalated(observer: Observer, region: str, event: Event) -> None:
    observer.count("escalations", region=region, clock=str(event.data.get("clock", "")))


def _assigned(observer: Observer, region: str, event: Event) -> None:
    """The first unit is the one that meets the clock of assignment."""
    record = event.record
    if not isinstance(record, IncidentRecord):
        return
    met = next((clock.met_at for clock in record.clocks if clock.kind is ClockKind.ASSIGNMENT), None)
    if met == event.at:
        since = record.reopened_at or record.received_at
        observer.timed("decide_seconds", max(0.0, (event.at - since).total_seconds()), region=region)


_PARTICULAR: dict[EventKind, Callable[[Observer, str, Event], None]] = {
    EventKind.CLOCK_BROKEN: _broken,
    EventKind.ESCALATED: _escalated,
    EventKind.UNIT_ASSIGNED: _assigned,
}
