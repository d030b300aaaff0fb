"""What scenarios do to a fleet."""

from __future__ import annotations

import numpy as np
import pytest

from engine.coverage.apply import changed_stands, shared
from engine.coverage.example import example_fleet
from engine.coverage.stands import Stands
from engine.errors import OptionError, ScenarioError
from engine.model import Fleet, Location, Provider, Service
from engine.policy import Policy
from engine.scenario import AddProvider, MoveProvider, RemoveProvider, ResizeProvider, Scenario, Shift
from graphs.bundled import load_coquimbo
from graphs.position import Positions

REGION, POLICY = load_coquimbo(), Policy.default()
LON, LAT = -71.2519, -29.9045
NOON, NIGHT = 36, 27  # Tuesday 12:00 and 3:00


def snap(lon: list[float], lat: list[float]) -> Positions:
    return REGION.snapper.snap(lon, lat, 500.0)


@pytest.fixture(scope="module")
def stands() -> Stands:
    return Stands.of(REGION, example_fleet(REGION), POLICY, told_minutes=5.0)


def crews_of(stands: Stands, provider: str) -> int:
    numbers = [number for number, each in enumerate(stands.providers) if each.id == provider]
    return int(stands.crews[np.isin(stands.provider, numbers)].sum())


def test_who_leaves_is_gone(stands: Stands):
    """Its crews, and nobody else's; numbers of providers stay."""
    found = changed_stands(stands, Scenario(providers=[RemoveProvider("P0017")]), NOON, snap)
    assert crews_of(found, "P0017") == 0
    assert found.crews.sum() == stands.crews.sum() - crews_of(stands, "P0017")
    assert found.providers == stands.providers


def test_who_is_added_serves_as_told(stands: Stands):
    """At its place, with its services and crews; time until it is told counts for it, too."""
    made = AddProvider("new", LON, LAT, crews=3, services=(Service.TOWING,), mobilisation_minutes=2)
    found = changed_stands(stands, Scenario(providers=[made]), NOON, snap)
    assert crews_of(found, "new") == 3
    assert found.mobilisation_ms[-1] == 7 * 60_000
    assert len(found.serving(Service.TOWING)) == len(stands.serving(Service.TOWING)) + 1
    assert len(found.serving(Service.AIRPORT_TRANSFER)) == len(stands.serving(Service.AIRPORT_TRANSFER))
    assert abs(found.positions.lon[-1] - LON) < 0.005


def test_who_moves_takes_all_crews_along(stands: Stands):
    """They stand at the new base; everybody else where they stood."""
    found = changed_stands(stands, Scenario(providers=[MoveProvider("P0017", LON, LAT)]), NOON, snap)
    mine = stands.provider == [each.id for each in stands.providers].index("P0017")
    assert np.unique(found.positions.arc[mine]).size == 1
    assert np.array_equal(found.positions.arc[~mine], stands.positions.arc[~mine])
    assert np.array_equal(found.crews, stands.crews)
    assert next(each.base for each in found.providers if each.id == "P0017") == Location(LON, LAT)


@pytest.mark.parametrize("crews", [0, 1, 5, 30])
def test_crews_are_shared_as_they_were(stands: Stands, crews: int):
    """So many in all, in proportion to the stands' crews."""
    found = changed_stands(stands, Scenario(providers=[ResizeProvider("P0017", crews)]), NOON, snap)
    assert crews_of(found, "P0017") == crews
    assert found.crews.sum() == stands.crews.sum() - crews_of(stands, "P0017") + crews


def test_shares_by_largest_remainders():
    """Sums come out right; of equal ones the first gets more."""
    assert shared(5, [1, 1, 1]).tolist() == [2, 2, 1]
    assert shared(3, [4, 1, 1]).tolist() == [2, 1, 0]
    assert shared(0, [2, 3]).tolist() == [0, 0]


def test_shifts_say_who_is_on_duty(stands: Stands):
    """Within a shift so many crews, outside of all nobody; who has none is there at all hours."""
    shifts = [Shift("P0017", 4, 8, 20), Shift("P0017", 1, 20, 8)]
    scenario = Scenario(shifts=shifts)
    assert crews_of(changed_stands(stands, scenario, NOON, snap), "P0017") == 4
    assert crews_of(changed_stands(stands, scenario, NIGHT, snap), "P0017") == 1
    only = Scenario(shifts=shifts[:1])
    assert crews_of(changed_stands(stands, only, NIGHT, snap), "P0017") == 0
    assert crews_of(changed_stands(stands, only, NIGHT, snap), "P0002") == crews_of(stands, "P0002")


def test_crews_again_after_none(stands: Stands):
    """A provider without crews has them at its stands again; without stands at its base; without either nobody can."""
    none = changed_stands(stands, Scenario(providers=[ResizeProvider("P0017", 0)]), NOON, snap)
    assert crews_of(changed_stands(none, Scenario(providers=[ResizeProvider("P0017", 2)]), NOON, snap), "P0017") == 2
    fleet = Fleet((Provider("based", base=Location(LON, LAT)), Provider("nowhere")), ())
    empty = Stands.of(REGION, fleet, POLICY)
    there = changed_stands(empty, Scenario(providers=[ResizeProvider("based", 2)]), NOON, snap)
    assert crews_of(there, "based") == 2
    with pytest.raises(ScenarioError, match="no crew and no base"):
        changed_stands(empty, Scenario(providers=[ResizeProvider("nowhere", 2)]), NOON, snap)


def test_minutes_until_told_are_bounded():
    """Not negative, at most a day."""
    with pytest.raises(OptionError, match="told_minutes"):
        Stands.of(REGION, Fleet(), POLICY, told_minutes=-1.0)
