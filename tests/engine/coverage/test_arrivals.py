"""Who is first, second, third at each place: against Dijkstra from every crew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import h3
import numpy as np
import pytest

from engine.coverage.arrivals import Reach
from engine.coverage.places import Places, RoadPieces
from engine.coverage.stands import Stands
from engine.generate import generate_fleet
from engine.model import Fleet, Service
from engine.policy import Policy
from engine.promise import PromiseTable
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.region import Region

from .slow import all_arrivals, first_few

NOW = datetime(2026, 3, 3, 11, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def region() -> Region:
    return load_coquimbo()


@pytest.fixture(scope="module")
def pieces(region: Region) -> RoadPieces:
    return RoadPieces(region, PromiseTable(region.network, Policy.default()))


def some(pieces: RoadPieces, count: int, seed: int) -> Places:
    """So many of the pieces."""
    rows = np.random.default_rng(seed).choice(len(pieces), count, replace=False)
    return Places(pieces.region, pieces.promises, pieces.positions.take(np.sort(rows)))


def fleet_of(region: Region, seed: int, **sizes) -> Fleet:
    return generate_fleet(region, load_coquimbo_population(), seed=seed, now=NOW, **sizes)


def crowned(region: Region, fleet: Fleet, pieces: RoadPieces) -> Fleet:
    """One provider gets a concession of a cell, one of the ways of a few pieces, as on highways."""
    lon, lat = pieces.positions.lon, pieces.positions.lat
    cell = h3.latlng_to_cell(float(lat[100]), float(lon[100]), 7)
    ways = frozenset(int(way) for way in region.network.arc_way[pieces.positions.arc[::40]] if way)
    first, second, *rest = fleet.providers
    held = replace(first, exclusive_cells=frozenset({cell})), replace(second, exclusive_ways=ways)
    return Fleet((*held, *rest), fleet.units)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("terms", ["open", "territories", "concessions"])
def test_arrivals_are_those_of_dijkstra(region: Region, pieces: RoadPieces, seed: int, terms: str):
    """Times and stands, in order, with territories and concessions; every piece of road is asked about by some seed."""
    share = 0.0 if terms == "open" else 0.7
    fleet = fleet_of(region, seed, providers=25, units=60, territory_share=share)
    if terms == "concessions":
        fleet = crowned(region, fleet, pieces)
    stands = Stands.of(region, fleet, Policy.default())
    serving = stands.take(stands.serving(Service.BREAKDOWN_REPAIR))
    places = some(pieces, 700, seed)
    ms, who = first_few(all_arrivals(region, region.metric, serving, places), 4)
    found = Reach(region, region.metric, serving).at(places, 4).told
    assert np.array_equal(found[0], ms), f"seed {seed}"
    assert np.array_equal(found[1], who), f"seed {seed}"


@pytest.mark.parametrize("longest", [8, 64])
def test_places_that_hardly_anybody_may_serve(
    region: Region, pieces: RoadPieces, monkeypatch: pytest.MonkeyPatch, longest: int
):
    """Where lists end before enough of those who may serve are found, everybody is looked at."""
    monkeypatch.setattr("engine.coverage.arrivals.MOST", longest)
    monkeypatch.setattr("engine.coverage.arrivals.MATRIX_CELLS", 5_000)
    fleet = crowned(region, fleet_of(region, 7, providers=70, units=90, territory_share=0.9), pieces)
    stands = Stands.of(region, fleet, Policy.default())
    serving = stands.take(stands.serving(Service.BREAKDOWN_REPAIR))
    places = some(pieces, 150, 7)
    ms, who = first_few(all_arrivals(region, region.metric, serving, places), 5)
    found = Reach(region, region.metric, serving).at(places, 5).told
    assert np.array_equal(found[0], ms)
    assert np.array_equal(found[1], who)


def test_every_road_is_that_of_dijkstra(region: Region, pieces: RoadPieces):
    """All pieces of the region, with mobilisation, and units counted by crews."""
    fleet = fleet_of(region, 3, providers=12, units=40, territory_share=0.0)
    stands = Stands.of(region, fleet, Policy.default())
    serving = stands.take(stands.serving(Service.TOWING))
    slow = all_arrivals(region, region.metric, serving, pieces)
    by_unit = np.sort(np.repeat(slow, serving.crews, axis=0), axis=0)[:3].T
    assert np.array_equal(Reach(region, region.metric, serving).at(pieces, 4).unit_ms(3), by_unit)


def test_nobody_serves(region: Region, pieces: RoadPieces):
    """Without stands nobody ever comes."""
    stands = Stands.of(region, Fleet(), Policy.default())
    assert (Reach(region, region.metric, stands).at(some(pieces, 5, 1), 3).told[1] == -1).all()


def test_crews_that_count(region: Region):
    """All, those on duty, those that are free: by status, shift and time."""
    fleet = fleet_of(region, 4, providers=20, units=60, busy_share=0.4, off_duty_share=0.2)
    policy = Policy.default()
    every, duty, free = (int(Stands.of(region, fleet, policy, crews=who, at=NOW).crews.sum()) for who in _WHO)
    units = fleet.units
    assert every == 60
    assert duty == sum(unit.status != "off_duty" for unit in units)
    assert free == sum(unit.status == "available" for unit in units)
    evening = replace(
        units[0], status=units[0].status, shift_start=NOW.replace(hour=18), shift_end=NOW.replace(hour=23)
    )
    shifted = Fleet(fleet.providers, (evening,))
    assert Stands.of(region, shifted, policy, crews="on_duty", at=NOW).crews.sum() == 0


_WHO = ("all", "on_duty", "free")
