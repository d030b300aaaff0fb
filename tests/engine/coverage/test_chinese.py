"""Pages and pictures in Chinese: no English word is left on any of them, whatever is chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from matplotlib import font_manager
from selenium.webdriver import Chrome

from engine.coverage.changes import before_and_after
from engine.coverage.coverage import CoverageFigures
from engine.coverage.example import example_fleet
from engine.coverage.layer import DemandLayer
from engine.coverage.page import coverage_page
from engine.coverage.picture import write_picture
from engine.coverage.planner import Planner
from engine.coverage.view import CoverageView
from engine.coverage.views import view_of
from engine.errors import ValueRangeError
from engine.model import Service
from engine.render import MapError, MapPage, fonts, render_html, write_html
from engine.render.payload import payload
from engine.scenario import AddProvider, MoveProvider, RemoveProvider, ResizeProvider, Scenario, When
from engine.staffing.page import shifts_page
from engine.standby.page import standby_page
from engine.sweep import SweepRow
from engine.sweep.page import comparison_page
from engine.sweep.ranking import ranked
from engine.texts.page_words import TEXTS
from engine.texts.pages import DAYS, NOUNS
from engine.texts.reasons import WORDS
from graphs.bundled import load_coquimbo, load_coquimbo_population
from tests.browser import console, settled, show
from tests.engine.render.test_fonts import font_with
from tests.engine.staffing.test_page import PLACES, PLAN
from tests.engine.standby.test_page import MOVE, advice

ORIGIN = {"scenario": "1f", "region": "2f", "policy": "3f", "fleet": "4f", "demand": "5f", "traffic": "free-flow"}
#: Ids and names that stand as they are given; roads begin with another sign than any word of a page.
GIVEN = re.compile(r"\b(P\d{4}|[PU]\d|N1|[0-9a-f]{8,16})\b|#[0-9a-f]{6}|\d° [NESW]|某条路")
WORD = re.compile("[A-Za-z]{2,}")


@pytest.fixture(scope="module")
def view() -> CoverageView:
    """Before and after of every kind of change, of two services at two hours, without the names of roads."""
    planner = Planner(load_coquimbo(), DemandLayer.of_cells(load_coquimbo_population()), highway_share=0.12)
    scenario = Scenario(
        title="情景",
        when=When(weekday="fri", hours=(3, 8), services=(Service.DESIGNATED_DRIVER, Service.TOWING)),
        providers=[
            RemoveProvider("P0021"),
            MoveProvider("P0002", -71.34, -29.96),
            ResizeProvider("P0017", 3),
            AddProvider("N1", -71.25, -29.9, services=(Service.TOWING,)),
        ],
    )
    before, after = before_and_after(planner, planner.stands(example_fleet(planner.region), told_minutes=8), scenario)
    found = view_of(planner, before, after, "zh-CN")
    series = [replace(each, gaps=[replace(gap, place="某条路") for gap in each.gaps]) for each in found.series]
    return replace(found, series=series, subtitle=found.subtitle.replace(planner.region.metadata.title, "某地"))


def figures(covered: float) -> CoverageFigures:
    return CoverageFigures(100.0, covered, 0.0, 0.0, 20.0, 9.0, 9.0, None, 9.0, {})


def pages() -> dict[str, MapPage]:
    """The other pages of the planner."""
    values = (("when.weather", "snow"), ("promise.urban_minutes", 25.0), ("remove", "P1"))
    rows = [SweepRow(0, "情景", values, "tue-12", Service.TOWING, figures(60.0)), SweepRow(1, "", (), "tue-12")]
    rows.append(replace(rows[0], number=2, title="", values=()))
    before = [SweepRow(0, "", (), "tue-12", Service.TOWING, figures(80.0))]
    moves = replace(MOVE, from_road="某条路", to_road="某条路", to_place="base of P2")
    cell = replace(moves, unit="U2", to_place="cell 88b2191845fffff")
    told: Any = {"origin": ORIGIN, "language": "zh"}
    return {
        "standby": standby_page(advice(moves, cell), "某地", **told),
        "still": standby_page(advice(), "某地", **told),
        "compared": comparison_page(ranked(rows, before), "某地", "people", traffic="default", language="zh"),
        "none": comparison_page([], "某地", "people", language="zh"),
        "shifts": shifts_page(PLAN, "某地", places=PLACES, **told),
        "share": shifts_page(replace(PLAN, target=None, gap=0.0, shifts=()), "某地", **told),
    }


def texts(value: Any, key: str = "") -> Iterator[str]:
    """Everything of a page's data that its script can show, but for the renderer's own words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            # Coded lines and columns, keys that are never shown, colours and shapes.
            if name not in (
                "lines",
                "places",
                "streams",
                "kind",
                "shape",
                "colour",
                "keys",
                "bounds",
                "language",
                "bands",
                "words",
            ):
                yield from texts(part, name)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part, key)


