"""The fleet as the ledger has it, and the one a server is started with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from engine.ledger.rows import Loaded
from engine.live.commands.fleet import StoreFleet
from engine.live.region import LiveRegion
from engine.live.writer import Asked
from engine.model import Fleet, Location, Provider, Unit
from engine.server.fleet_store import FleetStore
from engine.times import from_us

_provider = msgspec.json.Decoder(Provider)
_unit = msgspec.json.Decoder(Unit)
_location = msgspec.json.Decoder(Location)


@dataclass(frozen=True, slots=True)
class News:
    """What of a given fleet the ledger has not got."""

    units: tuple[Unit, ...]
    providers: tuple[Provider, ...]
    removed_units: tuple[Unit, ...] = ()
    removed_providers: tuple[str, ...] = ()


def fleet_of(loaded: Loaded) -> tuple[Fleet, dict[str, datetime]]:
    """The fleet, each unit where it was seen last, and when that was."""
    seen = {row.unit: row for row in loaded.positions}
    units = []
    for row in loaded.units:
        unit = _unit.decode(row.record)
        if row.id in seen:
            unit = replace(unit, location=_location.decode(seen[row.id].record))
        units.append(unit)
    observed = {row.unit: from_us(row.observed_us) for row in loaded.positions}
    return Fleet(tuple(_provider.decode(row.record) for row in loaded.providers), tuple(units)), observed


def joined(known: Fleet, given: Fleet) -> Fleet:
    """What is known with what is given: of two of one id the given one, where it was seen last if it was seen."""
    here = {unit.id: unit.location for unit in known.units}
    providers = {**{p.id: p for p in known.providers}, **{p.id: p for p in given.providers}}
    moved = (replace(u, location=here.get(u.id, u.location)) for u in given.units)
    units = {**{u.id: u for u in known.units}, **{u.id: u for u in moved}}
    return Fleet(tuple(providers.values()), tuple(units.values()))


def store_given(given: Fleet, loaded: Loaded, store: FleetStore, live: LiveRegion) -> None:
    """Put into the ledger what of a given fleet is new there, or different; what is not given stays as it is."""
    units = {row.id: _unit.decode(row.record) for row in loaded.units}
    providers = {row.id: _provider.decode(row.record) for row in loaded.providers}
    snapshot = store.snapshot
    named = {unit.provider_id for unit in given.units} - {p.id for p in given.providers}
    wanted = [*given.providers, *(snapshot.providers[key] for key in named if key in snapshot.providers)]
    news = News(
        tuple(unit for unit in given.units if not _same(units.get(unit.id), unit)),
        tuple(provider for provider in wanted if providers.get(provider.id) != provider),
    )
    if news.units or news.providers:
        live.submit(Asked(StoreFleet((news,)))).result()


def _same(known: Unit | None, given: Unit) -> bool:
    return known is not None and replace(known, location=given.location) == given
