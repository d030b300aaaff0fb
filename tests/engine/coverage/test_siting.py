"""Siting for planners: every choice tried, what whatif says of the plan, and what is refused."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.coverage import siting
from engine.coverage.changes import before_and_after
from engine.coverage.coverage import Coverage
from engine.coverage.example import example_fleet
from engine.coverage.layer import DemandLayer
from engine.coverage.planner import Planner
from engine.coverage.siting import choose_sites
from engine.coverage.siting_arrivals import Sites, as_columns, site_arrivals, units_within
from engine.coverage.siting_candidates import Candidates
from engine.coverage.siting_result import answer_json, scenario_text
from engine.coverage.siting_rows import DemandRows
from engine.coverage.siting_steps import Goal
from engine.coverage.stands import Stands
from engine.errors import SitingError, SitingImpossibleError
from engine.model import Fleet, Service
from engine.scenario import (
    Closure,
    DemandChange,
    PromiseMinutes,
    RemoveProvider,
    Scenario,
    Sweep,
    When,
    parse_scenario,
    read_scenario,
)
from graphs.bundled import load_coquimbo
from graphs.junctions import junctions
from graphs.search import INF
from graphs.search.nearest_few import MOST

REGION = load_coquimbo()
DRIVERS, TOWING = Service.DESIGNATED_DRIVER, Service.TOWING
BUSY = 0.35


def points(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes of random junctions."""
    network = REGION.network
    at = np.random.default_rng(seed).choice(junctions(network), count, replace=False)
    return network.node_lon[at], network.node_lat[at]


def some(seed: int, count: int = 5) -> Candidates:
    """Candidates at random junctions, with random costs, crews and mobilisation."""
    rng = np.random.default_rng(seed)
    lon, lat = points(seed, count)
    return Candidates(
        "some.csv",
        tuple(f"C{row}" for row in range(count)),
        lon,
        lat,
        rng.integers(1, 5, count).astype(np.float64),
        rng.integers(1, 4, count),
        (frozenset(Service),) * count,
        rng.integers(0, 600, count) / 60,
        priced=True,
        sized=True,
    )


@pytest.fixture(scope="module")
def planner() -> Planner:
    lon, lat = points(3, 200)
    return Planner(REGION, DemandLayer.of_points(lon, lat, np.random.default_rng(3).integers(1, 9, 200)))


@pytest.fixture(scope="module")
def stands(planner: Planner) -> Stands:
    return planner.stands(example_fleet(REGION), told_minutes=8.0)


def expected(coverage: Coverage) -> float:
    """Demand that finds a free unit, from the lists of who comes first, second and so on."""
    unit_ms = coverage.reach.at(coverage.demand.places, MOST).unit_ms(MOST)
    within = (unit_ms <= coverage.demand_within_ms[:, None]).sum(axis=1)
    return float((coverage.demand.weight * (1 - BUSY**within)).sum())


def measure(planner: Planner, stands: Stands, scenario: Scenario, goal: Goal) -> float:
    """What the planner says of a scenario; the less the better."""
    coverage = planner.evaluate(stands, scenario, [DRIVERS]).evaluations[0].coverage
    figures = coverage.figures
    if goal is Goal.EXPECTED:
        return -expected(coverage)
    found = {Goal.MEAN: figures.mean_minutes, Goal.LONGEST: figures.longest_minutes, Goal.COVER: -figures.covered}
    value = found[goal]
    assert value is not None
    return value


