"""Generated fleets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import h3
import numpy as np
import pytest

from engine.dispatch import Dispatcher
from engine.errors import OptionError
from engine.generate import generate_fleet, generate_incidents, scarce_hour
from engine.model import Capability, Service, UnitStatus
from graphs.bundled import load_coquimbo_population
from graphs.province import make_province
from graphs.region import Region, build_region

NOW = datetime.fromisoformat("2026-03-03T18:30:00-03:00")


def test_the_same_seed_gives_the_same_fleet(coquimbo: Region) -> None:
    """Equal seeds, equal fleets; another seed, another fleet."""
    demand = load_coquimbo_population()
    first, again, other = (
        generate_fleet(coquimbo, demand, seed=seed, now=NOW, providers=50, units=150) for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_a_fleet_is_whole(coquimbo: Region) -> None:
    """Unique ids, crews as counted, providers' services, busy units with an end in the future, shares as asked."""
    fleet = generate_fleet(coquimbo, load_coquimbo_population(), seed=1, now=NOW, providers=400, units=1200)
    assert len({unit.id for unit in fleet.units}) == 1200
    of = {provider.id: provider for provider in fleet.providers}
    for provider in fleet.providers:
        assert provider.services
        assert sum(unit.provider_id == provider.id for unit in fleet.units) == provider.crews
    for unit in fleet.units:
        assert unit.services == of[unit.provider_id].services
        busy = unit.status is UnitStatus.BUSY
        assert (unit.free_at is not None) == busy == (unit.free_location is not None)
        if unit.free_at is not None:
            assert timedelta(0) < unit.free_at - NOW <= timedelta(hours=1)
    share = {status: sum(unit.status is status for unit in fleet.units) / 1200 for status in UnitStatus}
    assert share[UnitStatus.BUSY] == pytest.approx(0.25, abs=0.05)
    assert share[UnitStatus.OFF_DUTY] == pytest.approx(0.10, abs=0.04)
    local = [provider for provider in fleet.providers if provider.territory]
    assert len(local) / 400 == pytest.approx(0.4, abs=0.08)
    for provider in local:
        assert provider.base is not None
        assert h3.latlng_to_cell(provider.base.lat, provider.base.lon, 7) in provider.territory
    assert {service for provider in fleet.providers for service in provider.services} == set(Service)
    assert {capability for unit in fleet.units for capability in unit.capabilities} == set(Capability)


@pytest.mark.parametrize("populated", [True, False])
def test_everybody_stands_on_a_road(coquimbo: Region, populated: bool) -> None:
    """Bases, positions and where units will be free lie within two metres of a road, with and without population."""
    demand = load_coquimbo_population() if populated else None
    fleet = generate_fleet(coquimbo, demand, seed=2, now=NOW, providers=60, units=200)
    places = [unit.location for unit in fleet.units]
    places += [unit.free_location for unit in fleet.units if unit.free_location]
    places += [provider.base for provider in fleet.providers if provider.base]
    found = coquimbo.snapper.snap_each([p.lon for p in places], [p.lat for p in places])
    assert not found.errors
    assert found.positions.distance_m.max() < 2.0


def test_bases_follow_the_population(coquimbo: Region) -> None:
    """The most populous tenth of the cells has several times its share of the bases by area."""
    demand = load_coquimbo_population()
    fleet = generate_fleet(coquimbo, demand, seed=5, now=NOW, providers=2000, units=2000)
    resolution = h3.get_resolution(demand.cells[0])
    weight = dict(zip(demand.cells, demand.weight, strict=True))
    cells = [h3.latlng_to_cell(p.base.lat, p.base.lon, resolution) for p in fleet.providers if p.base]
    drawn = np.mean([weight.get(cell, 0.0) for cell in cells])
    assert drawn > 1.5 * np.mean(demand.weight)


def test_shares_outside_zero_to_one_are_refused(coquimbo: Region) -> None:
    """A share is a share."""
    with pytest.raises(OptionError, match="busy share"):
        generate_fleet(coquimbo, None, seed=1, now=NOW, providers=2, units=2, busy_share=1.2)


def test_any_region_will_do() -> None:
    """A made-up province with its own population: everybody on a road there too, and the cases can be decided."""
    province = make_province(5, junctions=1500)
    region = build_region(province.raw, name="province", timezone="Asia/Shanghai")
    case = scarce_hour(region, province.demand, seed=1)
    incidents = generate_incidents(region, None, seed=1, count=40, now=NOW)
    for places in ([unit.location for unit in case.fleet.units], [incident.location for incident in incidents]):
        found = region.snapper.snap_each([place.lon for place in places], [place.lat for place in places])
        assert not found.errors
    dispatcher = Dispatcher(region)
    plan = dispatcher.optimize(case.incidents, dispatcher.prepare(case.fleet), case.now)
    assert len(plan.assignments) + len(plan.unserved) == len(case.incidents)


def test_contractors_are_a_share_and_nothing_else_changes(coquimbo: Region) -> None:
    """About so many providers plan their own crews; but for that the fleet is the one without them."""
    fleet, plain = (
        generate_fleet(coquimbo, None, seed=4, now=NOW, providers=300, units=600, contractor_share=share)
        for share in (0.4, 0.0)
    )
    assert 90 <= sum(provider.contractor for provider in fleet.providers) <= 150
    assert not any(provider.contractor for provider in plain.providers)
    assert tuple(replace(provider, contractor=False) for provider in fleet.providers) == plain.providers
    assert fleet.units == plain.units
    with pytest.raises(OptionError, match="contractor share"):
        generate_fleet(coquimbo, None, seed=1, now=NOW, providers=2, units=2, contractor_share=-0.1)
