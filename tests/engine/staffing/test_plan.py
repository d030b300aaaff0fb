"""Shifts planned on real roads: what evaluate says of the plan's scenario is what the plan said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from engine.coverage.example import example_fleet
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.stands import Stands
from engine.errors import StaffingError, StaffingImpossibleError
from engine.model import Fleet, Service
from engine.scenario import (
    AddProvider,
    DemandChange,
    PromiseMinutes,
    RemoveProvider,
    Scenario,
    Shift,
    SpeedFactor,
    When,
    parse_scenario,
)
from engine.staffing import AllowedShift, BaseRule, ShiftPlan, ShiftRules, plan_shifts
from engine.staffing.page import base_places, frame, shifts_page
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.metrics import MetricStore, Weather, load_traffic_profile
from graphs.metrics.hours import DAYS

REGION = load_coquimbo()
TOWING = {Service.TOWING: 1.0}
DRIVERS = {Service.DESIGNATED_DRIVER: 1.0}
FEW = (AllowedShift((0, 6, 14, 22)),)


@pytest.fixture(scope="module")
def planner() -> Planner:
    store = MetricStore(REGION, load_traffic_profile())
    return Planner(REGION, DemandLayer.of_cells(load_coquimbo_population()), metrics=store)


@pytest.fixture(scope="module")
def stands(planner: Planner) -> Stands:
    """Crews of one provider that set off equally fast: what evaluate finds is then what was planned, exactly."""
    fleet = example_fleet(REGION)
    units = tuple(replace(unit, mobilisation=timedelta(minutes=3)) for unit in fleet.units)
    return planner.stands(Fleet(fleet.providers, units), told_minutes=8.0)


def same_as_evaluated(planner: Planner, stands: Stands, plan: ShiftPlan) -> None:
    """The scenario's text, read again and evaluated, has the plan's crews and shares in every hour."""
    scenario = parse_scenario(plan.scenario().to_toml(), "plan", None)
    result = planner.evaluate(stands, scenario)
    assert len(result.evaluations) == 24
    for found, hour in zip(result.evaluations, plan.hours, strict=True):
        assert str(found.moment) == hour.name
        assert int(found.coverage.stands.crews.sum()) == hour.crews
        assert found.coverage.figures.share == pytest.approx(hour.within, abs=1e-12)


def test_a_target_is_kept_at_the_least_cost(planner: Planner, stands: Stands) -> None:
    """Every hour has its share, the bound is the cost, and evaluate reproduces what is reached."""
    plan = plan_shifts(planner, stands, ShiftRules(120, target=0.85, shifts=FEW), TOWING, gap=0.0, seconds=30)
    assert all(hour.share >= 0.85 - 1e-9 for hour in plan.hours)
    assert plan.bound <= plan.cost + 1e-9
    assert plan.cost == plan.crew_hours == sum(8 * shift.crews for shift in plan.shifts)
    assert sum(hour.calls for hour in plan.hours) == pytest.approx(120)
    assert plan.gap < 0.05
    same_as_evaluated(planner, stands, plan)


def test_of_unequal_crews_the_slowest_counts(planner: Planner) -> None:
    """A provider's crews that set off after 1 to 6 minutes: evaluate finds what was planned, or more."""
    mixed = planner.stands(example_fleet(REGION), told_minutes=8.0)
    plan = plan_shifts(planner, mixed, ShiftRules(120, target=0.85, shifts=FEW), TOWING, seconds=5)
    result = planner.evaluate(mixed, plan.scenario())
    for found, hour in zip(result.evaluations, plan.hours, strict=True):
        assert int(found.coverage.stands.crews.sum()) == hour.crews
        assert found.coverage.figures.share >= hour.within - 1e-12


def test_weather_roads_promises_and_fleet_are_the_scenarios(planner: Planner, stands: Stands) -> None:
    """Snow, a slower town, a shorter promise, a provider less and one more: planned and evaluated alike."""
    scenario = Scenario(
        title="snow",
        when=When(weekday="sat", weather=Weather.SNOW),
        promise=PromiseMinutes(urban_minutes=28),
        providers=[RemoveProvider("P0017"), AddProvider("N1", lon=-71.25, lat=-29.91, crews=2)],
        speeds=[SpeedFactor(0.9, classes=["residential"])],
        demand=DemandChange(factor=2.0),
    )
    rules = ShiftRules(60, crew_hours=96, shifts=FEW, bases=(BaseRule("N1", most=3),))
    plan = plan_shifts(planner, stands, rules, TOWING, scenario, seconds=4)
    assert plan.crew_hours <= 96
    assert plan.hours[0].name == "sat-00"
    assert "P0017" not in plan.world.bases.ids
    assert "N1" in plan.world.bases.ids
    same_as_evaluated(planner, stands, plan)


