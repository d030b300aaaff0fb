"""The page in a real browser: it draws, without errors, what it was given, and does what hands and keys ask."""

from __future__ import annotations

import json
from pathlib import Path

import h3
import numpy as np
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from engine.render import CellLayer, CellSeries, ColourScale, Figure, MapPage, Option, PointLayer, Table
from tests.browser import choose, console, opened, settled
from tests.engine.render.samples import page

CELLS = sorted(h3.grid_disk(h3.latlng_to_cell(36.0, 117.0, 8), 1))[:3]


def drawn(browser: Chrome) -> dict[str, int]:
    """How many features of each kind the page says it drew."""
    return json.loads(browser.execute_script("return document.documentElement.dataset.drawn"))


def visible(browser: Chrome, selector: str) -> list[str]:
    """Texts of the elements one can see."""
    return [each.text for each in browser.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed()]


def told(browser: Chrome) -> str:
    """What was last said to a screen reader."""
    return browser.find_element(By.ID, "status").get_attribute("textContent") or ""


def switched() -> MapPage:
    """Two services by two hours, with a difference at one of them."""
    scale = ColourScale((10.0, 30.0), ("#112233", "#445566", "#778899"), "min", above=("#000000", "Not reached"))
    series, figures, tables = [], [], []
    for s, service in enumerate(("Towing", "Repair")):
        for h, hour in enumerate(("03", "08")):
            bound = (Option("Service", service), Option("Hour", hour))
            series.append(CellSeries([5.0, 10.0 * (1 + s), 20.04 + 10 * h], scale, bound, value_label="First arrival"))
            figures.append(Figure("Within", f"{service} {hour}", option=bound))
            tables.append(Table("Gaps", ["Place", "Min"], [["here", 1.0], ["there", 2.0]], CELLS[:2], bound, 1))
    gone = (Option("Service", "Left"),)
    series.append(CellSeries([np.inf, 5.0, 5.0], scale, gone, minus=[5.0, np.inf, 5.0]))
    points = PointLayer("Gaps", [117.0], [36.0], ["1"], keys=CELLS[:1], numbered=True, option=Option("Hour", "08"))
    return MapPage("Switched", layers=[CellLayer("Arrival", CELLS, keys=CELLS, series=series), points],
                   figures=figures, tables=tables)  # fmt: skip


def test_a_page_draws_what_it_was_given(browser: Chrome, tmp_path: Path) -> None:
    """Roads, lines and points of the chosen answer are drawn, the table is filled, the console is silent."""
    opened(browser, page(), tmp_path)
    assert drawn(browser) == {"roads": 24, "cells": 1, "lines": 2, "points": 4}
    assert console(browser) == []
    assert len(browser.find_elements(By.CSS_SELECTOR, "tbody tr")) == 2
    assert not browser.find_elements(By.TAG_NAME, "img")
    assert browser.title != "broken"


def test_an_empty_page_says_so(browser: Chrome, tmp_path: Path) -> None:
    """Without layers there is a message instead of a blank."""
    opened(browser, MapPage("Empty", language="es"), tmp_path)
    assert set(drawn(browser).values()) == {0}
    assert visible(browser, "#nothing") == ["Nada que mostrar en este mapa"]
    assert console(browser) == []


def test_the_ends_of_the_earth_do_not_crash(browser: Chrome, tmp_path: Path) -> None:
    """Places at the poles and either side of the antimeridian are drawn without an error."""
    layer = PointLayer("Units", [-180, 180, 0, 0], [0, 0, -90, 90], roles="unit")
    opened(browser, MapPage("Ends", layers=[layer]), tmp_path)
    assert drawn(browser)["points"] > 0
    assert console(browser) == []


