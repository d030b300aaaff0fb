"""A shift plan on a page and in a picture."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import matplotlib.image
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from engine.coverage.evaluation import Versions
from engine.model import Service
from engine.render import Figure, MapPage, PointLayer, render_html, write_html
from engine.staffing.page import on_duty, shift_charts, shifts_page
from engine.staffing.picture import draw_shifts
from engine.staffing.played import PlayedHour, PlayedProvider
from engine.staffing.told import PlannedHour, PlannedShift, ToldShifts
from engine.texts.page_words import ENGLISH
from tests.browser import choose, console, settled, show, sized

PLACES = {"P1": (-71.25, -29.9), "P2": (-71.3, -29.95), "P3": (-71.2, -29.92)}
SHIFTS = (PlannedShift("P1", 3, 22, 6, None, 24.0), PlannedShift("P2", 5, 6, 22, None, 120.0))
CREWS = [3] * 6 + [5] * 16 + [3] * 2
PDF_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def hour(day: str, row: int, crews: int, share: float = 0.95) -> PlannedHour:
    calls = 0.0 if row == 4 else 1.0 + row % 12
    return PlannedHour(f"{day}-{row:02d}", calls, crews, 0.4 if calls else 0.0, 0.1, share if calls else 1.0, 0.99)


PLAN = ToldShifts(
    target=0.9,
    services={Service.TOWING: 1.0},
    minutes_per_call=60,
    bases=3,
    demand_unit="people",
    shifts=SHIFTS,
    hours=tuple(hour("tue", row, crews, 0.85 if row == 7 else 0.95) for row, crews in enumerate(CREWS)),
    cost=144.0,
    crew_hours=104,
    share=0.94,
    worst=0.85,
    bound=140.0,
    gap=0.028,
    told_minutes=8.0,
    promise_minutes=(30.0, 60.0),
    versions=Versions("scenario", "region", "policy", "metric", "fleet", "demand"),
)


@pytest.fixture
def page() -> MapPage:
    return shifts_page(PLAN, "Somewhere", places=PLACES, origin={"policy": "abc", "traffic": "default"})


def test_what_the_plan_holds_for(page: MapPage) -> None:
    """The promise and the minutes until a crew is told, on page and document; others have another digest."""
    assert "promises of 30 to 60 minutes; minutes from the call, 8 of them until a crew is told; " in page.subtitle
    chinese = shifts_page(PLAN, "某地", language="zh").subtitle
    assert "承诺 30 至 60 分钟；分钟数自来电起算，其中 8 分钟用于通知班组" in chinese
    found = PLAN.to_json()
    assert (found["told_minutes"], found["promise_minutes"]) == (8.0, [30.0, 60.0])
    assert replace(PLAN, told_minutes=3.0).digest != PLAN.digest


def test_who_is_on_duty_when() -> None:
    """Across midnight: of one day in its own morning, of a week in the next one, Sunday's on Monday."""
    assert on_duty(PLAN) == {"P1": [3] * 6 + [0] * 16 + [3] * 2, "P2": [0] * 6 + [5] * 16 + [0] * 2}
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    week = replace(
        PLAN,
        hours=tuple(hour(day, row, 0) for day in days for row in range(24)),
        shifts=(PlannedShift("P1", 2, 23, 2, ("sun",), 1.0), PlannedShift("P1", 1, 1, 2, None, 1.0)),
    )
    (crews,) = on_duty(week).values()
    assert [row for row, count in enumerate(crews) if count] == sorted({0, 167, *(24 * day + 1 for day in range(7))})
    assert (crews[0], crews[1], crews[25], crews[167]) == (2, 3, 1, 2)


def test_figures_say_what_the_plan_does(page: MapPage) -> None:
    """Share and worst hour against the target, crews, cost, and how far it may be from the best."""
    told = {each.label: (each.value, each.note) for each in page.figures if isinstance(each, Figure)}
    assert told == {
        "Calls within promise": ("94.0 %", "85.0 % in the worst hour, Tue 07:00; target 90.0 %"),
        "Crews needed": ("8", "at 2 of 3 bases"),
        "Crew-hours a day": ("104", "at most 5 on duty at once"),
        "Cost": ("144", "a day"),
        "Could be better by": ("2.8 %", "no plan of these shifts costs less than 140"),
    }
    alike = shifts_page(replace(PLAN, cost=104.0, target=None, gap=0.0), "Somewhere")
    assert "Cost" not in {each.label for each in alike.figures if isinstance(each, Figure)}
    assert "proven" in render_html(alike)
    assert "Policy abc, traffic default" in render_html(page)


def test_charts_are_the_hours() -> None:
    """Calls; crews at work and free add up to those on duty; what misses the target is a part of its own."""
    calls, crews, share = shift_charts(PLAN, ENGLISH)
    assert list(calls.parts[0].values) == [each.calls for each in PLAN.hours]
    assert [sum(both) for both in zip(*(part.values for part in crews.parts), strict=True)] == pytest.approx(CREWS)
    assert crews.parts[0].values[7] == pytest.approx(2.0)
    assert share.parts[1].hatched
    assert [row for row, value in enumerate(share.parts[1].values) if value] == [7]
    assert share.told == "Calls within promise, %: from 0 (Tue 04:00) to 95 (Tue 00:00)"
    assert share.line == (90.0, "target 90.0 %")


