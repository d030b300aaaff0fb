"""Results as pages and pictures take them: nothing on them contradicts the figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.coverage.changes import before_and_after
from engine.coverage.example import example_fleet
from engine.coverage.figures import change_of, exact_of
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.view import SiteRole, Stage
from engine.coverage.views import view_of, write_page, write_picture
from engine.coverage.worth import provider_worth
from engine.model import Service
from engine.scenario import AddProvider, MoveProvider, RemoveProvider, ResizeProvider, Scenario, When
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.search import INF


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(load_coquimbo(), DemandLayer.of_cells(load_coquimbo_population()))


SCENARIO = Scenario(
    title="Changes of every kind",
    when=When(weekday="fri", hours=(3, 8), services=(Service.DESIGNATED_DRIVER, Service.TOWING)),
    providers=[
        RemoveProvider("P0021"),
        MoveProvider("P0002", -71.34, -29.96),
        ResizeProvider("P0017", 3),
        AddProvider("new", -71.25, -29.9, services=(Service.TOWING,)),
    ],
)


def test_figures_of_the_page_are_those_of_the_result(planner: Planner):
    """What is beyond the promise, and what drops out of it, place by place and not by hexagons."""
    stands = planner.stands(example_fleet(planner.region), told_minutes=8)
    before, after = before_and_after(planner, stands, SCENARIO)
    view = view_of(planner, before, after)
    assert (view.hours(), view.stages()) == (["Fri 03:00", "Fri 08:00"], [Stage.BEFORE, Stage.AFTER])
    old, new = (view.of("Designated driver", "Fri 03:00", stage) for stage in Stage)
    assert old is not None
    assert new is not None
    figures = before.evaluations[0].coverage.figures
    assert before.evaluations[0].service is Service.TOWING or figures.share == pytest.approx(old.share_within)
    drivers = next(each.coverage for each in before.evaluations if each.service is Service.DESIGNATED_DRIVER)
    assert exact_of(view, old).beyond == pytest.approx(drivers.figures.demand - drivers.figures.covered)
    worth = provider_worth(drivers)
    change = change_of(view, old, new)
    assert change.drops_out == pytest.approx(worth.lost[worth.ids.index("P0021")])
    assert change.comes_in == 0.0
    assert change.sooner == 0.0


def test_every_change_of_the_fleet_is_on_the_map(planner: Planner):
    """Who left, came, moved or grew, each once for the services it does; who does none of them is not there."""
    stands = planner.stands(example_fleet(planner.region))
    before, after = before_and_after(planner, stands, SCENARIO)
    sites = view_of(planner, before, after).sites
    roles = {site.role: site for site in sites if site.role is not SiteRole.KEPT}
    assert set(roles) == {SiteRole.REMOVED, SiteRole.ADDED, SiteRole.MOVED, SiteRole.RESIZED}
    assert roles[SiteRole.REMOVED].name == "P0021"
    assert roles[SiteRole.ADDED].services == ("Towing",)
    assert roles[SiteRole.MOVED].moved_from is not None
    assert roles[SiteRole.RESIZED].crews == 3
    assert roles[SiteRole.RESIZED].crews_before == int(
        stands.crews[[stands.providers[p].id == "P0017" for p in stands.provider]].sum()
    )
    assert all(site.services for site in sites)


def test_a_cell_that_is_half_reached_does_not_pass_for_reached(planner: Planner):
    """Its median counts; only where no road has its middle in a cell does its demand's best place."""
    stands = planner.stands(example_fleet(planner.region))
    result = planner.evaluate(stands.take(np.flatnonzero(stands.territory != 0)), SCENARIO.changed(providers=()))
    view = view_of(planner, None, result)
    for series, each in zip(view.series, result.evaluations, strict=True):
        table = each.coverage.cells
        known = np.isin(table.cell, planner.pieces.cells)
        assert np.array_equal(np.asarray(series.arrival_ms)[known], table.arrival_ms[known, 0])
        assert (np.asarray(series.arrival_ms)[known] >= INF).any()


def test_a_page_and_a_picture_say_what_they_are_made_from(planner: Planner, tmp_path: Path):
    """All versions, the digest that every other form has, and whose traffic it is."""
    result = planner.evaluate(planner.stands(example_fleet(planner.region)), SCENARIO, [Service.TOWING])
    write_page(planner, None, result, tmp_path / "a.html")
    write_picture(planner, None, result, tmp_path / "a.png")
    page, picture = (tmp_path / "a.html").read_text("utf-8"), (tmp_path / "a.png").read_bytes()
    footer = page[page.index("<footer>") :]
    for name, value in result.origin().items():
        assert f"{name} {value}" in footer.replace("Scenario", "scenario")
        assert value.encode() in picture
    assert "traffic: free flow" in page
