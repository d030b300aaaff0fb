"""engine.coverage.page: a real question on the bundled region, in a real browser."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from engine.coverage.page import CoverageSeries, CoverageView, SiteRole, Stage, coverage_page
from engine.coverage.picture import write_picture
from engine.coverage.view import ClassShare, Worth
from engine.render import CellLayer, Figure, MapError, MapPage, PointLayer, render_html, write_html
from graphs.region import Region
from graphs.search.arrays import INF
from tests.browser import choose, console, settled, show, sized
from tests.engine.coverage.samples import PROMISE, sample

#: Pages of a PDF, whatever writes it.
PDF_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


@pytest.fixture(scope="module")
def view() -> CoverageView:
    """La Serena-Coquimbo before and after a change of providers."""
    return sample()


@pytest.fixture(scope="module")
def page(view: CoverageView, coquimbo: Region) -> MapPage:
    """Its page."""
    return coverage_page(view, coquimbo.network, credits=coquimbo.metadata.credits)


@pytest.fixture
def file(page: MapPage, tmp_path: Path) -> Path:
    """The page on disk."""
    return write_html(page, tmp_path / "coverage.html")


def visible(browser: Chrome, selector: str) -> list[str]:
    return [each.text for each in browser.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed()]


def test_cells_are_on_the_page_once(view: CoverageView, page: MapPage) -> None:
    """Two services, two hours, before, after and difference are twelve columns over one set of cells."""
    layers = [layer for layer in page.layers if isinstance(layer, CellLayer)]
    assert len(layers) == 1
    assert len(layers[0].series) == 12
    assert page.choices() == {
        "Service": view.services(),
        "Hour": view.hours(),
        "Fleet": ["Before", "After", "Difference"],
    }
    assert page.chosen()["Fleet"] == "After"
    assert len(render_html(page)) < 500_000


def test_figures_agree_with_the_view(view: CoverageView, page: MapPage) -> None:
    """The share shown for each series is the one given."""
    figures = [each for each in page.figures if isinstance(each, Figure) and each.label == "People within promise"]
    shown = [each.value for each in figures if "points" not in each.value]
    assert shown == [f"{100 * each.share_within:.1f} %" for each in view.series]


def test_providers_follow_the_fleet(page: MapPage) -> None:
    """The removed one is there before and marked in the difference; the added one is not there before."""
    roles: dict[str, set[tuple[str, str]]] = {"Before": set(), "After": set(), "Difference": set()}
    for layer in page.layers:
        if isinstance(layer, PointLayer) and layer.label == "Providers":
            names = [each.name for each in layer.option] if isinstance(layer.option, tuple) else []
            for stage in names or roles:
                roles[stage] |= {(name, str(role)) for name, role in zip(layer.names, layer.roles, strict=True)}
    assert ("P2", "site") in roles["Before"]
    assert not {each for each in roles["After"] if each[0] == "P2"}
    assert ("P2", "site_removed") in roles["Difference"]
    assert not {each for each in roles["Before"] if each[0] == "P3"}
    assert ("P3", "site_added") in roles["After"] & roles["Difference"]
    assert ("P1", "site") in roles["Before"] & roles["After"] & roles["Difference"]


def test_one_fleet_needs_no_switch(view: CoverageView) -> None:
    """Without a before there is no difference, and what there is only one of is said in the subtitle."""
    only = [each for each in view.series if each.stage is Stage.AFTER and each.service == "Towing"][:1]
    page = coverage_page(CoverageView("Now", PROMISE, view.cells, only, sites=view.sites, places=view.places))
    assert all(len(names) == 1 for names in page.choices().values())
    assert page.subtitle == f"Towing; {only[0].hour}; promise of {PROMISE} minutes"


def test_promises_by_cell(view: CoverageView) -> None:
    """With promises that differ by cell the classes are shares of them."""
    promise = np.where(np.arange(len(view.cells)) % 2, 30.0, 60.0)
    page = coverage_page(CoverageView("Mixed", promise, view.cells, view.series))
    (layer,) = [layer for layer in page.layers if isinstance(layer, CellLayer)]
    assert layer.series[0].measure is not None
    assert layer.series[0].scale.limits == (0.5, 0.8, 1.0)
    assert "promises of 30 to 60 minutes" in page.subtitle


def test_a_cell_that_is_none_is_named(view: CoverageView) -> None:
    """A wrong cell says its row."""
    with pytest.raises(MapError, match="'nonsense' in row 0 is not an H3 cell"):
        coverage_page(CoverageView("x", 30, ["nonsense", *view.cells[1:]], view.series))


def test_all_fleets_of_all_hours_are_drawn(browser: Chrome, view: CoverageView, file: Path) -> None:
    """Every combination of the switches draws every cell, fills figures and table, and leaves the console silent."""
    show(browser, file)
    for service, hour in view.pairs():
        choose(browser, "Service", service)
        choose(browser, "Hour", hour)
        for stage in Stage:
            choose(browser, "Fleet", stage)
            series = view.of(service, hour, stage)
            assert series
            assert visible(browser, "#figures dd")[0].startswith(f"{100 * series.share_within:.1f} %")
            rows = browser.find_elements(By.CSS_SELECTOR, "#tables .printed:not([hidden]) tbody tr")
            assert len(rows) == min(10, len(series.gaps))
            (rest,) = visible(browser, "#tables .printed:not([hidden]) .rest") or [""]
            assert rest == (f"Show all {min(50, len(series.gaps))}" if len(series.gaps) > 10 else "")
            drawn = browser.execute_script("return JSON.parse(document.documentElement.dataset.drawn)")
            assert drawn["cells"] == len(view.cells)
            here = [site for site in view.sites if site.role is not SiteRole.REMOVED or stage is Stage.BEFORE]
            here = [site for site in here if site.role is not SiteRole.ADDED or stage is Stage.AFTER]
            assert drawn["points"] == len(here) + min(10, len(series.gaps))
        choose(browser, "Fleet", "Difference")
        assert "points" in visible(browser, "#figures dd")[0]
    assert console(browser) == []


def test_a_gap_takes_the_map_there(browser: Chrome, file: Path) -> None:
    """A click on the first gap zooms in on it and picks its row out."""
    show(browser, file)
    before = browser.execute_script("return JSON.parse(document.documentElement.dataset.drawn).cells")
    browser.find_element(By.CSS_SELECTOR, "#tables .printed:not([hidden]) tbody tr").click()
    settled(browser)
    assert browser.execute_script("return JSON.parse(document.documentElement.dataset.drawn).cells") < before / 2
    assert len(browser.find_elements(By.CSS_SELECTOR, "tr.selected")) >= 1


def test_the_overview_chooses(browser: Chrome, view: CoverageView, file: Path) -> None:
    """There is a row for each service and hour; the last one, clicked, is what the figures then show."""
    show(browser, file)
    rows = browser.find_elements(By.CSS_SELECTOR, "tr[data-pick]")
    assert len(rows) == len(view.pairs())
    service, hour = view.pairs()[-1]
    after, before = view.of(service, hour, Stage.AFTER), view.of(service, hour, Stage.BEFORE)
    assert after
    assert before
    shares = [round(100 * each.share_within, 1) for each in (before, after)]
    change = round(100 * (after.share_within - before.share_within), 1)
    assert rows[-1].text == f"{service} {hour} {shares[0]:g} {shares[1]:g} {change:g}"
    rows[-1].find_element(By.TAG_NAME, "button").click()
    settled(browser)
    assert visible(browser, "#figures dd")[0].startswith(f"{shares[1]:.1f} %")


def test_it_prints_on_one_page(browser: Chrome, file: Path) -> None:
    """Each fleet, from a desktop and from a phone, is one landscape page of A4 with map, legend and ten gaps."""
    for width in (1280, 360):
        show(browser, file, width)
        for stage in ("Before", "After", "Difference"):
            choose(browser, "Fleet", stage)
            printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
            content = base64.b64decode(printed["data"])
            assert len(PDF_PAGE.findall(content)) == 1, f"{width} px, {stage}"
            box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", content)
            assert box
            assert [round(float(side) / 72 * 25.4) for side in box.groups()] == [297, 210]
    sized(browser, 1054, 726)  # what the margins leave of A4, at 96 dots an inch
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for stage in ("Before", "After", "Difference"):
            choose(browser, "Fleet", stage)
            rows = browser.find_elements(By.CSS_SELECTOR, "#tables .printed:not([hidden]) tbody tr")
            shown = [row for row in rows if row.is_displayed()]
            assert len(shown) == 10
            foot = browser.find_element(By.TAG_NAME, "footer").rect
            assert shown[-1].rect["y"] + shown[-1].rect["height"] <= foot["y"] <= 726 - foot["height"]
        assert visible(browser, "#legend li li")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_what_matters_comes_first(browser: Chrome, view: CoverageView, tmp_path: Path) -> None:
    """Classes and whose leaving costs most above the gaps, on the screen and, all of them, on one sheet of paper."""
    worth = [Worth(f"P{number:04d}", 2, 90_000.0, 9000.0, 300_000.0, 4.5) for number in range(30)]
    classes = [ClassShare(name, 30.0, 100_000.0, 60_000.0) for name in ("Urban", "Highway", "Other")]
    series = [replace(each, worth=worth, classes=classes) for each in view.series if each.stage is Stage.AFTER][:1]
    show(browser, write_html(coverage_page(replace(view, series=series)), tmp_path / "after.html"))
    titles = visible(browser, "#tables h2")
    assert titles == ["Within promise, by class", "Whose leaving costs most", "Largest gaps"]
    rests = [each for each in browser.find_elements(By.CSS_SELECTOR, "#tables .rest") if each.is_displayed()]
    assert [each.text for each in rests] == ["Show all 30", "Show all 50"]
    rests[0].click()
    assert rests[0].text == "Show the first 10"
    assert len(visible(browser, "#tables tbody tr")) == 3 + 30 + 10
    sized(browser, 1054, 726)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        rows = [each for each in browser.find_elements(By.CSS_SELECTOR, "#tables tbody tr") if each.is_displayed()]
        assert len(rows) == 3 + 3 + 10
        foot = browser.find_element(By.TAG_NAME, "footer").rect
        assert all(row.rect["y"] + row.rect["height"] <= foot["y"] for row in rows)
        assert all(row.rect["x"] + row.rect["width"] <= 1054 for row in rows)
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("width", [360, 412, 768, 1280])
def test_it_fits_every_width(browser: Chrome, file: Path, width: int) -> None:
    """Nothing sticks out to the side, and no text of the page is smaller than 11 pixels."""
    show(browser, file, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    smallest = browser.execute_script(
        "return Math.min(...[...document.querySelectorAll('main *, header *, #figures *, #tables *')]"
        ".filter((each) => each.innerText).map((each) => parseFloat(getComputedStyle(each).fontSize)))"
    )
    assert smallest >= 11
    sides = browser.execute_script(
        "return [...document.querySelectorAll('#tables section:not([hidden]) > div')]"
        ".map((grid) => [grid.scrollWidth, grid.clientWidth])"
    )
    assert len(sides) == 2
    assert all(needed <= there for needed, there in sides), sides


@pytest.mark.parametrize(("cells", "arrival"), [([], []), (["88b2191845fffff"], [INF]), (["88b2191845fffff"], [0])])
def test_little_to_show_is_no_error(browser: Chrome, tmp_path: Path, cells: list[str], arrival: list[int]) -> None:
    """No cell, nobody arriving and no demand at all give a page and a picture."""
    series = [CoverageSeries("Towing", "03", stage, arrival, [0.0] * len(cells), 0.0) for stage in Stage]
    view = CoverageView("Little", PROMISE, cells, series)
    show(browser, write_html(coverage_page(view), tmp_path / "little.html"))
    choose(browser, "Fleet", "Difference")
    assert console(browser) == []
    assert write_picture(view, tmp_path / "little.png").stat().st_size > 0
