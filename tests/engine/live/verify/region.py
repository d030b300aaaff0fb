"""A region whose commands run one by one, at times that the test says, into a ledger of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.dispatch import Dispatcher
from engine.ledger import Ledger
from engine.live.commands.filing import CreateIncident
from engine.live.commands.fleet import StoreFleet
from engine.live.commands.units import Advance
from engine.live.commands.upkeep import Tick
from engine.live.engagements import engagements
from engine.live.events import Event
from engine.live.records import IncidentRecord, LegState
from engine.live.writer import Asked, Writer
from engine.model import Fleet, Incident, Location, Provider, Service, Unit
from engine.policy import Policy
from engine.server.fleet_store import FleetStore
from engine.server.kept_fleet import News

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LON, LAT = -71.25, -29.91
EARLIER = timedelta(0)


def fleet(count: int = 6) -> Fleet:
    """Units of two providers in a row; every other one is a contractor's, who is asked."""
    providers = (Provider("own"), Provider("hired", contractor=True))
    units = tuple(
        Unit(
            f"u{k}",
            providers[k % 2].id,
            Location(LON + 0.004 * k, LAT),
            frozenset(Service),
            mobilisation=timedelta(minutes=1),
        )
        for k in range(count)
    )
    return Fleet(providers, units)


class LiveStory:
    """Commands in, events in the ledger; `now` is what the test makes it."""

    def __init__(self, dispatcher: Dispatcher, where: Path | str, units: Fleet | None = None) -> None:
        """``where``: a file, or a URL."""
        known = units or fleet()
        self.path, self.now = Path(where), NOW
        self.url = where if isinstance(where, str) else f"sqlite:///{where}"
        self.ledger = Ledger.open(self.url, exclusive=True)
        part = self.ledger.region("coquimbo")
        self.store = FleetStore("coquimbo", dispatcher, known)
        self.troubles: list[BaseException] = []
        self.writer = Writer(
            "coquimbo",
            dispatcher,
            lambda: self.store.snapshot,
            part,
            lambda: self.now,
            self._committed,
            self.troubles.append,
        )
        self.writer.start()
        self.do(StoreFleet((News(known.units, known.providers),)))

    def _committed(self, _events: Sequence[Event], _changed: Sequence[IncidentRecord], units: set[str]) -> None:
        self.store.engage(engagements(self.writer.state, units))

    def do(self, command: Any, after: float = 0.0, actor: str = "anna") -> Any:
        """Run a command, so many minutes after the last; the incident after it."""
        self.now += timedelta(minutes=after)
        return self.writer.submit(Asked(command, actor)).result(timeout=60).record

    def create(self, key: str, after: float = 0.0, lon: float = LON, lat: float = LAT, **more: Any) -> Any:
        """An incident that is received and filed at once; with `draft` only received."""
        self.now += timedelta(minutes=after)
        draft = more.pop("draft", False)
        need = Incident(key, Location(lon, lat), Service.BREAKDOWN_REPAIR, self.now, **more)
        return self.do(CreateIncident(key, self.now, f"customer of {key}", None if draft else need))

    def advance(self, key: str, *states: LegState, each: float = 2.0, leg: int = 0) -> Any:
        """The unit of a leg comes so far, step by step."""
        record = None
        for state in states:
            unit = self.record(key).legs[leg].unit
            record = self.do(Advance(key, "", "", unit, state), each, actor=unit)
        return record

    def tick(self, key: str, after: float) -> Any:
        return self.do(Tick(key), after, actor="towline")

    def record(self, key: str) -> IncidentRecord:
        found = self.writer.state.incidents.get(key) or self.writer.archived(key)
        assert found is not None
        return found

    def stop(self) -> None:
        self.writer.stop()
        self.ledger.close()


def policy(**offers: Any) -> Policy:
    """The default policy, offers otherwise."""
    plain = Policy.default()
    return replace(plain, offers=replace(plain.offers, **offers))
