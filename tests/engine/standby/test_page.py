"""Stand-by advice as a page."""

from __future__ import annotations

from engine.render import Figure, LineLayer, PointLayer, render_html
from engine.standby import Covered, StandbyAdvice, StandbyLimits, StandbyMove
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


def test_nothing_to_move() -> None:
    """A page, too, and it says so."""
    page = standby_page(advice(), "Somewhere")
    assert not page.tables[0].rows
    assert "All wait well" in render_html(page)
