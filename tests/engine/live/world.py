"""A small region with a fleet, and its writer at work: commands in, answers out, time as it is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from engine.dispatch import Dispatcher
from engine.live.commands.base import Command
from engine.live.commands.filing import CreateIncident
from engine.live.engagements import engagements
from engine.live.events import Event
from engine.live.records import IncidentRecord
from engine.live.replan import declared_units, plan_again
from engine.live.rows import incident_of
from engine.live.writer import Answer, Asked, Writer
from engine.model import Fleet, Incident, Location, Provider, Service, Unit, UnitStatus
from engine.policy import Policy
from engine.server.fleet_store import FleetStore
from graphs.bundled import load_coquimbo
from tests.engine.live.memory import MemoryRegionLedger

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
#: On roads of La Serena, about 200 m from each other.
LON, LAT = -71.25, -29.91
REGION = "coquimbo"


@cache
def region() -> Any:
    return load_coquimbo()


@cache
def dispatcher(**rules: Any) -> Dispatcher:
    """A dispatcher whose policy differs in some rules: ``offers_to="nobody"``, ``live_silent_minutes=3``."""
    policy = Policy.default()
    for key, value in rules.items():
        section, _, name = key.partition("_")
        policy = replace(policy, **{section: replace(getattr(policy, section), **{name: value})})
    return Dispatcher(region(), policy)


def place(number: int) -> Location:
    return Location(LON + 0.002 * (number % 10), LAT - 0.002 * (number // 10))


def fleet(units: int = 6, contractors: int = 2) -> Fleet:
    """Units u0, u1 ... of as many providers; the last of them are contractors."""
    providers = [Provider(f"p{k}", contractor=k >= units - contractors) for k in range(units)]
    made = [Unit(f"u{k}", f"p{k}", place(7 * k), frozenset(Service)) for k in range(units)]
    return Fleet(tuple(providers), tuple(made))


def need(key: str, at: datetime = NOW, number: int = 0, **fields: Any) -> Incident:
    values: dict[str, Any] = {"location": place(number), "service": Service.BREAKDOWN_REPAIR, "received_at": at}
    return Incident(id=key, **values | fields)


class World:
    """One region; commands are run at once, on the caller's thread, unless the writer is started."""

    def __init__(
        self,
        served: Dispatcher | None = None,
        units: Fleet | None = None,
        ledger: Any = None,
        now: datetime = NOW,
    ) -> None:
        self.dispatcher = served or dispatcher()
        self.ledger = MemoryRegionLedger() if ledger is None else ledger
        self.store = FleetStore(REGION, self.dispatcher, units or fleet())
        self.now = now
        self.events: list[Event] = []
        self.troubles: list[BaseException] = []
        self.told: set[str] = set()  # units whose engagement the fleet has not heard of
        self.hears = True  # whether it does at once
        self.on_commit: Callable[[], None] = lambda: None
        self.writer = self._writer()
        self.load()

    def _writer(self) -> Writer:
        return Writer(
            REGION,
            self.dispatcher,
            lambda: self.store.snapshot,
            self.ledger,
            lambda: self.now,
            self._committed,
            self.troubles.append,
        )

    def load(self) -> None:
        self.writer.load(self.ledger.load())
        state = self.writer.state
        self.store.engage(engagements(state, state.engaged))

    def restart(self) -> None:
        """Another writer over the same ledger, and a fleet that was loaded anew."""
        units = [self.store.snapshot.find(unit.id) for unit in self.store.snapshot.state.units]
        providers = tuple(self.store.snapshot.providers.values())
        self.store = FleetStore(REGION, self.dispatcher, Fleet(providers, tuple(u for u in units if u is not None)))
        self.told.clear()
        self.writer = self._writer()
        self.load()

    def _committed(self, events: Sequence[Event], _changed: Sequence[IncidentRecord], units: set[str]) -> None:
        self.events += events
        self.told |= units
        self.on_commit()
        if self.hears:
            self.hear()

    def hear(self) -> None:
        """The fleet is told who is busy with what."""
        self.store.engage(engagements(self.writer.state, self.told))
        self.told = set()

    def after(self, **gone: float) -> None:
        """Time goes by."""
        self.now += timedelta(**gone)

    def batch(self, *asked: Asked) -> list[Asked]:
        """Run commands as one batch; their futures are done."""
        self.writer._batch(list(asked))
        return list(asked)

    def run(self, command: Command, actor: str = "ada", **asked: Any) -> Answer:
        """Run one; raises what refuses it."""
        return self.batch(Asked(command, actor, **asked))[0].future.result(timeout=0)

    def do(self, command: Command, actor: str = "ada", **asked: Any) -> IncidentRecord:
        """The incident after a command."""
        record = self.run(command, actor, **asked).record
        assert record is not None
        return record

    def create(self, key: str, number: int = 0, **fields: Any) -> IncidentRecord:
        return self.do(CreateIncident(key, self.now, need=need(key, self.now, number, **fields)))

    def status(self, unit: str, status: UnitStatus) -> None:
        """What a provider says of its unit."""
        found = self.store.snapshot.find(unit)
        assert found is not None
        self.store.upsert_units([replace(found, status=status)], self.now, validate_only=False)

    def record(self, key: str) -> IncidentRecord:
        found = self.writer.state.incidents.get(key) or self.writer.archived(key)
        assert found is not None
        return found

    def replan(self) -> Any:
        """A plan made again as things stand, not yet carried out; None when there is nothing better."""
        snapshot = self.store.snapshot
        records = list(self.writer.state.incidents.values())
        return plan_again(
            self.dispatcher, records, snapshot.state, snapshot.engaged, declared_units(snapshot), self.now
        )

    def kinds(self, after: int = 0) -> list[str]:
        return [event.kind.value for event in self.events[after:]]

    def kept(self) -> Iterator[IncidentRecord]:
        """Every incident as the ledger in memory has it."""
        yield from (incident_of(row.record) for row in self.ledger.kept.values())
