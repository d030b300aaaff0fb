"""Charts: bars in proportion, strokes inside their boxes, and errors that say what does not fit."""

from __future__ import annotations

import re

import pytest

from engine.render import Bars, Chart, MapError, MapPage, Option, render_html
from engine.render.chart import chart_html


def rects(html: str, colour: str) -> list[tuple[float, float]]:
    """(y, height) of the bars of a colour."""
    found = re.findall(rf'y="([\d.]+)" width="[\d.]+" height="([\d.]+)" fill="{colour}"', html)
    return [(float(y), float(height)) for y, height in found]


def test_bars_are_stacked_in_proportion() -> None:
    """Twice the value is twice the height; the second part stands on the first."""
    html = chart_html(Chart("Crews", ["0", "1"], [Bars("a", [2, 4], "#112233"), Bars("b", [2, 1], "#445566", True)]))
    (low, low_height), (_, high_height) = rects(html, "#112233")
    assert high_height == pytest.approx(2 * low_height, abs=0.02)
    y, height = rects(html, "#445566")[0]
    assert y + height == pytest.approx(low, abs=0.02)
    assert html.count("stroke-opacity") == 3  # two bars and their entry in the legend


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (7.1, 8), (10, 10), (31, 40), (0.04, 0.04), (950, 1000)])
def test_the_axis_ends_at_a_round_number(highest: float, top: float) -> None:
    """Not below the highest bar, nor far above."""
    assert Chart("x", ["a"], [Bars("b", [highest], "#112233")]).top() == pytest.approx(top)


def test_text_is_text() -> None:
    """Names from files cannot become markup; a bar says what it chooses."""
    nasty, option = '"><script>', Option("Hour", "<b>")
    chart = Chart(nasty, [nasty], [Bars(nasty, [1], "#112233")], nasty, [0], (1, nasty), [nasty], [option])
    html = chart_html(chart)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 5
    with pytest.raises(MapError, match="nothing on the page is bound"):
        render_html(MapPage("x", charts=[chart]))


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_what_is_no_bar_is_refused(value: float) -> None:
    """Each with its title."""
    with pytest.raises(MapError, match="Crews: every bar of 'a' must be a number"):
        Chart("Crews", ["0"], [Bars("a", [value], "#112233")])


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(MapError, match="2 bars but 1 of 'a'"):
        Chart("Crews", ["0", "1"], [Bars("a", [1], "#112233")])
    with pytest.raises(MapError, match="1 bars but 2 of 'tips'"):
        Chart("Crews", ["0"], [Bars("a", [1], "#112233")], tips=["a", "b"])
