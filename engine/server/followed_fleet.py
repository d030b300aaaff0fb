"""A fleet as another server changes it: events and positions of the ledger, shown here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from engine.ledger.rows import PositionRow
from engine.live.events import Entity, Event
from engine.model import Location, Provider, Unit
from engine.server.fleet_store import FleetSnapshot, FleetStore, Report, still_busy, without
from engine.times import from_us

_location = msgspec.json.Decoder(Location)


def show_events(store: FleetStore, events: Sequence[Event]) -> None:
    """Providers and units that came, changed or went; of several events about one of them the last counts."""
    last = {(event.entity, event.id): event for event in events}
    providers = [event.record for event in last.values() if isinstance(event.record, Provider)]
    units = [(event.record, event.at) for event in last.values() if isinstance(event.record, Unit)]
    gone = {entity: {id for (of, id), event in last.items() if of is entity and not event.record} for entity in Entity}

    def change(old: FleetSnapshot) -> tuple[FleetSnapshot, list[str]]:
        removed = gone[Entity.UNIT]
        told = {unit.id: unit for unit, _ in units if unit.id in old.engaged}
        seen = {unit.id: at for unit, at in units if _moved(old, unit)}
        state = old.state.updated(
            providers=providers,
            units=[still_busy(unit, old.state) if unit.id in told else unit for unit, _ in units],
            removed_units=removed,
            removed_providers=gone[Entity.PROVIDER],
        )
        kept = without(old, state, list(removed))
        fresh = replace(kept, declared={**kept.declared, **told}, observed={**kept.observed, **seen})
        return fresh, [*(unit.id for unit, _ in units), *removed]

    store.change(change)


def show_positions(store: FleetStore, rows: Sequence[PositionRow]) -> None:
    """Where units were seen; only what is later than is known here."""

    def change(old: FleetSnapshot) -> tuple[FleetSnapshot, list[str]]:
        reports: list[Report] = []
        for row in rows:
            at, known = from_us(row.observed_us), old.observed.get(row.unit)
            if row.unit in old.state.row_of and (known is None or at > known):
                reports.append(Report("", row.unit, _location.decode(row.record), at))
        return store.moved(old, reports), [report.unit_id for report in reports]

    if rows:
        store.change(change)


def _moved(old: FleetSnapshot, unit: Unit) -> bool:
    known = old.find(unit.id)
    return known is not None and known.location != unit.location