@pytest.mark.parametrize("goal", [Goal.COVER, Goal.MEAN, Goal.LONGEST, Goal.EXPECTED])
@pytest.mark.parametrize("seed", [11, 12])
def test_no_other_choice_is_better(planner: Planner, stands: Stands, goal: Goal, seed: int):
    """Of all choices of at most two, each evaluated as a scenario; objective, bound and exact figures agree."""
    candidates = some(seed)
    if goal is Goal.EXPECTED:
        candidates = replace(candidates, crews=np.full(5, 2))
    busy = BUSY if goal is Goal.EXPECTED else None
    answer = choose_sites(planner, stands, candidates, DRIVERS, goal, sites=2, busy=busy)
    if goal is Goal.EXPECTED:
        choices = [{row: 1 + (row == other), other: 1 + (row == other)} for row in range(5) for other in range(row, 5)]
    else:
        choices = [dict.fromkeys(rows) for k in range(3) for rows in itertools.combinations(range(5), k)]
    tried = [
        measure(planner, stands, Scenario(providers=[candidates.provider(row, n) for row, n in each.items()]), goal)
        for each in choices
    ]
    mine = measure(planner, stands, answer.scenario, goal)
    assert mine == pytest.approx(min(tried), rel=1e-9), f"seed {seed}"
    exact = answer.figures_after.measure(goal)
    assert exact == pytest.approx(abs(mine) / (planner.demand.total if mine < 0 else 1), rel=1e-9), f"seed {seed}"
    assert answer.objective == pytest.approx(exact, rel=1e-9)
    assert answer.bound == pytest.approx(answer.objective, rel=1e-6)
    assert answer.plan.proven
    assert answer.rows.exact


def test_all_that_can_be_is_covered_for_least(planner: Planner, stands: Stands):
    """No cheaper choice covers as much; what is beyond is beyond everybody."""
    candidates = some(21, 6)
    answer = choose_sites(planner, stands, candidates, DRIVERS, "all")
    cost, covered = {}, {}
    for count in range(7):
        for rows in itertools.combinations(range(6), count):
            scenario = Scenario(providers=[candidates.provider(row) for row in rows])
            covered[rows] = -measure(planner, stands, scenario, Goal.COVER)
            cost[rows] = float(candidates.contract_cost[list(rows)].sum())
    most = max(covered.values())
    assert answer.figures_after.covered == pytest.approx(most)
    assert answer.objective == min(cost[rows] for rows in cost if covered[rows] > most - 1e-6)
    assert answer.beyond == pytest.approx(planner.demand.total - most)
    free = choose_sites(planner, stands, replace(candidates, priced=False), DRIVERS, "all")
    assert free.objective == min(len(rows) for rows in cost if covered[rows] > most - 1e-6)


@pytest.mark.parametrize("goal", list(Goal))
def test_whatif_says_the_same_of_the_plan(planner: Planner, stands: Stands, goal: Goal):
    """Its scenario, written and read again, has the same versions and figures; steps lead from before to after."""
    asked = Scenario(when=When(weekday="fri", hours=(8, 18)), promise=PromiseMinutes(urban_minutes=18))
    sites = None if goal is Goal.ALL else 2
    busy = 0.2 if goal is Goal.EXPECTED else None
    answer = choose_sites(planner, stands, some(5), DRIVERS, goal, sites=sites, busy=busy, scenario=asked)
    again = parse_scenario(answer.scenario.to_toml(), "plan.toml", None)
    after = before_and_after(planner, stands, again)[1]
    assert [each.versions for each in after.evaluations] == [each.versions for each in answer.after.evaluations]
    for found, mine in ((answer.before, answer.figures_before), (after, answer.figures_after)):
        figures = [each.coverage.figures for each in found.evaluations]
        assert len(figures) == 2
        assert mine.covered == pytest.approx(sum(each.covered for each in figures))
        assert mine.mean_minutes == pytest.approx(np.mean([each.mean_minutes for each in figures]))
        assert mine.longest_minutes == pytest.approx(max(each.longest_minutes or 0 for each in figures))
    assert answer.chosen[-1].then == answer.figures_after
    adds = sum(each.adds for each in answer.chosen) * 2
    assert adds == pytest.approx(answer.figures_after.covered - answer.figures_before.covered)
    document = json.loads(json.dumps(answer_json(answer), allow_nan=False))
    assert document["after"]["share"] == pytest.approx(answer.figures_after.share, abs=1e-6)
    assert [each["id"] for each in document["chosen"]] == [each.id for each in answer.chosen]


