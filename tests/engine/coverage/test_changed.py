"""What-ifs made from the fleet as it is: the same, to the last digit, as evaluating each changed fleet alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from engine.coverage.apply import changed_stands
from engine.coverage.arrivals import Reach
from engine.coverage.changed import ChangedReach, KnownReach
from engine.coverage.coverage import NEED, RANKS, Coverage
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner, minutes_of
from engine.coverage.stands import Stands
from engine.generate import generate_fleet
from engine.model import Location, Service
from engine.scenario import AddProvider, MoveProvider, RemoveProvider, ResizeProvider, Scenario, Shift, Sweep, When
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.region import Region

NOW = datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
TOWING = When(services=(Service.TOWING,))


@pytest.fixture(scope="module")
def region() -> Region:
    return load_coquimbo()


@pytest.fixture(scope="module")
def planner(region: Region) -> Planner:
    return Planner(region, DemandLayer.of_junctions(region.network))


def stands_of(planner: Planner, seed: int, territories: float = 0.6, **sizes) -> Stands:
    population = load_coquimbo_population()
    fleet = generate_fleet(planner.region, population, seed=seed, now=NOW, territory_share=territories, **sizes)
    return planner.stands(fleet)


def drawn(stands: Stands, planner: Planner, seed: int) -> Scenario:
    """A few changes of every kind."""
    rng = np.random.default_rng(seed)
    ids = [provider.id for provider in stands.providers]
    gone, moved, grown, emptied, shifted = (ids[row] for row in rng.choice(len(ids), 5, replace=False))
    nodes = rng.integers(0, planner.region.network.node_count, 2)
    (lon, lat), (east, north) = (
        (float(planner.region.network.node_lon[node]), float(planner.region.network.node_lat[node])) for node in nodes
    )
    return Scenario(
        when=TOWING,
        providers=(
            RemoveProvider(gone),
            MoveProvider(moved, lon, lat),
            ResizeProvider(grown, 9),
            ResizeProvider(emptied, 0),
            AddProvider("new", east, north, crews=2, mobilisation_minutes=1.5),
        ),
        shifts=(Shift(shifted, 1, 0, 24),),
    )


def alone(planner: Planner, stands: Stands, scenario: Scenario, service: Service = Service.TOWING) -> Coverage:
    """Everybody searched afresh."""
    there = changed_stands(stands, scenario, 36, planner.snapped)
    reach = Reach(planner.region, planner.region.metric, there.take(there.serving(service)))
    return Coverage(reach, service, planner.pieces, planner.demand, minutes_of(planner.policy.promise))


@pytest.mark.parametrize("territories", [0.0, 0.6])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_changes_of_every_kind(planner: Planner, seed: int, territories: float):
    """Who is first, when units arrive and all figures, at demand and at roads, with territories and without."""
    stands = stands_of(planner, seed, territories, providers=60, units=160)
    scenario = drawn(stands, planner, seed)
    planner.evaluate(stands, Scenario(when=TOWING))
    found = planner.evaluate(stands, scenario).evaluations[0].coverage
    slow = alone(planner, stands, scenario)
    assert isinstance(found.reach, ChangedReach)
    assert np.array_equal(found.at_demand.entries, slow.at_demand.entries), f"seed {seed}"
    assert np.array_equal(found.at_roads.entries, slow.at_roads.entries), f"seed {seed}"
    assert np.array_equal(found.demand_ms, slow.demand_ms), f"seed {seed}"
    assert found.figures == slow.figures, f"seed {seed}"


def test_every_provider_dropped(planner: Planner):
    """A sweep over all providers, the largest of which has more crews than are known at its places."""
    stands = stands_of(planner, 5, 0.3, providers=40, units=200)
    known = planner.checked(Scenario(when=TOWING, sweep=Sweep(remove_each=("providers",))), stands)
    serving = stands.provider[stands.serving(Service.TOWING)]
    assert np.bincount(serving).max() > 2 * NEED
    for variant, each in known.variants():
        found = planner.evaluate(stands, each).evaluations[0].coverage
        assert found.figures == alone(planner, stands, variant.scenario).figures, str(variant)


def test_territories_that_leave_hardly_anybody(region: Region, planner: Planner, monkeypatch: pytest.MonkeyPatch):
    """Concessions, and lists that end before enough of those who may serve are found."""
    monkeypatch.setattr("engine.coverage.arrivals.MOST", 8)
    fleet = generate_fleet(
        region, load_coquimbo_population(), seed=8, now=NOW, providers=70, units=100, territory_share=0.9
    )
    held = replace(fleet.providers[0], exclusive_ways=frozenset(region.network.arc_way[::50].tolist()) - {0})
    stands = planner.stands(replace(fleet, providers=(held, *fleet.providers[1:])))
    rows = stands.serving(Service.TOWING)
    base = KnownReach(region, region.metric, stands, rows)
    places = planner.demand.places.part(np.arange(0, len(planner.demand.places), 7))
    scenario = drawn(stands, planner, 8)
    there = changed_stands(stands, scenario, 36, planner.snapped)
    there = there.take(there.serving(Service.TOWING))
    found = base.with_stands(there)
    assert isinstance(found, ChangedReach)
    fresh = Reach(region, region.metric, there).at(places, NEED)
    assert np.array_equal(found.at(places, NEED).entries, fresh.entries)


def test_what_is_known_serves_smaller_needs(planner: Planner):
    """The first few of what was kept are what asking for few gives."""
    stands = stands_of(planner, 4, providers=30, units=70)
    rows = stands.serving(Service.TOWING)
    known, places = KnownReach(planner.region, planner.region.metric, stands, rows), planner.demand.places
    known.at(places, 2 * NEED)
    fresh = Reach(planner.region, planner.region.metric, stands.take(rows)).at(places, RANKS)
    assert np.array_equal(known.at(places, RANKS).entries, fresh.entries)


def test_another_fleet_altogether(planner: Planner):
    """When most stands change, or all leave, everybody is searched again."""
    stands = stands_of(planner, 2, providers=20, units=40)
    ids = [provider.id for provider in stands.providers]
    most = Scenario(when=TOWING, providers=tuple(RemoveProvider(name) for name in ids[3:]))
    found = planner.evaluate(stands, most).evaluations[0].coverage
    assert not isinstance(found.reach, ChangedReach)
    assert found.figures == alone(planner, stands, most).figures
    none = Scenario(when=TOWING, providers=tuple(RemoveProvider(name) for name in ids))
    figures = planner.evaluate(stands, none).evaluations[0].coverage.figures
    assert (figures.covered, figures.unreached) == (0.0, figures.demand)


def test_a_base_moves_with_its_place(planner: Planner):
    """The provider's base is where its crews are; nobody else's arrays are touched."""
    stands = stands_of(planner, 3, providers=10, units=30)
    before = stands.positions.arc.copy()
    first = stands.providers[0].id
    scenario = Scenario(providers=(MoveProvider(first, *near(planner.region)),))
    there = changed_stands(stands, scenario, 36, planner.snapped)
    assert there.providers[0].base == Location(*near(planner.region))
    assert there.origin is not None
    assert (there.origin[stands.provider == 0] == -1).all()
    assert np.array_equal(before, stands.positions.arc)
    assert stands.origin is None


def near(region: Region) -> tuple[float, float]:
    return float(region.network.node_lon[5]), float(region.network.node_lat[5])
