"""A scenario's changes of the fleet, applied to stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from engine.coverage.stands import Stands
from engine.errors import ScenarioError
from engine.fleet.territory import EVERYWHERE
from engine.model import Location, Provider, Service, bits
from engine.scenario.model import AddProvider, MoveProvider, ProviderChange, RemoveProvider, ResizeProvider
from engine.scenario.scenario import Scenario
from engine.scenario.shifts import crews_on_duty
from graphs.network import Int64
from graphs.position import Positions

#: Puts places in degrees on roads.
Snap = Callable[[list[float], list[float]], Positions]


def changed_stands(stands: Stands, scenario: Scenario, slot: int, snap: Snap) -> Stands:
    """The stands under a scenario in an hour of the week: its changes in order, then who is on duty.

    A provider that is removed keeps its number and has no stands. ScenarioError for crews of a provider that has
    neither a crew nor a base to put them at.
    """
    if not scenario.providers and not scenario.shifts:
        return stands
    found = replace(stands, origin=np.arange(len(stands)))
    for change in scenario.providers:
        found = _changed(found, change, snap)
    for provider, crews in crews_on_duty(scenario.shifts, slot).items():
        found = _resized(found, provider, crews, snap)
    return found


def _changed(stands: Stands, change: ProviderChange, snap: Snap) -> Stands:
    match change:
        case RemoveProvider():
            return stands.take(np.flatnonzero(stands.provider != _number(stands, change.id)))
        case AddProvider():
            return _added(stands, change, snap)
        case MoveProvider():
            rows = _rows(stands, change.id)
            at = snap([change.lon], [change.lat])
            base = Location(change.lon, change.lat)
            return replace(
                stands,
                providers=_with_base(stands, change.id, base),
                positions=_moved(stands.positions, rows, at),
                origin=_without(stands.origin, rows),
            )
        case ResizeProvider():
            return _resized(stands, change.id, change.crews, snap)


def _with_base(stands: Stands, provider: str, base: Location) -> tuple[Provider, ...]:
    return tuple(replace(each, base=base) if each.id == provider else each for each in stands.providers)


def _without(origin: Int64 | None, rows: Int64) -> Int64 | None:
    """They are not where they were."""
    if origin is None:
        return None
    found = origin.copy()
    found[rows] = -1
    return found


def _number(stands: Stands, provider: str) -> int:
    for number, each in enumerate(stands.providers):
        if each.id == provider:
            return number
    raise ScenarioError(f"there is no provider {provider!r} in the fleet", provider=provider)


def _rows(stands: Stands, provider: str) -> Int64:
    return np.flatnonzero(stands.provider == _number(stands, provider))


def _moved(positions: Positions, rows: Int64, at: Positions) -> Positions:
    kept = np.setdiff1d(np.arange(len(positions)), rows)
    parts = Positions.concatenate([positions.take(kept), at.take(np.zeros(rows.size, np.int64))])
    order = np.empty(len(positions), np.int64)
    order[kept], order[rows] = np.arange(kept.size), kept.size + np.arange(rows.size)
    return parts.take(order)


def _added(stands: Stands, change: AddProvider, snap: Snap) -> Stands:
    services = frozenset(change.services or Service)
    made = Provider(change.id, services=services, base=Location(change.lon, change.lat), crews=change.crews)
    return _with_stand(
        replace(stands, providers=(*stands.providers, made)),
        len(stands.providers),
        snap([change.lon], [change.lat]),
        change.crews,
        bits(services, ()),
        round(60_000 * change.mobilisation_minutes),
        EVERYWHERE,
    )


def _with_stand(
    stands: Stands, number: int, at: Positions, crews: int, able: int, mobilisation_ms: int, territory: int
) -> Stands:
    return replace(
        stands,
        provider=np.append(stands.provider, np.int32(number)).astype(np.int32),
        positions=Positions.concatenate([stands.positions, at]),
        crews=np.append(stands.crews, crews),
        able=np.append(stands.able, able),
        mobilisation_ms=np.append(stands.mobilisation_ms, stands.told_ms + mobilisation_ms),
        territory=np.append(stands.territory, np.int32(territory)).astype(np.int32),
        origin=None if stands.origin is None else np.append(stands.origin, -1),
    )


def _resized(stands: Stands, provider: str, crews: int, snap: Snap) -> Stands:
    """So many crews, shared among the provider's stands as they were; at its base when it had none."""
    number = _number(stands, provider)
    rows = np.flatnonzero(stands.provider == number)
    had = stands.crews[rows]
    if not had.sum():
        if not crews:
            return stands
        known = stands.providers[number]
        if rows.size:
            shares = np.zeros(rows.size, np.int64)
            shares[0] = crews
            return _with_crews(stands, rows, shares)
        if known.base is None:
            raise ScenarioError(
                f"provider {provider} has no crew and no base to put {crews} at; give it a base, or add a provider",
                provider=provider,
                crews=crews,
            )
        territory = stands.territories.of_provider.get(provider, EVERYWHERE)
        at = snap([known.base.lon], [known.base.lat])
        return _with_stand(stands, number, at, crews, bits(known.services, ()), 0, territory)
    return _with_crews(stands, rows, shared(crews, had.tolist()))


def _with_crews(stands: Stands, rows: Int64, crews: Int64) -> Stands:
    found = stands.crews.copy()
    found[rows] = crews
    return replace(stands, crews=found)


def shared(total: int, sizes: Iterable[int]) -> Int64:
    """So many, shared in proportion to sizes by largest remainders; of equal ones the first."""
    weight = np.array(list(sizes), np.float64)
    exact = total * weight / weight.sum()
    found = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(-(exact - found), kind="stable")
    found[order[: total - int(found.sum())]] += 1
    return found
