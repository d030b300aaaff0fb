"""Texts of pictures within their columns."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from engine.render.picture import DPI, SIZE, within

#: Widths of characters count here, not their shapes, for which a machine may have no font.
pytestmark = pytest.mark.filterwarnings("ignore:Glyph")


@pytest.mark.parametrize(
    "told",
    [
        "92.2 % in the worst hour, Tue 07:00; target 90.0 %",
        "94.1 % in the worst hour, Wed 18:00, where 95.0 % were planned; crews of 12 bases",
        "最差的小时为周二 07:00\uff0c承诺内的比例是 92.2 %\uff1b目标是 90.0 %\uff0c其余的小时都高于它",
        "at 3 of 12 bases",
    ],
)
def test_a_text_stays_within_its_column(told: str):
    """Nothing of it is lost, and no line is wider than the column."""
    text = drawn(told)
    within(text, 0.18)
    lines = text.get_text().split("\n")
    assert len(lines) <= 2
    assert "".join(lines).replace(" ", "") == told.replace(" ", "")
    assert text.get_window_extent().width <= 0.18 * 1600
    assert len(told) > 20 or (lines == [told] and text.get_fontsize() == 11)


def test_no_line_begins_with_a_comma():
    """Chinese has no spaces to break at."""
    for percent in range(3, 12):
        text = drawn("最差的小时是周二的早上七点钟\uff0c然后是周三")
        within(text, percent / 100, lines=20)
        lines = text.get_text().split("\n")
        assert len(lines) > 1
        assert not any(line.startswith("\uff0c") for line in lines)


def drawn(told: str) -> Text:
    canvas = Figure(figsize=SIZE, dpi=DPI)
    FigureCanvasAgg(canvas)
    return canvas.text(0.02, 0.8, told, fontsize=11)
