"""Stand-by advice on real roads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from engine.coverage.example import example_fleet
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.errors import StandbyError
from engine.model import Fleet, Location, Service, UnitStatus
from engine.scenario import PromiseMinutes, RemoveProvider, Scenario, SpeedFactor, When
from engine.standby import StandbyLimits, WaitingPlaces, advise
from engine.standby.free import free_units
from engine.standby.moment import roads_at, shares_at
from engine.standby.roads import StandbyRoads, positions_along
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.metrics import MetricStore, load_traffic_profile
from graphs.routes.route import find_route
from graphs.travel import travel_matrix

REGION = load_coquimbo()
AT = datetime(2026, 3, 3, 21, 30, tzinfo=UTC)
DRIVERS = {Service.DESIGNATED_DRIVER: 1.0}
LIMITS = StandbyLimits(seconds=30)


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(REGION, DemandLayer.of_cells(load_coquimbo_population()))


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return example_fleet(REGION)


def test_the_advice_is_what_evaluating_the_moved_fleet_says(planner: Planner, fleet: Fleet) -> None:
    """First and second units within promise, before and after, equal coverage of the fleets; and it is proven."""
    advice = advise(planner, fleet, AT, DRIVERS, told_minutes=8, limits=LIMITS)
    assert advice.moves
    assert advice.proven
    to = {move.unit: Location(move.to_lon, move.to_lat) for move in advice.moves}
    moved = Fleet(
        fleet.providers,
        tuple(replace(unit, location=to[unit.id]) if unit.id in to else unit for unit in fleet.units),
    )
    for units, told in ((fleet, advice.before), (moved, advice.after)):
        stands = planner.stands(units, crews="free", at=AT, told_minutes=8)
        coverage = planner.coverage(stands, Service.DESIGNATED_DRIVER)
        assert coverage.figures.covered == pytest.approx(told.once)
        assert coverage.figures.covered_twice == pytest.approx(told.twice)
    assert advice.after.expected - advice.before.expected == pytest.approx(sum(move.gain for move in advice.moves))
    for move in advice.moves:
        assert move.drive_minutes <= 20
        assert move.least_meanwhile >= advice.before.expected - 1e-6
        assert move.lost_without >= 0.001 * advice.demand - 1e-6
    json.dumps(advice.to_json())


def test_only_willing_units_move_and_only_so_far(planner: Planner, fleet: Fleet) -> None:
    """Of units that are named none else moves; with drives of a minute nobody does."""
    named = advise(planner, fleet, AT, DRIVERS, units=["P0007-01"], told_minutes=8, limits=LIMITS)
    assert {move.unit for move in named.moves} <= {"P0007-01"}
    near = advise(planner, fleet, AT, DRIVERS, told_minutes=8, limits=replace(LIMITS, drive_minutes=0.1))
    assert near.moves == ()
    assert near.after == near.before


def test_units_at_each_stand(planner: Planner, fleet: Fleet) -> None:
    """Ids are told for the very stands that coverage has, busy ones left out."""
    busy = replace(fleet.units[3], status=UnitStatus.BUSY)
    some = Fleet(fleet.providers, (*fleet.units[:3], busy, *fleet.units[4:]))
    stands = planner.stands(some, crews="free", at=AT)
    names = free_units(some, AT)
    assert [len(each) for each in names] == stands.crews.tolist()
    owner = {unit.id: unit.provider_id for unit in some.units}
    for row, each in enumerate(names):
        assert {owner[name] for name in each} == {stands.providers[stands.provider[row]].id}
    assert busy.id not in {name for each in names for name in each}


def test_near_counts_equal_coverage(planner: Planner, fleet: Fleet) -> None:
    """Free units within promise of each place, territories held, as coverage ranks them."""
    stands = planner.stands(fleet, crews="free", at=AT)
    roads = StandbyRoads(planner, stands, DRIVERS, WaitingPlaces.usual(planner, stands.providers, 3), REGION.metric)
    problem = roads.problem(stands.crews, most_drive_ms=1_200_000, busy=0.3)
    coverage = planner.coverage(stands, Service.DESIGNATED_DRIVER)
    inside = (coverage.demand_ms <= coverage.demand_within_ms[:, None]).sum(axis=1)
    assert np.array_equal(np.minimum(problem.near, 3), inside)


def test_places_on_a_route_are_at_their_times(planner: Planner) -> None:
    """Who stands somewhere on the way has the rest of the drive before it, to the second."""
    at = planner.demand.places.positions
    begin, end = at.take([10]), at.take([15_000])
    route = find_route(REGION, REGION.metric, begin, end)
    there = positions_along(REGION, route, 2.0)
    rest = travel_matrix(REGION.network, REGION.metric, there, end, graph=REGION.search_graph)[:, 0]
    share = np.arange(1, len(there) + 1) / (len(there) + 1)
    assert len(there) >= 2
    assert rest.tolist() == pytest.approx((route.duration_ms * (1 - share)).tolist(), abs=5_000)


def test_roads_and_calls_of_a_moment(planner: Planner, fleet: Fleet) -> None:
    """A scenario's speeds and promises count, its fleet is refused; services count by that hour's calls."""
    stands = planner.stands(fleet)
    slow = Scenario(speeds=[SpeedFactor(0.5)], promise=PromiseMinutes(urban_minutes=12))
    metric, minutes = roads_at(planner, stands, AT, slow)
    usual, _ = roads_at(planner, stands, AT)
    assert (np.asarray(metric.weights) >= np.asarray(usual.weights)).all()
    assert min(minutes.values()) == 12
    with pytest.raises(StandbyError, match="changes the fleet"):
        roads_at(planner, stands, AT, Scenario(providers=[RemoveProvider("P0001")]))
    assert sum(shares_at(planner, stands, AT).values()) == pytest.approx(1)
    night = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)
    assert shares_at(planner, stands, night, (Service.VEHICLE_BOOKING,)) == {Service.VEHICLE_BOOKING: 1.0}


def test_the_hour_of_a_scenario_counts(fleet: Fleet) -> None:
    """Speeds and calls are of its hour, at whatever time somebody is free; its services are those asked for."""
    planner = Planner(
        REGION, DemandLayer.of_cells(load_coquimbo_population()), metrics=MetricStore(REGION, load_traffic_profile())
    )
    stands, evening = planner.stands(fleet), datetime(2026, 3, 3, 21, 30, tzinfo=UTC)
    here = evening.astimezone(REGION.timezone)
    night = datetime(2026, 3, 3, 3, tzinfo=REGION.timezone)
    for when in (When(hour=3), When(hours=[3]), When(at=night.replace(tzinfo=None))):
        asked = Scenario(when=when)
        metric, wanted = roads_at(planner, stands, evening, asked)[0], roads_at(planner, stands, night)[0]
        assert (np.asarray(metric.weights) == np.asarray(wanted.weights)).all()
        assert (np.asarray(metric.weights) != np.asarray(roads_at(planner, stands, evening)[0].weights)).any()
        assert shares_at(planner, stands, evening, scenario=asked) == shares_at(planner, stands, night)
    same = Scenario(when=When(hour=here.hour, services=[Service.TOWING]))
    assert shares_at(planner, stands, evening, scenario=same) == {Service.TOWING: 1.0}
    with pytest.raises(StandbyError, match="several hours"):
        roads_at(planner, stands, evening, Scenario(when=When(hours=[3, 4])))


def test_what_cannot_be_asked(planner: Planner, fleet: Fleet) -> None:
    """Nobody free, unknown or busy units, no places, services that no free unit does."""
    gone = Fleet(fleet.providers, tuple(replace(unit, status=UnitStatus.OFF_DUTY) for unit in fleet.units))
    with pytest.raises(StandbyError, match="no unit is free"):
        advise(planner, gone, AT, DRIVERS)
    with pytest.raises(StandbyError, match="'X' in the fleet"):
        advise(planner, fleet, AT, DRIVERS, units=["X"])
    off = Fleet(fleet.providers, (replace(fleet.units[0], status=UnitStatus.OFF_DUTY), *fleet.units[1:]))
    with pytest.raises(StandbyError, match="is not free"):
        advise(planner, off, AT, DRIVERS, units=[fleet.units[0].id])
    with pytest.raises(StandbyError, match="no places to wait at"):
        WaitingPlaces.of_points(planner, [], [])
    with pytest.raises(StandbyError, match="no places to wait at"):
        WaitingPlaces.usual(planner, (), 0)
    with pytest.raises(StandbyError, match="no service"):
        advise(planner, fleet, AT, {})
    towing = Fleet(fleet.providers, tuple(replace(u, services=frozenset([Service.TOWING])) for u in fleet.units))
    with pytest.raises(StandbyError, match="no free unit does designated_driver"):
        advise(planner, towing, AT, DRIVERS)