def test_toggles_combine(browser: Chrome, tmp_path: Path) -> None:
    """Figures, tables, layers and the legend follow all switches at once; what no option fits is not shown."""
    opened(browser, switched(), tmp_path)
    assert visible(browser, "#figures dd") == ["Towing 03"]
    assert drawn(browser)["points"] == 0
    choose(browser, "Hour", "08")
    assert visible(browser, "#figures dd") == ["Towing 08"]
    assert drawn(browser) == {"roads": 0, "cells": 3, "lines": 0, "points": 1}
    choose(browser, "Service", "Repair")
    assert visible(browser, "#figures dd") == ["Repair 08"]
    assert len(visible(browser, "#tables h2")) == 1
    assert "Repair 08" in told(browser)
    choose(browser, "Service", "Left")
    assert visible(browser, "#figures dd") == visible(browser, "#tables h2") == []
    assert any("Not reached" in text for text in visible(browser, "#legend li li"))  # only where there is such a cell
    choose(browser, "Service", "Towing")
    assert not any("Not reached" in text for text in visible(browser, "#legend li li"))
    assert console(browser) == []


def test_a_tooltip_says_what_the_series_on_show_says(browser: Chrome, tmp_path: Path) -> None:
    """A cell tells its value of the chosen series, rounded up."""
    opened(browser, switched(), tmp_path)
    for hour, value in (("03", "20.1 min"), ("08", "30.1 min")):
        choose(browser, "Hour", hour)
        canvas = browser.find_element(By.CSS_SELECTOR, "#map > canvas")
        # Moves over the map until it is on the third cell.
        browser.execute_script(
            """const [canvas] = arguments, box = canvas.getBoundingClientRect();
            for (let x = 4; x < box.width; x += 6) for (let y = 4; y < box.height; y += 6) {
              const at = { clientX: box.left + x, clientY: box.top + y, pointerType: "mouse", bubbles: true };
              canvas.dispatchEvent(new PointerEvent("pointermove", at));
              if (document.getElementById("tip").textContent.includes(arguments[1])) return;
            }""",
            canvas,
            value,
        )
        assert any(value in text for text in visible(browser, "#tip"))


def test_a_row_takes_the_map_there(browser: Chrome, tmp_path: Path) -> None:
    """A click on a row, or Enter on its button, moves the view to the feature and is told to a screen reader."""
    opened(browser, switched(), tmp_path)
    canvas = browser.find_element(By.CSS_SELECTOR, "#map > canvas")
    before = browser.execute_script("return arguments[0].toDataURL()", canvas)
    first, second = browser.find_elements(By.CSS_SELECTOR, "tbody tr button")
    assert first.get_attribute("aria-label") == "Show on the map: here, 1"
    second.send_keys(Keys.ENTER)
    settled(browser)
    assert browser.execute_script("return arguments[0].toDataURL()", canvas) != before
    assert [row.text for row in browser.find_elements(By.CSS_SELECTOR, "tr.selected")] == ["there 2"]
    assert told(browser) == "there, 2"
    canvas.send_keys(Keys.ESCAPE, "0")
    settled(browser)
    assert not browser.find_elements(By.CSS_SELECTOR, "tr.selected")
    canvas.send_keys(Keys.ENTER)
    assert console(browser) == []


def test_every_control_has_a_name(browser: Chrome, tmp_path: Path) -> None:
    """Buttons, inputs and lists are named for screen readers, and all of them are reached by Tab."""
    opened(browser, switched(), tmp_path)
    controls = browser.find_elements(By.CSS_SELECTOR, "button, input, select, canvas[tabindex]")
    for each in controls:
        if not browser.execute_script("return arguments[0].checkVisibility()", each):
            continue
        assert each.accessible_name, each.get_attribute("outerHTML")
        assert each.get_attribute("tabindex") != "-1"


def test_nothing_is_asked_of_the_network(browser: Chrome, tmp_path: Path) -> None:
    """Opening the file and using it makes no request but for the file itself and its empty icon, and stores nothing."""
    browser.get_log("performance")
    opened(browser, switched(), tmp_path)
    choose(browser, "Hour", "08")
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {each["params"]["request"]["url"] for each in sent if each["method"] == "Network.requestWillBeSent"}
    assert {url for url in asked if not url.startswith("data:")} == {(tmp_path / "map.html").as_uri()}
    assert browser.get_cookies() == []
