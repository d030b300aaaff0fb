"""Expected coverage of scenarios: calls a day shared among services and hours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.coverage.example import example_fleet
from engine.coverage.expected_result import expected_json, expected_moments, told_expected
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner, offered
from engine.errors import OptionError
from engine.generate.curves import DAY_SHARE, SHAPE
from engine.model import Fleet, Service
from engine.scenario import AddProvider, DemandChange, RemoveProvider, Scenario, When
from graphs.bundled import load_coquimbo, load_coquimbo_population

TOWING = Service.TOWING


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
    told = expected_json(told_expected(moments, result), 240.0)["expected"]
    for row, hour in zip(told, (3, 17), strict=True):
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


def test_services_that_nobody_offers(planner: Planner):
    """They have no calls, and no figures; once a scenario brings somebody who offers them they have both."""
    fleet = example_fleet(planner.region)
    units = tuple(replace(each, services=frozenset({TOWING})) for each in fleet.units)
    stands = planner.stands(Fleet(fleet.providers, units))
    asked, when = Service.DESIGNATED_DRIVER, When(services=(TOWING, Service.DESIGNATED_DRIVER))
    alone = Scenario(when=when)
    (row,) = told_expected(expected_moments(planner, stands, alone, 100.0), planner.evaluate(stands, alone))
    assert (row.moment, row.service) == ("tue-12", TOWING)
    helped = Scenario(when=when, providers=[AddProvider("N1", -71.25, -29.9, services=(asked,))])
    rows = told_expected(expected_moments(planner, stands, helped, 100.0), planner.evaluate(stands, helped))
    assert [each.service for each in rows] == [TOWING, asked]
    assert all(each.calls_per_hour > 0 for each in rows)
    assert rows[0].calls_per_hour < row.calls_per_hour
    assert expected_json((), None) == {}
    assert expected_json((), 3.0) == {"expected": []}


def test_calls_that_cannot_be(planner: Planner):
    """Not negative, not absurdly many."""
    with pytest.raises(OptionError, match="calls a day"):
        expected_moments(planner, planner.stands(example_fleet(planner.region)), None, -1.0)