def english(said: str) -> list[str]:
    """Words that are neither Chinese nor given."""
    return WORD.findall(GIVEN.sub("", said))


def checked(page: MapPage) -> None:
    """Everything in the data and the frame of a page."""
    data = payload(page)
    for table in data["tables"]:  # a mark is [role, glyph, text]: roles are not shown
        table["rows"] = [[cell[2] if isinstance(cell, list) else cell for cell in row] for row in table["rows"]]
    found = [(text, words) for text in texts(data) if (words := english(text))]
    assert not found
    frame = re.sub(r"<(style|script|head|noscript)\b.*?</\1>", "", render_html(page), flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>", " ", frame) + " ".join(re.findall(r'(?:aria-label|title)="([^"]*)"', frame))
    assert not english(shown)
    assert '<html lang="zh">' in render_html(page)


@pytest.mark.parametrize("name", list(pages()))
def test_no_english_is_on_the_other_pages(name: str) -> None:
    checked(pages()[name])


def test_no_english_is_on_the_coverage_page(view: CoverageView) -> None:
    """Of before, after and difference; one fleet with one promise has its own texts."""
    checked(coverage_page(view))
    only = [replace(each, gaps=[]) for each in view.series if each.stage == "Before"]
    checked(coverage_page(replace(view, series=only, promise_minutes=30)))
    with pytest.raises(ValueRangeError, match="is not spoken here"):
        view_of(None, None, None, "fr")  # ty: ignore[invalid-argument-type]  # refused before they are looked at


def test_nothing_english_is_in_the_browser(browser: Chrome, view: CoverageView, tmp_path: Path) -> None:
    """Every text and every label of the rendered page, with each position of its switches, tooltips included."""
    drawn = {"coverage": coverage_page(view), **{name: pages()[name] for name in ("standby", "shifts", "compared")}}
    for name, page in drawn.items():
        show(browser, write_html(page, tmp_path / f"{name}.html"))
        for choice, options in page.choices().items():
            for option in options[:4]:
                browser.execute_script(CHOOSE, choice, option)
                settled(browser)
                browser.execute_script(
                    "document.querySelectorAll('.rest').forEach((each) => each.click());"
                    "document.querySelector('#map > canvas')"
                    ".dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))"
                )
                said = browser.execute_script(SAID)
                assert len(said) > 100
                assert not english(said), (name, option)
        assert console(browser) == []


CHOOSE = """
const [choice, name] = arguments;
for (const each of document.querySelectorAll("#switches [data-choice]")) {
  if (each.dataset.choice !== choice) continue;
  if (each.tagName === "SELECT") (each.value = name), each.dispatchEvent(new Event("change"));
  else if (each.value === name) each.click();
}"""
SAID = """
const labels = [...document.querySelectorAll("*")].flatMap((each) => {
  return ["aria-label", "title", "placeholder", "alt"].map((name) => each.getAttribute(name) ?? "");
});
return [document.title, document.body.innerText, ...labels].join("\\n");"""


def test_a_picture_has_every_character_or_is_refused(
    view: CoverageView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    """With no font that has them an error says so; with one nothing is missing from it."""
    monkeypatch.setattr(fonts, "_others", lambda **_: [])
    with pytest.raises(MapError, match=r"no font on this machine can write \d+ characters"):
        write_picture(view, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())
    known = [*(each for _, each in (*TEXTS.values(), *DAYS.values())), *NOUNS.values(), *WORDS.values(), "情景某地"]
    letters = sorted(set("".join(known)) - set(map(chr, range(128))))
    made = font_with("".join(letters), tmp_path / "squares.ttf", "Squares")
    font_manager.fontManager.addfont(made)
    monkeypatch.setattr(fonts, "_others", lambda **_: [("Squares", str(made))])
    try:
        write_picture(view, tmp_path / "a.png")
    finally:
        listed = font_manager.fontManager.ttflist
        listed[:] = [font for font in listed if str(tmp_path) not in font.fname]
    assert not [each for each in recwarn if "missing from" in str(each.message)]
