"""Which units are busy with which incidents, and until when: what the fleet is told of live state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.live.desk import LiveFleet
from engine.live.records import WORKING, IncidentRecord, Leg
from engine.live.state import LiveState, legs_with
from engine.live.tracking import Arrival, as_expected
from engine.model import Location


@dataclass(frozen=True, slots=True)
class Engagement:
    """What a unit is busy with, and when and where it is free again, as expected."""

    incident: str
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
    found: tuple[IncidentRecord, Leg] | None = None
    for incident in state.engaged.get(unit, ()):
        record = state.incidents.get(incident)
        if record is None or record.need is None:
            continue
        record = as_expected(record, expected)
        legs = [record.legs[k] for k in legs_with(record, unit)]
        if any(leg.state in WORKING for leg in legs):  # the present one; another may follow
            return _engagement(record, legs[0])
        found = found or (record, legs[0] if legs else record.legs[0])  # without a leg: it is asked beside another
    return None if found is None else _engagement(*found)


def _engagement(record: IncidentRecord, leg: Leg) -> Engagement:
    assert record.need is not None
    end = leg.ends_at or leg.arrives_at or record.received_at
    return Engagement(record.id, end, leg.ends_in or record.need.location)
