"""Scenarios ranked on a page."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from cli.views.compare import print_comparison
from engine.coverage.coverage import ClassFigures, CoverageFigures
from engine.coverage.evaluation import Versions
from engine.coverage.example import example_fleet
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.decision import PromiseClass
from engine.model import Service
from engine.render import Figure, PointLayer, render_html
from engine.sweep import SweepRow
from engine.sweep.page import comparison_page
from engine.sweep.page_groups import least_lost, leaving
from engine.sweep.ranking import ranked
from graphs.bundled import load_coquimbo, load_coquimbo_population


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
    assert table.rows[0][:4] == [1, "snow, without P2", 60.0, -20.0]
    assert table.rows[1][4:6] == [10.1, 0.5]
    assert table.rows[0][5] is None  # others are reached than before
    assert "Tue 12:00; Towing" in page.subtitle  # alike in all rows, and so no columns
    figures = [each for each in page.figures if isinstance(each, Figure)]
    assert (figures[0].label, figures[0].value) == ("As it is", "80.0 %")
    assert figures[1].value == "snow, without P2"
    assert figures[2].note == "20 people lose their promise"
    assert "snow, without P2" in render_html(page)


def test_no_answers() -> None:
    """Say so."""
    assert "No scenario has an answer" in render_html(comparison_page([], "Somewhere", "people"))


def test_each_weather_has_a_ranking_of_its_own() -> None:
    """A switch, ranks from 1, and the promise; what the weather itself costs is nobody's leaving."""
    rows = [
        replace(row(number, gone, covered, 0, 9.0), values=(("when.weather", weather), ("remove", gone)))
        for number, (weather, gone, covered) in enumerate(
            [("dry", "P1", 90), ("dry", "P2", 95), ("snow", "P1", 50), ("snow", "P2", 70)]
        )
    ]
    found = ranked(rows, [row(0, "", 95, 0, 9.0)])
    page = comparison_page(found, "Somewhere", "people")
    assert page.choices() == {"Conditions": ["all", "snow", "dry"]}
    assert [[each[:4] for each in table.rows] for table in page.tables[1:]] == [
        [[1, "snow, without P1", 50.0, -45.0], [2, "snow, without P2", 70.0, -25.0]],
        [[1, "dry, without P1", 90.0, -5.0], [2, "dry, without P2", 95.0, 0.0]],
    ]
    assert [(each.provider, round(each.points, 6)) for each in leaving(found)] == [("P1", 20.0), ("P2", 0.0)]
    classes = {PromiseClass.URBAN: ClassFigures(12.0, 100.0, 50.0)}
    told = [replace(each, figures=replace(each.figures, classes=classes)) for each in rows if each.figures]
    assert "promise of 12 minutes" in comparison_page(ranked(told, []), "Somewhere", "people").subtitle


def test_each_weather_has_a_ruler_of_its_own() -> None:
    """What is left of it where leaving costs least; dry weather, in which that is nothing, needs none."""
    rows = [
        replace(row(number, gone, covered, 0, 9.0), values=(("when.weather", weather), ("remove", gone)))
        for number, (weather, gone, covered) in enumerate(
            [("dry", "P1", 90), ("dry", "P2", 95), ("snow", "P1", 50), ("snow", "P2", 70)]
        )
    ]
    usual = [row(0, "", 95, 0, 9.0)]
    found = ranked(rows, usual)
    assert [each.row.values for each in least_lost(found)] == [(("when.weather", "snow"), ("remove", "P2"))]
    page = comparison_page(found, "Somewhere", "people")
    rulers = [each for each in page.figures if isinstance(each, Figure) and each.label == "Where leaving costs least"]
    assert [(each.value, each.note) for each in rulers] == [("70.0 %", "snow, Tue 12:00, Towing")] * 2  # all, snow
    chinese = comparison_page(found, "Somewhere", "people", language="zh").figures
    assert any(isinstance(each, Figure) and each.label == "退出影响最小时" for each in chinese)
    out = Console(file=io.StringIO(), width=80)
    print_comparison(out, rows, usual, "default", 3.0, 40, False)
    assert isinstance(out.file, io.StringIO)
    told = out.file.getvalue()
    assert "As it is: 95.0% within promise\nsnow: 70.0% where leaving costs least\n" in told
    assert "Minutes are from the call, 3 of them until a crew is told." in told


def test_the_foot_says_what_it_was_made_from() -> None:
    """What all rows share, the fleet as it is, and the digest; above, the scenario and the minutes until told."""
    made = [Versions("s1", "r1", "p1", "m1", fleet, "d1") for fleet in ("f0", "f1", "f2")]
    rows = [replace(row(n, f"P{n}", 80, 0, 9.0), versions=made[n]) for n in (1, 2)]
    usual = [replace(row(0, "", 80, 0, 9.0), versions=made[0])]
    page = comparison_page(
        ranked(rows, usual), "Somewhere", "people", traffic="default", before=usual, result="abc", told_minutes=3
    )
    foot = "Scenario s1, region r1, policy p1, fleet f0, demand d1, traffic default, result abc"
    assert page.credits[-1] == foot
    assert "Who matters?; 2 scenarios" in page.subtitle
    assert "minutes from the call, 3 of them until a crew is told" in page.subtitle
    other = [*rows, replace(rows[0], title="Another", versions=replace(made[1], scenario="s2"))]
    page = comparison_page(ranked(other, usual), "Somewhere", "people", language="zh", told_minutes=3)
    assert "情景 s1" not in page.credits[-1]
    assert "Who matters?" not in page.subtitle
    assert "其中 3 分钟用于通知班组" in page.subtitle


def test_the_map_tells_who_matters() -> None:
    """Pins with ranks, larger for who costs more; who costs nothing is small and grey."""
    region = load_coquimbo()
    planner = Planner(region, DemandLayer.of_cells(load_coquimbo_population()))
    stands = planner.stands(example_fleet(region))
    rows = [row(0, "P0001", 80, 0, 9.0), row(1, "P0002", 60, 0, 9.0), row(2, "P0003", 90, 0, 9.0)]
    page = comparison_page(ranked(rows, [row(0, "", 90, 0, 9.0)]), "Somewhere", "people", stands=stands)
    others, named, pins = (each for each in page.layers if isinstance(each, PointLayer))
    assert (list(pins.keys), list(pins.names)) == (["P0001", "P0002"], ["2", "1"])
    assert pins.sizes[1] > pins.sizes[0]
    assert sorted(named.keys) == ["P0001", "P0002"]
    roles = dict(zip(others.names, others.roles, strict=True))
    assert (roles["P0003"], roles["P0004"]) == ("nothing", "there")