def test_a_budget_is_kept(planner: Planner, stands: Stands):
    """Contract costs add up to at most it; crews are paid one by one, and no site has more than it can."""
    candidates = some(31, 8)
    answer = choose_sites(planner, stands, candidates, DRIVERS, budget=5)
    assert sum(each.contract_cost for each in answer.chosen) == answer.plan.cost <= 5
    crews = choose_sites(planner, stands, candidates, DRIVERS, "expected", budget=9, busy=0.5)
    assert sum(each.contract_cost for each in crews.chosen) == crews.plan.cost <= 9
    for each in crews.chosen:
        assert each.crews <= candidates.crews[each.row]
        assert each.contract_cost == each.crews * candidates.contract_cost[each.row]


def test_places_that_stand_for_others(planner: Planner, stands: Stands, monkeypatch: pytest.MonkeyPatch):
    """Weights add up by class; figures are of every place all the same, and near what was looked at."""
    rows = DemandRows.of(planner.demand, 60)
    assert 10 < len(rows) <= 60
    assert not rows.exact
    kind = planner.demand.places.kind
    for each in np.unique(kind):
        assert rows.weight[kind[rows.place] == each].sum() == pytest.approx(planner.demand.weight[kind == each].sum())
    monkeypatch.setattr(siting, "LEAST_ROWS", 60)
    monkeypatch.setitem(siting.MOST_PAIRS, Goal.MEAN, 1)
    answer = choose_sites(planner, stands, some(41), DRIVERS, "mean", sites=2)
    assert len(answer.rows) == len(rows)
    figures = answer.after.evaluations[0].coverage.figures
    assert answer.figures_after.mean_minutes == pytest.approx(figures.mean_minutes)
    assert answer.objective == pytest.approx(figures.mean_minutes, rel=0.05)


def test_units_within_promise_are_counted_one_by_one(planner: Planner, stands: Stands):
    """As the lists of who comes first, second ... have them, whoever's territory it is; digits tell them again."""
    coverage = planner.evaluate(stands, None, [TOWING]).evaluations[0].coverage
    every = np.arange(len(coverage.demand.places))
    unit_ms = coverage.reach.at(coverage.demand.places, MOST).unit_ms(MOST)
    found = units_within(coverage, every)
    assert np.array_equal(found, (unit_ms <= coverage.demand_within_ms[:, None]).sum(axis=1))
    first = unit_ms[:, 0].astype(np.float64)
    arrival, crews = as_columns(first, found)
    assert np.array_equal((np.isfinite(arrival) * crews).sum(axis=1), found)
    assert np.array_equal(arrival.min(axis=1), first)


def test_a_concession_keeps_candidates_out(planner: Planner):
    """Where somebody holds one, no candidate counts."""
    fleet, cell = example_fleet(REGION), planner.demand.places.cells_at(7)
    held = np.unique(cell)[np.argmax(np.bincount(np.unique(cell, return_inverse=True)[1]))]
    owner = replace(fleet.providers[0], exclusive_cells=frozenset([f"{held:x}"]))
    stands = planner.stands(Fleet((owner, *fleet.providers[1:]), fleet.units))
    coverage = planner.evaluate(stands, None, [TOWING]).evaluations[0].coverage
    arrival = site_arrivals(coverage, Sites.of(some(1), coverage, 500.0), np.arange(cell.size))
    assert (arrival[cell == held] == INF).all()
    assert (arrival[cell != held] < INF).all()


