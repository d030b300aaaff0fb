"""engine.render.options: what is shown when several switches are set."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from engine.render import CellLayer, CellSeries, ColourScale, MapError, MapPage, Option, PointLayer, Table
from engine.render.options import collect_choices, is_chosen
from tests.browser import console, opened, settled

SCALE = ColourScale.sequential([10], "min")


def test_choices_agree_and_options_of_one_are_alternatives() -> None:
    """Of two hours either will do, but the service must fit as well; what is bound to nothing is always shown."""
    bound = (Option("Hour", "03"), Option("Hour", "08"), Option("Service", "Towing"))
    assert is_chosen(bound, {"Hour": "08", "Service": "Towing"})
    assert not is_chosen(bound, {"Hour": "18", "Service": "Towing"})
    assert not is_chosen(bound, {"Hour": "03", "Service": "Repair"})
    assert not is_chosen(Option("Hour", "03"), {})
    assert is_chosen(None, {})


def test_choices_keep_their_order() -> None:
    """Switches and their options stand in the order in which they are met."""
    bound = [None, Option("B", "2"), (Option("A", "1"), Option("B", "1")), Option("B", "2")]
    assert collect_choices(bound) == {"B": ["2", "1"], "A": ["1"]}


def test_a_page_starts_with_what_it_says() -> None:
    """`start` overrides the first option met, and may name only what something is bound to."""
    layers = [PointLayer("Units", [1], [1], option=Option("Hour", hour)) for hour in ("03", "08")]
    assert MapPage("x", layers=layers).chosen() == {"Hour": "03"}
    assert MapPage("x", layers=layers, start=[Option("Hour", "08")]).chosen() == {"Hour": "08"}
    with pytest.raises(MapError, match="nothing on the page is bound to 'Hour': '09'"):
        MapPage("x", layers=layers, start=[Option("Hour", "09")])


def test_series_make_switches_too() -> None:
    """The options of a cell layer's series are options of the page."""
    cell = "8831aa5a49fffff"
    series = [CellSeries([1.0], SCALE, (Option("A", "1"), Option("B", name))) for name in "xy"]
    page = MapPage("x", layers=[CellLayer("Cells", [cell], series=series)])
    assert page.choices() == {"A": ["1"], "B": ["x", "y"]}


def classes(row: WebElement) -> list[str]:
    """CSS classes of an element."""
    return str(row.get_attribute("class")).split()


def test_rows_pick_what_there_is(browser: Chrome, tmp_path: Path) -> None:
    """A click on a row with picks chooses them, and the switches follow; a pick of nothing is refused by name."""
    layers = [PointLayer("Units", [1], [1], option=Option("Hour", f"{hour:02d}")) for hour in range(6)]
    layers += [PointLayer("Bases", [1], [1], option=Option("Fleet", name)) for name in ("Before", "After")]
    picks = [(Option("Hour", "00"), Option("Fleet", "Before")), (Option("Hour", "04"), Option("Fleet", "After"))]
    table = Table("All", ["Hour"], [["first"], ["other"]], picks=picks)
    opened(
        browser, MapPage("x", layers=layers, tables=[table, Table("None", ["A"], [], empty="Nothing there")]), tmp_path
    )
    first, other = browser.find_elements(By.CSS_SELECTOR, "tbody tr")
    assert "selected" in classes(first)
    other.click()
    settled(browser)
    assert "selected" not in classes(first)
    assert "selected" in classes(other)
    assert browser.execute_script("return document.querySelector('#switches select').value") == "04"
    assert browser.execute_script("return document.querySelector('#switches input:checked').value") == "After"
    assert [each.text for each in browser.find_elements(By.CSS_SELECTOR, "p.empty")] == ["Nothing there"]
    assert console(browser) == []
    with pytest.raises(MapError, match="1 rows but 2 picks"):
        Table("All", ["Hour"], [["first"]], picks=picks)
    with pytest.raises(MapError, match="nothing on the page is bound to 'Hour': '09'"):
        MapPage("x", layers=layers, tables=[Table("All", ["A"], [["a"]], picks=[Option("Hour", "09")])])
