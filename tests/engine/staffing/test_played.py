"""A plan played: what evaluate finds with the same calls, hours that miss the target, and whose crews stand idle."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from cli.views.staffing import print_plan
from engine.coverage.example import example_fleet
from engine.coverage.expected_result import expected_moments
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.model import Service
from engine.staffing import ShiftPlan, ShiftRules, plan_shifts, play, play_shifts
from engine.staffing.played import PlayedHour, PlayedProvider, idle_base
from engine.staffing.told import PlannedHour, ToldShifts
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.metrics import MetricStore, load_traffic_profile
from tests.engine.staffing.test_page import PLAN

IDLE = (PlayedProvider("P2", 10, 0.11), PlayedProvider("P1", 1, 0.88), PlayedProvider("P3", 4, 0.9))


@pytest.fixture(scope="module")
def plan() -> ShiftPlan:
    """That of the first command of docs/shifts.md."""
    region = load_coquimbo()
    store = MetricStore(region, load_traffic_profile())
    planner = Planner(region, DemandLayer.of_cells(load_coquimbo_population()), metrics=store)
    stands = planner.stands(example_fleet(region), told_minutes=8.0)
    return plan_shifts(planner, stands, ShiftRules(240, target=0.9), {Service.TOWING: 1.0})


def played(hours: dict[int, tuple[float, float]], plan: ToldShifts = PLAN) -> ToldShifts:
    """A plan as it was played: (share, interval) of some rows, all else kept."""
    found = (
        replace(hour, played=PlayedHour(*hours.get(row, (0.95, 0.004)), IDLE)) for row, hour in enumerate(plan.hours)
    )
    return replace(plan, hours=tuple(found))


def test_hours_are_those_of_evaluate(plan: ShiftPlan) -> None:
    """With the plan's calls: 7 o'clock keeps half of what was proven, as the crews there may not leave Coquimbo."""
    found = play_shifts(plan, hours=[3, 7]).told()
    assert [row for row, hour in enumerate(found.hours) if hour.played] == [3, 7]
    scenario = plan.scenario()
    scenario = scenario.changed(when=replace(scenario.when, hours=(3, 7)))
    wanted = expected_moments(plan.world.planner, plan.world.given, scenario, 240, [Service.TOWING])
    for row, moment in zip((3, 7), wanted, strict=True):
        assert (hour := found.hours[row].played) is not None
        assert found.hours[row].name == str(moment.moment)
        assert (hour.share, hour.plus_minus) == (moment.found.share, moment.found.figures.plus_minus)
    assert [hour.name for hour in found.below] == ["tue-07"]
    worst = found.hours[7]
    assert worst.share >= 0.9
    assert worst.played is not None
    assert worst.played.share < 0.5
    assert found.idle is not None
    assert (found.idle.provider, found.idle.crews, found.idle.of_crews, found.idle.most) == ("P0009", 10, 15, 2)


def test_equal_hours_are_played_once(plan: ShiftPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a week whose days are alike each hour of the day once; where a day has other calls, its own are played."""
    planner, stands = plan.world.planner, plan.world.given
    asked: list[tuple[int, float]] = []

    def moments(_planner: object, _given: object, known, calls: float, _services: object):
        asked.append((known.moments[0].slot, calls))
        return iter([known])

    monkeypatch.setattr(play, "moments_played", moments)
    monkeypatch.setattr(play, "_told", lambda _: PlayedHour(0.5, 0.0, ()))
    told: list[tuple[str, int, int]] = []
    days = play_shifts(plan)
    assert len(asked) == 24
    assert {calls for _, calls in asked} == {240.0}
    assert days.told().played is not None
    rules = ShiftRules(20, crew_hours=500, week=True, days={"sun": 0.5}, calls_factor=2.0)
    week = plan_shifts(planner, stands, rules, {Service.TOWING: 1.0}, seconds=2, gap=0.5)
    asked.clear()
    found = play_shifts(week, lambda *each: told.append(each))
    assert all(hour.played for hour in found.hours)
    assert len(asked) <= 168
    assert told == [("Playing the plan", done, len(asked)) for done in range(len(asked))]
    assert {calls for slot, calls in asked if slot >= 144} == {20.0}
    assert {calls for slot, calls in asked if slot < 144} == {40.0}


def test_who_stands_idle() -> None:
    """Much less at work than the others, and more crews than that work needs; nobody where all are alike, or alone."""
    found = idle_base(IDLE)
    assert found is not None
    assert (found.provider, found.crews, found.of_crews, found.most) == ("P2", 10, 15, 2)
    assert found.others_busy == pytest.approx((0.88 + 4 * 0.9) / 5)
    assert idle_base([PlayedProvider("P1", 3, 0.3), PlayedProvider("P2", 3, 0.5)]) is None
    assert idle_base([PlayedProvider("P1", 1, 0.1), PlayedProvider("P2", 3, 0.5)]) is None
    assert idle_base([PlayedProvider("P1", 3, 0.1)]) is None
    assert idle_base([]) is None


def test_what_a_played_plan_tells() -> None:
    """Shares by calls; below is who misses the target by more than its interval; without a target nobody does."""
    found = played({7: (0.472, 0.005), 8: (0.899, 0.005)})
    assert found.played is not None
    calls = sum(hour.calls for hour in PLAN.hours)
    lost = found.hours[7].calls * (0.95 - 0.472) + found.hours[8].calls * (0.95 - 0.899)
    assert found.played.share == pytest.approx(0.95 - lost / calls)
    assert [hour.name for hour in found.below] == ["tue-07"]
    document = found.to_json()
    assert (document["played_below_target"], document["idle_base"]) == (["tue-07"], {"provider": "P2", "most": 2})
    assert document["hours"][7]["played_share"] == 0.472
    assert document["result"] != PLAN.to_json()["result"]
    assert replace(found, target=None).below == ()
    assert "played_share" not in PLAN.to_json()
    assert PLAN.played is None


def shown(plan: ToldShifts) -> str:
    out = Console(width=80, record=True, file=io.StringIO(), color_system=None)
    print_plan(out, "Somewhere", plan, "default")
    return out.export_text()


def test_the_headline_warns() -> None:
    """Never proven alone: what is kept, when, why, and a cap that mends it; nothing of the kind where all is kept."""
    low = replace(played({7: (0.472, 0.005)}), gap=0.0)
    text = shown(low)
    for told in (
        "played: 47.2% at tue-07, below the target of 90.0%",
        "10 of 15 crews are of P2, at work 11.0% of the time",
        '[[base]]\nprovider = "P2"\nmost = 2',
        "47.2% ±0.5",
        "Proven only if all crews were equally busy",
    ):
        assert told in text
    assert max(map(len, text.splitlines())) <= 80
    alike = tuple(replace(each, busy=0.9) for each in IDLE)
    busy = tuple(replace(hour, played=replace(hour.played, providers=alike)) for hour in low.hours if hour.played)
    assert "Ask for a greater target" in shown(replace(low, hours=busy))
    kept = shown(replace(played({}), gap=0.0))
    assert "below the target" not in kept
    assert "Proven: no plan" in kept
    assert "played" not in shown(PLAN).lower()


def test_no_calls_miss_nothing() -> None:
    """Hours without calls neither count nor miss the target."""
    empty: PlannedHour = PLAN.hours[4]
    assert not empty.calls
    assert played({4: (0.0, 1.0)}).below == ()
