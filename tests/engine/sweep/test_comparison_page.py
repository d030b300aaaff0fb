"""Scenarios ranked on a page."""

from __future__ import annotations

from engine.coverage.coverage import CoverageFigures
from engine.model import Service
from engine.render import Figure, render_html
from engine.sweep import SweepRow
from engine.sweep.page import comparison_page
from engine.sweep.ranking import ranked


def row(number: int, gone: str, covered: float, unreached: float, mean: float | None) -> SweepRow:
    figures = CoverageFigures(100.0, covered, 0.0, 0.0, unreached, mean, mean, None, mean, {})
    values = (("when.weather", "snow"), ("remove", gone)) if gone else ()
    return SweepRow(number, "Who matters?", values, "tue-12", Service.TOWING, figures)


def test_the_table_is_the_ranking() -> None:
    """Rank, what is done, shares and minutes rounded as elsewhere; rows lead to the provider who is gone."""
    rows = ranked([row(0, "P1", 80, 0, 10.01), row(1, "P2", 60, 20, 9.0)], [row(0, "", 80, 0, 9.5)])
    page = comparison_page(rows, "Somewhere", "people")
    (table,) = page.tables
    assert list(table.keys) == ["P2", "P1"]
    assert table.rows[0][:6] == [1, "snow, without P2", "Tue 12:00", "Towing", 60.0, -20.0]
    assert table.rows[1][6:8] == [10.1, 0.5]
    assert table.rows[0][7] is None  # others are reached than before
    figures = [each for each in page.figures if isinstance(each, Figure)]
    assert figures[0].value == "snow, without P2"
    assert figures[1].note == "20 people lose their promise"
    assert "snow, without P2" in render_html(page)


def test_no_answers() -> None:
    """Say so."""
    assert "No scenario has an answer" in render_html(comparison_page([], "Somewhere", "people"))
