"""Changes of the fleet as events, and positions as rows that are renewed now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.errors import UnitEngagedError
from engine.ledger.rows import PositionRow, TrackRow
from engine.live.desk import Desk
from engine.live.events import Entity, EventKind
from engine.model import Provider, Unit


class FleetChange(Protocol):
    """What of a change is kept: `engine.server.fleet_store.Staged`."""

    @property
    def units(self) -> Sequence[Unit]: ...
    @property
    def providers(self) -> Sequence[Provider]: ...
    @property
    def removed_units(self) -> Sequence[Unit]: ...
    @property
    def removed_providers(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class StoreFleet:
    """Units and providers that came, changed or went; checked already. A unit that works on an incident stays."""

    changes: Sequence[FleetChange]

    def run(self, desk: Desk) -> None:
        head, actor = desk.head, desk.actor
        for change in self.changes:
            for unit in change.removed_units:
                if engaged := head.engaged(unit.id):
                    incidents = ", ".join(sorted(engaged))
                    raise UnitEngagedError(
                        f"unit {unit.id} is engaged with {incidents}; take it off there first",
                        unit=unit.id,
                        incidents=incidents,
                    )
            for provider in change.providers:
                kind = EventKind.PROVIDER_STORED
                head.put_other(kind, Entity.PROVIDER, provider.id, provider, actor=actor, provider=provider.id)
            for unit in change.units:
                self._unit(desk, EventKind.UNIT_STORED, unit, unit)
            for unit in change.removed_units:
                self._unit(desk, EventKind.UNIT_REMOVED, unit, None)
                desk.gone.add(unit.id)  # the fleet that the batch looks at still has it
            desk.gone -= {unit.id for unit in change.units}
            for gone in change.removed_providers:
                head.put_other(EventKind.PROVIDER_REMOVED, Entity.PROVIDER, gone, None, actor=actor, provider=gone)

    @staticmethod
    def _unit(desk: Desk, kind: EventKind, unit: Unit, record: Unit | None) -> None:
        desk.head.put_other(
            kind, Entity.UNIT, unit.id, record, actor=desk.actor, unit=unit.id, provider=unit.provider_id
        )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where units were seen last; not an event."""

    positions: Sequence[PositionRow]
    tracks: Sequence[TrackRow] = ()

    def run(self, desk: Desk) -> None:
        desk.head.positions.extend(self.positions)
        desk.head.tracks.extend(self.tracks)
