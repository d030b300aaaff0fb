"""Demand: what is refused, and what a region's junctions give."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cover_lost.demand import HEAVIEST, Demand
from engine.cover_lost.places import DemandPlaces
from engine.dispatch import Dispatcher
from engine.errors import DemandError
from engine.policy import Policy
from engine.promise import PromiseTable
from graphs.errors import CoordinateError, OutsideRegionError
from graphs.junctions import junctions
from graphs.region import Region
from tests.engine.cover_lost.toy import demand_at, policy_of


@pytest.mark.parametrize(
    ("weight", "told"),
    [
        ([], "1 to"),
        ([1.0], "one lon, lat and weight"),
        ([1.0, -0.5], r"demand\[1\]: weight -0.5"),
        ([float("nan"), 1.0], r"demand\[0\]: weight nan"),
        ([float("inf"), 1.0], r"demand\[0\]: weight inf"),
        ([0.0, 0.0], "all zero"),
        ([1e308, 1e308], "must be 0 to"),
        (["x", "y"], "list of numbers"),
        ([1.0] * 5001, "5,001 places"),
    ],
)
def test_what_is_no_demand_has_one_error(weight: list, told: str) -> None:
    """Empty, uneven, negative, not finite, nothing at all, too much: DemandError, and it says which."""
    count = len(weight) if len(weight) != 1 else 2
    with pytest.raises(DemandError, match=told):
        Demand(np.zeros(count), np.zeros(count), weight)  # ty: ignore[invalid-argument-type]  # that is the point


def test_places_outside_the_region_are_refused_at_once(row: Region) -> None:
    """By the dispatcher that gets them, with the place's index; not where nothing is reckoned from them."""
    far = Demand(np.array([10.0, 50.0]), np.array([0.0, 10.0]), np.array([1.0, 1.0]))
    nowhere = Demand(np.array([10.0, 500.0]), np.array([0.0, 10.0]), np.array([1.0, 1.0]))
    with pytest.raises(OutsideRegionError):
        Dispatcher(row, policy_of(10.0), demand=far)
    with pytest.raises(CoordinateError):
        Dispatcher(row, policy_of(10.0), demand=nowhere)
    Dispatcher(row, policy_of(0.0), demand=far)


def test_shares_add_up_and_follow_weights() -> None:
    """Weights in any unit."""
    assert demand_at(p0=2.0, p2=6.0).share.tolist() == [0.25, 0.75]


def test_a_regions_demand_is_its_junctions(coquimbo: Region) -> None:
    """Every junction counts once while there are fewer cells than are looked at, each with its class's promise."""
    demand = Demand.of_network(coquimbo.network)
    assert len(demand) <= HEAVIEST
    assert demand.weight.sum() == junctions(coquimbo.network).size
    policy = Policy.default()
    places = DemandPlaces.of(coquimbo, policy, PromiseTable(coquimbo.network, policy))
    minutes = {policy.promise.urban_minutes, policy.promise.highway_minutes, policy.promise.other_minutes}
    assert {ms / 60_000 for ms in places.within_ms.tolist()} <= minutes
    heavy = int(np.argmax(demand.weight))
    assert places.within_ms[heavy] == policy.promise.urban_minutes * 60_000