def test_without_a_fleet_the_first_site_is_all_there_is(planner: Planner, stands: Stands):
    """Everybody has left: nobody is reached before, everybody after."""
    gone = Scenario(providers=[RemoveProvider(each.id) for each in stands.providers])
    answer = choose_sites(planner, stands, some(51), DRIVERS, "mean", sites=1, scenario=gone)
    assert answer.figures_before.covered == 0
    assert answer.figures_before.unreached == pytest.approx(planner.demand.total)
    assert answer.figures_after.unreached == 0
    assert answer.chosen[0].first_for == pytest.approx(planner.demand.total)


def test_a_layer_is_found_from_where_the_plan_is_written(planner: Planner, stands: Stands, tmp_path: Path):
    """The scenario names its layer relative to its own folder, and so does the plan's in another one."""
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    lon, lat = points(9, 3)
    import h3

    cells = [h3.latlng_to_cell(y, x, 8) for x, y in zip(lon, lat, strict=True)]
    (tmp_path / "in" / "who.csv").write_text("cell,population\n" + "".join(f"{each},5\n" for each in set(cells)))
    asked = Scenario(demand=DemandChange(layer="who.csv"), folder=tmp_path / "in")
    answer = choose_sites(planner, stands, some(61), DRIVERS, sites=1, scenario=asked)
    path = tmp_path / "out" / "plan.toml"
    path.write_text(scenario_text(answer, path))
    after = planner.evaluate(stands, read_scenario(path))
    assert after.evaluations[0].versions.demand == answer.after.evaluations[0].versions.demand
    assert after.evaluations[0].coverage.figures == answer.after.evaluations[0].coverage.figures


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ({}, "how many sites"),
        ({"sites": 0}, "give 1 to 5"),
        ({"sites": 6}, "give 1 to 5"),
        ({"budget": 0.5}, "buys nothing"),
        ({"budget": -1}, "from 0"),
        ({"sites": 1, "goal": "best"}, "choose one of cover"),
        ({"sites": 1, "goal": "all"}, "leave out"),
        ({"sites": 1, "goal": "expected"}, "how busy"),
        ({"sites": 1, "goal": "expected", "busy": 1.0}, "below 1"),
        ({"sites": 1, "busy": 0.2}, "leave it out"),
        ({"sites": 1, "seconds": 0}, "deadline"),
        ({"sites": 1, "scenario": Scenario(sweep=Sweep(values={"when.hour": [8, 9]}))}, "sweep"),
    ],
)
def test_questions_that_cannot_be_asked(planner: Planner, stands: Stands, question: dict[str, Any], told: str):
    """Each is refused with what to do."""
    asked: dict[str, Any] = {"goal": "cover", **question}
    with pytest.raises(
        SitingError if "budget" not in question or question["budget"] < 0 else SitingImpossibleError, match=told
    ):
        choose_sites(planner, stands, some(1), DRIVERS, **asked)


def test_candidates_that_are_of_no_use(planner: Planner, stands: Stands):
    """Nobody offers the service; a budget without costs; ids that are taken; no way from anywhere."""
    towing = replace(some(1), services=(frozenset([TOWING]),) * 5)
    with pytest.raises(SitingError, match="none of the 5 candidates"):
        choose_sites(planner, stands, towing, DRIVERS, sites=1)
    with pytest.raises(SitingError, match="contract_cost"):
        choose_sites(planner, stands, replace(some(1), priced=False), DRIVERS, budget=3)
    for ids in (("P0001", "a", "b", "c", "d"), ("a", "b", "c", "a", "d")):
        with pytest.raises(SitingError, match="of its own"):
            choose_sites(planner, stands, replace(some(1), ids=ids), DRIVERS, sites=1)
    streets = REGION.network.arc_way[REGION.snapper.snap(some(1).lon, some(1).lat, 500.0).arc]
    shut = Scenario(closures=[Closure(ways=tuple({int(way) for way in streets}))])
    with pytest.raises(SitingImpossibleError, match=r"no candidate of some[.]csv has a way"):
        choose_sites(planner, stands, some(1), DRIVERS, sites=1, scenario=shut)