def test_a_week_has_168_hours_and_days_of_its_own(planner: Planner, stands: Stands) -> None:
    """Weekends with fewer calls need fewer crews; shifts name the days on which they begin."""
    days = dict.fromkeys(("sat", "sun"), 0.3)
    shifts = (
        AllowedShift((8, 20), hours=(12,), days=("mon", "tue", "wed", "thu", "fri")),
        AllowedShift((8, 20), hours=(12,), days=("sat", "sun")),
    )
    rules = ShiftRules(40, target=0.4, week=True, days=days, shifts=shifts)
    plan = plan_shifts(planner, stands, rules, DRIVERS, seconds=15)
    assert [hour.name[:3] for hour in plan.hours[::24]] == list(DAYS)
    assert all(hour.share >= 0.4 - 1e-9 for hour in plan.hours if hour.calls)
    assert {shift.days for shift in plan.shifts} <= {shift.days for shift in shifts}
    weekday, sunday = plan.hours[24 + 22], plan.hours[6 * 24 + 22]
    assert weekday.crews > sunday.crews
    monday = planner.evaluate(stands, plan.scenario()).evaluations  # a week's scenario asks for one day, tue by default
    assert [int(each.coverage.stands.crews.sum()) for each in monday] == [hour.crews for hour in plan.hours[24:48]]


def test_several_services_share_crews(planner: Planner, stands: Stands) -> None:
    """Calls add up, and each counts where some crew on duty does its service."""
    both = {Service.TOWING: 1.0, Service.DESIGNATED_DRIVER: 1.0}
    plan = plan_shifts(planner, stands, ShiftRules(60, crew_hours=64, shifts=FEW), both, seconds=4)
    assert plan.world.services == {Service.TOWING: 0.5, Service.DESIGNATED_DRIVER: 0.5}
    result = planner.evaluate(stands, plan.scenario())
    for number, hour in enumerate(plan.hours):
        shares = [each.coverage.figures.share for each in result.evaluations[2 * number : 2 * number + 2]]
        assert np.mean(shares) == pytest.approx(hour.within, abs=1e-12)


def test_only_named_bases_up_to_their_limits(planner: Planner, stands: Stands) -> None:
    """Who has no base rule is not planned, and has nobody on duty in the scenario."""
    rules = ShiftRules(
        30, crew_hours=200, shifts=FEW, only_bases=True, bases=(BaseRule("P0005", most=1), BaseRule("P0009", cost=3.0))
    )
    plan = plan_shifts(planner, stands, rules, TOWING, seconds=10)
    assert plan.world.bases.ids == ("P0005", "P0009")
    assert plan.world.problem.on_duty(plan.solved.plan)[:, 0].max() <= 1
    same_as_evaluated(planner, stands, plan)


def test_the_document(planner: Planner, stands: Stands) -> None:
    """Plain numbers and texts; the same again for the same question."""
    rules = ShiftRules(40, target=0.3, shifts=FEW)
    first, again = (plan_shifts(planner, stands, rules, DRIVERS, gap=0.0).to_json() for _ in range(2))
    assert json.dumps(first) == json.dumps(again)
    assert first["proven"] is True
    assert len(first["hours"]) == 24
    assert (first["told_minutes"], first["promise_minutes"]) == (8.0, [30.0, 60.0])
    assert sum(first["crews"].values()) == sum(shift["crews"] for shift in first["shifts"])


def test_the_map_shows_all_demand(planner: Planner, stands: Stands) -> None:
    """Not only the bases: its frame is that of demand, with the bases in it."""
    plan = plan_shifts(planner, stands, ShiftRules(40, target=0.3, shifts=FEW), DRIVERS, gap=0.0)
    west, south, east, north = frame(plan)
    for at in (planner.demand.places.positions, plan.world.bases.positions):
        assert west <= at.lon.min() < at.lon.max() <= east
        assert south <= at.lat.min() < at.lat.max() <= north
    page = shifts_page(plan.told(), "Somewhere", places=base_places(plan), bounds=frame(plan))
    assert page.bounds == (west, south, east, north)


def test_what_cannot_be_planned(planner: Planner, stands: Stands) -> None:
    """Shifts in the scenario, unknown bases, services that nobody does, targets beyond what roads allow."""
    rules = ShiftRules(40, target=0.3, shifts=FEW)
    with pytest.raises(StaffingError, match="has shifts already"):
        plan_shifts(planner, stands, rules, TOWING, Scenario(shifts=[Shift("P0005", 1, 0, 8)]))
    with pytest.raises(StaffingError, match="'P9' is no provider"):
        plan_shifts(planner, stands, ShiftRules(40, target=0.3, bases=(BaseRule("P9"),)), TOWING)
    with pytest.raises(StaffingError, match="no service"):
        plan_shifts(planner, stands, rules, {})
    nobody = stands.take(stands.serving(Service.TOWING)[:0])
    with pytest.raises(StaffingError, match="no provider has crews that do towing"):
        plan_shifts(planner, nobody, rules, TOWING)
    with pytest.raises(StaffingImpossibleError, match="the most there is") as caught:
        plan_shifts(planner, stands, ShiftRules(40, target=0.99, shifts=FEW), DRIVERS)
    assert 0 < float(caught.value.metadata["best_target"]) < 0.99
