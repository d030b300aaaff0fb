"""What a ledger holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from engine.ledger import tables
from engine.ledger.ledger import Ledger
from engine.ledger.reading import Reading


@dataclass(frozen=True, slots=True)
class RegionInfo:
    """One region's part; counts are exact."""

    region: str
    last_number: int
    last_us: int
    open_incidents: int
    closed_incidents: int
    providers: int
    units: int
    decisions: int
    answers: int
    track_points: int


@dataclass(frozen=True, slots=True)
class LedgerInfo:
    """A ledger; `version` is of its tables, `database` the program and version that keeps it."""

    id: str
    where: str
    version: str
    database: str
    size_bytes: int
    regions: tuple[RegionInfo, ...]


def describe(ledger: Ledger) -> LedgerInfo:
    """Everything of one moment."""
    version, database, size = ledger.database()
    with ledger.snapshot() as reading_of:
        regions = tuple(_region(reading_of(region)) for region in ledger.regions())
    return LedgerInfo(ledger.id, ledger.where, version, database, size, regions)


def _region(reading: Reading) -> RegionInfo:
    def count(table, *conditions) -> int:
        query = select(func.count()).select_from(table).where(table.c.region == reading.region, *conditions)
        return int(reading.connection.execute(query).scalar_one())

    incidents = tables.incidents
    number, at_us = reading.last()
    return RegionInfo(
        reading.region,
        number,
        at_us,
        count(incidents, tables.IS_OPEN),
        count(incidents, ~incidents.c.open),
        count(tables.providers),
        count(tables.units),
        count(tables.decisions),
        count(tables.answers),
        count(tables.tracks),
    )
