"""Expected coverage of scenarios: calls a day shared among services and hours."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from engine.coverage.evaluation import Versions, result_digest
from engine.coverage.example import example_fleet
from engine.coverage.expected_result import ToldCalls, expected_json, expected_moments, told_expected
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner, offered
from engine.errors import OptionError
from engine.generate.curves import DAY_SHARE, SHAPE
from engine.model import Fleet, Service
from engine.scenario import AddProvider, DemandChange, RemoveProvider, Scenario, Shift, When
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
    told = expected_json(told_expected(moments, result))["expected"]
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
    (row,) = told_expected(expected_moments(planner, stands, alone, 100.0), planner.evaluate(stands, alone)).rows
    assert (row.moment, row.service) == ("tue-12", TOWING)
    helped = Scenario(when=when, providers=[AddProvider("N1", -71.25, -29.9, services=(asked,))])
    rows = told_expected(expected_moments(planner, stands, helped, 100.0), planner.evaluate(stands, helped)).rows
    assert [each.service for each in rows] == [TOWING, asked]
    assert all(each.calls_per_hour > 0 for each in rows)
    assert rows[0].calls_per_hour < row.calls_per_hour
    assert expected_json(None) == {}
    assert expected_json(ToldCalls({}, ())) == {"calls_per_day": {}, "expected": []}


def test_calls_of_some_services_alone(planner: Planner):
    """All of the calls are theirs, no other service keeps a crew busy, and the others have no row."""
    stands = planner.stands(example_fleet(planner.region), told_minutes=8)
    scenario = Scenario(when=When(services=(TOWING, Service.BREAKDOWN_REPAIR)), demand=DemandChange(factor=1.5))
    result = planner.evaluate(stands, scenario)
    every = told_expected(expected_moments(planner, stands, scenario, 240.0), result)
    alone = told_expected(expected_moments(planner, stands, scenario, 240.0, [TOWING]), result)
    assert set(every.calls) == set(offered(stands))
    assert every.calls[TOWING] == pytest.approx(1.5 * 240 * DAY_SHARE[TOWING])
    assert alone.calls == {TOWING: pytest.approx(1.5 * 240)}
    assert every.calls_per_day == pytest.approx(alone.calls_per_day)
    assert [each.service for each in alone.rows] == [TOWING]
    assert alone.rows[0].calls_per_hour == pytest.approx(1.5 * 240 * float(SHAPE[TOWING][12]))
    assert expected_json(alone)["calls_per_day"] == {"towing": 360.0}
    fleet = example_fleet(planner.region)
    units = tuple(replace(each, services=frozenset({TOWING})) for each in fleet.units)
    tows = planner.stands(Fleet(fleet.providers, units))
    with pytest.raises(OptionError, match="calls of breakdown_repair are asked for, and nobody offers it"):
        expected_moments(planner, tows, None, 240.0, [Service.BREAKDOWN_REPAIR])


def test_who_has_gone_took_part_of_the_calls(planner: Planner):
    """A night shift of few begins after a day shift of many: it has not had the day's calls all by itself."""
    stands = planner.stands(example_fleet(planner.region), told_minutes=8)
    day, night = Shift("P0016", 20, 6, 22), Shift("P0016", 7, 22, 6)
    others = tuple(RemoveProvider(each.id) for each in stands.providers if each.id != "P0016")
    when = When(hours=(0,), services=(TOWING,))
    (found,) = expected_moments(
        planner, stands, Scenario(when=when, providers=others, shifts=(day, night)), 240.0, [TOWING]
    )
    (always,) = expected_moments(
        planner, stands, Scenario(when=when, providers=others, shifts=(Shift("P0016", 7, 0, 24),)), 240.0, [TOWING]
    )
    assert found.found.course.factor[0, -1] == always.found.course.factor[0, -1]
    assert found.found.course.factor[0, 0] == pytest.approx(7 / 20 * always.found.course.factor[0, 0])
    assert found.figures(TOWING).share > 0.9
    assert always.figures(TOWING).share < 0.1


def test_calls_that_cannot_be(planner: Planner):
    """Not negative, not absurdly many."""
    with pytest.raises(OptionError, match="calls a day"):
        expected_moments(planner, planner.stands(example_fleet(planner.region)), None, -1.0)


def test_calls_are_part_of_the_digest() -> None:
    """Equal digests mean equal figures, those of busy crews among them."""
    made = Versions(*[f"v{number}" for number, _ in enumerate(fields(Versions))])
    rows = [("tue-12", Service.TOWING, made)]
    digests = [result_digest(rows, calls) for calls in (None, {}, {Service.TOWING: 150.0}, {Service.TOWING: 151.0})]
    assert len(set(digests)) == 4
    assert digests[0] == result_digest(rows)
