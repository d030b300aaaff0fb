"""Expected coverage of scenarios: calls a day shared among services and hours."""

from __future__ import annotations

import pytest

from engine.coverage.example import example_fleet
from engine.coverage.expected_result import expected_json, expected_moments
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner, offered
from engine.errors import OptionError
from engine.generate.curves import DAY_SHARE, SHAPE
from engine.model import Service
from engine.scenario import DemandChange, RemoveProvider, Scenario, When
from graphs.bundled import load_coquimbo, load_coquimbo_population


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(load_coquimbo(), DemandLayer.of_cells(load_coquimbo_population()))


def test_calls_are_those_of_the_hour(planner: Planner):
    """A day's calls, shared by services and by the hour's part of the day; crews of all services are one fleet."""
    stands = planner.stands(example_fleet(planner.region))
    scenario = Scenario(when=When(hours=(3, 17), services=(Service.TOWING,)))
    moments = expected_moments(planner, stands, scenario, 240.0)
    result = planner.evaluate(stands, scenario)
    assert [moment.services for moment in moments] == [offered(stands)] * 2
    for row, hour in zip(expected_json(moments, result), (3, 17), strict=True):
        wanted = 240 * DAY_SHARE[Service.TOWING] * float(SHAPE[Service.TOWING][hour])
        assert row["calls_per_hour"] == pytest.approx(wanted, abs=0.001)
        assert 0 <= row["plus_minus"] <= 0.05
        assert row["days"] >= 10
        assert 0 < row["mean_busy"] < 1
    night, rush = moments
    assert rush.found.mean_busy > night.found.mean_busy


def test_more_calls_and_fewer_crews_are_worse(planner: Planner):
    """Demand multiplied is calls multiplied; without the largest provider fewer promises are kept."""
    stands = planner.stands(example_fleet(planner.region), told_minutes=8)
    when = When(services=(Service.TOWING,))
    usual, more, fewer = (
        expected_moments(planner, stands, scenario, 300.0)[0].figures(Service.TOWING)
        for scenario in (
            Scenario(when=when),
            Scenario(when=when, demand=DemandChange(factor=2.0)),
            Scenario(when=when, providers=[RemoveProvider("P0017")]),
        )
    )
    assert more.calls_per_hour == pytest.approx(2 * usual.calls_per_hour)
    assert more.share < usual.share
    assert fewer.share < usual.share


def test_calls_that_cannot_be(planner: Planner):
    """Not negative, not absurdly many."""
    with pytest.raises(OptionError, match="calls a day"):
        expected_moments(planner, planner.stands(example_fleet(planner.region)), None, -1.0)
