"""engine.coverage.figures: numbers of a small case, reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.coverage.compared import compared
from engine.coverage.figures import (
    arrival_within,
    beyond,
    change_figures,
    change_table,
    changed_cells,
    overview,
    own_figures,
    percent,
    place_text,
)
from engine.coverage.page import DIFFERENCE, CoverageSeries, CoverageView, Gap, Stage
from engine.coverage.picture import headline
from engine.texts import Language
from graphs.search.arrays import INF

CELLS = ["88b2191845fffff", "88b2191847fffff", "88b2191801fffff", "88b2191b13fffff"]


def view(promise: float | list[float] = 10.0) -> CoverageView:
    """Four cells: one as before, one that comes in, one that drops out, one reached only now."""
    before = CoverageSeries("T", "3", Stage.BEFORE, [300_000, 720_000, 540_000, INF], [10, 20, 30, 40], 0.4)
    after = CoverageSeries("T", "3", Stage.AFTER, [300_000, 480_000, 660_000, 600_000], [10, 20, 30, 40], 0.7)
    return CoverageView("x", promise, CELLS, [before, after])


def test_shares_of_demand() -> None:
    """Half of ten people are reached when the fifth is; who is never reached makes it infinite."""
    arrival, demand = np.array([3.0, 1.0, np.inf]), np.array([4.0, 5.0, 1.0])
    assert arrival_within(arrival, demand, 0.5) == 1.0
    assert arrival_within(arrival, demand, 0.51) == 3.0
    assert arrival_within(arrival, demand, 0.9) == 3.0
    assert arrival_within(arrival, demand, 0.95) == np.inf
    assert np.isnan(arrival_within(arrival, np.zeros(3), 0.5))


def test_own_figures_compare() -> None:
    """Each figure says what it was before; beyond counts the cells later than their own promise."""
    case = view()
    figures = {each.label: (each.value, each.note) for each in own_figures(case, case.series[1], case.series[0], None)}
    assert figures["People within promise"] == ("70.0 %", "before: 40.0 %")
    assert figures["People beyond it"] == ("30", "before: 60")
    assert figures["9 of 10 people within"] == ("11 min", "before: not reached")
    mixed = view([4.0, 10.0, 11.0, 10.0])
    assert beyond(mixed, mixed.series[1]) == 10


def test_changes_are_counted_once() -> None:
    """Two cells come within, one drops out; the one reached only now is told apart from the one reached sooner."""
    case = view()
    figures = {each.label: each.value for each in change_figures(case, *case.series, None)}
    assert figures == {
        "People within promise": "+30.0 points",
        "Come within the promise": "60",
        "Drop out of the promise": "30",
        "Reached only now": "40",
        "Reached sooner": "20",
        "Reached later": "30",
    }
    assert changed_cells(*case.series, 10) == [3, 1, 2]


def test_whom_nobody_reaches_any_longer_is_not_reached_later() -> None:
    """Told apart in cards, in the overview and above the picture's third panel, in both languages."""
    after, before = view().series  # the fleets exchanged: the fourth cell is lost
    series = [replace(before, stage=Stage.BEFORE), replace(after, stage=Stage.AFTER)]
    case = CoverageView("x", 10.0, CELLS, series)
    figures = {each.label: each.value for each in change_figures(case, *series, None)}
    assert (figures["No longer reached"], figures["Reached later"], figures["Reached sooner"]) == ("40", "20", "30")
    assert "Reached only now" not in figures
    table = overview(case)
    assert dict(zip(table.columns, table.rows[0], strict=True))["No longer reached"] == 40
    assert "No longer reached" not in overview(view()).columns  # somebody still reaches all
    assert "No longer reached: 40" in headline(case, "T", "3", DIFFERENCE)
    chinese = replace(case, language=Language.ZH)
    assert headline(chinese, "T", "3", DIFFERENCE)[3] == "不再能到达：40"


def test_changes_are_called_as_gaps() -> None:
    """A place has one name on the page, of whichever fleet it is a gap; without one it is where it is."""
    before, after = view().series
    before = replace(before, gaps=[Gap(CELLS[3], "Ruben Dario", 40, INF)])
    case = CoverageView("x", 10.0, CELLS, [before, after])
    table = change_table(case, CELLS, before, after, [3, 1], None, 2)
    assert [each[1] for each in table.rows] == ["Ruben Dario", place_text(CELLS[1])]


def test_place_by_place_the_same() -> None:
    """Exact figures tell the same apart; minutes are those of whoever is reached before and after."""
    places, weight = object(), np.array([10.0, 20.0, 30.0, 40.0])

    def coverage(arrival: list[int]) -> Any:
        demand = SimpleNamespace(places=places, weight=weight)
        told = np.array(arrival)[:, None]
        return SimpleNamespace(demand=demand, demand_ms=told, demand_within_ms=np.full(4, 600_000))

    found = compared(coverage([300_000, 480_000, 660_000, 600_000]), coverage([INF, 720_000, 540_000, INF]))
    assert found is not None
    assert (found.change.later, found.change.sooner) == (20, 30)
    assert (found.change.no_longer, found.change.only_now) == (50, 0)
    assert (found.change.drops_out, found.change.comes_in) == (70, 30)
    assert found.later_minutes == pytest.approx((20 * 4 - 30 * 2) / 50)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.5, "50.0 %"),
        (0.9999, "over 99.9 %"),
        (0.0001, "under 0.1 %"),
        (0.12345, "12.3 %"),
    ],
)
def test_all_is_only_said_of_all(share: float, text: str) -> None:
    """A share is never rounded to all or nothing."""
    assert percent(share) == text


def test_a_cell_without_a_name_says_where_it_is() -> None:
    """Degrees with their hemispheres."""
    assert place_text(CELLS[0]) == "29.842° S 71.261° W"
