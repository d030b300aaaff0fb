"""Which unit is at which stand: stands count crews, advice names units."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from engine.coverage.stands import on_hand
from engine.errors import StandbyError
from engine.fleet.state import start_location
from engine.model import Fleet, bits
from engine.times import require_zone


def free_units(fleet: Fleet, at: datetime) -> list[list[str]]:
    """[s] ids of the units at each of the stands of `Stands.of(..., crews="free", at=at)`, in its order."""
    moment = require_zone(at, field="at")
    rows: dict[tuple, list[str]] = {}
    for unit in fleet.units:
        if on_hand(unit, "free", moment):
            key = unit.provider_id, start_location(unit), bits(unit.services, unit.capabilities), unit.mobilisation
            rows.setdefault(key, []).append(unit.id)
    return list(rows.values())


def willing(units: list[list[str]], wanted: Collection[str], fleet: Fleet) -> list[list[str]]:
    """[s] those of the free units that are asked for; StandbyError for one that is not there or not free."""
    free = {name for names in units for name in names}
    there = {unit.id for unit in fleet.units}
    for name in wanted:
        if name not in there:
            raise StandbyError(f"there is no unit {name!r} in the fleet", field="units", unit=name)
        if name not in free:
            raise StandbyError(
                f"unit {name} is not free; advice is for free units, name others", field="units", unit=name
            )
    return [[name for name in names if name in wanted] for names in units]
