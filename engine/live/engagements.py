"""Which units are busy with which incidents, and until when: what the fleet is told of live state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.live.arriving import free_of
from engine.live.fleet import LiveFleet
from engine.live.state import LiveState
from engine.live.tracking import Arrival, as_expected
from engine.live.turns import in_turn
from engine.model import Location


@dataclass(frozen=True, slots=True)
class Engagement:
    """What a unit is busy with, and when and where it is free again, as expected: of all that it was given."""

    incidents: tuple[str, ...]  # in turn
    free_at: datetime
    free_location: Location


class FleetHolder(Protocol):
    """The fleet that the region is served with: `engine.server.fleet_store.FleetStore`."""

    @property
    def snapshot(self) -> LiveFleet: ...
    def engage(self, changes: Mapping[str, Engagement | None]) -> None: ...


def engagements(
    state: LiveState, units: Iterable[str], expected: Mapping[tuple[str, int], Arrival] | None = None
) -> dict[str, Engagement | None]:
    """Of each unit, what it is busy with; None: with nothing. ``expected``: arrivals as they were reckoned last."""
    return {unit: _of(state, unit, expected or {}) for unit in units}


def _of(state: LiveState, unit: str, expected: Mapping[tuple[str, int], Arrival]) -> Engagement | None:
    """The first of its incidents, and where and when it is free of them all."""
    found = [
        record
        for incident in state.engaged.get(unit, ())
        if (record := state.incidents.get(incident)) is not None and record.need is not None
    ]
    if not found:
        return None
    found = in_turn(found, unit)
    return Engagement(tuple(record.id for record in found), *free_of(as_expected(found[-1], expected), unit))
