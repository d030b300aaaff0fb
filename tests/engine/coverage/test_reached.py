"""Who is not reached by anybody is never left out of a figure: minutes, changes, whose leaving costs most."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.coverage.changes import before_and_after, change_json
from engine.coverage.compared import compared
from engine.coverage.evaluation import Result
from engine.coverage.example import example_fleet
from engine.coverage.figures import exact_of, own_figures
from engine.coverage.frames import stands_frame
from engine.coverage.gaps import gaps
from engine.coverage.layer import DemandLayer
from engine.coverage.listed import class_tables, worth_figures, worth_tables
from engine.coverage.never_first import NeverFirst
from engine.coverage.page import coverage_page
from engine.coverage.planner import Planner
from engine.coverage.result_json import result_json
from engine.coverage.told import ToldResult
from engine.coverage.view import Stage
from engine.coverage.views import view_of
from engine.model import Service
from engine.scenario import RemoveProvider, Scenario, When
from graphs.bundled import load_coquimbo, load_coquimbo_population
from graphs.search import INF

LEAVES = Scenario(title="P0021 leaves", when=When(services=(Service.DESIGNATED_DRIVER,)),
                  providers=[RemoveProvider("P0021")])  # fmt: skip


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(load_coquimbo(), DemandLayer.of_cells(load_coquimbo_population()))


@pytest.fixture(scope="module")
def both(planner: Planner) -> tuple[Result, Result]:
    return before_and_after(planner, planner.stands(example_fleet(planner.region), told_minutes=8), LEAVES)


def test_minutes_of_a_share_that_is_never_reached(planner: Planner, both: tuple[Result, Result]) -> None:
    """Two thirds are reached by nobody: neither half nor nine tenths ever are, in figures, on the page and in JSON."""
    figures = both[1].evaluations[0].coverage.figures
    assert figures.unreached / figures.demand == pytest.approx(0.686, abs=0.001)
    assert (figures.median_minutes, figures.p90_minutes) == (None, None)
    assert figures.mean_minutes is not None
    view = view_of(planner, *both)
    exact = [exact_of(view, each) for each in view.series]
    assert [np.isinf(each.most_minutes) for each in exact] == [False, True]
    assert exact[0].most_minutes == both[0].evaluations[0].coverage.figures.p90_minutes
    told = {each.label: (each.value, each.note) for each in own_figures(view, view.series[1], view.series[0], None)}
    assert told["9 of 10 people within"] == ("not reached", "before: 34.8 min")
    assert told["Reached by nobody"] == ("310,121", "before: 0")
    assert told["By a second unit, too"][1].startswith("before: 31.4")
    (found,) = change_json(*both)["evaluations"]
    assert found["change"]["p90_minutes"] is None
    assert found["change"]["unreached"] == pytest.approx(310_120.766)
    assert "mean_minutes" not in found["change"]


def test_a_mean_changes_over_the_same_people(both: tuple[Result, Result]) -> None:
    """Later is told of those who are reached before and after: when somebody leaves never sooner."""
    old, new = (each.evaluations[0].coverage for each in both)
    rows = zip(old.demand.weight.tolist(), old.demand_ms[:, 0].tolist(), new.demand_ms[:, 0].tolist(), strict=True)
    same = [(weight, then - first) for weight, first, then in rows if first < INF and then < INF]
    found = compared(old, new)
    assert found is not None
    assert found.later_minutes is not None
    assert found.later_minutes == pytest.approx(sum(w * d for w, d in same) / sum(w for w, _ in same) / 60_000)
    assert found.later_minutes >= 0
    assert (new.figures.mean_minutes or 0) < (old.figures.mean_minutes or 0)  # over those who are left, the near ones
    told = ToldResult.of(both[1], before=both[0]).evaluations[0]
    assert told.later_minutes == found.later_minutes


def test_demand_at_other_places_is_not_compared(planner: Planner, both: tuple[Result, Result]) -> None:
    """Place by place nothing can be said then."""
    old = both[0].evaluations[0].coverage
    other = planner.placed(DemandLayer.of_points([-71.25, -71.24], [-29.9, -29.91]))
    new = planner.coverage(planner.stands(example_fleet(planner.region)), Service.TOWING, demand=other)
    assert compared(old, new) is None


def test_whom_only_one_provider_reaches(both: tuple[Result, Result]) -> None:
    """Worth tells them; who is first nowhere is listed with why, who offers nothing is not listed."""
    told = ToldResult.of(both[0], providers_shown=10).evaluations[0]
    worth = {each.provider: each for each in told.worth}
    assert list(worth) == ["P0021", "P0022", "P0007"]
    assert worth["P0021"].stranded == pytest.approx(both[1].evaluations[0].coverage.figures.unreached)
    assert worth["P0022"].stranded == 0.0
    assert [each.never_first for each in told.worth] == [None, None, NeverFirst.OUTSIDE_TERRITORY]
    assert (told.providers, told.units, told.fleet_providers, told.fleet_units) == (3, 3, 24, 40)
    document = result_json(both[0], providers_shown=10)["evaluations"][0]
    assert document["providers_offering"] == 3
    assert document["providers"][2]["never_first"] == "outside_territory"


def test_why_a_provider_is_first_nowhere(planner: Planner) -> None:
    """Nothing to serve in its territory; none outside it when it stands inside; others sooner."""
    from dataclasses import replace

    from engine.coverage.never_first import never_first

    stands = planner.stands(example_fleet(planner.region))
    of = {provider.id: number for number, provider in enumerate(stands.providers)}
    slow = stands.mobilisation_ms.copy()
    number = of["P0022"]
    slow[stands.provider == number] += 12 * 3_600_000
    late = planner.coverage(replace(stands, mobilisation_ms=slow), Service.DESIGNATED_DRIVER)
    found = never_first(late, [number, of["P0021"], of["P0001"]])
    assert set(found) == {number}  # P0021 is first somewhere, P0001 offers no drivers
    assert found[number] in (NeverFirst.OTHERS_SOONER, NeverFirst.OUTSIDE_TERRITORY)
    far = planner.placed(DemandLayer.of_points([-71.2520], [-29.9045]))
    reasons = set(never_first(planner.coverage(stands, Service.DESIGNATED_DRIVER, demand=far), range(24)).values())
    assert NeverFirst.NO_DEMAND in reasons


def test_all_is_all(planner: Planner) -> None:
    """Where nobody is left out the share is 1, and nothing is beyond, gaps included."""
    stands = planner.stands(example_fleet(planner.region))
    figures = planner.evaluate(stands, None, (Service.TOWING,)).evaluations[0].coverage.figures
    assert (figures.share, figures.demand - figures.covered, figures.unreached) == (1.0, 0.0, 0.0)


def test_gaps_are_no_larger_than_their_cells(both: tuple[Result, Result]) -> None:
    """And are written to three digits."""
    assert all(each.uncovered <= each.demand for each in gaps(both[0].evaluations[0].coverage, 50))
    (found,) = result_json(both[0])["evaluations"]
    text = json.dumps(found["gaps"])
    assert "." in text
    assert all(len(word.split(".")[1].rstrip("},]")) <= 6 for word in text.split() if "." in word and word[0].isdigit())


def test_worth_and_classes_are_on_the_page(planner: Planner, both: tuple[Result, Result]) -> None:
    """With the sentence, whole people, and why P0007 is first nowhere."""
    view = view_of(planner, None, both[0])
    (series,) = view.series
    (sentence,) = worth_figures(view, series, None)
    assert (sentence.label, sentence.value) == ("If P0021 leaves", "177,782")
    assert sentence.note == "people lose their promise; 310,121 are not reached by anybody then"
    (worth,) = worth_tables(view, series, None, 5)
    assert [row[:5] for row in worth.rows][:2] == [["P0021", 1, 312845, 177782, 310121], ["P0022", 1, 139054, 0, 0]]
    assert "outside its territory" in worth.rows[2][5]
    (classes,) = class_tables(view, series, None)
    assert [row[0] for row in classes.rows] == ["Urban", "Highway", "Other"]
    assert classes.rows[0][4] == 66.8
    titles = [table.title for table in coverage_page(view).tables]
    assert titles == ["Within promise, by class", "Whose leaving costs most", "Largest gaps"]
    assert view.of("Designated driver", "Tue 12:00", Stage.BEFORE) is series


def test_stands_tell_mobilisation_alone(both: tuple[Result, Result]) -> None:
    """What passes until a crew is told has its own column."""
    frame = stands_frame(both[0].evaluations[0].coverage)
    assert set(frame["told_minutes"]) == {8.0}
    assert frame.set_index("provider")["mobilisation_minutes"]["P0007"] == 1.0
    assert frame.set_index("provider")["unreached_without"]["P0021"] > 310_000
