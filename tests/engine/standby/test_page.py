"""Stand-by advice as a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from engine.model import Service
from engine.render import CellLayer, Figure, LineLayer, Option, PointLayer, render_html
from engine.standby import Covered, StandbyAdvice, StandbyLimits, StandbyMove
from engine.standby.advice import StandbyAsked, StandbyCells
from engine.standby.page import standby_page

MOVE = StandbyMove(
    "U1", "P1", -71.25, -29.9, "Here", "base of P2", -71.3, -29.95, "There", 8.41, 6.94, 10_129.4, 9000.0, 0.0
)


def advice(*moves: StandbyMove) -> StandbyAdvice:
    covered = Covered(200.0, 300.0, 100.0), Covered(400.0, 1000.0, 100.0)
    after = covered[1] if moves else covered[0]
    return StandbyAdvice(
        moves, 1000.0, "people", 3, 4, 0.3, StandbyLimits(), covered[0], after, None, None, "greedy", 0
    )


def test_moves_on_a_map() -> None:
    """From where to where, the table's figures, before and after."""
    page = standby_page(advice(MOVE), "Somewhere")
    assert [type(each) for each in page.layers] == [LineLayer, PointLayer, PointLayer]
    told = {each.label: (each.value, each.note) for each in page.figures if isinstance(each, Figure)}
    assert told["Expected within promise of a free unit"] == ("40.0 %", "now: 20.0 %")
    assert told["Within promise of a unit"] == ("100 %", "now: 30.0 %")
    assert page.tables[0].rows == [[1, "U1", "Here", "base of P2", "There", 8.5, 6.9, 10129, 9000]]
    assert "base of P2" in render_html(page)


def test_a_place_on_a_road_without_a_name_is_told_by_its_degrees() -> None:
    """As where a unit comes from."""
    page = standby_page(advice(replace(MOVE, to_road="", from_road="")), "Somewhere")
    assert page.tables[0].rows[0][2:5] == ["-29.90000, -71.25000", "base of P2", "-29.95000, -71.30000"]


def test_nothing_to_move() -> None:
    """A page, too, and it says so."""
    page = standby_page(advice(), "Somewhere")
    assert not page.tables[0].rows
    assert "All wait well" in render_html(page)


def asked_advice() -> StandbyAdvice:
    cells = StandbyCells(
        np.array([0x88B2191845FFFFF, 0x88B2191847FFFFF]), np.array([800.0, 200.0]), np.array([0.0, 1.0]),
        np.array([2.0, 0.5]),
    )  # fmt: skip
    asked = StandbyAsked((Service.DESIGNATED_DRIVER,), datetime(2026, 3, 3, 3, 0, tzinfo=UTC), 8.0, (30.0, 60.0))
    return replace(advice(MOVE), cells=cells, asked=asked)


def test_a_sheet_of_moves_says_what_it_is_for() -> None:
    """Service, moment, promise and the minutes until a crew is told; in both languages."""
    told = standby_page(asked_advice(), "Somewhere").subtitle
    assert told.startswith(
        "Designated driver; Tue 2026-03-03 03:00; promises of 30 to 60 minutes; minutes from the call"
    )
    assert "8 of them until a crew is told" in told
    assert (
        "代驾；周二 2026-03-03 03:00；承诺 30 至 60 分钟"
        in standby_page(asked_advice(), "某地", language="zh").subtitle
    )


def test_a_scenarios_hour_and_weather_are_told() -> None:
    """Beside who is free when: whose hour's roads and calls, which weather, the title; without an hour the weather."""
    asked = asked_advice().asked
    assert asked is not None
    snow = replace(asked, hour="fri-08", weather="snow", scenario="Snowy Friday")
    found = replace(asked_advice(), asked=snow)
    assert standby_page(found, "Somewhere").subtitle.startswith(
        "scenario: Snowy Friday; Designated driver; free units of Tue 2026-03-03 03:00; "
        "roads and calls of Fri 08:00, snow; promises of 30 to 60 minutes"
    )
    assert "情景：Snowy Friday；代驾；空闲车辆：周二 2026-03-03 03:00；道路与来电：周五 08:00，雪；" in (
        standby_page(found, "某地", language="zh").subtitle
    )
    told = found.to_json()["asked"]
    assert (told["now"], told["hour"], told["weather"]) == ("2026-03-03T03:00+00:00", "fri-08", "snow")
    assert (told["services"], told["scenario_title"]) == (["designated_driver"], "Snowy Friday")
    assert (told["told_minutes"], told["promise_minutes"]) == (8.0, [30.0, 60.0])
    assert found.digest != asked_advice().digest
    rain = replace(found, asked=replace(asked, weather="heavy_rain"))
    assert "free units of Tue 2026-03-03 03:00; roads in heavy rain;" in standby_page(rain, "Somewhere").subtitle


def test_figures_follow_the_switch() -> None:
    """Now those of now, then those of then, each beside the other."""
    page = standby_page(asked_advice(), "Somewhere")
    shown = {
        each.option.name: (each.value, each.note)
        for each in page.figures
        if isinstance(each, Figure) and isinstance(each.option, Option) and each.label.startswith("Expected within")
    }
    assert shown == {"Now": ("20.0 %", "then: 40.0 %"), "Then": ("40.0 %", "now: 20.0 %")}
    first = standby_page(asked_advice(), "某地", language="zh").figures[0]
    assert isinstance(first, Figure)
    assert first.note == "移动后：40.0 %"


def test_who_is_reached_now_and_then() -> None:
    """Hexagons by free units within promise, with a switch; the map shows all of them."""
    page = standby_page(asked_advice(), "Somewhere")
    (cells,) = (each for each in page.layers if isinstance(each, CellLayer))
    assert page.choices() == {"Moves": ["Now", "Then"]}
    assert page.chosen() == {"Moves": "Then"}
    now, then = cells.series
    assert [list(each.scale.classes(np.asarray(each.values))) for each in (now, then)] == [[0, 2], [3, 1]]


def test_without_moves_there_is_no_switch() -> None:
    """One picture of who is reached."""
    page = standby_page(replace(asked_advice(), moves=()), "Somewhere")
    assert page.choices() == {}
    assert len(page.layers) == 1
