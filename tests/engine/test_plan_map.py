"""The map of a plan."""

from __future__ import annotations

from pathlib import Path

from engine.baseline import nearest_in_order
from engine.dispatch import Dispatcher
from engine.generate import scarce_hour
from engine.plan_map import plan_page, write_plan_map
from engine.render import LineLayer, PointLayer, RoadLayer
from engine.render.options import each_option
from graphs.bundled import load_coquimbo_population
from graphs.region import Region
from tests.engine.tables.test_write import INCIDENTS, PLAN


def test_two_answers_can_be_switched_between(coquimbo: Region, tmp_path: Path) -> None:
    """Each answer has its lines, incidents, figures and table; the roads and units are shared."""
    case = scarce_hour(coquimbo, load_coquimbo_population(), seed=1)
    dispatcher = Dispatcher(coquimbo)
    state = dispatcher.prepare(case.fleet)
    plans = {
        "Towline": dispatcher.optimize(case.incidents, state, case.now),
        "Nearest": nearest_in_order(dispatcher, case.incidents, state, case.now),
    }
    page = plan_page(coquimbo, case.fleet, case.incidents, plans, title="Both")
    assert sum(isinstance(layer, RoadLayer) for layer in page.layers) == 1
    assert sum(isinstance(layer, LineLayer) for layer in page.layers) == 2
    assert {option.name for table in page.tables for option in each_option(table.option)} == set(plans)
    assert all(len(table.rows) == 45 for table in page.tables)
    write_plan_map(tmp_path / "map.html", coquimbo, case.fleet, case.incidents, plans)
    content = (tmp_path / "map.html").read_text("utf-8")
    assert len(content) < 6_000_000
    for words in ("OpenStreetMap", "AequilibraE", "Towline", "Nearest"):
        assert words in content


def test_one_answer_needs_no_switch_and_shows_who_is_left(coquimbo: Region) -> None:
    """A plan with an unserved incident: drawn as such, with its reason in the table."""
    fleet = scarce_hour(coquimbo, None, seed=1).fleet
    renamed = {unit.id: f"u{number}" for number, unit in enumerate(fleet.units, start=1)}
    from dataclasses import replace

    fleet = replace(fleet, units=tuple(replace(unit, id=renamed[unit.id]) for unit in fleet.units))
    page = plan_page(coquimbo, fleet, INCIDENTS, {"Towline": PLAN})
    assert page.tables[0].option is None
    assert "no unit can do it" in page.tables[0].rows[0]
    incidents = [layer for layer in page.layers if isinstance(layer, PointLayer)][-1]
    assert list(incidents.roles)[:3] == ["unserved", "kept", "broken"]