def test_a_played_plan_is_drawn_as_played() -> None:
    """Shares beside the target are those of busy crews; figures say what they keep, where they fall short, and why."""
    idle = (PlayedProvider("P2", 10, 0.11), PlayedProvider("P1", 5, 0.9))
    shares = [0.472 if row == 8 else 0.95 for row in range(24)]
    hours = tuple(
        replace(each, played=PlayedHour(share, 0.005, idle)) for each, share in zip(PLAN.hours, shares, strict=True)
    )
    plan = replace(PLAN, hours=hours, gap=0.0)
    share = shift_charts(plan, ENGLISH)[2]
    assert share.title == "Calls within promise as played, %"
    assert [row for row, value in enumerate(share.parts[1].values) if value] == [8]
    assert share.parts[1].values[8] == pytest.approx(47.2)
    told = {
        each.label: (each.value, each.note)
        for each in shifts_page(plan, "Somewhere").figures
        if isinstance(each, Figure)
    }
    assert told["Calls within promise, played"][1] == "47.2 % at Tue 08:00; planned 95.0 %"
    assert told["Hours below the target, played"] == ("1 of 23", "P2: at most 2, more stand idle")
    assert told["Could be better by"] == ("nothing", "if all crews were equally busy")
    content = render_html(shifts_page(plan, "某地", language="zh"))
    assert "推演" in content
    assert "P2：至多 2 个，更多会空闲" in content


def test_the_map_has_the_crews_of_every_hour(page: MapPage) -> None:
    """Hours in their order, the one with most calls first shown; who is not on duty is there, too."""
    assert page.choices() == {"Hour": [f"Tue {row:02d}:00" for row in range(24)]}
    assert page.chosen()["Hour"] == "Tue 11:00"
    layers = [layer for layer in page.layers if isinstance(layer, PointLayer)]
    assert [list(layer.names) for layer in layers][:4] == [["P2", "P3"], ["P1: 3"], ["P1", "P3"], ["P2: 5"]]
    assert not shifts_page(PLAN, "Somewhere").layers


def test_a_bar_chooses_its_hour(browser: Chrome, page: MapPage, tmp_path: Path) -> None:
    """And so does the list; the bar that is chosen is marked in each chart; nothing is told to the console."""
    show(browser, write_html(page, tmp_path / "shifts.html"))
    bars = browser.find_elements(By.CSS_SELECTOR, "#charts [data-pick]")
    assert len(bars) == 3 * 24
    browser.execute_script("arguments[0].dispatchEvent(new Event('click'))", bars[24 + 3])
    settled(browser)
    assert browser.find_element(By.CSS_SELECTOR, "#switches select").get_attribute("value") == "Tue 03:00"
    assert len(browser.find_elements(By.CSS_SELECTOR, "#charts .selected")) == 3
    choose(browser, "Hour", "Tue 05:00")
    chosen = browser.find_elements(By.CSS_SELECTOR, "#charts .selected title")
    assert all("Tue 05:00" in str(each.get_attribute("textContent")) for each in chosen)
    assert console(browser) == []


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_it_fits_every_width_and_one_page_of_paper(browser: Chrome, page: MapPage, tmp_path: Path, width: int) -> None:
    """Nothing sticks out, no letter is under 11 pixels high type, and paper has the charts and all shifts."""
    show(browser, write_html(page, tmp_path / "shifts.html"), width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    smallest = browser.execute_script(
        "return Math.min(...[...document.querySelectorAll('#charts figure > svg')]"
        ".map((each) => 12 * each.getScreenCTM().a))"
    )
    assert smallest >= 11
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert len(PDF_PAGE.findall(base64.b64decode(printed["data"]))) == 1
    sized(browser, 1054, 726)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        foot = browser.find_element(By.TAG_NAME, "footer").rect
        rows = browser.find_elements(By.CSS_SELECTOR, "#tables .printed tbody tr")
        shown = [row.rect for row in rows if row.is_displayed()]
        assert len(shown) == 2
        assert shown[-1]["y"] + shown[-1]["height"] <= foot["y"] <= 726 - foot["height"]
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_picture(tmp_path: Path) -> None:
    """1600 x 900, the same bytes twice; the credit is in it."""
    made = [
        draw_shifts(PLAN, "Somewhere", tmp_path / name, ENGLISH, "default", ["© OpenStreetMap"])
        for name in ("a.png", "b.png")
    ]
    assert made[0].read_bytes() == made[1].read_bytes()
    picture = matplotlib.image.imread(made[0])
    assert picture.shape[:2] == (900, 1600)
    blue = (picture[:, :, 2] > 0.6) & (picture[:, :, 0] < 0.45)
    assert blue.sum() > 20_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_one_plan_has_one_result() -> None:
    """The digest is in the document, and differs where a figure does."""
    assert PLAN.to_json()["result"] == PLAN.digest
    assert replace(PLAN, cost=145.0).digest != PLAN.digest
